"""The feed of a site that an operator names.

Owns where a feed is looked for: at the address itself, where its page links to, then at a few
places where sites keep theirs. Every request, each redirect included, stays on the public
internet. Refuses to store anything.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import structlog

from bot.domain.articles import FeedItem
from bot.domain.errors import (
    FetchError,
    HttpStatusError,
    ParseError,
    PrivateAddressRefused,
    ResponseTooSlow,
)
from bot.domain.feeds import FoundFeed, ListedFeed
from bot.http import GuardedClient, Response, shown_url
from bot.news.cleaning.text import MAX_TITLE_LENGTH, shortened, tidy_text
from bot.news.feeds.fetching import read_feed
from bot.news.feeds.images import web_address
from bot.news.feeds.items import ParsedFeed
from bot.news.sources.opml import listed_feeds

log = structlog.get_logger(__name__)

SHOWN_ITEMS: Final = 3

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/html;q=0.8, */*;q=0.5"
)
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
    }
)
_COMMON_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml")
# Links to feeds stand in the head.
_MAX_PAGE_BYTES = 512 * 1024
_MOST_LINKS = 200
_MOST_TRIED = 5
_REQUEST_SECONDS = 10.0
_WHOLE_SECONDS = 45.0
_COMMENTS = re.compile(r"\bcomments?\b", re.IGNORECASE)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names: its address and its title, which may be empty."""

    url: str
    title: str = ""

    @property
    def is_of_comments(self) -> bool:
        """Whether it brings what readers say, as blogs offer beside their articles."""
        return _COMMENTS.search(f"{urlsplit(self.url).path} {self.title}") is not None


def feed_links(page: str, page_url: str) -> tuple[FeedLink, ...]:
    """The feeds that an HTML page names with `<link rel="alternate">`, each once.

    In the page's order, those of comments last; addresses are made absolute against the page's
    `<base>` or its own address. What is broken or no http address is left out.
    """
    collector = _Links()
    # The parser gives up on <![ of its own kind; what came before it counts.
    with suppress(AssertionError):
        # Never closed: what is left open at the end holds no link that is whole.
        collector.feed(page)
    base = web_address(collector.base, page_url) or page_url
    found: dict[str, FeedLink] = {}
    for href, title in collector.links:
        url = web_address(href, base)
        if url is not None:
            found.setdefault(url, FeedLink(url, " ".join(title.split())))
    return tuple(sorted(found.values(), key=lambda link: link.is_of_comments))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base: str | None = None
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the page's base, and the address and title of each feed that a link names."""
        if tag not in {"base", "link"} or len(self.links) >= _MOST_LINKS:
            return
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "base":
            self.base = self.base or given.get("href")
            return
        kind = given.get("type", "").partition(";")[0].strip().lower()
        is_alternate = "alternate" in given.get("rel", "").lower().split()
        if is_alternate and kind in _FEED_TYPES and given.get("href"):
            self.links.append((given["href"], given.get("title", "")))


def common_feed_addresses(page_url: str) -> tuple[str, ...]:
    """Where the site of a page may keep its feed, the likeliest first."""
    parts = urlsplit(page_url)
    return tuple(f"{parts.scheme}://{parts.netloc}{path}" for path in _COMMON_PATHS)


def typed_addresses(typed: str) -> tuple[str, ...]:
    """The addresses that somebody may mean: one without a scheme is tried as https, then http."""
    bare = typed.strip()
    if "://" in bare:
        return (bare,)
    return (f"https://{bare}", f"http://{bare}")


def newest_items(feed: ParsedFeed, most: int = SHOWN_ITEMS) -> tuple[FeedItem, ...]:
    """The newest items of a feed, newest first, titles as they would be shown.

    Items without a date come last, in the feed's order.
    """
    ordered = sorted(feed.items, key=lambda item: item.published_at or _LONG_AGO, reverse=True)
    return tuple(
        replace(item, title=shortened(tidy_text(item.title), MAX_TITLE_LENGTH))
        for item in ordered[:most]
    )


class FeedDiscovery:
    """Finds feeds over a guarded client; implements `ports.SourceFinder`.

    A search may take `whole_seconds`, all its requests together.
    """

    def __init__(self, client: GuardedClient, *, whole_seconds: float = _WHOLE_SECONDS) -> None:
        self._client = client
        self._whole_seconds = whole_seconds

    async def feed_behind(self, address: str) -> FoundFeed | None:
        """The feed at an address or of the site there; None when it has none.

        Raises FetchError when the site cannot be asked in time, PrivateAddressRefused when
        that is, or leads to, a private network.
        """
        try:
            async with asyncio.timeout(self._whole_seconds):
                return await self._search(address)
        except TimeoutError:
            raise ResponseTooSlow(f"{shown_url(address)} takes too long to look through") from None

    async def feeds_in(self, body: bytes) -> tuple[ListedFeed, ...]:
        """The feeds that an OPML file lists, each once; raises ParseError when it is none."""
        return await asyncio.to_thread(listed_feeds, body)

    async def _search(self, address: str) -> FoundFeed | None:
        refusal: FetchError | None = None
        for url in typed_addresses(address):
            try:
                return await self._of_site(url)
            except PrivateAddressRefused:
                raise
            except FetchError as error:
                # Of two tries the first tells more: the second is a guess.
                refusal = refusal or error
        assert refusal is not None  # noqa: S101  # there is an address, and none gave an answer
        raise refusal

    async def _of_site(self, url: str) -> FoundFeed | None:
        refusal: FetchError | None = None
        candidates: list[str] = []
        page_url = url
        try:
            response = await self._fetch(url)
        except HttpStatusError as error:
            # Many a site turns programs away from its pages, not from its feed.
            refusal = error
        else:
            if (found := await self._read(url, response)) is not None:
                return found
            page_url = response.url
            candidates = await asyncio.to_thread(_linked, response)
        for candidate in _each_once(url, candidates[:_MOST_TRIED], page_url):
            found = await self._try(candidate)
            if found is not None and found.newest:
                return found
        if refusal is not None:
            raise refusal
        return None

    async def _try(self, url: str) -> FoundFeed | None:
        """The feed at a place where one may be."""
        try:
            return await self._read(url, await self._fetch(url))
        except PrivateAddressRefused:
            raise
        except FetchError as error:
            log.debug("no_feed_here", url=shown_url(url), error=error.log_text)
            return None

    async def _fetch(self, url: str) -> Response:
        return await self._client.fetch(
            url,
            headers={"Accept": _ACCEPT},
            timeout_seconds=_REQUEST_SECONDS,
            public_only=True,
        )

    async def _read(self, url: str, response: Response) -> FoundFeed | None:
        content_type = response.headers.get("Content-Type")
        try:
            feed = await read_feed(response.body, content_type, response.url)
        except ParseError:
            return None
        lasting = (response.permanent_url or url).partition("#")[0]
        return FoundFeed(lasting, feed.title, newest_items(feed))


def _linked(response: Response) -> list[str]:
    page = response.body[:_MAX_PAGE_BYTES].decode("utf-8", errors="replace")
    return [link.url for link in feed_links(page, response.url)]


def _each_once(tried: str, linked: list[str], page_url: str) -> Iterator[str]:
    yield from dict.fromkeys(
        url for url in (*linked, *common_feed_addresses(page_url)) if url != tried
    )
