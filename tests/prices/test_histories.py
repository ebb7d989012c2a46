"""An exchange's past as candles, through ccxt's own client and a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import ParseError
from bot.domain.markets import Market, Tick
from bot.prices.backfill import Backfill, Pace
from bot.prices.candles import StoredCandles
from bot.prices.firing import pass_ticks
from bot.prices.histories import PageHistory
from bot.prices.missed import take_in
from bot.prices.pages import PageWish
from bot.prices.quota import Quota
from bot.prices.tracks import Tracks
from storage.database import Database
from storage.markets import ask_markets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from bot.prices.exchanges import Exchange
    from storage.database import Transaction
    from tests.postgres import PostgresDatabases
    from tests.prices.conftest import PriceWorld
    from tests.prices.local_binance import Binance

BITCOIN = Market("bitcoin")


class Unpaced:
    """A quota without end."""

    def __init__(self) -> None:
        self.quota = Quota(1000)

    def has_room(self, now: float) -> bool:
        return self.quota.leaves_room(now, now)


class Past:
    """A backfill from the local exchange."""

    def __init__(self, prices: PriceWorld, exchange: Exchange, binance: Binance) -> None:
        self.prices = prices
        self.binance = binance
        self.history = PageHistory(prices.database, exchange, prices.clock)
        self.backfill = Backfill(
            database=prices.database,
            history=self.history,
            pace=Pace(Unpaced(), 500),
            keeps=lambda _: True,
            quote="USD",
            clock=prices.clock,
            monotonic=prices.seconds,
        )

    async def watch(self) -> None:
        async with self.prices.database.writing() as tx:
            await ask_markets(tx, [BITCOIN], self.prices.clock())

    async def fill(self) -> list[tuple[str, int]]:
        """Fill until nothing is asked any more; the lengths and limits that were asked."""
        before = len(self.binance.candles_asked)
        await self.watch()
        for _ in range(8):
            await self.backfill.run()
        asked = self.binance.candles_asked[before:]
        return [(one["interval"], int(one["limit"])) for one in asked]

    async def tick(self, price: object) -> None:
        prices = self.prices
        await pass_ticks(prices.database, [prices.tick(price)], prices.clock(), 15, prices.tracks)

    async def stored(self, frame: Timeframe) -> list[Candle]:
        since = self.prices.clock() - timedelta(days=8000)
        return await StoredCandles(self.prices.database).candles(BITCOIN, frame, since)


@pytest.fixture
def past(prices: PriceWorld, exchange: Exchange, binance: Binance) -> Past:
    binance.pairs = {"BTC/USDT": 95_000}
    return Past(prices, exchange, binance)


async def test_a_market_newly_watched_is_filled_as_far_as_the_exchange_tells(past: Past) -> None:
    """Two days of minutes, a year of hours, all days since it was listed; with volumes."""
    past.binance.listed_at = past.prices.clock() - timedelta(days=1500)
    asked = await past.fill()
    assert [frame for frame, _ in asked[:3]] == ["1m", "1h", "1d"], "the newest of each at first"
    minutes, hours, days = [await past.stored(frame) for frame in Timeframe]
    assert (len(minutes), len(hours), len(days)) == (48 * 60 + 1, 365 * 24 + 1, 1500)
    for found, frame in zip((minutes, hours, days), Timeframe, strict=True):
        assert {b.open_at - a.open_at for a, b in pairwise(found)} == {frame.length}
        assert all(one.volume == Decimal(237_500) for one in found[:-1])
        assert found[-1].volume is None, "it goes on"


async def test_what_is_whole_is_not_asked_for_again(past: Past, exchange: Exchange) -> None:
    """Only whether there is something older than the oldest, for nobody knows that."""
    assert len(await past.fill()) > 3
    assert await past.fill() == []
    restarted = Past(past.prices, exchange, past.binance)
    assert {frame for frame, _ in await restarted.fill()} <= {"1h", "1d"}
    past.prices.advance(120)
    assert await past.fill() == []


async def test_an_hour_of_ticks_gets_its_volumes_when_it_is_over(past: Past) -> None:
    await past.fill()
    for _ in range(62):
        past.prices.advance(60)
        await past.tick(95_100)
    assert sum(one.volume is None for one in await past.stored(Timeframe.MINUTE)) > 50
    asked = await past.fill()
    assert [frame for frame, _ in asked] == ["1m", "1h"]
    assert all(limit == 1000 for _, limit in asked)
    minutes, hours, _ = [await past.stored(frame) for frame in Timeframe]
    assert sum(one.volume is None for one in minutes) <= 1
    assert [one.volume is None for one in hours[-2:]] == [False, True]


async def test_a_wick_that_nobody_heard_is_in_the_candles_afterwards(past: Past) -> None:
    """Of the minute, the hour and the day, though ticks had built those."""
    await past.tick(95_000)
    await past.fill()
    wick_at = past.prices.clock() + timedelta(minutes=7)

    def price_at(at: datetime) -> str:
        return "80000" if at == wick_at else "95000"

    past.binance.price_at = price_at
    past.prices.advance(20 * 60)
    await past.tick(95_000)
    past.binance.told_candles = None
    await past.fill()
    minutes = await past.stored(Timeframe.MINUTE)
    assert [one.low for one in minutes if one.open_at == wick_at] == [80_000]
    assert {b.open_at - a.open_at for a, b in pairwise(minutes)} == {timedelta(minutes=1)}


async def test_candles_of_another_coin_are_refused(past: Past) -> None:
    """They lie far off everything that ticks saw at the same time."""
    await past.tick(95_000)
    past.binance.price_at = lambda _: "3000"
    async with past.prices.database.reading() as tx:
        askings = await past.history.askings(tx, BITCOIN, None, past.prices.clock())
    with pytest.raises(ParseError, match="far from bitcoin's prices"):
        await askings[0].fill()
    assert [one.close for one in await past.stored(Timeframe.MINUTE)] == [95_000]


@pytest.mark.parametrize("refusal", [(503, ""), (200, "<html>"), (451, "{}"), (429, "{}")])
async def test_an_exchange_that_fails_is_asked_again_later(
    past: Past, refusal: tuple[int, str]
) -> None:
    past.binance.refusal = (*refusal, {"Content-Type": "application/json"})
    await past.watch()
    for _ in range(3):
        await past.backfill.run()
    assert await past.stored(Timeframe.MINUTE) == []
    past.binance.refusal = None
    past.prices.advance(61)
    await past.fill()
    assert len(await past.stored(Timeframe.DAY)) == 3


# ---- beside ticks, where there is more than one writer

SOON = timedelta(seconds=20)


class OneMinute:
    """A source that tells the minute that goes on, each time with a higher wick."""

    name = "binance"

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._told = 0

    async def fetch_candles(self, *_: object) -> list[Candle]:
        self._told += 1
        return [Candle(self._at, *map(Decimal, (100, 101 + self._told, 99, 100)))]

    def page_length(self) -> int:
        return 500


class Beside:
    """A filling and ticks of the same minute in a database of PostgreSQL."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.now = now
        self.tracks = Tracks()
        self.history = PageHistory(database, OneMinute(now), lambda: now + SOON)

    async def fill(self) -> None:
        end = self.now + timedelta(minutes=1)
        wish = PageWish(BITCOIN, Timeframe.MINUTE, self.now - timedelta(minutes=5), end)
        await self.history._fill(wish)

    async def tick(self, price: object, after: float) -> None:
        at = self.now + timedelta(seconds=after)
        tick = Tick(BITCOIN, Decimal(str(price)), "binance", at, at)
        await pass_ticks(self.database, [tick], self.now + SOON, 5, self.tracks)

    async def minute(self) -> Candle:
        stored = StoredCandles(self.database)
        (found,) = await stored.candles(BITCOIN, Timeframe.MINUTE, self.now)
        return found

    async def somebody_waits(self) -> bool:
        async with self.database.reading() as tx:
            held_back = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(await tx.scalar(held_back))


