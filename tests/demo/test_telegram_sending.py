"""Sending, editing and deleting, with what Telegram refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.telegram_errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.telegram_context import Context

BUTTON = {"inline_keyboard": [[{"text": "x", "callback_data": "1"}]]}
PHOTO = "https://ex.com/a.jpg"


@pytest.fixture
def chat_id(context: Context) -> int:
    return context.world.add_user("Alice", started=True).id


def refused(run: Callable[..., Any], method: str, **values: object) -> str:
    with pytest.raises(Refusal) as caught:
        run(method, **values)
    return caught.value.description.removeprefix("Bad Request: ")


def test_a_sent_message_is_kept_with_its_buttons(
    context: Context, call: Callable[..., Any], chat_id: int
) -> None:
    sent = call("sendMessage", chat_id=chat_id, text="hi", reply_markup=BUTTON)
    assert sent["reply_markup"] == BUTTON
    assert sent["from"]["is_bot"]
    assert context.world.chats[chat_id].messages[sent["message_id"]] is sent
    assert [record.method for record in context.sent] == ["sendMessage"]


def test_an_edit_without_buttons_takes_them_away(
    context: Context, call: Callable[..., Any], chat_id: int
) -> None:
    sent = call("sendMessage", chat_id=chat_id, text="hi", reply_markup=BUTTON)
    place = {"chat_id": chat_id, "message_id": sent["message_id"]}
    edited = call("editMessageText", **place, text="hi")
    assert "reply_markup" not in edited
    assert edited["edit_date"] == 1_760_000_000
    assert refused(call, "editMessageText", **place, text="hi").startswith(
        "message is not modified: specified new message content and reply markup are exactly"
    )
    again = call("editMessageReplyMarkup", **place, reply_markup=BUTTON)
    assert (again["text"], again["reply_markup"]) == ("hi", BUTTON)
    assert sent["text"] == "hi", "an older version stays as it was delivered"
    assert context.world.chats[chat_id].messages[sent["message_id"]] is again


def test_captions_and_media(call: Callable[..., Any], chat_id: int) -> None:
    photo = call("sendPhoto", chat_id=chat_id, photo=PHOTO, caption="a", has_spoiler=True)
    place = {"chat_id": chat_id, "message_id": photo["message_id"]}
    edited = call("editMessageCaption", **place, caption="b")
    assert (edited["caption"], edited["photo"]) == ("b", photo["photo"])
    assert edited["has_media_spoiler"]
    no_text = "there is no text in the message to edit"
    assert refused(call, "editMessageText", **place, text="x") == no_text
    text = call("sendMessage", chat_id=chat_id, text="hi")
    place["message_id"] = text["message_id"]
    no_caption = "there is no caption in the message to edit"
    assert refused(call, "editMessageCaption", **place, caption="x") == no_caption
    with_media = call("editMessageMedia", **place, media={"type": "photo", "media": PHOTO})
    assert "text" not in with_media
    assert with_media["photo"] == photo["photo"]


@pytest.mark.parametrize("method", ["editMessageText", "editMessageReplyMarkup"])
def test_messages_that_cannot_be_edited(
    context: Context, call: Callable[..., Any], chat_id: int, method: str
) -> None:
    hers = context.world.say(chat_id, chat_id, "mine")["message_id"]
    edit = {"chat_id": chat_id, "text": "x"}
    assert refused(call, method, **edit, message_id=999) == "message to edit not found"
    assert refused(call, method, **edit, message_id=hers) == "message can't be edited"
    assert refused(call, method, **edit) == "message identifier is not specified"
    assert refused(call, method, **edit, inline_message_id="x") == "MESSAGE_ID_INVALID"


def test_deleting(context: Context, call: Callable[..., Any]) -> None:
    alice = context.world.add_user("Alice")
    group = context.world.add_group("G", members=[alice])
    hers = context.world.say(group.id, alice.id, "/x")["message_id"]
    own = call("sendMessage", chat_id=group.id, text="x")["message_id"]
    assert call("deleteMessage", chat_id=group.id, message_id=own)
    gone = refused(call, "deleteMessage", chat_id=group.id, message_id=own)
    assert gone == "message to delete not found"
    denied = refused(call, "deleteMessage", chat_id=group.id, message_id=hers)
    assert denied == "message can't be deleted"
    context.world.promote_bot(group.id, alice.id)
    assert call("deleteMessage", chat_id=group.id, message_id=hers)


def test_an_answer_goes_to_the_thread_of_what_it_answers(
    context: Context, call: Callable[..., Any]
) -> None:
    alice = context.world.add_user("Alice")
    forum = context.world.add_group("F", is_forum=True, members=[alice])
    thread = context.world.add_thread(forum.id, "BTC")
    asked = context.world.say(forum.id, alice.id, "/list", thread_id=thread.id)
    reply = {"message_id": asked["message_id"]}
    answer = call("sendMessage", chat_id=forum.id, text="x", reply_parameters=reply)
    direct = call("sendMessage", chat_id=forum.id, text="x", message_thread_id=thread.id)
    assert answer["message_thread_id"] == direct["message_thread_id"] == thread.id
    assert answer["reply_to_message"]["text"] == "/list"
    unknown = refused(call, "sendMessage", chat_id=forum.id, text="x", message_thread_id=1)
    assert unknown == "message thread not found"
    context.world.set_thread(forum.id, thread.id, closed=True)
    closed = refused(call, "sendMessage", chat_id=forum.id, text="x", reply_parameters=reply)
    assert closed == "TOPIC_CLOSED"
    assert [sent.thread_id for sent in context.sent] == [thread.id, thread.id]


def test_copies(context: Context, call: Callable[..., Any], chat_id: int) -> None:
    channel = context.world.add_channel("News")
    photo = call("sendPhoto", chat_id=chat_id, photo=PHOTO, caption="a")
    origin = {"from_chat_id": chat_id, "message_id": photo["message_id"]}
    copy = call("copyMessage", chat_id=channel.id, **origin, caption="b")
    assert set(copy) == {"message_id"}
    assert channel.messages[copy["message_id"]]["caption"] == "b"
    assert "from" not in channel.messages[copy["message_id"]]
    plain = call("copyMessage", chat_id=channel.id, **origin)
    assert channel.messages[plain["message_id"]]["caption"] == "a"
    origin["message_id"] = 999
    missing = refused(call, "copyMessage", chat_id=channel.id, **origin)
    assert missing == "message to copy not found"


def test_a_service_message_cannot_be_copied(
    context: Context, call: Callable[..., Any], chat_id: int
) -> None:
    group = context.world.add_group("G")
    context.world.join(group.id, context.world.users[chat_id])
    [service] = group.messages
    denied = refused(
        call, "copyMessage", chat_id=chat_id, from_chat_id=group.id, message_id=service
    )
    assert denied == "message can't be copied"


def test_content_is_judged_before_the_chat(call: Callable[..., Any]) -> None:
    """As on Telegram: with several mistakes at once, the first in this order is told."""
    values = {"chat_id": 5, "text": "x", "reply_markup": "{"}
    assert refused(call, "sendMessage", **{**values, "text": ""}) == "message text is empty"
    assert refused(call, "sendMessage", **values).startswith("can't parse reply keyboard markup")
    assert refused(call, "sendMessage", chat_id=5, text="x") == "chat not found"


def test_media_is_read_before_the_message_and_the_rights_after_it(
    context: Context, call: Callable[..., Any]
) -> None:
    """A group that lets the bot write and send no photos refuses the edit; a channel does not."""
    alice = context.world.add_user("Alice")
    group = context.world.add_group("G", members=[alice])
    own = call("sendMessage", chat_id=group.id, text="x")["message_id"]
    place = {"chat_id": group.id, "message_id": own}
    unread = refused(call, "editMessageMedia", chat_id=5, media={"type": "photo"})
    assert unread == "can't parse InputMedia: media not found"
    media = {"type": "photo", "media": PHOTO, "caption": "x"}
    gone = refused(call, "editMessageMedia", chat_id=group.id, message_id=999, media=media)
    assert gone == "message to edit not found"
    context.world.set_write_ban(group.id, "rights")
    banned = refused(call, "editMessageMedia", **place, media=media)
    assert banned == "not enough rights to send photos to the chat"
    context.world.set_write_ban(group.id, None)
    edited = call("editMessageMedia", **place, media=media, reply_markup=BUTTON)
    assert (edited["caption"], edited["reply_markup"]) == ("x", BUTTON)
    same = refused(call, "editMessageMedia", **place, media=media, reply_markup=BUTTON)
    assert same.startswith("message is not modified")
    no_text = "there is no text in the message to edit"
    assert refused(call, "editMessageText", **place, text="y") == no_text
