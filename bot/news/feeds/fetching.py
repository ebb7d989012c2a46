"""Asking a source for what is new.

Owns the conditional request, the key that a news API wants with it, and the way of the body to
the reader of its kind, which works in a thread. Refuses to parse what has not changed, and to
let a key into an error.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.errors import CoinbellError, FetchError, ParseError
from bot.domain.sources import Source, SourceKind, SourceOrigin
from bot.http import GuardedClient, Response
from bot.news.feeds.coindesk_data import coindesk_items
from bot.news.feeds.cryptocompare import cryptocompare_items
from bot.news.feeds.feed import parsed_feed
from bot.news.feeds.header_links import with_header_links
from bot.news.feeds.items import ParsedFeed

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_ACCEPT_JSON = "application/json"
_PARSE_SECONDS = 20.0
_NOT_MODIFIED = 304
_LONGEST_VALIDATOR = 1_000
_MAX_AGE = re.compile(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?<![\w-])no-(?:cache|store)(?![\w=-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source answered: its feed, None when nothing changed, and what to remember.

    `moved_url` is where a feed said that it lives from now on, when that answered well; None
    when it did not. `max_age_seconds` is how long the answer stays fresh; None when unsaid.
    """

    feed: ParsedFeed | None
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    moved_url: str | None = None
    max_age_seconds: float | None = None


async def fetch_feed(client: GuardedClient, source: Source, api_key: str = "") -> Fetched:
    """What a source of any kind has, parsed only when it differs from what was seen last.

    `api_key` is for the kinds that take one. A source that somebody named in a chat is fetched
    from the public internet only. Raises FetchError when nothing usable came, ParseError when
    it is not of its kind; neither holds the key.
    """
    try:
        return await _fetched(client, source, api_key)
    except (FetchError, ParseError) as error:
        _hide_key(error, api_key)
        raise


async def _fetched(client: GuardedClient, source: Source, api_key: str) -> Fetched:
    response = await client.fetch(
        source.address,
        headers=_request_headers(source, api_key),
        public_only=source.origin is SourceOrigin.COMMAND,
    )
    max_age = max_age_seconds(response.headers)
    moved_url = _moved_url(source, response)
    if response.status == _NOT_MODIFIED:
        known = source.etag, source.last_modified, source.body_hash
        return Fetched(None, *known, moved_url, max_age)
    etag = _returnable(response.headers.get("ETag"))
    last_modified = _returnable(response.headers.get("Last-Modified"))
    body_hash = sha256(response.body).hexdigest()
    feed = None
    if body_hash != source.body_hash:
        feed = await _read(source.kind, response)
    return Fetched(feed, etag, last_modified, body_hash, moved_url, max_age)


def _request_headers(source: Source, api_key: str) -> dict[str, str]:
    headers = {"Accept": _ACCEPT if source.kind is SourceKind.FEED else _ACCEPT_JSON}
    if api_key:
        # As a header, not as the parameter that they take as well: addresses end up in logs.
        headers["Authorization"] = f"Apikey {api_key}"
    if etag := _returnable(source.etag):
        headers["If-None-Match"] = etag
    if last_modified := _returnable(source.last_modified):
        headers["If-Modified-Since"] = last_modified
    return headers


def _returnable(validator: str | None) -> str | None:
    """What a server calls this version of its feed by, where it can be told that again.

    With bytes that no request may hold, every later one would fail.
    """
    if not validator or len(validator) > _LONGEST_VALIDATOR:
        return None
    return validator if validator.isascii() and validator.isprintable() else None


def _moved_url(source: Source, response: Response) -> str | None:
    # A news API's address is the settings' matter: it is where the key goes.
    return response.permanent_url if source.kind is SourceKind.FEED else None


def _hide_key(error: CoinbellError, api_key: str) -> None:
    if api_key and api_key in error.log_text:
        error.log_text = error.log_text.replace(api_key, "(key)")
        error.args = (error.log_text,)


async def _read(kind: SourceKind, response: Response) -> ParsedFeed:
    body = response.body
    match kind:
        case SourceKind.FEED:
            content_type = response.headers.get("Content-Type")
            feed = await read_feed(body, content_type, response.url)
            return with_header_links(feed, response.headers, response.url)
        case SourceKind.COINDESK_DATA:
            return await _in_thread(lambda: coindesk_items(body))
        case SourceKind.CRYPTOCOMPARE:
            return await _in_thread(lambda: cryptocompare_items(body))


async def read_feed(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """The feed in a body, parsed off the event loop.

    Raises ParseError when it is no feed, or takes the parser longer than 20 s.
    """
    return await _in_thread(lambda: parsed_feed(body, content_type, url))


async def _in_thread(read: Callable[[], ParsedFeed]) -> ParsedFeed:
    try:
        async with asyncio.timeout(_PARSE_SECONDS):
            return await asyncio.to_thread(read)
    except TimeoutError:
        raise ParseError("the feed takes too long to parse") from None


def max_age_seconds(headers: Mapping[str, str]) -> float | None:
    """How long an answer stays fresh by its Cache-Control (RFC 9111, 5.2.2), its Age taken off.

    None when the headers do not say, or say that it never is fresh; never negative.
    """
    control = headers.get("Cache-Control", "")
    found = _MAX_AGE.search(control)
    if found is None or _NEVER_FRESH.search(control):
        return None
    age = headers.get("Age", "").strip()
    spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
    return float(max(int(found[1]) - spent, 0))
