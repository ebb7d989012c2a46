"""The extremes of a moving span, against looking at all of it again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.windows import Extremes, began, extreme, with_high, with_low

START = datetime(2026, 1, 1, tzinfo=UTC)
_WALKS = st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 50)), max_size=60)


@pytest.mark.parametrize("window", [timedelta(hours=1), timedelta(days=7), None])
@given(walk=_WALKS)
def test_the_extremes_are_those_of_the_whole_window(
    window: timedelta | None, walk: list[tuple[int, int]]
) -> None:
    lows: Extremes = ()
    highs: Extremes = ()
    at, seen = START, list[tuple[int, int]]()
    for seconds, price in walk:
        at += timedelta(seconds=seconds)
        lows = with_low(lows, window, Decimal(price), at)
        highs = with_high(highs, window, Decimal(price), at)
        seen.append((began(window, at), price))
        since = seen[-1][0] - window.total_seconds() if window else -1
        inside = [one for when, one in seen if when > since]
        assert extreme(lows, window, at) == min(inside)
        assert extreme(highs, window, at) == max(inside)
        assert len(lows) <= len({when for when, _ in seen})


def test_a_flat_price_is_kept_once() -> None:
    """However long it stands still."""
    lows: Extremes = ()
    for minute in range(120):
        lows = with_low(lows, timedelta(hours=1), Decimal(5), START + timedelta(minutes=minute))
    assert len(lows) == 1


def test_what_is_too_old_is_no_extreme() -> None:
    """Also when no price has come since."""
    lows = with_low((), timedelta(hours=1), Decimal(5), START)
    assert extreme(lows, timedelta(hours=1), START + timedelta(minutes=59)) == 5
    assert extreme(lows, timedelta(hours=1), START + timedelta(minutes=60)) is None
