"""CoinGecko's fields and types, and answers broken on order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from bot.demo.sample_gecko import (
    Fault,
    Quote,
    asked_changes,
    faulty,
    is_quoted,
    iso,
    market_chart,
    market_row,
    number,
    ohlc,
    quoted_in,
    simple_price,
    sparkline,
)
from bot.demo.sample_prices import SAMPLE_ASSETS, continued, past_candles

NOW = datetime(2026, 1, 14, 12, 3, 20, 123456, tzinfo=UTC)
QUOTES = {
    asset.id: Quote(asset, asset.price, past_candles(asset, NOW, Random(1)), NOW)
    for asset in SAMPLE_ASSETS
}
BTC = QUOTES["bitcoin"]
NULLABLE = {"max_supply", "roi"}


def test_times_are_written_as_coingecko_writes_them() -> None:
    assert iso(NOW) == "2026-01-14T12:03:20.123Z"


@pytest.mark.parametrize("text", ["94180", "0.14315", "1.0001", "3241.5", "123456789.123456"])
def test_a_price_survives_as_a_json_number(text: str) -> None:
    assert Decimal(json.dumps(number(Decimal(text)))) == Decimal(text)


def quoted(currency: str, quote: Quote = BTC, quotes: dict[str, Quote] = QUOTES) -> Quote:
    found = quoted_in(currency, quote, quotes)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("usd", "94180"), ("eur", "86739.780"), ("jpy", "14221180"), ("btc", "1")],
)
def test_a_price_is_told_in_another_currency(currency: str, expected: str) -> None:
    assert is_quoted(currency, QUOTES)
    assert quoted(currency).price == Decimal(expected)


def test_what_nobody_quotes_is_told_in_nothing() -> None:
    assert not is_quoted("xyz", QUOTES)
    assert quoted_in("xyz", BTC, QUOTES) is None
    assert not is_quoted("eth", {"bitcoin": BTC})


def test_in_a_fixed_currency_the_changes_are_those_in_dollars() -> None:
    dollars, pounds = (
        asked_changes(quoted(code), ["1h", "24h", "7d"], NOW) for code in ("usd", "gbp")
    )
    assert pounds == pytest.approx(dollars)


@pytest.mark.parametrize("window", ["1h", "24h", "7d"])
def test_in_a_coin_the_changes_are_those_of_the_pair(window: str) -> None:
    """ETH/BTC rises where ether does better than bitcoin, though both may fall."""
    name = f"price_change_percentage_{window}_in_currency"
    eth, btc = (asked_changes(QUOTES[c], [window], NOW)[name] for c in ("ethereum", "bitcoin"))
    pair = quoted("btc", QUOTES["ethereum"])
    found = asked_changes(pair, [window], NOW)[name]
    assert eth is not None
    assert btc is not None
    assert found == pytest.approx(((1 + eth / 100) / (1 + btc / 100) - 1) * 100)
    row = market_row(pair, 2, NOW, None)
    assert row["low_24h"] <= row["current_price"] <= row["high_24h"]
    assert asked_changes(quoted("btc"), [window], NOW)[name] == 0
    if window == "24h":
        assert row["price_change_percentage_24h"] == pytest.approx(found, abs=1e-5)


def test_the_chart_of_a_pair_agrees_with_its_changes() -> None:
    pair = quoted("btc", QUOTES["ethereum"])
    prices = [price for _, price in market_chart(pair, Decimal(1), NOW, daily=False)["prices"]]
    change = asked_changes(pair, ["24h"], NOW)["price_change_percentage_24h_in_currency"]
    assert (prices[-1] / prices[0] - 1) * 100 == pytest.approx(change)


def test_the_extremes_of_all_time_are_told_with_their_days() -> None:
    row = market_row(BTC, 1, NOW, None)
    assert (row["ath"], row["ath_date"]) == (126080, "2025-10-06T00:00:00.000Z")
    assert (row["atl"], row["atl_date"]) == (67.81, "2013-07-06T00:00:00.000Z")
    assert row["ath_change_percentage"] == pytest.approx((94180 / 126080 - 1) * 100, abs=1e-4)
    assert row["atl_change_percentage"] == pytest.approx((94180 / 67.81 - 1) * 100, abs=1e-4)
    in_euros = market_row(quoted("eur"), 1, NOW, None)
    assert in_euros["atl"] == pytest.approx(67.81 * 0.921)
    assert in_euros["atl_date"] == row["atl_date"]


@pytest.mark.parametrize(("price", "which"), [("130000", "ath"), ("50", "atl")])
def test_a_new_extreme_stays_one_when_the_price_comes_back(price: str, which: str) -> None:
    candles = continued(continued(BTC.candles, NOW, Decimal(price)), NOW, BTC.price)
    row = market_row(replace(BTC, candles=candles), 1, NOW, None)
    assert row[which] == float(price)
    assert row[f"{which}_date"] == iso(candles[-1].open_at)
    other = "atl" if which == "ath" else "ath"
    assert row[other] == market_row(BTC, 1, NOW, None)[other]


def test_simple_price_holds_what_was_asked_for_and_no_more() -> None:
    quotes = {"usd": [BTC], "eur": [quoted("eur")]}
    bare = simple_price(quotes, NOW, frozenset(), None)
    assert bare == {"bitcoin": {"usd": 94180.0, "eur": 86739.78}}
    everything = frozenset({"market_cap", "24hr_vol", "24hr_change", "last_updated_at"})
    full = simple_price({"usd": [BTC]}, NOW, everything, 0)["bitcoin"]
    assert set(full) == {
        "usd",
        "usd_market_cap",
        "usd_24h_vol",
        "usd_24h_change",
        "last_updated_at",
    }
    assert full["last_updated_at"] == int(NOW.timestamp())


def test_a_row_of_markets_has_every_required_field() -> None:
    row = market_row(BTC, 1, NOW, None)
    assert (row["id"], row["symbol"], row["name"]) == ("bitcoin", "btc", "Bitcoin")
    assert row["current_price"] == 94180
    assert row["low_24h"] <= row["current_price"] <= row["high_24h"]
    assert {name for name, value in row.items() if value is None} <= NULLABLE
    assert len(row) == 26
    then = row["current_price"] - row["price_change_24h"]
    percent = row["price_change_24h"] / then * 100
    assert percent == pytest.approx(row["price_change_percentage_24h"], abs=1e-4)


def test_changes_are_null_beyond_the_history() -> None:
    changes = asked_changes(BTC, ["1h", "7d", "1y"], NOW)
    assert changes["price_change_percentage_1y_in_currency"] is None
    assert isinstance(changes["price_change_percentage_7d_in_currency"], float)


def test_the_spark_line_has_a_price_an_hour() -> None:
    prices = sparkline(BTC, NOW)["price"]
    assert len(prices) in {168, 169}
    assert prices[-1] == 94180


@pytest.mark.parametrize(
    ("days", "daily", "gap"),
    [
        ("1", False, timedelta(minutes=5)),
        ("7", False, timedelta(hours=1)),
        ("7", True, timedelta(1)),
    ],
)
def test_a_chart_is_as_fine_as_its_span_allows(days: str, daily: bool, gap: timedelta) -> None:
    chart = market_chart(BTC, Decimal(days), NOW, daily=daily)
    times = [at for at, _ in chart["prices"]]
    assert times == sorted(times)
    assert times[2] - times[1] == gap / timedelta(milliseconds=1)
    assert chart["prices"][-1] == [int(NOW.timestamp() * 1000), 94180]
    assert len(chart["market_caps"]) == len(chart["total_volumes"]) == len(times)


@pytest.mark.parametrize(("days", "minutes"), [(1, 30), (7, 240), (90, 5760)])
def test_candles_are_dated_by_their_close(days: int, minutes: int) -> None:
    candles = ohlc(BTC, days, NOW)
    assert all(at % (minutes * 60_000) == 0 for at, *_ in candles)
    assert candles[-1][0] > NOW.timestamp() * 1000
    assert all(low <= min(o, c) <= max(o, c) <= high for _, o, high, low, c in candles)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (None, {"bitcoin": {"usd": 5.0, "last_updated_at": 7}}),
        (Fault.NULL_PRICE, {"bitcoin": {"usd": None, "last_updated_at": 7}}),
        (Fault.NEGATIVE_PRICE, {"bitcoin": {"usd": -5.0, "last_updated_at": 7}}),
        (Fault.WRONG_TYPE, {"bitcoin": {"usd": {"amount": "5.0"}, "last_updated_at": 7}}),
        (Fault.OTHER_COIN, {"other-bitcoin": {"usd": 5.0, "last_updated_at": 7}}),
    ],
)
def test_a_fault_breaks_the_price_and_nothing_else(fault: Fault | None, expected: Any) -> None:
    assert faulty({"bitcoin": {"usd": 5.0, "last_updated_at": 7}}, fault) == expected


def test_a_fault_reaches_every_row_of_a_list() -> None:
    rows = [{"id": "bitcoin", "current_price": 5.0}, {"id": "solana", "current_price": 6.0}]
    assert [row["current_price"] for row in faulty(rows, Fault.NULL_PRICE)] == [None, None]
    assert {row["id"] for row in faulty(rows, Fault.OTHER_COIN)} == {"other-coin"}
