"""What sentences refer back to."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.news.cleaning.screens import WordScreen
from bot.news.summaries.references import (
    BACK,
    BACK_WORDS,
    Reference,
    is_caller,
    names_a_person,
    reference_of,
    without_connective,
)


@pytest.mark.parametrize(
    ("sentence", "reference"),
    [
        ("Bitcoin rose on Friday.", Reference.NOTHING),
        ("If it breaks, traders look to $97.", Reference.PRONOUN),
        ("If that support gives way, $82 is next.", Reference.THING),
        ("Once this quarter is over, rates fall.", Reference.THING),
        ("If the price of bitcoin rises, so be it.", Reference.NOTHING),
        ("The largest exchange opened.", Reference.NOTHING),
        ("The token of the network rose.", Reference.NOTHING),
        ("The cryptocurrency market rose.", Reference.NOTHING),
        ("This week brought records.", Reference.NOTHING),
        ("Both Bitcoin and Ether rose.", Reference.NOTHING),
        ("Its-a-Coin rose on Friday.", Reference.NOTHING),
        ("It's not been a happy day for holders.", Reference.NOTHING),
        ("First Ledger Bank opened an office.", Reference.NOTHING),
        ("Founder Ada Boss said she would stay.", Reference.NOTHING),
        ("The judge said he would rule on Friday.", Reference.THING),
        ("The company said it would stay.", Reference.THING),
        ("The new token rose on Friday.", Reference.THING),
        ("Fees fell last week, the company said.", Reference.THING),
        ("Traders talked about that conversation.", Reference.THING),
        ("Funds lost nearly a million again.", Reference.THING),
        ("It rose on Friday.", Reference.PRONOUN),
        ("Within this timeframe, coins were sold.", Reference.TRAIN),
        ("A national was held after police found him.", Reference.NOTHING),
        ("They sold coins.", Reference.PRONOUN),
        ("This came as a surprise.", Reference.PRONOUN),
        ("In 2028, it will range between two lines.", Reference.PRONOUN),
        ("Sie erwartet weitere Zuflüsse.", Reference.PRONOUN),
        ("Он отметил рост.", Reference.PRONOUN),
        ("He expects more.", Reference.PERSON),
        ("Coins will rise, he said.", Reference.PERSON),
        ("XRP First, he called it.", Reference.PERSON),
        ("However, Bitcoin fell.", Reference.TRAIN),
        ("But Bitcoin fell.", Reference.TRAIN),
        ("As a result, Bitcoin fell.", Reference.TRAIN),
        ("Overall, the coin lost a tenth.", Reference.TRAIN),
        ("One, fund the reserve.", Reference.TRAIN),
    ],
)
def test_openings_that_need_what_stands_before(sentence: str, reference: Reference) -> None:
    assert reference_of(sentence) is reference


def test_persons_are_named_or_called() -> None:
    assert names_a_person("Ada Boss left.")
    assert names_a_person("A judge ruled.")
    assert not names_a_person("BTC and ETH rose.")


def test_an_analyst_needs_a_name_before_it() -> None:
    assert is_caller("analyst")
    assert not is_caller("vault")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("However, Harbor fell.", "Harbor fell."),
        ("Meanwhile, XRP fell.", "XRP fell."),
        ("However, the coin fell.", "However, the coin fell."),
        ("Meanwhile, The Hague ruled.", "Meanwhile, The Hague ruled."),
        ("Harbor, however, fell.", "Harbor, however, fell."),
    ],
)
def test_a_name_can_do_without_the_connective(sentence: str, expected: str) -> None:
    assert without_connective(sentence) == expected


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.from_regex(BACK))
def test_whatever_points_back_holds_one_of_its_words(text: str) -> None:
    """Texts made from the pattern itself pass the screen before it."""
    assert WordScreen(BACK_WORDS).passes(text)
