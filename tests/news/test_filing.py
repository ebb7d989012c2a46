"""Articles stored and owed: what is remembered of them when that fails, and when clocks jump."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.articles import Article, Mention, Role
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.errors import DatabaseFull
from bot.domain.markets import Market, Tick
from bot.domain.outbox import MessageState, Result, Subject
from bot.domain.sources import Source, SourceKind, SourceSettings
from bot.domain.stories import Told
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from bot.news import filing as module
from bot.news.deepening import Depth
from bot.news.filing import Filing
from bot.news.stories.recent import RecentStories
from storage.article_prices import awaited_prices, note_awaited
from storage.chats import destination, see_chat
from storage.database import Database
from storage.edits import plan_edits
from storage.markets import store_tick, watched_markets
from storage.outbox import candidates, record_results
from storage.sources import active_sources, configure_sources
from storage.story_pages import latest_stories
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


# ---- which article a chat is told


async def test_no_two_articles_come_at_the_same_time(
    database: Database, filing: Filing, sources: dict[str, Source], depth: DepthOf, clock: Any
) -> None:
    """However fast they come; each bears the time of what is owed for it, and no other."""
    await _follow(database, clock(), EVERYTHING, 1)
    together = [depth(f"Of no import {number}") for number in range(3)]
    filed = await filing.file_together(sources["wire"], together)
    filed += [one for one in [await filing.file(sources["wire"], depth(OTHER), pushes=True)] if one]
    times = [one.came_at for one in filed]
    assert len(set(times)) == 4
    assert times == sorted(times)
    assert times[-1] - clock() < timedelta(milliseconds=1)
    clock.advance(-3600)
    late = await filing.file(sources["wire"], depth(SAME[0]), pushes=True)
    assert late is not None
    assert late.came_at == clock(), "a clock that was set back is believed"
    async with database.writing() as tx:
        owed = await candidates(tx, clock() + timedelta(hours=2), 10, {})
    assert [one.view.owed_at for one in owed if one.subject is Subject.STORY] == [
        times[-1],
        late.came_at,
    ]


# ---- prices


def _about(*asset_ids: str) -> tuple[Mention, ...]:
    return tuple(Mention(one, one.upper()[:4], Role.PRIMARY, "") for one in asset_ids)


async def _noted(database: Database) -> dict[str, Decimal]:
    async with database.reading() as tx:
        (found,) = await latest_stories(tx, EVERYTHING, 1)
    return {market.asset_id: price for market, price in found.prices}


async def test_every_price_that_is_known_is_noted_and_the_first_coins_are_watched(
    database: Database, filing: Filing, sources: dict[str, Source], depth: DepthOf, clock: Any
) -> None:
    """Which three a push tells is not chosen yet: the largest, not the first."""
    await _follow(database, clock(), EVERYTHING, 1)
    coins = ("pepe", "floki", "solana", "bitcoin")
    async with database.writing() as tx:
        for asset_id in coins[2:]:
            await store_tick(tx, Tick(Market(asset_id), Decimal(7), "x", clock(), clock()))
    article = replace(depth(OTHER).article, mentions=_about(*coins))
    await filing.file(sources["wire"], Depth(article), pushes=True)
    assert await _noted(database) == {"solana": Decimal(7), "bitcoin": Decimal(7)}
    async with database.writing() as tx:
        watched = await watched_markets(tx, "USD", clock())
        assert watched == {Market(asset_id) for asset_id in coins[:3]}
        for asset_id in coins:
            await store_tick(tx, Tick(Market(asset_id), Decimal(9), "x", clock(), clock()))
        await note_awaited(tx, await awaited_prices(tx, clock()), clock())
    seven = {"solana": Decimal(7), "bitcoin": Decimal(7)}
    assert await _noted(database) == seven | {"pepe": Decimal(9), "floki": Decimal(9)}


@pytest.mark.parametrize(("minutes", "noted"), [(1, True), (6, False)])
async def test_what_a_page_adds_to_an_article_has_a_price_too(
    database: Database,
    filing: Filing,
    sources: dict[str, Source],
    depth: DepthOf,
    clock: Any,
    minutes: int,
    noted: bool,
) -> None:
    """Of the time at which the article came, or none; what was noted then stays."""
    await _follow(database, clock(), EVERYTHING, 1)
    solana, pepe = Market("solana"), Market("pepe")
    async with database.writing() as tx:
        await store_tick(tx, Tick(solana, Decimal(7), "x", clock(), clock()))
    short = replace(depth(OTHER).article, mentions=_about("solana"))
    filed = await filing.file(sources["wire"], Depth(short), pushes=True)
    assert filed is not None
    clock.advance(minutes * 60)
    async with database.writing() as tx:
        for market in (solana, pepe):
            await store_tick(tx, Tick(market, Decimal(9), "x", clock(), clock()))
    fuller = replace(short, body="All of it.", mentions=_about("solana", "pepe"))
    await filing.amend(sources["wire"], Depth(fuller), filed)
    more = {"pepe": Decimal(9)} if noted else {}
    assert await _noted(database) == {"solana": Decimal(7)} | more
