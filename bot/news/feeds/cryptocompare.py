"""CryptoCompare's older news API, `/data/v2/news`, to items.

Owns the reading of that format: ids as texts, categories and tags between pipes, errors that
come with status 200. Pure. Refuses to know the key.
"""

from bot.domain.articles import Sentiment
from bot.domain.errors import FetchError, HttpStatusError
from bot.news.feeds.items import ParsedFeed, RawItem
from bot.news.feeds.news_apis import (
    Fields,
    api_articles,
    api_document,
    api_items,
    cover_pictures,
    field_text,
    inner_fields,
    moment_of,
    piped_texts,
    refusal_text,
    sentiment_of,
    text_markup,
)

_PROVIDER = "CryptoCompare"
_OVER_LIMIT = 99  # the `Type` of an answer above the plan's limit
_TOO_MANY = 429
# How long to leave it alone when the calls of that window are used up. What a day or a month
# allows comes back at a time that it does not tell.
_WINDOW_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 6 * 3600.0}
_MONTH_SECONDS = 24 * 3600.0


def cryptocompare_items(body: bytes) -> ParsedFeed:
    """The articles of an answer, in its order, their texts cleaned.

    The guid is the provider's id. Categories are the provider's own, then the site's tags.
    Raises FetchError with the provider's words when it refuses, HttpStatusError 429 with the
    time to wait when the plan's limit is reached, ParseError when the answer has another shape.
    """
    document = api_document(body, _PROVIDER)
    _check_refusal(document)
    return ParsedFeed(_PROVIDER, api_items(map(_read, api_articles(document, _PROVIDER))))


def _check_refusal(document: Fields) -> None:
    if field_text(document.get("Response")).casefold() != "error":
        return
    words = field_text(document.get("Message"))
    text = refusal_text(_PROVIDER, words)
    if document.get("Type") == _OVER_LIMIT or "rate limit" in words.casefold():
        wait = _wait_seconds(inner_fields(document.get("RateLimit")))
        raise HttpStatusError(text, status=_TOO_MANY, retry_after_seconds=wait)
    raise FetchError(text)


def _wait_seconds(limits: Fields) -> float | None:
    """The longest window whose calls are used up; None when the answer does not tell."""
    made, allowed = inner_fields(limits.get("calls_made")), inner_fields(limits.get("max_calls"))
    used_up = [
        window
        for window, calls in made.items()
        if isinstance(calls, int) and isinstance(most := allowed.get(window), int) and calls >= most
    ]
    if "month" in used_up:
        return _MONTH_SECONDS
    return max((_WINDOW_SECONDS.get(window, 0.0) for window in used_up), default=None)


def _read(entry: Fields) -> tuple[RawItem, Sentiment | None, str]:
    publisher = inner_fields(entry.get("source_info"))
    raw = RawItem(
        base="",
        guid=field_text(entry.get("id")) or field_text(entry.get("guid")),
        title=text_markup(entry.get("title")),
        links=(field_text(entry.get("url")),),
        published_at=moment_of(entry.get("published_on")),
        bodies=(text_markup(entry.get("body")),),
        pictures=cover_pictures(entry.get("imageurl")),
        categories=(*piped_texts(entry.get("categories")), *piped_texts(entry.get("tags"))),
        language=field_text(entry.get("lang")) or field_text(publisher.get("lang")),
    )
    name = field_text(publisher.get("name")) or field_text(entry.get("source"))
    return raw, sentiment_of(entry.get("sentiment")), name
