"""How candles grow from prices, and how several become one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.candles import (
    Candle,
    Timeframe,
    blended,
    candles_of_prices,
    extended,
    merged,
    opened_at,
)

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)  # a Saturday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def candle(open_at: datetime, *prices: int, volume: int | None = None) -> Candle:
    """A candle of open, high, low and close."""
    first, high, low, last = (Decimal(price) for price in prices)
    return Candle(open_at, first, high, low, last, None if volume is None else Decimal(volume))


@pytest.mark.parametrize(
    ("length", "opened"),
    [
        (MINUTE, NOON + timedelta(minutes=34)),
        (HOUR, NOON),
        (timedelta(hours=4), NOON),
        (DAY, datetime(2026, 3, 14, tzinfo=UTC)),
        (timedelta(days=7), datetime(2026, 3, 9, tzinfo=UTC)),
    ],
)
def test_spans_begin_at_full_hours_at_midnight_and_on_mondays(
    length: timedelta, opened: datetime
) -> None:
    assert opened_at(NOON + timedelta(minutes=34, seconds=56), length) == opened


def test_a_timeframe_tells_its_length() -> None:
    assert [frame.length for frame in Timeframe] == [MINUTE, HOUR, DAY]


@given(st.lists(st.decimals(1, 10**6, places=4), min_size=1))
def test_a_candle_of_prices_has_their_first_highest_lowest_and_last(prices: list[Decimal]) -> None:
    found: Candle | None = None
    for price in prices:
        found = extended(found, price, NOON)
    assert found == Candle(NOON, prices[0], max(prices), min(prices), prices[-1])


def test_shorter_candles_make_longer_ones() -> None:
    quarters = [
        candle(NOON, 5, 9, 4, 6, volume=2),
        candle(NOON + timedelta(minutes=15), 6, 7, 1, 2),
        candle(NOON + timedelta(minutes=45), 2, 3, 2, 3, volume=5),
        candle(NOON + timedelta(minutes=60), 3, 3, 3, 3),
    ]
    assert merged(quarters, HOUR) == [
        candle(NOON, 5, 9, 1, 3, volume=7),
        candle(NOON + HOUR, 3, 3, 3, 3),
    ]
    assert merged([], HOUR) == []


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=200), st.integers(2, 90))
def test_merging_keeps_the_extremes_and_both_ends(prices: list[int], minutes: int) -> None:
    short = [candle(NOON + MINUTE * n, p, p + 1, p, p) for n, p in enumerate(prices)]
    longer = merged(short, MINUTE * minutes)
    assert longer[0].open == prices[0]
    assert longer[-1].close == prices[-1]
    assert max(one.high for one in longer) == max(prices) + 1
    assert min(one.low for one in longer) == min(prices)
    assert [one.open_at for one in longer] == sorted({one.open_at for one in longer})


@pytest.mark.parametrize(
    ("now", "close"), [(NOON + timedelta(minutes=59), 6), (NOON + timedelta(hours=1), 8)]
)
def test_a_providers_candle_and_ours_are_blended(now: datetime, close: int) -> None:
    """The last tick closes a span that goes on, the provider one that is over."""
    ours, theirs = candle(NOON, 5, 9, 4, 6, volume=3), candle(NOON, 4, 8, 3, 8)
    assert blended(ours, theirs, now, HOUR) == candle(NOON, 4, 9, 3, close, volume=3)


def test_without_a_candle_of_ours_the_providers_is_taken() -> None:
    theirs = candle(NOON, 4, 8, 3, 8, volume=1)
    assert blended(None, theirs, NOON, HOUR) == theirs


def test_a_price_at_the_end_of_a_span_closes_it() -> None:
    prices = [(NOON + timedelta(minutes=30 * n), Decimal(n + 1)) for n in range(4)]
    assert candles_of_prices(prices, Timeframe.HOUR, NOON + DAY) == [
        candle(NOON, 1, 3, 1, 3),
        candle(NOON + HOUR, 3, 4, 3, 4),
    ]


def test_a_price_after_a_hole_closes_nothing() -> None:
    prices = [(NOON, Decimal(1)), (NOON + 2 * HOUR, Decimal(9))]
    assert candles_of_prices(prices, Timeframe.HOUR, NOON + DAY) == [
        candle(NOON, 1, 1, 1, 1),
        candle(NOON + 2 * HOUR, 9, 9, 9, 9),
    ]


def test_prices_of_the_future_are_left_out() -> None:
    assert candles_of_prices([(NOON + HOUR, Decimal(1))], Timeframe.HOUR, NOON) == []
