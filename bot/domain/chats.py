"""Where messages go: chats and destinations.

Owns the values and the reading of a thread from what Telegram says.
"""

from dataclasses import dataclass
from enum import StrEnum


class ChatKind(StrEnum):
    """The kinds of chat that Telegram has, under its own names."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class ChatState(StrEnum):
    """Whether a chat can be written to: active, paused (no right to write), gone."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Destination:
    """A chat, or one thread of it; `thread_id` 0 is the chat itself or a forum's General."""

    id: int
    telegram_chat_id: int
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class ChatSeen:
    """What an update said of a chat; titles and names are raw text, language is BCP 47."""

    telegram_chat_id: int
    kind: ChatKind
    title: str = ""
    username: str | None = None
    language: str | None = None


GENERAL_THREAD = 1


def stored_thread_id(message_thread_id: int | None, is_topic_message: bool | None) -> int:
    """The thread to store for a message: 0 unless it lies in a forum's thread.

    An ordinary reply in a group carries `message_thread_id` too, so that only
    `is_topic_message` counts; General is 1 at Telegram and is stored as 0.
    """
    if not is_topic_message or not message_thread_id or message_thread_id == GENERAL_THREAD:
        return 0
    return message_thread_id
