"""The engine, its pragmas, transactions, and the wrapping of driver errors.

Owns how a connection is opened and how a transaction begins and ends. Refuses to let an
error of SQLAlchemy or a driver out: what leaves is of `bot.domain.errors`.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
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
_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "cache_size=-16000")
_STATEMENT_TIMEOUT_MS = 60_000
_CONNECT_SECONDS = 10


# What asyncpg is given beside the address itself; libpq's name for `ssl` is taken too.
_POSTGRESQL_OPTIONS = {"host", "port", "ssl", "sslmode"}


def engine_url(url: str) -> URL:
    """The SQLAlchemy address for `storage.url`, with the asynchronous driver named.

    Takes `sqlite:///file` and `postgresql://…`; raises ConfigError for anything else, for
    SQLite without a file (each connection would see a database of its own), and for options
    that the driver of PostgreSQL does not know.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "storage.url is no database address, e.g. sqlite:///coinbell.db"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            if parsed.database in {None, "", ":memory:"}:
                raise ConfigError("storage.url names no file, e.g. sqlite:///coinbell.db")
            if parsed.query:
                raise ConfigError("storage.url: for sqlite nothing may follow the file's name")
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return _postgresql_url(parsed)
        case other:
            raise ConfigError(f"storage.url: {other} is not supported; use sqlite or postgresql")


def _postgresql_url(parsed: URL) -> URL:
    if unknown := set(parsed.query) - _POSTGRESQL_OPTIONS:
        known = ", ".join(sorted(_POSTGRESQL_OPTIONS))
        raise ConfigError(
            f"storage.url: {', '.join(sorted(unknown))} cannot be set there, only {known}"
        )
    query = {("ssl" if name == "sslmode" else name): at for name, at in parsed.query.items()}
    return parsed.set(drivername="postgresql+asyncpg", query=query)


class Database:
    """A database with its connections.

    `reading` and `writing` give transactions; on SQLite writers of this process queue in
    order, and each begins with BEGIN IMMEDIATE, so that read-then-write loses nothing.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = _BUSY_TIMEOUT_MS) -> None:
        self._url = engine_url(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._write_lock = asyncio.Lock()
        make = self._sqlite_engine if self.is_sqlite else self._postgresql_engine
        self.engine = make(busy_timeout_ms)

    def _postgresql_engine(self, busy_timeout_ms: int) -> AsyncEngine:
        return create_async_engine(
            self._url,
            pool_size=8,
            max_overflow=4,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "timeout": _CONNECT_SECONDS,
                "server_settings": {
                    "application_name": "coinbell",
                    # A row that a stopped process holds must not hold up this one for ever.
                    "lock_timeout": str(busy_timeout_ms),
                    "statement_timeout": str(_STATEMENT_TIMEOUT_MS),
                    "idle_in_transaction_session_timeout": str(_STATEMENT_TIMEOUT_MS),
                },
            },
        )

    def _sqlite_engine(self, busy_timeout_ms: int) -> AsyncEngine:
        file = str(self._url.database)
        engine = create_async_engine(
            self._url,
            pool_size=5,
            max_overflow=5,
            poolclass=sa.pool.AsyncAdaptedQueuePool,
            hide_parameters=True,
            async_creator=lambda: _opened(file, busy_timeout_ms),
        )

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            immediate = connection.get_execution_options().get("writes", True)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

        @event.listens_for(engine.sync_engine, "invalidate")
        def _end(connection: Any, _record: Any, _error: BaseException | None) -> None:
            # After a cancellation: SQLite keeps a connection that is closed within a statement,
            # with its transaction and its lock, for as long as anything refers to the cursor.
            # What was interrupted may say so once more, and must not stand for the cancellation.
            with suppress(ValueError, sqlite3.OperationalError):
                connection.run_async(lambda driver: driver.interrupt())
                connection.rollback()

        return engine

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """A transaction that may write: committed at the end, rolled back on any error.

        On PostgreSQL it is READ COMMITTED: what is read in order to be changed must be locked
        or held together by a key. Raises DatabaseLocked, DatabaseFull, DatabaseUnreachable or
        StorageError. Never within another `writing` of the same task, which would wait for
        itself.
        """
        queue = self._write_lock if self.is_sqlite else nullcontext()
        async with queue, self._transaction({}) as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction that sees one state of the database and must not write.

        Raises what `writing` raises.
        """
        options: dict[str, Any] = {"writes": False}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        async with self._transaction(options) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, options: dict[str, Any]) -> AsyncIterator[Transaction]:
        connected = False
        try:
            async with self.engine.connect() as connection:
                connected = True
                await connection.execution_options(**options)
                async with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise storage_error(error, self.shown_url) from error
        except OSError as error:
            # asyncpg lets those of connecting through; later ones are the caller's own.
            if connected:
                raise
            raise storage_error(error, self.shown_url) from error

    @property
    def file(self) -> Path | None:
        """The file that holds everything; None on PostgreSQL."""
        return Path(str(self._url.database)) if self.is_sqlite else None

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


