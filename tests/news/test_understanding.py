"""Items understood as articles; what each part finds has tests of its own."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import (
    FeedItem,
    Figure,
    FigureKind,
    FigureRole,
    Mention,
    Role,
    Sentiment,
)
from bot.news.assets.registry import load_registry
from bot.news.understanding import Understanding, offered_levels

NOW = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
TITLE = "Bitcoin passes $97,800"
UNDERSTANDING = Understanding(load_registry())


def item(**fields: Any) -> FeedItem:
    return FeedItem(**{"guid": "1", "title": TITLE, **fields})


def test_a_whole_item() -> None:
    """Every part of an article, each that is judged with its reason."""
    article = UNDERSTANDING.article_of(
        item(
            url="http://www.ledger.example/1/?utm_source=rss",
            published_at=NOW - timedelta(minutes=5),
            summary="Bitcoin rallied 5% in a day to $97,800, the highest price in two months. "
            "Ether followed at a distance.",
            body="A longer text.",
            image_url="https://img.example/1.jpg",
            categories=("Price Analysis", "Bitcoin"),
            language="en",
            publisher="The Ledger",
        ),
        "ledger",
        NOW,
    )
    assert (article.source_key, article.guid, article.title) == ("ledger", "1", TITLE)
    assert article.url == "http://www.ledger.example/1/?utm_source=rss"
    assert article.canonical_url == "https://ledger.example/1"
    assert article.published_at == NOW - timedelta(minutes=5)
    assert article.summary.startswith("Bitcoin rallied 5% in a day to $97,800,")
    assert (article.image_url, article.language) == ("https://img.example/1.jpg", "en")
    assert article.publisher == "The Ledger"
    assert [(m.symbol, m.role) for m in article.mentions] == [
        ("BTC", Role.PRIMARY),
        ("ETH", Role.MENTIONED),
    ]
    assert {c.name for c in article.categories} >= {"price-analysis"}
    assert Decimal(97_800) in {figure.value for figure in article.figures}
    assert {f.kind for f in article.figures} >= {FigureKind.PRICE, FigureKind.MOVE}
    assert article.tone is not None
    assert article.tone.sentiment is Sentiment.POSITIVE
    assert article.importance is not None
    reasons = [article.tone.reason, article.importance.reason]
    reasons += [mention.reason for mention in article.mentions]
    reasons += [category.reason for category in article.categories]
    assert all(reasons)


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        (None, NOW),
        (NOW + timedelta(days=400), NOW),
        (NOW, NOW),
        (NOW - timedelta(days=1), NOW - timedelta(days=1)),
    ],
)
def test_no_article_is_of_the_future(published_at: datetime | None, expected: datetime) -> None:
    article = UNDERSTANDING.article_of(item(published_at=published_at), "ledger", NOW)
    assert article.published_at == expected


def test_the_sources_own_sentiment_is_taken() -> None:
    found = UNDERSTANDING.article_of(item(sentiment=Sentiment.NEGATIVE), "ledger", NOW)
    assert found.tone is not None
    assert found.tone.sentiment is Sentiment.NEGATIVE
    assert found.tone.reason.startswith("source")


def test_a_weighty_source_makes_its_articles_weigh_more() -> None:
    light, heavy = (
        UNDERSTANDING.article_of(item(), "ledger", NOW, weight).importance for weight in (1, 100)
    )
    assert light is not None
    assert heavy is not None
    assert light.score < heavy.score


@pytest.mark.parametrize(
    ("title", "body", "language"),
    [
        ("El bitcoin sube tras la decisión del banco central de ayer", "", "es"),
        ("Биткоин вырос после решения центрального банка страны", "", "ru"),
        ("ビットコインが急騰、機関投資家の買いが続く見通し", "", "ja"),
        ("BTC", "", None),
    ],
)
def test_the_language_is_found_where_the_feed_is_silent(
    title: str, body: str, language: str | None
) -> None:
    assert UNDERSTANDING.article_of(item(title=title, body=body), "l", NOW).language == language


def test_an_item_without_a_link_has_no_address() -> None:
    article = UNDERSTANDING.article_of(item(), "ledger", NOW)
    assert (article.url, article.canonical_url) == (None, None)


@given(st.text(max_size=80), st.text(max_size=300), st.text(max_size=300))
def test_whatever_a_feed_gives_is_understood(title: str, summary: str, body: str) -> None:
    article = UNDERSTANDING.article_of(item(title=title, summary=summary, body=body), "l", NOW)
    assert article.importance is not None
    assert 0 <= article.importance.score <= 100
    assert article.tone is not None
    assert -1 <= article.tone.score <= 1


@pytest.mark.parametrize(
    "body",
    [
        "Bitcoin $93,000 " * 60_000,
        "BTC ETH SOL XRP " * 60_000,
        "x" * 1_000_000,
        "| BTC | 93,000 | +5% |\n" * 40_000,
        "ارتفع سعر البيتكوين إلى 93,000 دولار. " * 25_000,
        "ビットコインは上昇した。" * 80_000,
        "100x $1.2tn €93.000 93k\u201395k -5% +5% " * 25_000,
        "(" * 500_000 + "“" * 500_000,
    ],
    ids=["one price", "symbols", "one word", "table", "arabic", "japanese", "figures", "brackets"],
)
def test_an_article_of_a_million_letters_ends(body: str) -> None:
    """What is read of a text has bounds; without them this would not end within the test's time."""
    article = UNDERSTANDING.article_of(item(summary=body, body=body), "l", NOW)
    assert article.title == TITLE


def _line(symbol: str, value: int, role: FigureRole | None, kind: FigureKind) -> Figure:
    return Figure(kind, Decimal(value), "USD", f"${value}", symbol.lower(), symbol, role)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([], set()),
        ([_line("A", 9, FigureRole.SUPPORT, FigureKind.LEVEL)], {"$9"}),
        ([_line("A", 9, None, FigureKind.LEVEL)], {"$9"}),
        ([_line("A", 9, None, FigureKind.PRICE)], set()),
        ([_line("B", 9, FigureRole.SUPPORT, FigureKind.LEVEL)], set()),
        ([_line("A", 9, FigureRole.REACHED, FigureKind.PRICE)], {"$9"}),
        (
            [
                _line("A", 9, FigureRole.REACHED, FigureKind.PRICE),
                _line("A", 8, FigureRole.TARGET, FigureKind.LEVEL),
            ],
            {"$8"},
        ),
    ],
)
def test_levels_that_are_offered(figures: list[Figure], expected: set[str]) -> None:
    """Lines of the assets an article is about; reached ones only where there is no other."""
    primary = [Mention("a", "A", Role.PRIMARY, "")]
    assert offered_levels(figures, primary) == expected


def test_the_summary_explains_the_levels_that_are_offered() -> None:
    lead = (
        "Bitcoin slid back to $96,300 on Sunday. Offers worth $330 million stood in its way, the "
        "thickest wall since November. Longs worth $92 million were liquidated on the way down. "
        "As long as $95,000 holds as support the trend is up, with $101,500 as the next target."
    )
    article = UNDERSTANDING.article_of(item(title="Bitcoin turns back", body=lead), "x", NOW)
    assert "$95,000" in article.summary
    assert article.summary.startswith("Bitcoin slid back")
