"""The feed of a site, found over real HTTP; and what links a page has."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import FeedItem
from bot.domain.errors import (
    ConnectionFailed,
    HttpStatusError,
    InvalidAddress,
    ParseError,
    PrivateAddressRefused,
    ResponseTooSlow,
)
from bot.domain.feeds import FoundFeed, ListedFeed
from bot.http import GuardedClient
from bot.news.feeds.items import ParsedFeed
from bot.news.sources.discovery import (
    FeedDiscovery,
    common_feed_addresses,
    feed_links,
    newest_items,
    typed_addresses,
)

RssOf = Callable[..., bytes]
PAGE_URL = "https://gazette.example/coins/"


def links(page: str) -> list[str]:
    return [link.url for link in feed_links(page, PAGE_URL)]


# ---- what a page names


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (
            '<link rel="alternate" type="application/rss+xml" href="/feed">',
            "https://gazette.example/feed",
        ),
        (
            "<LINK REL='Alternate' TYPE='Application/Atom+XML; charset=utf-8' HREF='atom.xml'/>",
            "https://gazette.example/coins/atom.xml",
        ),
        (
            "<link rel=alternate type=application/feed+json href=https://cdn.example/feed.json>",
            "https://cdn.example/feed.json",
        ),
        (
            "<link href='?a=1&amp;b=2' title='A > B' rel='x alternate' type=application/rdf+xml>",
            "https://gazette.example/coins/?a=1&b=2",
        ),
        (
            "<base href=//o.example/b/><link rel=alternate type=application/rss+xml href=rss>",
            "https://o.example/b/rss",
        ),
    ],
)
def test_a_page_names_its_feed(link: str, url: str) -> None:
    assert links(f"<!doctype html><html><head>{link}</head><body></body></html>") == [url]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="stylesheet" type="application/rss+xml" href="/feed">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[broken">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->',
        '<script>"<link rel=alternate type=application/rss+xml href=/js>"</script>',
        '<link rel="alternate" type="application/rss+xml" href="/feed',
    ],
)
def test_other_links_are_no_feeds(link: str) -> None:
    assert links(f"<html><head>{link}") == []


def test_feeds_of_comments_come_last_and_each_feed_once() -> None:
    page = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
        for title, href in (
            ("Gazette \u00bb Comments Feed", "/c"),
            ("", "/comments/feed/"),
            ("Gazette", "/feed"),
            ("Gazette again", "/feed"),
            ("Commentary", "/commentary"),
        )
    )
    found = [
        link.url.removeprefix("https://gazette.example") for link in feed_links(page, PAGE_URL)
    ]
    assert found == ["/feed", "/commentary", "/c", "/comments/feed/"]


@pytest.mark.parametrize(
    "piece",
    ["<", "<a", "<!--", "<![", "<!", "</", "<?", "<link ", "<link '", "&", "<script>", "a="],
)
def test_a_hostile_page_is_read_to_an_end(piece: str) -> None:
    page = '<link rel="alternate" type="application/rss+xml" href="/feed">' + piece * 100_000
    assert links(page) == ["https://gazette.example/feed"]


@given(st.text("<>/!-[]'\"= abhreflink&;?\n", max_size=200))
def test_whatever_a_page_is_made_of_nothing_breaks(page: str) -> None:
    assert all(link.url.startswith("http") for link in feed_links(page, PAGE_URL))


def test_where_sites_keep_their_feed() -> None:
    found = common_feed_addresses("https://gazette.example:8443/coins/?page=2#top")
    assert found[0] == "https://gazette.example:8443/feed"
    assert len(found) == 6


def test_an_address_without_a_scheme_is_tried_both_ways() -> None:
    both = ("https://gazette.example/a", "http://gazette.example/a")
    assert typed_addresses(" gazette.example/a ") == both
    assert typed_addresses("http://gazette.example") == ("http://gazette.example",)


def test_the_newest_items_come_first_and_those_without_a_date_last() -> None:
    def item(title: str, day: int | None) -> FeedItem:
        at = datetime(2026, 3, day, tzinfo=UTC) if day else None
        return FeedItem(guid=title, title=title, published_at=at)

    items = (item("old", 1), item("undated", None), item("new &amp; shiny", 9), item("recent", 8))
    feed = ParsedFeed("Gazette", items)
    assert [one.title for one in newest_items(feed)] == ["new & shiny", "recent", "old"]
    assert [one.title for one in newest_items(feed, 9)][-1] == "undated"


# ---- looking for it


class Site:
    """A site of a few pages, on one loopback address and known by a name."""

    def __init__(self) -> None:
        self.pages: dict[str, web.Response] = {}
        self.asked: list[str] = []
        self.port = 0
        self.is_stuck = False
        self.released = asyncio.Event()

    def page(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else body.encode()
        given = {"Content-Type": "text/html"} | headers
        self.pages[path] = web.Response(status=status, body=raw, headers=given)

    def url(self, path: str = "/", host: str = "gazette.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.is_stuck:
            await self.released.wait()
        kept = self.pages.get(request.path)
        if kept is None:
            return web.Response(status=404, text="<html>nothing here</html>")
        return web.Response(status=kept.status, body=kept.body, headers=kept.headers)


class Names(AbstractResolver):
    """inside.example is on a private address, every other name on the public one."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = "127.0.0.2" if host == "inside.example" else "127.0.0.1"
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[Site]:
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving(Site()) as running:
        yield running


