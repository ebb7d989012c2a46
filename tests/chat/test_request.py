"""What an update asks for, from JSON as Telegram sends it."""

from typing import Any

import pytest
import telegram

from bot.chat.files import SentFile
from bot.chat.request import Request, RequestKind, plain_spaces, read_request
from bot.domain.chats import ChatKind, ChatState

ALICE = {"id": 5, "is_bot": False, "first_name": "Alice", "last_name": "A", "language_code": "de"}
BOT = {"id": 9, "is_bot": True, "first_name": "Other", "username": "other_bot"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Alice", "last_name": "A"}
GROUP = {"id": -100, "type": "supergroup", "title": "Traders"}
CHANNEL = {"id": -200, "type": "channel", "title": "Signals", "username": "signals"}


def read(body: dict[str, Any]) -> Request:
    update = telegram.Update.de_json({"update_id": 1} | body, None)
    return read_request(update, "coinbell_bot")


def written(text: str | None, chat: dict[str, Any] = PRIVATE, **more: Any) -> Request:
    message = {"message_id": 7, "date": 1, "chat": chat, "from": ALICE, "text": text} | more
    return read({"message": {k: v for k, v in message.items() if v is not None}})


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/subscribe BTC", "subscribe", "BTC"),
        ("/SUBSCRIBE btc", "subscribe", "btc"),
        ("  /subscribe\u00a0BTC\u3000ETH  ", "subscribe", "BTC ETH"),
        ("/subscribe\nBTC\n\nETH", "subscribe", "BTC ETH"),
        ("/subscribe@Coinbell_Bot BTC", "subscribe", "BTC"),
        ("\u200e/start", "start", ""),
        ("\uff0falert BTC \uff1e \uff19\uff15k", "alert", "BTC > 95k"),
        ("/price \u200bBTC\u200b", "price", "BTC"),
        ("/alert", "alert", ""),
    ],
)
def test_a_command_is_read_whatever_its_spaces(text: str, command: str, argument: str) -> None:
    request = written(text)
    assert request.kind is RequestKind.COMMAND
    assert (request.command, request.argument_text) == (command, argument)
    assert request.is_addressed is ("@" in text)


@pytest.mark.parametrize("text", ["hello", "BTC", "/", "/9%", "/subscribe, BTC", "a /price BTC"])
def test_other_words_are_text_in_private_and_nothing_in_a_group(text: str) -> None:
    assert written(text).kind is RequestKind.TEXT
    assert written(text, GROUP).kind is RequestKind.OTHER


def test_a_command_for_another_bot_is_not_ours() -> None:
    assert written("/price@other_bot BTC", GROUP).kind is RequestKind.OTHER
    assert written("/price@other_bot BTC").kind is RequestKind.OTHER


@pytest.mark.parametrize(
    "more",
    [
        {"from": BOT},
        {"is_automatic_forward": True, "sender_chat": CHANNEL},
        {"text": None, "photo": [], "caption": "/price BTC"},
        {"text": None, "new_chat_members": [BOT]},
    ],
    ids=["a bot", "a linked channel's post", "a caption", "somebody came"],
)
def test_what_is_no_persons_command_is_left_alone(more: dict[str, Any]) -> None:
    text = more.pop("text", "/price BTC")
    assert written(text, GROUP, **more).kind is RequestKind.OTHER


FILE = {"file_id": "f1", "file_unique_id": "u1", "file_size": 77}
PICTURE = [{"file_id": "p1", "file_unique_id": "u2", "width": 9, "height": 9}]


@pytest.mark.parametrize(
    ("caption", "more", "kind"),
    [
        ("/source import", {"document": FILE}, RequestKind.COMMAND),
        ("/Source@coinbell_bot import", {"document": FILE}, RequestKind.COMMAND),
        ("/price BTC", {"document": FILE}, RequestKind.OTHER),
        ("a list of feeds", {"document": FILE}, RequestKind.OTHER),
        ("/source import", {"photo": PICTURE}, RequestKind.OTHER),
        ("/broadcast Hello", {"document": FILE}, RequestKind.OTHER),
        ("/broadcast Hello", {"photo": PICTURE}, RequestKind.COMMAND),
    ],
)
def test_a_caption_is_a_command_where_the_command_takes_what_it_is_below(
    caption: str, more: dict[str, Any], kind: RequestKind
) -> None:
    assert written(None, caption=caption, **more).kind is kind


