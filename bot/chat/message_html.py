"""What a person wrote, with its formatting, as Telegram HTML.

Pure. Owns the cutting of formatted text: a command in front, lines of buttons behind.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import telegram
from telegram.constants import MessageEntityType

from bot.chat.catalogue import escaped

_COMMAND = re.compile(r"\s*[/\uff0f]\w+(?:@\w+)?\s*")
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
# What Telegram finds by itself in any text is no formatting of the person's.
_FOUND = frozenset(
    {
        MessageEntityType.MENTION,
        MessageEntityType.HASHTAG,
        MessageEntityType.CASHTAG,
        MessageEntityType.BOT_COMMAND,
        MessageEntityType.URL,
        MessageEntityType.EMAIL,
        MessageEntityType.PHONE_NUMBER,
    }
)


@dataclass(frozen=True, slots=True)
class Written:
    """A text and its formatting; positions in it are characters."""

    text: str = ""
    entities: tuple[telegram.MessageEntity, ...] = ()

    def part(self, start: int, end: int | None = None) -> "Written":
        """The part between two positions, with the blanks around it cut off."""
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        before = _units(self.text[:start])
        entities = (_moved(entity, before, _units(piece)) for entity in self.entities)
        return Written(piece, tuple(entity for entity in entities if entity is not None))

    @property
    def is_formatted(self) -> bool:
        """Whether the person formatted any of it."""
        return any(entity.type not in _FOUND for entity in self.entities)

    @property
    def html(self) -> str:
        """The text as Telegram HTML."""
        if not self.text:
            return ""
        # A message of its own, for python-telegram-bot formats whole messages only.
        bare = telegram.Chat(0, telegram.Chat.PRIVATE)
        message = telegram.Message(
            0, _SOME_TIME, bare, text=self.text, entities=[_escaped_url(e) for e in self.entities]
        )
        return message.text_html


NOTHING = Written()


def written_in(message: telegram.Message) -> Written:
    """The text of a message, or the caption of its picture; empty when it has neither."""
    if message.text is not None:
        return Written(message.text, tuple(message.entities))
    return Written(message.caption or "", tuple(message.caption_entities))


def after_command(written: Written) -> Written:
    """What stands behind the command that a text begins with; empty when it begins with none."""
    command = _COMMAND.match(written.text)
    return written.part(command.end()) if command else NOTHING


def _moved(entity: telegram.MessageEntity, cut: int, length: int) -> telegram.MessageEntity | None:
    """The entity in a text that lost `cut` units in front, or None when it lay in them."""
    start = max(entity.offset - cut, 0)
    end = min(entity.offset + entity.length - cut, length)
    if end <= start:
        return None
    facts = entity.to_dict() | {"offset": start, "length": end - start}
    return telegram.MessageEntity.de_json(facts, None)


def _escaped_url(entity: telegram.MessageEntity) -> telegram.MessageEntity:
    """The library writes addresses unescaped: "?a=1&lt=2" would come out as another one."""
    if entity.url is None:
        return entity
    facts = entity.to_dict() | {"url": escaped(entity.url)}
    return telegram.MessageEntity.de_json(facts, None)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
