"""Stories as they look, and as they must never look."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.catalogue import Catalogue, Voice
from bot.chat.fitting import utf16_length
from bot.chat.pushes import story_entry, story_line, story_message
from bot.chat.story_prices import PricesNow
from bot.delivery.calls import keyboard
from bot.demo.telegram_html import parse_html
from bot.demo.telegram_markup import reply_markup
from bot.demo.telegram_params import Params
from bot.domain.articles import (
    Article,
    Category,
    Figure,
    FigureKind,
    Mention,
    Role,
    Sentiment,
    Tone,
)
from bot.domain.markets import Market
from bot.domain.model_text import ModelText, stored_model_text
from bot.domain.outbox import Pictures
from storage.story_pages import StoredStory
from tests.chat.conftest import ASSETS, NOW, about

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.assets import Assets

PERCENT = "\u00a0%"
HEAD = "Bitcoin reclaims $95,000 as funds return\nCoinDesk · 12 min ago"
GOOD = Tone(Sentiment.POSITIVE, 0.62, "reclaims +0.4")


def shown(stored: StoredStory, voice: Voice, prices: PricesNow | None = None) -> str:
    rendered = story_message(stored, ASSETS, voice, NOW, prices)
    return str(parse_html(rendered.text_html)[0])


def test_a_push_reads_as_an_editors(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    """Title, source and age, who else, the summary, the price and its move, mark and tags."""
    stored = replace(
        story(tone=GOOD),
        others=("Decrypt", "The Block"),
        prices=((Market("bitcoin"), Decimal(94700)),),
    )
    prices = PricesNow("USD", {"bitcoin": Decimal(96400)})
    rendered = story_message(stored, assets, voice, NOW, prices)
    assert rendered.text_html == (
        '<b><a href="https://news.example/btc?a=1&amp;b=2">'
        "Bitcoin reclaims $95,000 as funds return</a></b>\n"
        "CoinDesk · 12 min ago\n"
        "Also: Decrypt, The Block\n"
        "\n"
        "Bitcoin rose for a third day. Funds bought $400m. Miners sold. More.\n"
        "\n"
        f"BTC $96,400, +1.8{PERCENT} since\n"
        "🟢 #BTC #markets"
    )
    assert (rendered.preview_url, rendered.large_preview) == ("https://news.example/btc.jpg", True)
    assert [[b.label_text for b in row] for row in rendered.rows] == [
        ["📖 Read", "📈 BTC now", "🔕 Mute BTC"]
    ]


def test_a_later_revision_is_an_update(story: Callable[..., StoredStory], voice: Voice) -> None:
    rendered = story_message(replace(story(), revision=2), ASSETS, voice, NOW, is_reply=True)
    assert str(parse_html(rendered.text_html)[0]).startswith(f"Update: {HEAD}\n")


def test_who_was_told_nothing_before_gets_no_update(
    story: Callable[..., StoredStory], voice: Voice
) -> None:
    """A later revision is the first that such a chat hears of the story."""
    rendered = story_message(replace(story(), revision=2), ASSETS, voice, NOW)
    assert str(parse_html(rendered.text_html)[0]).startswith(f"{HEAD}\n")


@pytest.mark.parametrize(
    ("others", "line"),
    [
        ((), None),
        (("Decrypt",), "Also: Decrypt"),
        (("A", "B", "C", "D"), "Also: A, B, C, D"),
        (("A", "B", "C", "D", "E", "F", "G"), "Also: A, B, C, D, +3"),
        (("<i> &",), "Also: <i> &"),
    ],
)
def test_who_else_tells_it(
    story: Callable[..., StoredStory], voice: Voice, others: tuple[str, ...], line: str | None
) -> None:
    lines = shown(replace(story(), others=others), voice).split("\n")
    assert lines[2] == (line or "")


@pytest.mark.parametrize(
    ("tone", "tags"),
    [
        (None, "#BTC #markets"),
        (GOOD, "🟢 #BTC #markets"),
        (Tone(Sentiment.NEGATIVE, -0.2, "source: NEGATIVE"), "🔴 #BTC #markets"),
        (Tone(Sentiment.NEGATIVE, -0.1, ""), "#BTC #markets"),
        (Tone(Sentiment.NEUTRAL, 0.0, ""), "#BTC #markets"),
    ],
)
def test_a_mark_stands_only_where_the_tone_is_clear(
    story: Callable[..., StoredStory], voice: Voice, tone: Tone | None, tags: str
) -> None:
    assert shown(story(tone=tone), voice).split("\n")[-1] == tags


def test_a_models_text_stands_for_the_summary(
    story: Callable[..., StoredStory], voice: Voice
) -> None:
    """What is new, what happened, and two sentences on what it means for the market."""
    written = ModelText("Funds came <back>.", "They bought.", ("One.", "Two & a half.", "Three."))
    stored = replace(story(), model_text=stored_model_text(written))
    assert shown(stored, voice).split("\n\n")[1:] == [
        "Funds came <back>.",
        "They bought.",
        "For the market: One. Two & a half.",
        "#BTC #markets",
    ]
    broken = replace(story(), model_text=json.dumps({"impact": 3}))
    assert shown(broken, voice) == shown(story(), voice)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (ModelText("New."), ["New."]),
        (ModelText("New.", "It was."), ["New.", "It was."]),
        (ModelText("New.", "", ("Up.",)), ["New.", "For the market: Up."]),
        # At most two sentences of a part, and none that was told.
        (ModelText("New. Now. Not."), ["New. Now."]),
        (ModelText("New.", "NEW. One. Two. Three."), ["New.", "One. Two."]),
        (ModelText("New.", "One.", ("One.", "New.")), ["New.", "One."]),
        (ModelText("New.", " One. \n Two. ", ("Up. And up.", "Down.")),
         ["New.", "One. Two.", "For the market: Up. And up."]),
        # What is endless is left out, not cut; of what is long together the least goes first.
        (ModelText("New.", f"{'a' * 400}. Two."), ["New.", "Two."]),
        (ModelText(f"{'A' * 250}. {'B' * 250}.", f"{'C' * 150}. {'D' * 150}.", (f"{'E' * 200}.",)),
         [f"{'A' * 250}.", f"{'C' * 150}.", f"For the market: {'E' * 200}."]),
    ],
)  # fmt: skip
def test_of_a_models_text_the_whole_sentences_that_fit_are_told(
    story: Callable[..., StoredStory], voice: Voice, written: ModelText, told: list[str]
) -> None:
    stored = replace(story(), model_text=stored_model_text(written))
    assert shown(stored, voice).split("\n\n")[1:-1] == told


@pytest.mark.parametrize(
    ("title", "units", "told"),
    [
        ("Title", 114, "ABCDEF"),
        ("Title " * 21, 114, "ABCDE"),
        ("Title " * 50, 114, "ACDE"),
        ("Title " * 50, 150, "ACE"),
        ("Title " * 50, 230, "AE"),
        ("Title " * 50, 300, "A"),
    ],
)
def test_a_push_with_a_models_text_fits_below_a_picture(
    story: Callable[..., StoredStory], voice: Voice, title: str, units: int, told: str
) -> None:
    """The longer all of it is, the fewer sentences: the first of each part stay longest."""
    part = {letter: f"{letter * (units - 1)}." for letter in "ABCDEF"}
    written = ModelText(
        f"{part['A']} {part['B']}", f"{part['C']} {part['D']}", (part["E"], part["F"])
    )
    stored = replace(
        story(title=title), others=("x" * 40,) * 4, model_text=stored_model_text(written)
    )
    text = shown(stored, voice)
    assert "".join(letter for letter, sentence in part.items() if sentence in text) == told
    assert utf16_length(text) <= 1024


def test_in_a_list_a_models_text_gives_its_first_sentence(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    written = stored_model_text(ModelText("Funds came back. More.", "They bought.", ("Up.",)))
    text, _ = parse_html(story_entry(replace(story(), model_text=written), assets, voice, NOW))
    assert text == f"{HEAD}\nFunds came back.\n#BTC #markets"


@pytest.mark.parametrize(
    ("changes", "pictures", "preview", "large"),
    [
        ({}, Pictures.LARGE, "https://news.example/btc.jpg", True),
        ({}, Pictures.SMALL, "https://news.example/btc.jpg", False),
        ({}, Pictures.OFF, None, False),
        ({"image_url": None}, Pictures.LARGE, "https://news.example/btc?a=1&b=2", False),
        ({"image_url": None}, Pictures.OFF, None, False),
        (
            {"image_url": "javascript:alert(1)"},
            Pictures.LARGE,
            "https://news.example/btc?a=1&b=2",
            False,
        ),
        ({"image_url": None, "url": None}, Pictures.LARGE, None, False),
        ({"url": "javascript:alert(1)", "image_url": None}, Pictures.LARGE, None, False),
        (
            {"url": "https://x.example/" + "a" * 3000, "image_url": None},
            Pictures.LARGE,
            None,
            False,
        ),
    ],
)
def test_what_the_preview_shows(
    story: Callable[..., StoredStory],
    assets: Assets,
    voice: Voice,
    changes: dict[str, Any],
    pictures: Pictures,
    preview: str | None,
    large: bool,
) -> None:
    rendered = story_message(story(**changes), assets, voice, NOW, None, pictures)
    assert (rendered.preview_url, rendered.large_preview) == (preview, large)
    assert "javascript" not in rendered.text_html


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"summary": "", "body": "The body tells it. Twice.", "url": None},
            f"{HEAD}\n\nThe body tells it. Twice.\n\n#BTC #markets",
        ),
        (
            {"summary": "", "body": "", "mentions": (), "categories": ()},
            HEAD,
        ),
        (
            {"title": "Same", "summary": "same", "mentions": (), "categories": ()},
            "Same\nCoinDesk · 12 min ago",
        ),
        (
            {"title": "Same", "summary": "", "body": "same", "mentions": (), "categories": ()},
            "Same\nCoinDesk · 12 min ago",
        ),
        (
            {"title": " \n ", "summary": "", "mentions": (), "categories": ()},
            "Untitled\nCoinDesk · 12 min ago",
        ),
    ],
)
def test_a_story_that_lacks_something(
    story: Callable[..., StoredStory], voice: Voice, changes: dict[str, Any], text: str
) -> None:
    assert shown(story(**changes), voice) == text


def test_a_summary_is_shown_whole(story: Callable[..., StoredStory], voice: Voice) -> None:
    """It is two or three sentences already; only one that is endless loses its last."""
    whole = "He said that 3.5 p.m. in the U.S. Senate is late. " * 4
    assert whole.strip() in shown(story(summary=whole), voice)
    endless = "A sentence of some forty characters, no more. " * 40
    assert shown(story(summary=endless), voice).count("A sentence") == 3


def test_in_a_list_a_story_has_four_lines(
    story: Callable[..., StoredStory], assets: Assets, voice: Voice
) -> None:
    text, _ = parse_html(story_entry(story(tone=GOOD), assets, voice, NOW))
    assert text == f"{HEAD}\nBitcoin rose for a third day.\n🟢 #BTC #markets"
    bare = story(summary="", mentions=(), categories=())
    assert parse_html(story_entry(bare, assets, voice, NOW))[0] == HEAD


def test_among_many_a_story_has_one_line(story: Callable[..., StoredStory], voice: Voice) -> None:
    stored = replace(story(title="x" * 500, url=None), source_name="The \n Wire" * 50)
    (line,) = parse_html(story_line(stored, voice, NOW))[0].split("\n")
    assert len(line) < 200


_TEXT = st.text(max_size=6000)
_NAMES = st.lists(st.text(max_size=60), max_size=12)
_URL = st.none() | st.text().map(lambda tail: f"https://x.example/{tail}") | st.text()
_CATALOGUE = Catalogue.load()
_FIGURE = st.builds(
    Figure,
    kind=st.sampled_from(FigureKind),
    value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15),
    unit=st.sampled_from(["USD", "EUR", "%", "BTC", "", "usdt"]),
    words=st.text(max_size=20),
    asset_id=st.sampled_from([None, "bitcoin", "ethereum", "nowhere"]),
)


@given(
    title=_TEXT,
    summary=_TEXT,
    source=_TEXT,
    names=_NAMES,
    url=_URL,
    figures=st.lists(_FIGURE, max_size=8),
    happened=_TEXT,
    impact=st.none() | st.lists(_TEXT, max_size=4),
)
def test_whatever_a_feed_says_telegram_takes_it(
    title: str,
    summary: str,
    source: str,
    names: list[str],
    url: str | None,
    figures: list[Figure],
    happened: str,
    impact: list[str] | None,
) -> None:
    """As a push and in a list, with its buttons, whatever its texts, addresses and figures."""
    article = Article(
        "x",
        "g",
        title,
        NOW - timedelta(days=3),
        url=url,
        summary=summary,
        body=summary,
        image_url=url,
        categories=tuple(Category(name, "") for name in names),
        mentions=tuple(Mention(name, name, Role.PRIMARY, "") for name in (*names, "bitcoin")),
        figures=tuple(figures),
        tone=GOOD,
    )
    written = None if impact is None else ModelText(summary or "x", happened, tuple(impact))
    stored = StoredStory(
        1,
        2,
        article,
        source,
        tuple(names),
        prices=((Market("bitcoin"), Decimal("0.001")),),
        model_text=None if written is None else stored_model_text(written),
    )
    voice = Voice(_CATALOGUE, "en")
    prices = PricesNow("USD", {"bitcoin": Decimal(96400)})
    rendered = story_message(stored, ASSETS, voice, NOW, prices)
    text, _ = parse_html(rendered.text_html)
    assert 0 < utf16_length(text) <= (4096 if written is None else 1024)
    assert len(rendered.text_html.encode()) <= 32768
    made = reply_markup(Params({"reply_markup": {"inline_keyboard": keyboard(rendered)}}))
    assert made is not None
    assert len(made["inline_keyboard"]) <= 2
    five = "\n\n".join([story_entry(stored, ASSETS, voice, NOW)] * 5)
    assert utf16_length(parse_html(five)[0]) <= 4000
    parse_html(story_line(stored, voice, NOW))


def test_a_title_is_linked_where_there_is_an_address(
    story: Callable[..., StoredStory], voice: Voice
) -> None:
    linked = story_message(story(mentions=(about("bitcoin", "BTC"),)), ASSETS, voice, NOW)
    bare = story_message(story(url=None), ASSETS, voice, NOW)
    assert "<a href" in linked.text_html
    assert "<a href" not in bare.text_html
    assert [b.label_text for b in bare.rows[0]] == ["📈 BTC now", "🔕 Mute BTC"]
