"""Fields of the news APIs, whatever their types."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import Sentiment
from bot.domain.errors import ParseError
from bot.news.feeds.images import Picture
from bot.news.feeds.items import RawItem
from bot.news.feeds.news_apis import (
    api_articles,
    api_document,
    api_items,
    cover_pictures,
    field_text,
    inner_fields,
    moment_of,
    piped_texts,
    refusal_text,
    sentiment_of,
    text_markup,
)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The API gave broken JSON"),
        (b"<html>", "The API gave a page"),
        (b"[]", "The API gave JSON that is no object"),
        (b"[" * 100_000, "The API gave broken JSON"),
    ],
)
def test_what_is_no_object_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        api_document(body, "The API")


@pytest.mark.parametrize("data", [None, {}, "x", 1])
def test_an_answer_without_a_list_is_refused(data: object) -> None:
    with pytest.raises(ParseError, match="gave no list of articles"):
        api_articles({"Data": data}, "The API")


def test_what_is_no_article_in_a_list_is_left_out() -> None:
    assert list(api_articles({"Data": [1, {"a": 1}, None, []]}, "The API")) == [{"a": 1}]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("You are over your limit", "The API refuses: You are over your limit"),
        ("<b>Bad\n key</b>", "The API refuses: Bad key"),
        (f"The key {'a1b2' * 16} is unknown", "The API refuses: The key (key) is unknown"),
        (None, "The API refuses: it does not say why"),
        ({"a": 1}, "The API refuses: it does not say why"),
        ("word " * 100, "The API refuses: " + ("word " * 100)[:200]),
    ],
)
def test_a_refusal_is_told_in_the_providers_words_without_a_key(words: object, text: str) -> None:
    assert refusal_text("The API", words) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (5, "5"), (True, ""), (None, ""), ([], ""), (1.5, ""), ("\ud83d x", "\ufffd x")],
)
def test_texts_and_whole_numbers_are_texts(value: object, text: str) -> None:
    assert field_text(value) == text


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1_767_571_200, datetime(2026, 1, 5, tzinfo=UTC)),
        ("1767571200", datetime(2026, 1, 5, tzinfo=UTC)),
        (-1, None),
        ("soon", None),
        (10**30, None),
        (None, None),
        (True, None),
    ],
)
def test_moments_are_seconds_since_1970(value: object, moment: datetime | None) -> None:
    assert moment_of(value) == moment


@pytest.mark.parametrize(
    ("value", "sentiment"),
    [
        ("POSITIVE", Sentiment.POSITIVE),
        (" negative ", Sentiment.NEGATIVE),
        ("MIXED", None),
        (1, None),
    ],
)
def test_a_sentiment_is_one_of_three(value: object, sentiment: Sentiment | None) -> None:
    assert sentiment_of(value) == sentiment


def test_pipes_separate() -> None:
    assert piped_texts(" a| |b |") == ("a", "b")
    assert piped_texts(None) == ()


@pytest.mark.parametrize(
    ("url", "pictures"),
    [
        ("https://r.example/news/5/52.jpeg", (Picture("https://r.example/news/5/52.jpeg"),)),
        ("https://r.example/news/67/default.png", ()),
        ("https://r.example/news/default/gazette.png", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_a_sites_logo_is_no_cover(url: object, pictures: tuple[Picture, ...]) -> None:
    assert cover_pictures(url) == pictures


def test_items_have_what_the_provider_adds() -> None:
    raw = RawItem(base="", guid="7", title=text_markup("Up &amp; away"), language="PT-BR")
    empty = RawItem(base="", guid="8")
    (item,) = api_items([(raw, Sentiment.POSITIVE, "A &amp; B"), (empty, None, "")])
    assert (item.title, item.language, item.publisher) == ("Up & away", "pt-br", "A & B")
    assert item.sentiment is Sentiment.POSITIVE


@given(JSON_VALUES)
def test_no_type_surprises_a_field(value: object) -> None:
    field_text(value).encode()
    moment_of(value)
    sentiment_of(value)
    cover_pictures(value)
    assert all(text.strip() for text in piped_texts(value))
    assert isinstance(inner_fields(value), dict)
