"""Candles are kept digit for digit, found by market and time, and go when they are past it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.candles import Candle, Timeframe
from bot.domain.markets import Market
from storage.candles import (
    Span,
    candles_at,
    candles_since,
    newest_opened,
    opened_since,
    prune_candles,
    put_candles,
)
from storage.markets import ask_markets

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database

BITCOIN, ETHER, IN_EUR = Market("bitcoin"), Market("ethereum"), Market("bitcoin", "EUR")
MINUTE, HOUR, DAY = Timeframe.MINUTE, Timeframe.HOUR, Timeframe.DAY


def given_candle(open_at: datetime, price: str = "95000.10") -> Candle:
    """A candle of one price."""
    exact = Decimal(price)
    return Candle(open_at, exact, exact, exact, exact, Decimal("0.10"))


async def put(database: Database, market: Market, frame: Timeframe, *times: datetime) -> None:
    """Store candles that opened at these times, of a market that is watched."""
    async with database.writing() as tx:
        await ask_markets(tx, [market], times[0])
        await put_candles(tx, [(Span(market, frame, at), given_candle(at)) for at in times])


async def test_a_candle_is_kept_digit_for_digit(database: Database, now: datetime) -> None:
    exact = Decimal("0.000000001234567890123456789")
    candle = Candle(now, exact, exact * 3, exact / 2, exact * 2, None)
    async with database.writing() as tx:
        await put_candles(tx, [])
        await put_candles(tx, [(Span(BITCOIN, HOUR, now), candle)])
        assert await candles_since(tx, BITCOIN, HOUR, now) == [candle]


async def test_a_candle_is_replaced_by_a_newer_state_of_it(
    database: Database, now: datetime
) -> None:
    span, first = Span(BITCOIN, HOUR, now), given_candle(now)
    second = replace(first, high=Decimal(96000), close=Decimal(96000), volume=None)
    async with database.writing() as tx:
        await put_candles(tx, [(span, first)])
        await put_candles(tx, [(span, second)])
        assert await candles_at(tx, [span]) == {span: second}


async def test_only_the_candles_asked_for_are_found(database: Database, now: datetime) -> None:
    """Each market and each length is its own."""
    for market, frame in ((BITCOIN, MINUTE), (BITCOIN, HOUR), (IN_EUR, HOUR), (ETHER, HOUR)):
        await put(database, market, frame, now, now + timedelta(hours=1))
    spans = [Span(BITCOIN, HOUR, now), Span(ETHER, MINUTE, now), Span(IN_EUR, HOUR, now)]
    async with database.reading() as tx:
        assert set(await candles_at(tx, spans)) == {spans[0], spans[2]}
        assert await candles_at(tx, []) == {}


async def test_those_without_a_volume_can_be_left_out(database: Database, now: datetime) -> None:
    later = now + HOUR.length
    bare = replace(given_candle(later), volume=None)
    async with database.writing() as tx:
        spans = [Span(BITCOIN, HOUR, at) for at in (now, later)]
        await put_candles(tx, [(spans[0], given_candle(now)), (spans[1], bare)])
        assert await opened_since(tx, BITCOIN, HOUR, now) == [now, later]
        assert await opened_since(tx, BITCOIN, HOUR, now, with_volume=True) == [now]


async def test_candles_come_oldest_first_from_a_time_on(database: Database, now: datetime) -> None:
    times = [now + timedelta(minutes=n) for n in (3, 1, 2, 0)]
    await put(database, BITCOIN, MINUTE, *times)
    async with database.reading() as tx:
        found = await candles_since(tx, BITCOIN, MINUTE, now + timedelta(minutes=1))
        opened = await opened_since(tx, BITCOIN, MINUTE, now + timedelta(minutes=1))
    assert [one.open_at for one in found] == opened == sorted(times)[1:]


async def test_the_newest_candle_of_each_market_is_known(database: Database, now: datetime) -> None:
    await put(database, BITCOIN, MINUTE, now, now + timedelta(minutes=1))
    await put(database, ETHER, HOUR, now)
    async with database.reading() as tx:
        found = await newest_opened(tx, [BITCOIN, ETHER, IN_EUR], MINUTE)
    assert found == {BITCOIN: now + timedelta(minutes=1)}


async def test_minutes_stay_two_days_hours_a_year_and_days_for_good(
    database: Database, now: datetime
) -> None:
    old = {
        MINUTE: now - timedelta(hours=48),
        HOUR: now - timedelta(days=366),
        DAY: now - timedelta(days=4000),
    }
    for frame, at in old.items():
        await put(database, BITCOIN, frame, at - timedelta(minutes=1), at, now)
    async with database.writing() as tx:
        assert await prune_candles(tx, now) == 2
        assert await prune_candles(tx, now) == 0
        left = {frame: await opened_since(tx, BITCOIN, frame, old[DAY]) for frame in old}
    assert left == {frame: [old[frame], now] for frame in old}
