"""Figures read so that they can be compared."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.summaries.quantities import quantities


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("$1.2bn", "1200000000", "USD"),
        ("1.2 billion dollars", "1200000000", "USD"),
        ("1,200 million", "1200000000", ""),
        ("$1.2tn", "1200000000000", "USD"),
        ("$93,000", "93000", "USD"),
        ("$95k", "95000", "USD"),
        ("3.5%", "3.5", "%"),
        ("5 percent", "5", "%"),
        ("100x", "100", "x"),
        ("1,638 BTC", "1638", "BTC"),
        ("1,638 bitcoin", "1638", "BTC"),
        ("1 000 000 coins", "1000000", ""),
        ("1,00,000", "100000", ""),
        ("1'200'000", "1200000", ""),
        ("twenty-five million", "25000000", ""),
        ("three hundred and two", "302", ""),
        ("7亿", "700000000", ""),
        ("\u0661\u0662\u0663", "123", ""),
        ("24-hour", "24", ""),
        ("HK$5 million", "5000000", "HKD"),
        ("5 million Canadian dollars", "5000000", "CAD"),
        ("EUR 5", "5", "EUR"),
        ("five percent", "5", "%"),
        ("two million dollars", "2000000", "USD"),
        ("25 basis points", "25", "bp"),
        ("11 ETFs", "11", ""),
        ("24 US states", "24", ""),
        ("10 million bitcoin users", "10000000", ""),
        ("2018", "2018", "year"),
        ("2,018", "2018", ""),
        ("3rd", "3", ""),
    ],
)
def test_one_figure(text: str, values: str, unit: str) -> None:
    (quantity,) = quantities(text)
    assert quantity.values == {Decimal(values)}
    assert quantity.unit == unit


@pytest.mark.parametrize("text", ["Q3", "L2", "X2Y2", "one of them", "no figure", ""])
def test_what_is_no_figure(text: str) -> None:
    assert quantities(text) == []


def test_where_a_comma_is_a_decimal_mark_a_number_may_have_two_values() -> None:
    (quantity,) = quantities("€93.000", comma_is_decimal=True)
    assert quantity.values == {Decimal(93), Decimal(93_000)}
    (quantity,) = quantities("1.234.567,89 Euro", comma_is_decimal=True)
    assert quantity.values == {Decimal("1234567.89")}
    (quantity,) = quantities("1,2 Mrd. Euro", comma_is_decimal=True)
    assert Decimal(1_200_000_000) in quantity.values
    assert quantity.unit == "EUR"


def test_the_ends_of_a_range_share_scale_and_unit() -> None:
    low, high = quantities("$3 to 5 billion")
    assert Decimal(3_000_000_000) in low.values
    assert (low.unit, high.unit) == ("USD", "USD")
    low, high = quantities("5\u20137%")
    assert (low.unit, high.unit) == ("%", "%")


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("250 traders lost", "trader"),
        ("250 new active traders", "trader"),
        ("24-hour", ""),
        ("250 of the traders", ""),
        ("250, traders said", ""),
        ("250 was less", ""),
        ("250", ""),
    ],
)
def test_the_things_that_a_figure_counts(text: str, noun: str) -> None:
    assert quantities(text)[0].noun == noun


def test_only_a_range_shares_its_unit() -> None:
    """Two numbers that stand side by side have each their own sign, and things of their own."""
    assert [q.unit for q in quantities("250 and $5")] == ["", "USD"]
    assert [q.unit for q in quantities("$5 and 250 users")] == ["USD", ""]
    assert [q.unit for q in quantities("in 2018 and 5%")] == ["year", "%"]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Coins rose 5% on Friday", 1),
        ("Coins fell by 5%", -1),
        ("a 5% drop", -1),
        ("Coins fell, while others changed 5%", 0),
        ("5% of holders", 0),
    ],
)
def test_the_direction_of_a_move(text: str, direction: int) -> None:
    assert quantities(text)[0].direction == direction


@given(st.text(alphabet="0123456789.,'$€%kmb x-toandBTC\u0663万", max_size=60))
def test_nothing_raises_and_every_figure_has_its_words(text: str) -> None:
    for quantity in quantities(text, comma_is_decimal=True):
        assert quantity.words
