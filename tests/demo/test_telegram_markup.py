"""Buttons are checked as strictly as Telegram checks them."""

from __future__ import annotations

import json

import pytest

from bot.demo.telegram_errors import Refusal
from bot.demo.telegram_markup import reply_markup
from bot.demo.telegram_params import Params


def markup(*buttons: object) -> Params:
    return Params({"reply_markup": json.dumps({"inline_keyboard": [list(buttons)]})})


def test_good_buttons_are_kept_with_their_links_in_normal_form() -> None:
    params = markup(
        {"text": "a", "callback_data": "1:a:" + "é" * 30},
        {"text": "b", "url": "EX.com"},
        {"text": "c", "copy_text": {"text": "95000"}, "style": "success"},
    )
    kept = reply_markup(params)
    assert kept is not None
    assert kept["inline_keyboard"][0][1]["url"] == "http://ex.com/"
    assert len(kept["inline_keyboard"][0]) == 3


@pytest.mark.parametrize(
    ("button", "error"),
    [
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "1"}, "BUTTON_TEXT_INVALID"),
        ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "x", "url": "http://localhost/a"},
            "inline keyboard button URL 'http://localhost/a' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x"},
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "url": "ex.com", "callback_data": "1"},
            (
                "can't parse inline keyboard button: only one action is allowed, "
                "found url and callback_data"
            ),
        ),
        (
            {"text": "x", "url": None},
            'can\'t parse inline keyboard button: field "url" must be of type String',
        ),
        (
            {"callback_data": "1"},
            'can\'t parse inline keyboard button: field "text" must be of type String',
        ),
        ("x", "can't parse inline keyboard button: expected an Object as inline keyboard button"),
        (
            {"text": "x", "callback_data": "1", "style": "loud"},
            "can't parse inline keyboard button: invalid button style specified",
        ),
    ],
)
def test_bad_buttons_are_refused(button: object, error: str) -> None:
    with pytest.raises(Refusal) as caught:
        reply_markup(markup(button))
    assert caught.value.description == f"Bad Request: {error}"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[1]", "object expected as reply markup"),
        ('{"rows": []}', "object expected as reply markup"),
        ('{"inline_keyboard": [1]}', 'field "inline_keyboard" must be of type Array of Arrays'),
    ],
)
def test_a_bad_keyboard_is_refused(value: str, error: str) -> None:
    with pytest.raises(Refusal, match=r"^Bad Request: ") as caught:
        reply_markup(Params({"reply_markup": value}))
    assert caught.value.description.endswith(error)


def test_more_than_a_hundred_buttons_are_refused() -> None:
    with pytest.raises(Refusal, match="REPLY_MARKUP_TOO_LONG"):
        reply_markup(markup(*[{"text": "x", "callback_data": "1"}] * 101))


@pytest.mark.parametrize("value", ["", '{"inline_keyboard": [[]]}', '{"remove_keyboard": true}'])
def test_what_leaves_nothing_under_the_message(value: str) -> None:
    assert reply_markup(Params({"reply_markup": value})) is None
