"""The lines that `coinbell parse` prints."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.errors import ParseError
from bot.news.inspection import item_lines, understood_lines

RssOf = Callable[..., bytes]


def test_a_line_holds_exactly_the_promised_fields(rss_of: RssOf) -> None:
    body = rss_of(
        "<title>Näher</title><guid>1</guid><pubDate>Wed, 14 Jan 2026 15:04:05 GMT</pubDate>"
        "<link>/1</link><category>Policy</category>",
        channel="<link>https://ledger.example/</link>",
    )
    (line,) = item_lines(body)
    assert "Näher" in line
    assert json.loads(line) == {
        "id": "1",
        "title": "Näher",
        "url": "https://ledger.example/1",
        "published_at": "2026-01-14T15:04:05Z",
        "summary": "",
        "body": "",
        "image_url": None,
        "categories": ["Policy"],
        "language": None,
    }


def test_what_is_absent_is_null(rss_of: RssOf) -> None:
    (line,) = item_lines(rss_of("<title>T</title>"))
    fields = json.loads(line)
    assert (fields["url"], fields["published_at"]) == (None, None)


def test_what_is_no_feed_says_so() -> None:
    with pytest.raises(ParseError):
        list(item_lines(b"<html></html>"))


def _understood(**article: object) -> dict[str, Any]:
    (line,) = understood_lines([json.dumps(article).encode()])
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_understood_line_holds_the_promised_fields() -> None:
    found = _understood(
        id=7,
        title="Bitcoin hits $93,000 &amp; falls back",
        summary="<p>Bitcoin rose 3.5% over 24 hours. It met resistance at $95,000.</p>",
        categories=["Markets"],
        language="en",
        source="ledger",
        published_at="2026-01-14T15:04:05Z",
    )
    assert found["id"] == 7
    assert found["title"] == "Bitcoin hits $93,000 & falls back"
    assert found["summary"].startswith("Bitcoin rose 3.5% over 24 hours.")
    assert found["assets"][0].keys() == {"symbol", "asset_id", "role", "reason"}
    assert found["assets"][0]["role"] == "primary"
    assert all(category.keys() == {"name", "reason"} for category in found["categories"])
    assert found["sentiment"] in {"POSITIVE", "NEUTRAL", "NEGATIVE"}
    assert -1 <= found["sentiment_score"] <= 1
    assert 0 <= found["importance"] <= 100
    figures = {
        (f["kind"], f["asset"], f["value"], f["unit"], f["period"]) for f in found["figures"]
    }
    assert ("move", "BTC", "3.5", "%", "24h") in figures
    assert ("level", "BTC", "95000", "USD", None) in figures


@pytest.mark.parametrize(
    "article",
    [{}, {"title": None}, {"body": "Bitcoin fell."}, {"title": "One"}, {"published_at": 0}],
)
def test_an_article_may_lack_anything(article: dict[str, object]) -> None:
    """A text alone lends its beginning for a title; an id is the line's number."""
    found = _understood(**article)
    assert found["id"] == 1
    assert bool(found["title"]) == bool(article.get("title") or article.get("body"))


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'"x"', b"7", b'{"title": 7}', b'{"published_at": "soon"}', b"\xff"]
)
def test_a_line_without_an_article_is_named(line: bytes) -> None:
    with pytest.raises(ParseError, match="line 2"):
        list(understood_lines([b'{"title": "One"}\n', line]))


def test_empty_lines_are_passed_over() -> None:
    assert list(understood_lines([b"\n", b"  \n"])) == []
