"""The engine, its pragmas, transactions, and the wrapping of driver errors.

Owns how a connection is opened and how a transaction begins and ends. Refuses to let an
error of SQLAlchemy or a driver out: what leaves is of `bot.domain.errors`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.domain.errors import (
    ConfigError,
    DatabaseFull,
    DatabaseLocked,
    DatabaseUnreachable,
    StorageError,
)

Transaction = AsyncConnection

_BUSY_TIMEOUT_MS = 5_000


def engine_url(url: str) -> URL:
    """The SQLAlchemy address for `storage.url`, with the asynchronous driver named.

    Takes `sqlite:///file` and `postgresql://…`; raises ConfigError for anything else.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "storage.url is no database address, e.g. sqlite:///coinbell.db"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+asyncpg")
        case other:
            raise ConfigError(f"storage.url: {other} is not supported; use sqlite or postgresql")


class Database:
    """A database with its connections.

    `reading` and `writing` give transactions; on SQLite writers of this process queue in
    order, and each begins with BEGIN IMMEDIATE, so that read-then-write loses nothing.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = _BUSY_TIMEOUT_MS) -> None:
        self._url = engine_url(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._write_lock = asyncio.Lock()
        self.engine = self._sqlite_engine(busy_timeout_ms) if self.is_sqlite else self._engine()

    def _engine(self) -> AsyncEngine:
        return create_async_engine(self._url, pool_size=8, max_overflow=4, pool_pre_ping=True)

    def _sqlite_engine(self, busy_timeout_ms: int) -> AsyncEngine:
        engine = create_async_engine(
            self._url,
            pool_size=5,
            max_overflow=5,
            poolclass=sa.pool.AsyncAdaptedQueuePool,
            connect_args={"timeout": busy_timeout_ms / 1000},
        )
        pragmas = (
            "journal_mode=WAL",
            f"busy_timeout={busy_timeout_ms}",
            "foreign_keys=ON",
            "synchronous=FULL",
            "cache_size=-16000",
        )

        @event.listens_for(engine.sync_engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            # The driver's own BEGIN is deferred: two readers that then write lose an update.
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            immediate = connection.get_execution_options().get("writes", True)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

        return engine

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """A transaction that may write: committed at the end, rolled back on any error.

        Raises DatabaseLocked, DatabaseFull, DatabaseUnreachable or StorageError.
        """
        queue = self._write_lock if self.is_sqlite else nullcontext()
        async with (
            queue,
            self._wrapped(),
            self.engine.connect() as connection,
            connection.begin(),
        ):
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction that sees one state of the database and must not write.

        Raises what `writing` raises.
        """
        async with self._wrapped(), self.engine.connect() as connection:
            await connection.execution_options(writes=False)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def _wrapped(self) -> AsyncIterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise storage_error(error, self.shown_url) from error

    @property
    def shown_url(self) -> str:
        """The address without its password, for logs."""
        return (
            self._url.render_as_string(hide_password=True)
            .replace("+aiosqlite", "")
            .replace("+asyncpg", "")
        )

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


_FULL = ("disk is full", "no space left", "disk full")
_LOCKED = ("database is locked", "database table is locked", "lock timeout", "deadlock detected")
_UNREACHABLE = (
    "unable to open database",
    "readonly database",
    "not a database",
    "disk i/o error",
    "malformed",
    "does not exist",
    "password authentication",
    "connection",
    "role",
)


def storage_error(error: BaseException, shown_url: str) -> StorageError:
    """The error of our tree for one of SQLAlchemy, a driver or the system."""
    # The driver's own text: SQLAlchemy's adds the statement with its parameters, which may
    # hold what people wrote.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    text = f"{cause}".splitlines()[0] if f"{cause}" else type(cause).__name__
    lowered = text.lower()
    if any(words in lowered for words in _LOCKED):
        return DatabaseLocked(f"{shown_url}: {text}")
    if any(words in lowered for words in _FULL):
        return DatabaseFull(f"{shown_url}: {text}")
    if isinstance(error, OSError) or any(words in lowered for words in _UNREACHABLE):
        return DatabaseUnreachable(f"{shown_url}: {text}")
    return StorageError(f"{shown_url}: {text}")


def upsert(tx: Transaction, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT of that table whose conflict clause can be set, in the dialect of `tx`."""
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
