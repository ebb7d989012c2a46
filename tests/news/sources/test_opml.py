"""Lists of feeds: read whoever wrote them, refused with a reason, written and read back."""

import html
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ParseError
from bot.domain.feeds import ListedFeed, comparable_address
from bot.news.sources.opml import MAX_FEEDS, listed_feeds, opml_document

MADE_AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def opml(*outlines: str, encoding: str = "utf-8") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?><opml version="1.0"><head/><body>'
    return (text + "".join(outlines) + "</body></opml>").encode(encoding)


@pytest.mark.parametrize(
    ("outline", "feed"),
    [
        (
            '<outline type="rss" text="T" title="Gazette" xmlUrl="https://g.example/rss"/>',
            ListedFeed("https://g.example/rss", "Gazette"),
        ),
        (
            '<outline text="T" XMLURL="https://g.example/rss"/>',
            ListedFeed("https://g.example/rss", "T"),
        ),
        (
            '<outline title=" " text="A &amp;amp; B" xmlUrl="http://g.example/?a=1&amp;b=2"/>',
            ListedFeed("http://g.example/?a=1&b=2", "A & B"),
        ),
        (
            '<outline text="hand&nbsp;made" xmlUrl="https://g.example/?a=1&b=2&copy=3"/>',
            ListedFeed("https://g.example/?a=1&b=2&copy=3", "hand made"),
        ),
        ('<outline url="https://g.example/"/>', ListedFeed("https://g.example/")),
        ('<outline xmlUrl="feed://g.example/rss"/>', ListedFeed("http://g.example/rss")),
        ('<outline xmlUrl="feed:https://g.example/rss"/>', ListedFeed("https://g.example/rss")),
    ],
)
def test_an_outline_is_read_as_its_feed(outline: str, feed: ListedFeed) -> None:
    assert listed_feeds(opml(outline)) == (feed,)


def test_nested_outlines_are_read_in_order_and_each_address_once() -> None:
    body = opml(
        '<outline text="Coins"><outline text="Majors"><outline text="A" '
        'xmlUrl="https://a.example/rss"/></outline><outline text="B" '
        'xmlUrl="https://b.example/rss"/></outline>',
        '<outline text="A again" xmlUrl="http://www.a.example/rss/"/>',
        '<outline type="link" text="a page" url="https://c.example/"/>',
        '<outline text="a file" xmlUrl="file:///etc/passwd"/>',
        '<outline text="a comment"/>',
    )
    assert [feed.name for feed in listed_feeds(body)] == ["A", "B"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "iso-8859-5"])
def test_other_encodings_are_read(encoding: str) -> None:
    body = opml('<outline text="Новости" xmlUrl="https://n.example/"/>', encoding=encoding)
    assert listed_feeds(body) == (ListedFeed("https://n.example/", "Новости"),)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "broken at line 1: no element found"),
        (b"{}", "broken at line 1"),
        (b"<opml>\n<body>\n<outline text=", "broken at line 3: unclosed token"),
        (b"<html><body>404</body></html>", "no OPML, it begins with <html>"),
        (b"<rss version='2.0'></rss>", "no OPML, it begins with <rss>"),
        (opml(), "lists no feeds"),
        (opml('<outline text="a folder"/>'), "lists no feeds"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "encoding that cannot be read"),
        (b'<?xml version="1.0" encoding="shift_jis"?><opml/>', "encoding that cannot be read"),
        (b"<opml>" + b"<outline>" * 200, "nested more than 100 deep"),
        (b"x" * 1_100_000, "larger than a megabyte"),
        (b'<!DOCTYPE opml [<!ENTITY a "ha">]><opml>&a;</opml>', "declares entities"),
        (b'<!DOCTYPE opml [<!ENTITY % a SYSTEM "http://x/">%a;]><opml/>', "declares entities"),
    ],
)
def test_what_is_no_list_of_feeds_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        listed_feeds(body)
    assert reason in caught.value.log_text


def test_a_list_without_end_is_refused() -> None:
    outlines = [f'<outline xmlUrl="https://e.example/{i}"/>' for i in range(MAX_FEEDS + 1)]
    assert len(listed_feeds(opml(*outlines[:-1]))) == MAX_FEEDS
    with pytest.raises(ParseError, match="more than 1,000 feeds"):
        listed_feeds(opml(*outlines))


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bombs = "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10}">' for i in range(1, 12))
    body = f'<!DOCTYPE opml [<!ENTITY b0 "boom">{bombs}]><opml><body>&b11;</body></opml>'
    with pytest.raises(ParseError, match="declares entities"):
        listed_feeds(body.encode())


@pytest.mark.parametrize("piece", [b"&", b"<outline ", b"<outline a='&amp;'>", b"<!--", b"]]>"])
def test_a_megabyte_of_nonsense_is_refused(piece: bytes) -> None:
    body = (b"<opml>" + piece * 1_000_000)[:1_000_000]
    with pytest.raises(ParseError):
        listed_feeds(body)


NAMES = st.text(max_size=60).map(lambda name: " ".join(html.unescape(name).split()))
PATHS = st.text("abcXYZ019-_.~%&=?/", max_size=40)
FEEDS = st.builds(lambda path, name: ListedFeed(f"https://f.example/{path}", name), PATHS, NAMES)


@given(st.lists(FEEDS, min_size=1, max_size=8, unique_by=lambda f: comparable_address(f.url)))
def test_what_is_written_is_read_back(feeds: list[ListedFeed]) -> None:
    """Names without what XML cannot hold; an entity in one is decoded."""
    expected = []
    for feed in feeds:
        name = "".join(char for char in feed.name if _is_xml(char))
        expected.append(ListedFeed(feed.url, " ".join(html.unescape(name).split()) or feed.url))
    assert listed_feeds(opml_document(feeds, MADE_AT)) == tuple(expected)


def _is_xml(char: str) -> bool:
    return char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"


def test_a_written_file_is_an_opml_of_version_2() -> None:
    root = ET.fromstring(  # noqa: S314  # our own
        opml_document([ListedFeed("https://a.example/", "A")], MADE_AT)
    )
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/dateCreated") == "Sat, 14 Mar 2026 12:00:00 GMT"
    (outline,) = root.iter("outline")
    assert outline.attrib == {
        "type": "rss",
        "text": "A",
        "title": "A",
        "xmlUrl": "https://a.example/",
    }
