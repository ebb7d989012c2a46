"""Alerts of every condition: tables, random walks against models written another way."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Line, Told, Watch
from bot.domain.candles import opened_at
from bot.domain.conditions import Close, Condition, Extreme, Figure, Frame, Gauge, Move, Range, Way
from bot.domain.watching import (
    begun_watch,
    close_step,
    closed_at,
    is_heard,
    told_way,
    watch_step,
)
from tests.domain.plain_windows import PlainWindow

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UP_5 = Move(Way.UP, Decimal("0.05"), HOUR, repeat=True)
RANGE = Range(Decimal(90), Decimal(100), repeat=True)
CONDITIONS: list[Condition] = [
    Line(Direction.ABOVE, Decimal(100), repeat=True),
    RANGE,
    UP_5,
    Move(Way.EITHER, Decimal("0.05"), HOUR, repeat=True),
    Move(Way.DOWN, Decimal("0.05"), repeat=True),
    Extreme(Way.UP, HOUR, repeat=True),
    Extreme(Way.DOWN, repeat=True),
    Close(Frame.HOUR, Direction.ABOVE, Decimal(100), repeat=True),
    Gauge(Figure.VOLUME, Direction.BELOW, Decimal(97), repeat=True),
]


def fired_at(condition: Condition, prices: Iterable[str], every: timedelta = MINUTE) -> list[int]:
    """The indexes of the prices that fire; the first price is the one the alert was set at."""
    walk = [Decimal(price) for price in prices]
    watch = begun_watch(condition, walk[0], START)
    fired = []
    for index, price in enumerate(walk[1:], start=1):
        step = watch_step(condition, watch, price, START + index * every)
        watch = step.watch
        if step.fires:
            assert step.line is not None
            fired.append(index)
    return fired


@pytest.mark.parametrize(
    ("condition", "prices", "fired"),
    [
        pytest.param(RANGE, "95 99 100", [2], id="reaches the upper end"),
        pytest.param(RANGE, "95 89", [1], id="falls out"),
        pytest.param(RANGE, "95 101 99.9 101", [1], id="hovers at the edge"),
        pytest.param(RANGE, "95 101 99 101", [1, 3], id="leaves, comes back by the band"),
        pytest.param(RANGE, "95 101 89 95 89", [1, 4], id="jumps from one side to the other"),
        pytest.param(RANGE, "105 104 95 89", [3], id="set outside, arms inside"),
        pytest.param(replace(RANGE, repeat=False), "95 101 95 101", [1], id="once"),
        pytest.param(UP_5, "100 104.9 105", [2], id="rises by 5 percent"),
        pytest.param(UP_5, "100 98 102.9", [2], id="counts from the lowest"),
        pytest.param(UP_5, "100 105 104.8 105", [1], id="hovers at the move"),
        pytest.param(UP_5, "100 105 104 105", [1, 3], id="moves again"),
        pytest.param(
            Move(Way.DOWN, Decimal("0.05"), HOUR), "100 102 96.9", [2], id="counts from the highest"
        ),
        pytest.param(Move(Way.EITHER, Decimal("0.05"), HOUR), "100 95", [1], id="either way falls"),
        pytest.param(Move(Way.EITHER, Decimal("0.05"), HOUR), "100 105", [1], id="or rises"),
        pytest.param(
            Move(Way.UP, Decimal("0.05")), "100 90 104 105", [3], id="counts from the price at set"
        ),
        pytest.param(Extreme(Way.UP), "100 99 100 101", [3], id="a new high is beyond the last"),
        pytest.param(Extreme(Way.DOWN), "100 101 100 99.9", [3], id="a new low"),
        pytest.param(Extreme(Way.UP, repeat=True), "100 101 102 103", [1], id="a rally is one"),
        pytest.param(
            Extreme(Way.UP, repeat=True), "100 101 102 101 103", [1, 4], id="left by the band"
        ),
    ],
)
def test_a_condition_fires(condition: Condition, prices: str, fired: list[int]) -> None:
    assert fired_at(condition, prices.split()) == fired


def test_a_slow_move_is_none() -> None:
    """5 % within an hour, not within three."""
    slow = ["100", "102", "104", "106", "108"]
    assert fired_at(UP_5, slow, every=timedelta(minutes=45)) == []


def test_a_move_within_its_window_fires_wherever_the_minutes_begin() -> None:
    """From 12:00:50 to 12:05:05 are less than five minutes; to 12:05:51 they are more."""
    noon = START + 12 * HOUR
    up = replace(UP_5, window=5 * MINUTE)
    for last, fires in (((5, 5), True), ((5, 49), True), ((5, 51), False)):
        watch = begun_watch(up, Decimal(101), noon)
        watch = watch_step(up, watch, Decimal(100), noon + timedelta(seconds=50)).watch
        watch = watch_step(up, watch, Decimal(102), noon + timedelta(seconds=70)).watch
        at = noon + timedelta(minutes=last[0], seconds=last[1])
        assert watch_step(up, watch, Decimal("105.5"), at).fires == fires


def test_a_high_needs_the_whole_window() -> None:
    """The highest of half an hour is not the highest of an hour."""
    high = Extreme(Way.UP, HOUR)
    assert fired_at(high, ["100"] * 29 + ["101"] + ["100"] * 40 + ["100.5"]) == []
    assert fired_at(high, ["100"] * 29 + ["101"] + ["100"] * 70 + ["100.5"]) == [100]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_it_rests_for_its_cooldown(condition: Condition) -> None:
    """It is armed again only after the time has passed, wherever the price went meanwhile."""
    resting = replace(condition, cooldown=DAY)
    prices = [str(95 + 12 * (n // 2 % 2)) for n in range(4 * 24 * 4)]
    fired = fired_at(resting, prices, every=timedelta(minutes=30))
    assert all(later - earlier >= 48 for earlier, later in pairwise(fired))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_it_is_over_at_its_time(condition: Condition) -> None:
    """A price at that time or later fires nothing, and the alert is done."""
    ending = replace(condition, until=START + HOUR)
    watch = begun_watch(ending, Decimal(95), START)
    step = watch_step(ending, watch, Decimal(1000), START + HOUR)
    assert (step.fires, step.watch.state) == (False, AlertState.DONE)
    assert not watch_step(ending, step.watch, Decimal(1), START + DAY).fires


@pytest.mark.parametrize("condition", CONDITIONS)
def test_without_a_price_it_begins_with_the_first(condition: Condition) -> None:
    waiting = begun_watch(condition, None, START)
    assert waiting == Watch(AlertState.WAITING)
    first = watch_step(condition, waiting, Decimal(95), START)
    assert not first.fires
    assert first.watch == begun_watch(condition, Decimal(95), START)


CLOSE = Close(Frame.HOUR, Direction.ABOVE, Decimal(100), repeat=True)


def closing(*prices: tuple[int, str]) -> list[int]:
    """The minutes whose prices tell a close that fires, of prices at minutes."""
    watch, fired = begun_watch(CLOSE, Decimal(95), START), []
    for (before, last), (minute, _) in pairwise([(0, "95"), *prices]):
        at = closed_at(CLOSE.frame, START + before * MINUTE, START + minute * MINUTE)
        if at is None:
            continue
        step = close_step(CLOSE, watch, Decimal(last), at)
        watch = step.watch
        if step.fires:
            fired.append(minute)
    return fired


@pytest.mark.parametrize(
    ("prices", "fired"),
    [
        ([(10, "120"), (58, "99"), (60, "120")], []),
        ([(58, "101"), (60, "90")], [60]),
        ([(58, "101"), (60, "120"), (118, "120"), (120, "99")], [60]),
        ([(58, "101"), (118, "99"), (120, "99"), (178, "101"), (181, "1")], [118, 181]),
        ([(40, "101"), (61, "101")], []),
        ([(58, "101"), (59, "101"), (61, "101"), (119, "101"), (300, "101")], [61]),
    ],
)
def test_only_closes_count(prices: list[tuple[int, str]], fired: list[int]) -> None:
    """The last price before the hour's end, if it was seen then; a wick counts for nothing."""
    assert closing(*prices) == fired


