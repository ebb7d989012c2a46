"""What Coinbell reads in a feed and understands of an article, for people who want to see it.

Owns the lines that `coinbell parse` and `coinbell understand` print, and the reading of the
lines that articles come in. Uses what the bot uses.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.domain.articles import Article, FeedItem, Figure, Sentiment
from bot.domain.errors import ParseError
from bot.domain.numbers import canonical_text
from bot.news.assets.registry import load_registry
from bot.news.cleaning.text import clean_title, plain_text
from bot.news.feeds.feed import parsed_feed
from bot.news.feeds.items import clean_categories, clean_language, title_from
from bot.news.understanding import Understanding


def item_lines(body: bytes) -> Iterator[str]:
    """One line of JSON for each item of the feed in `body`, in the feed's order.

    The fields are `id, title, url, published_at, summary, body, image_url, categories,
    language`; what the feed does not give is null, an empty text or an empty list. Relative
    links are resolved against the feed's own address, where it names one. Raises ParseError
    when the body is no feed.
    """
    for item in parsed_feed(body, None, "").every_item:
        yield json.dumps(_fields(item), ensure_ascii=False)


def _fields(item: FeedItem) -> dict[str, object]:
    return {
        "id": item.guid,
        "title": item.title,
        "url": item.url,
        "published_at": _moment(item.published_at),
        "summary": item.summary,
        "body": item.body,
        "image_url": item.image_url,
        "categories": list(item.categories),
        "language": item.language,
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def understood_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """One line of JSON for each article in `lines`, with what is understood of it.

    A line holds any of `id, title, summary, body, url, categories, language, source,
    published_at, sentiment`. Raises ParseError, which names the line, for one that holds no
    article.
    """
    understanding = Understanding(load_registry())
    now = datetime.now(UTC)
    for id_, item, source in article_items(lines):
        article = understanding.article_of(item, source, now)
        yield json.dumps(_understood_fields(id_, article), ensure_ascii=False)


def article_items(lines: Iterable[bytes]) -> Iterator[tuple[object, FeedItem, str]]:
    """The articles that lines of JSON hold: what each calls itself, its item, its source.

    Empty lines are passed over; raises ParseError, which names the line, for one that holds no
    article. An article without an id goes by the number of its line, as does its guid.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = _object(line)
            yield found.get("id", number), _item(found, number), str(found.get("source") or "")
        except (ValueError, TypeError) as error:
            raise ParseError(f"line {number} holds no article: {error}") from error


def _object(line: bytes) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _item(found: dict[str, Any], number: int) -> FeedItem:
    summary, body = plain_text(_text(found, "summary")), plain_text(_text(found, "body"))
    title = clean_title(_text(found, "title")) or title_from(summary or body)
    published = found.get("published_at")
    sentiment = str(found.get("sentiment") or "").upper()
    return FeedItem(
        guid=str(found.get("id") or f"line {number}"),
        title=title,
        url=_text(found, "url") or None,
        published_at=_time(published) if published else None,
        summary=summary,
        body=body,
        categories=clean_categories(str(name) for name in found.get("categories") or ()),
        language=clean_language(_text(found, "language")),
        sentiment=Sentiment(sentiment) if sentiment in Sentiment.__members__ else None,
    )


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def _time(value: object) -> datetime:
    """A time as ISO 8601 or as seconds since 1970; one without a zone is UTC."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    at = datetime.fromisoformat(str(value))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _understood_fields(id_: object, article: Article) -> dict[str, object]:
    tone, importance = article.tone, article.importance
    return {
        "id": id_,
        "title": article.title,
        "summary": article.summary,
        "summary_reason": article.summary_reason,
        "assets": [
            {"symbol": m.symbol, "asset_id": m.asset_id, "role": m.role, "reason": m.reason}
            for m in article.mentions
        ],
        "categories": [{"name": c.name, "reason": c.reason} for c in article.categories],
        "sentiment": tone.sentiment if tone else None,
        "sentiment_score": round(tone.score, 3) if tone else None,
        "sentiment_reason": tone.reason if tone else None,
        "figures": [_figure_fields(figure) for figure in article.figures],
        "importance": importance.score if importance else None,
        "importance_reason": importance.reason if importance else None,
        "language": article.language,
    }


def _figure_fields(figure: Figure) -> dict[str, object]:
    return {
        "kind": figure.kind,
        "asset": figure.symbol,
        "value": canonical_text(figure.value),
        "unit": figure.unit,
        "role": figure.role,
        "period": figure.period,
        "words": figure.words,
    }
