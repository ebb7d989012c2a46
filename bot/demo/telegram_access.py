"""Whether the bot may do something in a chat, and what Telegram answers when it may not.

Owns the refusals about chats, membership, rights, threads and replies. Pure: reads the world and
raises, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.telegram_errors import Json, bad_request, forbidden

if TYPE_CHECKING:
    from bot.demo.telegram_chats import Chat
    from bot.demo.telegram_params import Params
    from bot.demo.telegram_world import World


def known_chat(world: World, raw_chat_id: str) -> Chat:
    """The chat that a `chat_id` parameter names, by number or by `@username`.

    Raises Refusal where it is empty, unknown, or became a supergroup.
    """
    raw = raw_chat_id.strip()
    if not raw:
        raise bad_request("chat_id is empty")
    chat = world.public_chat(raw[1:]) if raw.startswith("@") else _by_number(world, raw)
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to:
        raise bad_request(
            "group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    return chat


def entered_chat(world: World, raw_chat_id: str) -> Chat:
    """The chat that a parameter names, if the bot has a place in it; raises Refusal."""
    chat = known_chat(world, raw_chat_id)
    if chat.kind == "private":
        if world.users[chat.id].is_deactivated:
            raise forbidden("user is deactivated")
        if chat.bot_status == "kicked":
            raise forbidden("bot was blocked by the user")
        if chat.bot_status == "left":
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    if chat.is_deleted:
        raise forbidden("the group chat was deleted")
    if chat.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if not chat.has_bot:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def check_may_write(chat: Chat, what: str) -> None:
    """Refuse where the bot may not write; `what` is "text messages", "photos" or "documents"."""
    if chat.write_ban == "forbidden":
        raise forbidden("CHAT_WRITE_FORBIDDEN")
    if chat.kind == "channel":
        if "can_post_messages" not in chat.bot_rights:
            raise bad_request("need administrator rights in the channel chat")
    elif chat.write_ban == "rights" or chat.bot_status == "restricted":
        raise bad_request(f"not enough rights to send {what} to the chat")


def checked_thread(chat: Chat, thread_id: int) -> int:
    """The thread that a new message goes to, 0 for none; refuses unknown and closed ones.

    General has no number of its own here: 1 is refused, as on Telegram.
    """
    if thread_id and thread_id not in chat.threads:
        raise bad_request("message thread not found")
    is_closed = chat.threads[thread_id].is_closed if thread_id else chat.general_is_closed
    if is_closed and "can_manage_topics" not in chat.bot_rights:
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def replied_message(chat: Chat, params: Params) -> Json | None:
    """The message of the chat that a new one answers, or None; raises Refusal.

    Takes `reply_parameters` and the older `reply_to_message_id`.
    """
    reply = params.nested("reply_parameters", "reply parameters")
    if reply is None:
        reply = {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    if not isinstance(reply, dict):
        raise bad_request("object expected as reply parameters")
    message_id = reply.get("message_id")
    if not message_id:
        return None
    if reply.get("chat_id") not in {None, chat.id, str(chat.id)}:
        raise bad_request("message to be replied not found")
    message = chat.messages.get(int(message_id))
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def own_message(world: World, chat: Chat, message_id: int) -> Json:
    """A message that the bot may edit; raises Refusal."""
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if not is_own(world, chat, message):
        raise bad_request("message can't be edited")
    return message


def is_own(world: World, chat: Chat, message: Json) -> bool:
    """Whether the bot wrote a message, or may edit all posts of the channel it is in."""
    if chat.kind == "channel":
        return "can_edit_messages" in chat.bot_rights
    return bool(message.get("from", {}).get("id") == world.bot.id)


def _by_number(world: World, raw: str) -> Chat | None:
    try:
        return world.chats.get(int(raw))
    except ValueError:
        return None
