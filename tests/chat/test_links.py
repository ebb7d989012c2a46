"""Addresses that messages may carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.links import is_web_address, link_of
from bot.demo.telegram_links import checked_link


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://example.org", True),
        ("HTTP://EXAMPLE.ORG:8080/a?b=c#d", True),
        ("https://bücher.example/ü", True),
        ("https://user@example.org/", True),
        ("https://1.2.3.4/", True),
        ("https://example.org:0/", False),
        ("https://example.org:99999/", False),
        ("https://example.org:x/", False),
        ("https://.org", False),
        ("https://exa mple.org", False),
        ("https://[::1", False),
        ("tg://user?id=1", False),
        ("//example.org", False),
        ("https://example.org/\n", False),
        ("https://localhost/", False),
        ("https://example.org/" + "x" * 2000, False),
    ],
)
def test_a_button_takes_only_what_telegram_takes(url: str, is_good: bool) -> None:
    assert is_web_address(url) is is_good


@given(
    st.text(alphabet="abcé.-_:/?#@[]% 1", max_size=30) | st.text(max_size=30),
)
def test_what_is_good_for_a_button_telegram_takes(rest: str) -> None:
    url = f"https://{rest}"
    if is_web_address(url):
        assert checked_link(url).startswith("https://")


@pytest.mark.parametrize(
    "url", [None, "", "ftp://x/y", "//x/y", "tg://user?id=1", "https://x/" + "y" * 2000]
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert link_of(url) is None
    assert link_of("HTTPS://x.example") == "HTTPS://x.example"
