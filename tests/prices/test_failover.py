"""Who is asked, who is set aside and for how long, and whose price is off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.markets import Market, Tick
from bot.domain.providers import Trouble
from bot.prices.failover import (
    Standing,
    after_answer,
    after_failure,
    after_refusal,
    chosen_provider,
    comparable_prices,
    completed,
    off_providers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
BLOCKED, FAILING, STALE = Trouble.BLOCKED, Trouble.FAILING, Trouble.STALE
OFF, MISSING = Trouble.OFF, Trouble.MISSING


def tick(provider: str, price: str, age: float = 0, **more: Decimal | None) -> Tick:
    at = NOW - timedelta(seconds=age)
    return Tick(Market("bitcoin"), Decimal(price), provider, at, NOW, **more)


@pytest.mark.parametrize(
    ("troubles", "chosen"),
    [
        ({"a": None, "b": None}, "a"),
        ({"a": BLOCKED, "b": None}, "b"),
        ({"a": MISSING, "b": None}, "b"),
        ({"a": OFF, "b": STALE, "c": None}, "c"),
        ({"a": FAILING, "b": STALE}, "b"),
        ({"a": FAILING, "b": FAILING}, "a"),
        ({"a": MISSING, "b": FAILING}, "b"),
        ({"a": MISSING, "b": MISSING}, "b"),
        ({"a": OFF, "b": MISSING}, "b"),
        ({"a": BLOCKED, "b": OFF}, None),
        ({}, None),
    ],
)
def test_the_first_without_trouble_is_asked_else_the_mildest(
    troubles: Mapping[str, Trouble | None], chosen: str | None
) -> None:
    assert chosen_provider(troubles) == chosen


def test_three_failures_in_a_row_set_aside_for_a_minute_then_longer() -> None:
    standing = Standing()
    troubles = []
    for _ in range(3):
        standing = after_failure(standing, 500, "HTTP 500", 100.0)
        troubles.append(standing.trouble)
    assert troubles == [None, None, FAILING]
    assert (standing.detail, standing.until) == ("HTTP 500", 160.0)
    assert standing.is_aside(159)
    assert not standing.is_aside(160)
    waits = []
    for _ in range(8):
        now = standing.until
        standing = after_failure(standing, 500, "HTTP 500", now)
        waits.append(standing.until - now)
    assert waits == [120, 240, 480, 960, 1800, 1800, 1800, 1800]


def test_a_good_answer_between_failures_begins_the_count_anew() -> None:
    standing = after_failure(after_failure(Standing(), None, "x", 0), None, "x", 0)
    standing = after_answer(standing, timedelta(0), FIVE_MINUTES, 0)
    assert standing == Standing()
    assert after_failure(standing, None, "x", 0).trouble is None


def test_a_provider_that_is_blocked_is_set_aside_at_once_for_an_hour() -> None:
    standing = after_failure(Standing(), 451, "HTTP 451", 0)
    assert (standing.trouble, standing.until) == (BLOCKED, 3600)


def test_one_that_asks_to_be_left_alone_is_for_as_long() -> None:
    assert after_refusal(Standing(), "HTTP 418", 0, 900).until == 900
    assert after_refusal(Standing(), "HTTP 429", 0, 1).until == 60


@pytest.mark.parametrize(
    ("minutes", "trouble"), [(0, None), (5, None), (5.1, STALE), (600, STALE), (None, None)]
)
def test_a_time_that_stands_still_sets_aside(minutes: float | None, trouble: Trouble) -> None:
    age = None if minutes is None else timedelta(minutes=minutes)
    assert after_answer(Standing(), age, FIVE_MINUTES, 0).trouble is trouble


def test_an_empty_answer_ends_no_trouble() -> None:
    aside = after_failure(Standing(), 451, "HTTP 451", 0)
    assert after_answer(aside, None, FIVE_MINUTES, 4000).trouble is BLOCKED


@pytest.mark.parametrize(
    ("prices", "agreed", "off"),
    [
        ({}, None, set()),
        ({"x": 100}, None, set()),
        ({"x": 100, "y": 105}, None, set()),
        ({"x": 100, "y": "105.1"}, 100, {"y"}),
        ({"x": 100, "y": "105.1"}, 104, set()),
        ({"x": 100, "y": 200}, 201, {"x"}),
        ({"x": 100, "y": 200}, None, set()),
        ({"x": 100, "gecko": 200}, None, {"x"}),
        ({"x": 100, "gecko": 200}, 101, {"gecko"}),
        ({"x": 100, "gecko": 200}, 150, {"x"}),
        ({"x": 100, "y": 101, "gecko": 200}, None, {"gecko"}),
        ({"x": 100, "y": 101, "z": 99}, None, set()),
        ({"x": 100, "y": 104, "z": 108}, None, set()),
        ({"x": 1, "y": 2, "z": 3}, None, set()),
        ({"x": 1, "y": 2, "gecko": 3}, None, {"x", "y"}),
        ({"x": 1, "y": 1, "z": 2, "v": 2}, 2, {"x", "y"}),
    ],
)
def test_whoever_disagrees_with_most_is_off(
    prices: dict[str, object], agreed: object, off: set[str]
) -> None:
    found = {name: Decimal(str(price)) for name, price in prices.items()}
    last = None if agreed is None else Decimal(str(agreed))
    assert off_providers(found, last, "gecko") == off


def test_only_prices_of_about_the_same_time_are_compared() -> None:
    ticks = {"a": tick("a", "1", 10), "b": tick("b", "2", 180), "c": tick("c", "3", 181)}
    assert comparable_prices(ticks, NOW) == {"a": Decimal(1), "b": Decimal(2)}


def test_what_a_provider_does_not_tell_comes_from_another_of_late() -> None:
    own = tick("a", "100", change_24h=Decimal(1))
    old = tick("b", "90", 601, change_1h=Decimal(7))
    late = tick("c", "99", 600, change_1h=Decimal(2), change_24h=Decimal(3), low_24h=Decimal(95))
    found = completed(own, [old, late], NOW)
    assert (found.price, found.provider) == (Decimal(100), "a")
    assert [found.change_1h, found.change_24h, found.low_24h] == [Decimal(n) for n in (2, 1, 95)]
    assert found.change_7d is None
    assert completed(own, [], NOW) == own