def test_a_file_is_carried_by_its_message_and_by_the_reply_to_it() -> None:
    sent = SentFile("f1", 77)
    request = written(None, caption="/source import", document=FILE)
    assert (request.argument_text, request.document) == ("import", sent)
    quoted = {"message_id": 6, "date": 1, "chat": PRIVATE, "document": FILE}
    request = written("/source import", reply_to_message=quoted)
    assert (request.document, request.quoted_document) == (None, sent)


def test_an_edited_message_is_no_command() -> None:
    message = {"message_id": 7, "date": 1, "chat": PRIVATE, "from": ALICE, "text": "/list"}
    assert read({"edited_message": message | {"edit_date": 2}}).kind is RequestKind.OTHER
    assert read({"edited_channel_post": message}).kind is RequestKind.OTHER
    assert read({}).kind is RequestKind.OTHER


def test_a_private_chat_carries_its_persons_name_and_language() -> None:
    request = written("/start")
    assert request.chat is not None
    assert (request.chat.kind, request.chat.title) == (ChatKind.PRIVATE, "Alice A")
    assert (request.language, request.user_id, request.is_private) == ("de", 5, True)


def test_a_group_has_no_language_of_its_own() -> None:
    request = written("/start", GROUP)
    assert (request.language, request.user_id, request.is_private) == (None, 5, False)


@pytest.mark.parametrize("code", ["<script>", "x" * 90, "", "de_AT"])
def test_an_odd_language_is_not_believed(code: str) -> None:
    assert written("/start", **{"from": ALICE | {"language_code": code}}).language is None


def test_who_speaks_for_the_chat() -> None:
    anonymous = written("/list", GROUP, sender_chat=GROUP, **{"from": BOT})
    assert (anonymous.speaks_for_chat, anonymous.user_id) == (True, None)
    as_channel = written("/list", GROUP, sender_chat=CHANNEL, **{"from": BOT})
    assert (as_channel.kind, as_channel.speaks_for_chat) == (RequestKind.COMMAND, False)
    assert as_channel.user_id is None
    body = {"message_id": 1, "date": 1, "chat": CHANNEL, "sender_chat": CHANNEL, "text": "/list"}
    post = read({"channel_post": body})
    assert (post.kind, post.speaks_for_chat, post.user_id) == (RequestKind.COMMAND, True, None)


@pytest.mark.parametrize(
    ("more", "thread"),
    [
        ({"message_thread_id": 44, "is_topic_message": True}, 44),
        ({"message_thread_id": 44}, 0),
        ({"message_thread_id": 1, "is_topic_message": True}, 0),
    ],
)
def test_a_thread_counts_only_in_a_forum(more: dict[str, Any], thread: int) -> None:
    assert written("/list", GROUP, **more).thread_id == thread


def test_the_message_replied_to_is_quoted_but_a_threads_first_is_not() -> None:
    first = {"message_id": 3, "date": 1, "chat": GROUP, "from": ALICE}
    quoted = written("/broadcast", GROUP, reply_to_message=first | {"text": "a < b"})
    assert quoted.quoted is not None
    assert quoted.quoted.html == "a &lt; b"
    assert quoted.quoted_message_id == first["message_id"]
    picture = written("/broadcast", GROUP, reply_to_message=first | {"caption": "x"})
    assert picture.quoted is not None
    assert (picture.quoted.text, picture.quoted_photo) == ("x", None)
    opening = {"forum_topic_created": {"name": "n", "icon_color": 1}}
    thread = written("/broadcast", GROUP, reply_to_message=first | opening)
    assert (thread.quoted, thread.quoted_message_id) == (None, None)


SIZES = [
    {"file_id": "small", "file_unique_id": "a", "width": 90, "height": 60},
    {"file_id": "large", "file_unique_id": "b", "width": 900, "height": 600},
]


