"""What the guarded client decides without a network: times, secrets, JSON."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ParseError
from bot.http import parsed_json, retry_after_seconds, shown_url

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


# ---- Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 30 ", 30.0),
        ("Mon, 05 Jan 2026 12:01:30 GMT", 90.0),
        ("Mon, 05 Jan 2026 12:01:30", 90.0),
        ("Mon, 05 Jan 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("²", None),
        ("tomorrow", None),
        ("", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_raises(value: str) -> None:
    seconds = retry_after_seconds(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_retry_after_date_is_read_to_the_second(ahead: timedelta) -> None:
    text = (NOW + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after_seconds(text, NOW) == int(ahead.total_seconds())


# ---- what is shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/feed", "https://example.org/feed"),
        (
            "https://u:p@example.org:8443/feed?a=1&b=2&a=3#x",
            "https://example.org:8443/feed?a=…&b=…",
        ),
        ("https://user@example.org/", "https://example.org/"),
        ("/relative?key=1", "/relative?key=…"),
        ("http://[::1", "(an unreadable address)"),
    ],
)
def test_shown_url(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@given(st.text())
def test_any_text_can_be_shown(url: str) -> None:
    assert isinstance(shown_url(url), str)


# ---- JSON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html>",
        b'{"a": 1',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b"[1e99999999999999999999]",
        b"[" + b"9" * 5_000 + b"]",
    ],
)
def test_what_is_no_json_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        parsed_json(body, "https://example.org/")


def test_a_page_instead_of_json_is_called_that() -> None:
    with pytest.raises(ParseError, match=r"example\.org/ gave a page"):
        parsed_json(b" <html>", "https://example.org/")


def test_a_byte_order_mark_before_json_is_let_pass() -> None:
    assert parsed_json(b"\xef\xbb\xbf[1.50]", "x") == [Decimal("1.50")]


@given(st.binary())
def test_any_body_is_json_or_a_parse_error(body: bytes) -> None:
    try:
        found = parsed_json(body, "x")
    except ParseError:
        return
    assert found is None or isinstance(found, dict | list | str | int | Decimal)
