"""Sources: what the settings say, and what polls leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.sources import (
    PollResult,
    Source,
    SourceKind,
    SourceOrigin,
    SourceSettings,
    SourceState,
)
from storage.schema import sources
from storage.sources import (
    active_sources,
    configure_sources,
    due_sources,
    known_sources,
    plan_polls,
    record_poll,
    release_polls,
)

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction

WIRE = SourceSettings("wire", "The Wire", SourceKind.FEED, "https://wire.example/rss")
GAZETTE = SourceSettings("gazette", "Gazette", SourceKind.FEED, "https://gazette.example/rss")
DAY = timedelta(days=1)


async def _only(tx: Transaction) -> Source:
    (found,) = await active_sources(tx)
    return found


def _good(now: datetime) -> PollResult:
    return PollResult(now, now + timedelta(minutes=1), None, "etag", "yesterday", "hash", 0, 3)


async def test_configured_sources_are_there_by_key(database: Database) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE, GAZETTE])
        assert [one.key for one in await active_sources(tx)] == ["gazette", "wire"]
        found = (await active_sources(tx))[1]
    expected = Source(found.id, "wire", "The Wire", SourceKind.FEED, WIRE.url, SourceState.ACTIVE)
    assert found == expected


async def test_the_same_settings_change_nothing(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        await record_poll(tx, (await _only(tx)).id, _good(now))
        before = await _only(tx)
        await configure_sources(tx, [WIRE])
        assert await _only(tx) == before


async def test_another_name_keeps_what_polls_left(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        await record_poll(tx, (await _only(tx)).id, _good(now))
        before = await _only(tx)
        await configure_sources(tx, [replace(WIRE, name="Wire & Co")])
        assert await _only(tx) == replace(before, name="Wire & Co")


async def test_another_address_begins_anew_and_silently(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await record_poll(tx, source_id, _good(now))
        failed = PollResult(now, now + timedelta(hours=9), "HTTP 503", failures=7)
        await record_poll(tx, source_id, failed)
        await configure_sources(tx, [replace(WIRE, url="https://wire.example/new")])
        found = await _only(tx)
    assert found.id == source_id, "its articles stay its own"
    assert found.first_polled_at is None
    assert (found.etag, found.last_modified, found.body_hash) == (None, None, None)
    assert (found.failures, found.quiet_polls, found.next_poll_at) == (0, 0, None)
    assert found.last_error is None


async def test_another_address_forgets_where_the_old_one_moved_and_its_manners(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await record_poll(tx, source_id, _taught(now))
        failed = PollResult(now, now, "HTTP 503", failing_since_at=now, reported_at=now)
        await record_poll(tx, source_id, failed)
        await configure_sources(tx, [replace(WIRE, url="https://wire.example/new")])
        found = await _only(tx)
        polled = replace(found, last_polled_at=None, last_success_at=None)
    fresh = Source(source_id, "wire", "The Wire", SourceKind.FEED, found.url, SourceState.ACTIVE)
    assert polled == fresh


def _taught(now: datetime) -> PollResult:
    return PollResult(
        now,
        now + timedelta(minutes=1),
        moved_url="https://new.example/rss",
        ttl_seconds=300,
        skip_hours="1,2",
        typical_seconds=900.5,
        typical_fresh=1.5,
        hub_url="https://hub.example/",
        hub_topic_url="https://wire.example/self",
    )


async def test_what_a_poll_teaches_stays_until_another_tells_otherwise(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await record_poll(tx, source_id, _taught(now))
        taught = await _only(tx)
        await record_poll(tx, source_id, PollResult(now, now))
        assert await _only(tx) == replace(taught, next_poll_at=now)
        nothing = PollResult(
            now, now, moved_url="", ttl_seconds=0, skip_hours="", hub_url="", hub_topic_url=""
        )
        await record_poll(tx, source_id, nothing)
        found = await _only(tx)
    assert taught.address == "https://new.example/rss"
    assert (taught.ttl_seconds, taught.skip_hours) == (300, "1,2")
    assert (taught.typical_seconds, taught.typical_fresh) == (900.5, 1.5)
    assert found.address == WIRE.url
    assert (found.ttl_seconds, found.skip_hours, found.typical_seconds) == (None, "", 900.5)
    assert (found.hub_url, found.hub_topic_url) == (None, None)


@pytest.mark.parametrize(
    ("hub", "topic", "stays"),
    [
        ("https://hub.example/", "https://wire.example/self", True),
        ("https://other.example/", "https://wire.example/self", False),
        ("https://hub.example/", "", False),
        ("", "", False),
    ],
)
async def test_a_subscription_lasts_as_long_as_its_hub(
    database: Database, now: datetime, hub: str, topic: str, stays: bool
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await record_poll(tx, source_id, _taught(now))
        await tx.execute(sa.update(sources).values(hub_secret="s3cret", hub_until_at=now + DAY))
        again = PollResult(now, now, hub_url=hub, hub_topic_url=topic)
        await record_poll(tx, source_id, again)
        found = await _only(tx)
    assert (found.hub_url or "", found.hub_topic_url or "") == (hub, topic)
    assert (found.hub_secret, found.hub_until_at) == (
        ("s3cret", now + DAY) if stays else (None, None)
    )


async def test_since_when_a_source_fails_is_kept_and_forgotten_with_a_good_poll(
    database: Database, now: datetime
) -> None:
    failed = PollResult(now, now, "HTTP 503", failing_since_at=now - DAY, reported_at=now)
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await record_poll(tx, source_id, failed)
        found = await _only(tx)
        assert (found.failing_since_at, found.reported_at) == (now - DAY, now)
        await record_poll(tx, source_id, _good(now))
        found = await _only(tx)
    assert (found.failing_since_at, found.reported_at) == (None, None)


@pytest.mark.parametrize("state", list(SourceState))
async def test_a_source_that_is_gone_is_retired_unless_an_operator_was_quicker(
    database: Database, now: datetime, state: SourceState
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await tx.execute(sa.update(sources).values(state=state.value))
        await record_poll(tx, source_id, PollResult(now, now, "HTTP 410", retired=True))
        stored = await tx.scalar(sa.select(sources.c.state))
        assert stored == (SourceState.RETIRED if state is SourceState.ACTIVE else state)
        assert await due_sources(tx, now + DAY, DAY, 9) == []


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        (WIRE, SourceState.RETIRED),
        (replace(WIRE, url="https://wire.example/new"), SourceState.ACTIVE),
    ],
)
async def test_a_retired_source_comes_back_with_another_address(
    database: Database, settings: SourceSettings, state: SourceState
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        await tx.execute(sa.update(sources).values(state=SourceState.RETIRED.value))
        await configure_sources(tx, [settings])
        (found,) = await known_sources(tx)
    assert found.state is state


async def test_weight_and_full_text_follow_the_settings(database: Database) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        found = await _only(tx)
        assert (found.weight, found.full_text) == (50, False)
        await configure_sources(tx, [replace(WIRE, weight=80, full_text=True)])
        found = await _only(tx)
        assert (found.weight, found.full_text) == (80, True)


async def test_a_source_that_was_added_by_command_outlives_the_settings(
    database: Database,
) -> None:
    """Until they name it too: then it is theirs."""
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        await tx.execute(sa.update(sources).values(origin=SourceOrigin.COMMAND.value))
        await configure_sources(tx, [GAZETTE])
        assert [one.key for one in await active_sources(tx)] == ["gazette", "wire"]
        await configure_sources(tx, [WIRE])
        await configure_sources(tx, [])
        assert await active_sources(tx) == []


async def test_a_source_that_the_settings_no_longer_name_rests(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE, GAZETTE])
        await configure_sources(tx, [GAZETTE])
        assert [one.key for one in await active_sources(tx)] == ["gazette"]
        assert [one.key for one in await known_sources(tx)] == ["gazette"]
        assert [one.key for one in await due_sources(tx, now, DAY, 9)] == ["gazette"]
        await configure_sources(tx, [WIRE, GAZETTE])
        assert [one.key for one in await active_sources(tx)] == ["gazette", "wire"]


async def test_a_source_that_an_operator_paused_stays_paused(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        await tx.execute(sa.update(sources).values(state=SourceState.PAUSED.value))
        await configure_sources(tx, [replace(WIRE, name="Other")])
        assert await active_sources(tx) == []
        assert await due_sources(tx, now, DAY, 9) == []
        (known,) = await known_sources(tx)
        assert known.state is SourceState.PAUSED


async def test_no_settings_at_all_leave_no_source(database: Database) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        await configure_sources(tx, [])
        assert await known_sources(tx) == []


@pytest.mark.parametrize(
    ("planned", "is_due"),
    [
        (None, True),  # never polled
        (timedelta(seconds=-1), True),
        (timedelta(0), True),
        (timedelta(seconds=1), False),
        (DAY, False),
        (DAY + timedelta(seconds=1), True),  # the clock was set back
    ],
)
async def test_a_source_is_due(
    database: Database, now: datetime, planned: timedelta | None, is_due: bool
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        if planned is not None:
            await plan_polls(tx, {(await _only(tx)).id: now + planned})
        assert len(await due_sources(tx, now, DAY, 9)) == is_due


async def test_the_longest_waiting_are_polled_first(database: Database, now: datetime) -> None:
    names = "abcd"
    async with database.writing() as tx:
        await configure_sources(tx, [replace(WIRE, key=key) for key in names])
        ids = {one.key: one.id for one in await active_sources(tx)}
        waits = {"a": 1, "b": 3, "c": 2}  # d never was polled
        planned = {ids[key]: now - timedelta(minutes=minutes) for key, minutes in waits.items()}
        await plan_polls(tx, planned)
        assert [one.key for one in await due_sources(tx, now, DAY, 3)] == ["d", "b", "c"]


async def test_a_failed_poll_keeps_what_the_last_good_one_left(
    database: Database, now: datetime
) -> None:
    later = now + timedelta(minutes=5)
    failed = PollResult(later, later + timedelta(hours=1), "HTTP 503", failures=1)
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        source_id = (await _only(tx)).id
        await record_poll(tx, source_id, _good(now))
        await record_poll(tx, source_id, failed)
        found = await _only(tx)
        assert (found.etag, found.body_hash, found.last_success_at) == ("etag", "hash", now)
        assert (found.failures, found.last_error) == (1, "HTTP 503")
        assert (found.last_polled_at, found.next_poll_at) == (later, failed.next_poll_at)
        await record_poll(tx, source_id, _good(later))
        found = await _only(tx)
    assert found.first_polled_at == now, "the first good one counts"
    assert (found.last_success_at, found.last_error) == (later, None)


async def test_after_a_step_of_the_clock_all_but_those_in_trouble_are_due(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE, GAZETTE])
        gazette, wire = await active_sources(tx)
        planned = now + timedelta(hours=2)
        await plan_polls(tx, {wire.id: planned})
        await record_poll(tx, gazette.id, PollResult(now, planned, "HTTP 429", failures=1))
        assert await release_polls(tx, now) == 1
        assert [one.key for one in await due_sources(tx, now, DAY, 9)] == ["wire"]
        assert await release_polls(tx, now) == 0


@pytest.mark.parametrize(
    ("polled", "failures", "is_due"),
    [
        (timedelta(minutes=-1), 0, False),
        (timedelta(0), 0, False),
        (timedelta(minutes=59), 0, True),
        (timedelta(minutes=59), 1, False),  # what its server asked for is kept
    ],
)
async def test_a_source_that_was_polled_in_the_future_is_due(
    database: Database, now: datetime, polled: timedelta, failures: int, is_due: bool
) -> None:
    """The clock was set back while nothing ran: its next poll would be as much later."""
    polled_at = now + polled
    planned = now + timedelta(hours=1)
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        result = PollResult(polled_at, planned, "x" if failures else None, failures=failures)
        await record_poll(tx, (await _only(tx)).id, result)
        assert len(await due_sources(tx, now, DAY, 9)) == is_due