@pytest.fixture
async def finder() -> AsyncIterator[FeedDiscovery]:
    client = GuardedClient(resolver=Names(), is_public=lambda address: address == "127.0.0.1")
    async with client as opened:
        yield FeedDiscovery(opened)


@pytest.fixture
def rss(rss_of: RssOf) -> bytes:
    return rss_of(
        "<title>Older</title><pubDate>Fri, 13 Mar 2026 09:00:00 GMT</pubDate>",
        "<title>Newer</title><pubDate>Sat, 14 Mar 2026 09:00:00 GMT</pubDate>",
    )


def linking(*hrefs: str) -> str:
    tags = (f'<link rel="alternate" type="application/rss+xml" href="{href}">' for href in hrefs)
    return f"<!doctype html><html><head>{''.join(tags)}</head></html>"


def titles(found: FoundFeed | None) -> list[str]:
    assert found is not None
    return [item.title for item in found.newest]


async def test_the_address_of_a_feed_is_taken_as_it_is(
    site: Site, finder: FeedDiscovery, rss: bytes
) -> None:
    site.page("/feed", rss)
    found = await finder.feed_behind(site.url("/feed#latest"))
    assert found is not None
    assert (found.url, found.title) == (site.url("/feed"), "The Ledger")
    assert titles(found) == ["Newer", "Older"]
    assert site.asked == ["/feed"]


async def test_a_page_leads_to_its_feed_past_what_is_broken(
    site: Site, finder: FeedDiscovery, rss: bytes, rss_of: RssOf
) -> None:
    site.page("/", linking("/gone", "/empty", "/page", "/real"))
    site.page("/empty", rss_of())
    site.page("/page", "<html>no feed</html>")
    site.page("/real", rss)
    found = await finder.feed_behind(site.url())
    assert found is not None
    assert found.url == site.url("/real")
    assert site.asked == ["/", "/gone", "/empty", "/page", "/real"]


async def test_an_address_without_a_scheme_finds_a_site_without_tls(
    site: Site, finder: FeedDiscovery, rss: bytes
) -> None:
    site.page("/", linking("/feed"))
    site.page("/feed", rss)
    found = await finder.feed_behind(f"gazette.example:{site.port}")
    assert found is not None
    assert found.url == site.url("/feed")


