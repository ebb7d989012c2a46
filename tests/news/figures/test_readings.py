"""The words around an amount, and whether they only expect it."""

import pytest

from bot.news.figures.readings import Surroundings, core, surroundings

AMOUNT = "$95,000"


def around(text: str, asset_end: int = -1) -> Surroundings:
    start = text.index(AMOUNT)
    return surroundings(text, start, start + len(AMOUNT), asset_end)


def test_a_clause_begins_behind_a_comma() -> None:
    words = around("Fees fell, and it now trades at $95,000 in Asia")
    assert words.clause.strip() == "it now trades at"
    assert words.right == " in Asia"


def test_what_stands_behind_the_asset() -> None:
    words = around("Inflows pushed bitcoin above $95,000", len("Inflows pushed bitcoin"))
    assert words.between == " above "
    assert words.beside_asset


@pytest.mark.parametrize(
    ("text", "unreal"),
    [
        ("It may reach $95,000", True),
        ("It reached $95,000", False),
        ("Traders hoped for more before it reached $95,000", False),
        ("It reaches $95,000 by 2031", True),
        ("It hit $95,000?", True),
    ],
)
def test_what_is_only_expected(text: str, unreal: bool) -> None:
    assert around(text).is_unreal is unreal


def test_a_fact_behind_a_fear_is_a_fact() -> None:
    assert not around("Bulls struggle and it has traded near $95,000").is_unreal_here
    assert around("Bulls struggle at $95,000").is_unreal_here


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("a fee of $95,000", True),
        ("$95,000 in rewards", True),
        ("it costs a price of $95,000", False),
        ("it trades at $95,000", False),
    ],
)
def test_money_that_is_no_price(text: str, other: bool) -> None:
    assert around(text).is_other_money is other


def test_words_that_mean_nothing_are_left_out() -> None:
    assert core("trading at about the key") == "trading at"
    assert core("a 10-month high") == ""
