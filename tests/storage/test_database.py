"""Transactions that lose nothing, and errors that say in one line what is wrong."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.domain.errors import (
    ConfigError,
    DatabaseFull,
    DatabaseLocked,
    DatabaseUnreachable,
    StorageError,
)
from storage.database import Database, engine_url, storage_error, upsert
from storage.migrating import migrate
from storage.schema import destinations, facts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


async def _fact(database: Database, key: str = "n") -> str | None:
    async with database.reading() as tx:
        found: str | None = await tx.scalar(sa.select(facts.c.value).where(facts.c.key == key))
        return found


async def _set_fact(database: Database, value: str, key: str = "n") -> None:
    async with database.writing() as tx:
        statement = upsert(tx, facts).values(key=key, value=value)
        await tx.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )


# ---- addresses


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///coinbell.db", "sqlite:///coinbell.db"),
        ("sqlite:////var/lib/coinbell.db", "sqlite:////var/lib/coinbell.db"),
        ("postgresql://bot:hush@host:5432/db", "postgresql://bot:***@host:5432/db"),
        ("postgres://bot:hush@host/db", "postgresql://bot:***@host/db"),
        ("postgresql://u@h/db?sslmode=require", "postgresql://u@h/db?ssl=require"),
        ("postgresql://u@/db?host=/run/postgresql", "postgresql://u@/db?host=%2Frun%2Fpostgresql"),
    ],
)
async def test_an_address_is_shown_without_its_driver_and_password(url: str, shown: str) -> None:
    database = Database(url)
    assert database.shown_url == shown
    assert database.is_sqlite == url.startswith("sqlite")
    await database.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no database address"),
        ("coinbell.db", "no database address"),
        ("mysql://u:hush@h/db", "mysql is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///coinbell.db?mode=ro", "nothing may follow"),
        ("postgresql://u:hush@h/db?sslcert=x", "sslcert cannot be set there, only host"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_the_reason(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        engine_url(url)
    assert "hush" not in refused.value.log_text


# ---- transactions


async def test_what_was_written_is_there_after_the_transaction(database: Database) -> None:
    await _set_fact(database, "1")
    assert await _fact(database) == "1"


async def test_an_exception_inside_a_transaction_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as tx:
            await tx.execute(sa.insert(facts).values(key="n", value="1"))
            raise KeyError

    with pytest.raises(KeyError):
        await write_and_fail()
    assert await _fact(database) is None
    await _set_fact(database, "2")
    assert await _fact(database) == "2"


async def test_an_error_of_the_callers_own_passes_through(database: Database) -> None:
    """A file that is not there, say, is no unreachable database."""
    with pytest.raises(FileNotFoundError):
        async with database.writing():
            raise FileNotFoundError


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    await _set_fact(database, "before")
    async with database.reading() as tx:
        query = sa.select(facts.c.value)
        assert await tx.scalar(query) == "before"
        await _set_fact(database, "after")
        assert await tx.scalar(query) == "before"
    assert await _fact(database) == "after"


async def test_a_foreign_key_is_kept(database: Database) -> None:
    with pytest.raises(StorageError) as failed:
        async with database.writing() as tx:
            await tx.execute(sa.insert(destinations).values(telegram_chat_id=404))
    assert type(failed.value) is StorageError


async def test_an_error_holds_nothing_that_people_wrote(database: Database) -> None:
    async def write_twice() -> None:
        async with database.writing() as tx:
            for _ in range(2):
                await tx.execute(sa.insert(facts).values(key="private words", value="x"))

    with pytest.raises(StorageError) as failed:
        await write_twice()
    chain = [failed.value, failed.value.__cause__]
    assert "private words" not in "".join(str(error) for error in chain)


async def _count_up(database: Database, times: int) -> None:
    """Read a number and write the next one, as a rival could between the two."""
    for _ in range(times):
        async with database.writing() as tx:
            now = (await tx.execute(sa.select(facts.c.value))).scalar_one()
            await asyncio.sleep(0)
            await tx.execute(sa.update(facts).values(value=str(int(now) + 1)))


@pytest.mark.parametrize("rivals", [1, 2])
async def test_ten_writers_that_read_and_then_write_lose_nothing(
    sqlite_path: Path, rivals: int
) -> None:
    """Of one Database in the same process, and of two that know nothing of each other."""
    databases = [Database(f"sqlite:///{sqlite_path}") for _ in range(rivals)]
    await _set_fact(databases[0], "0")
    await asyncio.gather(*(_count_up(databases[i % rivals], 5) for i in range(10)))
    assert await _fact(databases[0]) == "50"
    for database in databases:
        await database.close()


_PROCESS = """
import asyncio, sys
import sqlalchemy as sa
from storage.database import Database
from storage.schema import facts

