"""A migrated database of each kind for every test, and the rows that most tests begin with."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.articles import Article
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING, Topic
from storage.alerts import NewAlert, add_alert
from storage.articles import add_article
from storage.chats import destination, see_chat
from storage.database import Database
from storage.firings import Firing, add_firing
from storage.schema import metadata
from storage.sources import active_sources, configure_sources
from storage.subscriptions import asked_topics, subscribe
from tests.postgres import PostgresDatabases, fill_schema, run_apart, run_statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "coinbell.db"
    run_apart(fill_schema(f"sqlite:///{path}"))
    return path


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def sqlite_path(tmp_path: Path, sqlite_template: Path) -> Path:
    """A migrated SQLite file."""
    return Path(shutil.copy(sqlite_template, tmp_path / "coinbell.db"))


@pytest.fixture(scope="session")
def postgres_shared(postgres_databases: PostgresDatabases, postgres_template: str) -> Iterator[str]:
    """The address of the migrated database that tests use one after the other."""
    url = postgres_databases.make(postgres_template)
    yield url
    postgres_databases.drop(url)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated database: every test that asks for one runs on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('sqlite_path')}"
        return
    url: str = request.getfixturevalue("postgres_shared")
    yield url
    # A third of the time that a database of its own would take.
    names = ", ".join(metadata.tables)
    run_apart(run_statement(url, f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    url = databases.make()
    yield url
    databases.drop(url)


class Given:
    """Rows that tests begin with, each stored in a transaction of its own."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now

    async def destination(
        self, telegram_chat_id: int = 1, thread_id: int = 0, kind: ChatKind = ChatKind.PRIVATE
    ) -> int:
        """The id of a destination of a chat that is active."""
        async with self._database.writing() as tx:
            await see_chat(
                tx, ChatSeen(telegram_chat_id, kind, f"Chat {telegram_chat_id}"), self._now
            )
            return (await destination(tx, telegram_chat_id, thread_id)).id

    async def subscriber(
        self, telegram_chat_id: int = 1, topic: Topic = EVERYTHING, thread_id: int = 0
    ) -> int:
        """The id of a destination that subscribes to a topic."""
        destination_id = await self.destination(telegram_chat_id, thread_id)
        async with self._database.writing() as tx:
            await subscribe(tx, destination_id, topic, None, self._now)
        return destination_id

    async def topic_id(self, topic: Topic = EVERYTHING) -> int:
        async with self._database.reading() as tx:
            return next(one.id for one in await asked_topics(tx) if one.topic == topic)

    async def source(self, key: str = "wire", name: str = "The Wire") -> int:
        """The id of a source; it is the only one configured."""
        async with self._database.writing() as tx:
            settings = SourceSettings(key, name, SourceKind.FEED, f"https://{key}.example/rss")
            await configure_sources(tx, [settings])
            return next(one.id for one in await active_sources(tx) if one.key == key)

    async def story(self, guid: str = "g1", source_id: int | None = None, **values: Any) -> int:
        """The id of a story with one article."""
        source_id = source_id or await self.source()
        article = Article(
            **{
                "source_key": "wire",
                "guid": guid,
                "title": f"Title {guid}",
                "published_at": self._now,
                **values,
            }
        )
        async with self._database.writing() as tx:
            place = await add_article(tx, source_id, article, self._now)
        assert place is not None
        return place.story_id

    async def alert(
        self,
        destination_id: int,
        level: str = "100",
        price: str | None = "90",
        direction: Direction = Direction.ABOVE,
        *,
        repeat: bool = False,
    ) -> int:
        """The id of an alert on bitcoin in dollars, set at `price`."""
        line = Line(direction, Decimal(level), repeat)
        at = None if price is None else Decimal(price)
        new = NewAlert(destination_id, Market("bitcoin"), line, started_watch(line, at), at, None)
        async with self._database.writing() as tx:
            return await add_alert(tx, new, self._now)

    async def firing(self, alert_id: int, arming: int = 1) -> int:
        """The id of a firing at 100 of an alert."""
        firing = Firing(alert_id, arming, Decimal(100), self._now, self._now)
        async with self._database.writing() as tx:
            firing_id = await add_firing(tx, firing)
        assert firing_id is not None
        return firing_id


@pytest.fixture
def given(database: Database, now: datetime) -> Given:
    return Given(database, now)


@pytest.fixture(scope="session")
def giver() -> type[Given]:
    """For tests with a database of their own."""
    return Given
