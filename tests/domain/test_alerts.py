"""The state machine of a level alert, by tables and against models written another way."""

import csv
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import (
    AlertState,
    Direction,
    Line,
    Side,
    Watch,
    next_step,
    started_watch,
    triggers,
)

ABOVE, BELOW, CROSS = Direction.ABOVE, Direction.BELOW, Direction.CROSS


def line_at_95(direction: Direction, *, repeat: bool = True) -> Line:
    """A line at 95; its band reaches from 94.525 to 95.475."""
    return Line(direction, Decimal(95), repeat)


def fired_at(line: Line, prices: Iterable[Decimal]) -> list[int]:
    """The indexes of the prices that fire; the first price is the one the alert was set at."""
    walk = iter(prices)
    watch = started_watch(line, next(walk))
    fired = []
    for index, price in enumerate(walk, start=1):
        step = next_step(line, watch, price)
        if step.fires:
            fired.append(index)
        watch = step.watch
    return fired


def decimals(text: str) -> list[Decimal]:
    return [Decimal(word) for word in text.split()]


@pytest.mark.parametrize(
    ("direction", "prices", "fired"),
    [
        pytest.param(ABOVE, "94 96", [1], id="rises through"),
        pytest.param(ABOVE, "94 95", [1], id="reaches exactly"),
        pytest.param(ABOVE, "94 94.99999999", [], id="does not reach"),
        pytest.param(ABOVE, "94 96 97 96 98", [1], id="stays beyond"),
        pytest.param(ABOVE, "94 96 94.9 96 94.6 96", [1], id="hovers inside the band"),
        pytest.param(ABOVE, "94 96 94.525 95", [1, 3], id="leaves by exactly the band"),
        pytest.param(ABOVE, "94 96 94.526 95", [1], id="leaves by almost the band"),
        pytest.param(ABOVE, "94 96 90 96 90 96", [1, 3, 5], id="comes back again and again"),
        pytest.param(ABOVE, "96 97 98", [], id="set beyond its line"),
        pytest.param(ABOVE, "96 94.9 95", [2], id="set beyond, arms without a band"),
        pytest.param(ABOVE, "96 95 96", [], id="set beyond, came to the line only"),
        pytest.param(ABOVE, "95 96 94 95", [3], id="set on the line"),
        pytest.param(BELOW, "96 94", [1], id="falls through"),
        pytest.param(BELOW, "96 95", [1], id="falls to exactly"),
        pytest.param(BELOW, "94 93 96 95", [3], id="below, set beyond"),
        pytest.param(BELOW, "96 94 95.474 94", [1], id="below, inside the band"),
        pytest.param(BELOW, "96 94 95.475 94", [1, 3], id="below, leaves by the band"),
        pytest.param(CROSS, "94 96", [1], id="bare, rises"),
        pytest.param(CROSS, "96 94", [1], id="bare, falls"),
        pytest.param(CROSS, "95 96 95", [2], id="bare, set on the line, leaves over"),
        pytest.param(CROSS, "95 94 95", [2], id="bare, set on the line, leaves under"),
        pytest.param(CROSS, "94 95.1 94.9 95.1 94.9", [1], id="bare, hovers"),
        pytest.param(CROSS, "94 95.1 95.475 95", [1, 3], id="bare, leaves over by the band"),
        pytest.param(CROSS, "94 95.1 94.525 95", [1, 3], id="bare, leaves under by the band"),
        pytest.param(CROSS, "94 95.1 94 93", [1], id="bare, falls back through unarmed"),
        pytest.param(CROSS, "94 96 90", [1, 2], id="bare, jumps over the band and back"),
        pytest.param(CROSS, "94 96 90 96 90", [1, 2, 3, 4], id="bare, jumps to and fro"),
        pytest.param(CROSS, "94 96 94.9 96", [1, 2], id="bare, jumps over, back into the band"),
    ],
)
def test_a_repeating_alert_fires_on_crossings(
    direction: Direction, prices: str, fired: list[int]
) -> None:
    assert fired_at(line_at_95(direction), decimals(prices)) == fired


@pytest.mark.parametrize("direction", list(Direction))
def test_an_alert_without_repeat_fires_once(direction: Direction) -> None:
    line = line_at_95(direction, repeat=False)
    assert fired_at(line, decimals("94 96 90 99 90 96")) == [2 if direction is BELOW else 1]


