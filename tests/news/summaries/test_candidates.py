"""Sentences that a summary may show, and what they are worth."""

import pytest

from bot.news.summaries.candidates import (
    Title,
    candidate_of,
    is_whole,
    length_of,
    source_of,
    stems_of,
    tells_title,
)
from bot.news.summaries.passages import Passage

TITLE = Title(
    "Harbor Exchange opens a vault in Zurich",
    stems_of("Harbor Exchange opens a vault in Zurich"),
    frozenset({"vault", "opens"}),
)
LEDE = "Harbor Exchange has opened a vault in Zurich for nine pension funds."


def test_what_tells_the_title_is_worth_more() -> None:
    lede, other = (
        candidate_of(Passage(text, 0), TITLE)
        for text in (LEDE, "Rain fell on Zug, where 9 banks sit.")
    )
    assert lede.worth > other.worth
    assert tells_title(lede, TITLE)
    assert not tells_title(other, TITLE)


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("Markets can change their mood from one moment to the next.", True),
        ("Fees were cut by 3% last week.", False),
        ("Nobody at Harbor has said so before.", False),
        ("Рынки меняют настроение.", False),
    ],
)
def test_what_could_open_any_article_is_general(text: str, general: bool) -> None:
    assert candidate_of(Passage(text, 0), TITLE).general is general


def test_a_connective_before_a_name_is_left_out() -> None:
    assert candidate_of(Passage(f"However, {LEDE}", 1), TITLE).text == LEDE
    assert candidate_of(Passage("However, it fell.", 1), TITLE).text == "However, it fell."


def test_the_country_is_no_pronoun() -> None:
    """A sentence about the US is not one in which we speak of ourselves."""
    country = candidate_of(Passage("US regulators licensed Harbor.", 0), TITLE)
    ours = candidate_of(Passage("Regulators told us of Harbor.", 0), TITLE)
    assert country.worth > ours.worth + 1


def test_what_an_advertisement_sells_is_left_out() -> None:
    texts = (
        "Bitcoin rose 3% on Friday.",
        "Lantern Coin (LNTRN) runs a presale.",
        "Holders of LNTRN can vote on fees.",
        "Fees are low.",
    )
    found = source_of("the body", [Passage(t, n) for n, t in enumerate(texts)], TITLE)
    assert [candidate.text for candidate in found.candidates] == [texts[0]]


@pytest.mark.parametrize(
    ("passage", "alone", "whole"),
    [
        (Passage("It fell.", 0), False, True),
        (Passage("It fell", 0), True, True),
        (Passage("It fell", 0), False, False),
        (Passage("It fell", 0, listed=True), False, True),
        (Passage("It fell to the", 0, listed=True), False, False),
        (Passage("It fell…", 0), True, False),
    ],
)
def test_whole_sentences(passage: Passage, alone: bool, whole: bool) -> None:
    among = [passage] if alone else [passage, Passage("More.", 1)]
    assert is_whole(passage, among) is whole


def test_wide_signs_count_double() -> None:
    assert length_of("ab") == 2
    assert length_of("比特") == 4


@pytest.mark.parametrize(
    ("title", "text", "explains"),
    [
        ("Harbor Exchange drained", "The hole was in a contract that anyone could call.", True),
        ("Harbor Exchange drained", "Its main weakness lay in an old library.", True),
        ("Harbor Exchange opens", "The problem was the rent.", False),
        ("Harbor Exchange drained", "Holders lost faith in the flaw that was told.", False),
        ("Harbor to pay in USDC", "It picked Solana and Ethereum to carry the money.", True),
        ("Harbor to pay in USDC", "It picked a bank to carry the money.", False),
        ("Harbor picks Solana", "It chose Solana after a trial.", False),
    ],
)
def test_what_explains_the_news(title: str, text: str, explains: bool) -> None:
    """What went wrong in what a title tells, and the coins, not of the title, that were chosen."""
    headline = Title(title, stems_of(title), frozenset())
    assert candidate_of(Passage(text, 0), headline).explains is explains
