"""Texts, captions and media: what a message keeps, and what is too much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.demo.telegram_content import caption_content, media_content, photo_content, text_content
from bot.demo.telegram_errors import Refusal
from bot.demo.telegram_params import Params, Upload

if TYPE_CHECKING:
    from bot.demo.telegram_context import Context

PHOTO = "https://ex.com/a.jpg"


def refusal(context: Context, **values: object) -> str:
    with pytest.raises(Refusal) as caught:
        text_content(context, Params(dict(values)))
    return caught.value.description


def test_limits_count_code_points_after_parsing(context: Context) -> None:
    longest = "😀" * 4096
    html = f"<b>{longest}</b>"
    kept = text_content(context, Params({"text": html, "parse_mode": "html"}))
    assert kept["text"] == longest
    assert kept["entities"] == [{"type": "bold", "offset": 0, "length": 8192}]
    too_long = {"text": f"{html}!", "parse_mode": "HTML"}
    assert refusal(context, **too_long) == "Bad Request: message is too long"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": " \n"}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "é" * 16385}, "text is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
        (
            {"text": "ö <h1>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "h1" at byte offset 3',
        ),
        ({"text": "x", "entities": "{}1"}, "can't parse entities JSON object"),
        ({"text": "x", "entities": '{"a": 1}'}, "expected an Array of MessageEntity"),
        ({"text": "x", "entities": '[{"type": 1}]'}, "can't parse MessageEntity"),
        ({"text": "x", "link_preview_options": "[1]"}, "object expected as link preview options"),
    ],
)
def test_refused_texts(context: Context, values: dict[str, object], error: str) -> None:
    assert refusal(context, **values) == f"Bad Request: {error}"


def test_raw_html_may_be_longer_than_what_is_read(context: Context) -> None:
    html = "<b></b>" * 4000 + "x"
    assert text_content(context, Params({"text": html, "parse_mode": "HTML"})) == {"text": "x"}


def test_explicit_entities_and_previews_are_kept(context: Context) -> None:
    entity = {"type": "bold", "offset": 0, "length": 2}
    preview = {"url": PHOTO, "show_above_text": True}
    params = Params({"text": "hi", "entities": [entity], "link_preview_options": preview})
    kept = text_content(context, params)
    assert kept == {"text": "hi", "entities": [entity], "link_preview_options": preview}
    older = Params({"text": "hi", "disable_web_page_preview": "true"})
    assert text_content(context, older)["link_preview_options"] == {"is_disabled": True}


def test_a_mention_needs_a_known_person(context: Context) -> None:
    alice = context.world.add_user("Alice")
    link = "<a href='tg://user?id={}'>x</a>"
    known = {"text": link.format(alice.id), "parse_mode": "HTML"}
    assert text_content(context, Params(known))["entities"][0]["user"] == alice.as_json()
    unknown = {"text": link.format(999), "parse_mode": "HTML"}
    assert "entities" not in text_content(context, Params(unknown))


def test_captions_are_shorter_than_texts(context: Context) -> None:
    params = Params({"photo": PHOTO, "caption": "x" * 1024, "show_caption_above_media": True})
    kept = photo_content(context, params)
    assert len(kept["caption"]) == 1024
    assert kept["show_caption_above_media"] is True
    assert caption_content(context, Params()) == {}
    with pytest.raises(Refusal, match=r"^Bad Request: message caption is too long$"):
        caption_content(context, Params({"caption": "x" * 1025}))


def test_media_of_an_edit_carries_its_own_caption(context: Context) -> None:
    media = {"type": "photo", "media": PHOTO, "caption": "<b>x</b>", "parse_mode": "HTML"}
    kept = media_content(context, Params({"media": json.dumps(media)}))
    assert kept["caption"] == "x"
    assert kept["photo"][0]["width"] > 0


@pytest.mark.parametrize(
    ("media", "error"),
    [
        ("", 'parameter "media" is required'),
        ("{", "can't parse input media JSON object"),
        ("[1]", "can't parse InputMedia: expected an Object"),
        (
            '{"caption": "<b>x", "parse_mode": "HTML", "type": "sticker"}',
            (
                "can't parse InputMedia: Can't parse entities: Can't find end tag "
                'corresponding to start tag "b"'
            ),
        ),
        ('{"media": "x"}', "can't parse InputMedia: Can't find field \"type\""),
        ('{"type": "sticker"}', 'can\'t parse InputMedia: type "sticker" is unsupported'),
        (
            '{"type": "photo", "media": {"url": "x"}}',
            'can\'t parse InputMedia: Field "media" must be of type String',
        ),
        ('{"type": "photo"}', "can't parse InputMedia: media not found"),
        ('{"type": "photo", "media": "attach://b"}', "can't parse InputMedia: media not found"),
    ],
)
def test_refused_media(context: Context, media: str, error: str) -> None:
    """An upload is taken by the name that the media calls it by, and by no other."""
    uploads = {"photo": Upload("a.png", b"x", "image/png")}
    with pytest.raises(Refusal) as caught:
        media_content(context, Params({"media": media}, uploads))
    assert caught.value.description == f"Bad Request: {error}"


def test_the_caption_of_media_is_measured_last(context: Context) -> None:
    media = {"type": "photo", "media": PHOTO, "caption": "x" * 1025}
    with pytest.raises(Refusal, match=r"^Bad Request: message caption is too long$"):
        media_content(context, Params({"media": media}))
