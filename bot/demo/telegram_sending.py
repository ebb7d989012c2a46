"""The methods that send, edit and delete messages.

Owns the order of checks: content and buttons first, then the chat, thread and reply, at last
rights and limits, so that a refused request counts nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.telegram_access import (
    check_may_write,
    checked_thread,
    entered_chat,
    is_own,
    own_message,
    replied_message,
)
from bot.demo.telegram_content import (
    CONTENT_KEYS,
    caption_content,
    document_content,
    media_content,
    photo_content,
    text_content,
)
from bot.demo.telegram_errors import Json, bad_request
from bot.demo.telegram_markup import reply_markup
from bot.demo.telegram_messages import thread_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import Chat
    from bot.demo.telegram_context import Context
    from bot.demo.telegram_params import Params

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_CHANGEABLE = CONTENT_KEYS | {"reply_markup"}


def send_message(context: Context, params: Params) -> Json:
    """Handle sendMessage."""
    return _send(context, "sendMessage", params, text_content(context, params), "text messages")


def send_photo(context: Context, params: Params) -> Json:
    """Handle sendPhoto."""
    return _send(context, "sendPhoto", params, photo_content(context, params), "photos")


def send_document(context: Context, params: Params) -> Json:
    """Handle sendDocument."""
    content = document_content(context, params)
    return _send(context, "sendDocument", params, content, "documents")


def copy_message(context: Context, params: Params) -> Json:
    """Handle copyMessage; a given caption replaces that of the copied media."""
    origin = entered_chat(context.world, params.text("from_chat_id"))
    source = origin.messages.get(params.integer("message_id"))
    if source is None:
        raise bad_request("message to copy not found")
    content = {key: value for key, value in source.items() if key in CONTENT_KEYS}
    if not content:
        raise bad_request("message can't be copied")
    if "caption" in params.values and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= caption_content(context, params)
    message = _send(context, "copyMessage", params, content, "text messages")
    return {"message_id": message["message_id"]}


def edit_message_text(context: Context, params: Params) -> Json:
    """Handle editMessageText; buttons that are not sent again are taken away."""
    content = text_content(context, params)
    chat, message = _editable(context, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(context, "editMessageText", params, chat, message, content)


def edit_message_caption(context: Context, params: Params) -> Json:
    """Handle editMessageCaption."""
    content = caption_content(context, params)
    chat, message = _editable(context, params)
    if "photo" not in message and "document" not in message:
        raise bad_request("there is no caption in the message to edit")
    kept = ("photo", "document", "has_media_spoiler")
    content |= {key: message[key] for key in kept if key in message}
    return _edit(context, "editMessageCaption", params, chat, message, content)


def edit_message_media(context: Context, params: Params) -> Json:
    """Handle editMessageMedia, which may also put media in place of a text.

    In a group the bot needs the right to send such media.
    """
    content = media_content(context, params)
    chat, message = _editable(context, params)
    if chat.is_group:
        check_may_write(chat, "photos" if "photo" in content else "documents")
    return _edit(context, "editMessageMedia", params, chat, message, content)


def edit_message_reply_markup(context: Context, params: Params) -> Json:
    """Handle editMessageReplyMarkup."""
    chat, message = _editable(context, params)
    content = {key: value for key, value in message.items() if key in CONTENT_KEYS}
    return _edit(context, "editMessageReplyMarkup", params, chat, message, content)


def delete_message(context: Context, params: Params) -> bool:
    """Handle deleteMessage: the bot's own, and in private chats and as administrator any."""
    chat = entered_chat(context.world, params.text("chat_id"))
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    is_allowed = (
        is_own(context.world, chat, message)
        or chat.kind == "private"
        or "can_delete_messages" in chat.bot_rights
    )
    if not is_allowed:
        raise bad_request("message can't be deleted")
    context.world.remove(chat, message["message_id"])
    return True


def _send(context: Context, method: str, params: Params, content: Json, what: str) -> Json:
    markup = reply_markup(params)
    chat = entered_chat(context.world, params.text("chat_id"))
    reply_to = replied_message(chat, params)
    # an answer goes where the answered message is, also without the number of the thread
    thread_id = params.integer("message_thread_id") or thread_of(reply_to)
    thread_id = checked_thread(chat, thread_id)
    context.admit(chat, params, what)
    if markup:
        content = content | {"reply_markup": markup}
    message = context.world.post(chat, content, thread_id, reply_to)
    context.record_sent(method, chat, message, params)
    return message


def _editable(context: Context, params: Params) -> tuple[Chat, Json]:
    if params.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")  # the stand-in has no inline mode
    chat = entered_chat(context.world, params.text("chat_id"))
    message_id = params.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    return chat, own_message(context.world, chat, message_id)


def _edit(
    context: Context, method: str, params: Params, chat: Chat, message: Json, content: Json
) -> Json:
    markup = reply_markup(params)
    new: dict[str, Any] = dict(content)
    if markup:
        new["reply_markup"] = markup
    if new == {key: value for key, value in message.items() if key in _CHANGEABLE}:
        raise bad_request(_NOT_MODIFIED)
    context.admit_edit(chat)
    kept = {key: value for key, value in message.items() if key not in _CHANGEABLE}
    edited = kept | {"edit_date": int(context.world.wall())} | new
    context.world.replace(chat, edited)
    context.record_sent(method, chat, edited, params)
    return edited
