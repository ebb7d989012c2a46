"""Which closes of candles a tick is the first to know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.candles import opened_at
from bot.domain.conditions import Frame
from bot.domain.markets import Market, Tick
from bot.domain.measures import close_measure
from bot.prices.closes import closes_between

BITCOIN = Market("bitcoin")
ALL = ("close:1h", "close:4h", "close:1d", "close:1w")
# A Monday.
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def tick(clock: str, price: object = 100, day: int = 5) -> Tick:
    """A price at a time of a day of January."""
    at = datetime.fromisoformat(f"2026-01-{day:02}T{clock}+00:00")
    return Tick(BITCOIN, Decimal(str(price)), "coingecko", at, at, Decimal(1), Decimal(2))


@pytest.mark.parametrize(
    ("before", "after", "closed"),
    [
        pytest.param(("08:30:00", 5), ("08:59:59", 5), [], id="the hour goes on"),
        pytest.param(("10:59:30", 5), ("11:00:00", 5), ["1h"], id="exactly at its end"),
        pytest.param(("10:59:30", 5), ("11:00:05", 5), ["1h"], id="just after its end"),
        pytest.param(("11:59:59", 5), ("12:00:01", 5), ["1h", "4h"], id="four hours too"),
        pytest.param(("23:58:00", 5), ("00:00:01", 6), ["1h", "4h", "1d"], id="a day too"),
        pytest.param(("23:59:00", 11), ("00:00:00", 12), ["1h", "4h", "1d", "1w"], id="and a week"),
        pytest.param(("10:55:00", 5), ("11:00:05", 5), ["1h"], id="seen five minutes before"),
        pytest.param(("10:54:59", 5), ("11:00:05", 5), [], id="seen too long before"),
        pytest.param(("10:59:00", 5), ("14:30:00", 5), ["1h"], id="a gap behind the close"),
        pytest.param(("10:59:00", 5), ("12:01:00", 5), ["1h"], id="an hour without a price"),
        pytest.param(("11:00:00", 5), ("11:00:05", 5), [], id="the new hour has begun"),
        pytest.param(("10:59:59", 5), ("10:59:59", 5), [], id="corrected at the same time"),
    ],
)
def test_a_tick_tells_the_closes_before_it(
    before: tuple[str, int], after: tuple[str, int], closed: list[str]
) -> None:
    """The price of the tick before, at the candle's end."""
    first, second = tick(before[0], 97, before[1]), tick(after[0], 103, after[1])
    found = list(closes_between(ALL, first, second))
    assert [one.measure for one in found] == [f"close:{name}" for name in closed]
    for one in found:
        length = timedelta(seconds=Frame(one.measure.removeprefix("close:")).seconds)
        assert one.at == opened_at(first.provider_at, length) + length
        assert (one.value, one.price) == (Decimal(97), Decimal(97))
        assert (one.previous_at, one.previous_price) == (first.provider_at, Decimal(97))
        assert (one.change_1h, one.change_24h) == (Decimal(1), Decimal(2))


def test_only_what_is_looked_at_is_told() -> None:
    first, second = tick("11:59:59"), tick("12:00:01")
    measures = ("up:3600", "close:4h", "volume", "high:0")
    assert [one.measure for one in closes_between(measures, first, second)] == ["close:4h"]
    assert list(closes_between((), first, second)) == []


def test_the_first_tick_closes_nothing() -> None:
    assert list(closes_between(ALL, None, tick("12:00:01"))) == []


@pytest.mark.parametrize("frame", list(Frame))
@given(steps=st.lists(st.integers(0, 40_000), max_size=80))
def test_a_candle_closes_at_most_once(frame: Frame, steps: list[int]) -> None:
    """With the last price before its end, over all ticks of a walk."""
    at, ticks = MONDAY, []
    for number, seconds in enumerate(steps):
        at += timedelta(seconds=seconds)
        ticks.append(Tick(BITCOIN, Decimal(number + 1), "coingecko", at, at))
    measure = close_measure(frame.value)
    found = [
        one for first, second in pairwise(ticks) for one in closes_between([measure], first, second)
    ]
    ends = [one.at for one in found]
    assert ends == sorted(set(ends))
    for one in found:
        before = [t for t in ticks if t.provider_at < one.at]
        assert before[-1].price == one.price
        assert one.at - before[-1].provider_at <= 5 * MINUTE
        assert opened_at(one.at, timedelta(seconds=frame.seconds)) == one.at
