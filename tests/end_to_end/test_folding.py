"""What an outage of Telegram held back: one message a chat, all told, nothing twice."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from bot.chat.catalogue import Catalogue
from bot.chat.rendering import ChatRenderer
from bot.delivery.drain import Drain
from bot.delivery.folder import Folder
from bot.delivery.ledger import Ledger
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.delivery.texts import Texts
from bot.delivery.wakeup import Wakeup
from bot.delivery.wire import Wire, telegram_session
from bot.demo.telegram_server import TelegramServer
from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.articles import Article
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market, Tick
from bot.domain.providers import ProviderState
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING
from bot.news.assets.registry import load_registry
from storage.alerts import NewAlert, add_alert
from storage.articles import add_article
from storage.chats import destination, see_chat
from storage.database import Database, Transaction
from storage.firings import Firing, add_firing
from storage.owing import owe_firings, owe_story
from storage.schema import notifications
from storage.sources import active_sources, configure_sources
from storage.subscriptions import asked_topics, subscribe

STORIES, ALERTS = 50, 6


class NoPrices:
    """No price of anything."""

    quote = "USD"
    assets = load_registry()

    async def ticks(self, markets: Iterable[Market]) -> dict[Market, Tick]:
        del markets
        return {}

    def is_stale(self, tick: Tick, now: datetime) -> bool:
        del tick, now
        return True

    def providers(self) -> tuple[ProviderState, ...]:
        return ()


class ShiftedClock:
    """The times that the bot goes by, which a test may put forward."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def monotonic(self) -> float:
        return time.monotonic() + self.shift.total_seconds()


class Unheard:
    """Takes notices to people, which no chat of these tests has need of."""

    async def chat_paused(self, tx: Transaction, telegram_chat_id: int, reason: str) -> None:
        raise AssertionError(tx, telegram_chat_id, reason)

    async def thread_closed(self, tx: Transaction, telegram_chat_id: int, thread_id: int) -> None:
        raise AssertionError(tx, telegram_chat_id, thread_id)


@dataclass
class Delivery:
    """Everything from the outbox to Telegram, with a database that others write to."""

    database: Database
    server: TelegramServer
    clock: ShiftedClock
    wakeup: Wakeup
    folder: Folder

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The drain at work, as a process of its own would run it."""
        async with telegram_session() as session:
            wire = Wire(session, self.server.api_url, self.server.token)
            renderer = ChatRenderer(self.database, Catalogue.load(), NoPrices(), self.clock)
            monotonic = self.clock.monotonic
            pacer = Pacer(per_second=30, started=monotonic() - 60)
            drain = Drain(
                self.database,
                Sender(wire, Texts(renderer), pacer, self.clock, monotonic=monotonic),
                Ledger(self.database, Unheard(), self.clock, self.wakeup),
                pacer,
                self.clock,
                self.wakeup,
                monotonic=monotonic,
            )
            task = asyncio.create_task(drain.run())
            try:
                yield
            finally:
                drain.stop()
                await task

    async def is_over(self) -> bool:
        """Whether nothing is owed, waits, or is on the wire."""
        unsent = sa.select(notifications.c.id).where(notifications.c.state.in_(["owed", "planned"]))
        async with self.database.reading() as tx:
            return await tx.scalar(unsent.limit(1)) is None

    async def until_all_is_sent(self) -> None:
        async with asyncio.timeout(30):
            while not await self.is_over():
                # Pauses and limits go by the clock, and need not be waited for.
                self.clock.shift += timedelta(seconds=1)
                self.wakeup.wake()
                await asyncio.sleep(0.05)

    async def publish(self, number: int) -> None:
        """A story for everybody."""
        now = self.clock()
        article = Article("wire", f"g{number}", f"Story number {number}.", now)
        async with self.database.writing() as tx:
            (source,) = await active_sources(tx)
            place = await add_article(tx, source.id, article, now)
            assert place is not None
            topics = [one.id for one in await asked_topics(tx)]
            await owe_story(tx, place.story_id, 1, topics, now)
        self.wakeup.wake()

    async def ring(self, destination_id: int, level: int) -> None:
        """An alert of a chat that fires now."""
        now, line = self.clock(), Line(Direction.ABOVE, Decimal(level))
        watch = started_watch(line, Decimal(1))
        async with self.database.writing() as tx:
            new = NewAlert(destination_id, Market("bitcoin"), line, watch, None, None)
            alert_id = await add_alert(tx, new, now)
            firing_id = await add_firing(tx, Firing(alert_id, 1, Decimal(level), now, now))
            await owe_firings(tx, [firing_id or 0], now)
        self.wakeup.wake()


@pytest.fixture
async def delivery(database: Database) -> AsyncIterator[Delivery]:
    clock, wakeup = ShiftedClock(), Wakeup()
    async with TelegramServer(limits=None) as server:
        settings = [SourceSettings("wire", "The Wire", SourceKind.FEED, "https://x.example/rss")]
        async with database.writing() as tx:
            await configure_sources(tx, settings)
        yield Delivery(database, server, clock, wakeup, Folder(database, clock, wakeup))


async def test_what_an_outage_held_back_arrives_as_a_handful_of_messages(
    delivery: Delivery,
) -> None:
    """Telegram is away for an hour and more, in which 50 stories come and 6 alerts fire.

    On its return each chat gets one message of stories and one of alerts, and at most one story
    alone; together they name everything, and a restart sends nothing again.
    """
    people = [delivery.server.world.add_user(name, started=True) for name in ("Ann", "Ben")]
    here = []
    async with delivery.database.writing() as tx:
        for person in people:
            await see_chat(tx, ChatSeen(person.id, ChatKind.PRIVATE), delivery.clock())
            here.append((await destination(tx, person.id, 0)).id)
            await subscribe(tx, here[-1], EVERYTHING, None, delivery.clock())
    port = int(delivery.server.api_url.rpartition(":")[2])
    await delivery.server.stop()
    async with delivery.running():
        for number in range(STORIES):
            await delivery.publish(number)
            if number < ALERTS:
                await delivery.ring(here[0], 90_000 + number)
            await asyncio.sleep(0.02)
            delivery.clock.shift += timedelta(seconds=90)
            if number % 10 == 0:
                await delivery.folder.run()
        assert not await delivery.is_over()
        await delivery.folder.run()
        await delivery.server.start(port)
        await delivery.until_all_is_sent()
    for person in people:
        check_messages(delivery, person.id, alerts=ALERTS if person is people[0] else 0)
    sent = len(delivery.server.sent)
    delivery.clock.shift += timedelta(hours=1)
    async with delivery.running():
        assert await delivery.folder.run() == 0
        delivery.wakeup.wake()
        await asyncio.sleep(0.5)
    assert len(delivery.server.sent) == sent


def check_messages(delivery: Delivery, chat_id: int, alerts: int) -> None:
    """A chat's messages are few, and name each story and each alert once."""
    sent: list[Any] = [one for one in delivery.server.sent if one.chat_id == chat_id]
    texts = "\n".join(one.text for one in sent)
    assert len(sent) <= (3 if alerts else 2)
    named = Counter(f"Story number {n}." for n in range(STORIES))
    assert Counter({title: texts.count(title) for title in named}) == named
    for n in range(alerts):
        assert texts.count(f"rose through ${90_000 + n:,}") == 1
    lines = [line for line in texts.splitlines() if "rose through" in line]
    assert len(lines) == alerts
    assert all(" ago, at " in line for line in lines)
