"""The page of an article, read where a feed gives only a line.

Owns who may be asked and how gently: what robots.txt allows, one page a second of a host, four
at once. trafilatura finds the article in the page, in a thread of its own, and is loaded (40
MB) when the first page has come. Raises nothing: a page that cannot be read has a reason.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from bot.domain.articles import Article
from bot.domain.errors import CoinbellError
from bot.domain.sources import Source
from bot.http import GuardedClient, Response, shown_url
from bot.news.cleaning.text import plain_text
from bot.news.feeds.images import Picture, best_picture, web_address
from bot.news.sources.robots import Robots

log = structlog.get_logger(__name__)

# A body shorter than this is a line, not an article.
LINE_LENGTH = 400

_MAX_BYTES = 2 * 1024 * 1024
_FETCH_SECONDS = 15.0
_EXTRACT_SECONDS = 10.0
_BETWEEN_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0
_AT_ONCE = 4
_MOST_HOSTS = 1_000
_SHORTEST_TEXT = 200
_MAX_ELEMENTS = 10_000
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page gave: its article's clean text and picture, and how that came about.

    `text` is empty and `image_url` None where there is none; `reason` says why.
    """

    text: str
    image_url: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is wanted, and why (not)."""

    wanted: bool
    reason: str


def wants_full_text(article: Article, source: Source) -> Decision:
    """Whether the article's page is to be read: its source allows it and gave only a line."""
    if not source.full_text:
        return Decision(wanted=False, reason="full_text is off for this source")
    if article.url is None or web_address(article.url, "") is None:
        return Decision(wanted=False, reason="the article has no address")
    if len(article.body) >= LINE_LENGTH:
        return Decision(wanted=False, reason=f"the feed gave {len(article.body):,} characters")
    return Decision(wanted=True, reason=f"the feed gave {len(article.body):,} characters only")


class Element(Protocol):
    """As much of an element of lxml's as is used here."""

    def xpath(self, path: str) -> list[str]:
        """The strings at `path`."""
        ...


def page_in(body: bytes, url: str) -> Page:
    """The article in the HTML of a page; slow, and the first call loads trafilatura.

    `url` resolves its relative addresses. Text shorter than 200 characters counts as none:
    such pages ask for consent, a subscription or JavaScript.
    """
    import trafilatura  # noqa: PLC0415  # 40 MB, for those who read pages only

    tree = trafilatura.load_html(body)
    if tree is None:
        return Page("", None, "the page is no HTML")
    image_url = _picture(tree, url)
    if sum(1 for _ in tree.iter()) > _MAX_ELEMENTS:
        return Page("", image_url, f"the page has more than {_MAX_ELEMENTS:,} elements")
    # As XML, for it tells headings, which stand between sentences, from paragraphs.
    found = trafilatura.extract(
        tree,
        url=url,
        output_format="xml",
        favor_precision=True,
        include_comments=False,
        include_tables=False,
    )
    text = plain_text(found or "", headings=False)
    if len(text) < _SHORTEST_TEXT:
        return Page("", image_url, f"the page holds {len(text)} characters of text only")
    return Page(text, image_url, f"the page holds {len(text):,} characters of text")


def _picture(tree: Element, url: str) -> str | None:
    named = (
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    )
    paths = (f"//meta[@property='{name}' or @name='{name}']/@content" for name in named)
    offered = (Picture(str(found[0])) for path in paths if (found := tree.xpath(path)))
    return best_picture(offered, (), url)


class PageReader:
    """Reads the pages of articles; close it at the end.

    `full_text` may be cancelled at any await: nothing is held any longer then, but for an
    extraction under way, whose thread ends by itself.
    """

    def __init__(
        self,
        client: GuardedClient,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        between_seconds: float = _BETWEEN_SECONDS,
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._between_seconds = between_seconds
        self._robots = Robots(client, monotonic=monotonic)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._next_turns: dict[str, float] = {}
        # Its own, so that a page that keeps trafilatura busy keeps nobody else waiting.
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="pages")

    def close(self) -> None:
        """Give up what has not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def full_text(self, url: str) -> Page:
        """The article on the page at an address; raises nothing but its cancellation."""
        try:
            return await self._read(url)
        except CoinbellError as error:
            return Page("", None, error.log_text)
        except TimeoutError:
            return Page("", None, f"no article was found within {_EXTRACT_SECONDS:g} s")
        except Exception as error:
            # What one page does to the reader must not reach the news.
            log.exception("page_broke_the_reader", url=shown_url(url))
            return Page("", None, f"cannot be read: {type(error).__name__}")

    async def _read(self, url: str) -> Page:
        if web_address(url, "") is None:
            return Page("", None, "no web address")
        allowance = await self._robots.allowance(url)
        if not allowance.allowed:
            return Page("", None, allowance.reason)
        if not await self._wait_for_turn(url, allowance.delay_seconds):
            return Page("", None, "too many pages of this host are waiting")
        async with self._gate:
            answer = await self._client.fetch(
                url,
                headers={"Accept": "text/html, application/xhtml+xml;q=0.9"},
                max_bytes=_MAX_BYTES,
                timeout_seconds=_FETCH_SECONDS,
                public_only=True,
            )
        return await self._understood(url, answer)

    async def _understood(self, url: str, answer: Response) -> Page:
        kind = answer.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
        if kind not in _HTML:
            return Page("", None, f"the page is {kind[:40]}, no HTML")
        if answer.url != url:
            # A redirect may lead to where its own host lets nobody read.
            allowance = await self._robots.allowance(answer.url)
            if not allowance.allowed:
                return Page("", None, allowance.reason)
        async with asyncio.timeout(_EXTRACT_SECONDS):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, page_in, answer.body, answer.url)

    async def _wait_for_turn(self, url: str, delay_seconds: float) -> bool:
        """Wait until the host may be asked again; False where that is too far off.

        A turn that was waited for in vain, because of a cancellation, is lost.
        """
        host = urlsplit(url).netloc.lower()
        now = self._monotonic()
        turn = max(now, self._next_turns.get(host, now))
        if turn - now > _LONGEST_WAIT_SECONDS:
            return False
        self._next_turns[host] = turn + max(self._between_seconds, delay_seconds)
        if len(self._next_turns) > _MOST_HOSTS:
            self._next_turns = {name: at for name, at in self._next_turns.items() if at > now}
        if turn > now:
            await asyncio.sleep(turn - now)
        return True
