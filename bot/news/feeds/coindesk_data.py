"""CoinDesk Data's news API, `/news/v1/article/list`, to items.

Owns the reading of that format: nested `SOURCE_DATA` and `CATEGORY_DATA`, `KEYWORDS` between
pipes, `Err`, which is `{}` when all is well. Pure. Refuses to know the key.
"""

from bot.domain.articles import Sentiment
from bot.domain.errors import FetchError
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

_PROVIDER = "CoinDesk Data"


def coindesk_items(body: bytes) -> ParsedFeed:
    """The articles of an answer, in its order, their texts cleaned.

    The guid is the provider's id. Categories are the provider's own, then the site's key
    words. Articles that the provider withdrew are left out. Raises FetchError with the
    provider's words when it refuses, ParseError when the answer has another shape.
    """
    document = api_document(body, _PROVIDER)
    if error := document.get("Err"):
        raise FetchError(refusal_text(_PROVIDER, inner_fields(error).get("message") or error))
    articles = api_articles(document, _PROVIDER)
    return ParsedFeed(_PROVIDER, api_items(_read(entry) for entry in articles if _stands(entry)))


def _stands(entry: Fields) -> bool:
    return field_text(entry.get("STATUS")).upper() in {"", "ACTIVE"}


def _read(entry: Fields) -> tuple[RawItem, Sentiment | None, str]:
    publisher = inner_fields(entry.get("SOURCE_DATA"))
    raw = RawItem(
        base="",
        guid=field_text(entry.get("ID")) or field_text(entry.get("GUID")),
        title=text_markup(entry.get("TITLE")),
        links=(field_text(entry.get("URL")),),
        published_at=moment_of(entry.get("PUBLISHED_ON")),
        summary=text_markup(entry.get("SUBTITLE")),
        bodies=(text_markup(entry.get("BODY")),),
        pictures=cover_pictures(entry.get("IMAGE_URL")),
        categories=(*_category_names(entry), *piped_texts(entry.get("KEYWORDS"))),
        language=field_text(entry.get("LANG")) or field_text(publisher.get("LANG")),
    )
    return raw, sentiment_of(entry.get("SENTIMENT")), field_text(publisher.get("NAME"))


def _category_names(entry: Fields) -> tuple[str, ...]:
    given = entry.get("CATEGORY_DATA")
    categories = [inner_fields(one) for one in given] if isinstance(given, list) else []
    names = (field_text(one.get("CATEGORY") or one.get("NAME")) for one in categories)
    return tuple(name for name in names if name)
