"""Alerts: a million of them under a random walk, and ten thousand crossed by one tick."""

import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from bot.domain.alerts import Direction, Line
from bot.domain.articles import Article, Category, Mention, Role
from bot.domain.chats import ChatKind
from bot.domain.conditions import Condition, Move, Way
from bot.domain.markets import Market, Tick
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.watching import begun_watch
from bot.prices.crossing import Accept
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.alert_rows import condition_values, watch_values
from storage.articles import add_article, set_story_importance
from storage.database import Database
from storage.migrating import migrate
from storage.schema import alerts, chats, destinations, firing_stories
from storage.sources import active_sources, configure_sources
from tests.bench.figures import Figure
from tests.bench.ground import cpu_seconds, peak_megabytes

ASSETS, CHATS = 500, 100_000
TICKS_A_SECOND = 20
_AT_ONCE = 100
_START = Decimal(100)
# A coin that moves by half its price in a year does so from one second to the next.
_STEP = 0.0001
_WIDE = 0.2


def utc_now() -> datetime:
    """The time by the clock of the machine."""
    return datetime.now(UTC)


async def million(folder: Path) -> list[Figure]:
    """1,000,000 alerts on 500 assets, and 100,000 ticks of a random walk; as many beside news."""
    chance, count, ticks = random.Random(5), 1_000_000, 100_000
    database = await _filled(folder, _conditions(count, chance))
    await database.close()
    started = time.perf_counter()
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    walk = _Walk(database, chance, utc_now())
    await walk.second(1)
    opened = time.perf_counter() - started
    await walk.second(TICKS_A_SECOND)
    before = walk.fired
    seconds, cpu = await walk.timed(ticks)
    fired = walk.fired - before
    assert walk.accepted == ASSETS * (1 + TICKS_A_SECOND) + ticks
    await _tell(database, walk.now)
    told, beside = await walk.timed(ticks)
    explained = await _explained(database)
    await database.close()
    return [
        Figure("1,000,000 alerts, started from the database", opened, "s", most=20),
        Figure("ticks on them", ticks / seconds, "ticks/s", least=10_000),
        Figure("CPU of a tick", cpu / ticks * 1e6, "µs"),
        Figure("alerts that fired meanwhile", fired, ""),
        Figure(
            "ticks beside 40 stories of the whole market", ticks / told, "ticks/s", least=10_000
        ),
        Figure("CPU of such a tick", beside / ticks * 1e6, "µs"),
        Figure("alerts that fired with stories", explained, ""),
        Figure("memory of it", peak_megabytes(), "MB", most=300),
    ]


async def _tell(database: Database, now: datetime) -> None:
    """News of the whole market in the last five hours, and a story about every asset."""
    async with database.writing() as tx:
        wire = SourceSettings("wire", "The Wire", SourceKind.FEED, "https://wire.example")
        await configure_sources(tx, [wire])
        (source,) = await active_sources(tx)
        told = [((), (Category("macro", "title"),)) for _ in range(40)] + [
            ((Mention(f"asset-{n}", f"A{n}", Role.PRIMARY, "title"),), ()) for n in range(ASSETS)
        ]
        for number, (mentions, categories) in enumerate(told):
            at = now - timedelta(minutes=7 * (number % 40) + 1)
            article = Article(
                "wire", f"{number}", f"{number}", at, mentions=mentions, categories=categories
            )
            place = await add_article(tx, source.id, article, now)
            assert place is not None
            await set_story_importance(tx, place.story_id, 70)


async def _explained(database: Database) -> int:
    async with database.reading() as tx:
        count = sa.func.count(sa.distinct(firing_stories.c.firing_id))
        return await tx.scalar(sa.select(count)) or 0


async def crossed(folder: Path) -> list[Figure]:
    """One tick that crosses 10,000 alerts of as many chats."""
    lines: list[tuple[int, Condition]] = [
        (0, Line(Direction.ABOVE, Decimal("100.5"))) for _ in range(10_000)
    ]
    database = await _filled(folder, lines)
    now, tracks = utc_now(), Tracks()
    market = Market("asset-0")
    before = now - timedelta(seconds=60)
    await pass_ticks(database, [Tick(market, _START, "bench", before, before)], now, 15, tracks)
    at = now - timedelta(seconds=1)
    cpu, started = cpu_seconds(), time.perf_counter()
    (passed,) = await pass_ticks(
        database, [Tick(market, Decimal(101), "bench", at, at)], now, 15, tracks
    )
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - cpu
    await database.close()
    return [
        Figure("alerts crossed by one tick", passed.fired, "alerts", least=10_000),
        Figure("all of them owed", seconds, "s", most=1.0),
        Figure("CPU of it", cpu, "s"),
    ]


