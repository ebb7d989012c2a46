"""What is believed of rows about swaps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conditions import Side
from bot.prices.swap_rows import (
    Funding,
    Liquidation,
    funding_or_reason,
    liquidation_or_reason,
)

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SWAP = "BTC/USDT:USDT"


def at(seconds: float) -> int:
    return int((NOW + timedelta(seconds=seconds)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"fundingRate": "0.0001", "timestamp": at(-5)}, Decimal("0.0001")),
        ({"fundingRate": -0.0003, "timestamp": at(0)}, Decimal("-0.0003")),
        ({"fundingRate": "0", "timestamp": None}, Decimal(0)),
        ({"fundingRate": None}, "rate_missing"),
        ({"fundingRate": "NaN"}, "rate_no_number"),
        ({"fundingRate": True}, "rate_no_number"),
        ({"fundingRate": "0.5"}, "rate_absurd"),
        ({"fundingRate": "-0.5"}, "rate_absurd"),
        ({"fundingRate": "0.0001", "symbol": "ETH/USDT:USDT"}, "not_asked"),
        ({"fundingRate": "0.0001", "timestamp": at(-301)}, "stale"),
        ({"fundingRate": "0.0001", "timestamp": at(61)}, "time_ahead"),
        ({"fundingRate": "0.0001", "timestamp": "noon"}, "time_unreadable"),
        ({"fundingRate": "0.0001", "timestamp": 1e30}, "time_unreadable"),
    ],
)
def test_a_rate_is_a_small_number_of_now_about_the_swap(
    row: dict[str, Any], expected: Decimal | str
) -> None:
    found = funding_or_reason({"symbol": SWAP, **row}, SWAP, NOW)
    assert (found.rate if isinstance(found, Funding) else found) == expected


def test_what_is_no_row_is_no_rate() -> None:
    assert funding_or_reason("<html>", SWAP, NOW) == "no_row"


@pytest.mark.parametrize(
    ("exchange", "side", "expected"),
    [
        ("binanceusdm", "sell", Side.LONGS),
        ("binanceusdm", "buy", Side.SHORTS),
        ("okx", "SELL", Side.LONGS),
        ("bybit", "buy", Side.LONGS),
        ("bybit", "sell", Side.SHORTS),
        ("bybit", None, "side_unknown"),
        ("another", "sell", "side_unknown"),
    ],
)
def test_a_side_means_whose_position_it_was(
    exchange: str, side: str | None, expected: Side | str
) -> None:
    """Orders that close a long sell it; Bybit tells the position's side."""
    row = {"symbol": SWAP, "side": side, "contracts": "2", "price": "10", "timestamp": at(0)}
    found = liquidation_or_reason(row, exchange, "1", NOW)
    assert (found.side if isinstance(found, Liquidation) else found) == expected


@pytest.mark.parametrize(
    ("contracts", "price", "size", "expected"),
    [
        ("2", "95000", "1", Decimal(190_000)),
        ("300", "95000", "0.01", Decimal(285_000)),
        ("2", "95000", None, "amount_no_number"),
        ("NaN", "95000", "1", "amount_no_number"),
        ("-2", "95000", "1", "amount_not_positive"),
        ("2", "0", "1", "amount_not_positive"),
        ("1e9", "1000", "1", "amount_absurd"),
    ],
)
def test_an_amount_is_contracts_of_their_size_at_the_price(
    contracts: object, price: object, size: object, expected: Decimal | str
) -> None:
    row = {
        "symbol": SWAP,
        "side": "sell",
        "contracts": contracts,
        "price": price,
        "timestamp": at(0),
    }
    found = liquidation_or_reason(row, "binanceusdm", size, NOW)
    assert (found.dollars if isinstance(found, Liquidation) else found) == expected


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from(["side", "contracts", "price", "timestamp"]), JSONS))
def test_no_row_raises_or_counts_below_nothing(row: dict[str, Any]) -> None:
    """A row of any values gives a positive amount near now, or a reason."""
    found = liquidation_or_reason({"symbol": SWAP, "side": "sell", **row}, "okx", "1", NOW)
    if isinstance(found, Liquidation):
        assert found.dollars > 0
        assert NOW - timedelta(minutes=5) <= found.at <= NOW + timedelta(minutes=1)