@pytest.mark.parametrize(
    ("frame", "at", "began"),
    [
        (Frame.HOUR, "2026-01-08T13:59:59", "2026-01-08T13:00:00"),
        (Frame.FOUR_HOURS, "2026-01-08T15:59:59", "2026-01-08T12:00:00"),
        (Frame.DAY, "2026-01-08T23:59:59", "2026-01-08T00:00:00"),
        (Frame.WEEK, "2026-01-11T23:59:59", "2026-01-05T00:00:00"),
        (Frame.WEEK, "2026-01-12T00:00:00", "2026-01-12T00:00:00"),
        (Frame.WEEK, "1969-12-30T00:00:00", "1969-12-29T00:00:00"),
    ],
)
def test_candles_begin_on_the_hour_and_on_mondays(frame: Frame, at: str, began: str) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, began)]
    assert opened_at(moments[0], timedelta(seconds=frame.seconds)) == moments[1]


_STEPS = st.lists(st.tuples(st.integers(1, 1500), st.integers(-40, 40)), min_size=1, max_size=60)


def ticks_of(steps: list[tuple[int, int]]) -> list[tuple[datetime, Decimal]]:
    """A random walk around 97, in tenths."""
    at, price, ticks = START, 970, []
    for seconds, change in steps:
        at += timedelta(seconds=seconds)
        price = max(price + change, 100)
        ticks.append((at, Decimal(price) / 10))
    return ticks


