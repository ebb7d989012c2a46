"""Cutting: within the limit, at a word, and still well formed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.catalogue import Catalogue, Html, escaped, joined
from bot.chat.fitting import cut_text, first_sentences, fitted, utf16_length
from bot.demo.telegram_html import parse_html

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one, two", 6, "one…"),
        ("indivisible", 6, "indiv…"),
        ("🔔🔔🔔🔔", 5, "🔔🔔…"),
        ("", 3, ""),
    ],
)
def test_a_text_is_cut_after_a_word(text: str, limit: int, cut: str) -> None:
    assert cut_text(text, limit) == cut


@given(st.text(), st.integers(1, 60))
def test_a_cut_text_never_passes_its_limit(text: str, limit: int) -> None:
    assert utf16_length(cut_text(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "count", "kept"),
    [
        ("One. Two. Three. Four.", 3, "One. Two. Three."),
        ("The U.S. Senate voted. It passed.", 1, "The U.S. Senate voted."),
        ("Apple Inc. Reported gains. Done.", 1, "Apple Inc. Reported gains."),
        ("It rose 3.5% to $97,800. “Wow.” She left.", 2, "It rose 3.5% to $97,800. “Wow.”"),
        ("No end", 3, "No end"),
        ("Why? Because! So… Yes", 2, "Why? Because!"),
        ("Цена выросла. Потом упала.", 1, "Цена выросла."),
        ("  spread \n over   lines.  Next one. ", 1, "spread over lines."),
        ("", 3, ""),
    ],
)
def test_the_first_sentences(text: str, count: int, kept: str) -> None:
    assert first_sentences(text, count, 400) == kept


def test_a_sentence_that_does_not_fit_is_left_out_unless_it_is_the_first() -> None:
    assert first_sentences("Short one. A much longer second one.", 3, 20) == "Short one."
    assert first_sentences("A much longer first sentence.", 3, 14) == "A much longer…"


@given(st.text(), st.integers(0, 4), st.integers(2, 80))
def test_sentences_never_pass_their_limit(text: str, count: int, limit: int) -> None:
    assert utf16_length(first_sentences(text, count, limit)) <= limit


def test_what_fits_is_left_alone() -> None:
    html = Html("<b>x &amp; y</b>")
    assert fitted(html) is html


def test_it_is_the_parsed_length_that_counts() -> None:
    html = Html("&amp;" * 4096)
    assert fitted(html) is html
    assert parse_html(fitted(Html("&amp;" * 4097)))[0] == "&" * 4095 + "…"


def test_open_tags_are_closed_after_the_cut() -> None:
    html = Html('<b>bold <a href="https://x.example/?a&amp;b">link text</a> tail</b>')
    assert fitted(html, 12) == '<b>bold <a href="https://x.example/?a&amp;b">link…</a></b>'


_PIECES = st.one_of(
    st.text(max_size=30).map(escaped),
    st.text(max_size=30).map(lambda t: CATALOGUE.html("en", "story.title", title=t)),
    st.text(max_size=30).map(
        lambda t: CATALOGUE.html("en", "story.linked_title", title=t, url=f"https://x/{t}")
    ),
)


@given(st.lists(_PIECES, max_size=8), st.integers(1, 100))
def test_any_message_is_cut_to_html_that_telegram_takes(pieces: list[Html], limit: int) -> None:
    text, _ = parse_html(fitted(joined("\n", pieces), limit))
    assert utf16_length(text) <= limit


def test_the_raw_text_stays_within_what_telegram_reads() -> None:
    """Long addresses do not count as text, but Telegram takes 32,768 bytes of HTML at most."""
    url = "https://x.example/" + "a" * 1900
    line = CATALOGUE.html("en", "story.linked_title", title="title", url=url)
    cut = fitted(joined("\n", [line] * 30))
    assert len(cut.encode()) <= 32768
    text, entities = parse_html(cut)
    assert text.count("title") > 10
    assert entities
