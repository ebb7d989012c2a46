"""Asking a source for what is new.

Owns the conditional request and the way of the body to the parser, which works in a thread.
Refuses to parse what has not changed.
"""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.errors import ParseError
from bot.domain.sources import Source
from bot.http import GuardedClient
from bot.news.feed import parsed_feed
from bot.news.items import ParsedFeed

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_PARSE_SECONDS = 20.0
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source answered: its feed, None when nothing changed, and what to remember."""

    feed: ParsedFeed | None
    etag: str | None
    last_modified: str | None
    body_hash: str | None


async def fetch_feed(client: GuardedClient, source: Source) -> Fetched:
    """The feed of a source, parsed only when it differs from what was seen last.

    Raises FetchError when nothing usable came, ParseError when it is no feed.
    """
    headers = {"Accept": _ACCEPT}
    if source.etag:
        headers["If-None-Match"] = source.etag
    if source.last_modified:
        headers["If-Modified-Since"] = source.last_modified
    response = await client.fetch(source.url, headers=headers)
    if response.status == _NOT_MODIFIED:
        return Fetched(None, source.etag, source.last_modified, source.body_hash)
    etag, last_modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    body_hash = sha256(response.body).hexdigest()
    if body_hash == source.body_hash:
        return Fetched(None, etag, last_modified, body_hash)
    feed = await read_feed(response.body, response.headers.get("Content-Type"), response.url)
    return Fetched(feed, etag, last_modified, body_hash)


async def read_feed(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """The feed in a body, parsed off the event loop.

    Raises ParseError when it is no feed, or takes the parser longer than 20 s.
    """
    try:
        async with asyncio.timeout(_PARSE_SECONDS):
            return await asyncio.to_thread(parsed_feed, body, content_type, url)
    except TimeoutError:
        raise ParseError("the feed takes too long to parse") from None
