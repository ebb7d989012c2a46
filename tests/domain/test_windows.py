"""The extremes of a moving span, against looking at all of it again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.windows import Extremes, extreme, grain_seconds, with_high, with_low
from tests.domain.plain_windows import PlainWindow, grain_of

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_WALKS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 4000), st.integers(0, 20)), st.integers(0, 999), st.integers(1, 50)
    ),
    max_size=60,
)


@pytest.mark.parametrize("window", [5 * MINUTE, HOUR, 2 * HOUR, DAY, 7 * DAY])
@given(walk=_WALKS)
def test_the_extremes_are_those_of_the_whole_window(
    window: timedelta, walk: list[tuple[int, int, int]]
) -> None:
    """With no price of it left out, and none older by a grain or more."""
    lows: Extremes = ()
    highs: Extremes = ()
    at, plain = START, PlainWindow(window)
    for seconds, milliseconds, price in walk:
        at += timedelta(seconds=seconds, milliseconds=milliseconds)
        lows = with_low(lows, window, Decimal(price), at)
        highs = with_high(highs, window, Decimal(price), at)
        plain.take(at, Decimal(price))
        assert extreme(lows, window, at) == min(plain.inside(at))
        assert extreme(highs, window, at) == max(plain.inside(at))
        exact, longer = plain.truly_inside(at), plain.truly_inside(at, grain_of(window))
        assert min(exact) >= min(plain.inside(at)) >= min(longer)
        assert max(exact) <= max(plain.inside(at)) <= max(longer)
        assert len(lows) <= len({one for _, one, _ in plain.seen})


@given(walk=_WALKS)
def test_without_a_window_the_extremes_are_those_of_all_prices(
    walk: list[tuple[int, int, int]],
) -> None:
    """One number each."""
    lows: Extremes = ()
    highs: Extremes = ()
    at, seen = START, list[int]()
    for seconds, _, price in walk:
        at += timedelta(seconds=seconds)
        lows = with_low(lows, None, Decimal(price), at)
        highs = with_high(highs, None, Decimal(price), at)
        seen.append(price)
        assert len(lows) == len(highs) == 1
        assert extreme(lows, None, at) == min(seen)
        assert extreme(highs, None, at) == max(seen)


@pytest.mark.parametrize(
    ("window", "seconds"),
    [(5 * MINUTE, 5), (HOUR, 5), (61 * MINUTE, 60), (DAY, 60), (25 * HOUR, 3600)],
)
def test_the_grain_grows_with_the_window(window: timedelta, seconds: int) -> None:
    """It is a small part of the window."""
    assert grain_seconds(window) == seconds
    assert timedelta(seconds=seconds) <= window / 24


def test_a_low_of_the_minute_in_which_the_window_begins_counts() -> None:
    """4 minutes and 15 seconds ago is within five; so it is until the five are over."""
    low_at = datetime(2026, 1, 1, 12, 0, 50, tzinfo=UTC)
    lows = with_low((), 5 * MINUTE, Decimal(100), low_at)
    assert extreme(lows, 5 * MINUTE, low_at + timedelta(minutes=4, seconds=15)) == 100
    assert extreme(lows, 5 * MINUTE, low_at + timedelta(minutes=4, seconds=59)) == 100
    assert extreme(lows, 5 * MINUTE, low_at + 5 * MINUTE) is None


def test_a_flat_price_is_kept_once() -> None:
    """However long it stands still."""
    lows: Extremes = ()
    for minute in range(120):
        lows = with_low(lows, timedelta(hours=1), Decimal(5), START + timedelta(minutes=minute))
    assert len(lows) == 1


def test_a_price_that_only_rises_keeps_one_low_a_grain() -> None:
    """Whatever the number of ticks."""
    lows: Extremes = ()
    for tick in range(8000):
        lows = with_low(lows, HOUR, Decimal(tick), START + timedelta(milliseconds=500 * tick))
    assert len(lows) <= 3600 // 5 + 1


def test_what_is_too_old_is_no_extreme() -> None:
    """Also when no price has come since."""
    lows = with_low((), timedelta(hours=1), Decimal(5), START)
    assert extreme(lows, timedelta(hours=1), START + timedelta(minutes=59)) == 5
    assert extreme(lows, timedelta(hours=1), START + timedelta(minutes=60)) is None
