"""Numbers of headlines, and the days that they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.amounts import (
    Amount,
    agree,
    any_agree,
    differing_period,
    periods_in,
    said_amount,
    valuations_in,
    written_amount,
)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$93K", 93_000, "USD"),
        ("$93,000", 93_000, "USD"),
        ("$1.2bn", 1_200_000_000, "USD"),
        ("$1.2 billion", 1_200_000_000, "USD"),
        ("$1.2tn", 1_200_000_000_000, "USD"),
        ("\u20ac93.000", 93_000, "EUR"),
        ("\u00a35B", 5_000_000_000, "GBP"),
        ("20%", 20, "%"),
        ("20 percent", 20, "%"),
        ("4,871", 4_871, ""),
        ("0.025", 0.025, ""),
    ],
)
def test_a_number_is_read_with_its_scale_and_unit(text: str, value: float, unit: str) -> None:
    amount = written_amount(text)
    assert amount is not None
    assert (amount.value, amount.unit) == (value, unit)


@pytest.mark.parametrize("text", ["", "word", "21Shares", "1inch", "$"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert written_amount(text) is None


def test_words_say_small_numbers_and_points() -> None:
    assert said_amount("five", " years") == Amount(5.0, "", 1)
    assert said_amount("quarter", " point cut") == Amount(25.0, "bps", 2)
    assert said_amount("quarter", " of the year") is None
    assert said_amount("hundred", "") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$93K", "$93,000"),
        ("$15.4M", "$15 million"),
        ("$504M", "$500 million"),
        ("$90K", "$89,500"),
        ("4,871", "4,871"),
    ],
)
def test_amounts_told_less_exactly_agree(one: str, other: str) -> None:
    mine, theirs = written_amount(one), written_amount(other)
    assert mine is not None
    assert theirs is not None
    assert agree(mine, theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$90K", "$100K"),
        ("25%", "50%"),
        ("$1B", "$1.4B"),
        ("12", "11"),
        ("$93K", "93%"),
        ("1,000", "6,220"),
    ],
)
def test_other_amounts_do_not_agree(one: str, other: str) -> None:
    mine, theirs = written_amount(one), written_amount(other)
    assert mine is not None
    assert theirs is not None
    assert not agree(mine, theirs)


def test_a_number_so_exact_is_the_same_whatever_it_counts() -> None:
    assert agree(Amount(1090, "BTC", 3), Amount(1090, "coin", 3))
    assert not agree(Amount(10, "BTC", 1), Amount(10, "coin", 1))
    assert not agree(Amount(116, "USD", 3), Amount(116, "%", 3))


AMOUNTS = st.builds(
    Amount,
    st.floats(min_value=0, max_value=1e15),
    st.sampled_from(["", "USD", "BTC", "%", "year"]),
    st.integers(1, 9),
)


@given(AMOUNTS, AMOUNTS)
def test_agreement_is_mutual(one: Amount, other: Amount) -> None:
    assert agree(one, other) == agree(other, one)


def test_days_months_and_quarters_are_found() -> None:
    assert periods_in("ETFs lose on Monday") == {"day": {"monday"}}
    assert periods_in("Kraken reports third-quarter profit") == {"quarter": {"3"}}
    assert periods_in("Token unlock on Nov. 3") == {"date": {"nov 3"}}
    assert periods_in("Bitcoin may march higher") == {}
    assert periods_in("Sales in May") == {"month": {"may"}}


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("Inflows on Monday", "Inflows on Tuesday", True),
        ("Inflows on Monday", "Inflows", False),
        ("Q1 results", "Q3 results", True),
        ("Sept. 10", "September 10", False),
        ("December 17", "next week", False),
    ],
)
def test_only_days_of_one_kind_can_differ(one: str, other: str, differs: bool) -> None:
    assert (differing_period(periods_in(one), periods_in(other)) is not None) is differs


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Zorgon raises $300M at $8B valuation", {8e9}),
        ("Zorgon valued at nearly $8 billion", {8e9}),
        ("Round values it at more than $8bn", {8e9}),
        ("Deal valuing it at more than $8bn", {8e9}),
        ("Zorgon seeks valuation of up to \u20ac1.2 billion", {1.2e9}),
        ("$4.2B post-money valuation for Zorgon", {4.2e9}),
        ("Zorgon raises $300M", set()),
    ],
)
def test_what_a_company_is_valued_at_is_told_from_other_sums(
    title: str, values: set[float]
) -> None:
    assert valuations_in(title) == values


def test_a_price_is_in_dollars_and_less_than_a_million() -> None:
    assert Amount(93_000, "USD", 2).is_price
    assert not Amount(1_000_000, "USD", 1).is_price
    assert not Amount(93_000, "BTC", 2).is_price


def test_one_agreement_is_enough() -> None:
    mine = [Amount(5e6, "USD", 1), Amount(93_000, "USD", 2)]
    assert any_agree(mine, [Amount(92_900, "USD", 3)])
    assert not any_agree(mine, [])