async def test_a_page_that_names_none_is_asked_where_sites_keep_theirs(
    site: Site, finder: FeedDiscovery, rss: bytes
) -> None:
    site.page("/coins/today", "<html>no link</html>")
    site.page("/rss.xml", rss)
    found = await finder.feed_behind(site.url("/coins/today"))
    assert found is not None
    assert found.url == site.url("/rss.xml")
    assert site.asked == ["/coins/today", "/feed", "/rss", "/feed.xml", "/rss.xml"]


async def test_a_site_that_shuts_programs_out_may_still_give_its_feed(
    site: Site, finder: FeedDiscovery, rss: bytes
) -> None:
    site.page("/", "are you a robot?", status=403)
    site.page("/rss", rss)
    found = await finder.feed_behind(site.url())
    assert found is not None
    assert found.url == site.url("/rss")


async def test_a_site_without_a_feed_has_none(site: Site, finder: FeedDiscovery) -> None:
    site.page("/", "<html>nothing</html>")
    assert await finder.feed_behind(site.url()) is None


async def test_a_page_that_is_not_there_is_told_when_there_is_no_feed_either(
    site: Site, finder: FeedDiscovery
) -> None:
    with pytest.raises(HttpStatusError, match="404"):
        await finder.feed_behind(site.url("/typo"))


async def test_a_feed_without_items_is_taken_where_it_was_named(
    site: Site, finder: FeedDiscovery, rss_of: RssOf
) -> None:
    site.page("/feed", rss_of())
    assert titles(await finder.feed_behind(site.url("/feed"))) == []


async def test_a_feed_that_moved_for_good_is_known_by_its_new_address(
    site: Site, finder: FeedDiscovery, rss: bytes
) -> None:
    site.page("/for-good", status=301, Location="/feed")
    site.page("/for-today", status=302, Location="/feed")
    site.page("/feed", rss)
    found = [await finder.feed_behind(site.url(path)) for path in ("/for-good", "/for-today")]
    assert [one.url for one in found if one] == [site.url("/feed"), site.url("/for-today")]


@pytest.mark.parametrize(
    "path", ["/", "/redirects", "/links"], ids=["typed", "a redirect", "a link of the page"]
)
async def test_nothing_leads_into_a_private_network(
    site: Site, finder: FeedDiscovery, path: str
) -> None:
    inside = f"http://inside.example:{site.port}/feed"
    site.page("/redirects", status=302, Location=inside)
    site.page("/links", linking(inside))
    address = site.url(path) if path != "/" else inside
    with pytest.raises(PrivateAddressRefused):
        await finder.feed_behind(address)
    assert "/feed" not in site.asked


@pytest.mark.parametrize("typed", ["127.0.0.2", "http://127.0.0.2:80/", "http://[::1]/feed"])
async def test_a_private_address_itself_is_refused(finder: FeedDiscovery, typed: str) -> None:
    with pytest.raises(PrivateAddressRefused):
        await finder.feed_behind(typed)


async def test_an_address_that_is_none_is_refused(finder: FeedDiscovery) -> None:
    with pytest.raises(InvalidAddress):
        await finder.feed_behind("file:///etc/passwd")


async def test_a_site_that_is_away_is_told(finder: FeedDiscovery) -> None:
    with pytest.raises(ConnectionFailed):
        await finder.feed_behind("gazette.example:1")


async def test_the_whole_search_ends_in_time(site: Site) -> None:
    site.is_stuck = True
    async with GuardedClient(resolver=Names(), is_public=lambda _: True) as client:
        with pytest.raises(ResponseTooSlow, match="too long to look through"):
            await FeedDiscovery(client, whole_seconds=0.05).feed_behind(site.url())
    site.released.set()


async def test_a_list_of_feeds_is_read_too(finder: FeedDiscovery) -> None:
    body = b'<opml><body><outline text="A" xmlUrl="https://a.example/rss"/></body></opml>'
    assert await finder.feeds_in(body) == (ListedFeed("https://a.example/rss", "A"),)
    with pytest.raises(ParseError):
        await finder.feeds_in(b"<html/>")
