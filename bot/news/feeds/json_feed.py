"""JSON Feed (https://www.jsonfeed.org/version/1.1/) to items.

Owns the reading of that format, wrong types included: a field of the wrong type counts as
absent. Refuses JSON that is no feed.
"""

import json
import re
from datetime import UTC, datetime

from bot.domain.errors import ParseError
from bot.news.cleaning.text import tidy_text
from bot.news.feeds.feed_bytes import MOST_ITEMS
from bot.news.feeds.images import Picture, looks_like_picture, web_address
from bot.news.feeds.items import Markup, ParsedFeed, RawItem, clean_language, cleaned_item

Fields = dict[str, object]


def parsed_json_feed(body: bytes, base_url: str) -> ParsedFeed:
    """The feed in a JSON Feed document; items without something to show are left out.

    Raises ParseError for broken JSON and for JSON without a list of items.
    """
    try:
        document = json.loads(body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the feed is broken JSON: {str(error)[:100]}") from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise ParseError("the JSON is no feed: it has no list of items")
    feed: Fields = document
    base = _text(feed.get("home_page_url")) or base_url
    language = clean_language(_text(feed.get("language")))
    items = tuple(
        cleaned_item(_raw_item(entry, base, language))
        for entry in document["items"][:MOST_ITEMS]
        if isinstance(entry, dict)
    )
    return ParsedFeed(
        title=tidy_text(_text(feed.get("title"))),
        items=tuple(item for item in items if item.title),
        every_item=items,
        language=language,
        hub_url=_hub_url(feed),
        hub_topic_url=_whole_address(feed.get("feed_url")),
    )


def _hub_url(feed: Fields) -> str | None:
    hubs = [hub for hub in _list(feed.get("hubs")) if isinstance(hub, dict)]
    urls = (_whole_address(hub.get("url")) for hub in hubs if hub.get("type") == "WebSub")
    return next((url for url in urls if url), None)


def _whole_address(value: object) -> str | None:
    return web_address(_text(value), "")


def _raw_item(entry: Fields, base: str, language: str | None) -> RawItem:
    html_body = Markup(_text(entry.get("content_html")))
    text_body = Markup(_text(entry.get("content_text")), is_html=False)
    return RawItem(
        base=base,
        guid=_text(entry.get("id")),
        title=Markup(_text(entry.get("title")), is_html=False),
        links=(_text(entry.get("url")), _text(entry.get("external_url"))),
        published_at=_moment(entry.get("date_published")) or _moment(entry.get("date_modified")),
        summary=Markup(_text(entry.get("summary")), is_html=False),
        bodies=(html_body, text_body),
        pictures=_pictures(entry),
        categories=tuple(_text(tag) for tag in _list(entry.get("tags"))),
        language=_text(entry.get("language")) or language,
    )


def _pictures(entry: Fields) -> tuple[Picture, ...]:
    named = [_text(entry.get("image")), _text(entry.get("banner_image"))]
    attached = [
        _text(attachment.get("url"))
        for attachment in _list(entry.get("attachments"))
        if isinstance(attachment, dict)
        and looks_like_picture(
            _text(attachment.get("url")), mime=_text(attachment.get("mime_type"))
        )
    ]
    return tuple(Picture(url) for url in (*named, *attached) if url)


def _text(value: object) -> str:
    """A string as it is; a number, which ids often are, as its digits; else nothing."""
    if isinstance(value, str):
        # JSON may escape half of a surrogate pair, which no encoding can store.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _moment(value: object) -> datetime | None:
    """A date of RFC 3339, as UTC; without an offset it is taken for UTC."""
    text = re.sub(r"(\.\d{6})\d+", r"\1", _text(value).strip())
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
