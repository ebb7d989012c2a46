"""What the benchmarks of delivery stand on: a database full of subscribers, and a drain."""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from bot.chat.catalogue import Catalogue
from bot.chat.notices import ChatNotices
from bot.delivery.drain import Drain
from bot.delivery.ledger import Ledger
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.delivery.texts import Texts
from bot.delivery.wakeup import Wakeup
from bot.delivery.wire import Wire, telegram_session
from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Priority, Rendered, Subject, View
from bot.domain.topics import Topic, TopicKind
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.alerts import NewAlert, add_alert
from storage.database import Database
from storage.migrating import migrate
from storage.owing import owe_story
from storage.schema import chats, destinations, messages, notifications, subscriptions
from storage.subscriptions import asked_topics, subscribe
from tests.bench.telegram import RING, TOKEN, chat_id

TEXT = (
    '<b><a href="https://news.example/a">Bitcoin rises past $95,000 for the first time in '
    "seven weeks</a></b>\nThe Wire · 2 min\n\nThe largest coin by market value rose 3.5 % on "
    "Wednesday. Traders who had bet on lower prices lost $380 million.\n\n#BTC #derivatives"
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class OneText:
    """Renders every story as the same push, and what fired as the stand-in recognises it."""

    async def rendered(
        self, subject: Subject, subject_id: int, revision: int, view: View
    ) -> Rendered | None:
        del subject_id, revision, view
        return Rendered(RING if subject is Subject.FIRING else TEXT)


@dataclass
class Ground:
    """A database with so many subscribers of Bitcoin."""

    database: Database
    topic_id: int
    tracks: Tracks = field(default_factory=Tracks)

    async def owe_story(self, story_id: int) -> float:
        """Owe a story to all of them; returns the seconds that it took."""
        started = time.perf_counter()
        async with self.database.writing() as tx:
            await owe_story(tx, story_id, 1, [self.topic_id], utc_now())
        return time.perf_counter() - started

    async def owe_broadcasts(self) -> None:
        """Turn all that is owed into broadcasts, the lowest priority."""
        async with self.database.writing() as tx:
            await tx.execute(sa.update(notifications).values(priority=Priority.BROADCAST.value))

    async def set_alert(self, destination_id: int, market: Market) -> None:
        """Have a chat wait for a price of 100, on a market that stands at 90."""
        now, line, price = utc_now(), Line(Direction.ABOVE, Decimal(100)), Decimal(90)
        await self._pass(Tick(market, price, "bench", now, now))
        watch = started_watch(line, price)
        async with self.database.writing() as tx:
            new = NewAlert(destination_id, market, line, watch, price, None)
            await add_alert(tx, new, now)

    async def ring(self, market: Market) -> None:
        """Take a tick that fires the alert on a market."""
        now = utc_now()
        await self._pass(Tick(market, Decimal(101), "bench", now, now))

    async def _pass(self, tick: Tick) -> None:
        await pass_ticks(self.database, [tick], tick.provider_at, 15, self.tracks)

    async def until_ended(self, count: int) -> None:
        """Return once so many messages have ended; TimeoutError after three minutes."""
        async with asyncio.timeout(180):
            while await self._ended() < count:  # noqa: ASYNC110  # a database has no event
                await asyncio.sleep(0.1)

    async def _ended(self) -> int:
        async with self.database.reading() as tx:
            found: int | None = await tx.scalar(
                sa.select(sa.func.count()).where(messages.c.finished_at.is_not(None))
            )
        return found or 0


@asynccontextmanager
async def ground(folder: Path, subscribers: int) -> AsyncIterator[Ground]:
    """A fresh database with subscribers of the stand-in's first chats."""
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    await migrate(database)
    now = utc_now()
    everybody = range(1, subscribers + 1)
    chat = {"kind": "private", "state": "active", "state_at": now, "created_at": now}
    async with database.writing() as tx:
        await tx.execute(
            sa.insert(chats),
            [chat | {"telegram_chat_id": chat_id(n), "seen_at": now} for n in everybody],
        )
        await tx.execute(
            sa.insert(destinations),
            [{"telegram_chat_id": chat_id(n), "thread_id": 0} for n in everybody],
        )
        await subscribe(tx, 1, Topic(TopicKind.ASSET, "bitcoin"), None, now)
        topic_id = (await asked_topics(tx))[0].id
        rest = {"topic_id": topic_id, "filter_id": 1, "created_at": now}
        if subscribers > 1:
            await tx.execute(
                sa.insert(subscriptions), [rest | {"destination_id": n} for n in everybody[1:]]
            )
    yield Ground(database, topic_id)
    await database.close()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Ground]:
    """A ground that another process has made."""
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    yield Ground(database, 1)
    await database.close()


async def _prepare(folder: Path, subscribers: int, stories: int) -> None:
    async with ground(folder, subscribers) as place:
        for story in range(1, stories + 1):
            await place.owe_story(story)


@asynccontextmanager
async def draining(ground: Ground, api_url: str, per_second: float) -> AsyncIterator[Wakeup]:
    """A drain at work on that ground for as long as the block."""
    wakeup = Wakeup()
    async with telegram_session() as session:
        pacer = Pacer(per_second, time.monotonic())
        wire = Wire(session, api_url, TOKEN)
        notices = ChatNotices(Catalogue.load(), utc_now)
        drain = Drain(
            ground.database,
            Sender(wire, Texts(OneText()), pacer, utc_now),
            Ledger(ground.database, notices, utc_now, wakeup),
            pacer,
            utc_now,
            wakeup,
        )
        task = asyncio.create_task(drain.run())
        try:
            yield wakeup
        finally:
            drain.stop()
            await task


def cpu_seconds() -> float:
    """The CPU time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_megabytes() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(_prepare(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
