"""The call that pays a message: its method of the Bot API and its parameters.

Pure. Owns the shape of what is sent; the texts come rendered and escaped.
"""

import html
import re
from typing import Any

from bot.domain.answers import Upload
from bot.domain.outbox import Claimed, Rendered
from bot.domain.payloads import Payload

_PLAIN_LIMIT = 1000


def telegram_call(
    message: Claimed, payload: Payload, *, paid: bool = False, picture: bytes | None = None
) -> tuple[str, dict[str, Any]]:
    """The method and parameters that send or edit a message.

    Of a message with a picture an edit changes the caption and the buttons. `picture` is the
    PNG that the payload's `picture_id` stands for; without it the words go alone.
    """
    rendered = payload.rendered
    photo: str | Upload | None = rendered.photo
    if picture is not None:
        photo = Upload("picture.png", picture, "image/png")
    params: dict[str, Any] = {"chat_id": message.telegram_chat_id, "parse_mode": "HTML"}
    if photo is None:
        params |= {"text": rendered.text_html, "link_preview_options": preview_options(rendered)}
    else:
        params["caption"] = rendered.text_html
    if rendered.rows:
        params["reply_markup"] = {"inline_keyboard": keyboard(rendered)}
    if payload.edit_message_id is not None:
        method = "editMessageText" if photo is None else "editMessageCaption"
        return method, params | {"message_id": payload.edit_message_id}
    if photo is not None:
        params["photo"] = photo
    if message.thread_id:
        params["message_thread_id"] = message.thread_id
    if payload.reply_to_message_id is not None:
        params["reply_parameters"] = {
            "message_id": payload.reply_to_message_id,
            "allow_sending_without_reply": True,
        }
    if paid:
        params["allow_paid_broadcast"] = True
    return "sendMessage" if photo is None else "sendPhoto", params


def preview_options(rendered: Rendered) -> dict[str, Any]:
    """How the link preview shows: the given address large above the text, small below, or none."""
    if rendered.preview_url is None:
        return {"is_disabled": True}
    if rendered.large_preview:
        return {"url": rendered.preview_url, "prefer_large_media": True, "show_above_text": True}
    return {"url": rendered.preview_url, "prefer_small_media": True}


def keyboard(rendered: Rendered) -> list[list[dict[str, str]]]:
    """The inline keyboard of a message as the Bot API takes it."""
    return [
        [
            {"text": b.label_text, "url": b.url}
            if b.url is not None
            else {"text": b.label_text, "callback_data": b.data or ""}
            for b in row
        ]
        for row in rendered.rows
    ]


def plain_params(params: dict[str, Any]) -> dict[str, Any]:
    """The same message without markup, buttons or preview, shortened; a picture stays.

    For a text that Telegram cannot parse: what it says is worth more than how it looks.
    """
    name = "caption" if "caption" in params else "text"
    bare = html.unescape(re.sub(r"<[^<>]*>", "", params[name])).strip()
    if len(bare) > _PLAIN_LIMIT:
        bare = bare[: _PLAIN_LIMIT - 1].rstrip() + "…"
    kept = {k: v for k, v in params.items() if k not in ("parse_mode", "reply_markup")}
    if name == "caption":
        return kept | {"caption": bare}
    return kept | {"text": bare or "…", "link_preview_options": {"is_disabled": True}}
