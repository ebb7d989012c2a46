"""Alerts as people type them, and as nobody should."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.alert_arguments import read_alert
from bot.chat.request import plain_spaces
from bot.domain.alert_options import Options
from bot.domain.alert_words import condition_of
from bot.domain.alerts import DEFAULT_BAND, Direction, Line, Told
from bot.domain.assets import Asset, Assets
from bot.domain.condition_words import condition_words
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Side,
    Way,
)
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
_KNOWN = Assets([Asset("bitcoin", "BTC", "Bitcoin", rank=1), Asset("ethereum", "ETH", "Ether")])
ABOVE, BELOW, CROSS = Direction.ABOVE, Direction.BELOW, Direction.CROSS


@pytest.mark.parametrize(
    ("text", "asset_id", "direction", "level", "quote"),
    [
        ("BTC 95000", "bitcoin", CROSS, "95000", "USD"),
        ("BTC > 95k", "bitcoin", ABOVE, "95000", "USD"),
        ("BTC>95000", "bitcoin", ABOVE, "95000", "USD"),
        ("btc >= 95,000", "bitcoin", ABOVE, "95000", "USD"),
        ("btc => 95,000.50", "bitcoin", ABOVE, "95000.5", "USD"),
        ("BTC ≥ 97 800", "bitcoin", ABOVE, "97800", "USD"),
        ("ETH < 3,300", "ethereum", BELOW, "3300", "USD"),
        ("ETH ≤ 3.3k", "ethereum", BELOW, "3300", "USD"),
        ("ETH <= 3300", "ethereum", BELOW, "3300", "USD"),
        ("eth below 3300", "ethereum", BELOW, "3300", "USD"),
        ("ether under $3,300", "ethereum", BELOW, "3300", "USD"),
        ("bitcoin above 1.2m", "bitcoin", ABOVE, "1200000", "USD"),
        ("Bitcoin OVER 95k", "bitcoin", ABOVE, "95000", "USD"),
        ("BTC = 95k", "bitcoin", CROSS, "95000", "USD"),
        ("BTC at 95k", "bitcoin", CROSS, "95000", "USD"),
        ("btc hits 100k", "bitcoin", CROSS, "100000", "USD"),
        ("bitcoin reaches $100,000", "bitcoin", CROSS, "100000", "USD"),
        ("internet computer hit 20", "internet-computer", CROSS, "20", "USD"),
        ("BTC $95k", "bitcoin", CROSS, "95000", "USD"),
        ("internet computer 4.5", "internet-computer", CROSS, "4.5", "USD"),
        ('"internet computer" > 4,5', "internet-computer", ABOVE, "4.5", "USD"),
        ("bitcoin cash > 500", "bitcoin-cash", ABOVE, "500", "USD"),
        ("1INCH 0.5", "1inch", CROSS, "0.5", "USD"),
        ("HIGH > 1", "highstreet", ABOVE, "1", "USD"),
        ("DOGE < .05", "dogecoin", BELOW, "0.05", "USD"),
        ("BTC > €90k", "bitcoin", ABOVE, "90000", "EUR"),
        ("BTC > 90k gbp", "bitcoin", ABOVE, "90000", "GBP"),
        ("BTC > ¥14m", "bitcoin", ABOVE, "14000000", "JPY"),
        ("BTC > 140m krw", "bitcoin", ABOVE, "140000000", "KRW"),
        ("BTC/TRY > 4.1m", "bitcoin", ABOVE, "4100000", "TRY"),
        ("BTC > 30 eth", "bitcoin", ABOVE, "30", "ETH"),
        ("BTC/EUR 90000", "bitcoin", CROSS, "90000", "EUR"),
        ("ETH/BTC > 0.05", "ethereum", ABOVE, "0.05", "BTC"),
        ("ETH/BTC > ₿0.05", "ethereum", ABOVE, "0.05", "BTC"),
        ("$BTC > +95k", "bitcoin", ABOVE, "95000", "USD"),
    ],
)
def test_an_alert_is_read(
    assets: Assets, text: str, asset_id: str, direction: Direction, level: str, quote: str
) -> None:
    asked = read_alert(text, assets, "USD", NOW)
    assert asked.market == Market(asset_id, quote)
    assert asked.condition == Line(direction, Decimal(level))


@pytest.mark.parametrize(
    ("options", "repeat", "band"),
    [
        ("", False, DEFAULT_BAND),
        ("once", False, DEFAULT_BAND),
        ("repeat", True, DEFAULT_BAND),
        ("REPEAT", True, DEFAULT_BAND),
        ("repeat band 0.05%", True, Decimal("0.0005")),
        ("band 1 repeat", True, Decimal("0.01")),
        ("band=0,05 %", True, Decimal("0.0005")),
    ],
)
def test_how_often_it_rings(assets: Assets, options: str, repeat: bool, band: Decimal) -> None:
    line = read_alert(f"USDT < 0.995 {options}".strip(), assets, "USD", NOW).condition
    assert (line.repeat, line.band) == (repeat, band)


@pytest.mark.parametrize(("text", "may_be"), [("BTC < 90.000", True), ("BTC < 90,000", False)])
def test_a_level_that_may_be_in_thousands_is_marked(
    assets: Assets, text: str, may_be: bool
) -> None:
    assert read_alert(text, assets, "USD", NOW).may_be_thousands is may_be


def test_the_shipped_currency_is_taken_where_none_is_named(assets: Assets) -> None:
    assert read_alert("BTC 90k", assets, "EUR", NOW).market.quote == "EUR"


@pytest.mark.parametrize(
    ("text", "text_id"),
    [
        ("", "alert.none"),
        ("repeat", "alert.none"),
        ("BTC", "alert.no_price"),
        ("BTC >", "alert.no_price"),
        ("BTC above", "alert.no_price"),
        ("BTC hits", "alert.no_price"),
        ("> 95k", "alert.no_asset"),
        ("95k", "alert.unreadable"),
        ("BTC95000", "alert.unreadable"),
        ("xyzzy > 5", "asset.unknown"),
        ("bitcion > 5", "asset.unknown_close"),
        ("BTC ETH > 5", "asset.unknown"),
        ("BTC > lots", "number.unreadable"),
        ("BTC > 1,2,3", "number.unreadable"),
        ("BTC > 95k ETH < 3k", "number.unreadable"),
        ("BTC > 1e5", "number.unreadable"),
        ("BTC > -5", "number.not_positive"),
        ("BTC -5", "number.not_positive"),
        ("BTC > 0", "number.not_positive"),
        ("BTC > NaN", "number.unreadable"),
        ("BTC > " + "9" * 31, "number.too_long"),
        ("BTC/USDT > 95k", "alert.quote_unknown"),
        ("ETH/ETH > 1", "alert.same_currency"),
        ("BTC/ > 95k", "alert.quote_unknown"),
        ("BTC/EUR > $95k", "alert.two_currencies"),
        ("BTC > ₿1", "alert.same_currency"),
        ("BTC/BTC > 1", "alert.same_currency"),
        ("BTC > 95k once repeat", "alert.repeat_and_once"),
        ("BTC > 95k once band 1%", "alert.repeat_and_once"),
        ("BTC > 95k repeat band 0%", "alert.band_range"),
        ("BTC > 95k repeat band 51", "alert.band_range"),
        ("BTC > 95k repeat band x", "alert.band_range"),
        ("BTC > 95k repeat band NaN", "alert.band_range"),
        ("BTC > 95k repeat band 1e-999999%", "alert.band_range"),
        ("BTC > 95k repeat band 1_0", "alert.band_range"),
        ("BTC > 95k repeat band 0." + "0" * 1000 + "1", "alert.band_range"),
        ("BTC 95k..90k", "alert.range_order"),
        ("BTC +0% 1h", "alert.percent_range"),
        ("BTC 5% 1m", "alert.window_range"),
        ("SOL high", "alert.window_missing"),
        ("ETH close 2h > 3500", "alert.frame"),
        ("BTC volume", "alert.figure_volume"),
        ("BTC volume 0x", "alert.figure_volume"),
        ("BTC funding", "alert.figure_funding"),
        ("BTC liquidations > 100m", "alert.figure_liquidations"),
        ("BTC liquidations > €100m 1h", "alert.figure_liquidations"),
        ("BTC liquidations > 100m 2d", "alert.figure_liquidations"),
        ("BTC > 95k until 2025-12-31", "alert.until_past"),
        ("BTC > 95k until soon", "alert.until_unreadable"),
        ("BTC > 95k cooldown 1s", "alert.cooldown_range"),
        ("/" * 500, "alert.no_price"),
        ("BTC > " + "x" * 4000, "number.unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_own_answer(
    assets: Assets, text: str, text_id: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_alert(text, assets, "USD", NOW)
    assert caught.value.argument_text_id == text_id
    assert all(len(value) <= 100 for value in caught.value.values.values())


@given(st.text(alphabet='BTC ETH<>=≥.,$€/%0123456789kmrepeat band-+"', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        asked = read_alert(plain_spaces(text), _KNOWN, "USD", NOW)
    except ArgumentError:
        return
    assert condition_of(condition_words(asked.condition), Options()).condition == replace(
        asked.condition,
        repeat=False,
        band=DEFAULT_BAND,
        cooldown=None,
        until=None,
        note="",
        told=None,
    )
    assert 0 < asked.condition.band <= Decimal("0.5")


@pytest.mark.parametrize(
    "filler", ["." * 2040, "," * 2040, ".," * 1020, "1." * 1020, "." * 3 + " "]
)
def test_a_message_full_of_digits_and_dots_is_refused_at_once(assets: Assets, filler: str) -> None:
    """The whole bot waits while a message is read, so that reading must not take minutes."""
    with pytest.raises(ArgumentError):
        read_alert(f"BTC {'1' * 2040}{filler}", assets, "USD", NOW)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("BTC 90k..95k", Range(Decimal(90000), Decimal(95000))),
        ("BTC $90k - $95k", Range(Decimal(90000), Decimal(95000))),
        ("BTC between 90k and 95k", Range(Decimal(90000), Decimal(95000))),
        ("bitcoin between $90,000 and $95,000", Range(Decimal(90000), Decimal(95000))),
        ("BTC +5% 1h", Move(Way.UP, Decimal("0.05"), HOUR)),
        ("BTC -5% 1h", Move(Way.DOWN, Decimal("0.05"), HOUR)),
        ("BTC 5% 1h unexplained", Move(Way.EITHER, Decimal("0.05"), HOUR, told=Told.UNEXPLAINED)),
        ("BTC +5%", Move(Way.UP, Decimal("0.05"))),
        ("SOL high 30d", Extreme(Way.UP, timedelta(days=30))),
        ("SOL low 7d", Extreme(Way.DOWN, timedelta(days=7))),
        ("SOL ath", Extreme(Way.UP)),
        ("ETH close 1w > 3500", Close(Frame.WEEK, ABOVE, Decimal(3500))),
        ("BTC volume 3x", Gauge(Figure.VOLUME, ABOVE, Decimal(3))),
        ("BTC funding > 0.05%", Gauge(Figure.FUNDING, ABOVE, Decimal("0.0005"))),
        ("BTC funding < -0.01%", Gauge(Figure.FUNDING, BELOW, Decimal("-0.0001"))),
        ("BTC liquidations > 100m 1h", Gauge(Figure.LIQUIDATIONS, ABOVE, Decimal(10**8), HOUR)),
        (
            "BTC long liquidations > 50m 4h",
            Gauge(Figure.LIQUIDATIONS, ABOVE, Decimal(5 * 10**7), 4 * HOUR, Side.LONGS),
        ),
        ("BTC > 95k cooldown 1h", Line(ABOVE, Decimal(95000), repeat=True, cooldown=HOUR)),
        (
            "BTC > 95k until 2026-12-31",
            Line(ABOVE, Decimal(95000), until=datetime(2027, 1, 1, tzinfo=UTC)),
        ),
        ('BTC > 95k note "take profit"', Line(ABOVE, Decimal(95000), note="take profit")),
    ],
)
def test_every_condition_is_read_behind_its_coin(
    assets: Assets, text: str, condition: Condition
) -> None:
    assert read_alert(text, assets, "USD", NOW).condition == condition
