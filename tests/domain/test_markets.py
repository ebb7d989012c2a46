"""When a price is stale, from the future, or a jump."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.markets import (
    Market,
    Tick,
    is_ahead,
    is_jump,
    is_stale,
    stale_after,
    wild_within,
)

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def tick_at(at: datetime) -> Tick:
    return Tick(Market("bitcoin"), Decimal(95000), "coingecko", at, NOW)


@pytest.mark.parametrize(
    ("poll_seconds", "seconds"), [(5, 300), (100, 300), (101, 303), (600, 1800)]
)
def test_a_time_may_stand_still_for_three_polls_or_five_minutes(
    poll_seconds: float, seconds: float
) -> None:
    assert stale_after(poll_seconds) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("age", "stale"), [(0, False), (300, False), (300.001, True), (-30, False)]
)
def test_a_price_is_stale_after_that(age: float, stale: bool) -> None:
    assert is_stale(tick_at(NOW - timedelta(seconds=age)), NOW, 5) is stale


@pytest.mark.parametrize(("seconds", "ahead"), [(-5, False), (0, False), (60, False), (61, True)])
def test_clocks_may_differ_by_a_minute(seconds: float, ahead: bool) -> None:
    assert is_ahead(tick_at(NOW + timedelta(seconds=seconds)), NOW) is ahead


@pytest.mark.parametrize(
    ("previous", "price", "jump"),
    [
        ("100", "120", False),
        ("100", "120.00000001", True),
        ("100", "80", False),
        ("100", "79.99999999", True),
        ("100", "100", False),
        ("0.00000010", "0.00000012", False),
        ("0.00000010", "0.00000013", True),
    ],
)
def test_a_jump_is_more_than_a_fifth_either_way(previous: str, price: str, jump: bool) -> None:
    assert is_jump(Decimal(previous), Decimal(price)) is jump


@pytest.mark.parametrize(("poll_seconds", "seconds"), [(5, 60), (30, 60), (75, 150)])
def test_a_jump_is_wild_within_a_minute_or_two_slow_polls(
    poll_seconds: float, seconds: float
) -> None:
    assert wild_within(poll_seconds) == timedelta(seconds=seconds)
