"""The formatting of a message that a person wrote, as Telegram HTML.

Pure. Owns the cutting away of a command in front of formatted text.
"""

import re

import telegram

from bot.chat.catalogue import escaped

_COMMAND = re.compile(r"\s*[/\uff0f]\w+(?:@\w+)?\s*")


def html_of(message: telegram.Message) -> str | None:
    """The message's own text with its formatting, or None when it has none (a picture, say)."""
    return _formatted(message, message.text, 0) if message.text else None


def html_after_command(message: telegram.Message) -> str:
    """What stands behind the command of a message, with its formatting; empty when nothing."""
    text = message.text or ""
    command = _COMMAND.match(text)
    if command is None:
        return ""
    rest = text[command.end() :].rstrip()
    return _formatted(message, rest, _units(text[: command.end()])) if rest else ""


def _formatted(message: telegram.Message, text: str, cut: int) -> str:
    entities = [
        moved
        for entity in message.entities
        if (moved := _moved(entity, cut, _units(text))) is not None
    ]
    # A message of its own, for python-telegram-bot formats whole messages only.
    return telegram.Message(
        message.message_id, message.date, message.chat, text=text, entities=entities
    ).text_html


def _moved(entity: telegram.MessageEntity, cut: int, length: int) -> telegram.MessageEntity | None:
    """The entity in a text that lost `cut` units in front, or None when it lay in them."""
    start = max(entity.offset - cut, 0)
    end = min(entity.offset + entity.length - cut, length)
    if end <= start:
        return None
    facts = entity.to_dict() | {"offset": start, "length": end - start}
    if entity.url is not None:
        # The library writes addresses unescaped: "?a=1&lt=2" would come out as another one.
        facts["url"] = escaped(entity.url)
    return telegram.MessageEntity.de_json(facts, None)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