def _conditions(count: int, chance: random.Random) -> Iterator[tuple[int, Condition]]:
    """Lines on both sides of the price, most of them near it, and some percentages."""
    for number in range(count):
        asset = number % ASSETS
        if asset % 5 == 0 and number % 7 == 0:
            yield asset, Move(Way.EITHER, Decimal(5 + number % 7) / 100, timedelta(hours=1))
            continue
        away = math.exp(chance.gauss(0, _WIDE))
        level = Decimal(f"{float(_START) * away:.4f}")
        direction = Direction.ABOVE if level > _START else Direction.BELOW
        yield asset, Line(direction, level, repeat=number % 5 == 0)


async def _filled(
    folder: Path, wanted: Sequence[tuple[int, Condition]] | Iterator[tuple[int, Condition]]
) -> Database:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    await migrate(database)
    now = utc_now() - timedelta(hours=1)
    async with database.writing() as tx:
        people = range(1, CHATS + 1)
        private = ChatKind.PRIVATE.value
        chat = {"kind": private, "state": "active"} | dict.fromkeys(
            ("created_at", "state_at", "seen_at"), now
        )
        await tx.execute(sa.insert(chats), [{"telegram_chat_id": n, **chat} for n in people])
        await tx.execute(
            sa.insert(destinations), [{"id": n, "telegram_chat_id": n} for n in people]
        )
    rows: list[dict[str, object]] = []
    for number, (asset, condition) in enumerate(wanted):
        rows.append(_row(number, asset, condition, now))
        if len(rows) == 20_000:
            await _insert(database, rows)
            rows = []
    await _insert(database, rows)
    return database


async def _insert(database: Database, rows: list[dict[str, object]]) -> None:
    if rows:
        async with database.writing() as tx:
            await tx.execute(sa.insert(alerts), rows)


def _row(number: int, asset: int, condition: Condition, now: datetime) -> dict[str, object]:
    return {
        "destination_id": number % CHATS + 1,
        "asset_id": f"asset-{asset}",
        "quote": "USD",
        "set_price": _START,
        "created_at": now,
        **condition_values(condition),
        **watch_values(condition, begun_watch(condition, _START, now)),
    }


@dataclass
class _Walk:
    """The prices of all assets, moving at random from second to second.

    Its clock is its own: ticks that are taken faster than they come would stand still or go
    back, and be refused.
    """

    database: Database
    chance: random.Random
    now: datetime
    tracks: Tracks = field(default_factory=Tracks)
    prices: list[float] = field(default_factory=lambda: [float(_START)] * ASSETS)
    fired: int = 0
    accepted: int = 0

    async def timed(self, ticks: int) -> tuple[float, float]:
        """How many seconds so many ticks take, and how many of CPU."""
        cpu, started = cpu_seconds(), time.perf_counter()
        for _ in range(ticks // ASSETS // TICKS_A_SECOND):
            await self.second(TICKS_A_SECOND)
        return time.perf_counter() - started, cpu_seconds() - cpu

    async def second(self, each: int) -> None:
        """Let every asset take so many steps within the next second."""
        self.now += timedelta(seconds=1)
        for start in range(0, ASSETS, _AT_ONCE):
            ticks = []
            for asset in range(start, start + _AT_ONCE):
                for step in range(each):
                    self.prices[asset] *= math.exp(self.chance.gauss(0, _STEP))
                    at = self.now + timedelta(seconds=step / each)
                    market, price = Market(f"asset-{asset}"), Decimal(f"{self.prices[asset]:.6f}")
                    ticks.append(Tick(market, price, "bench", at, at))
            passed = await pass_ticks(self.database, ticks, self.now, 15, self.tracks)
            self.fired += sum(one.fired for one in passed)
            self.accepted += sum(isinstance(one.verdict, Accept) for one in passed)
