"""A migrated database of each kind for every test, and the rows that most tests begin with.

PostgreSQL is the server that DATABASE_URL names, or a private one of Debian's programs; without
either the tests marked `postgres` are skipped.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.articles import Article
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.markets import Market
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING, Topic
from storage.alerts import NewAlert, add_alert
from storage.articles import add_article
from storage.chats import destination, see_chat
from storage.database import Database, engine_url
from storage.firings import Firing, add_firing
from storage.migrating import migrate
from storage.schema import metadata
from storage.sources import active_sources, configure_sources
from storage.subscriptions import asked_topics, subscribe

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from datetime import datetime

_START_SECONDS = 30
_numbers = count(1)


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in a thread, away from the test's own event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _command(url: str, statement: str) -> None:
    engine = create_async_engine(engine_url(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.exec_driver_sql(statement)
    await engine.dispose()


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL server that Debian's packages installed, or None."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found.sort(key=lambda folder: float(folder.parent.name))
    return found[-1] if found else None


def _server_account() -> str | None:
    """Who runs the private server: PostgreSQL refuses root, so that root lends it an account."""
    if os.geteuid() != 0:
        return getpass.getuser()
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else None


@pytest.fixture(scope="session")
def apart() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Runs a coroutine away from the test's own event loop."""
    return _apart


class _Cluster:
    """A private PostgreSQL server on a socket in a folder of its own."""

    def __init__(self, programs: Path, account: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="coinbell-pg-"))
        data = self._folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self._folder, account)
        who: dict[str, Any] = {"user": account, "extra_groups": []} if os.geteuid() == 0 else {}
        self._log = (self._folder / "log").open("wb")
        options: dict[str, Any] = {
            **who,
            "cwd": self._folder,
            "env": {"LC_ALL": "C", "PATH": str(programs)},
            "stdout": self._log,
            "stderr": subprocess.STDOUT,
        }
        make = f"{programs}/initdb -D {data} -U postgres -E UTF8 -A trust --no-sync --no-locale"
        subprocess.run(make.split(), check=True, **options)
        run = [str(programs / "postgres"), "-D", str(data), "-k", str(self._folder)]
        quick = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        settings = [word for setting in ("listen_addresses=", *quick) for word in ("-c", setting)]
        self._server = subprocess.Popen([*run, *settings], **options)
        self.url = f"postgresql://postgres@/postgres?host={self._folder}"

    def wait(self) -> None:
        """Return once the server answers."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                _apart(_command(self.url, "SELECT 1"))
            except (OSError, DBAPIError):
                if time.monotonic() > deadline or self._server.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self._server.send_signal(3)  # SIGQUIT: at once, for nothing of it is kept
        self._server.wait(_START_SECONDS)
        self._log.close()
        shutil.rmtree(self._folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server where databases may be made."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    programs, account = _programs(), _server_account()
    if programs is None:
        pytest.skip("no DATABASE_URL, and no PostgreSQL server in /usr/lib/postgresql")
    if account is None:
        pytest.skip("PostgreSQL refuses to run as root, and there is no account postgres")
    cluster = _Cluster(programs, account)
    try:
        cluster.wait()
        yield cluster.url
    finally:
        cluster.stop()


class PostgresDatabases:
    """Makes databases on a server, each with a name of its own, and drops them at the end."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url

    def make(self, template: str | None = None) -> str:
        """The address of a new database, empty or a copy of `template`."""
        name = f"coinbell_test_{os.getpid()}_{next(_numbers)}"
        like = f" TEMPLATE {template}" if template else ""
        _apart(_command(self._server_url, f"CREATE DATABASE {name}{like}"))
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        _apart(_command(self._server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(scope="session")
def postgres_template(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The name of a migrated database that no one is connected to."""
    url = postgres_databases.make()
    _apart(_migrated(url))
    yield str(make_url(url).database)
    postgres_databases.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "coinbell.db"
    _apart(_migrated(f"sqlite:///{path}"))
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
    _apart(_command(url, f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


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
