"""What becomes of a tick, case by case, and what it does to the alerts it touches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.alerts import AlertState, Direction, Line, Memory, Told, Watch, started_watch
from bot.domain.conditions import Close, Condition, Extreme, Figure, Frame, Gauge, Move, Range, Way
from bot.domain.markets import Market, Tick
from bot.domain.measures import PRICE, measure_of, value_of
from bot.domain.watching import begun_watch
from bot.prices.crossing import (
    Accept,
    Hold,
    Reason,
    Refuse,
    Seen,
    Show,
    Verdict,
    tick_effects,
    tick_verdict,
)
from storage.alert_rows import StoredAlert, shares_memory
from storage.firings import Firing
from storage.markets import StoredMarket

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MARKET = Market("bitcoin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Point = tuple[str, float]
"""A price, and how many seconds ago the provider says it was."""


def tick(told: Point) -> Tick:
    """A price that the provider saw so many seconds ago."""
    price, age = told
    return Tick(MARKET, Decimal(price), "coingecko", NOW - timedelta(seconds=age), NOW)


def stored_market(last: Point | None, waiting: Point | None = None) -> StoredMarket:
    """A market with its last price, and a wild one that waits."""
    if waiting is None:
        return StoredMarket(MARKET, tick(last) if last else None)
    price, age = waiting
    at = NOW - timedelta(seconds=age)
    return StoredMarket(MARKET, tick(last) if last else None, Decimal(price), at)


NO_NEWS, OLDER, AHEAD = Refuse(Reason.NO_NEWS), Refuse(Reason.OLDER), Refuse(Reason.AHEAD)
STALE = Show(Reason.STALE)


@pytest.mark.parametrize(
    ("last", "waiting", "told", "verdict"),
    [
        # nothing known yet
        pytest.param(None, None, ("100", 10), Accept(), id="the first tick"),
        pytest.param(None, None, ("100", 301), STALE, id="the first tick is old: shown, no more"),
        pytest.param(None, None, ("100", -61), AHEAD, id="from the future"),
        pytest.param(None, None, ("100", -60), Accept(), id="a clock a minute ahead"),
        # ordinary ticks
        pytest.param(("100", 30), None, ("101", 10), Accept(), id="moved"),
        pytest.param(("100", 30), None, ("100", 10), Accept(), id="same price, newer time"),
        pytest.param(("100", 30), None, ("100", 30), NO_NEWS, id="same price, same time"),
        pytest.param(("100", 30), None, ("101", 30), Accept(), id="corrected at the same time"),
        pytest.param(("100", 30), None, ("101", 31), OLDER, id="time goes back"),
        pytest.param(("100", 30), None, ("100", 31), OLDER, id="time goes back, same price"),
        pytest.param(("100", 900), None, ("90", 400), STALE, id="moved, but stale"),
        pytest.param(("100", 400), None, ("100", 400), NO_NEWS, id="stands still for long"),
        pytest.param(("100", 30), None, ("101", -90), AHEAD, id="jumps into the future"),
        # wild ones
        pytest.param(("100", 50), None, ("120", 10), Accept(), id="a fifth is not wild"),
        pytest.param(("100", 50), None, ("120.01", 10), Hold(), id="more than a fifth up"),
        pytest.param(("100", 50), None, ("79.99", 10), Hold(), id="more than a fifth down"),
        pytest.param(("100", 70), None, ("130", 10), Hold(), id="after exactly a minute"),
        pytest.param(("100", 71), None, ("130", 10), Accept(), id="after more than a minute"),
        pytest.param(("100", 86400), None, ("40", 10), Accept(), id="the bot was down for a day"),
        pytest.param(("100", 30), None, ("130", 30), Hold(), id="wild at the same time"),
        pytest.param(("100", 900), None, ("9", 880), STALE, id="wild and stale"),
        # one waits
        pytest.param(("100", 50), ("130", 30), ("131", 10), Accept(), id="confirmed"),
        pytest.param(("100", 50), ("130", 30), ("156", 10), Accept(), id="confirmed by a fifth"),
        pytest.param(("100", 50), ("130", 30), ("118", 10), Accept(), id="agrees with both"),
        pytest.param(("100", 50), ("130", 30), ("101", 10), Accept(), id="back: it is discarded"),
        pytest.param(("100", 50), ("130", 30), ("130", 30), NO_NEWS, id="told again"),
        pytest.param(("100", 50), ("130", 30), ("131", 30), Hold(), id="no newer time"),
        pytest.param(("100", 50), ("130", 30), ("101", 30), Accept(), id="corrected back"),
        pytest.param(("100", 50), ("130", 30), ("101", 40), OLDER, id="older than what waits"),
        pytest.param(("100", 50), ("130", 30), ("131", 40), OLDER, id="older, would confirm"),
        pytest.param(("100", 50), ("130", 30), ("100", 50), OLDER, id="the last good one again"),
        pytest.param(("100", 50), ("130", 30), ("50", 10), Hold(), id="wild the other way"),
        pytest.param(("100", 50), ("130", 30), ("170", 10), Hold(), id="wilder still"),
        pytest.param(("100", 90), ("130", 50), ("170", 10), Hold(), id="wild to what waits alone"),
        pytest.param(("100", 200), ("130", 180), ("170", 10), Accept(), id="after a long gap"),
        pytest.param(("100", 200), ("130", 180), ("131", 10), Accept(), id="confirmed late"),
        pytest.param(("100", 900), ("130", 880), ("131", 400), STALE, id="confirmed, but stale"),
    ],
)
def test_a_tick_is_judged_by_what_its_market_showed(
    last: Point | None, waiting: Point | None, told: Point, verdict: Verdict
) -> None:
    assert tick_verdict(stored_market(last, waiting), tick(told), NOW, 15) == verdict


@pytest.mark.parametrize(
    ("poll_seconds", "age", "verdict"),
    [(15, 100, Accept()), (75, 100, Hold()), (75, 170, Accept())],
)
def test_slow_polls_widen_the_minute_in_which_a_jump_is_wild(
    poll_seconds: float, age: float, verdict: Verdict
) -> None:
    assert (
        tick_verdict(stored_market(("100", age)), tick(("130", 10)), NOW, poll_seconds) == verdict
    )


def test_slow_polls_widen_the_time_until_a_price_is_stale() -> None:
    assert tick_verdict(stored_market(None), tick(("100", 400)), NOW, 15) == STALE
    assert tick_verdict(stored_market(None), tick(("100", 400)), NOW, 150) == Accept()


def stored_alert(alert_id: int, direction: Direction, level: str, set_at: str) -> StoredAlert:
    """A repeating alert on a line, set at a price."""
    line = Line(direction, Decimal(level), repeat=True)
    watch = started_watch(line, Decimal(set_at))
    return StoredAlert(alert_id, 1, MARKET, line, watch, Decimal(set_at), NOW)


def seen(price: str, age: float, previous: Point | None = None) -> Seen:
    """That price so many seconds ago, as alerts on the price see it."""
    before = tick(previous) if previous else None
    return Seen(
        PRICE,
        Decimal(price),
        Decimal(price),
        NOW - timedelta(seconds=age),
        previous_at=before.provider_at if before else None,
        previous_price=before.price if before else None,
    )


def test_a_tick_moves_and_fires_only_what_it_reaches() -> None:
    reached = stored_alert(1, Direction.ABOVE, "95", "94")
    missed = stored_alert(2, Direction.ABOVE, "97", "94")
    armed = stored_alert(3, Direction.BELOW, "95.5", "94")
    jumped = stored_alert(4, Direction.CROSS, "95", "94")
    told = replace(seen("96", 5, ("94", 20)), change_1h=Decimal(2), change_24h=Decimal("-3.5"))
    effects = tick_effects([reached, missed, armed, jumped], told, NOW, is_explained=False)
    assert {alert.id: watch.state.value for alert, watch in effects.moved} == {
        1: "waiting",
        3: "armed",
        4: "armed",
    }
    assert [(firing.alert_id, firing.arming) for firing in effects.firings] == [(1, 1), (4, 1)]
    assert effects.firings[0] == Firing(
        alert_id=1,
        arming=1,
        price=Decimal(96),
        price_at=told.at,
        fired_at=NOW,
        previous_price=Decimal(94),
        previous_at=NOW - timedelta(seconds=20),
        change_1h=Decimal(2),
        change_24h=Decimal("-3.5"),
        reason="rose to the line",
        line=Decimal(95),
    )


def test_a_firing_without_a_tick_before_says_so() -> None:
    falling = stored_alert(1, Direction.BELOW, "95", "96")
    effects = tick_effects([falling], seen("94", 1), NOW, is_explained=False)
    assert effects.firings[0].previous_at is None
    assert effects.firings[0].previous_price is None


def test_no_alerts_no_effects() -> None:
    effects = tick_effects([], seen("94", 1), NOW, is_explained=True)
    assert effects.moved == []
    assert effects.firings == []


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (("101", 10), Show(Reason.SWITCHED)),
        (("100", 10), Show(Reason.SWITCHED)),
        (("130", 10), Hold()),
        (("101", 40), OLDER),
        (("101", -61), AHEAD),
    ],
)
def test_the_first_tick_of_another_provider_is_shown_only(told: Point, verdict: Verdict) -> None:
    """Two providers differ by a little; the second tick from there fires what still holds."""
    before = replace(tick(("100", 30)), provider="binance")
    assert tick_verdict(StoredMarket(MARKET, before), tick(told), NOW, 5) == verdict
    assert tick_verdict(StoredMarket(MARKET, tick(("101", 10))), tick(("102", 5)), NOW, 5) == (
        Accept()
    )


# ---- every condition as it is stored


def stored_as(alert_id: int, condition: Condition, watch: Watch) -> StoredAlert:
    """An alert that stands there."""
    return StoredAlert(alert_id, 1, MARKET, condition, watch, None, NOW)


def armed(condition: Condition, price: object = 100, alert_id: int = 1) -> StoredAlert:
    """An alert that was set at a price; what its window remembers is the market's."""
    watch = begun_watch(condition, Decimal(str(price)), NOW)
    if shares_memory(condition) or isinstance(condition, Close):
        watch = replace(watch, memory=Memory())
    return stored_as(alert_id, condition, watch)