async def _opened(file: str, busy_timeout_ms: int) -> aiosqlite.Connection:
    """A connection to an SQLite file, with its pragmas set.

    aiosqlite leaves its thread behind when it cannot open a file, to fail once more when the
    event loop has ended; so it is given a connection that is open already.
    """
    opening = asyncio.get_running_loop().run_in_executor(None, _prepared, file, busy_timeout_ms)
    try:
        found = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_late)
        raise
    connection = aiosqlite.Connection(lambda: found, iter_chunk_size=64)
    # As SQLAlchemy sets it where it makes the connection: it must not keep a process alive.
    connection._thread.daemon = True  # noqa: SLF001  # there is no public way
    return await connection


def _prepared(file: str, busy_timeout_ms: int) -> sqlite3.Connection:
    # isolation_level: the driver's own BEGIN is deferred, and two readers that then write
    # lose an update.
    connection = sqlite3.connect(
        file, timeout=busy_timeout_ms / 1000, isolation_level=None, check_same_thread=False
    )
    try:
        _use_wal(connection, busy_timeout_ms)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection, busy_timeout_ms: int) -> None:
    """Let readers go on beside a writer; stays with the file.

    Of two that change a new file at once, SQLite refuses one at once, whatever its timeout.
    """
    deadline = time.monotonic() + busy_timeout_ms / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _close_late(opening: "asyncio.Future[sqlite3.Connection]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


# By SQLite's primary result code.
_SQLITE_KINDS: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_PROTOCOL: DatabaseLocked,
    sqlite3.SQLITE_FULL: DatabaseFull,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachable,
    sqlite3.SQLITE_READONLY: DatabaseUnreachable,
    sqlite3.SQLITE_NOTADB: DatabaseUnreachable,
    sqlite3.SQLITE_CORRUPT: DatabaseUnreachable,
    sqlite3.SQLITE_IOERR: DatabaseUnreachable,
    sqlite3.SQLITE_PERM: DatabaseUnreachable,
}
# By PostgreSQL's SQLSTATE, or the beginning of it (appendix A of its manual).
_POSTGRESQL_KINDS: dict[str, type[StorageError]] = {
    "55P03": DatabaseLocked,  # lock_timeout
    "57014": DatabaseLocked,  # statement_timeout
    "40": DatabaseLocked,  # deadlocks and what else rolls a transaction back
    "53100": DatabaseFull,
    "08": DatabaseUnreachable,  # the connection
    "28": DatabaseUnreachable,  # user or password
    "3D": DatabaseUnreachable,  # no such database
    "53": DatabaseUnreachable,  # too many connections, no memory
    "57P": DatabaseUnreachable,  # the server stops or starts
    "25006": DatabaseUnreachable,  # a standby server
    "25P03": DatabaseUnreachable,  # the server closed an idle transaction
}


def storage_error(error: BaseException, shown_url: str) -> StorageError:
    """The error of our tree for one of SQLAlchemy, a driver or the system."""
    # The driver's own text: SQLAlchemy's adds the statement, and PostgreSQL's further lines
    # hold what people wrote.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    told = cause.__cause__ if isinstance(error, DBAPIError) and cause.__cause__ else cause
    lines = f"{told}".splitlines()
    text = lines[0] if lines else type(cause).__name__
    return _kind(error, cause)(f"{shown_url}: {text}")


def _kind(error: BaseException, cause: BaseException) -> type[StorageError]:
    if isinstance(error, OSError):
        return DatabaseUnreachable
    if isinstance(error, PoolTimeout):
        return DatabaseLocked  # every connection is held by somebody else
    if isinstance(cause, sqlite3.Error):
        # 3.11's stubs know the attribute, but errors of the module itself lack it.
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE_KINDS.get(code & 0xFF, StorageError)
    state = getattr(cause, "sqlstate", None) or ""
    for length in (5, 3, 2):
        if kind := _POSTGRESQL_KINDS.get(state[:length]):
            return kind
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return DatabaseUnreachable if lost else StorageError


def upsert(tx: Transaction, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT of that table whose conflict clause can be set, in the dialect of `tx`."""
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
