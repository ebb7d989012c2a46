"""Subscriptions at the hubs of sources."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.sources import PollResult, SourceKind, SourceSettings, SourceState
from storage.hubs import Hub, hub_of, set_hub_lease, set_hub_secret, usable_hubs
from storage.schema import sources
from storage.sources import active_sources, configure_sources, record_poll

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction

SETTINGS = [
    SourceSettings(key, key, SourceKind.FEED, f"https://{key}.example/rss")
    for key in ("wire", "gazette", "post")
]
HUB, TOPIC = "https://hub.example/", "https://wire.example/rss"


async def _polled(tx: Transaction, now: datetime, *keys: str, hub_url: str = HUB) -> dict[str, int]:
    """Sources that were read once, those of `keys` with a hub; their ids by key."""
    await configure_sources(tx, SETTINGS)
    ids = {source.key: source.id for source in await active_sources(tx)}
    for key in keys:
        result = PollResult(now, now, hub_url=hub_url, hub_topic_url=TOPIC)
        await record_poll(tx, ids[key], result)
    return ids


async def test_hubs_of_sources_that_are_polled_are_usable(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        ids = await _polled(tx, now, "wire", "post")
        stored = Hub(ids["wire"], "wire", SourceState.ACTIVE, HUB, TOPIC)
        assert [hub.key for hub in await usable_hubs(tx)] == ["post", "wire"]
        assert await hub_of(tx, ids["wire"]) == stored
        assert await hub_of(tx, ids["gazette"]) is None
        assert await hub_of(tx, 999) is None


@pytest.mark.parametrize("values", [{"state": "paused"}, {"first_polled_at": None}])
async def test_a_source_that_rests_or_was_never_read_is_not_subscribed(
    database: Database, now: datetime, values: dict[str, str | None]
) -> None:
    async with database.writing() as tx:
        ids = await _polled(tx, now, "wire")
        await tx.execute(sa.update(sources).where(sources.c.id == ids["wire"]).values(values))
        assert await usable_hubs(tx) == []
        assert await hub_of(tx, ids["wire"]) is not None


async def test_a_lease_belongs_to_its_secret(database: Database, now: datetime) -> None:
    """A confirmation that comes after the secret was changed is void."""
    until = now + timedelta(days=10)
    async with database.writing() as tx:
        wire = (await _polled(tx, now, "wire"))["wire"]
        assert not await set_hub_lease(tx, wire, "secret", until)
        await set_hub_secret(tx, wire, "secret")
        assert not await set_hub_lease(tx, wire, "another", until)
        assert await set_hub_lease(tx, wire, "secret", until)
        found = await hub_of(tx, wire)
        assert found is not None
        assert (found.secret, found.until_at) == ("secret", until)
        await set_hub_secret(tx, wire, "next")
        found = await hub_of(tx, wire)
        assert found is not None
        assert (found.secret, found.until_at) == ("next", None)


async def test_a_secret_is_not_shown(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        wire = (await _polled(tx, now, "wire"))["wire"]
        await set_hub_secret(tx, wire, "hush")
        assert "hush" not in repr(await hub_of(tx, wire))


async def test_another_hub_begins_without_a_secret(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        wire = (await _polled(tx, now, "wire"))["wire"]
        await set_hub_secret(tx, wire, "secret")
        await _polled(tx, now, "wire", hub_url="https://other.example/")
        found = await hub_of(tx, wire)
    assert found is not None
    assert (found.hub_url, found.secret) == ("https://other.example/", None)
