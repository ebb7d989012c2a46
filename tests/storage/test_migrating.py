"""Bringing a database to this version's schema, once, whoever else is at it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.domain.errors import SchemaTooNew
from storage.database import Database
from storage.migrating import migrate, newest_revision, schema_revision
from storage.schema import facts, metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    database = Database(empty_url)
    yield database
    await database.close()


def _differences(connection: sa.Connection) -> list[Any]:
    # Alembic misreads an empty default on SQLite; the statements themselves are compared there.
    defaults = connection.dialect.name != "sqlite"
    opts = {"compare_type": True, "compare_server_default": defaults}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, metadata))


async def test_a_migrated_schema_is_the_one_that_the_tables_describe(empty: Database) -> None:
    await migrate(empty)
    async with empty.reading() as tx:
        assert await tx.run_sync(_differences) == []


def _statements(path: Path) -> dict[str, set[str]]:
    """What each table and index was made by; a table's parts without their order."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND name NOT IN ('alembic_version', 'sqlite_sequence')"
        ).fetchall()
    connection.close()
    return {name: _parts(statement.replace("!=", "<>")) for name, statement in rows}


def _parts(statement: str) -> set[str]:
    """A statement cut at the commas between its columns and keys; blanks folded."""
    parts, depth = [""], 0
    for mark in re.sub(r"\s+", " ", statement).replace('"', ""):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        is_between = (mark == "(" and len(parts) == 1) or (mark == "," and depth == 1)
        parts[-1] += "" if is_between else mark
        parts += [""] if is_between else []
    return {part.strip(" )") for part in parts}


async def test_a_migrated_file_was_made_by_the_same_statements_as_a_fresh_one(
    tmp_path: Path,
) -> None:
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    async with fresh.writing() as tx:
        await tx.run_sync(metadata.create_all)
    await fresh.close()
    migrated = Database(f"sqlite:///{tmp_path / 'migrated.db'}")
    await migrate(migrated)
    await migrated.close()
    assert _statements(tmp_path / "migrated.db") == _statements(tmp_path / "fresh.db")


async def test_migrating_again_changes_nothing(empty: Database) -> None:
    assert await schema_revision(empty) is None
    assert await migrate(empty) == newest_revision()
    async with empty.writing() as tx:
        await tx.execute(sa.insert(facts).values(key="kept", value="yes"))
    assert await migrate(empty) == newest_revision()
    assert await schema_revision(empty) == newest_revision()
    async with empty.reading() as tx:
        assert await tx.scalar(sa.select(facts.c.value)) == "yes"


async def test_tasks_that_migrate_at_once_migrate_once(empty: Database, empty_url: str) -> None:
    others = [Database(empty_url) for _ in range(7)]
    found = await asyncio.gather(*(migrate(one) for one in (empty, *others)))
    for other in others:
        await other.close()
    assert found == [newest_revision()] * 8


_PROCESS = """
import asyncio, sys
from storage.database import Database
from storage.migrating import migrate

async def main():
    database = Database(sys.argv[1])
    print(await migrate(database))
    await database.close()

asyncio.run(main())
"""


async def test_processes_that_migrate_at_once_migrate_once(empty: Database, empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _PROCESS, empty_url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    outcomes = [(await process.communicate())[0].decode() for process in processes]
    assert outcomes == [f"{newest_revision()}\n"] * 3
    assert await schema_revision(empty) == newest_revision()


async def test_a_failed_migration_leaves_nothing(empty: Database) -> None:
    """The revision runs into a table that is there already; no other table appears."""
    async with empty.writing() as tx:
        await tx.execute(sa.text("CREATE TABLE notifications (id INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        await migrate(empty)
    async with empty.reading() as tx:
        names = await tx.run_sync(lambda connection: sa.inspect(connection).get_table_names())
    assert names == ["notifications"]


async def test_a_database_of_a_newer_version_is_refused_untouched(empty: Database) -> None:
    await migrate(empty)
    async with empty.writing() as tx:
        await tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match=r"revision 9999.*install the newer Coinbell"):
        await migrate(empty)
    assert await schema_revision(empty) == "9999"
