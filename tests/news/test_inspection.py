"""The lines that `coinbell parse` prints."""

import json
from collections.abc import Callable

import pytest

from bot.domain.errors import ParseError
from bot.news.inspection import item_lines

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
