"""The methods of the Bot API by name, and those that only look something up.

Owns the table of methods. Polling and the webhook are no part of it: they wait, so they live with
the server.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from bot.demo import telegram_sending as sending
from bot.demo.telegram_access import checked_thread, entered_chat
from bot.demo.telegram_chats import Chat, MemberStatus, member_json
from bot.demo.telegram_context import NANOSTARS, Answered, Context
from bot.demo.telegram_errors import Json, bad_request
from bot.demo.telegram_params import Params

Method: TypeAlias = Callable[[Context, Params], Any]

# How long a press may be answered. Telegram documents no figure; clients give up about then.
QUERY_SECONDS = 60.0
_MAX_ANSWER = 200
_CHAT_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def get_me(context: Context, _params: Params) -> Json:
    """Handle getMe."""
    return context.world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not context.world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def answer_callback_query(context: Context, params: Params) -> bool:
    """Handle answerCallbackQuery; a query can be answered until it is too old."""
    text = params.text("text")
    if len(text) > _MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = context.world.queries.get(params.text("callback_query_id"))
    if query is None or context.world.clock() - query.at > QUERY_SECONDS:
        raise bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        )
    show_alert = params.flag("show_alert")
    context.answered.append(Answered(query.id, query.chat_id, query.user_id, text, show_alert))
    context.world.notify(
        {
            "type": "answer",
            "chat_id": query.chat_id,
            "query_id": query.id,
            "text": text,
            "show_alert": show_alert,
        }
    )
    return True


def send_chat_action(context: Context, params: Params) -> bool:
    """Handle sendChatAction."""
    if params.text("action") not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = entered_chat(context.world, params.text("chat_id"))
    checked_thread(chat, params.integer("message_thread_id"))
    context.world.notify({"type": "typing", "chat_id": chat.id, "action": params.text("action")})
    return True


def get_chat(context: Context, params: Params) -> Json:
    """Handle getChat."""
    return entered_chat(context.world, params.text("chat_id")).full_json()


def get_chat_member(context: Context, params: Params) -> Json:
    """Handle getChatMember; someone who never was there has left."""
    chat = entered_chat(context.world, params.text("chat_id"))
    user_id = params.integer("user_id")
    if user_id == context.world.bot.id:
        return _bot_member(context, chat)
    user = context.world.users.get(user_id)
    if user is None:
        raise bad_request("user not found")
    status: MemberStatus = chat.members.get(user_id, "left")
    if chat.kind == "private" and user_id == chat.id:
        status = "member"
    return member_json(user.as_json(), status, chat, frozenset())


def get_chat_administrators(context: Context, params: Params) -> list[Json]:
    """Handle getChatAdministrators: the owner and administrators; of bots only this one."""
    chat = entered_chat(context.world, params.text("chat_id"))
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    found = [
        member_json(context.world.users[user_id].as_json(), status, chat, frozenset())
        for user_id, status in chat.members.items()
        if status in {"creator", "administrator"}
    ]
    if chat.bot_status == "administrator":
        found.append(_bot_member(context, chat))
    return found


def get_chat_member_count(context: Context, params: Params) -> int:
    """Handle getChatMemberCount, which counts the bot too."""
    chat = entered_chat(context.world, params.text("chat_id"))
    if chat.kind == "private":
        return 2
    return 1 + sum(status not in {"left", "kicked"} for status in chat.members.values())


def leave_chat(context: Context, params: Params) -> bool:
    """Handle leaveChat."""
    chat = entered_chat(context.world, params.text("chat_id"))
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    context.world.set_bot_status(chat.id, "left", context.world.bot.id)
    return True


def get_file(context: Context, params: Params) -> Json:
    """Handle getFile."""
    return context.files.file_json(params.text("file_id"))


def get_my_star_balance(context: Context, _params: Params) -> Json:
    """Handle getMyStarBalance."""
    balance: Json = {"amount": context.nanostars // NANOSTARS}
    if rest := context.nanostars % NANOSTARS:
        balance["nanostar_amount"] = rest
    return balance


def set_my_commands(context: Context, params: Params) -> bool:
    """Handle setMyCommands and tell the chat page."""
    done = context.profile.set_commands(params)
    context.world.notify({"type": "commands"})
    return done


def delete_my_commands(context: Context, params: Params) -> bool:
    """Handle deleteMyCommands and tell the chat page."""
    done = context.profile.delete_commands(params)
    context.world.notify({"type": "commands"})
    return done


def _get_name(context: Context, params: Params) -> Json:
    return context.profile.get_text("name", params, context.world.bot.first_name)


def _set_text(kind: str, context: Context, params: Params) -> bool:
    return context.profile.set_text(kind, params)


def _get_text(kind: str, context: Context, params: Params) -> Json:
    return context.profile.get_text(kind, params)


def _bot_member(context: Context, chat: Chat) -> Json:
    return member_json(context.world.bot.as_json(), chat.bot_status, chat, chat.bot_rights)


_NAMED: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "copyMessage": sending.copy_message,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageMedia": sending.edit_message_media,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "getFile": get_file,
    "getMyStarBalance": get_my_star_balance,
    "setMyCommands": set_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getMyCommands": lambda context, params: context.profile.get_commands(params),
    "setMyName": partial(_set_text, "name"),
    "getMyName": _get_name,
    "setMyDescription": partial(_set_text, "description"),
    "getMyDescription": partial(_get_text, "description"),
    "setMyShortDescription": partial(_set_text, "short_description"),
    "getMyShortDescription": partial(_get_text, "short_description"),
    "setChatMenuButton": lambda context, params: context.profile.set_menu_button(params),
    "getChatMenuButton": lambda context, params: context.profile.get_menu_button(params),
}

# Telegram does not mind the case of a method's name.
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method) for name, method in _NAMED.items()
}
