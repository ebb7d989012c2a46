"""Feeds to items: RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

Owns the way from the bytes of a feed, however broken, to items; feedparser does the reading,
this module keeps from it what it stumbles over and cleans what it gives. Pure and slow
(milliseconds to tenths of a second): callers run it off the event loop.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from bot.domain.errors import ParseError
from bot.news.cleaning.text import plain_text
from bot.news.feeds.feed_bytes import (
    MOST_ITEMS,
    first_bytes_on,
    is_of_letters,
    is_wide,
    prepared_feed,
)
from bot.news.feeds.images import Picture, looks_like_picture, size_of, web_address
from bot.news.feeds.items import Markup, ParsedFeed, RawItem, clean_language, cleaned_item
from bot.news.feeds.json_feed import parsed_json_feed

Entry = Mapping[str, Any]

_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MAX_TTL_SECONDS = 7 * 24 * 3600
_SKIP_HOURS = re.compile(rb"<skipHours\s*>([^!]{0,2000}?)</skipHours\s*>", re.IGNORECASE)
_HOUR = re.compile(rb"<hour\s*>\s*(\d{1,2})\s*</hour\s*>", re.IGNORECASE)
_HOURS_OF_DAY = 24
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)


def parsed_feed(body: bytes, content_type: str | None, base_url: str) -> ParsedFeed:
    """The feed in `body`, its items in the feed's order, cleaned to plain text.

    `content_type` is the header that came with it; `base_url` is the feed's address, against
    which relative links are resolved. Of a truncated feed the items that can be read are
    given; items with neither title nor text are left out. Dates in the future are kept.
    Raises ParseError when the body is empty, a web page, or no feed at all.
    """
    start = first_bytes_on(body)
    if is_wide(body):
        content_type = None  # its charset is no longer that of the bytes
    if not start:
        raise ParseError("the body is empty")
    if start[:1] in {b"{", b"["}:
        return parsed_json_feed(start, base_url)
    if _PAGE.match(start):
        raise ParseError("the body is a web page, no feed")
    document = _parsed(start, content_type)
    if not document.get("version") and not document.get("entries"):
        raise ParseError("the body is no feed")
    feed: Entry = document.get("feed", {})
    language = clean_language(feed.get("language"))
    base = base_url or _string(feed.get("link"))
    entries = document["entries"][:MOST_ITEMS]
    # In Atom an entry's texts have the feed's language themselves, unless theirs is denied.
    inherited = None if document.get("version", "").startswith("atom") else language
    items = tuple(cleaned_item(_raw_item(entry, base, language, inherited)) for entry in entries)
    return ParsedFeed(
        title=plain_text(_string(feed.get("title"))),
        items=tuple(item for item in items if item.title),
        every_item=items,
        language=language,
        ttl_seconds=_ttl_seconds(feed.get("ttl")),
        skip_hours=_skip_hours(start),
        hub_url=_related(feed, "hub"),
        hub_topic_url=_related(feed, "self"),
    )


def _parsed(start: bytes, content_type: str | None) -> Any:
    prepared = prepared_feed(start)
    try:
        return feedparser.parse(
            BytesIO(prepared),
            response_headers={"content-type": _content_type(prepared, content_type)},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # a parser of hostile input: anything may surface
        raise ParseError(f"the feed cannot be parsed: {type(error).__name__}") from error


def _content_type(start: bytes, content_type: str | None) -> str:
    """The declared type, or UTF-8 where the bytes prove it: declarations are often wrong."""
    declared = content_type or "application/xml"
    charset = _CHARSET.search(declared)
    if charset and not is_of_letters(charset[1]):
        declared = "application/xml"
    if not start.isascii():
        try:
            start.decode()
        except UnicodeDecodeError as error:
            # Only a body that was cut may end within a character.
            if error.end < len(start) - 1:
                return declared
        return "application/xml; charset=utf-8"
    return declared


# ---- what feedparser gives


def _raw_item(entry: Entry, base_url: str, of_feed: str | None, inherited: str | None) -> RawItem:
    bodies = tuple(_markup(content) for content in entry.get("content") or ())
    return RawItem(
        base=_base(entry, base_url),
        guid=_string(entry.get("id")),
        title=_markup(entry.get("title_detail")),
        links=tuple(_links(entry)),
        published_at=_published_at(entry),
        summary=_markup(entry.get("summary_detail") or {"value": entry.get("summary")}),
        bodies=bodies,
        pictures=tuple(_pictures(entry)),
        categories=tuple(_categories(entry)),
        language=_language(entry, of_feed) or inherited,
    )


def _markup(detail: Entry | None) -> Markup:
    if not detail:
        return Markup()
    return Markup(_string(detail.get("value")), is_html=detail.get("type") != "text/plain")


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _details(entry: Entry) -> Iterator[Entry]:
    yield from entry.get("content") or ()
    yield from (entry[key] for key in ("summary_detail", "title_detail") if entry.get(key))


def _base(entry: Entry, base_url: str) -> str:
    """The xml:base that the entry's texts have, resolved against the feed's address."""
    bases = (_string(detail.get("base")) for detail in _details(entry))
    return next((found for base in bases if (found := web_address(base, base_url))), base_url)


def _language(entry: Entry, of_feed: str | None) -> str | None:
    """The language of the entry's texts: where one differs from the feed's, that one."""
    # The title's first, which is what is shown of every article.
    details = list(_details(entry))[::-1]
    languages = [clean_language(_string(detail.get("language"))) for detail in details]
    own = (language for language in languages if language and language != of_feed)
    return next(own, next((language for language in languages if language), None))


def _links(entry: Entry) -> Iterator[str]:
    # feedparser takes a guid for a link where isPermaLink is not denied; a bare word is none.
    link = _string(entry.get("link"))
    guessed = link == entry.get("id") and "/" not in link
    given = [
        (other.get("rel", "alternate"), _string(other.get("href")))
        for other in entry.get("links") or ()
    ]
    alternates = [href for rel, href in given if rel == "alternate"]
    # So it does an enclosure without href.
    mistaken = link not in alternates and any(href == link for _, href in given)
    if link and not guessed and not mistaken:
        yield link
    yield from (href for href in alternates if not guessed or href != link)
    if mistaken and not guessed:
        yield link


def _published_at(entry: Entry) -> datetime | None:
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        # Through dict: feedparser's own lookup warns and answers for absent keys.
        parsed = dict.get(entry, key) if isinstance(entry, dict) else None
        if parsed:
            try:
                year, month, day, hour, minute, second = parsed[:6]
                return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
            except ValueError:
                continue
    return None


def _pictures(entry: Entry) -> Iterator[Picture]:
    for media in entry.get("media_content") or ():
        kind = _string(media.get("type")), _string(media.get("medium"))
        if looks_like_picture(_string(media.get("url")), *kind):
            yield _media_picture(media)
    yield from map(_media_picture, entry.get("media_thumbnail") or ())
    for link in entry.get("links") or ():
        url, mime = _string(link.get("href")), _string(link.get("type"))
        if link.get("rel") == "enclosure" and looks_like_picture(url, mime):
            yield Picture(url)
    yield Picture(_string((entry.get("image") or {}).get("href")))


def _media_picture(media: Entry) -> Picture:
    width, height = size_of(media.get("width")), size_of(media.get("height"))
    return Picture(_string(media.get("url")), width, height)


def _categories(entry: Entry) -> Iterator[str]:
    for tag in entry.get("tags") or ():
        term, label = _string(tag.get("term")), _string(tag.get("label"))
        yield label if not term or ("://" in term and label) else term


def _ttl_seconds(value: object) -> int | None:
    text = _string(value).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_MAX_TTL_SECONDS)):
        return None
    return min(int(text) * 60, _MAX_TTL_SECONDS) or None


def _skip_hours(start: bytes) -> tuple[int, ...]:
    """The hours of `skipHours`, which feedparser keeps the last of only; 24 is midnight."""
    found = _SKIP_HOURS.search(start)
    hours = {int(hour) for hour in _HOUR.findall(found[1])} if found else set[int]()
    return tuple(sorted({hour % _HOURS_OF_DAY for hour in hours if hour <= _HOURS_OF_DAY}))


def _related(feed: Entry, rel: str) -> str | None:
    """The feed's first link of that kind that is a whole web address: some give "true"."""
    for link in feed.get("links") or ():
        href = _string(link.get("href")).strip()
        if link.get("rel") == rel and href.lower().startswith(("http://", "https://")):
            return web_address(href, "")
    return None
