"""Articles on their way from a source to a story.

Owns the values: an item as its feed gave it, and an article cleaned and understood.
All texts are plain, raw text: markup is gone, nothing is escaped.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed, its texts cleaned; what the feed did not give is None or empty.

    `guid` is never empty: the feed's own, else the link, else a hash of what there is.
    `published_at` is aware UTC. `body` is the longest text that the feed carries.
    """

    guid: str
    title: str
    url: str | None = None
    published_at: datetime | None = None
    summary: str = ""
    body: str = ""
    image_url: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None


class Role(StrEnum):
    """Whether an article is about an asset, or only names it."""

    PRIMARY = "primary"
    MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True)
class Mention:
    """An asset found in an article, with its role and the words that showed it."""

    asset_id: str
    symbol: str
    role: Role
    reason: str


@dataclass(frozen=True, slots=True)
class Category:
    """A category of an article, lower case, with where it came from."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """An item understood: what is stored, matched and shown.

    `canonical_url` is the address without tracking, under which the article is known beside
    its guid; None when the item has no link. `published_at` is never in the future.
    """

    source_key: str
    guid: str
    title: str
    published_at: datetime
    url: str | None = None
    canonical_url: str | None = None
    summary: str = ""
    body: str = ""
    image_url: str | None = None
    language: str | None = None
    mentions: tuple[Mention, ...] = field(default=())
    categories: tuple[Category, ...] = field(default=())
