"""What candles tell before an alert is set: how often, and in how many days."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.chat.alert_past import Preview, days_known, read_preview
from bot.domain.alert_words import read_condition
from bot.domain.alerts import Direction, Line
from bot.domain.candles import Candle, Timeframe
from bot.domain.markets import Market, Tick
from storage import candles
from storage.candles import Span
from tests.chat.conftest import NOW

if TYPE_CHECKING:
    from storage.database import Database

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARKET = Market("bitcoin")
LINE = Line(Direction.ABOVE, Decimal(95000))


async def fill(database: Database, first_at: datetime, prices: list[int]) -> None:
    """Candles of an hour that stand still, one after the other."""
    times = [first_at + n * HOUR for n in range(len(prices))]
    put = [
        (
            Span(MARKET, Timeframe.HOUR, at),
            Candle(at, *(Decimal(price) for _ in range(4))),
        )
        for at, price in zip(times, prices, strict=True)
    ]
    async with database.writing() as tx:
        await candles.put_candles(tx, put)


@pytest.mark.parametrize(
    ("known", "days"),
    [
        (8 * DAY, 8),
        (8 * DAY - HOUR, 8),
        (8 * DAY - timedelta(seconds=1), 8),
        (8 * DAY - 3 * HOUR, 7),
        (timedelta(hours=5), 0),
    ],
)
def test_hours_that_lack_the_open_one_are_whole_days(known: timedelta, days: int) -> None:
    assert days_known(NOW - known, NOW) == days


@pytest.mark.parametrize("minutes", [0, 1, 29, 59])
async def test_two_answers_within_an_hour_name_the_same_days(
    database: Database, minutes: int
) -> None:
    """Eight days are known, less the hour that was under way when they were fetched."""
    await fill(database, NOW - 8 * DAY + HOUR, ([90000] * 90 + [96000] * 5) * 2)
    async with database.reading() as tx:
        found = await read_preview(tx, MARKET, LINE, None, NOW + timedelta(minutes=minutes))
    assert found == Preview(2, 8)


async def test_a_month_is_thirty_days_at_every_minute(database: Database) -> None:
    await fill(database, NOW - 31 * DAY, [90000] * 31 * 24)
    async with database.reading() as tx:
        for minutes in (0, 1, 30, 59):
            found = await read_preview(tx, MARKET, LINE, None, NOW + timedelta(minutes=minutes))
            assert found == Preview(0, 30)


async def test_what_happened_before_the_days_that_are_named_does_not_count(
    database: Database,
) -> None:
    """Of seven days and a half, seven are named."""
    first_at = NOW - 7 * DAY - 12 * HOUR
    await fill(database, first_at, [90000, 96000] + [90000] * 100 + [96000] + [90000] * 70)
    async with database.reading() as tx:
        assert await read_preview(tx, MARKET, LINE, None, NOW) == Preview(1, 7)


async def climb(database: Database, days: int) -> None:
    """So many days that begin 10 above the one before and fall by 2 %, in hours and in days."""
    starts = [10_000 + 10 * day for day in range(days)]
    prices = [start if hour < 6 else start * 98 // 100 for start in starts for hour in range(24)]
    first_at = NOW.replace(hour=0) - days * DAY
    await fill(database, first_at, prices)
    put = [
        (
            Span(MARKET, Timeframe.DAY, first_at + day * DAY),
            Candle(
                first_at + day * DAY, *(Decimal(start * part // 100) for part in (100, 100, 98, 98))
            ),
        )
        for day, start in enumerate(starts)
    ]
    async with database.writing() as tx:
        await candles.put_candles(tx, put)


@pytest.mark.parametrize(
    ("words", "days", "expected"),
    [
        ("high 7d", 200, Preview(29, 30)),
        ("high 30d", 200, Preview(29, 30)),
        ("high 60d", 200, Preview(29, 30)),
        ("+6% 60d", 200, Preview(29, 30)),
        # Of forty days ten tell a new high of thirty, and none tells one of sixty.
        ("high 30d", 40, Preview(10, 10)),
        ("high 60d", 40, None),
        ("low 60d", 200, Preview(0, 30)),
        ("ath", 200, Preview(29, 30)),
        # What is highest in forty days is no all-time high.
        ("ath", 40, None),
    ],
)
async def test_what_a_window_held_before_the_month_counts(
    database: Database, words: str, days: int, expected: Preview | None
) -> None:
    """A price that is higher every day makes a new high every day, but that it begins with."""
    await climb(database, days)
    now = NOW.replace(hour=0)
    condition = read_condition(words).condition
    async with database.reading() as tx:
        assert await read_preview(tx, MARKET, condition, None, now) == expected


@pytest.mark.parametrize(("ath", "expected"), [("69000", Preview(0, 30)), (None, None)])
async def test_an_all_time_high_of_the_provider_was_not_reached_by_less(
    database: Database, ath: str | None, expected: Preview | None
) -> None:
    """With forty days known the provider's word decides; without it nothing is told."""
    await climb(database, 40)
    now = NOW.replace(hour=0)
    price = Decimal(10_400)
    tick = Tick(MARKET, price, "hand", now, now, ath=Decimal(ath) if ath else None)
    async with database.reading() as tx:
        found = await read_preview(tx, MARKET, read_condition("ath").condition, tick, now)
    assert found == expected


async def test_volume_is_previewed_where_candles_tell_it(database: Database) -> None:
    """Forty days of a hundred an hour, and a day of four times as much among the last ten."""
    now, one = NOW.replace(hour=0), Decimal(1)
    first_at = now - 40 * DAY
    put = []
    for hour in range(40 * 24):
        volume = Decimal(400 if 35 <= hour // 24 < 36 else 100)
        at = first_at + hour * HOUR
        put.append((Span(MARKET, Timeframe.HOUR, at), Candle(at, one, one, one, one, volume)))
    async with database.writing() as tx:
        await candles.put_candles(tx, put)
    condition = read_condition("volume 3x").condition
    async with database.reading() as tx:
        assert await read_preview(tx, MARKET, condition, None, now) == Preview(1, 29)
    funding = read_condition("funding > 0.05%").condition
    async with database.reading() as tx:
        assert await read_preview(tx, MARKET, funding, None, now) is None
