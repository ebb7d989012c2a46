"""What a message keeps of its text: cleaned, trimmed, without overlaps, with links found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.telegram_entities import found_entities, kept_text
from bot.demo.telegram_html import parse_html

if TYPE_CHECKING:
    from bot.demo.telegram_errors import Json


def shown(entities: list[Json]) -> list[str]:
    return [f"{e['type']} {e['offset']} {e['length']}" for e in entities]


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("  hi \n", "hi", []),
        ("<b> </b>\n ", "", []),
        (" <b>hi </b> ", "hi", ["bold 0 2"]),
        ("<b>  hi</b>", "  hi", ["bold 0 4"]),
        ("a\rb\tc\u202ed", "ab cd", []),
        ("\r😀\r<b>x\ry</b>", "😀xy", ["bold 2 2"]),
        ("<b>a<code>b</code>c</b>", "abc", ["bold 0 1", "code 1 1", "bold 2 1"]),
        ("<code><i>x</i></code>", "x", ["code 0 1"]),
        ("<b>a<b>b</b></b>", "ab", ["bold 0 2"]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", ["blockquote 0 2"]),
        ("<code>/start</code> /stop", "/start /stop", ["code 0 6", "bot_command 7 5"]),
        ("<b>/start</b>", "/start", ["bold 0 6", "bot_command 0 6"]),
    ],
)
def test_kept_text(html: str, text: str, entities: list[str]) -> None:
    found_text, found = kept_text(*parse_html(html))
    assert (found_text, shown(found)) == (text, entities)


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/alert@coinbell_bot BTC", ["bot_command 0 19"]),
        ("😀 /list and/or http/2", ["bot_command 3 5"]),
        ("#news #2026 #нова C#", ["hashtag 0 5", "hashtag 12 5"]),
        ("$BTC $btc US$ A$BTC", ["cashtag 0 4"]),
        ("@coinbell_bot x@y.com", ["mention 0 13", "email 14 7"]),
        ("see https://ex.com/a?b=12). Or coindesk.com!", ["url 4 21", "url 31 12"]),
        ("3.5 e.g. file.txt", []),
    ],
)
def test_found_entities(text: str, entities: list[str]) -> None:
    assert shown(found_entities(text)) == entities
