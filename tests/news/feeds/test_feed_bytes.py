"""The bytes of feeds, made fit for a parser and otherwise left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ParseError
from bot.news.feeds.feed_bytes import first_bytes_on, is_wide, prepared_feed

GOOD = (
    b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>T</title>'
    b"<item><title>One &amp; two</title><link>https://a.example/1</link></item></channel></rss>"
)


def test_a_good_feed_is_left_as_it_is() -> None:
    assert prepared_feed(GOOD).split() == GOOD.split()


@pytest.mark.parametrize("junk", [b"", b" \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \xef\xbb\xbf\t"])
def test_marks_and_blanks_before_the_document_go(junk: bytes) -> None:
    assert first_bytes_on(junk + GOOD) == GOOD


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings_become_the_usual_one(encoding: str) -> None:
    """What guards the parser must see the same letters as the parser."""
    declared = GOOD.replace(b'1.0"?', f'1.0" encoding="{encoding}"?'.encode())
    body = declared.decode().encode(encoding)
    assert is_wide(body)
    assert first_bytes_on(body) == GOOD


def test_a_wide_flood_of_blank_lines_costs_no_more_than_a_narrow_one() -> None:
    """Blank lines before the root cost feedparser their number squared, in any encoding."""
    text = '<?xml version="1.0"?>' + "\n" * 1_000_000 + "<rss></rss>"
    assert len(prepared_feed(first_bytes_on(text.encode("utf-16")))) < 100


def test_an_entity_bomb_of_which_the_end_is_missing_is_refused() -> None:
    """Beginnings without an end cost their number squared, and the whole bot waits for it."""
    bomb = b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 1100 + b'"> <rss>' + b"&a;" * 1000
    with pytest.raises(ParseError, match="entities"):
        prepared_feed(bomb + b"<!DOCTYPE [" * 300_000 + b"</rss>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"&#xD83D;&#xDE00;", b"&#128512;"),
        (b"&#55357;&#56832;", b"&#128512;"),
        (b"&#xD83D;", b""),
        (b"&#xDE00;&#xD83D;", b""),
        (b"&#55000;", b"&#55000;"),
        (b"&#128512;", b"&#128512;"),
    ],
)
def test_surrogates(before: bytes, after: bytes) -> None:
    assert prepared_feed(b"<rss>" + before + b"</rss>") == b"<rss>" + after + b"</rss>"


def test_a_cut_document_is_closed_after_its_last_whole_item() -> None:
    cut = GOOD.replace(b"</channel></rss>", b"<item><title>Ha")
    assert prepared_feed(cut).split() == GOOD.split()


def test_a_cut_document_without_a_whole_item_is_kept() -> None:
    cut = b"<rss><channel><item><title>Ha"
    assert prepared_feed(cut) == cut


def test_too_many_declarations_are_refused() -> None:
    with pytest.raises(ParseError, match="entities"):
        prepared_feed(b"<?xml version='1.0'?>" + b'\n<!ENTITY a "b">' * 500 + b"<rss/>")


@given(st.binary(max_size=500))
def test_any_bytes_are_prepared_or_refused(body: bytes) -> None:
    assert isinstance(prepared_feed(first_bytes_on(body)), bytes)


# ---- what would keep a parser busy for longer than a second


def _rss(*items: bytes) -> bytes:
    inside = b"".join(b"<item><title>T</title>" + item + b"</item>" for item in items)
    return b'<rss version="2.0"><channel>' + inside + b"</channel></rss>"


@pytest.mark.parametrize(
    "item",
    [
        b"<b>" * 95_000 + b"x" + b"</b>" * 95_000,
        b"<link>https://a.example/</link>" * 50_000,
        b'<enclosure url="https://a.example/1.jpg" type="image/jpeg"/>' * 50_000,
        b"<category>Bitcoin</category>" * 50_000,
        (b"<b " + b" ".join(b'a%d="1"' % n for n in range(400)) + b"/>") * 1_000,
        b"<description>" + b"&amp;" * 900_000 + b"</description>",
        b"<description>" + b"<![CDATA[a]]>" * 350_000 + b"</description>",
        b"<description><![CDATA[" + b"<p>x</p>" * 500_000 + b"]]></description>",
    ],
    ids=[
        "nested",
        "links",
        "enclosures",
        "categories",
        "attributes",
        "references",
        "CDATA",
        "HTML",
    ],
)
def test_an_item_that_takes_a_parser_too_long_is_refused(item: bytes) -> None:
    with pytest.raises(ParseError, match="too many tags"):
        prepared_feed(_rss(item))


@pytest.mark.parametrize(
    "item",
    [
        b"<link>https://a.example/</link>" * 5_000,
        b"<description>" + b"word " * 900_000 + b"</description>",
        b"<description><![CDATA[" + b"<p>x</p>" * 50_000 + b"]]></description>",
    ],
    ids=["links", "text", "HTML"],
)
def test_a_large_item_is_kept(item: bytes) -> None:
    assert prepared_feed(_rss(item)).startswith(_rss(item)[:-20])


def test_of_a_feed_that_takes_too_long_the_first_items_are_kept() -> None:
    """Those are the newest; the document is closed behind the last of them."""
    paragraphs = b"<description><![CDATA[" + b"<p>Some <b>bold</b> words.</p>" * 60
    prepared = prepared_feed(_rss(*[paragraphs + b"]]></description>"] * 2_000))
    kept = prepared.count(b"<item>")
    assert 100 < kept < 2_000
    assert prepared.count(b"</item>") == kept
    assert prepared.endswith(b"</item></channel></rss>")


@pytest.mark.parametrize("value", [b"<b/>", b"&#60;b/>", b"&#x3C;b/>", b"&other;", b"&#38;lt;"])
def test_entities_that_are_more_than_characters_are_not_unfolded(value: bytes) -> None:
    """Ten kilobytes of them may hold a quarter of a million tags."""
    body = b'<!DOCTYPE r [ <!ENTITY a "' + value + b'"> ]><rss>&a;</rss>'
    assert b"ENTITY" not in prepared_feed(body)


@pytest.mark.parametrize("value", [b"Coins Ltd", b"&#160;", b"&#xA0;"])
def test_entities_that_are_characters_are_kept(value: bytes) -> None:
    body = b'<!DOCTYPE r [ <!ENTITY a "' + value + b'"> ]><rss>&a;</rss>'
    assert value in prepared_feed(body)
