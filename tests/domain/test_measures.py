"""What alerts look at, and the values at which something can happen to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Line, Memory, Triggers, Watch
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Side,
    Way,
)
from bot.domain.measures import PRICE, measure_of, triggers_of, value_of, window_of_measure
from bot.domain.watching import begun_watch, close_step, watch_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.alerts import Step

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ABOVE, BELOW, CROSS = Direction.ABOVE, Direction.BELOW, Direction.CROSS


@pytest.mark.parametrize(
    ("condition", "measure", "window"),
    [
        (Line(ABOVE, Decimal(5)), PRICE, None),
        (Range(Decimal(5), Decimal(6)), PRICE, None),
        (Move(Way.UP, Decimal("0.05")), PRICE, None),
        (Move(Way.UP, Decimal("0.05"), HOUR), "up:3600", HOUR),
        (Move(Way.DOWN, Decimal("0.1"), HOUR), "down:3600", HOUR),
        (Move(Way.EITHER, Decimal("0.1"), DAY), "either:86400", DAY),
        (Extreme(Way.UP, 30 * DAY), "high:2592000", 30 * DAY),
        (Extreme(Way.DOWN, 5 * MINUTE), "low:300", 5 * MINUTE),
        (Extreme(Way.UP), "high:0", timedelta(0)),
        (Extreme(Way.DOWN), "low:0", timedelta(0)),
        (Close(Frame.WEEK, ABOVE, Decimal(5)), "close:1w", None),
        (Gauge(Figure.VOLUME, ABOVE, Decimal(3)), "volume", None),
        (Gauge(Figure.FUNDING, ABOVE, Decimal(3)), "funding", None),
        (Gauge(Figure.LIQUIDATIONS, ABOVE, Decimal(3), HOUR), "liquidations:both:3600", None),
        (
            Gauge(Figure.LIQUIDATIONS, ABOVE, Decimal(3), HOUR, Side.LONGS),
            "liquidations:longs:3600",
            None,
        ),
    ],
)
def test_a_condition_looks_at_a_measure(
    condition: Condition, measure: str, window: timedelta | None
) -> None:
    """Named without blanks, for a market keeps the names as one text."""
    assert measure_of(condition) == measure
    assert window_of_measure(measure) == window
    assert " " not in measure


def test_the_measure_does_not_depend_on_the_number_asked_for() -> None:
    """So that a thousand percentages within an hour are one series."""
    several = [Move(Way.UP, Decimal(n) / 100, HOUR, repeat=n % 2 == 0) for n in range(1, 9)]
    assert {measure_of(one) for one in several} == {"up:3600"}


def memory(*prices: int, since: datetime = START - 90 * DAY) -> Memory:
    """What is known of a window when its prices were these, a minute ago."""
    lows, highs = min(prices), max(prices)
    began = int((START - MINUTE).timestamp())
    return Memory(lows=((began, Decimal(lows)),), highs=((began, Decimal(highs)),), since=since)


@pytest.mark.parametrize(
    ("measure", "known", "price", "value"),
    [
        ("up:3600", memory(100, 120), 105, "0.05"),
        ("up:3600", memory(100, 120), 90, "0"),
        ("down:3600", memory(100, 120), 90, "0.25"),
        ("down:3600", memory(100, 120), 130, "0"),
        ("either:3600", memory(100, 120), 90, "0.25"),
        ("either:3600", memory(100, 120), 150, "0.5"),
        ("up:3600", Memory(), 105, "0"),
        ("high:3600", memory(100, 120), 126, "1.05"),
        ("high:3600", memory(100, 120), 60, "0.5"),
        ("low:3600", memory(100, 120), 80, "1.25"),
        ("high:3600", memory(100, 120, since=START - 59 * MINUTE), 126, None),
        ("high:0", memory(100, 120, since=START), 126, "1.05"),
        ("high:0", Memory(since=START), 126, None),
        ("low:0", Memory(), 126, None),
    ],
)
def test_a_windowed_measure_has_a_value(
    measure: str, known: Memory, price: int, value: str | None
) -> None:
    found = value_of(measure, known, Decimal(price), START)
    assert found == (None if value is None else Decimal(value))


NEVER = Triggers(None, None)


@pytest.mark.parametrize("state", [AlertState.DONE, AlertState.OFFERED])
def test_nothing_touches_an_alert_that_nothing_moves(state: AlertState) -> None:
    for condition in CONDITIONS:
        assert triggers_of(condition, Watch(state, fired=True)) == NEVER


def test_the_triggers_of_a_range_are_its_ends_and_everything_before_the_first_price() -> None:
    asked = Range(Decimal(90), Decimal(110), repeat=True)
    armed = begun_watch(asked, Decimal(100), START)
    assert triggers_of(asked, armed) == Triggers(Decimal(90), Decimal(110))
    waiting = triggers_of(asked, begun_watch(asked, None, START))
    assert waiting.low is not None
    assert waiting.low > 10**200


# ---- what is not touched does not change

MANNERS: list[dict[str, object]] = [
    {"repeat": True},
    {"repeat": True, "cooldown": 10 * MINUTE},
    {"repeat": True, "band": Decimal("0.05")},
    {},
]
BARE: list[Condition] = [
    Line(ABOVE, Decimal(97)),
    Line(BELOW, Decimal(97)),
    Line(CROSS, Decimal(97)),
    Range(Decimal(95), Decimal(100)),
    Move(Way.UP, Decimal("0.02")),
    Move(Way.DOWN, Decimal("0.02")),
    Move(Way.EITHER, Decimal("0.02")),
    Move(Way.UP, Decimal("0.02"), HOUR),
    Move(Way.DOWN, Decimal("0.02"), HOUR),
    Move(Way.EITHER, Decimal("0.02"), 2 * DAY),
    Extreme(Way.UP, HOUR),
    Extreme(Way.DOWN, 30 * MINUTE),
    Extreme(Way.UP),
    Extreme(Way.DOWN),
    Close(Frame.HOUR, ABOVE, Decimal(97)),
    Close(Frame.HOUR, CROSS, Decimal(97)),
    Gauge(Figure.VOLUME, ABOVE, Decimal(97)),
    Gauge(Figure.FUNDING, BELOW, Decimal("-0.0001")),
    Gauge(Figure.FUNDING, ABOVE, Decimal("-0.0001")),
]
CONDITIONS = [replace(bare, **manner) for bare in BARE for manner in MANNERS]  # type: ignore[arg-type]  # the fields of all conditions
WALKS = st.lists(st.tuples(st.integers(0, 1500), st.integers(-30, 30)), max_size=60)


def read_as(condition: Condition, tenths: int) -> Decimal:
    """A number around 970 as a price around 97, or as a funding rate around nothing."""
    if isinstance(condition, Gauge) and condition.figure is Figure.FUNDING:
        return Decimal(tenths - 970) / 10**5
    return Decimal(tenths) / 10


def looked_at(condition: Condition, watch: Watch, price: Decimal, at: datetime) -> Decimal | None:
    """The value of the condition's measure, worked out of what the alert itself remembers."""
    measure = measure_of(condition)
    if window_of_measure(measure) is None:
        return price
    return value_of(measure, watch.memory, price, at)


