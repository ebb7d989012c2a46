"""How messages relate to threads, replies and readers.

Owns the fields that place a message in a chat and the rules of who may write and what the bot
gets to see. Pure: it reads a chat and gives values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.telegram_entities import kept_text

if TYPE_CHECKING:
    from bot.demo.telegram_chats import Chat, User
    from bot.demo.telegram_errors import Json

MAX_TEXT = 4096
_ADMINS = {"creator", "administrator"}


class WorldError(ValueError):
    """Something a person cannot do in Telegram either, such as writing where they are no member."""


def human_text(text: str) -> Json:
    """The content of a text that a person writes; WorldError where it is empty or too long."""
    text, entities = kept_text(text, [])
    if not text or len(text) > MAX_TEXT:
        raise WorldError(f"a message has 1 to {MAX_TEXT} characters")
    return {"text": text, "entities": entities} if entities else {"text": text}


def placement(chat: Chat, thread_id: int, reply_to: Json | None) -> Json:
    """The fields that say which thread a message is in and what it answers; `thread_id` 0: none."""
    fields: Json = {}
    if thread_id:
        fields = {"message_thread_id": thread_id, "is_topic_message": True}
        # in a thread every message that answers no other "replies" to the one that opened it
        reply_to = reply_to or chat.threads[thread_id].root
    elif reply_to is not None and chat.kind == "supergroup" and not chat.is_forum:
        # a plain supergroup numbers its reply chains, though they are no threads of a forum
        fields["message_thread_id"] = reply_to.get("message_thread_id", reply_to["message_id"])
    if reply_to is not None:
        fields["reply_to_message"] = {
            key: value for key, value in reply_to.items() if key != "reply_to_message"
        }
    return fields


def thread_of(message: Json | None) -> int:
    """The thread of a forum that a message is in; 0 for none, as in plain supergroups."""
    is_in_thread = message is not None and message.get("is_topic_message", False)
    return int(message["message_thread_id"]) if message is not None and is_in_thread else 0


def may_write(chat: Chat, user_id: int) -> bool:
    """Whether a person can write in a chat."""
    if chat.migrated_to or chat.is_deleted:
        return False
    if chat.kind == "private":
        return chat.id == user_id and chat.bot_status != "kicked"
    status = chat.members.get(user_id)
    return status in _ADMINS or (chat.kind != "channel" and status == "member")


def is_visible(chat: Chat, message: Json, bot: User, *, privacy: bool) -> bool:
    """Whether the bot gets to see a message.

    In privacy mode a bot that is no administrator sees, of a group, commands, mentions of itself,
    replies to itself and service messages.
    """
    if not chat.has_bot:
        return False
    if not chat.is_group or not privacy or chat.bot_status == "administrator":
        return True
    text = message.get("text", message.get("caption"))
    answered = message.get("reply_to_message", {}).get("from", {}).get("id")
    if answered == bot.id:
        return True
    if text is None:
        return "document" not in message
    is_addressed = f"@{bot.username}".lower() in text.lower()
    return is_addressed or (text.startswith("/") and "@" not in text.split(maxsplit=1)[0])
