"""Where alerts stand while values pass: the same ones are touched that the database would name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Line
from bot.domain.conditions import Condition, Move, Range, Way
from bot.domain.markets import Market
from bot.domain.watching import begun_watch, watch_step
from bot.prices.standing import Standing
from storage.alert_rows import StoredAlert

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PRICES = st.decimals("1e-12", "1e12", places=12).filter(bool)


def standing_alert(number: int, condition: Condition, set_at: Decimal) -> StoredAlert:
    """An alert on a condition that was set at a price."""
    watch = begun_watch(condition, set_at, NOW)
    return StoredAlert(number, 1, Market("bitcoin"), condition, watch, set_at, NOW, NOW)


def above(number: int, level: str, *, repeat: bool = False) -> StoredAlert:
    """An alert on rising through a level, set at 100."""
    return standing_alert(number, Line(Direction.ABOVE, Decimal(level), repeat), Decimal(100))


@pytest.mark.parametrize(
    ("price", "found"),
    [
        pytest.param("100", [], id="none"),
        pytest.param("104.9999999", [], id="nearly one"),
        pytest.param("104.99999999999999", [1], id="one by a hair too much"),
        pytest.param("105", [1], id="one"),
        pytest.param("110", [1, 2], id="both, by id"),
    ],
)
def test_those_that_a_value_reaches_are_touched(price: str, found: list[int]) -> None:
    standing = Standing([above(1, "105"), above(2, "110")])
    assert [one.id for one in standing.touched(Decimal(price))] == found


def test_an_alert_is_touched_from_where_it_was_moved_to() -> None:
    """And counts as armed since the value that armed it, else since it was."""
    alert = above(1, "105", repeat=True)
    standing = Standing([alert, above(2, "200")])
    assert standing.moved == []
    for minutes, price, is_touched in ((1, 106, True), (2, 105, False), (3, 104, True)):
        at = NOW + timedelta(minutes=minutes)
        touched = standing.touched(Decimal(price))
        assert bool(touched) == is_touched
        steps = [(one, watch_step(one.condition, one.watch, Decimal(price), at)) for one in touched]
        standing.move([(one, step.watch) for one, step in steps], at)
    ((placed, watch),) = standing.moved
    assert placed.watch == watch
    assert (watch.state, watch.arming) == (AlertState.ARMED, 2)
    assert placed.armed_at == NOW + timedelta(minutes=3)
    assert standing.armed == {1}
    assert standing.touched(Decimal("104.9")) == []
    assert standing.touched(Decimal(105)) == [placed]


def test_nothing_touches_no_alert() -> None:
    standing = Standing([])
    assert standing.touched(Decimal(1)) == []
    standing.move([], NOW)
    assert standing.moved == []


CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Line, st.sampled_from(Direction), PRICES, st.booleans()),
    st.tuples(PRICES, PRICES)
    .filter(lambda ends: ends[0] != ends[1])
    .map(lambda ends: Range(min(ends), max(ends), repeat=True)),
    st.just(Move(Way.EITHER, Decimal("0.1"), repeat=True)),
)


@given(
    asked=st.lists(st.tuples(CONDITIONS, PRICES), max_size=5), prices=st.lists(PRICES, max_size=8)
)
def test_what_is_not_touched_would_not_have_moved(
    asked: list[tuple[Condition, Decimal]], prices: list[Decimal]
) -> None:
    """Every alert is as if it had seen each price."""
    alerts = [standing_alert(number, *one) for number, one in enumerate(asked)]
    standing, watches = Standing(alerts), [one.watch for one in alerts]
    for minutes, price in enumerate(prices):
        at = NOW + timedelta(minutes=minutes)
        moved = []
        for one in standing.touched(price):
            step = watch_step(one.condition, one.watch, price, at)
            moved += [(one, step.watch)] if step.watch != one.watch else []
        standing.move(moved, at)
        watches = [
            watch_step(one.condition, watch, price, at).watch
            for one, watch in zip(alerts, watches, strict=True)
        ]
    stands = {one.id: watch for one, watch in standing.moved}
    assert [stands.get(one.id, one.watch) for one in alerts] == watches
