"""Ticks become candles in the transaction that moves their market."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.markets import Market
from bot.prices.candles import StoredCandles, add_ticks
from bot.prices.firing import pass_ticks

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.prices.conftest import PriceWorld

BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")


async def found(prices: PriceWorld, frame: Timeframe, market: Market = BITCOIN) -> list[Candle]:
    since = prices.clock() - timedelta(days=2)
    return await StoredCandles(prices.database).candles(market, frame, since)


def of(open_at: datetime, *values: str) -> Candle:
    first, high, low, last = (Decimal(value) for value in values)
    return Candle(open_at, first, high, low, last)


async def passed(prices: PriceWorld, *given: object, database: Database | None = None) -> None:
    """A tick of each price, half a minute apart."""
    for price in given:
        prices.advance(30)
        chosen = database or prices.database
        await pass_ticks(chosen, [prices.tick(price)], prices.clock(), 15, prices.tracks)


async def test_ticks_build_candles_of_a_minute_an_hour_and_a_day(prices: PriceWorld) -> None:
    start = prices.clock()
    await passed(prices, "100", "100.5", "99.25", "101.75")
    minutes = [
        of(start, "100", "100", "100", "100"),
        of(start + timedelta(minutes=1), "100.5", "100.5", "99.25", "99.25"),
        of(start + timedelta(minutes=2), "101.75", "101.75", "101.75", "101.75"),
    ]
    whole = ("100", "101.75", "99.25", "101.75")
    assert await found(prices, Timeframe.MINUTE) == minutes
    assert await found(prices, Timeframe.HOUR) == [of(start, *whole)]
    midnight = opened_at(start, timedelta(days=1))
    assert await found(prices, Timeframe.DAY) == [of(midnight, *whole)]


async def test_prices_are_compared_as_numbers(prices: PriceWorld) -> None:
    """Neither as texts, by which 9 is more than 10, nor as floats, which lose the last digit."""
    low, high = "9.00000000000000000001", "10.00000000000000000001"
    prices.advance(5)
    for price in (low, "10", high, "9.00000000000000000002"):
        prices.advance(5)
        await pass_ticks(prices.database, [prices.tick(price)], prices.clock(), 15, prices.tracks)
    (candle,) = await found(prices, Timeframe.MINUTE)
    assert (candle.high, candle.low) == (Decimal(high), Decimal(low))


async def test_many_ticks_are_taken_in_at_once(prices: PriceWorld) -> None:
    """Of several markets, and of one market several in their order."""
    start = prices.clock()
    ticks = [prices.tick(price) for price in (5, 7, 3)]
    async with prices.database.writing() as tx:
        await add_ticks(tx, [])
        await add_ticks(tx, [*ticks, prices.tick(40, market=ETHER)])
    assert await found(prices, Timeframe.MINUTE) == [of(start, "5", "7", "3", "3")]
    assert await found(prices, Timeframe.MINUTE, ETHER) == [of(start, "40", "40", "40", "40")]


async def test_a_tick_counts_at_its_providers_time(prices: PriceWorld) -> None:
    tick = prices.tick(100, age=90)
    await pass_ticks(prices.database, [tick], prices.clock(), 15, prices.tracks)
    (candle,) = await found(prices, Timeframe.MINUTE)
    assert candle.open_at == opened_at(tick.provider_at, timedelta(minutes=1))


async def test_what_is_not_believed_makes_no_candle(prices: PriceWorld) -> None:
    """A wild tick that waits, a stale one, and one from before."""
    await passed(prices, 100, 900)
    for age in (400, 45):
        await pass_ticks(
            prices.database, [prices.tick(95, age=age)], prices.clock(), 15, prices.tracks
        )
    (hour,) = await found(prices, Timeframe.HOUR)
    assert hour.high == hour.low == 100


async def test_a_death_before_the_commit_leaves_the_candle_as_it_was(
    prices: PriceWorld, dying_database: Database
) -> None:
    await passed(prices, 100)
    with pytest.raises(SystemExit):
        await passed(prices, 105, database=dying_database)
    (hour,) = await found(prices, Timeframe.HOUR)
    assert hour.close == 100
