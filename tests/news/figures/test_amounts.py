"""Amounts as running text writes them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.figures.amounts import written_amounts


def read(text: str) -> list[tuple[str, str | None]]:
    return [(format(a.value.normalize(), "f"), a.unit) for a in written_amounts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("worth $1.2tn now", [("1200000000000", "USD")]),
        ("falls to €93.000", [("93000", "EUR")]),
        ("back at $93.000", [("93000", "USD")]),
        ("the $1.000 peg", [("1", "USD")]),
        ("bei 95.000 Dollar", [("95000", "USD")]),
        ("at 1.234,5 €", [("1234.5", "EUR")]),
        ("um 3,5 % auf 93.450 €", [("3.5", "%"), ("93450", "EUR")]),
        ("at $97 800", [("97800", "USD")]),
        ("the 100x coin", []),
        ("at $97,800.", [("97800", "USD")]),
        ("1.2 million dollars", [("1200000", "USD")]),
        ("a $100-million fund", [("100000000", "USD")]),
        ("raised $3.2B", [("3200000000", "USD")]),
        (
            "A$5, HK$3.2B, US$7 and C$9",
            [("5", "AUD"), ("3200000000", "HKD"), ("7", "USD"), ("9", "CAD")],
        ),
        (
            "£5, ¥1.4B and ₩90,000 million",
            [("5", "GBP"), ("1400000000", "JPY"), ("90000000000", "KRW")],
        ),
        ("380 million were lost", [("380000000", None)]),
        ("$0.00001234", [("0.00001234", "USD")]),
        ("above 95,000 USDT", [("95000", "USDT")]),
        ("a $76K BTC target", [("76000", "USD")]),
        ("$500 CAD", [("500", "CAD")]),
        ("10,000-BTC plan", [("10000", "BTC")]),
        ("-3.4%, +22% and 5 percent", [("3.4", "%"), ("22", "%"), ("5", "%")]),
        ("an outflow of -$120 million", [("120000000", "USD")]),
        ("ether ETH$3,356.01, rose", []),
        ("GPT-5.2 and BIP-110 at 12:30 on 10/10", []),
        ("a 24-hour low, 200-day average", []),
        ("$0 and $0.00", []),
        ("9" * 40, []),
    ],
)
def test_amounts(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("in 93k\u201395k", "93000", "95000", None),
        ("at $93\u201395k", "93000", "95000", "USD"),
        ("near $1.15 to $1.18", "1.15", "1.18", "USD"),
        ("fell 3\u20135%", "3", "5", "%"),
        ("between $90k and 95k", "90000", "95000", "USD"),
        ("$1.2\u20131.4 million", "1200000", "1400000", "USD"),
        ("5%-7% lower", "5", "7", "%"),
    ],
)
def test_the_ends_of_a_range_share_unit_and_scale(
    text: str, low: str, high: str, unit: str | None
) -> None:
    first, second = written_amounts(text)
    assert (first.value, second.value) == (Decimal(low), Decimal(high))
    assert (first.unit, second.unit) == (unit, unit)
    assert (first.upper, second.upper) == (False, True)


def test_two_amounts_beside_each_other_are_no_range() -> None:
    assert not any(amount.upper for amount in written_amounts("at $95,000 and $3,300"))


def test_what_an_amount_shows() -> None:
    minus, million, bare, year = written_amounts("-3% of 5 million in 95k since 2025")
    assert (minus.signed, minus.negative, minus.words) == (True, True, "-3%")
    assert million.large
    assert not million.is_money
    assert bare.thousands
    assert not year.thousands


@given(st.integers(1, 999_999_999), st.sampled_from(["$", "€", "£", "US$"]))
def test_what_is_written_with_commas_is_read_back(number: int, sign: str) -> None:
    assert [a.value for a in written_amounts(f"It paid {sign}{number:,} then.")] == [number]


@given(st.text(max_size=300))
def test_no_text_fails(text: str) -> None:
    for amount in written_amounts(text):
        assert amount.value > 0
        assert text[amount.start : amount.end] == amount.words


@pytest.mark.parametrize("text", ["1," * 50_000, "$" * 50_000, "9 999" * 20_000, "1-" * 50_000])
def test_endless_numbers_have_an_end(text: str) -> None:
    assert len(written_amounts(text)) <= 200