async def main():
    database = Database(sys.argv[1])
    async def count_up():
        for _ in range(5):
            async with database.writing() as tx:
                now = int(await tx.scalar(sa.select(facts.c.value)))
                await tx.execute(sa.update(facts).values(value=str(now + 1)))
    await asyncio.gather(*(count_up() for _ in range(5)))
    await database.close()

asyncio.run(main())
"""


async def test_writers_of_two_processes_lose_nothing(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    database = Database(url)
    await _set_fact(database, "0")
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _PROCESS, url) for _ in range(2)
    ]
    assert [await process.wait() for process in processes] == [0, 0]
    assert await _fact(database) == "50"
    await database.close()


# ---- cancellation


async def _is_free(database: Database) -> None:
    """Fails unless a writer can begin at once, and no connection is left in use."""
    async with asyncio.timeout(5):
        await _set_fact(database, "free", key="free")
    pool: Any = database.engine.pool
    assert pool.checkedout() == 0


_SLOW = {
    True: "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 400000)"
    " SELECT count(*) FROM c",
    False: "SELECT pg_sleep(30)",
}


async def test_a_connection_that_is_being_opened_can_be_cancelled(database_url: str) -> None:
    """Whatever the instant, the next one opens, and nothing is left to warn of."""
    for steps in range(12):
        database = Database(database_url)
        task = asyncio.create_task(_fact(database))
        for _ in range(steps):
            await asyncio.sleep(0.0003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await _is_free(database)
        assert await _fact(database, "free") == "free"
        await database.close()


async def test_a_writer_cancelled_in_its_block_leaves_nothing_open(database: Database) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with database.writing() as tx:
            await tx.execute(sa.insert(facts).values(key="n", value="1"))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _is_free(database)
    assert await _fact(database) is None


async def test_a_writer_cancelled_in_a_statement_leaves_nothing_open(database: Database) -> None:
    started = asyncio.Event()

    async def write() -> None:
        async with database.writing() as tx:
            await tx.execute(sa.insert(facts).values(key="n", value="1"))
            started.set()
            await tx.execute(sa.text(_SLOW[database.is_sqlite]))

    task = asyncio.create_task(write())
    await started.wait()
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _is_free(database)
    assert await _fact(database) is None


async def test_a_writer_cancelled_while_it_waits_leaves_the_queue_in_order(
    database: Database,
) -> None:
    async with database.writing() as tx:
        waiting = asyncio.create_task(_set_fact(database, "1"))
        await asyncio.sleep(0.02)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await tx.execute(sa.insert(facts).values(key="other", value="2"))
    await _is_free(database)
    assert await _fact(database, "other") == "2"


async def test_a_writer_cancelled_at_any_step_leaves_nothing_open(database: Database) -> None:
    for steps in range(40):
        task = asyncio.create_task(_set_fact(database, "1"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await _is_free(database)
    assert await _fact(database, "free") == "free"


# ---- what goes wrong


@pytest.fixture
async def hasty(sqlite_path: Path) -> AsyncIterator[Database]:
    """A database on SQLite that waits for nobody."""
    database = Database(f"sqlite:///{sqlite_path}", busy_timeout_ms=20)
    yield database
    await database.close()


async def test_a_writer_meets_the_lock_of_another_process(
    hasty: Database, sqlite_path: Path
) -> None:
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked, match="database is locked"):
        await _set_fact(hasty, "1")
    assert await _fact(hasty) is None  # readers go on
    other.execute("ROLLBACK")
    other.close()
    await _set_fact(hasty, "1")


@pytest.mark.postgres
async def test_a_row_that_somebody_holds_is_not_waited_for_for_ever(
    postgres_databases: Any, postgres_template: str
) -> None:
    url = postgres_databases.make(postgres_template)
    holder, hasty = Database(url), Database(url, busy_timeout_ms=50)
    await _set_fact(holder, "1")
    async with holder.writing() as tx:
        await tx.execute(sa.update(facts).values(value="2"))
        with pytest.raises(DatabaseLocked, match="lock timeout"):
            await _set_fact(hasty, "3")
    assert await _fact(hasty) == "2"
    for database in (holder, hasty):
        await database.close()
    postgres_databases.drop(url)


@pytest.mark.postgres
async def test_connections_that_the_server_closed_are_made_anew(
    postgres_databases: Any, postgres_template: str
) -> None:
    """One lost between two transactions goes unnoticed; one lost within is reported."""
    url = postgres_databases.make(postgres_template)
    database, killer = Database(url), Database(url)
    await _set_fact(database, "1")
    others = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with killer.reading() as tx:
        await tx.execute(others)
    assert await _fact(database) == "1"

    async def lose() -> None:
        async with database.writing() as lost:
            await lost.execute(sa.select(facts))
            async with killer.reading() as tx:
                await tx.execute(others)
            await lost.execute(sa.select(facts))

    with pytest.raises(DatabaseUnreachable):
        await lose()
    assert await _fact(database) == "1"
    for one in (database, killer):
        await one.close()
    postgres_databases.drop(url)


async def test_a_full_disk_is_told_from_other_troubles(hasty: Database) -> None:
    async def fill() -> None:
        async with hasty.writing() as tx:
            await tx.execute(sa.text("PRAGMA max_page_count = 1"))
            for key in range(100):
                await tx.execute(sa.insert(facts).values(key=f"{key}", value="x" * 4000))

    with pytest.raises(DatabaseFull, match="full"):
        await fill()
    assert await _fact(hasty, "0") is None


def _directory(path: Path) -> None:
    path.mkdir()


def _garbage(path: Path) -> None:
    path.write_bytes(b"these are no pages of a database " * 200)


def _nothing(path: Path) -> None:
    path.parent.rmdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_directory, "unable to open database file"),
        (_garbage, "file is not a database"),
        (_nothing, "unable to open database file"),
    ],
)
async def test_what_is_no_database_file_is_said_in_one_line(
    tmp_path: Path, spoil: Any, said: str
) -> None:
    path = tmp_path / "folder" / "coinbell.db"
    path.parent.mkdir()
    spoil(path)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnreachable) as failed:
        await migrate(database)
    assert failed.value.log_text == f"sqlite:///{path}: {said}"
    await database.close()


@pytest.fixture
def later_format(sqlite_path: Path) -> Path:
    """A file that says of itself that only a later SQLite may write it."""
    content = bytearray(sqlite_path.read_bytes())
    content[18] = 3  # the version that a writer must know
    sqlite_path.write_bytes(content)
    return sqlite_path


async def test_a_file_that_cannot_be_written_is_said_in_one_line(
    later_format: Path, hasty: Database
) -> None:
    """Without permissions, which do not bind root."""
    with pytest.raises(DatabaseUnreachable) as failed:
        await _set_fact(hasty, "1")
    said = "attempt to write a readonly database"
    assert failed.value.log_text == f"sqlite:///{later_format}: {said}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:hush@127.0.0.1:1/coinbell",
        "postgresql://bot:hush@no-such-host.invalid/coinbell",
        "postgresql://bot:hush@/coinbell?host=/nowhere",
    ],
)
async def test_a_server_that_is_not_there_is_said_in_one_line(url: str) -> None:
    database = Database(url)
    with pytest.raises(DatabaseUnreachable) as failed:
        await migrate(database)
    assert "hush" not in failed.value.log_text
    assert failed.value.log_text.startswith("postgresql://bot:***@")
    assert "\n" not in failed.value.log_text
    await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database": "absent"}, 'database "absent" does not exist'),
        ({"username": "nobody"}, 'role "nobody" does not exist'),
    ],
)
async def test_what_the_server_refuses_is_said_in_one_line(
    postgres_server: str, changes: dict[str, Any], said: str
) -> None:
    url = sa.make_url(postgres_server).set(**changes).render_as_string(hide_password=False)
    database = Database(url)
    with pytest.raises(DatabaseUnreachable) as failed:
        await migrate(database)
    assert failed.value.log_text == f"{database.shown_url}: {said}"
    await database.close()


async def test_a_statement_that_is_wrong_is_an_error_of_storage(database: Database) -> None:
    with pytest.raises(StorageError) as failed:
        async with database.reading() as tx:
            await tx.execute(sa.text("SELECT role, connection FROM nowhere"))
    assert type(failed.value) is StorageError


def test_an_error_without_a_text_is_named() -> None:
    assert storage_error(TimeoutError(), "sqlite:///x").log_text == "sqlite:///x: TimeoutError"


async def test_waiting_for_a_connection_of_the_pool_ends_as_locked(hasty: Database) -> None:
    pool: Any = hasty.engine.pool
    pool._timeout = 0.05
    async with asyncio.TaskGroup() as group:
        done = asyncio.Event()

        async def hold() -> None:
            async with hasty.reading():
                await done.wait()

        for _ in range(10):
            group.create_task(hold())
        await asyncio.sleep(0.3)
        with pytest.raises(DatabaseLocked):
            await _fact(hasty)
        done.set()


async def test_rows_of_a_chat_reach_the_file_while_it_is_open(
    hasty: Database, sqlite_path: Path
) -> None:
    """A backup of the running bot reads what was committed."""
    await _set_fact(hasty, "kept")
    with sqlite3.connect(sqlite_path) as other:
        assert other.execute("SELECT value FROM facts").fetchall() == [("kept",)]
    other.close()
