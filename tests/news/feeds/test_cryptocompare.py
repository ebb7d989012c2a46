"""Answers of CryptoCompare's older news API."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import FeedItem
from bot.domain.errors import FetchError, HttpStatusError, ParseError
from bot.news.feeds.cryptocompare import cryptocompare_items

ARTICLE = {
    "id": "62000001",
    "guid": "https://gazette.example/?p=87140",
    "published_on": 1768392000,
    "imageurl": "https://pictures.example/news/67/default.png",
    "title": "Four Coins &amp; One Vote: What Changes on Friday",
    "url": "https://gazette.example/four-coins/",
    "body": "A vote on Friday decides. The post Four Coins &#038; One Vote: What Changes on Friday "
    "appeared first on The Gazette .",
    "tags": "News|XRP|XRP Price",
    "lang": "EN",
    "upvotes": "0",
    "downvotes": "0",
    "categories": "BUSINESS|XRP|MARKET",
    "source_info": {"name": "The Gazette", "img": "https://pictures.example/g.png", "lang": "EN"},
    "source": "gazette",
}
LIMIT = {
    "Response": "Error",
    "Message": "You are over your rate limit please upgrade your account!",
    "HasWarning": False,
    "Type": 99,
    "Data": {},
}


def answer(*articles: object) -> bytes:
    document = {"Type": 100, "Message": "News list successfully returned", "Data": list(articles)}
    return json.dumps(document).encode()


def test_an_article_becomes_an_item() -> None:
    """The logo of the site is no cover, and the tags that repeat a category are dropped."""
    (item,) = cryptocompare_items(answer(ARTICLE)).items
    assert item == FeedItem(
        guid="62000001",
        title="Four Coins & One Vote: What Changes on Friday",
        url="https://gazette.example/four-coins/",
        published_at=datetime(2026, 1, 14, 12, 0, tzinfo=UTC),
        body="A vote on Friday decides.",
        categories=("BUSINESS", "XRP", "MARKET", "News", "XRP Price"),
        language="en",
        publisher="The Gazette",
    )


def test_a_publisher_without_a_name_goes_by_its_key() -> None:
    (item,) = cryptocompare_items(answer({**ARTICLE, "source_info": None})).items
    assert item.publisher == "gazette"


@pytest.mark.parametrize(
    ("made", "allowed", "wait"),
    [
        ({}, {}, None),
        ({"second": 1, "minute": 3}, {"second": 50, "minute": 2500}, None),
        ({"second": 53, "minute": 3}, {"second": 50, "minute": 2500}, 1.0),
        ({"second": 53, "minute": 2501}, {"second": 50, "minute": 2500}, 60.0),
        ({"hour": 25_000, "day": 1}, {"hour": 25_000, "day": 50_000}, 3600.0),
        ({"day": 50_001, "hour": 99_999}, {"day": 50_000, "hour": 25_000}, 6 * 3600.0),
        ({"month": 100_000, "second": 99}, {"month": 100_000, "second": 20}, 24 * 3600.0),
        ({"minute": "many"}, {"minute": 5}, None),
    ],
)
def test_a_rate_limit_is_a_429_with_the_time_to_wait(
    made: dict[str, object], allowed: dict[str, object], wait: float | None
) -> None:
    body = json.dumps({**LIMIT, "RateLimit": {"calls_made": made, "max_calls": allowed}})
    with pytest.raises(HttpStatusError, match="over your rate limit") as caught:
        cryptocompare_items(body.encode())
    assert (caught.value.status, caught.value.retry_after_seconds) == (429, wait)


def test_an_error_comes_with_a_good_status_and_is_one_all_the_same() -> None:
    refused = {"Response": "Error", "Message": f"Bad key {'f00d' * 16}", "Type": 1, "Data": {}}
    with pytest.raises(FetchError, match=r"CryptoCompare refuses: Bad key \(key\)") as caught:
        cryptocompare_items(json.dumps(refused).encode())
    assert not isinstance(caught.value, HttpStatusError)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"Type":100,"Data":{}}'])
def test_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="CryptoCompare gave"):
        cryptocompare_items(body)


@given(
    st.dictionaries(
        st.sampled_from(list(ARTICLE)),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2),
    )
)
def test_no_field_breaks_the_reader(fields: dict[str, object]) -> None:
    for item in cryptocompare_items(answer({**ARTICLE, **fields})).items:
        assert item.guid
        assert item.title


@pytest.mark.corpus
@pytest.mark.skipif("COINBELL_CORPUS" not in os.environ, reason="COINBELL_CORPUS is not set")
def test_a_captured_answer_is_read_whole() -> None:
    path = Path(os.environ["COINBELL_CORPUS"]) / "api" / "cryptocompare-v2-news.json"
    items = cryptocompare_items(path.read_bytes()).items
    assert len(items) == len({item.guid for item in items}) == 51
    assert all(item.publisher and item.published_at and item.url and item.body for item in items)
    assert not any(" appeared first on " in item.body[-200:] for item in items)
    assert not any("default" in (item.image_url or "") for item in items)
