"""Fixtures that every tier shares: databases, and a clock that stands still."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrating import migrate
from tests.postgres import (  # noqa: F401  # fixtures, which pytest looks up here by name
    apart,
    postgres_databases,
    postgres_server,
    postgres_template,
)

# python-telegram-bot warns of its old way to tell times, and warnings are errors here.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class StandingClock:
    """A wall clock that moves only when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(datetime(2026, 3, 14, 12, 0, tzinfo=UTC))


@pytest.fixture
def now(clock: StandingClock) -> datetime:
    return clock.now


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'coinbell.db'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await migrate(database)
    yield database
    await database.close()
