"""Which holes are asked for, in which order, and what of an answer is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.candles import Candle, Timeframe
from bot.domain.markets import Market
from bot.prices.gaps import (
    Hole,
    Reach,
    Wish,
    candles_to_put,
    has_gap_between,
    holes,
    holes_by_reach,
    wishes_of,
)

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BITCOIN = Market("bitcoin")
MINUTE, HOUR, DAY = (frame.length for frame in Timeframe)


def every(length: timedelta, since: datetime, until: datetime = NOW) -> list[datetime]:
    return [since + length * n for n in range((until - since) // length)]


def flat(open_at: datetime, price: int) -> Candle:
    exact = Decimal(price)
    return Candle(open_at, exact, exact, exact, exact)


def test_holes_lie_between_candles_and_at_both_ends() -> None:
    opened = [NOW - timedelta(minutes=n) for n in (50, 48, 20, 18)]
    found = holes(opened, NOW - HOUR, NOW, timedelta(minutes=9))
    assert [(NOW - one.since, NOW - one.until) for one in found] == [
        (timedelta(minutes=60), timedelta(minutes=50)),
        (timedelta(minutes=48), timedelta(minutes=20)),
        (timedelta(minutes=18), timedelta(0)),
    ]


def test_nothing_stored_is_one_hole() -> None:
    assert holes([], NOW - HOUR, NOW, MINUTE) == [Hole(NOW - HOUR, NOW)]


FULL = {
    Timeframe.MINUTE: every(timedelta(minutes=5), NOW - DAY),
    Timeframe.HOUR: every(HOUR, NOW - 90 * DAY),
    Timeframe.DAY: every(DAY, NOW - 365 * DAY),
}


@pytest.mark.parametrize(
    ("opened", "reaches"),
    [
        (FULL, []),
        ({}, [Reach.DAY, Reach.QUARTER, Reach.YEAR]),
        (FULL | {Timeframe.MINUTE: FULL[Timeframe.MINUTE][:-4]}, [Reach.DAY]),
        (FULL | {Timeframe.MINUTE: FULL[Timeframe.MINUTE][:-2]}, []),
        (FULL | {Timeframe.HOUR: FULL[Timeframe.HOUR][:-24]}, []),
        (FULL | {Timeframe.HOUR: FULL[Timeframe.HOUR][:-30]}, [Reach.QUARTER]),
        (FULL | {Timeframe.DAY: FULL[Timeframe.DAY][:-90]}, []),
        (FULL | {Timeframe.DAY: FULL[Timeframe.DAY][90:]}, [Reach.YEAR]),
    ],
)
def test_each_hole_is_left_to_the_nearest_reach_that_fills_it(
    opened: dict[Timeframe, list[datetime]], reaches: list[Reach]
) -> None:
    wishes = wishes_of(BITCOIN, holes_by_reach(opened, NOW))
    assert wishes == [Wish(BITCOIN, reach) for reach in reaches]


@pytest.mark.parametrize(
    ("before", "newest", "silent"),
    [
        (None, NOW, False),
        (NOW, None, False),
        (NOW - timedelta(minutes=15), NOW, False),
        (NOW - timedelta(minutes=16), NOW, True),
    ],
)
def test_a_silence_is_a_jump_of_the_newest_minute(
    before: datetime | None, newest: datetime | None, silent: bool
) -> None:
    assert has_gap_between(before, newest, timedelta(minutes=15)) is silent


def test_what_is_missing_is_taken() -> None:
    prices = [(NOW - n * HOUR, Decimal(10 - n)) for n in (3, 2, 1)]
    stored = {NOW - 2 * HOUR: flat(NOW - 2 * HOUR, 77)}
    found = candles_to_put(prices, Timeframe.HOUR, stored, {}, NOW)
    expected = [(NOW - 3 * HOUR, Decimal(7)), (NOW - HOUR, Decimal(9))]
    assert [(one.open_at, one.open) for one in found] == expected


def test_a_candle_is_mended_only_where_its_time_has_a_hole() -> None:
    """What ticks built without one stands as it is."""
    prices = [(NOW - n * HOUR, Decimal(10 - n)) for n in (3, 2, 1)]
    stored = {NOW - n * HOUR: flat(NOW - n * HOUR, 77) for n in (3, 2)}
    hole = Hole(NOW - timedelta(minutes=100), NOW - timedelta(minutes=70))
    mended, added = candles_to_put(prices, Timeframe.HOUR, stored, {Reach.DAY: [hole]}, NOW)
    assert mended == Candle(NOW - 2 * HOUR, *(Decimal(n) for n in (8, 77, 8, 9)))
    assert added == flat(NOW - HOUR, 9)


def test_a_candle_that_the_prices_do_not_begin_is_left_out() -> None:
    prices = [(NOW - timedelta(minutes=n), Decimal(n)) for n in (100, 70, 60, 30)]
    found = candles_to_put(prices, Timeframe.HOUR, {}, {}, NOW)
    assert [one.open_at for one in found] == [NOW - HOUR]
    minutes = candles_to_put(prices, Timeframe.MINUTE, {}, {}, NOW)
    assert [one.open_at for one in minutes] == [at for at, _ in prices]


def test_nothing_comes_of_no_prices() -> None:
    assert candles_to_put([], Timeframe.DAY, {}, {}, NOW) == []
