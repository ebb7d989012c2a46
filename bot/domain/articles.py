"""Articles on their way from a source to a story.

Owns the values: an item as its feed gave it, and an article cleaned and understood.
All texts are plain, raw text: markup is gone, nothing is escaped.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Sentiment(StrEnum):
    """Whether news is good or bad for what it is about."""

    POSITIVE = "POSITIVE"
    NEUTRAL = "NEUTRAL"
    NEGATIVE = "NEGATIVE"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed, its texts cleaned; what the feed did not give is None or empty.

    `guid` is never empty: the feed's own, else the link, else a hash of what there is.
    `published_at` is aware UTC. `body` is the longest text that the feed carries.
    `sentiment` is the source's own judgement. `publisher` is the name of the site that wrote
    the item, where the source collects those of many.
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
    sentiment: Sentiment | None = None
    publisher: str | None = None


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
class Tone:
    """The sentiment of an article, its score from -1 to 1, and the words that decided it."""

    sentiment: Sentiment
    score: float
    reason: str


class FigureKind(StrEnum):
    """What a figure tells: PRICE what was paid or reached, LEVEL a line that matters."""

    PRICE = "price"
    LEVEL = "level"
    MOVE = "move"
    LIQUIDATION = "liquidation"
    FLOW = "flow"
    FUNDING = "funding"


class FigureRole(StrEnum):
    """What a price or a level is to its asset."""

    SUPPORT = "support"
    RESISTANCE = "resistance"
    TARGET = "target"
    REACHED = "reached"
    ALL_TIME_HIGH = "all_time_high"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that an article gives.

    `asset_id` and `symbol` are None where it belongs to no asset. `unit` is an ISO currency,
    an asset's symbol or %; a fall or an outflow is negative. `period` is 24h, 7d and the
    like, or None. `words` are the words it was read from.
    """

    kind: FigureKind
    value: Decimal
    unit: str
    words: str
    asset_id: str | None = None
    symbol: str | None = None
    role: FigureRole | None = None
    period: str | None = None


# From this score on news is important: it keeps going when delivery lags, and reaches who asked
# for important news alone. One article in eight or so.
IMPORTANT = 60


@dataclass(frozen=True, slots=True)
class Importance:
    """How much an article matters, 0 to 100, and what made it so."""

    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """An item understood: what is stored, matched and shown.

    `canonical_url` is the address without tracking, under which the article is known beside
    its guid; None when the item has no link. `published_at` is never in the future.
    `tone` and `importance` are None for what was stored before they were known;
    `summary_reason` says where the summary's sentences are from, empty where it is not known.
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
    publisher: str | None = None
    tone: Tone | None = None
    figures: tuple[Figure, ...] = field(default=())
    importance: Importance | None = None
    summary_reason: str = ""
