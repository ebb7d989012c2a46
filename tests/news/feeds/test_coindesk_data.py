"""Answers of CoinDesk Data's news API."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import FeedItem, Sentiment
from bot.domain.errors import FetchError, ParseError
from bot.news.feeds.coindesk_data import coindesk_items

ARTICLE = {
    "TYPE": "121",
    "ID": 61000001,
    "GUID": "0b7d2c1e-1111-4222-8333-944455566677",
    "PUBLISHED_ON": 1768392000,
    "PUBLISHED_ON_NS": None,
    "IMAGE_URL": "https://pictures.example/news/5/61000001.jpeg",
    "TITLE": "Ether&#8217;s Supply Shrinks as Fees Jump 40%",
    "SUBTITLE": "Burned fees outran new coins for the first time in five weeks.",
    "AUTHORS": "A. Writer,B. Writer",
    "URL": "https://ledger.example/ether-supply?utm_source=api",
    "SOURCE_ID": 5,
    "BODY": "Ether burned outran ether made in a week of dear blocks. ETH < $4,000 still. "
    "The post Ether&#8217;s Supply Shrinks as Fees Jump 40% appeared first on The Ledger .",
    "KEYWORDS": "Markets|markets|Ethereum||Fees",
    "LANG": "EN",
    "SENTIMENT": "POSITIVE",
    "STATUS": "ACTIVE",
    "SOURCE_DATA": {"TYPE": "120", "ID": 5, "SOURCE_KEY": "ledger", "NAME": "The Ledger"},
    "CATEGORY_DATA": [
        {"TYPE": "122", "ID": 37, "NAME": "MARKET", "CATEGORY": "MARKET"},
        {"TYPE": "122", "ID": 20, "NAME": "ETH", "CATEGORY": "ETH"},
    ],
}


def answer(*articles: object, err: object = None) -> bytes:
    return json.dumps({"Data": list(articles), "Err": err or {}}).encode()


def test_an_article_becomes_an_item() -> None:
    (item,) = coindesk_items(answer(ARTICLE)).items
    assert item == FeedItem(
        guid="61000001",
        title="Ether\u2019s Supply Shrinks as Fees Jump 40%",
        url="https://ledger.example/ether-supply?utm_source=api",
        published_at=datetime(2026, 1, 14, 12, 0, tzinfo=UTC),
        summary="Burned fees outran new coins for the first time in five weeks.",
        body="Ether burned outran ether made in a week of dear blocks. ETH < $4,000 still.",
        image_url="https://pictures.example/news/5/61000001.jpeg",
        categories=("MARKET", "ETH", "Markets", "Ethereum", "Fees"),
        language="en",
        sentiment=Sentiment.POSITIVE,
        publisher="The Ledger",
    )


def test_what_is_missing_or_of_a_wrong_type_is_absent() -> None:
    bare = {
        "ID": None,
        "GUID": "g-1",
        "TITLE": "Bare",
        "BODY": None,
        "SUBTITLE": 7.5,
        "URL": "javascript:alert(1)",
        "PUBLISHED_ON": "soon",
        "KEYWORDS": ["a"],
        "CATEGORY_DATA": {"NAME": "BTC"},
        "SOURCE_DATA": [],
        "SENTIMENT": "EUPHORIC",
    }
    (item,) = coindesk_items(answer(bare, "no article", {"TITLE": ""})).items
    assert item == FeedItem(guid="g-1", title="Bare")


def test_an_article_that_was_withdrawn_is_left_out() -> None:
    withdrawn = {**ARTICLE, "ID": 2, "STATUS": "INACTIVE"}
    assert [item.guid for item in coindesk_items(answer(ARTICLE, withdrawn)).items] == ["61000001"]


def test_an_empty_answer_is_a_feed_without_items() -> None:
    assert coindesk_items(answer()).items == ()


@pytest.mark.parametrize(
    ("err", "words"),
    [
        (
            {"type": 2, "message": "lang is not supported", "other_info": {"param": "lang"}},
            "CoinDesk Data refuses: lang is not supported",
        ),
        (
            {"message": f"The API key {'0123abcd' * 8} is not known"},
            r"CoinDesk Data refuses: The API key \(key\) is not known",
        ),
        ("out of order", "CoinDesk Data refuses: out of order"),
        ({"type": 1}, "CoinDesk Data refuses: it does not say why"),
    ],
)
def test_an_error_gives_the_providers_words_without_a_key(err: object, words: str) -> None:
    with pytest.raises(FetchError, match=words):
        coindesk_items(json.dumps({"Data": {}, "Err": err}).encode())


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"Data": {}, "Err": {}}'])
def test_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="CoinDesk Data gave"):
        coindesk_items(body)


@given(
    st.dictionaries(
        st.sampled_from(list(ARTICLE)),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2),
    )
)
def test_no_field_breaks_the_reader(fields: dict[str, object]) -> None:
    for item in coindesk_items(answer({**ARTICLE, **fields})).items:
        assert item.guid
        assert item.title


@pytest.mark.corpus
@pytest.mark.skipif("COINBELL_CORPUS" not in os.environ, reason="COINBELL_CORPUS is not set")
def test_a_captured_answer_is_read_whole() -> None:
    path = Path(os.environ["COINBELL_CORPUS"]) / "api" / "coindesk-data-article-list.json"
    items = coindesk_items(path.read_bytes()).items
    assert len(items) == len({item.guid for item in items}) == 15
    assert all(item.publisher and item.sentiment and item.image_url for item in items)
    assert all(item.published_at and item.url and item.categories for item in items)
    assert sum(1 for item in items if not item.body) == 1, "one article is a title alone"
    assert {item.language for item in items} == {"en"}