@pytest.fixture
async def beside(
    postgres_databases: PostgresDatabases, postgres_template: str, now: datetime
) -> AsyncIterator[Beside]:
    url = postgres_databases.make(postgres_template)
    database = Database(url)
    yield Beside(database, now)
    await database.close()
    postgres_databases.drop(url)


@pytest.mark.postgres
async def test_a_tick_in_the_middle_of_a_filling_is_not_overwritten(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes after the candles were read, and before they are written."""
    await beside.tick(100, 1)
    ticking: list[asyncio.Task[None]] = []

    async def late(tx: Transaction, *rest: Any) -> int:
        ticking.append(asyncio.create_task(beside.tick(110, 2)))
        while not ticking[0].done() and not await beside.somebody_waits():
            await asyncio.wait(ticking, timeout=0.01)
        return await take_in(tx, *rest)

    monkeypatch.setattr("bot.prices.histories.take_in", late)
    await beside.fill()
    await ticking[0]
    found = await beside.minute()
    assert (found.high, found.close) == (Decimal(110), Decimal(110))


@pytest.mark.postgres
async def test_fillings_and_ticks_of_one_minute_never_wait_for_each_other(beside: Beside) -> None:
    """Neither is rolled back for a deadlock."""
    await beside.tick(100, 1)

    async def fills() -> None:
        for _ in range(25):
            await beside.fill()

    async def ticks() -> None:
        for count in range(25):
            await beside.tick(100 + count % 7, 1 + count / 100)

    await asyncio.gather(fills(), ticks())
    assert (await beside.minute()).high >= 106