@pytest.mark.parametrize("condition", CONDITIONS)
@given(steps=_STEPS)
def test_each_firing_spends_an_arming_of_its_own(
    condition: Condition, steps: list[tuple[int, int]]
) -> None:
    """And the same price again fires nothing."""
    watch = begun_watch(condition, Decimal(97), START)
    spent = set()
    for at, price in ticks_of(steps):
        step = watch_step(condition, watch, price, at)
        if step.fires:
            assert watch.state is AlertState.ARMED
            assert watch.arming not in spent
            spent.add(watch.arming)
        assert not watch_step(condition, step.watch, price, at).fires
        watch = step.watch


@given(steps=_STEPS)
def test_a_move_agrees_with_looking_at_every_price_again(steps: list[tuple[int, int]]) -> None:
    """The model keeps every price and knows no queue."""
    watch = begun_watch(UP_5, Decimal(97), START)
    seen = PlainWindow(HOUR)
    seen.take(START, Decimal(97))
    armed = True
    for at, price in ticks_of(steps):
        seen.take(at, price)
        line = min(seen.inside(at)) * Decimal("1.05")
        fires = armed and price >= line
        step = watch_step(UP_5, watch, price, at)
        watch = step.watch
        assert step.fires == fires
        if fires:
            armed = False
        elif not armed:
            armed = price <= line * Decimal("0.995")


@pytest.mark.parametrize(
    ("closes", "fired"),
    [
        ("99 101", [1]),
        ("99 100 99.6 100", [1]),
        ("99 100 99.5 100", [1, 3]),
        ("101 102", []),
        ("101 99 101", [2]),
    ],
)
def test_a_close_that_is_known_by_itself_crosses_as_prices_do(
    closes: str, fired: list[int]
) -> None:
    """The first is the one at which the alert was set; nothing is remembered between them."""
    first, *later = (Decimal(close) for close in closes.split())
    watch, found = begun_watch(CLOSE, first, START), []
    for index, close in enumerate(later, start=1):
        step = close_step(CLOSE, watch, close, START + index * HOUR)
        watch = step.watch
        found += [index] if step.fires else []
    assert found == fired
    over = replace(CLOSE, until=START)
    assert close_step(over, watch, Decimal(1), START).watch.state is AlertState.DONE


@pytest.mark.parametrize(
    ("seen", "until", "ended"),
    [
        ("11:59:59", "12:00:00", "12:00"),
        ("11:55:00", "15:30:00", "12:00"),
        ("11:54:59", "12:00:00", None),
        ("11:59:58", "11:59:59", None),
        ("12:00:00", "12:00:01", None),
    ],
)
def test_a_candle_ends_with_the_last_price_shortly_before(
    seen: str, until: str, ended: str | None
) -> None:
    """And is over; the price at its very end is the next one's."""
    moments = [datetime.fromisoformat(f"2026-01-08T{clock}+00:00") for clock in (seen, until)]
    expected = ended and datetime.fromisoformat(f"2026-01-08T{ended}+00:00")
    assert closed_at(Frame.HOUR, *moments) == expected


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(("beyond", "way"), [(Decimal(1000), Way.UP), (Decimal(1), Way.DOWN)])
def test_why_it_fired_tells_which_way(condition: Condition, beyond: Decimal, way: Way) -> None:
    """Whatever the condition; what does not fire tells none."""
    watch = begun_watch(condition, Decimal(98), START)
    calm = watch_step(condition, watch, Decimal(98), START + 2 * HOUR)
    assert told_way(calm.reason) is None
    step = watch_step(condition, watch, beyond, START + 2 * HOUR + MINUTE)
    assert told_way(step.reason) is (way if step.fires else None)
    assert told_way(None) is None


@pytest.mark.parametrize(
    ("told", "is_explained", "is_rung"),
    [
        (None, True, True),
        (None, False, True),
        (Told.EXPLAINED, True, True),
        (Told.EXPLAINED, False, False),
        (Told.UNEXPLAINED, True, False),
        (Told.UNEXPLAINED, False, True),
    ],
)
def test_an_alert_may_want_a_story_or_none(
    told: Told | None, *, is_explained: bool, is_rung: bool
) -> None:
    assert is_heard(replace(UP_5, told=told), is_explained=is_explained) == is_rung
