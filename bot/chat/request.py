"""What an update asks for.

Pure. Owns the reading of a Telegram update into a `Request`; refuses to judge who may ask.
An update that asks for nothing (an edit, a word in a group, a command for another bot) is read
as `OTHER`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import telegram
from telegram.constants import ChatMemberStatus, ChatType

from bot.chat.files import SentFile
from bot.chat.message_html import NOTHING, Written, after_command, written_in
from bot.domain.chats import ChatKind, ChatSeen, ChatState, stored_thread_id

_COMMAND = re.compile(r"^/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0e-\x1f]")
# The full-width forms that phones with East Asian keyboards type, as their plain likenesses.
_PLAIN_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
_LONGEST_TITLE = 255
# The commands that the caption of a picture or of a file may hold.
_PICTURED = frozenset({"broadcast"})
_FILED = frozenset({"source"})


class RequestKind(StrEnum):
    """What kind of thing an update asks for."""

    COMMAND = "command"
    TEXT = "text"
    CALLBACK = "callback"
    MEMBER = "member"
    MIGRATION = "migration"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Request:
    """An update as the chat's commands see it.

    `speaks_for_chat` tells of a channel's post or an anonymous administrator, who have no
    `user_id`. `argument_text` is what stands behind the command, its spaces made plain;
    `argument` the same as it was written, and `quoted` what the message says that was replied
    to (None when none was); `quoted_message_id` is that message. `photo` and `quoted_photo` are
    the file ids of their pictures, `document` and `quoted_document` their files of other kinds.
    `message_id` is the command's message, or the one whose button was pressed; `pressed_text` is
    the text of the latter as Telegram has it, empty when it is too old to be read or edited.
    """

    update_id: int
    kind: RequestKind
    chat: ChatSeen | None = None
    thread_id: int = 0
    user_id: int | None = None
    speaks_for_chat: bool = False
    command: str = ""
    is_addressed: bool = False
    argument_text: str = ""
    argument: Written = NOTHING
    photo: str | None = None
    quoted: Written | None = None
    quoted_message_id: int | None = None
    quoted_photo: str | None = None
    document: SentFile | None = None
    quoted_document: SentFile | None = None
    message_id: int | None = None
    callback_id: str | None = None
    callback_data: str = ""
    pressed_text: str = ""
    member_state: ChatState | None = None
    is_newcomer: bool = False
    moved_from: int | None = None
    moved_to: int | None = None

    @property
    def language(self) -> str | None:
        """The language to answer in, None where it is not known."""
        return self.chat.language if self.chat else None

    @property
    def is_private(self) -> bool:
        """Whether the chat is one person's."""
        return self.chat is not None and self.chat.kind is ChatKind.PRIVATE


def read_request(update: telegram.Update, bot_username: str) -> Request:
    """The request of an update, for the bot of that name (without @)."""
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.channel_post
    if message is None:
        return Request(update.update_id, RequestKind.OTHER)
    if message.migrate_to_chat_id or message.migrate_from_chat_id:
        return _migration(update.update_id, message)
    return _written(update.update_id, message, bot_username)


def plain_spaces(text: str) -> str:
    """A text without invisible characters, full-width forms made plain, spaces collapsed."""
    return " ".join(_INVISIBLE.sub("", text).translate(_PLAIN_FORMS).split())


def _written(update_id: int, message: telegram.Message, bot_username: str) -> Request:
    chat = _seen(message.chat, message.from_user)
    other = Request(update_id, RequestKind.OTHER, chat)
    sender = message.from_user
    is_robot = sender is not None and sender.is_bot and message.sender_chat is None
    raw = message.text if message.text is not None else _captioned_command(message)
    if raw is None or is_robot or message.is_automatic_forward:
        return other
    text = _INVISIBLE.sub("", raw).translate(_PLAIN_FORMS).strip()
    found = _COMMAND.match(text)
    if found is None and (text.startswith("/") or chat.kind is not ChatKind.PRIVATE):
        # "/" alone or "/9%": in private it deserves the answer to an unknown command.
        return other if chat.kind is not ChatKind.PRIVATE else _said(update_id, message, chat)
    if found is None:
        return _said(update_id, message, chat, plain_spaces(text))
    name, addressee = found.groups()
    if addressee and addressee.casefold() != bot_username.casefold():
        return other
    return _said(
        update_id, message, chat, plain_spaces(text[found.end() :]), name.lower(), bool(addressee)
    )


