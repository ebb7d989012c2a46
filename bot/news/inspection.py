"""What Coinbell reads in a feed, for people who want to see it.

Owns the lines that `coinbell parse` prints.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.domain.articles import FeedItem
from bot.news.feed import parsed_feed


def item_lines(body: bytes) -> Iterator[str]:
    """One line of JSON for each item of the feed in `body`, in the feed's order.

    The fields are `id, title, url, published_at, summary, body, image_url, categories,
    language`; what the feed does not give is null, an empty text or an empty list. Relative
    links are resolved against the feed's own address, where it names one. Raises ParseError
    when the body is no feed.
    """
    for item in parsed_feed(body, None, "").items:
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