def test_the_band_can_be_set() -> None:
    tight = Line(ABOVE, Decimal(1), repeat=True, band=Decimal("0.0005"))
    assert fired_at(tight, decimals("0.99 1.001 0.9995 1 0.9996 1")) == [1, 3]


def test_an_alert_set_without_a_price_is_armed_by_the_first() -> None:
    line = line_at_95(ABOVE)
    watch = started_watch(line, None)
    assert watch == Watch(AlertState.WAITING)
    assert next_step(line, watch, Decimal(94)).watch == Watch(AlertState.ARMED, Side.UNDER, 1)
    assert next_step(line, watch, Decimal(96)).watch == watch


def test_each_arming_has_its_own_number_and_a_firing_keeps_the_one_it_spent() -> None:
    line = line_at_95(CROSS)
    watch = started_watch(line, Decimal(94))
    assert watch.arming == 1
    fired = next_step(line, watch, Decimal(96))
    assert fired.fires
    assert fired.watch == Watch(AlertState.ARMED, Side.OVER, 2, fired=True)
    assert next_step(line, fired.watch, Decimal(96)).watch == fired.watch


@pytest.mark.parametrize(
    ("watch", "price", "reason"),
    [
        (Watch(AlertState.DONE, Side.UNDER, 1, fired=True), "96", "done"),
        (Watch(AlertState.ARMED, Side.UNDER, 1), "94", "has not reached the line"),
        (Watch(AlertState.ARMED, Side.UNDER, 1), "96", "rose to the line"),
        (Watch(AlertState.ARMED, Side.OVER, 1), "94", "fell to the line"),
        (Watch(AlertState.WAITING, None, 1, fired=True), "95", "waits for the price to come back"),
        (Watch(AlertState.WAITING, None, 1, fired=True), "94", "armed under the line"),
        (Watch(AlertState.WAITING, None, 1, fired=True), "96", "armed over the line"),
    ],
)
def test_each_step_has_its_reason(watch: Watch, price: str, reason: str) -> None:
    assert next_step(line_at_95(CROSS), watch, Decimal(price)).reason == reason


# ---- against models

prices_near_95 = st.lists(
    st.integers(min_value=9350, max_value=9650).map(lambda cents: Decimal(cents) / 100),
    min_size=2,
    max_size=60,
)
lines = st.builds(
    Line,
    st.sampled_from(list(Direction)),
    st.just(Decimal(95)),
    st.booleans(),
    st.sampled_from([Decimal("0.005"), Decimal("0.001"), Decimal(0), Decimal("0.1")]),
)


def crossings(line: Line, prices: list[Decimal]) -> list[int]:
    """The reference: looks back over the prices since the last firing, keeps no state.

    The gap is nothing before the first firing and the band afterwards; the firing price itself
    counts as the first of the prices since.
    """
    fired: list[int] = []
    since = 0
    for index in range(1, len(prices)):
        side = side_left_to(line, prices[since:index], after_firing=bool(fired))
        rises = side == "under" and prices[index] >= line.level
        falls = side == "over" and prices[index] <= line.level
        if (rises or falls) and (line.repeat or not fired):
            fired.append(index)
            since = index
    return fired


def side_left_to(line: Line, prices: list[Decimal], *, after_firing: bool) -> str | None:
    """The first side of the line that the price went to far enough, if this alert minds it."""
    gap = line.level * line.band if after_firing else Decimal(0)
    for price in prices:
        if price < line.level and line.level - price >= gap and line.direction != "below":
            return "under"
        if price > line.level and price - line.level >= gap and line.direction != "above":
            return "over"
    return None


@given(lines, prices_near_95)
def test_the_state_machine_agrees_with_a_model_that_only_looks_back(
    line: Line, prices: list[Decimal]
) -> None:
    assert fired_at(line, prices) == crossings(line, prices)


