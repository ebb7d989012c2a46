"""Which links Telegram accepts, and how it writes them."""

from __future__ import annotations

import pytest

from bot.demo.telegram_links import LinkError, checked_link, linked_user_id


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("HTTPS://Ex.Com", "https://ex.com/"),
        ("ex.com/A?b#c", "http://ex.com/A?b#c"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://[::1]:80?q", "http://[::1]:80/?q"),
        ("https://u:p@ex.com/a b", "https://u:p@ex.com/a%20b"),
        ("tg:resolve?domain=x", "tg://resolve?domain=x"),
    ],
)
def test_a_link_in_normal_form(url: str, link: str) -> None:
    assert checked_link(url) == link
    assert checked_link(link) == link


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://localhost:3000/x", "Wrong HTTP URL"),
        ("not-a-url", "Wrong HTTP URL"),
        ("ftp://ex.com", "Unsupported URL protocol"),
        ("karvpn://login", "Unsupported URL protocol"),
        ("https://", "URL host is empty"),
        ("", "URL host is empty"),
        ("http://ex<.com", "Wrong URL host"),
        ("http://ex.com:99999/", "Wrong port number specified in the URL"),
        ("tg://<>", "Wrong tg URL"),
    ],
)
def test_a_refused_link(url: str, reason: str) -> None:
    with pytest.raises(LinkError, match=f"^{reason}$"):
        checked_link(url)


def test_a_link_to_a_person() -> None:
    assert linked_user_id("tg://user?id=42") == 42
    assert linked_user_id("tg://user?id=x") is None
