"""Articles stored and owed: what is remembered of them when that fails, and when clocks jump."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.articles import Article
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.errors import DatabaseFull
from bot.domain.outbox import MessageState, Result
from bot.domain.sources import Source, SourceKind, SourceSettings
from bot.domain.stories import Told
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from bot.news import filing as module
from bot.news.deepening import Depth
from bot.news.filing import Filing
from bot.news.stories.recent import RecentStories
from storage.chats import destination, see_chat
from storage.database import Database
from storage.edits import plan_edits
from storage.outbox import candidates, record_results
from storage.sources import active_sources, configure_sources
from storage.subscriptions import subscribe

SAME = ("SEC approves spot Solana ETF from VanEck", "VanEck's spot Solana ETF wins SEC approval")
OTHER = "Dogecoin mascot visits a school in Lagos"

DepthOf = Callable[..., Depth]


@pytest.fixture
async def sources(database: Database) -> dict[str, Source]:
    keys = ("wire", "ledger")
    async with database.writing() as tx:
        settings = [
            SourceSettings(key, key.title(), SourceKind.FEED, f"https://{key}.example")
            for key in keys
        ]
        await configure_sources(tx, settings)
        return {source.key: source for source in await active_sources(tx)}


@pytest.fixture
def filing(database: Database, clock: Any) -> Filing:
    return Filing(database, clock, "USD")


@pytest.fixture
def depth(clock: Any) -> DepthOf:
    """Makes an article of a title that came an hour ago."""

    def depth_of(title: str, hours: float = 1) -> Depth:
        at: datetime = clock() - timedelta(hours=hours)
        return Depth(Article("wire", title, title, at))

    return depth_of


async def _follow(database: Database, now: datetime, topic: Topic, chat_id: int) -> None:
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(chat_id, ChatKind.PRIVATE), now)
        where = await destination(tx, chat_id)
        await subscribe(tx, where.id, topic, None, now)


def _sent(message_id: int) -> Result:
    return Result(message_id, MessageState.SENT, "", 1000 + message_id)


async def test_what_was_not_stored_after_all_is_joined_by_nothing(
    database: Database,
    filing: Filing,
    sources: dict[str, Source],
    depth: DepthOf,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch fails at its end; another article gets the id that one of it would have had."""
    await _follow(database, clock(), EVERYTHING, 1)

    async def full(*_: object) -> int:
        raise DatabaseFull("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(module, "fold_stories", full)
        with pytest.raises(DatabaseFull):
            await filing.file_together(sources["wire"], [depth(SAME[0]), depth("Of no import")])
    other = await filing.file(sources["wire"], depth(OTHER), pushes=True)
    same = await filing.file(sources["ledger"], depth(SAME[1]), pushes=True)
    assert other is not None
    assert same is not None
    assert same.place.story_id != other.place.story_id
    assert (same.place.reason, same.owed) == ("", 1)


async def test_a_cancellation_while_stories_are_learnt_leaves_no_half_memory(
    filing: Filing, sources: dict[str, Source], depth: DepthOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread goes on by itself; what it learns is not remembered twice."""
    await filing.file(sources["wire"], depth(SAME[0]), pushes=False)
    learning, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    add, learnt = RecentStories.add, list[tuple[int, int]]()

    def slow(recent: RecentStories, told: Told) -> None:
        if not learning.is_set():
            loop.call_soon_threadsafe(learning.set)
            asyncio.run_coroutine_threadsafe(ended.wait(), loop).result(10)
        learnt.append((id(recent), told.article_id))
        add(recent, told)

    monkeypatch.setattr(RecentStories, "add", slow)
    filed = asyncio.create_task(filing.file(sources["wire"], depth(OTHER), pushes=False))
    await learning.wait()
    filed.cancel()
    await asyncio.gather(filed, return_exceptions=True)
    joined = await filing.file(sources["ledger"], depth(SAME[1]), pushes=False)
    ended.set()
    async with asyncio.timeout(5):
        while len(learnt) < 2:  # noqa: ASYNC110  # the other thread has no event for it
            await asyncio.sleep(0.01)
    assert joined is not None
    assert joined.place.reason
    assert len(set(learnt)) == 2


async def test_a_clock_that_jumps_ahead_and_back_splits_no_story(
    filing: Filing, sources: dict[str, Source], depth: DepthOf, clock: Any
) -> None:
    first, second = depth(SAME[0]), depth(SAME[1])
    told = await filing.file(sources["wire"], first, pushes=True)
    await filing.file(sources["wire"], depth("Of no import"), pushes=True)
    clock.advance(5 * 24 * 3600)
    await filing.file(sources["wire"], depth(OTHER), pushes=True)
    clock.advance(-5 * 24 * 3600)
    again = await filing.file(sources["ledger"], second, pushes=True)
    assert told is not None
    assert again is not None
    assert again.place.story_id == told.place.story_id


async def test_who_was_told_learns_who_else_tells_it_though_another_chat_is_told_now(
    database: Database, filing: Filing, sources: dict[str, Source], depth: DepthOf, clock: Any
) -> None:
    """The article that joins is a push to one chat, and an edit to the other."""
    await _follow(database, clock(), Topic(TopicKind.SOURCE, "wire"), 1)
    await _follow(database, clock(), Topic(TopicKind.SOURCE, "ledger"), 2)
    await filing.file(sources["wire"], depth(SAME[0]), pushes=True)
    async with database.writing() as tx:
        (sent,) = await candidates(tx, clock(), 10, {})
        await record_results(tx, [_sent(sent.id)], clock())
    of_ledger = Depth(replace(depth(SAME[1]).article, source_key="ledger"))
    joined = await filing.file(sources["ledger"], of_ledger, pushes=True)
    assert joined is not None
    assert (bool(joined.place.reason), joined.owed) == (True, 1)
    async with database.writing() as tx:
        assert await plan_edits(tx, clock() + timedelta(minutes=1), budget=10) == 1
