"""What is past its time goes, what later sends need stays."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bot.domain.articles import Article
from bot.domain.candles import Timeframe, extended
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market
from bot.domain.outbox import MessageState, Rendered, Reply, Result
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING
from bot.upkeep import Upkeep
from storage.articles import add_article
from storage.candles import Span, put_candles
from storage.chats import destination, forget_chat, say_goodbye, see_chat
from storage.database import Database
from storage.inbox import Received, keep_updates, mark_handled
from storage.markets import ask_market
from storage.outbox import add_reply, record_results
from storage.owing import owe_story
from storage.schema import articles, candles, chats, inbox, messages, notifications, stories
from storage.sources import configure_sources
from storage.subscriptions import asked_topics, subscribe


def upkeep(database: Database, clock: Any) -> Upkeep:
    return Upkeep(database, clock, keep_articles_days=90, keep_messages_days=14)


async def rows(database: Database, table: sa.Table) -> int:
    async with database.reading() as tx:
        found: int = await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        return found


async def owed_story(database: Database, guid: str, published_at: datetime, now: datetime) -> None:
    """A story that one subscriber is owed."""
    async with database.writing() as tx:
        await configure_sources(tx, [SourceSettings("one", "One", SourceKind.FEED, "http://x/")])
        await see_chat(tx, ChatSeen(1, ChatKind.PRIVATE), now)
        where = await destination(tx, 1)
        await subscribe(tx, where.id, EVERYTHING, None, now)
        place = await add_article(tx, 1, Article("one", guid, "Title", published_at), now)
        assert place is not None
        topics = [stored.id for stored in await asked_topics(tx)]
        await owe_story(tx, place.story_id, 1, topics, now)


async def test_old_stories_go_with_what_was_owed(database: Database, clock: Any) -> None:
    """Articles older than keep_articles_days leave nothing behind; younger ones stay."""
    now = clock()
    for guid, days in (("old", 91), ("young", 89)):
        then = now - timedelta(days=days)
        await owed_story(database, guid, then, then)
    counts = await upkeep(database, clock).run()
    assert counts["articles"] == 1
    for table in (articles, stories, notifications):
        assert await rows(database, table) == 1


async def test_ended_messages_go_and_waiting_ones_stay(database: Database, clock: Any) -> None:
    """A message is pruned keep_messages_days after it ended, never before."""
    now = clock()
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(1, ChatKind.PRIVATE), now)
        where = await destination(tx, 1)
        for n in range(3):
            await add_reply(tx, Reply(where.id, Rendered("Hi")), f"k{n}", now)
        old = now - timedelta(days=15)
        await record_results(tx, [Result(1, MessageState.SENT)], old)
        await record_results(tx, [Result(2, MessageState.SENT)], now)
    counts = await upkeep(database, clock).run()
    assert counts["messages"] == 1
    assert await rows(database, messages) == 2


async def test_candles_go_when_they_are_past_their_time(database: Database, clock: Any) -> None:
    """Those of a minute after two days."""
    market = Market("bitcoin")
    times = [clock() - timedelta(hours=hours) for hours in (47, 49)]
    async with database.writing() as tx:
        await ask_market(tx, market, clock())
        spans = [Span(market, Timeframe.MINUTE, at) for at in times]
        await put_candles(tx, [(s, extended(None, Decimal(1), s.open_at)) for s in spans])
    counts = await upkeep(database, clock).run()
    assert counts["candles"] == 1
    assert await rows(database, candles) == 1


async def test_answered_updates_go_and_unanswered_ones_stay(database: Database, clock: Any) -> None:
    """An update that nobody answered is kept, however old."""
    old = clock() - timedelta(days=3)
    async with database.writing() as tx:
        await keep_updates(tx, [Received(1, 5, "{}"), Received(2, 5, "{}")], old)
        await mark_handled(tx, 1, old)
    counts = await upkeep(database, clock).run()
    assert counts["updates"] == 1
    assert await rows(database, inbox) == 1


async def test_what_was_owed_to_a_forgotten_chat_is_swept(database: Database, clock: Any) -> None:
    """Notifications have no foreign key; the sweep does its work."""
    now = clock()
    await owed_story(database, "a", now, now)
    async with database.writing() as tx:
        await forget_chat(tx, 1)
    await upkeep(database, clock).run()
    assert await rows(database, notifications) == 0
    assert await rows(database, stories) == 1


async def test_a_forgotten_chat_goes_once_its_goodbye_is_sent(
    database: Database, clock: Any
) -> None:
    """The row that carries the goodbye stays as long as that is on its way."""
    now = clock()
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(1, ChatKind.PRIVATE, "Alice"), now)
        where = await say_goodbye(tx, 1, ChatKind.PRIVATE, 0, now)
        await add_reply(tx, Reply(where.id, Rendered("Goodbye")), "bye", now)
    await upkeep(database, clock).run()
    assert await rows(database, chats) == 1
    async with database.writing() as tx:
        await record_results(tx, [Result(1, MessageState.SENT)], now)
    await upkeep(database, clock).run()
    assert await rows(database, chats) == 0