def market_memory(low: int, high: int) -> Memory:
    """What is known of a market for a long time: a low and a high of half an hour ago."""
    began = int((NOW - timedelta(minutes=30)).timestamp())
    return Memory(
        lows=((began, Decimal(low)),), highs=((began, Decimal(high)),), since=NOW - 90 * DAY
    )


@pytest.mark.parametrize(
    ("condition", "known", "price", "fires"),
    [
        (Move(Way.UP, Decimal("0.05"), HOUR), (98, 104), "102.9", True),
        (Move(Way.UP, Decimal("0.05"), HOUR), (98, 104), "102.8", False),
        (Move(Way.DOWN, Decimal("0.05"), HOUR), (98, 104), "98.8", True),
        (Move(Way.EITHER, Decimal("0.05"), HOUR), (98, 104), "100", False),
        (Extreme(Way.UP, HOUR), (98, 104), "104.01", True),
        (Extreme(Way.UP, HOUR), (98, 104), "104", False),
        (Extreme(Way.DOWN), (98, 104), "97.99", True),
    ],
)
def test_a_window_is_the_markets_whenever_the_alert_was_set(
    condition: Condition, known: tuple[int, int], price: str, *, fires: bool
) -> None:
    """And it stays with the market: what is stored of the alert has none of it."""
    told = replace(seen(price, 1), measure=measure_of(condition), memory=market_memory(*known))
    value = value_of(told.measure, told.memory, told.price, told.at)
    assert value is not None
    effects = tick_effects([armed(condition)], replace(told, value=value), NOW, is_explained=False)
    assert len(effects.firings) == fires
    assert [watch.memory for _, watch in effects.moved] == [Memory()] * fires
    if fires:
        assert effects.firings[0].value == value
        assert effects.firings[0].price == Decimal(price)
        assert effects.firings[0].line is not None


