"""What a message of the bot holds: text or media with a caption, checked as Telegram checks it.

Owns parsing by parse_mode, the length limits and the shape of media. Only HTML and explicit
entities are understood: Coinbell uses no Markdown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.demo.telegram_entities import kept_text
from bot.demo.telegram_errors import Json, Refusal, bad_request
from bot.demo.telegram_html import HtmlError, parse_html, utf8_length
from bot.demo.telegram_params import Params

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.demo.telegram_context import Context
    from bot.demo.telegram_params import Upload

MAX_TEXT = 4096  # code points after parsing
MAX_CAPTION = 1024
MAX_RAW_BYTES = 32768
CONTENT_KEYS = frozenset(
    (
        "text",
        "entities",
        "link_preview_options",
        "photo",
        "document",
        "caption",
        "caption_entities",
        "show_caption_above_media",
        "has_media_spoiler",
    )
)


def text_content(context: Context, params: Params) -> Json:
    """The content of a text message; raises Refusal."""
    raw = params.text("text")
    if not raw:
        raise bad_request("message text is empty")
    explicit = params.nested("entities", "entities")
    text, entities = _formatted(context, raw, params.text("parse_mode"), explicit)
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if preview := _link_preview(params):
        content["link_preview_options"] = preview
    return content


def caption_content(context: Context, values: Params) -> Json:
    """The caption part of a media message, empty where there is none; raises Refusal."""
    explicit = values.nested("caption_entities", "caption entities")
    raw = values.text("caption")
    text, entities = _formatted(context, raw, values.text("parse_mode"), explicit)
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    content: Json = {}
    if text:
        content["caption"] = text
    if entities:
        content["caption_entities"] = entities
    if values.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def photo_content(context: Context, params: Params) -> Json:
    """The content of a photo with its caption; raises Refusal."""
    content: Json = {"photo": context.files.photo(params, "photo", params.text("photo"))}
    if params.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return content | caption_content(context, params)


def document_content(context: Context, params: Params) -> Json:
    """The content of a document with its caption; raises Refusal."""
    return {"document": context.files.document(params)} | caption_content(context, params)


def media_content(context: Context, params: Params) -> Json:
    """The content that the `media` of editMessageMedia describes; raises Refusal.

    Read in Telegram's order: the caption's markup, the type, the file, the caption's length. A
    file comes by `attach://` alone, whatever the uploads are called.
    """
    if not params.values.get("media"):
        raise bad_request('parameter "media" is required')
    media = params.nested("media", "input media")
    if not isinstance(media, dict):
        raise _unreadable("expected an Object")
    _check_markup(context, Params(media))
    kind, file = _media_file(media, params.files)
    uploads = params.files if file.startswith("attach://") else {}
    inner = Params({**media, kind: file}, uploads)
    return photo_content(context, inner) if kind == "photo" else document_content(context, inner)


def _media_file(media: Json, uploads: Mapping[str, Upload]) -> tuple[str, str]:
    """The type of a media, and the file that it names."""
    kind, file = media.get("type"), media.get("media", "")
    if kind is None:
        raise _unreadable('Can\'t find field "type"')
    if kind not in {"photo", "document"}:
        raise _unreadable(f'type "{kind}" is unsupported')
    if not isinstance(file, str):
        raise _unreadable('Field "media" must be of type String')
    is_there = file.removeprefix("attach://") in uploads if "attach://" in file else file
    if not is_there:
        raise _unreadable("media not found")
    return kind, file


def _check_markup(context: Context, media: Params) -> None:
    explicit = media.nested("caption_entities", "caption entities")
    try:
        _formatted(context, media.text("caption"), media.text("parse_mode"), explicit)
    except Refusal as error:
        reason = error.description.removeprefix("Bad Request: ")
        raise _unreadable(reason[:1].upper() + reason[1:]) from error


def _unreadable(reason: str) -> Refusal:
    return bad_request(f"can't parse InputMedia: {reason}")


def _formatted(
    context: Context,
    raw: str,
    parse_mode: str,
    explicit: Any,
) -> tuple[str, list[Json]]:
    try:
        size = len(raw.encode())
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    if size > MAX_RAW_BYTES:
        raise bad_request("text is too long")
    if parse_mode and parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    if not parse_mode and explicit:
        text, entities = kept_text(raw, _explicit_entities(explicit))
    else:
        text, kept = _parsed(raw, bool(parse_mode))
        entities = list(kept)
    return text, [known for entity in entities if (known := _with_user(context, entity))]


@lru_cache(maxsize=512)  # a broadcast sends one text a hundred thousand times
def _parsed(raw: str, is_html: bool) -> tuple[str, tuple[Json, ...]]:
    try:
        text, entities = parse_html(raw) if is_html else (raw, [])
    except HtmlError as error:
        raise bad_request(f"can't parse entities: {error}") from error
    text, entities = kept_text(text, entities)
    return text, tuple(entities)


def _explicit_entities(explicit: object) -> list[Json]:
    if not isinstance(explicit, list):
        raise bad_request("expected an Array of MessageEntity")
    for entity in explicit:
        is_shaped = (
            isinstance(entity, dict)
            and isinstance(entity.get("type"), str)
            and isinstance(entity.get("offset"), int)
            and isinstance(entity.get("length"), int)
        )
        if not is_shaped:
            raise bad_request("can't parse MessageEntity")
    return explicit


def _with_user(context: Context, entity: Json) -> Json | None:
    """The entity as the message keeps it: a mention needs a person the server knows."""
    user_id = entity.get("user_id")
    if user_id is None:
        return entity
    user = context.world.users.get(user_id)
    if user is None:
        return None
    known = {key: value for key, value in entity.items() if key != "user_id"}
    return known | {"user": user.as_json()}


def _link_preview(params: Params) -> Json | None:
    options = params.nested("link_preview_options", "link preview options")
    if options is None and params.flag("disable_web_page_preview"):
        return {"is_disabled": True}
    if options is not None and not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    if options and utf8_length(str(options.get("url", ""))) > MAX_RAW_BYTES:
        raise bad_request("can't parse link preview options JSON object")
    return options or None
