"""Items as feeds of every format give them, made alike.

Owns what an item must have to be shown, and what stands in for what is missing: a guid, a
title. Refuses items with nothing to show, and links that are not http or https.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from bot.domain.articles import FeedItem
from bot.news.cleaning.addresses import article_address
from bot.news.cleaning.text import (
    MAX_TITLE_LENGTH,
    clean_title,
    lead_sentences,
    plain_text,
    shortened,
    tidy_text,
)
from bot.news.feeds.images import Picture, best_picture, web_address

_TITLE_FROM_TEXT = 120
_MAX_GUID_LENGTH = 500
_MAX_CATEGORY_LENGTH = 80
_MOST_CATEGORIES = 50
# What is looked at of an item: some would keep the program busy for seconds.
_MOST_GIVEN = 200
_MOST_BODIES = 10
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")
# No news site is older; an earlier date stands for none (1970, 0001).
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as it was read: its items in the feed's order, none without something to show.

    `every_item` has those with neither title nor text too, for people who look into a feed.
    `ttl_seconds` is how long the feed says that it may be kept; None when it does not say.
    `skip_hours` are the hours of the day, in UTC, in which it wants to be left alone.
    `hub_url` is the WebSub hub that it names, `hub_topic_url` what it is called there.
    """

    title: str
    items: tuple[FeedItem, ...]
    every_item: tuple[FeedItem, ...] = ()
    language: str | None = None
    ttl_seconds: int | None = None
    skip_hours: tuple[int, ...] = ()
    hub_url: str | None = None
    hub_topic_url: str | None = None


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of text as the feed gave it; `is_html` tells how the feed meant it."""

    value: str = ""
    is_html: bool = True

    def text(self, *, headings: bool = True) -> str:
        """The plain text; a closing tag shows markup even where the feed promised none."""
        if self.is_html or "</" in self.value:
            return plain_text(self.value, headings=headings) or plain_text(self.value)
        return tidy_text(self.value)


@dataclass(frozen=True, slots=True)
class RawItem:
    """An item before cleaning; `links` in order of preference, `bodies` in any order."""

    base: str
    guid: str = ""
    title: Markup = Markup()
    links: tuple[str, ...] = ()
    published_at: datetime | None = None
    summary: Markup = Markup()
    bodies: tuple[Markup, ...] = ()
    pictures: tuple[Picture, ...] = ()
    categories: tuple[str, ...] = field(default=())
    language: str | None = None


def finished_item(raw: RawItem) -> FeedItem | None:
    """The item cleaned, or None when it has neither title nor text."""
    item = cleaned_item(raw)
    return item if item.title else None


def cleaned_item(raw: RawItem) -> FeedItem:
    """The item cleaned; without title and text, its title is empty."""
    summary = raw.summary.text()
    bodies = raw.bodies[:_MOST_BODIES]
    texts = [markup.text(headings=False) for markup in bodies]
    body = max([*texts, summary], key=len)
    title = _title(raw.title, summary or body)
    links = raw.links[:_MOST_GIVEN]
    url = next((address for link in links if (address := web_address(link, raw.base))), None)
    return FeedItem(
        guid=_guid(raw.guid, url, title, summary),
        title=title,
        url=url,
        published_at=raw.published_at if _is_believable(raw.published_at) else None,
        summary=summary,
        body=body,
        image_url=best_picture(
            raw.pictures[:_MOST_GIVEN],
            (markup.value for markup in (*bodies, raw.summary)),
            raw.base,
        ),
        categories=clean_categories(raw.categories),
        language=clean_language(raw.language),
    )


def clean_categories(names: Iterable[str]) -> tuple[str, ...]:
    """The categories as plain text, each once whatever its case, in the feed's order.

    Of an address (some feeds give `https://site/tag/regulation`) the last word counts.
    """
    kept: dict[str, str] = {}
    for name in islice(names, _MOST_GIVEN):
        text = tidy_text(name)
        if "://" in text:
            text = text.rstrip("/").rpartition("/")[2].replace("-", " ")
        if text and len(text) <= _MAX_CATEGORY_LENGTH and len(kept) < _MOST_CATEGORIES:
            kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


def clean_language(value: str | None) -> str | None:
    """A language tag such as `en` or `pt-BR` as the feed gives it, or None."""
    tag = (value or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _title(markup: Markup, text: str) -> str:
    title = clean_title(markup.value) if markup.is_html or "</" in markup.value else markup.text()
    return shortened(title or title_from(text), MAX_TITLE_LENGTH)


def title_from(text: str) -> str:
    """What stands in for a title that is missing: the beginning of the text."""
    return lead_sentences(text, most=1, limit=_TITLE_FROM_TEXT)


def _guid(guid: str, url: str | None, title: str, summary: str) -> str:
    own = " ".join(guid.split())
    if own and len(own) <= _MAX_GUID_LENGTH:
        return own
    if not own and url and article_address(url):
        return url
    # A date is left out: feeds without guids like to date an item anew at every fetch.
    digest = hashlib.sha256((own or f"{title}\n{summary}").encode()).hexdigest()
    return f"sha256:{digest}"


def _is_believable(at: datetime | None) -> bool:
    return at is not None and at >= _EARLIEST
