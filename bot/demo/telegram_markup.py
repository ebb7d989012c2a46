"""Buttons under a message, checked as Telegram checks them.

Owns the shape of `reply_markup`. A button with no action or with several is refused (Telegram
refuses the first and takes one of the second: sending several is a mistake either way).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.telegram_errors import Json, Refusal, bad_request
from bot.demo.telegram_html import utf8_length
from bot.demo.telegram_links import LinkError, checked_link, linked_user_id

if TYPE_CHECKING:
    from bot.demo.telegram_params import Params

_MAX_DATA_BYTES = 64
_MAX_BUTTONS = 100
_MAX_COPY = 256
_ACTIONS = {
    "url": str,
    "callback_data": str,
    "web_app": dict,
    "login_url": dict,
    "switch_inline_query": str,
    "switch_inline_query_current_chat": str,
    "switch_inline_query_chosen_chat": dict,
    "copy_text": dict,
    "callback_game": dict,
    "pay": bool,
}
_TYPE_NAMES = {str: "String", dict: "Object", bool: "Boolean"}
_STYLES = {"danger", "success", "primary"}
_OTHER_MARKUP = {"keyboard", "remove_keyboard", "force_reply"}


def reply_markup(params: Params) -> Json | None:
    """The inline keyboard that a message will carry, or None.

    Other kinds of markup belong to the reader's keyboard, not to the message: they give None.
    Raises Refusal.
    """
    markup = params.nested("reply_markup", "reply keyboard markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        if not _OTHER_MARKUP & markup.keys():
            raise bad_request("object expected as reply markup")
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array of Arrays')
    keyboard = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > _MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": keyboard} if keyboard else None


def _button(button: object) -> Json:
    if not isinstance(button, dict):
        raise _unparsed("expected an Object as inline keyboard button")
    if not isinstance(button.get("text"), str):
        raise _unparsed('field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    actions = [name for name in _ACTIONS if name in button]
    for name in actions:
        if not isinstance(button[name], _ACTIONS[name]):
            raise _unparsed(f'field "{name}" must be of type {_TYPE_NAMES[_ACTIONS[name]]}')
    if not actions:
        raise _unparsed("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsed(f"only one action is allowed, found {' and '.join(actions)}")
    if button.get("style", "primary") not in _STYLES:
        raise _unparsed("invalid button style specified")
    return _checked_action(button, actions[0])


def _checked_action(button: Json, action: str) -> Json:
    if action == "callback_data":
        if not 1 <= utf8_length(button["callback_data"]) <= _MAX_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "url":
        return button | {"url": _button_url(button["url"])}
    elif action == "copy_text":
        text = button["copy_text"].get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= _MAX_COPY:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return button


def _button_url(url: str) -> str:
    if linked_user_id(url):
        return url
    try:
        return checked_link(url)
    except LinkError as error:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {error}") from error


def _unparsed(detail: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {detail}")