@pytest.mark.parametrize(
    ("caption", "kind", "text"),
    [
        ("/broadcast  to:private Hello", RequestKind.COMMAND, "to:private Hello"),
        ("/BROADCAST@coinbell_bot", RequestKind.COMMAND, ""),
        ("/broadcast@other_bot Hello", RequestKind.OTHER, ""),
        ("/price BTC", RequestKind.OTHER, ""),
        ("look at that", RequestKind.OTHER, ""),
        (None, RequestKind.OTHER, ""),
    ],
)
def test_a_picture_may_be_passed_on_and_nothing_else(
    caption: str | None, kind: RequestKind, text: str
) -> None:
    request = written(None, photo=SIZES, caption=caption)
    assert (request.kind, request.argument.text) == (kind, text)
    assert request.photo == ("large" if kind is RequestKind.COMMAND else None)


def test_a_picture_replied_to_is_known_by_its_largest_size() -> None:
    body = {"message_id": 3, "date": 1, "chat": PRIVATE, "from": ALICE, "photo": SIZES}
    request = written("/broadcast", reply_to_message=body)
    assert (request.quoted_photo, request.photo) == ("large", None)


def test_a_press_carries_its_message() -> None:
    shown = {"message_id": 8, "date": 1, "chat": GROUP, "text": "list", "message_thread_id": 4}
    query = {"id": "q", "from": ALICE, "chat_instance": "1", "data": "1:list:0:0"}
    request = read({"callback_query": query | {"message": shown | {"is_topic_message": True}}})
    assert request.kind is RequestKind.CALLBACK
    assert (request.message_id, request.thread_id, request.pressed_text) == (8, 4, "list")
    assert (request.callback_id, request.callback_data) == ("q", "1:list:0:0")
    gone = read({"callback_query": query | {"message": {**shown, "date": 0, "text": None}}})
    assert (gone.pressed_text, gone.thread_id, gone.message_id) == ("", 0, 8)
    inline = read({"callback_query": query | {"inline_message_id": "i"}})
    assert (inline.kind, inline.chat, inline.callback_id) == (RequestKind.CALLBACK, None, "q")


_FLAGS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_MAY = (
    "can_send_messages",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_edit_tag",
    "can_react_to_messages",
)


def member(status: str, **rights: Any) -> dict[str, Any]:
    flags = dict.fromkeys(_FLAGS, True)
    may = dict.fromkeys(_MAY, True)
    extra = {"administrator": flags, "restricted": may, "kicked": {}}.get(status, {})
    return {"user": BOT, "status": status, "until_date": 0} | extra | rights


@pytest.mark.parametrize(
    ("chat", "old", "new", "state", "newcomer"),
    [
        (PRIVATE, member("member"), member("kicked"), ChatState.GONE, False),
        (PRIVATE, member("kicked"), member("member"), ChatState.ACTIVE, False),
        (GROUP, member("left"), member("member"), ChatState.ACTIVE, True),
        (GROUP, member("member"), member("administrator"), ChatState.ACTIVE, False),
        (GROUP, member("member"), member("left"), ChatState.GONE, False),
        (
            GROUP,
            member("member"),
            member("restricted", is_member=True, can_send_messages=False),
            ChatState.PAUSED,
            False,
        ),
        (
            GROUP,
            member("restricted", is_member=True),
            member("restricted", is_member=False),
            ChatState.GONE,
            False,
        ),
        (
            CHANNEL,
            member("left"),
            member("administrator", can_post_messages=True),
            ChatState.ACTIVE,
            False,
        ),
        (
            CHANNEL,
            member("left"),
            member("administrator", can_post_messages=False),
            ChatState.PAUSED,
            False,
        ),
    ],
)
def test_the_bots_own_membership(
    chat: dict[str, Any],
    old: dict[str, Any],
    new: dict[str, Any],
    state: ChatState,
    newcomer: bool,
) -> None:
    change = {"chat": chat, "from": ALICE, "date": 1, "old_chat_member": old}
    request = read({"my_chat_member": change | {"new_chat_member": new}})
    assert request.kind is RequestKind.MEMBER
    assert (request.member_state, request.is_newcomer) == (state, newcomer)


def test_a_group_that_became_a_supergroup() -> None:
    old = {"id": -5, "type": "group", "title": "Traders"}
    there = written(None, old, migrate_to_chat_id=-100)
    assert (there.kind, there.moved_from, there.moved_to) == (RequestKind.MIGRATION, -5, -100)
    here = written(None, GROUP, migrate_from_chat_id=-5)
    assert (here.moved_from, here.moved_to) == (-5, -100)


def test_plain_spaces() -> None:
    assert plain_spaces(" a\u2003b\ufeff\n c\u00ad ") == "a b c"
