"""An exchange's past as candles, through ccxt's own client and a real database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import ParseError
from bot.domain.markets import Market
from bot.prices.backfill import Backfill, Pace
from bot.prices.candles import StoredCandles
from bot.prices.firing import pass_ticks
from bot.prices.histories import PageHistory
from bot.prices.quota import Quota
from storage.markets import ask_markets

if TYPE_CHECKING:
    from datetime import datetime

    from bot.prices.exchanges import Exchange
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
