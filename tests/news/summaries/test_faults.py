"""Sentences that must not be shown."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.news.cleaning.screens import OPENING, Screen
from bot.news.summaries.faults import (
    CASED_FAULTS,
    FAULTS,
    SCREENED,
    fault_of,
    is_ended,
    shouts,
)

KNOWN = frozenset(
    {"the", "internet", "institutional", "borrowing", "lending", "opens", "funds", "market"}
)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Bitcoin rose to $95,000 on Friday.", None),
        ("Crypto majors rose, with BTC up 2% at $87,400 and ETH flat at $2,820.", None),
        ("比特币周三突破10万美元。", None),
        ("The Internet Market (ICP), a funds project, rose on Friday.", None),
        ("U.S. Securities and Exchange Commission staff published a letter.", None),
        ("Chief Executive Ada Boss said the funds would stay.", None),
        ("One two.", "too short"),
        ("比特币", "too short"),
        ("Will Bitcoin rise on Friday?", "a question"),
        ("比特币周三会突破10万美元吗\uff1f", "a question"),
        ("Here's what happened to prices.", "a teaser"),
        ("In this article we explore the market.", "a teaser"),
        ("Read expert analysis of the market.", "a teaser"),
        ("Your day-ahead look for Dec. 12, 2025", "a teaser"),
        ("Subscribe to get the market in your inbox.", "a promotion"),
        ("The presale has raised millions of dollars.", "a promotion"),
        ("A judge found that the model infringed copyright.", None),
        ("Harbor Bank said so in a press release on Monday.", None),
        ("The bill was co-sponsored by Senator Boss.", None),
        ("Lantern stands out as a great buy for small wallets.", "a promotion"),
        ("A Harbor spokesman said in a statement.", "the end of a quotation"),
        ("Finbold reviewed the figures of the firm.", "the publisher about itself"),
        ("This is not financial advice of any kind.", "a disclaimer"),
        ("Source: Ledger Data shows a rise.", "a caption or reference"),
        ("Coins rose. Related News: Fund sells its coins.", "a caption or reference"),
        ("More at https://ledger.example/today on this.", "a link or markup"),
        ("Traders like @someone and others bought coins.", "a link or markup"),
        ('{ "headline": "Coins rise", "more": 1 }', "a link or markup"),
        ("“Coins will rise, he said on Friday.", "a quotation cut open"),
        ("BTC $96,400 +1.2% ETH $3,300 -0.5% SOL $142", "a row of a table"),
        ("Market Cap Rank Trading Volume Circulating Supply Price", "a row of a table"),
        ("Ledger Opens Institutional Borrowing With Vaults on Ethereum holders can now lend.",
         "a heading run into text"),
        ("The Mutation Engine.", "a heading run into text"),
    ],
)  # fmt: skip
def test_faults_of_sentences(sentence: str, fault: str | None) -> None:
    assert fault_of(sentence, KNOWN) == fault


def test_shouting_is_told_from_names_in_capitals() -> None:
    known = frozenset({"gone", "clarity"})
    assert shouts("Below $2 it is GONE, below $1 it is GONE.", "Prices", known)
    assert not shouts("The CLARITY Act is what the CLARITY Act was.", "CLARITY Act fails", known)
    assert not shouts("XRP and USDT rose.", "Prices", known)


@pytest.mark.parametrize(
    ("sentence", "ended"),
    [
        ("It rose.", True),
        ("“It rose.”", True),
        ("涨了。", True),
        ("It rose…", False),
        ("It rose...", False),
        ("It rose", False),
    ],
)
def test_whole_sentences_end_with_a_mark(sentence: str, ended: bool) -> None:
    assert is_ended(sentence) is ended


def test_every_fault_has_words_that_are_looked_for_first() -> None:
    """A fault without words would never be found."""
    assert {reason for reason, _ in (*FAULTS, *CASED_FAULTS)} == SCREENED.keys()


@pytest.mark.parametrize(("reason", "pattern"), [*FAULTS, *CASED_FAULTS])
def test_whatever_a_fault_finds_holds_one_of_its_words(
    reason: str, pattern: re.Pattern[str]
) -> None:
    """Texts made from the pattern itself pass its screen."""
    screen = Screen({reason: SCREENED[reason]})

    @settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.from_regex(pattern))
    def passes(text: str) -> None:
        assert screen.passed(f"{OPENING}{text.lower()}") == {reason}

    passes()
