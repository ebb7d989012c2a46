"""A chat of Telegram's stand-in, and a drain that sends to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp
import pytest
import sqlalchemy as sa

from bot.delivery.drain import Drain
from bot.delivery.ledger import Ledger
from bot.delivery.pacing import Pacer
from bot.delivery.pictures import StoredPictures
from bot.delivery.sender import Sender
from bot.delivery.texts import Texts
from bot.delivery.wakeup import Wakeup
from bot.delivery.wire import Wire, telegram_session
from bot.demo.telegram_server import TelegramServer
from bot.domain.articles import Article
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.errors import DatabaseLocked
from bot.domain.outbox import Claimed, Method, Priority, Rendered, Reply, Subject, View
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING
from storage.articles import add_article
from storage.chats import destination, see_chat
from storage.database import Database, Transaction
from storage.migrating import migrate
from storage.outbox import add_reply
from storage.owing import owe_story
from storage.sources import active_sources, configure_sources
from storage.subscriptions import asked_topics, subscribe

CLAIMED = Claimed(
    id=1,
    destination_id=1,
    telegram_chat_id=100,
    thread_id=0,
    chat_kind="private",
    method=Method.SEND,
    priority=Priority.NEWS,
    attempts=0,
    created_at=datetime(2026, 3, 14, 12, 0, tzinfo=UTC),
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Claims(Protocol):
    def __call__(self, **changes: Any) -> Claimed: ...


@pytest.fixture
def claimed() -> Claims:
    """A message on its way to a private chat, with whatever a case changes."""

    def make(**changes: Any) -> Claimed:
        return replace(CLAIMED, **changes)

    return make


@pytest.fixture
def busy_timeout_ms() -> int:
    """How long a lock is waited for; a test may set it by a parameter of that name."""
    return 5_000


@pytest.fixture
async def database(database_url: str, busy_timeout_ms: int) -> AsyncIterator[Database]:
    """A database that gives up on a lock soon."""
    database = Database(database_url, busy_timeout_ms=busy_timeout_ms)
    await migrate(database)
    yield database
    await database.close()


class PlainRenderer:
    """Renders a subject as its kind and number; those in `gone` are gone."""

    def __init__(self) -> None:
        self.gone: set[int] = set()
        self.failing = 0
        self.calls = 0

    async def rendered(
        self, subject: Subject, subject_id: int, revision: int, view: View
    ) -> Rendered | None:
        self.calls += 1
        if self.failing:
            self.failing -= 1
            raise DatabaseLocked("locked")
        if subject_id in self.gone:
            return None
        return Rendered(f"{subject.value} {subject_id} r{revision} {view.language or 'en'}")


@pytest.fixture
def renderer() -> PlainRenderer:
    return PlainRenderer()


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Telegram's stand-in, strict in all but its limits."""
    server = TelegramServer(limits=None)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with telegram_session() as session:
        yield session


@pytest.fixture
def wire(server: TelegramServer, session: aiohttp.ClientSession) -> Wire:
    return Wire(session, server.api_url, server.token)


class Told:
    """Notes which notices were asked for."""

    def __init__(self) -> None:
        self.paused: list[int] = []
        self.closed: list[tuple[int, int]] = []

    async def chat_paused(self, tx: Transaction, telegram_chat_id: int, reason: str) -> None:
        assert reason
        assert tx.in_transaction()
        self.paused.append(telegram_chat_id)

    async def thread_closed(self, tx: Transaction, telegram_chat_id: int, thread_id: int) -> None:
        assert tx.in_transaction()
        self.closed.append((telegram_chat_id, thread_id))


@dataclass
class Office:
    """A drain with all that a test asks of it."""

    database: Database
    server: TelegramServer
    drain: Drain
    pacer: Pacer
    wakeup: Wakeup
    told: Told

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let the drain run for as long as the block."""
        task = asyncio.create_task(self.drain.run())
        try:
            yield
        finally:
            self.drain.stop()
            await task

    async def chat(self, chat_id: int, kind: ChatKind = ChatKind.PRIVATE, thread: int = 0) -> int:
        """The id of a destination, stored when it is new."""
        now = datetime.now(UTC)
        async with self.database.writing() as tx:
            await see_chat(tx, ChatSeen(chat_id, kind), now)
            return (await destination(tx, chat_id, thread)).id

    async def reply(
        self,
        destination_id: int,
        text: str,
        priority: Priority = Priority.REPLY,
        expires_at: datetime | None = None,
        *,
        exact: bool = False,
    ) -> None:
        """Owe a chat a text."""
        now = datetime.now(UTC)
        reply = Reply(destination_id, Rendered(text, exact=exact))
        async with self.database.writing() as tx:
            await add_reply(tx, reply, f"test:{destination_id}:{text}", now, expires_at, priority)
        self.wakeup.wake()

    async def story(self, *destination_ids: int) -> int:
        """Owe a story to destinations, which ask for everything from then on; gives its id."""
        now = datetime.now(UTC)
        async with self.database.writing() as tx:
            await configure_sources(tx, [SourceSettings("wire", "W", SourceKind.FEED, "http://x/")])
            for destination_id in destination_ids:
                await subscribe(tx, destination_id, EVERYTHING, None, now)
            (source,) = await active_sources(tx)
            place = await add_article(tx, source.id, Article("wire", f"{now}", "A story", now), now)
            assert place is not None
            topics = [asked.id for asked in await asked_topics(tx)]
            await owe_story(tx, place.story_id, 1, topics, now)
        self.wakeup.wake()
        return place.story_id

    async def rows(self) -> list[tuple[str, str | None, int]]:
        """State, reason and attempts of every message, by id."""
        query = sa.text("SELECT state, reason, attempts FROM messages ORDER BY id")
        async with self.database.reading() as tx:
            return [(row.state, row.reason, row.attempts) for row in await tx.execute(query)]

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Return once the condition holds."""
        async with asyncio.timeout(10):
            while not await condition():  # noqa: ASYNC110  # a database has no event
                await asyncio.sleep(0.02)

    async def until_ended(self) -> None:
        """Return once no message waits or is on the wire."""

        async def ended() -> bool:
            return all(state not in ("waiting", "wire") for state, *_ in await self.rows())

        await self.until(ended)


@pytest.fixture
def office(
    database: Database, server: TelegramServer, wire: Wire, renderer: PlainRenderer
) -> Office:
    wakeup = Wakeup()
    # Begun a minute ago: groups have their whole allowance.
    pacer = Pacer(per_second=1000, started=time.monotonic() - 60)
    told = Told()
    sender = Sender(wire, Texts(renderer), pacer, utc_now, pictures=StoredPictures(database))
    ledger = Ledger(database, told, utc_now, wakeup)
    drain = Drain(database, sender, ledger, pacer, utc_now, wakeup)
    return Office(database, server, drain, pacer, wakeup, told)
