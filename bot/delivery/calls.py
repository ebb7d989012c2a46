"""The call that pays a message: its method of the Bot API and its parameters.

Pure. Owns the shape of what is sent; the texts come rendered and escaped.
"""

import html
import re
from typing import Any

from bot.domain.answers import Upload
from bot.domain.outbox import CAPTION_LIMIT, Claimed, KeptPicture, Pictures, Rendered
from bot.domain.payloads import Payload

_PLAIN_LIMIT = 1000
_ATTACHED = "picture"


def telegram_call(
    message: Claimed, payload: Payload, *, paid: bool = False, picture: KeptPicture | None = None
) -> tuple[str, dict[str, Any]]:
    """The method and parameters that send or edit a message.

    Of a message with a picture an edit changes the caption and the buttons. `picture` is what
    the payload's `picture_id` stands for; without it the words go alone. A message of words
    that gets one by an edit keeps them above it.
    """
    rendered = payload.rendered
    photo: str | Upload | None = rendered.photo
    if picture is not None:
        photo = picture.file_id or Upload("picture.png", picture.png, "image/png")
    if message.picture_id is not None and photo is not None:
        return "editMessageMedia", _media_params(message, payload, photo)
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


def _media_params(message: Claimed, payload: Payload, photo: str | Upload) -> dict[str, Any]:
    """A picture under the words of a message: Telegram's id of it, or a file that goes along."""
    media = {
        "type": "photo",
        "media": photo if isinstance(photo, str) else f"attach://{_ATTACHED}",
        "caption": payload.rendered.text_html,
        "parse_mode": "HTML",
        "show_caption_above_media": True,
    }
    params: dict[str, Any] = {
        "chat_id": message.telegram_chat_id,
        "message_id": payload.edit_message_id,
        "media": media,
    }
    if payload.rendered.rows:
        params["reply_markup"] = {"inline_keyboard": keyboard(payload.rendered)}
    if isinstance(photo, Upload):
        params[_ATTACHED] = photo
    return params


def why_left_out(
    message: Claimed, payload: Payload, picture: KeptPicture | None = None
) -> str | None:
    """Why a picture is not added to a message that was sent; None when it is, or adds none."""
    if message.picture_id is None:
        return None
    if payload.edit_message_id is None or picture is None:
        return "the message or the picture is gone"
    if message.view.pictures is Pictures.OFF:
        return "the chat wants no pictures"
    if _units(payload.rendered.text_html) > CAPTION_LIMIT:
        return "the text is too long for a caption"
    return None


def _units(text_html: str) -> int:
    """How long a text is for Telegram, in the larger of the two ways that its programs count."""
    return len(_bare(text_html).encode("utf-16-le", "surrogatepass")) // 2


def _bare(text_html: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", text_html))


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
    bare = _bare(params[name]).strip()
    if len(bare) > _PLAIN_LIMIT:
        bare = bare[: _PLAIN_LIMIT - 1].rstrip() + "…"
    kept = {k: v for k, v in params.items() if k not in ("parse_mode", "reply_markup")}
    if name == "caption":
        return kept | {"caption": bare}
    return kept | {"text": bare or "…", "link_preview_options": {"is_disabled": True}}