def test_a_close_fires_with_its_own_time() -> None:
    closing = Close(Frame.HOUR, Direction.ABOVE, Decimal(100), repeat=True)
    told = replace(seen("101", 0, ("101", 20)), measure="close:1h")
    effects = tick_effects([armed(closing, 99)], told, NOW, is_explained=False)
    (fired,) = effects.firings
    assert (fired.price, fired.line, fired.price_at) == (Decimal(101), Decimal(100), NOW)
    assert fired.reason == "rose and closed beyond the line"
    again = stored_as(1, closing, effects.moved[0][1])
    assert tick_effects([again], told, NOW, is_explained=False).firings == []


@pytest.mark.parametrize(
    ("condition", "set_at", "value", "fires"),
    [
        (Gauge(Figure.VOLUME, Direction.ABOVE, Decimal(3)), "2.5", "3", True),
        (Gauge(Figure.VOLUME, Direction.ABOVE, Decimal(3)), "2.5", "2.99", False),
        (Gauge(Figure.FUNDING, Direction.BELOW, Decimal("-0.0005")), "0", "-0.0006", True),
        (Gauge(Figure.FUNDING, Direction.BELOW, Decimal("-0.0005")), "0", "-0.0004", False),
        (Gauge(Figure.FUNDING, Direction.BELOW, Decimal("-0.0005")), "-0.0006", "-0.0007", False),
    ],
)
def test_a_figure_crosses_its_level_whatever_the_price_is(
    condition: Gauge, set_at: str, value: str, *, fires: bool
) -> None:
    """The price of the moment is stored beside it."""
    told = replace(seen("95000", 1), measure=measure_of(condition), value=Decimal(value))
    effects = tick_effects([armed(condition, set_at)], told, NOW, is_explained=False)
    assert [(one.value, one.price, one.line, one.is_partial) for one in effects.firings] == [
        (Decimal(value), Decimal(95000), condition.level, False)
    ] * fires


