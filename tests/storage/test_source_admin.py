"""Sources that operators add, pause, resume and remove by command."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.articles import Article
from bot.domain.feeds import ListedFeed
from bot.domain.sources import PollResult, SourceKind, SourceOrigin, SourceSettings, SourceState
from storage.articles import add_article
from storage.schema import sources
from storage.source_admin import (
    confirm_source,
    drop_old_proposals,
    drop_proposal,
    import_feeds,
    pause_source,
    propose_source,
    remove_source,
    resume_source,
)
from storage.sources import (
    active_sources,
    configure_sources,
    due_sources,
    known_sources,
    record_poll,
    recorded_sources,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.sources import Source
    from storage.database import Database, Transaction

WIRE = SourceSettings("wire", "The Wire", SourceKind.FEED, "https://wire.example/rss")
GAZETTE = SourceSettings("gazette", "Gazette", SourceKind.FEED, "https://gazette.example/rss")
DAY = timedelta(days=1)
STATES = list(SourceState)


async def _only(tx: Transaction) -> Source:
    (found,) = await recorded_sources(tx)
    return found


async def _added(tx: Transaction, now: datetime, settings: SourceSettings = GAZETTE) -> int:
    source_id = await propose_source(tx, settings, now)
    assert source_id is not None
    assert await confirm_source(tx, source_id)
    return source_id


async def _put_into(tx: Transaction, state: SourceState, origin: SourceOrigin) -> int:
    await configure_sources(tx, [WIRE])
    await tx.execute(sa.update(sources).values(state=state.value, origin=origin.value))
    return (await _only(tx)).id


async def test_a_proposal_is_no_source_until_it_is_confirmed(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        source_id = await propose_source(tx, GAZETTE, now)
        assert source_id is not None
        assert await known_sources(tx) == []
        assert await active_sources(tx) == []
        assert await due_sources(tx, now, DAY, 9) == []
        assert await confirm_source(tx, source_id)
        (found,) = await due_sources(tx, now, DAY, 9)
        assert not await confirm_source(tx, source_id), "once is enough"
    assert (found.id, found.key, found.name, found.url) == (
        source_id,
        "gazette",
        "Gazette",
        GAZETTE.url,
    )
    assert (found.origin, found.state) == (SourceOrigin.COMMAND, SourceState.ACTIVE)
    assert (found.first_polled_at, found.last_polled_at) == (None, None), "silent at first"


async def test_a_proposal_of_a_key_in_use_is_refused(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        await configure_sources(tx, [WIRE])
        before = await _only(tx)
        assert await propose_source(tx, replace(GAZETTE, key="wire"), now) is None
        assert await _only(tx) == before


async def test_the_same_proposal_again_is_one(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        first = await propose_source(tx, GAZETTE, now)
        again = await propose_source(tx, replace(GAZETTE, name="The Gazette"), now + DAY)
        assert first == again
        assert (await _only(tx)).name == "The Gazette"


async def test_a_removed_source_comes_back_as_if_it_were_new(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        source_id = await _added(tx, now)
        await record_poll(tx, source_id, PollResult(now, now, None, "etag", "then", "hash"))
        assert await remove_source(tx, source_id)
        assert await known_sources(tx) == []
        assert await _added(tx, now) == source_id
        found = await _only(tx)
    assert (found.etag, found.body_hash, found.first_polled_at) == (None, None, None)
    assert (found.state, found.last_success_at) == (SourceState.ACTIVE, None)


async def test_what_was_added_outlives_a_restart(database: Database, now: datetime) -> None:
    """With other settings, with none, and while it is paused."""
    async with database.writing() as tx:
        await _added(tx, now)
        await configure_sources(tx, [WIRE])
        await configure_sources(tx, [])
        assert [one.key for one in await active_sources(tx)] == ["gazette"]
        assert await pause_source(tx, (await active_sources(tx))[0].id)
        await configure_sources(tx, [])
        assert [one.state for one in await known_sources(tx)] == [SourceState.PAUSED]


async def test_settings_of_the_same_key_take_over(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        source_id = await _added(tx, now)
        await configure_sources(tx, [replace(GAZETTE, url="https://new.example/rss")])
        found = await _only(tx)
        assert (found.id, found.origin) == (source_id, SourceOrigin.SETTINGS)
        assert found.url == "https://new.example/rss"
        assert not await remove_source(tx, source_id)


async def test_settings_make_a_source_of_a_mere_proposal(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        source_id = await propose_source(tx, GAZETTE, now)
        assert source_id is not None
        await configure_sources(tx, [GAZETTE])
        (found,) = await active_sources(tx)
        assert found.origin is SourceOrigin.SETTINGS
        assert not await drop_proposal(tx, source_id)
        assert await drop_old_proposals(tx, now + DAY) == 0
        assert len(await active_sources(tx)) == 1


async def test_a_dropped_proposal_leaves_nothing(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        source_id = await propose_source(tx, GAZETTE, now)
        assert source_id is not None
        assert await drop_proposal(tx, source_id)
        assert not await drop_proposal(tx, source_id)
        assert await recorded_sources(tx) == []


async def test_a_dropped_proposal_of_what_was_a_source_keeps_its_articles(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        source_id = await _added(tx, now)
        await add_article(tx, source_id, Article("gazette", "g1", "Title", now), now)
        await remove_source(tx, source_id)
        assert await propose_source(tx, GAZETTE, now) == source_id
        assert await drop_proposal(tx, source_id)
        assert (await _only(tx)).state is SourceState.REMOVED


async def test_proposals_that_nobody_confirms_go_after_their_time(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await propose_source(tx, GAZETTE, now - DAY - timedelta(seconds=1))
        await propose_source(tx, WIRE, now - DAY)
        await _added(tx, now - 2 * DAY, replace(WIRE, key="old"))
        assert await drop_old_proposals(tx, now - DAY) == 1
        assert [one.key for one in await recorded_sources(tx)] == ["old", "wire"]


@pytest.mark.parametrize("state", STATES)
async def test_only_an_active_source_is_paused(
    database: Database, now: datetime, state: SourceState
) -> None:
    async with database.writing() as tx:
        source_id = await _put_into(tx, state, SourceOrigin.SETTINGS)
        assert await pause_source(tx, source_id) is (state is SourceState.ACTIVE)
        after = SourceState.PAUSED if state is SourceState.ACTIVE else state
        assert (await _only(tx)).state is after
        assert await due_sources(tx, now, DAY, 9) == []


@pytest.mark.parametrize("state", STATES)
async def test_what_was_paused_or_retired_is_resumed_and_due_at_once(
    database: Database, now: datetime, state: SourceState
) -> None:
    failed = PollResult(now, now + DAY, "HTTP 410", failures=9, failing_since_at=now - DAY)
    async with database.writing() as tx:
        source_id = await _put_into(tx, state, SourceOrigin.SETTINGS)
        await record_poll(tx, source_id, replace(failed, reported_at=now))
        rests = state in {SourceState.PAUSED, SourceState.RETIRED}
        assert await resume_source(tx, source_id) is rests
        found = await _only(tx)
        assert found.state is (SourceState.ACTIVE if rests else state)
        assert (found.failures == 0, found.last_error is None) == (rests, rests)
        assert (found.failing_since_at is None, found.reported_at is None) == (rests, rests)
        assert (await due_sources(tx, now, DAY, 9) != []) is rests


@pytest.mark.parametrize("origin", list(SourceOrigin))
@pytest.mark.parametrize("state", STATES)
async def test_only_a_source_that_was_added_by_command_is_removed(
    database: Database, state: SourceState, origin: SourceOrigin
) -> None:
    is_source = state not in {SourceState.PROPOSED, SourceState.REMOVED}
    goes = is_source and origin is SourceOrigin.COMMAND
    async with database.writing() as tx:
        source_id = await _put_into(tx, state, origin)
        assert await remove_source(tx, source_id) is goes
        assert (await _only(tx)).state is (SourceState.REMOVED if goes else state)


async def test_an_unknown_source_is_nothing_to_change(database: Database) -> None:
    async with database.writing() as tx:
        for change in (confirm_source, drop_proposal, pause_source, resume_source, remove_source):
            assert not await change(tx, 99)


async def test_a_list_of_feeds_is_added_with_keys_of_its_own(
    database: Database, now: datetime
) -> None:
    feeds = [
        ListedFeed("https://a.example/rss", "Gazette - All the news"),
        ListedFeed("http://www.gazette.example/rss/", "known by its address"),
        ListedFeed("https://b.example/rss", "Gazette"),
        ListedFeed("https://b.example/rss/", "the same again"),
        ListedFeed("https://c.example/rss"),
    ]
    async with database.writing() as tx:
        await configure_sources(tx, [GAZETTE])
        imported = await import_feeds(tx, feeds)
        assert imported.added == ("gazette-2", "gazette-3", "c-example")
        assert imported.known == 2
        found = {one.key: one for one in await due_sources(tx, now, DAY, 9)}
        assert set(found) == {"gazette", "gazette-2", "gazette-3", "c-example"}
        assert found["gazette-2"].name == "Gazette"
        assert found["gazette-2"].origin is SourceOrigin.COMMAND
        assert (await import_feeds(tx, feeds)).added == ()


async def test_a_list_brings_back_what_was_removed_and_takes_what_was_proposed(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        source_id = await _added(tx, now)
        await remove_source(tx, source_id)
        await propose_source(tx, WIRE, now)
        listed = [ListedFeed(GAZETTE.url, "Another name"), ListedFeed(WIRE.url, "The Wire")]
        assert (await import_feeds(tx, listed)).added == ("gazette", "wire")
        assert [one.key for one in await active_sources(tx)] == ["gazette", "wire"]


async def test_a_feed_that_moved_is_known_at_both_addresses(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        source_id = await _added(tx, now)
        moved = PollResult(now, now, moved_url="https://moved.example/rss")
        await record_poll(tx, source_id, moved)
        listed = [ListedFeed(GAZETTE.url), ListedFeed("https://moved.example/rss")]
        assert (await import_feeds(tx, listed)).known == 2
