"""What the tests of upgrades share: a database of an older version, brought up to date."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import storage
from storage.database import Database
from storage.migrating import migrate, newest_revision, schema_revision

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


def _old_version(revision: str, connection: sa.Connection) -> None:
    config = Config()
    folder = Path(str(storage.__file__)).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.fixture
async def upgrade(empty_url: str) -> AsyncIterator[Callable[[str, str], Awaitable[Database]]]:
    """Makes a database of a revision, fills it with statements of SQL, and brings it up to date.

    AT in the statements stands for a time, and a semicolon ends each but the last.
    """
    async with AsyncExitStack() as stack:

        async def _upgrade(revision: str, rows: str) -> Database:
            database = Database(empty_url)
            stack.push_async_callback(database.close)
            async with database.writing() as tx:
                await tx.run_sync(partial(_old_version, revision))
            async with database.writing() as tx:
                if not database.is_sqlite:
                    await tx.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
                for statement in rows.replace("AT", "'2026-03-14 11:00:00.000000'").split(";\n"):
                    await tx.exec_driver_sql(statement)
            assert await schema_revision(database) == revision
            assert await migrate(database) == newest_revision()
            return database

        yield _upgrade