@given(lines, prices_near_95, st.data())
def test_a_jump_does_what_the_same_way_in_small_steps_does(
    line: Line, prices: list[Decimal], data: st.DataObject
) -> None:
    watch = started_watch(line, prices[0])
    for before, after in pairwise(prices):
        share = data.draw(st.integers(min_value=0, max_value=10))
        between = before + (after - before) * share / 10
        small = next_step(line, watch, between)
        rest = next_step(line, small.watch, after)
        jump = next_step(line, watch, after)
        assert jump.watch == rest.watch
        assert jump.fires == (small.fires or rest.fires)
        assert not (small.fires and rest.fires)
        watch = jump.watch


@given(lines, prices_near_95)
def test_the_same_price_again_changes_nothing(line: Line, prices: list[Decimal]) -> None:
    watch = started_watch(line, prices[0])
    for price in prices:
        watch = next_step(line, watch, price).watch
        again = next_step(line, watch, price)
        assert again.watch == watch
        assert not again.fires


@given(lines, prices_near_95, st.integers(min_value=93500, max_value=96500))
def test_no_price_between_the_triggers_changes_the_watch(
    line: Line, prices: list[Decimal], mills: int
) -> None:
    price = Decimal(mills) / 1000
    watch = started_watch(line, prices[0])
    for reached in prices[1:]:
        watch = next_step(line, watch, reached).watch
    at = triggers(line, watch)
    low_reached = at.low is not None and price <= at.low
    high_reached = at.high is not None and price >= at.high
    if not low_reached and not high_reached:
        assert next_step(line, watch, price).watch == watch
    elif price != line.level or watch.state is AlertState.ARMED:
        assert next_step(line, watch, price).watch != watch


# ---- real candles


@pytest.fixture(scope="module")
def hourly_prices() -> list[tuple[datetime, Decimal]]:
    """Three years of hourly candles, each as the four prices it is walked by."""
    folder = os.environ.get("COINBELL_CORPUS")
    if not folder:
        pytest.skip("COINBELL_CORPUS names no folder")
    (path,) = (Path(folder) / "prices").glob("btcusdt-1h*.csv")
    with path.open(newline="") as file:
        return list(walked(csv.DictReader(file)))


def walked(candles: Iterable[dict[str, str]]) -> Iterator[tuple[datetime, Decimal]]:
    for row in candles:
        at = datetime.fromisoformat(row["datetime"])
        low_first = Decimal(row["close"]) > Decimal(row["open"])
        turns = ("low", "high") if low_first else ("high", "low")
        yield from ((at, Decimal(row[name])) for name in ("open", *turns, "close"))


@pytest.mark.corpus
def test_the_crash_of_october_2025_fires_a_falling_alert_once(
    hourly_prices: list[tuple[datetime, Decimal]],
) -> None:
    line = Line(BELOW, Decimal(105000))
    since = [(at, price) for at, price in hourly_prices if at >= datetime(2025, 10, 10, 20)]  # noqa: DTZ001  # the file names no zone
    fired = fired_at(line, [price for _, price in since])
    assert [since[index][0] for index in fired] == [datetime(2025, 10, 10, 21)]  # noqa: DTZ001  # as above


@pytest.mark.corpus
@pytest.mark.parametrize("level", [28000, 65000, 105000])
@pytest.mark.parametrize("direction", list(Direction))
def test_three_years_of_candles_fire_as_a_plain_count_says(
    hourly_prices: list[tuple[datetime, Decimal]], level: int, direction: Direction
) -> None:
    prices = [price for _, price in hourly_prices]
    line = Line(direction, Decimal(level), repeat=True)
    fired = fired_at(line, prices)
    assert fired
    assert fired == plain_count(prices, Decimal(level), direction)


def plain_count(prices: list[Decimal], level: Decimal, direction: Direction) -> list[int]:
    """Crossings counted with a set of the sides that the price has left to since the last."""
    far_under, far_over = level * Decimal("0.995"), level * Decimal("1.005")
    ready_up = prices[0] < level
    ready_down = prices[0] > level
    under, over = level, level
    fired = []
    for index, price in enumerate(prices[1:], start=1):
        up = ready_up and price >= level and direction != "below"
        down = ready_down and price <= level and direction != "above"
        if up or down:
            fired.append(index)
            ready_up = ready_down = False
            under, over = far_under, far_over
        if direction == "cross" and (ready_up or ready_down):
            continue
        ready_up = ready_up or (price <= under and price != level)
        ready_down = ready_down or (price >= over and price != level)
    return fired