@pytest.mark.parametrize(
    ("direction", "set_at", "value", "fires"),
    [
        (Direction.ABOVE, "40", "60", True),
        (Direction.BELOW, "60", "40", False),
    ],
)
def test_of_what_is_only_known_in_part_a_rise_is_told_and_a_fall_is_not(
    direction: Direction, set_at: str, value: str, *, fires: bool
) -> None:
    """What was heard falling says nothing of the whole."""
    sums = Gauge(Figure.LIQUIDATIONS, direction, Decimal(50), timedelta(hours=1))
    told = replace(
        seen("95000", 1), measure=measure_of(sums), value=Decimal(value), is_partial=True
    )
    effects = tick_effects([armed(sums, set_at)], told, NOW, is_explained=False)
    assert [(one.value, one.is_partial) for one in effects.firings] == [
        (Decimal(value), True)
    ] * fires


TOLD: list[Condition] = [
    Line(Direction.ABOVE, Decimal(105)),
    Range(Decimal(95), Decimal(105)),
    Move(Way.UP, Decimal("0.05")),
]


@pytest.mark.parametrize("condition", TOLD, ids=str)
@pytest.mark.parametrize("told", list(Told))
@pytest.mark.parametrize("is_explained", [True, False])
@pytest.mark.parametrize("is_repeating", [True, False])
def test_a_crossing_that_is_not_wanted_costs_an_alert_nothing(
    condition: Condition, told: Told, *, is_explained: bool, is_repeating: bool
) -> None:
    """It waits until the price has come back, and the next crossing may be the one it wants."""
    asked = armed(replace(condition, told=told, repeat=is_repeating))
    wanted = (told is Told.EXPLAINED) == is_explained
    first = tick_effects([asked], seen("106", 9), NOW, is_explained=is_explained)
    assert len(first.firings) == wanted
    after = first.moved[0][1]
    assert after.state is (AlertState.WAITING if is_repeating or not wanted else AlertState.DONE)
    if after.state is AlertState.DONE:
        return
    back = tick_effects(
        [stored_as(1, asked.condition, after)], seen("100", 6), NOW, is_explained=is_explained
    )
    assert back.firings == []
    again = tick_effects(
        [stored_as(1, asked.condition, back.moved[0][1])],
        seen("106", 3),
        NOW,
        is_explained=told is Told.EXPLAINED,
    )
    assert [one.arming for one in again.firings] == [2]


def test_alerts_that_want_stories_stand_beside_those_that_do_not() -> None:
    line = Line(Direction.ABOVE, Decimal(105))
    asked = [
        armed(replace(line, told=told), alert_id=number)
        for number, told in enumerate((None, *Told))
    ]
    effects = tick_effects(asked, seen("106", 1), NOW, is_explained=True)
    assert [one.alert_id for one in effects.firings] == [0, 1]
    assert [alert.id for alert, _ in effects.moved] == [0, 1, 2]
