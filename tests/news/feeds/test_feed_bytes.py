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


def test_entities_of_modest_size_are_kept() -> None:
    body = b'<!DOCTYPE r [ <!ENTITY co "Coins Ltd"> ]><rss>&co;</rss>'
    assert b"Coins Ltd" in prepared_feed(body)


def test_too_many_declarations_are_refused() -> None:
    with pytest.raises(ParseError, match="entities"):
        prepared_feed(b"<?xml version='1.0'?>" + b'\n<!ENTITY a "b">' * 500 + b"<rss/>")


@given(st.binary(max_size=500))
def test_any_bytes_are_prepared_or_refused(body: bytes) -> None:
    assert isinstance(prepared_feed(first_bytes_on(body)), bytes)
