"""CoinGecko's past prices: what its answer holds, and what it cannot be trusted with."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ParseError
from bot.prices.coingecko_history import history_url, prices_from, volumes_from, volumes_url

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MS = int(AT.timestamp() * 1000)


def test_the_address_names_asset_currency_and_days() -> None:
    assert history_url("https://gecko.example/api/v3", "a/b?c", "EUR", 90) == (
        "https://gecko.example/api/v3/coins/a%2Fb%3Fc/market_chart"
        "?vs_currency=eur&days=90&precision=full"
    )


def test_prices_come_oldest_first_each_time_once() -> None:
    pairs = [[MS + 60_000, Decimal("2.5")], [MS, 1], [MS, 9]]
    assert prices_from({"prices": pairs, "total_volumes": []}) == [
        (AT, Decimal(1)),
        (AT + timedelta(minutes=1), Decimal("2.5")),
    ]


@pytest.mark.parametrize(
    "pair",
    [
        [MS, None],
        [MS, 0],
        [MS, -5],
        [MS, Decimal("NaN")],
        [MS, Decimal("1E+40")],
        [MS, True],
        [MS, "95000"],
        [None, 5],
        [Decimal("Infinity"), 5],
        [10**20, 5],
        [MS],
        [MS, 5, 6],
        "95000",
        None,
    ],
)
def test_what_is_no_price_is_left_out(pair: object) -> None:
    assert prices_from({"prices": [pair, [MS, 7]]}) == [(AT, Decimal(7))]


@pytest.mark.parametrize("answer", [None, [], {}, {"prices": None}, {"error": "no"}, "<html>"])
def test_an_answer_without_prices_is_an_error(answer: object) -> None:
    with pytest.raises(ParseError, match="no list of past prices"):
        prices_from(answer)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["prices", "x"]), inner),
    )
)
def test_no_answer_breaks_the_reader(answer: object) -> None:
    try:
        found = prices_from(answer)
    except ParseError:
        return
    assert all(price > 0 for _, price in found)
    assert list(found) == sorted(found)


MIDNIGHT = int(datetime(2026, 3, 14, tzinfo=UTC).timestamp() * 1000)
YESTERDAY = datetime(2026, 3, 13, tzinfo=UTC)


def test_the_address_of_volumes_asks_day_by_day() -> None:
    address = volumes_url("https://gecko.example/api/v3", "bitcoin", "USD", 30)
    assert address.endswith("/market_chart?vs_currency=usd&days=30&precision=full&interval=daily")


def test_a_volume_at_midnight_is_that_of_the_day_before() -> None:
    """The last point is of now, and of no whole day."""
    pairs = [[MIDNIGHT, 7], [MIDNIGHT - 86_400_000, Decimal("2.5")], [MS, 9999]]
    assert volumes_from({"total_volumes": pairs}) == [
        (YESTERDAY - timedelta(days=1), Decimal("2.5")),
        (YESTERDAY, Decimal(7)),
    ]


def test_what_is_no_volume_is_left_out() -> None:
    bad = [None, -1, True, "7", Decimal("NaN"), Decimal(10) ** 15]
    pairs: list[object] = [[MIDNIGHT, volume] for volume in bad]
    assert volumes_from({"total_volumes": [*pairs, [MIDNIGHT], None, "x"]}) == []


@pytest.mark.parametrize("answer", [None, [], {}, {"total_volumes": "<html>"}])
def test_an_answer_without_volumes_is_refused(answer: object) -> None:
    with pytest.raises(ParseError):
        volumes_from(answer)
