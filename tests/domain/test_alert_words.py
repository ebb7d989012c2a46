"""The words of a condition, as people type them and as nobody should."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alert_words import read_condition
from bot.domain.alerts import Direction, Line, Told
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

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ABOVE, BELOW, CROSS = Direction.ABOVE, Direction.BELOW, Direction.CROSS


def line(direction: Direction, level: str) -> Line:
    return Line(direction, Decimal(level))


def move(way: Way, percent: str, window: timedelta | None = None) -> Move:
    return Move(way, Decimal(percent) / 100, window)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("95000", line(CROSS, "95000")),
        ("> 95k", line(ABOVE, "95000")),
        (">=95,000", line(ABOVE, "95000")),
        ("< 97 800", line(BELOW, "97800")),
        ("< $97,800", line(BELOW, "97800")),
        ("above 1.2m", line(ABOVE, "1200000")),
        ("under .00001234", line(BELOW, "0.00001234")),
        ("90k..95k", Range(Decimal(90000), Decimal(95000))),
        ("90-95k", Range(Decimal(90000), Decimal(95000))),
        ("90,000 \u2013 95,000", Range(Decimal(90000), Decimal(95000))),
        ("leaves 90 000 to 95 000", Range(Decimal(90000), Decimal(95000))),
        ("1.5..2.5", Range(Decimal("1.5"), Decimal("2.5"))),
        ("950..1.2k", Range(Decimal(950), Decimal(1200))),
        ("between 90k and 95k", Range(Decimal(90000), Decimal(95000))),
        ("Between $90,000 AND $95,000", Range(Decimal(90000), Decimal(95000))),
        ("between 90 and 95k", Range(Decimal(90000), Decimal(95000))),
        ("between 90k to 95k", Range(Decimal(90000), Decimal(95000))),
        ("hits 100k", line(CROSS, "100000")),
        ("hit $100,000", line(CROSS, "100000")),
        ("Reaches 100k", line(CROSS, "100000")),
        ("reach 100k", line(CROSS, "100000")),
        ("cross 100k", line(CROSS, "100000")),
        ("close 1d hits 90k", Close(Frame.DAY, CROSS, Decimal(90000))),
        ("+5% 1h", move(Way.UP, "5", HOUR)),
        ("-5 % 1h", move(Way.DOWN, "5", HOUR)),
        ("\u22122.5% in 30m", move(Way.DOWN, "2.5", HOUR / 2)),
        ("5% 24h", move(Way.EITHER, "5", DAY)),
        ("±5% 24h", move(Way.EITHER, "5", DAY)),
        ("up 7,5 percent within 7 days", move(Way.UP, "7.5", 7 * DAY)),
        ("+5%", move(Way.UP, "5")),
        ("down 10%", move(Way.DOWN, "10")),
        ("high 30d", Extreme(Way.UP, 30 * DAY)),
        ("30d high", Extreme(Way.UP, 30 * DAY)),
        ("new low 7d", Extreme(Way.DOWN, 7 * DAY)),
        ("ATH", Extreme(Way.UP)),
        ("all-time high", Extreme(Way.UP)),
        ("all time low", Extreme(Way.DOWN)),
        ("close 1w > 3500", Close(Frame.WEEK, ABOVE, Decimal(3500))),
        ("closes 4h below 3.5k", Close(Frame.FOUR_HOURS, BELOW, Decimal(3500))),
        ("daily close 3500", Close(Frame.DAY, CROSS, Decimal(3500))),
        ("close 1h>3500", Close(Frame.HOUR, ABOVE, Decimal(3500))),
    ],
)
def test_a_condition_is_read(text: str, condition: Condition) -> None:
    assert read_condition(text).condition == condition


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("> €90k", "EUR"),
        ("£90k..£95k", "GBP"),
        ("90k..95k eur", "EUR"),
        ("close 1d > ₿0.05", "BTC"),
    ],
)
def test_the_currency_is_that_of_the_number(text: str, currency: str) -> None:
    assert read_condition(text).currency == currency


def gauge(
    figure: Figure,
    direction: Direction,
    level: str,
    window: timedelta | None = None,
    side: Side = Side.BOTH,
) -> Gauge:
    return Gauge(figure, direction, Decimal(level), window, side)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("volume 3x", gauge(Figure.VOLUME, ABOVE, "3")),
        ("vol > 2,5 \u00d7", gauge(Figure.VOLUME, ABOVE, "2.5")),
        ("Volume below 0.5 times", gauge(Figure.VOLUME, BELOW, "0.5")),
        ("volume>=10x", gauge(Figure.VOLUME, ABOVE, "10")),
        ("funding > 0.05%", gauge(Figure.FUNDING, ABOVE, "0.0005")),
        ("funding 0,05 percent", gauge(Figure.FUNDING, ABOVE, "0.0005")),
        ("funding -0.01%", gauge(Figure.FUNDING, BELOW, "-0.0001")),
        ("funding \u22120.01%", gauge(Figure.FUNDING, BELOW, "-0.0001")),
        ("funding > -0.01%", gauge(Figure.FUNDING, ABOVE, "-0.0001")),
        ("funding rate < 0%", gauge(Figure.FUNDING, BELOW, "0")),
        ("liquidations > 100m 1h", gauge(Figure.LIQUIDATIONS, ABOVE, "1E+8", HOUR)),
        ("liquidations 100000000 1h", gauge(Figure.LIQUIDATIONS, ABOVE, "1E+8", HOUR)),
        ("liqs over $1 000 000 within 30m", gauge(Figure.LIQUIDATIONS, ABOVE, "1E+6", HOUR / 2)),
        ("liquidations > 1 000 in 150m", gauge(Figure.LIQUIDATIONS, ABOVE, "1000", 2.5 * HOUR)),
        ("liquidations < 5k 1d", gauge(Figure.LIQUIDATIONS, BELOW, "5000", DAY)),
        (
            "long liquidations > 50m usd per 4h",
            gauge(Figure.LIQUIDATIONS, ABOVE, "5E+7", 4 * HOUR, Side.LONGS),
        ),
        (
            "liquidations shorts > 50m 4h",
            gauge(Figure.LIQUIDATIONS, ABOVE, "5E+7", 4 * HOUR, Side.SHORTS),
        ),
    ],
)
def test_a_figure_is_read(text: str, condition: Gauge) -> None:
    """Without a sign a figure is awaited above, but a negative funding rate below."""
    assert read_condition(text).condition == condition


def test_options_are_part_of_it() -> None:
    """All conditions take all options."""
    for words in ("> 5", "4..5", "+5% 1h", "high 7d", "close 1d > 5", "volume 3x", "funding -1%"):
        found = read_condition(f'{words} cooldown 2h band 1% until 2030-01-01 note "n"').condition
        assert (found.repeat, found.band, found.cooldown) == (True, Decimal("0.01"), 2 * HOUR)
        assert found.until is not None
        assert (found.note, found.told) == ("n", None)
        assert read_condition(f"{words} unexplained").condition.told is Told.UNEXPLAINED
        assert read_condition(f"{words} explained repeat").condition.told is Told.EXPLAINED


@pytest.mark.parametrize(
    ("text", "text_id"),
    [
        ("", "alert.no_price"),
        (">", "alert.no_price"),
        ("> lots", "number.unreadable"),
        ("> 0", "number.not_positive"),
        ("> -5", "number.not_positive"),
        ("> NaN", "number.unreadable"),
        ("> Infinity", "number.unreadable"),
        ("> 1e5", "number.unreadable"),
        ("> 1,2,3", "number.unreadable"),
        ("> " + "9" * 31, "number.too_long"),
        ("95k..90k", "alert.range_order"),
        ("between 95k and 90k", "alert.range_order"),
        ("between €90k and £95k", "alert.two_currencies"),
        ("90k and 95k", "number.unreadable"),
        ("between 90k", "number.unreadable"),
        ("hits", "alert.no_price"),
        ("95k..95k", "alert.range_order"),
        ("€90k..£95k", "alert.two_currencies"),
        ("0..5", "number.not_positive"),
        ("+0% 1h", "alert.percent_range"),
        ("-100% 1h", "alert.percent_range"),
        ("+1001% 1h", "alert.percent_range"),
        ("+5% 4m", "alert.window_range"),
        ("+5% 91d", "alert.window_range"),
        ("+5% soon", "alert.window_range"),
        ("high", "alert.window_missing"),
        ("high 1m", "alert.window_range"),
        ("close > 5", "alert.frame"),
        ("close 2h > 5", "alert.frame"),
        ("close 1w", "alert.no_price"),
        ("close 1w >", "alert.no_price"),
        ("> 999999999999999999999999999999k", "number.too_long"),
        ("close 1d > 99999999999999999999t", "number.too_long"),
        ("volume", "alert.figure_volume"),
        ("volume 3", "alert.figure_volume"),
        ("volume 0x", "alert.figure_volume"),
        ("vol > lots", "alert.figure_volume"),
        ("funding", "alert.figure_funding"),
        ("funding > 5", "alert.figure_funding"),
        ("funding rate 0.05", "alert.figure_funding"),
        ("liquidations > 100m", "alert.figure_liquidations"),
        ("liquidations 1h", "alert.figure_liquidations"),
        ("liquidations > €100m 1h", "alert.figure_liquidations"),
        ("liquidations > 100m 25h", "alert.figure_liquidations"),
        ("liquidations > 1 000 150m", "alert.figure_liquidations"),
        ("liquidations > 100m 4m", "alert.window_range"),
        ("liquidations > 100m 1 parsec", "alert.window_range"),
        ("liquidations > 0 1h", "number.not_positive"),
        ("longs", "alert.figure_liquidations"),
        ("short > 5m 1h", "alert.figure_liquidations"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_own_answer(text: str, text_id: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_condition(text)
    assert caught.value.argument_text_id == text_id


@given(st.text(alphabet="<>=.,$€%0123456789kmhdwx repatcloshighnt+-fuvlqi", max_size=50))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_condition(text)
    except ArgumentError:
        return
    assert found.condition is not None


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("< 90.000", True),
        ("90.000..95.000", True),
        ("90.5..95.000", True),
        ("close 1d > 90.000", True),
        ("90.000..95k", False),
        ("> 90,000", False),
        ("+5.000% 1h", False),
        ("liquidations > 100.000 1h", False),
    ],
)
def test_a_level_may_be_in_thousands(text: str, may_be: bool) -> None:
    """Where it has a point before three digits; "90.000..95k" is read as 90k to 95k anyway."""
    assert read_condition(text).may_be_thousands is may_be


FILLERS = ["." * 2040, "," * 2040, "1." * 1020, "1 " * 1020, "1%" * 999, " " * 2040 + "x"]


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize(
    "head", ["1" * 2040, "between 1", "liquidations", "funding", "volume >", "liqs 000"]
)
def test_a_message_full_of_digits_is_refused_at_once(head: str, filler: str) -> None:
    """The whole bot waits while a message is read, so that reading must not take minutes."""
    with pytest.raises(ArgumentError):
        read_condition(f"{head}{filler}")
