"""Coins that news concerns though its title does not name them."""

import pytest

from bot.news.assets.concerns import chosen, concerned
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry

NAMES = AssetNames(load_registry())
BEFORE = "Savers bought notes. "


def found(sentence: str) -> dict[str, str]:
    """The symbols that a sentence concerns, where it stands second in its text."""
    text = BEFORE + sentence
    told = concerned(sentence, len(BEFORE), NAMES.namings(text))
    return {naming.asset.symbol: words for naming, words in told}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Bitcoin took 71% of it and ether 19%.", {"BTC": "Bitcoin took 71% of"}),
        ("Solana funds drew in about 64 percent of the money.", "SOL"),
        ("Ether accounted for 52.5% of the inflows, solana for the rest.", "ETH"),
        ("XRP products attracted the bulk of the new money.", "XRP"),
        ("Bitcoin made up two thirds of the purchases.", "BTC"),
        (
            "Bitcoin and ether are the only two that meet the test today.",
            dict.fromkeys(("BTC", "ETH"), "Bitcoin and ether are the only"),
        ),
        ("Bitcoin, ether and solana qualify so far.", "BTC ETH SOL"),
        ("Only bitcoin meets the test.", "BTC"),
        ("Only bitcoin and ether qualify.", "BTC ETH"),
    ],
)
def test_what_most_of_the_news_is_about(sentence: str, expected: str | dict[str, str]) -> None:
    if isinstance(expected, dict):
        assert found(sentence) == expected
    else:
        assert list(found(sentence)) == expected.split()


@pytest.mark.parametrize(
    "sentence",
    [
        "Bitcoin took 31% of it and ether 29%.",
        "Bitcoin took 71% more time than planned.",
        "Bitcoin accounts for 58% of the market value of all coins.",
        "Bitcoin and ether fell.",
        "Banks that hold bitcoin and ether are the only two.",
        "Nobody counted anything.",
        "",
    ],
)
def test_what_says_only_how_large_a_coin_is_concerns_none(sentence: str) -> None:
    assert found(sentence) == {}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The bank picked Ethereum and Solana to carry the payments.", "ETH SOL"),
        ("Two funds chose the XRP Ledger to issue their notes.", "XRP"),
        ("It has opted for Solana for settling the bills.", "SOL"),
        ("After a trial the clearer settled on the Avalanche network to record trades.", "AVAX"),
        ("Ether fell while the lender selected Solana to host its market.", "SOL"),
    ],
)
def test_what_somebody_runs_on_concerns_its_coin(sentence: str, expected: str) -> None:
    text = BEFORE + sentence
    told = list(chosen(sentence, len(BEFORE), NAMES.namings(text)))
    assert [naming.asset.symbol for naming, _ in told] == expected.split()
    assert all(words in sentence for _, words in told)


@pytest.mark.parametrize(
    "sentence",
    [
        "Analysts picked Solana to double by June.",
        "Savers chose bitcoin over ether.",
        "The network was picked for its fees, and ether rose.",
        "The bank picked a vendor to carry Solana's messages.",
        "",
    ],
)
def test_a_bet_is_no_choice_of_a_network(sentence: str) -> None:
    assert list(chosen(sentence, len(BEFORE), NAMES.namings(BEFORE + sentence))) == []