def _said(
    update_id: int,
    message: telegram.Message,
    chat: ChatSeen,
    argument_text: str = "",
    command: str = "",
    is_addressed: bool = False,
) -> Request:
    speaks_for_chat = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    is_person = message.from_user is not None and message.sender_chat is None
    quoted = message.reply_to_message
    if quoted is not None and quoted.forum_topic_created is not None:
        quoted = None  # in a forum every message answers the one that opened its thread
    return Request(
        update_id,
        RequestKind.COMMAND if command else RequestKind.TEXT,
        chat,
        thread_id=stored_thread_id(message.message_thread_id, message.is_topic_message),
        user_id=message.from_user.id if message.from_user and is_person else None,
        speaks_for_chat=speaks_for_chat,
        command=command,
        is_addressed=is_addressed,
        argument_text=argument_text,
        argument=after_command(written_in(message)),
        photo=_photo_of(message),
        quoted=written_in(quoted) if quoted is not None else None,
        quoted_message_id=quoted.message_id if quoted is not None else None,
        quoted_photo=_photo_of(quoted) if quoted is not None else None,
        document=_document_of(message),
        quoted_document=_document_of(quoted) if quoted is not None else None,
        message_id=message.message_id,
    )


def _captioned_command(message: telegram.Message) -> str | None:
    """The caption of what is sent for a command that takes it; other captions are no commands."""
    wanting = _PICTURED if message.photo else _FILED if message.document else frozenset[str]()
    if message.caption is None:
        return None
    found = _COMMAND.match(_INVISIBLE.sub("", message.caption).translate(_PLAIN_FORMS).strip())
    return message.caption if found is not None and found[1].lower() in wanting else None


def _photo_of(message: telegram.Message) -> str | None:
    """The file id of a message's picture, in its largest size."""
    return message.photo[-1].file_id if message.photo else None


def _document_of(message: telegram.Message) -> SentFile | None:
    """The file that a message carries, other than a picture."""
    found = message.document
    return SentFile(found.file_id, found.file_size) if found is not None else None


def _press(update_id: int, query: telegram.CallbackQuery) -> Request:
    message = query.message
    if message is None:
        # A button of an inline message: this bot makes none, but the query wants an answer.
        return Request(
            update_id, RequestKind.CALLBACK, user_id=query.from_user.id, callback_id=query.id
        )
    thread_id, text = 0, ""
    if isinstance(message, telegram.Message):
        text = message.text or ""
        thread_id = stored_thread_id(message.message_thread_id, message.is_topic_message)
    return Request(
        update_id,
        RequestKind.CALLBACK,
        _seen(message.chat, query.from_user),
        thread_id=thread_id,
        user_id=query.from_user.id,
        message_id=message.message_id,
        callback_id=query.id,
        callback_data=query.data or "",
        pressed_text=text,
    )


_AWAY = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


def _membership(update_id: int, changed: telegram.ChatMemberUpdated) -> Request:
    chat = _seen(changed.chat, changed.from_user)
    state = _state_for(changed.new_chat_member, chat.kind)
    came = changed.old_chat_member.status in _AWAY and state is ChatState.ACTIVE
    return Request(
        update_id,
        RequestKind.MEMBER,
        chat,
        user_id=changed.from_user.id,
        member_state=state,
        is_newcomer=came and chat.kind in (ChatKind.GROUP, ChatKind.SUPERGROUP),
    )


def _state_for(member: telegram.ChatMember, kind: ChatKind) -> ChatState:
    if member.status in _AWAY:
        return ChatState.GONE
    if isinstance(member, telegram.ChatMemberRestricted):
        if not member.is_member:
            return ChatState.GONE
        return ChatState.ACTIVE if member.can_send_messages else ChatState.PAUSED
    if kind is ChatKind.CHANNEL:
        # Only administrators with that right write in a channel.
        can_post = isinstance(member, telegram.ChatMemberAdministrator) and member.can_post_messages
        return ChatState.ACTIVE if can_post else ChatState.PAUSED
    return ChatState.ACTIVE


def _migration(update_id: int, message: telegram.Message) -> Request:
    return Request(
        update_id,
        RequestKind.MIGRATION,
        moved_from=message.migrate_from_chat_id or message.chat.id,
        moved_to=message.migrate_to_chat_id or message.chat.id,
    )


def _seen(chat: telegram.Chat, user: telegram.User | None) -> ChatSeen:
    is_private = chat.type == ChatType.PRIVATE
    title = (chat.full_name or "") if is_private else (chat.title or "")
    language = user.language_code if user is not None and is_private else None
    return ChatSeen(
        chat.id,
        ChatKind(chat.type),
        title=title[:_LONGEST_TITLE],
        username=chat.username,
        language=language if language and _LANGUAGE.fullmatch(language) else None,
    )
