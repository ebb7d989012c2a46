"""A process that is killed while one tick crosses ten thousand alerts."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import Direction, Line
from bot.domain.chats import ChatKind
from bot.domain.watching import begun_watch
from storage.alert_rows import condition_values, watch_values
from storage.schema import alerts, chats, destinations

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.prices.conftest import PriceWorld

ROOT = Path(__file__).resolve().parents[2]
MANY = 10_000
# Where a life ends: before a statement comes for that time.
ENDS = [
    ("UPDATE alerts", 1),
    ("INSERT INTO notifications", 4),
    ("UPDATE alerts", 10),
    ("COMMIT", 1),
]


async def add_many(database: Database, now: datetime) -> None:
    """As many alerts as chats, all of which one tick crosses."""
    line = Line(Direction.ABOVE, Decimal(95000))
    times = dict.fromkeys(("created_at", "state_at", "seen_at"), now)
    place = {
        "asset_id": "bitcoin",
        "quote": "USD",
        "created_at": now,
        "armed_at": now,
        **condition_values(line),
        **watch_values(line, begun_watch(line, Decimal(94000), now)),
    }
    numbers = range(1, MANY + 1)
    chat = {"kind": ChatKind.PRIVATE.value, "state": "active", **times}
    async with database.writing() as tx:
        await tx.execute(sa.insert(chats), [{"telegram_chat_id": n, **chat} for n in numbers])
        await tx.execute(
            sa.insert(destinations), [{"id": n, "telegram_chat_id": n} for n in numbers]
        )
        await tx.execute(sa.insert(alerts), [{"destination_id": n, **place} for n in numbers])


@dataclass
class Lives:
    """Processes that pass a tick of their database, one after the other."""

    url: str

    async def live(self, at: datetime, price: int, *end: object) -> str:
        """What one prints last; where it stands still it is killed."""
        words = [self.url, at.isoformat(), str(price), *(str(one) for one in end)]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.prices.crossing_process",
            *words,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            told = (await process.stdout.readline()).decode().strip()
        finally:
            if end:
                process.kill()
            await process.wait()
        assert process.returncode == (-9 if end else 0)
        return told

    def counts(self) -> tuple[int, int, int, int]:
        """Alerts that are armed, those that fired, firings, and destinations that are owed one."""
        queries = (
            "SELECT count(*) FROM alerts WHERE state = 'armed'",
            "SELECT count(DISTINCT alert_id) FROM firings WHERE arming = 1",
            "SELECT count(*) FROM firings",
            "SELECT count(DISTINCT destination_id) FROM notifications WHERE subject = 'firing'",
        )
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
            one, two, three, four = (connection.execute(q).fetchone()[0] for q in queries)
        return one, two, three, four


@pytest.mark.timeout(120)
async def test_ten_thousand_alerts_of_one_tick_are_owed_once_whenever_it_is_killed(
    prices: PriceWorld,
) -> None:
    """SIGKILL in the middle leaves none of them fired; the next life fires all, once."""
    lives, now = Lives(prices.url), prices.clock()
    await add_many(prices.database, now)
    await prices.database.close()
    assert await lives.live(now, 94000) == "fired 0"
    crossed_at = now + timedelta(seconds=30)
    for end in ENDS:
        assert await lives.live(crossed_at, 96000, *end) == "standing"
        assert lives.counts() == (MANY, 0, 0, 0), end
    assert await lives.live(crossed_at, 96000) == f"fired {MANY}"
    assert lives.counts() == (0, MANY, MANY, MANY)
    assert await prices.owed() == MANY
    for later in (crossed_at, crossed_at + timedelta(seconds=5)):
        assert await lives.live(later, 96000) == "fired 0"
    assert await prices.owed() == MANY
