"""What the news APIs have in common.

Owns the way from a field of their JSON, whatever its type, to a value, and from an article to
an item. A field of the wrong type counts as absent. Refuses to repeat anything that looks like
a key in an error.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.articles import FeedItem, Sentiment
from bot.domain.errors import ParseError
from bot.http import parsed_json
from bot.news.cleaning.text import plain_text
from bot.news.feeds.feed_bytes import MOST_ITEMS
from bot.news.feeds.images import Picture
from bot.news.feeds.items import Markup, RawItem, finished_item

Fields = Mapping[str, object]

_MAX_WORDS = 200
_KEYLIKE = re.compile(r"[\w-]{24,}")
# Where a site gives no picture, the provider puts the site's logo.
_LOGO = re.compile(r"/default\.\w+(?:$|\?)|/news/default/", re.IGNORECASE)


def api_document(body: bytes, provider: str) -> Fields:
    """The JSON object in `body`; raises ParseError, which names `provider`, for anything else."""
    document = parsed_json(body, provider)
    if not isinstance(document, dict):
        raise ParseError(f"{provider} gave JSON that is no object")
    return document


def api_articles(document: Fields, provider: str) -> Iterator[Fields]:
    """The articles under `Data`, what is none left out; raises ParseError without a list there."""
    data = document.get("Data")
    if not isinstance(data, list):
        raise ParseError(f"{provider} gave no list of articles")
    return (entry for entry in data[:MOST_ITEMS] if isinstance(entry, dict))


def refusal_text(provider: str, words: object) -> str:
    """The provider's words for a log: on one line, short, without what looks like a key."""
    said = _KEYLIKE.sub("(key)", plain_text(field_text(words)))[:_MAX_WORDS]
    return f"{provider} refuses: {said or 'it does not say why'}"


def field_text(value: object) -> str:
    """A text as it is, a whole number as its digits, anything else as nothing."""
    if isinstance(value, str):
        # JSON may escape half of a surrogate pair, which no encoding can store.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def inner_fields(value: object) -> Fields:
    """An object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def piped_texts(value: object) -> tuple[str, ...]:
    """The texts that `|` separates, in order, empty ones left out."""
    return tuple(part.strip() for part in field_text(value).split("|") if part.strip())


def sentiment_of(value: object) -> Sentiment | None:
    """The provider's judgement, or None when it gives none that is known."""
    try:
        return Sentiment(field_text(value).strip().upper())
    except ValueError:
        return None


def moment_of(value: object) -> datetime | None:
    """A number of seconds since 1970, written as number or text, as UTC; else None."""
    digits = field_text(value).strip()
    if not digits.isascii() or not digits.isdigit():
        return None
    try:
        return datetime.fromtimestamp(int(digits), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def text_markup(value: object) -> Markup:
    """A text of the provider, which has taken the markup out already."""
    return Markup(field_text(value), is_html=False)


def cover_pictures(value: object) -> tuple[Picture, ...]:
    """The picture at that address; none where it is only the logo of the site."""
    url = field_text(value).strip()
    return (Picture(url),) if url and not _LOGO.search(url) else ()


def api_items(
    found: Iterable[tuple[RawItem, Sentiment | None, str]],
) -> tuple[FeedItem, ...]:
    """The items cleaned, each with the provider's sentiment and the name of who wrote it.

    Languages are lower case. Items with neither title nor text are left out.
    """
    items = []
    for raw, sentiment, publisher in found:
        item = finished_item(replace(raw, language=(raw.language or "").lower()))
        if item is not None:
            name = plain_text(publisher) or None
            items.append(replace(item, sentiment=sentiment, publisher=name))
    return tuple(items)