def step_of(condition: Condition) -> Callable[[Watch, Decimal, datetime], Step]:
    """What takes an alert on a condition from one value to the next."""
    if isinstance(condition, Close):
        return lambda watch, price, at: close_step(condition, watch, price, at)
    return lambda watch, price, at: watch_step(condition, watch, price, at)


def is_between(touches: Triggers, value: Decimal) -> bool:
    """Whether the database would leave an alert out, as floats and by a hair."""
    near, slack = float(value), abs(float(value)) * 1e-12
    is_low = touches.low is not None and float(touches.low) >= near - slack
    is_high = touches.high is not None and float(touches.high) <= near + slack
    return not is_low and not is_high


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
@settings(max_examples=25)
@given(walk=WALKS, is_set=st.booleans())
def test_a_value_between_the_triggers_changes_nothing(
    condition: Condition, walk: list[tuple[int, int]], *, is_set: bool
) -> None:
    """So that no touch is ever missed.

    What a window remembers moves with each price; it is no part of where the alert stands.
    """
    step = step_of(condition)
    at, price = START, 970
    past = Memory(since=START - 90 * DAY)
    first = read_as(condition, price) if is_set else None
    watch = begun_watch(condition, first, at, past if is_set else None)
    if watch.memory == Memory() and window_of_measure(measure_of(condition)) is not None:
        watch = replace(watch, memory=past)
    for seconds, change in walk:
        at, price = at + timedelta(seconds=seconds), max(price + change, 100)
        exact = read_as(condition, price)
        touches = triggers_of(condition, watch)
        value = looked_at(condition, watch, exact, at)
        after = step(watch, exact, at)
        if value is not None and is_between(touches, value):
            assert not after.fires
            assert replace(after.watch, memory=watch.memory) == watch
        watch = after.watch
