"""The call that pays a message."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.calls import plain_params, telegram_call, why_left_out
from bot.domain.answers import Upload
from bot.domain.outbox import (
    CAPTION_LIMIT,
    Button,
    KeptPicture,
    Method,
    Pictures,
    Rendered,
    Subject,
    View,
)
from bot.domain.payloads import Payload

FULL = Rendered(
    "<b>Hello</b>",
    rows=((Button("Read", url="https://example.org/a"), Button("Mute", data="1:mute:7")),),
    preview_url="https://example.org/a.jpg",
    large_preview=True,
)


def test_a_send_carries_text_buttons_preview_and_thread(claimed: Any) -> None:
    """Everything that was rendered is in the call."""
    method, params = telegram_call(claimed(thread_id=5), Payload(FULL, reply_to_message_id=3))
    assert method == "sendMessage"
    assert params == {
        "chat_id": 100,
        "text": "<b>Hello</b>",
        "parse_mode": "HTML",
        "message_thread_id": 5,
        "link_preview_options": {
            "url": "https://example.org/a.jpg",
            "prefer_large_media": True,
            "show_above_text": True,
        },
        "reply_markup": {
            "inline_keyboard": [
                [
                    {"text": "Read", "url": "https://example.org/a"},
                    {"text": "Mute", "callback_data": "1:mute:7"},
                ]
            ]
        },
        "reply_parameters": {"message_id": 3, "allow_sending_without_reply": True},
    }


def test_a_plain_chat_gets_no_thread_and_no_preview(claimed: Any) -> None:
    """Thread 0 is never sent, and without a preview the preview is off."""
    _, params = telegram_call(claimed(), Payload(Rendered("Hi")))
    assert "message_thread_id" not in params
    assert "reply_markup" not in params
    assert params["link_preview_options"] == {"is_disabled": True}


def test_a_picture_of_our_own_goes_along_with_the_words_as_its_caption(claimed: Any) -> None:
    """And without the picture, where it is not kept any more, the words go alone."""
    payload = Payload(Rendered("Hi", picture_id=7))
    method, params = telegram_call(claimed(), payload, picture=KeptPicture(b"png"))
    assert method == "sendPhoto"
    assert params["photo"] == Upload("picture.png", b"png", "image/png")
    assert params["caption"] == "Hi"
    method, params = telegram_call(claimed(), payload)
    assert (method, params["text"]) == ("sendMessage", "Hi")


def test_a_small_preview_stands_below_the_text(claimed: Any) -> None:
    """Telegram shows one large of its own accord, unless it is asked for a small one."""
    small = Rendered("Hi", preview_url="https://example.org/a.jpg")
    _, params = telegram_call(claimed(), Payload(small))
    assert params["link_preview_options"] == {
        "url": "https://example.org/a.jpg",
        "prefer_small_media": True,
    }


def test_an_edit_names_its_message(claimed: Any) -> None:
    """An edit goes to the message, not to a thread."""
    method, params = telegram_call(claimed(thread_id=5), Payload(FULL, edit_message_id=44))
    assert method == "editMessageText"
    assert params["message_id"] == 44
    assert "message_thread_id" not in params


PICTURE = Rendered("<b>Look</b>", rows=FULL.rows[:1], photo="AgACAgI")


def test_a_picture_carries_the_text_as_its_caption(claimed: Any) -> None:
    """A photo goes by its file id; a link preview is no part of it."""
    method, params = telegram_call(claimed(thread_id=5), Payload(PICTURE))
    assert method == "sendPhoto"
    assert params["photo"] == "AgACAgI"
    assert (params["caption"], params["parse_mode"]) == ("<b>Look</b>", "HTML")
    assert params["message_thread_id"] == 5
    assert len(params["reply_markup"]["inline_keyboard"]) == 1
    assert not {"text", "link_preview_options"} & params.keys()


def test_an_edit_of_a_picture_changes_its_caption(claimed: Any) -> None:
    """The picture itself stays what it is."""
    method, params = telegram_call(claimed(), Payload(PICTURE, edit_message_id=44))
    assert (method, params["message_id"]) == ("editMessageCaption", 44)
    assert "photo" not in params


KEPT = KeptPicture(b"png")


@pytest.fixture
def illustrated(claimed: Any) -> Any:
    """An edit that adds a picture to the message of a fired alert, with what a case changes."""

    def make(**changes: Any) -> Any:
        facts = {"method": Method.EDIT, "subject": Subject.FIRING, "subject_id": 5}
        return claimed(**facts, picture_id=7, edit_message_id=44, **changes)

    return make


def test_a_picture_is_put_under_the_words_of_a_message(illustrated: Any) -> None:
    """The words stay where they are, as its caption, and so do the buttons."""
    payload = Payload(Rendered("<b>BTC</b>", rows=FULL.rows), edit_message_id=44)
    method, params = telegram_call(illustrated(thread_id=5), payload, picture=KEPT)
    assert method == "editMessageMedia"
    assert params["picture"] == Upload("picture.png", b"png", "image/png")
    assert params["media"] == {
        "type": "photo",
        "media": "attach://picture",
        "caption": "<b>BTC</b>",
        "parse_mode": "HTML",
        "show_caption_above_media": True,
    }
    assert (params["chat_id"], params["message_id"]) == (100, 44)
    assert len(params["reply_markup"]["inline_keyboard"]) == 1
    assert params.keys() == {"chat_id", "message_id", "media", "reply_markup", "picture"}


def test_a_picture_that_telegram_has_is_not_uploaded_again(illustrated: Any) -> None:
    payload = Payload(Rendered("BTC"), edit_message_id=44)
    _, params = telegram_call(illustrated(), payload, picture=KeptPicture(b"png", "AgACAgI"))
    assert params["media"]["media"] == "AgACAgI"
    assert params.keys() == {"chat_id", "message_id", "media"}


@pytest.mark.parametrize(
    ("text_html", "changes", "picture", "reason"),
    [
        ("BTC", {}, KEPT, None),
        ("<b>&amp;</b>" + "x" * (CAPTION_LIMIT - 1), {}, KEPT, None),
        ("x" * (CAPTION_LIMIT + 1), {}, KEPT, "the text is too long for a caption"),
        ("😀" * 513, {}, KEPT, "the text is too long for a caption"),
        ("BTC", {}, None, "the message or the picture is gone"),
        ("BTC", {"view": View("en", Pictures.OFF)}, KEPT, "the chat wants no pictures"),
    ],
)
def test_when_a_picture_is_not_added(
    illustrated: Any, text_html: str, changes: Any, picture: KeptPicture | None, reason: str | None
) -> None:
    payload = Payload(Rendered(text_html), edit_message_id=44)
    assert why_left_out(illustrated(**changes), payload, picture) == reason


def test_a_message_of_its_own_is_never_left_out(claimed: Any) -> None:
    assert why_left_out(claimed(), Payload(Rendered("x" * 4000))) is None


def test_a_caption_that_cannot_be_parsed_goes_out_bare(claimed: Any) -> None:
    """The picture stays, its buttons and markup are gone; a picture may be without words."""
    _, params = telegram_call(claimed(), Payload(PICTURE))
    assert plain_params(params | {"caption": "<b>AT&amp;T"}) == {
        "chat_id": 100,
        "photo": "AgACAgI",
        "caption": "AT&T",
    }
    assert plain_params(params | {"caption": "<b>"})["caption"] == ""


def test_a_paid_broadcast_says_so(claimed: Any) -> None:
    """The flag is sent only when it is asked for."""
    assert telegram_call(claimed(), Payload(FULL), paid=True)[1]["allow_paid_broadcast"] is True
    assert "allow_paid_broadcast" not in telegram_call(claimed(), Payload(FULL))[1]


def test_a_text_that_cannot_be_parsed_goes_out_bare(claimed: Any) -> None:
    """Markup, buttons and preview are gone, the words stay."""
    _, params = telegram_call(claimed(thread_id=5), Payload(FULL))
    broken = params | {"text": "<b>AT&amp;T</b> <i>up 5 %"}
    assert plain_params(broken) == {
        "chat_id": 100,
        "message_thread_id": 5,
        "text": "AT&T up 5 %",
        "link_preview_options": {"is_disabled": True},
    }


@given(st.text())
def test_a_bare_text_is_short_and_never_empty(text: str) -> None:
    """Whatever stood there, Telegram takes what is left."""
    plain = plain_params({"text": text})["text"]
    assert 1 <= len(plain) <= 1000
