"""Items understood as articles."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.articles import FeedItem, Role
from bot.news.mentions import MentionFinder
from bot.news.understanding import MOST_CATEGORIES, understood

NOW = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
TITLE = "Bitcoin passes $97,800"


def item(**fields: object) -> FeedItem:
    return FeedItem(**{"guid": "1", "title": TITLE, **fields})  # type: ignore[arg-type]  # a row


def test_a_whole_item(finder: MentionFinder) -> None:
    article = understood(
        item(
            url="http://www.ledger.example/1/?utm_source=rss",
            published_at=NOW - timedelta(minutes=5),
            summary="The price rose. It had fallen before. Ether followed. Nobody knows why.",
            body="A longer text.",
            image_url="https://img.example/1.jpg",
            categories=("Price Analysis", "Bitcoin"),
            language="en",
        ),
        "ledger",
        NOW,
        finder,
    )
    assert (article.source_key, article.guid, article.title) == ("ledger", "1", TITLE)
    assert article.url == "http://www.ledger.example/1/?utm_source=rss"
    assert article.canonical_url == "https://ledger.example/1"
    assert article.published_at == NOW - timedelta(minutes=5)
    assert article.summary == "The price rose. It had fallen before. Ether followed."
    assert (article.image_url, article.language) == ("https://img.example/1.jpg", "en")
    assert [(m.symbol, m.role) for m in article.mentions] == [
        ("BTC", Role.PRIMARY),
        ("ETH", Role.MENTIONED),
    ]
    assert [(c.name, c.reason) for c in article.categories] == [
        ("price-analysis", 'feed: "Price Analysis"')
    ]


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        (None, NOW),
        (NOW + timedelta(days=400), NOW),
        (NOW, NOW),
        (NOW - timedelta(days=1), NOW - timedelta(days=1)),
    ],
)
def test_no_article_is_of_the_future(
    finder: MentionFinder, published_at: datetime | None, expected: datetime
) -> None:
    article = understood(item(published_at=published_at), "ledger", NOW, finder)
    assert article.published_at == expected


@pytest.mark.parametrize(
    ("summary", "body", "shown"),
    [
        ("", "", ""),
        ("", "From the body. And more.", "From the body. And more."),
        (TITLE, "From the body.", "From the body."),
        (f"{TITLE} - The price rose.", "", "The price rose."),
        (f"{TITLE}0 was the price.", "", f"{TITLE}0 was the price."),
        ("It rose and then…", "It rose and then fell. The end.", "It rose and then fell. The end."),
        ("It rose and then…", "Another text.", "It rose and then…"),
        ("Key takeaways: It rose.", "", "It rose."),
        ("The following article is adapted from our newsletter. It rose.", "", "It rose."),
    ],
)
def test_the_sentences_that_are_shown(
    finder: MentionFinder, summary: str, body: str, shown: str
) -> None:
    article = understood(item(summary=summary, body=body), "ledger", NOW, finder)
    assert article.summary == shown


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Markets", "markets", " MARKETS "), ["markets"]),
        (("Law & Order", "U.S. Policy"), ["law-order", "u-s-policy"]),
        (("BTC", "Ethereum", "Solana News", "NFT"), ["nft"]),
        (("!!!", ""), []),
        (("x" * 60,), []),
    ],
)
def test_categories(finder: MentionFinder, names: tuple[str, ...], expected: list[str]) -> None:
    article = understood(item(categories=names), "ledger", NOW, finder)
    assert [category.name for category in article.categories] == expected


def test_a_symbol_that_is_a_word_is_no_category_of_its_own_article(finder: MentionFinder) -> None:
    about = item(title="Chainlink grows", categories=("LINK", "Oracles"))
    categories = understood(about, "ledger", NOW, finder).categories
    assert [category.name for category in categories] == ["oracles"]


def test_categories_have_an_end(finder: MentionFinder) -> None:
    names = tuple(f"topic {number}" for number in range(40))
    assert len(understood(item(categories=names), "l", NOW, finder).categories) == MOST_CATEGORIES


def test_an_item_without_a_link_has_no_address(finder: MentionFinder) -> None:
    article = understood(item(), "ledger", NOW, finder)
    assert (article.url, article.canonical_url) == (None, None)
