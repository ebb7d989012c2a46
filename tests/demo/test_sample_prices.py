"""The sample market's arithmetic: steps, candles, changes."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.sample_prices import (
    CANDLE,
    HISTORY,
    SAMPLE_ASSETS,
    Candle,
    SampleAsset,
    candle_start,
    change_percent,
    continued,
    divided,
    merged,
    past_candles,
    quoted,
    since,
    stepped,
)

NOW = datetime(2026, 1, 14, 12, 3, 20, tzinfo=UTC)
ASSETS = {asset.symbol: asset for asset in SAMPLE_ASSETS}


def candle(minute: int, *prices: str) -> Candle:
    """Build a candle of 14 January that opens some minutes after noon."""
    at = datetime(2026, 1, 14, 12, 0, tzinfo=UTC) + timedelta(minutes=minute)
    return Candle(at, *(Decimal(price) for price in prices))


def test_the_table_has_twelve_assets_that_each_start_at_a_quotable_price() -> None:
    assert len(SAMPLE_ASSETS) == len({asset.id for asset in SAMPLE_ASSETS}) == 12
    assert all(quoted(asset.price, asset.digits) == asset.price for asset in SAMPLE_ASSETS)
    assert ASSETS["TON"].id == "the-open-network"


@pytest.mark.parametrize(
    ("price", "digits", "expected"),
    [("94180.5", 0, "94180"), ("0.143151", 5, "0.14315"), ("0.000001", 4, "0.0001")],
)
def test_a_price_is_rounded_but_never_to_nothing(price: str, digits: int, expected: str) -> None:
    assert quoted(Decimal(price), digits) == Decimal(expected)


@given(
    st.sampled_from(SAMPLE_ASSETS),
    st.floats(0.01, 100),
    st.floats(0.1, 86_400),
    st.floats(-6, 6),
)
def test_a_step_gives_a_positive_quotable_price(
    asset: SampleAsset, factor: float, seconds: float, z: float
) -> None:
    price = quoted(float(asset.price) * factor, asset.digits)
    after = stepped(asset, price, asset.price, seconds, z)
    assert after > 0
    assert after == quoted(after, asset.digits)


def test_an_hour_pulls_a_price_half_of_the_way_to_its_mean() -> None:
    btc, mean = ASSETS["BTC"], Decimal(100_000)
    away = Decimal(110_000)
    after = stepped(btc, away, mean, 3600, 0)
    assert math.log(after / mean) == pytest.approx(math.log(away / mean) / 2, abs=1e-5)


def test_an_hour_moves_a_price_as_far_as_the_table_says() -> None:
    btc, random = ASSETS["BTC"], Random(3)
    moves = [
        math.log(stepped(btc, btc.price, btc.price, 3600, random.gauss(0, 1)) / btc.price)
        for _ in range(2000)
    ]
    assert pstdev(moves) == pytest.approx(btc.hourly_move, rel=0.1)


@pytest.mark.parametrize("asset", SAMPLE_ASSETS, ids=lambda asset: asset.symbol)
def test_the_past_leads_without_a_gap_to_the_starting_price(asset: SampleAsset) -> None:
    candles = past_candles(asset, NOW, Random(7))
    assert len(candles) == HISTORY // CANDLE
    assert candles[-1].close == asset.price
    assert candles[-1].open_at <= NOW < candles[-1].open_at + CANDLE
    for before, after in pairwise(candles):
        assert after.open_at - before.open_at == CANDLE
        assert after.open == before.close
    assert all(c.low <= min(c.open, c.close) <= max(c.open, c.close) <= c.high for c in candles)


@pytest.mark.parametrize("asset", SAMPLE_ASSETS, ids=lambda asset: asset.symbol)
def test_the_extremes_of_all_time_were_before_and_beyond_the_price(asset: SampleAsset) -> None:
    assert asset.all_time_low < asset.price < asset.all_time_high
    assert max(asset.high_on, asset.low_on) < NOW.date()


def test_a_price_in_units_of_another_moves_as_both_do() -> None:
    """Of a candle that the other lacks, its last close counts."""
    prices = [candle(n, *p) for n, p in ((0, ("10", "20", "8", "16")), (5, ("16", "16", "8", "8")))]
    units = [candle(0, "2", "2", "1", "2")]
    assert divided(prices, units) == [candle(0, "5", "10", "5", "8"), candle(5, "8", "8", "4", "4")]
    assert divided(prices, prices)[1] == candle(5, "1", "1", "1", "1")


def test_the_same_seed_gives_the_same_past() -> None:
    btc = ASSETS["BTC"]
    assert past_candles(btc, NOW, Random(7)) == past_candles(btc, NOW, Random(7))
    assert past_candles(btc, NOW, Random(7)) != past_candles(btc, NOW, Random(8))


@pytest.mark.parametrize(
    ("length", "expected"),
    [(CANDLE, (12, 0)), (timedelta(minutes=30), (12, 0)), (timedelta(hours=4), (12, 0))],
)
def test_a_candle_starts_at_a_round_time(length: timedelta, expected: tuple[int, int]) -> None:
    start = candle_start(NOW, length)
    assert (start.hour, start.minute, start.second) == (*expected, 0)


def test_a_price_within_the_candle_widens_it() -> None:
    candles = continued([candle(0, "10", "11", "9", "10")], NOW, Decimal(12))
    assert candles == [candle(0, "10", "12", "9", "12")]


def test_a_price_after_the_candle_opens_the_next_at_the_last_close() -> None:
    first = candle(0, "10", "11", "9", "10")
    candles = continued([first], NOW + timedelta(minutes=5), Decimal(8))
    assert candles == [first, candle(5, "10", "10", "8", "8")]


def test_the_history_forgets_what_is_older_than_its_length() -> None:
    old = candle(0, "10", "11", "9", "10")
    assert len(continued([old], NOW + HISTORY, Decimal(8))) == 1


def test_longer_candles_hold_the_extremes_of_the_shorter() -> None:
    shorter = [
        candle(20, "10", "11", "9", "10"),
        candle(25, "10", "14", "10", "13"),
        candle(30, "13", "13", "7", "8"),
    ]
    assert list(merged(shorter, timedelta(minutes=30))) == [
        candle(0, "10", "14", "9", "13"),
        candle(30, "13", "13", "7", "8"),
    ]
    assert list(merged([], CANDLE)) == []


def test_a_change_is_counted_from_the_candle_that_held_the_moment() -> None:
    candles = [
        candle(0, "100", "100", "100", "100"),
        candle(5, "100", "120", "100", "120"),
        candle(10, "120", "130", "120", "125"),
    ]
    now = candles[-1].open_at + timedelta(minutes=1)
    assert change_percent(candles, now, timedelta(minutes=10)) == Decimal(25)
    assert change_percent(candles, now, timedelta(minutes=1)) == (Decimal(125) / 120 - 1) * 100
    assert change_percent(candles, now, timedelta(hours=1)) is None
    assert since(candles, now) == candles[-1:]
