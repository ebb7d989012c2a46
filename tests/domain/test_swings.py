"""Which moves of a day stand out against what is usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.candles import Candle
from bot.domain.swings import Swing, largest_swings, usual_hourly_move

START = datetime(2026, 3, 14, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LATER = START + timedelta(days=30)


def candles(prices: list[float], length: timedelta = MINUTE) -> list[Candle]:
    """Candles that each close at one of the prices, opening at the one before."""
    closes = [Decimal(str(price)) for price in prices]
    return [
        Candle(START + n * length, before, max(before, close), min(before, close), close)
        for n, (before, close) in enumerate(pairwise([closes[0], *closes]))
    ]


def calm(minutes: int, price: float = 100) -> list[float]:
    return [price] * minutes


def test_a_jump_is_found_from_where_it_began_to_where_it_ended() -> None:
    prices = [*calm(120), 101.0, 102.0, 103.0, *calm(120, 103)]
    (swing,) = largest_swings(candles(prices), MINUTE, 0.005, LATER)
    assert swing.began_at == START + 120 * MINUTE
    assert swing.ended_at == START + 123 * MINUTE
    assert (swing.from_price, swing.to_price) == (Decimal(100), Decimal(103))
    assert swing.change == 3
    assert swing.times == pytest.approx(log(1.03) / 0.0025)


def test_what_is_usual_is_no_swing() -> None:
    prices = [*calm(120), 101.0, 102.0, 103.0, *calm(120, 103)]
    assert largest_swings(candles(prices), MINUTE, 0.05, LATER) == []
    assert largest_swings(candles([100.0, 100.1] * 200), MINUTE, 0.000001, LATER) == []


def test_up_and_down_again_are_two_moves_the_larger_first() -> None:
    prices = [*calm(60), 102.0, *calm(200, 102), 97.0, *calm(60, 97)]
    down, up = largest_swings(candles(prices), MINUTE, 0.005, LATER)
    assert (down.change < 0, up.change > 0) == (True, True)
    assert up.ended_at <= down.began_at


def test_a_slow_move_is_found_over_hours() -> None:
    prices = calm(60) + [100 + n / 40 for n in range(1, 241)] + calm(60, 106)
    (swing,) = largest_swings(candles(prices), MINUTE, 0.01, LATER, most=1)
    assert swing.ended_at - swing.began_at == 4 * HOUR
    assert swing.to_price == 106


def test_candles_of_an_hour_do_where_there_are_no_shorter_ones() -> None:
    (swing,) = largest_swings(candles([100.0, 100.0, 105.0, 105.0], HOUR), HOUR, 0.005, LATER)
    assert (swing.began_at, swing.ended_at) == (START + 2 * HOUR, START + 3 * HOUR)


def test_a_candle_that_goes_on_ends_now() -> None:
    now = START + 2 * HOUR + 20 * MINUTE
    (swing,) = largest_swings(candles([100.0, 100.0, 105.0], HOUR), HOUR, 0.005, now)
    assert swing.ended_at == now


@pytest.mark.parametrize("prices", [[], [100.0], [0.0, 0.0]])
def test_nothing_is_found_in_nothing(prices: list[float]) -> None:
    found = candles(prices) if prices else []
    assert largest_swings(found, MINUTE, 0.01, LATER) == []


def test_the_usual_move_is_what_most_hours_show() -> None:
    """A crash within a week of hours of 1 % changes it by nothing."""
    week = [100.0 * 1.01 ** (n % 2) for n in range(168)]
    usual = usual_hourly_move(candles(week, HOUR))
    assert usual == pytest.approx(log(1.01) / 0.6745)
    crashed = [*week[:80], 60.0, *week[81:]]
    assert usual_hourly_move(candles(crashed, HOUR)) == pytest.approx(usual)


def test_too_little_is_known_of_a_few_hours_or_of_a_price_that_stands_still() -> None:
    assert usual_hourly_move(candles([100.0, 101.0] * 6, HOUR)) is None
    assert usual_hourly_move(candles(calm(168), HOUR)) is None
    gaps = [candle for n, candle in enumerate(candles([100.0, 101.0] * 40, HOUR)) if n % 2]
    assert usual_hourly_move(gaps) is None


def candle(at: datetime, *prices: str) -> Candle:
    return Candle(at, *(Decimal(price) for price in prices))


def ends_of(found: list[Swing]) -> list[tuple[int, int]]:
    return [(int(one.from_price), int(one.to_price)) for one in found]


def test_a_spike_is_found_by_its_extremes_though_the_closes_know_nothing_of_it() -> None:
    calm_before, calm_after = candles(calm(60)), candles(calm(60))
    low = candle(START + 60 * MINUTE, "100", "100", "72", "99")
    high = candle(START + 61 * MINUTE, "99", "116", "99", "100")
    after = [replace(one, open_at=one.open_at + 62 * MINUTE) for one in calm_after]
    rise, *others = largest_swings([*calm_before, low, high, *after], MINUTE, 0.005, LATER)
    assert ends_of([rise]) == [(72, 116)]
    assert (rise.began_at, rise.ended_at) == (START + 60 * MINUTE, START + 62 * MINUTE)
    assert ends_of(others) == [(100, 72), (116, 100)]


def test_which_extreme_of_a_candle_came_first_is_not_guessed() -> None:
    """From its open to one of them is a move, and from one to its close, not between the two."""
    wild = candle(START + 60 * MINUTE, "100", "110", "95", "100")
    found = largest_swings([*candles(calm(60)), wild], MINUTE, 0.005, LATER)
    assert ends_of(found) == [(100, 110), (110, 100)]
    assert (found[0].began_at, found[0].ended_at) == (wild.open_at, wild.open_at + MINUTE)


def test_a_candle_of_an_hour_tells_no_move_of_fifteen_minutes() -> None:
    one = candle(START, "100", "110", "100", "100")
    rise, fall = largest_swings([one], HOUR, 0.01, LATER)
    assert rise.times == fall.times == pytest.approx(log(1.1) / 0.01)


PRICES = st.integers(50, 200)


@st.composite
def paths(draw: st.DrawFn) -> list[list[int]]:
    """The prices of some minutes, in their order within each."""
    return draw(st.lists(st.lists(PRICES, min_size=1, max_size=5), min_size=1, max_size=40))


def minutes_of(path: list[list[int]]) -> list[Candle]:
    return [
        candle(START + n * MINUTE, *(str(p) for p in (ps[0], max(ps), min(ps), ps[-1])))
        for n, ps in enumerate(path)
    ]


@given(paths())
def test_no_move_exceeds_what_the_candles_hold_and_the_largest_is_not_missed(
    path: list[list[int]],
) -> None:
    """Each told move really happened between its two times.

    The largest told is no smaller than the largest within 13 minutes of the closes, highs and
    lows of different minutes: the shortest window less a candle at either end.
    """
    told = minutes_of(path)
    found = largest_swings(told, MINUTE, 0.001, LATER)
    for one in found:
        first, last = ((at - START) // MINUTE for at in (one.began_at, one.ended_at))
        seen = [int(p) for ps in path[max(first - 1, 0) : last] for p in ps]
        begins = [n for n, price in enumerate(seen) if price == one.from_price]
        ends = [n for n, price in enumerate(seen) if price == one.to_price]
        assert begins
        assert ends
        assert begins[0] < ends[-1]
    true = [
        abs(log(after / before))
        for n, ps in enumerate(path)
        for before in ps
        for later in path[n + 1 : n + 14]
        for after in later
    ]
    if max(true, default=0.0) >= 0.002:
        assert found
        size = abs(log(found[0].to_price / found[0].from_price))
        assert size >= max(true) - 1e-9


@given(st.lists(st.floats(1, 1000), max_size=80), st.floats(0.0001, 0.1))
def test_swings_never_overlap_and_fall_in_size(prices: list[float], usual: float) -> None:
    found: list[Swing] = largest_swings(candles(prices) if prices else [], MINUTE, usual, LATER)
    assert len(found) <= 3
    assert [one.times for one in found] == sorted((one.times for one in found), reverse=True)
    by_time = sorted(found, key=lambda one: one.began_at)
    for a, b in pairwise(by_time):
        is_turn = a.to_price == b.from_price and a.ended_at - b.began_at == MINUTE
        assert is_turn or a.ended_at <= b.began_at
    assert all(one.began_at < one.ended_at for one in found)
