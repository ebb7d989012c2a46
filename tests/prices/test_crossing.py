"""What becomes of a tick, case by case, and what it does to the alerts it touches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.markets import Market, Tick
from bot.prices.crossing import (
    Accept,
    Hold,
    Reason,
    Refuse,
    Show,
    Verdict,
    tick_effects,
    tick_verdict,
)
from storage.alerts import Firing, StoredAlert
from storage.markets import StoredMarket

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MARKET = Market("bitcoin")

Told = tuple[str, float]
"""A price, and how many seconds ago the provider says it was."""


def tick(told: Told) -> Tick:
    price, age = told
    return Tick(MARKET, Decimal(price), "coingecko", NOW - timedelta(seconds=age), NOW)


def stored_market(last: Told | None, waiting: Told | None = None) -> StoredMarket:
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
    last: Told | None, waiting: Told | None, told: Told, verdict: Verdict
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
    line = Line(direction, Decimal(level), repeat=True)
    watch = started_watch(line, Decimal(set_at))
    return StoredAlert(alert_id, 1, MARKET, line, watch, Decimal(set_at), NOW)


def test_a_tick_moves_and_fires_only_what_it_reaches() -> None:
    reached = stored_alert(1, Direction.ABOVE, "95", "94")
    missed = stored_alert(2, Direction.ABOVE, "97", "94")
    armed = stored_alert(3, Direction.BELOW, "95.5", "94")
    jumped = stored_alert(4, Direction.CROSS, "95", "94")
    told = tick(("96", 5))
    told = Tick(MARKET, told.price, "coingecko", told.provider_at, NOW, Decimal(2), Decimal("-3.5"))
    effects = tick_effects([reached, missed, armed, jumped], told, tick(("94", 20)), NOW)
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
        price_at=told.provider_at,
        fired_at=NOW,
        previous_price=Decimal(94),
        previous_at=NOW - timedelta(seconds=20),
        change_1h=Decimal(2),
        change_24h=Decimal("-3.5"),
    )


def test_a_firing_without_a_tick_before_says_so() -> None:
    effects = tick_effects(
        [stored_alert(1, Direction.BELOW, "95", "96")], tick(("94", 1)), None, NOW
    )
    assert effects.firings[0].previous_at is None
    assert effects.firings[0].previous_price is None


def test_no_alerts_no_effects() -> None:
    effects = tick_effects([], tick(("94", 1)), None, NOW)
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
def test_the_first_tick_of_another_provider_is_shown_only(told: Told, verdict: Verdict) -> None:
    """Two providers differ by a little; the second tick from there fires what still holds."""
    before = replace(tick(("100", 30)), provider="binance")
    assert tick_verdict(StoredMarket(MARKET, before), tick(told), NOW, 5) == verdict
    assert tick_verdict(StoredMarket(MARKET, tick(("101", 10))), tick(("102", 5)), NOW, 5) == (
        Accept()
    )
