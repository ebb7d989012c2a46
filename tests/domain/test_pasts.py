"""What candles tell of the window that a condition looks back on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import Memory
from bot.domain.candles import Candle, Timeframe, extended, opened_at
from bot.domain.pasts import known_since, look_back, memory_of
from bot.domain.windows import extreme
from tests.domain.plain_windows import PlainWindow, candle_of

NOW = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
EVER = timedelta(0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def candle(open_at: datetime, low: int, high: int) -> Candle:
    """A candle that opened at its low and closed at its high."""
    return Candle(open_at, Decimal(low), Decimal(high), Decimal(low), Decimal(high))


def candles_at(every: timedelta, since: datetime, low: int = 90, high: int = 110) -> list[Candle]:
    """Candles of that distance from `since` to now."""
    count = (NOW - since) // every
    return [candle(since + number * every, low, high) for number in range(count + 1)]


@pytest.mark.parametrize(
    ("window", "frame"),
    [
        (5 * MINUTE, Timeframe.MINUTE),
        (DAY, Timeframe.MINUTE),
        (DAY + MINUTE, Timeframe.HOUR),
        (90 * DAY, Timeframe.HOUR),
        (EVER, Timeframe.DAY),
    ],
)
def test_a_window_is_told_by_candles_of_its_length(window: timedelta, frame: Timeframe) -> None:
    """They reach back beyond its beginning; those of days to the beginning of all."""
    found, since = look_back(window, NOW)
    assert found is frame
    assert since < NOW - window - frame.length if window else since < NOW - 10_000 * DAY


@pytest.mark.parametrize(
    ("minutes_ago", "since"),
    [
        ([], 0),
        ([0], 0),
        ([60, 59, 58], 0),
        ([10, 5, 1], 10),
        ([40, 24, 10, 5], 40),
        ([40, 23, 10, 5], 23),
        ([60, 15], 15),
        ([60, 17], 0),
    ],
)
def test_what_is_known_begins_after_the_last_long_hole(minutes_ago: list[int], since: int) -> None:
    """A quarter of an hour between two candles is none, for a market may be that quiet."""
    opened = [NOW - minutes * MINUTE for minutes in minutes_ago]
    assert known_since(opened, Timeframe.MINUTE, NOW) == NOW - since * MINUTE


@pytest.mark.parametrize("every", [1, 5, 14])
@pytest.mark.parametrize("ago", [HOUR, DAY])
def test_sparse_candles_tell_the_whole_window(every: int, ago: timedelta) -> None:
    """A provider's past may be one price in five minutes."""
    frame, since = look_back(ago, NOW)
    begun = opened_at(NOW - 2 * DAY, frame.length)
    read = [c for c in candles_at(every * MINUTE, begun) if c.open_at >= since]
    memory = memory_of(read, ago, NOW)
    assert memory.since is not None
    assert memory.since <= NOW - ago


def test_what_lies_before_the_window_is_no_extreme() -> None:
    read = [candle(NOW - 70 * MINUTE, 1, 1000), *candles_at(MINUTE, NOW - 59 * MINUTE)]
    memory = memory_of(read, HOUR, NOW)
    assert extreme(memory.lows, HOUR, NOW) == 90
    assert extreme(memory.highs, HOUR, NOW) == 110


@pytest.mark.parametrize(
    ("days", "ath", "atl", "highest", "lowest"),
    [
        (0, None, None, None, None),
        (89, None, None, None, None),
        (91, None, None, 110, 90),
        (0, 500, None, 500, None),
        (0, 500, 3, 500, 3),
        (89, 500, None, 500, None),
        (89, None, 3, None, 3),
        (89, 105, 95, 110, 90),
        (91, 500, None, 500, 90),
        (91, 105, 3, 110, 3),
    ],
)
def test_the_highest_ever_is_known_or_told(
    days: int, ath: int | None, atl: int | None, highest: int | None, lowest: int | None
) -> None:
    """Of the two that a provider tells one may be missing; 89 days are not all time."""
    read = candles_at(DAY, opened_at(NOW, DAY) - days * DAY) if days else []
    told = [None if price is None else Decimal(price) for price in (ath, atl)]
    memory = memory_of(read, EVER, NOW, *told)
    assert extreme(memory.highs, None, NOW) == highest
    assert extreme(memory.lows, None, NOW) == lowest


def test_without_candles_nothing_is_known() -> None:
    assert memory_of([], HOUR, NOW) == Memory(since=NOW)


WALKS = st.lists(st.tuples(st.integers(1, 400), st.integers(50, 150)), min_size=1, max_size=60)


@pytest.mark.parametrize("window", [5 * MINUTE, HOUR, 3 * DAY])
@given(walk=WALKS)
def test_candles_tell_the_extremes_that_all_their_prices_tell(
    window: timedelta, walk: list[tuple[int, int]]
) -> None:
    """Now and whenever later, each as of its candle's end: none too short, by a candle too long."""
    frame, _ = look_back(window, NOW)
    plain = PlainWindow(window)
    built: dict[datetime, Candle] = {}
    at = NOW - timedelta(seconds=sum(seconds for seconds, _ in walk))
    for seconds, price in walk:
        at += timedelta(seconds=seconds)
        plain.take(at, Decimal(price))
        open_at = opened_at(at, frame.length)
        built[open_at] = extended(built.get(open_at), Decimal(price), open_at)
    since = look_back(window, NOW)[1]
    memory = memory_of([c for c in built.values() if c.open_at >= since], window, NOW)
    plain.reread(NOW)
    for later in range(61):
        at = NOW + window * later / 60
        told, exact = plain.inside(at), plain.truly_inside(at)
        longer = plain.truly_inside(at, candle_of(window))
        assert extreme(memory.lows, window, at) == min(told, default=None)
        assert extreme(memory.highs, window, at) == max(told, default=None)
        assert set(exact) <= set(told) <= set(longer)
