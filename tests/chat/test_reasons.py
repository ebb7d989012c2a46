"""What operators read of why a story was pushed as it was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.catalogue import Catalogue, Voice
from bot.chat.fitting import fitted, utf16_length
from bot.chat.reasons import Explained, reasons_text
from bot.demo.telegram_html import parse_html
from bot.domain.articles import (
    Article,
    Category,
    Figure,
    FigureKind,
    FigureRole,
    Importance,
    Mention,
    Role,
    Sentiment,
    Tone,
)
from storage.story_pages import StoredStory, StoryMember
from tests.chat.conftest import NOW, about

if TYPE_CHECKING:
    from collections.abc import Callable

LEVEL = Figure(
    FigureKind.LEVEL,
    Decimal(100000),
    "USD",
    "a break above $100,000",
    "bitcoin",
    "BTC",
    FigureRole.TARGET,
)
MOVE = Figure(FigureKind.MOVE, Decimal("-3.5"), "%", "fell 3.5 %", "bitcoin", "BTC", period="24h")


def text(explained: Explained, voice: Voice) -> str:
    return str(parse_html(reasons_text(explained, voice))[0])


def test_every_part_is_told_with_its_reason(
    story: Callable[..., StoredStory], voice: Voice
) -> None:
    stored = story(
        mentions=(
            Mention("ethereum", "ETH", Role.MENTIONED, "named once"),
            about("bitcoin", "BTC"),
        ),
        categories=(Category("etf", 'feed: "ETF"'),),
        tone=Tone(Sentiment.POSITIVE, 0.62, "reclaims +0.4"),
        figures=(LEVEL, MOVE),
        importance=Importance(74, "BTC is the largest coin"),
        summary_reason="2 of 9 sentences of the lead",
    )
    members = [
        StoryMember(1, "", stored.article, "CoinDesk"),
        StoryMember(2, "same asset and figure", story(title="Second <one>").article, "Decrypt"),
    ]
    asked = [("Bitcoin (BTC)", "in the title")]
    assert text(Explained(stored, members, asked), voice) == (
        "Story 7, revision 1, importance 0\n"
        "\n"
        "Sent here for\n"
        "• Bitcoin (BTC): in the title\n"
        "\n"
        "Articles\n"
        "• CoinDesk: Bitcoin reclaims $95,000 as funds return. Revision 1: it began the story\n"
        "• Decrypt: Second <one>. Revision 2: same asset and figure\n"
        "\n"
        "Summary\n"
        "• the article\u2019s own sentences: 2 of 9 sentences of the lead\n"
        "\n"
        "Assets\n"
        "• BTC primary: in the title\n"
        "• ETH mentioned: named once\n"
        "\n"
        "Categories\n"
        '• etf: feed: "ETF"\n'
        "\n"
        "Sentiment\n"
        "• POSITIVE +0.62: reclaims +0.4\n"
        "\n"
        "Figures\n"
        "• level BTC 100,000 USD target: “a break above $100,000”\n"
        "• move BTC \u22123.5 % 24h: “fell 3.5 %”\n"
        "\n"
        "Importance of this article\n"
        "• 74: BTC is the largest coin"
    )


def test_what_is_not_there_is_said_and_what_is_too_much_is_counted(
    story: Callable[..., StoredStory], voice: Voice
) -> None:
    stored = story(mentions=(), categories=(), figures=(MOVE,) * 15)
    told = text(Explained(stored, []), voice)
    assert told.count("• none") == 7
    assert told.count("• move") == 12
    assert "and 3 more" in told


def test_a_models_text_is_told_as_such(story: Callable[..., StoredStory], voice: Voice) -> None:
    stored = replace(story(summary_reason="1 of 3 sentences of the lead"), model_text="{}")
    told = text(Explained(stored, []), voice)
    assert "Summary\n• a model\u2019s text, held to the article\u2019s figures and names\n" in told
    assert "sentences of the lead" not in told


_TEXT = st.text(max_size=3000)
_CATALOGUE = Catalogue.load()


@given(_TEXT, _TEXT, st.integers(0, 30))
def test_whatever_was_understood_telegram_takes_it(title: str, reason: str, count: int) -> None:
    article = Article(
        "x",
        "g",
        title,
        NOW,
        mentions=tuple(Mention(f"{n}", title[:50], Role.PRIMARY, reason) for n in range(count)),
        categories=tuple(Category(f"c{n}", reason) for n in range(count)),
        figures=(Figure(FigureKind.PRICE, Decimal(1), "USD", reason),) * count,
        tone=Tone(Sentiment.NEUTRAL, 0.0, reason),
    )
    members = [StoryMember(1, reason, article, title)] * count
    explained = Explained(StoredStory(1, 1, article, title), members)
    html = fitted(reasons_text(explained, Voice(_CATALOGUE, "en")))
    assert utf16_length(parse_html(html)[0]) <= 4096
