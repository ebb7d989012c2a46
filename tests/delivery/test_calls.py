"""The call that pays a message."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.calls import plain_params, telegram_call
from bot.domain.answers import Upload
from bot.domain.outbox import Button, Rendered
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
    method, params = telegram_call(claimed(), payload, picture=b"png")
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
