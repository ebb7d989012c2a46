"""The formatting of a person's message, without the command in front."""

from typing import Any

import pytest
import telegram

from bot.chat.message_html import after_command, written_in

CHAT = {"id": 5, "type": "private", "first_name": "Olga"}


def message(text: str | None, *entities: dict[str, Any]) -> telegram.Message:
    body = {"message_id": 1, "date": 1, "chat": CHAT, "text": text, "entities": list(entities)}
    return telegram.Message.de_json({k: v for k, v in body.items() if v is not None}, None)


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length} | more


COMMAND = entity("bot_command", 0, 10)


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("/broadcast We are back", [COMMAND], "We are back"),
        ("/broadcast\n a < b & c ", [COMMAND], "a &lt; b &amp; c"),
        ("/broadcast bold", [COMMAND, entity("bold", 11, 4)], "<b>bold</b>"),
        ("/broadcast all bold", [COMMAND, entity("bold", 0, 19)], "<b>all bold</b>"),
        ("/broadcast 🔔 ring", [COMMAND, entity("italic", 14, 4)], "🔔 <i>ring</i>"),
        (
            "/broadcast here",
            [COMMAND, entity("text_link", 11, 4, url="https://x.example/?a=1&b=2")],
            '<a href="https://x.example/?a=1&amp;b=2">here</a>',
        ),
        ("/broadcast@coinbell_bot hi", [entity("bold", 0, 23)], "hi"),
        ("/broadcast", [COMMAND], ""),
        ("no command", [], ""),
    ],
)
def test_the_rest_keeps_its_formatting(
    text: str, entities: list[dict[str, Any]], html: str
) -> None:
    assert after_command(written_in(message(text, *entities))).html == html


def test_a_whole_message_keeps_its_own() -> None:
    assert written_in(message("so bold", entity("bold", 3, 4))).html == "so <b>bold</b>"
    assert written_in(message(None)).html == ""


def test_a_picture_says_what_its_caption_says() -> None:
    body = {"message_id": 1, "date": 1, "chat": CHAT, "caption": "so bold"}
    body["caption_entities"] = [entity("bold", 3, 4)]
    assert written_in(telegram.Message.de_json(body, None)).html == "so <b>bold</b>"


def test_a_part_keeps_the_formatting_that_lies_in_it() -> None:
    """Positions are characters, Telegram's offsets UTF-16 units."""
    whole = written_in(message("🔔 one two  three", entity("bold", 3, 7), entity("code", 12, 5)))
    part = whole.part(5, 11)
    assert (part.text, part.html) == ("two", "<b>two</b>")
    assert whole.part(9).html == "<code>three</code>"
    assert whole.part(40).html == ""


@pytest.mark.parametrize(
    ("kind", "is_formatted"),
    [("bold", True), ("text_link", True), ("url", False), ("hashtag", False), ("mention", False)],
)
def test_what_telegram_finds_by_itself_is_no_formatting(kind: str, is_formatted: bool) -> None:
    more = {"url": "https://x.example"} if kind == "text_link" else {}
    assert written_in(message("abcdef", entity(kind, 0, 6, **more))).is_formatted is is_formatted
