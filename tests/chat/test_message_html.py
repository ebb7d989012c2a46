"""The formatting of a person's message, without the command in front."""

from typing import Any

import pytest
import telegram

from bot.chat.message_html import html_after_command, html_of

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
    assert html_after_command(message(text, *entities)) == html


def test_a_whole_message_keeps_its_own() -> None:
    assert html_of(message("so bold", entity("bold", 3, 4))) == "so <b>bold</b>"
    assert html_of(message(None)) is None
