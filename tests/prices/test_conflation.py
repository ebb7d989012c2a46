"""Which ticks of many are passed on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.markets import Market, Tick
from bot.prices.conflation import Conflation

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")


def tick(price: int, place: int = 0, market: Market = BITCOIN) -> Tick:
    at = NOON + timedelta(milliseconds=place)
    return Tick(market, Decimal(price), "x", at, at)


def prices(conflation: Conflation, market: Market = BITCOIN) -> list[int]:
    batches = conflation.taken()
    assert all(len({t.market for t in batch}) == len(batch) for batch in batches)
    return [int(t.price) for batch in batches for t in batch if t.market == market]


@pytest.mark.parametrize(
    ("heard", "passed"),
    [
        ([], []),
        ([5], [5]),
        ([5, 5, 5], [5]),
        ([5, 6, 7], [5, 7]),
        ([5, 9, 1, 5], [9, 1, 5]),
        ([5, 1, 9, 5], [1, 9, 5]),
        ([5, 5, 9, 9, 5], [9, 5]),
        ([9, 5, 1], [9, 1]),
    ],
)
def test_the_newest_counts_and_the_extremes_before_it(heard: list[int], passed: list[int]) -> None:
    conflation = Conflation()
    for place, price in enumerate(heard):
        conflation.add(tick(price, place))
    assert prices(conflation) == passed
    assert conflation.taken() == [], "what was taken is gone"


def test_markets_do_not_mix() -> None:
    conflation = Conflation()
    for place, price in enumerate([5, 9, 1, 6]):
        conflation.add(tick(price, place))
        conflation.add(tick(100 - price, place, ETHER))
    batches = conflation.taken()
    assert [len(batch) for batch in batches] == [2, 2, 2]
    assert [int(t.price) for batch in batches for t in batch if t.market == ETHER] == [91, 99, 94]


def test_what_could_not_be_passed_on_comes_before_what_was_heard_since() -> None:
    conflation = Conflation()
    for place, price in enumerate([5, 9, 1, 6]):
        conflation.add(tick(price, place))
    late = [t for batch in conflation.taken() for t in batch]
    conflation.add(tick(7, 10))
    conflation.add(tick(8, 11))
    conflation.put_back(late)
    assert prices(conflation) == [9, 1, 8]


@given(st.lists(st.integers(1, 50), min_size=1), st.integers(1, 50))
def test_every_line_that_is_crossed_is_crossed_by_what_is_passed_on(
    heard: list[int], before: int
) -> None:
    """From the price before; and the last price is the last."""
    conflation = Conflation()
    for place, price in enumerate(heard):
        conflation.add(tick(price, place))
    passed = prices(conflation)
    assert passed[-1] == heard[-1]
    assert len(passed) <= 3
    assert (max(passed), min(passed)) == (max(heard), min(heard))
    rises = [line for line in range(1, 51) if before < line <= max(heard)]
    assert rises == [line for line in range(1, 51) if before < line <= max(passed)]
