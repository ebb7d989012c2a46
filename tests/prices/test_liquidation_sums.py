"""Sums of what was liquidated within windows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conditions import Side
from bot.prices.liquidation_sums import LiquidationSums
from bot.prices.swap_rows import Liquidation

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(dollars: object, age: float = 0, side: Side = Side.LONGS) -> Liquidation:
    return Liquidation("BTC/USDT:USDT", side, Decimal(str(dollars)), NOW - timedelta(seconds=age))


def test_sums_are_of_each_side_and_of_both() -> None:
    sums = LiquidationSums()
    sums.add("binanceusdm", "bitcoin", event(100), NOW)
    sums.add("bybit", "bitcoin", event(30, side=Side.SHORTS), NOW)
    sums.add("bybit", "ethereum", event(7), NOW)
    found = {side: sums.total("bitcoin", side, HOUR, NOW) for side in Side}
    assert found == {Side.LONGS: 100, Side.SHORTS: 30, Side.BOTH: 130}
    assert sums.total("solana", Side.BOTH, HOUR, NOW) == 0


def test_an_event_counts_once_over_reconnects() -> None:
    """The same of another exchange is another event."""
    sums = LiquidationSums()
    assert sums.add("bybit", "bitcoin", event(100), NOW)
    assert not sums.add("bybit", "bitcoin", event(100), NOW + timedelta(minutes=4))
    assert sums.add("binanceusdm", "bitcoin", event(100), NOW)
    assert sums.total("bitcoin", Side.BOTH, HOUR, NOW) == 200


def test_a_sum_falls_as_events_leave_the_window() -> None:
    sums = LiquidationSums()
    sums.add("bybit", "bitcoin", event(100, age=240), NOW)
    sums.add("bybit", "bitcoin", event(50), NOW)
    five = timedelta(minutes=5)
    totals = [
        sums.total("bitcoin", Side.BOTH, five, NOW + timedelta(seconds=later))
        for later in (0, 60, 61, 300, 301)
    ]
    assert totals == [150, 150, 50, 50, 0]


def test_what_is_old_or_not_wanted_is_forgotten() -> None:
    sums = LiquidationSums()
    sums.add("bybit", "bitcoin", event(100), NOW)
    sums.add("bybit", "ethereum", event(100), NOW)
    sums.forget({"bitcoin"}, NOW)
    assert list(sums._spans) == ["bitcoin"]
    sums.forget({"bitcoin"}, NOW + timedelta(hours=24, seconds=10))
    assert sums._spans == {"bitcoin": {}}
    sums.forget({"bitcoin"}, NOW + timedelta(hours=25))
    assert sums._hours == {"bitcoin": {}}


def test_what_is_old_is_dropped_once_a_minute_in_its_place() -> None:
    """Nothing that stays is copied, each second, for the little that goes."""
    sums = LiquidationSums()
    sums.forget({"bitcoin"}, NOW)
    sums.add("bybit", "bitcoin", event(100, age=86_390), NOW)
    sums.add("bybit", "bitcoin", event(50), NOW)
    spans = sums._spans["bitcoin"]
    for later in range(20, 60):
        sums.forget({"bitcoin"}, NOW + timedelta(seconds=later))
    assert len(spans) == 2
    sums.forget({"bitcoin"}, NOW + timedelta(seconds=60))
    assert len(spans) == 1
    assert sums._spans["bitcoin"] is spans


def test_a_clock_that_was_set_back_does_not_keep_everything() -> None:
    sums = LiquidationSums()
    sums.forget({"bitcoin"}, NOW + timedelta(days=3))
    sums.add("bybit", "bitcoin", event(100, age=90_000), NOW)
    sums.forget({"bitcoin"}, NOW)
    assert sums._spans == {"bitcoin": {}}


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 90_000)), max_size=40, unique=True),
    st.integers(300, 86_400),
)
def test_a_sum_is_never_more_than_what_happened_in_the_window(
    events: list[tuple[int, int]], seconds: int
) -> None:
    """And no less than what happened in the window without its first ten seconds."""
    sums = LiquidationSums()
    for dollars, age in events:
        sums.add("bybit", "bitcoin", event(dollars, age), NOW)
    sums.forget({"bitcoin"}, NOW)
    window = timedelta(seconds=seconds)
    total = sums.total("bitcoin", Side.BOTH, window, NOW)
    assert total <= sum(dollars for dollars, age in events if age <= seconds)
    assert total >= sum(dollars for dollars, age in events if age <= seconds - 10)
