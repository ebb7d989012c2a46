"""Which assets an article is about."""

import pytest

from bot.domain.articles import Role
from bot.news.mentions import MentionFinder


def roles(
    finder: MentionFinder, title: str, summary: str = "", body: str = "", *categories: str
) -> dict[str, str]:
    mentions = finder.mentions(title, summary, body, categories)
    return {mention.symbol: mention.role.value for mention in mentions}


def test_the_headline_says_what_an_article_is_about(finder: MentionFinder) -> None:
    mentions = finder.mentions("Bitcoin and ETH fall", "Solana held.", "Even XRP fell.")
    assert [(m.symbol, m.role, m.reason) for m in mentions] == [
        ("BTC", Role.PRIMARY, 'title: "Bitcoin"'),
        ("ETH", Role.PRIMARY, 'title: "ETH"'),
        ("SOL", Role.MENTIONED, 'summary: "Solana"'),
        ("XRP", Role.MENTIONED, 'body: "XRP"'),
    ]
    assert [m.asset_id for m in mentions] == ["bitcoin", "ethereum", "solana", "ripple"]


def test_the_first_sentence_does_where_the_headline_names_none(finder: MentionFinder) -> None:
    summary = "Hedera's token fell 4%. Bitcoin was flat."
    (hedera, bitcoin) = finder.mentions("Altcoins tumble", summary, "")
    assert (hedera.symbol, hedera.role) == ("HBAR", Role.PRIMARY)
    assert hedera.reason == 'first sentence: "Hedera"'
    assert (bitcoin.symbol, bitcoin.role) == ("BTC", Role.MENTIONED)


def test_a_body_takes_the_place_of_a_missing_summary(finder: MentionFinder) -> None:
    assert roles(finder, "A token rallies", "", "Solana rose. So did XRP.") == {
        "SOL": "primary",
        "XRP": "mentioned",
    }


def test_a_category_and_the_first_sentence_together_do(finder: MentionFinder) -> None:
    summary = "The upgrade brings Solana to Bitcoin."
    assert roles(finder, "Bitcoin wakes up", summary) == {"BTC": "primary", "SOL": "mentioned"}
    assert roles(finder, "Bitcoin wakes up", summary, "", "Solana News") == {
        "BTC": "primary",
        "SOL": "primary",
    }


def test_a_category_alone_mentions_nothing(finder: MentionFinder) -> None:
    assert roles(finder, "A quiet day", "Nothing happened.", "", "Solana") == {}


@pytest.mark.parametrize(
    ("title", "rest", "symbols"),
    [
        ("Ripple wins a bank charter", "", {}),
        ("Ripple wins a bank charter", "The price of XRP rose.", {"XRP": "primary"}),
        ("HYPE trades at $55", "", {}),
        ("HYPE trades at $55", "Hyperliquid took fees.", {"HYPE": "primary"}),
        ("Mantle leads the field", "", {}),
        ("Mantle leads as MNT weakens", "", {"MNT": "primary"}),
        ("GRAM (prev. TON) price prediction", "", {"TON": "primary"}),
        ("The missing LINK", "A story of payments.", {}),
    ],
)
def test_a_word_counts_when_the_article_proves_it(
    finder: MentionFinder, title: str, rest: str, symbols: dict[str, str]
) -> None:
    """Companies and ordinary words mean the coin where the coin is named beyond doubt."""
    assert roles(finder, title, "", rest) == symbols


def test_exchanges_and_people_are_no_coins(finder: MentionFinder) -> None:
    assert roles(finder, "Binance founder CZ meets Coinbase and Kraken") == {}


@pytest.mark.parametrize(
    ("category", "symbol"),
    [("Solana", "SOL"), ("XRP News", "XRP"), ("Bitcoin Mining", None), ("NFT", None), ("", None)],
)
def test_categories_that_merely_name_an_asset(
    finder: MentionFinder, category: str, symbol: str | None
) -> None:
    asset = finder.asset_of_category(category)
    assert (asset.symbol if asset else None) == symbol


def test_an_empty_article_mentions_nothing(finder: MentionFinder) -> None:
    assert finder.mentions("", "", "") == ()
