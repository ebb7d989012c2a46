"""The pages of articles, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.domain.articles import Article
from bot.domain.sources import Source, SourceKind, SourceState
from bot.http import GuardedClient
from bot.news.sources.pages import PageReader, page_in, wants_full_text

SENTENCES = (
    "Miners of the Ledger chain sold forty coins on Monday, the third day in a row.",
    "The price of ether ETH$3,356.01 fell 3% to $3,300, which traders call the line that matters.",
    "The next adjustment of difficulty is due on Thursday, and pools expect it to fall again.",
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Miners sell - The Ledger</title>
<meta property="og:image" content="/cover.jpg?w=1200&amp;h=600"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/markets">Markets</a></li></ul></nav>
<main><article><h1>Miners sell as fees fall</h1><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>
<div>Advertisement</div><h2>What comes next</h2><p>{SENTENCES[2]}</p>
<p>Read more: <a href="/b">Ether funds shine</a></p></article></main>
<footer>© 2026 The Ledger. All rights reserved.</footer></body></html>"""
TEXT = " ".join(SENTENCES).replace("ether ETH$3,356.01", "ether")


# ---- decisions


def _article(body: str = "", url: str | None = "https://ledger.example/a") -> Article:
    return Article("ledger", "g", "T", datetime(2026, 1, 14, tzinfo=UTC), url=url, body=body)


def _source(*, full_text: bool) -> Source:
    feed = "https://ledger.example/feed"
    state = SourceState.ACTIVE
    return Source(1, "ledger", "L", SourceKind.FEED, feed, state, full_text=full_text)


@pytest.mark.parametrize(
    ("article", "allowed", "wanted", "reason"),
    [
        (_article(), True, True, "0 characters only"),
        (_article("x" * 399), True, True, "399 characters only"),
        (_article("x" * 400), True, False, "400 characters"),
        (_article(), False, False, "off for this source"),
        (_article(url=None), True, False, "no address"),
        (_article(url="javascript:alert(1)"), True, False, "no address"),
    ],
)
def test_when_a_page_is_wanted(article: Article, allowed: bool, wanted: bool, reason: str) -> None:
    found = wants_full_text(article, _source(full_text=allowed))
    assert found.wanted is wanted
    assert reason in found.reason


# ---- extraction


def test_the_article_comes_out_of_its_page_clean() -> None:
    """Without the site's furniture, without headings between the sentences."""
    page = page_in(PAGE.encode(), "https://ledger.example/2026/a")
    assert page.text == TEXT
    assert page.image_url == "https://ledger.example/cover.jpg?w=1200&h=600"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no HTML"),
        (bytes(range(256)) * 40, "no HTML"),
        (b"<html><body><p>Please enable JavaScript.</p></body></html>", "characters of text only"),
        (b"<html><body>" + b"a<br>" * 20_000, "10,000 elements"),
        (b"<div>" * 100_000 + b"x", "no HTML"),
    ],
    ids=["empty", "bytes", "short", "flood", "deep"],
)
def test_pages_without_an_article_say_so(body: bytes, reason: str) -> None:
    page = page_in(body, "https://ledger.example/a")
    assert page.text == ""
    assert reason in page.reason


# ---- reading


class Site:
    """A site that notes when its pages are asked for."""

    def __init__(self) -> None:
        self.robots = "User-agent: *\nDisallow: /secret\n"
        self.body = PAGE.encode()
        self.kind = "text/html; charset=utf-8"
        self.status = 200
        self.asked: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.seconds = 0.0
        self.port = 0

    async def robots_txt(self, _: web.Request) -> web.Response:
        return web.Response(text=self.robots)

    async def page(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        headers = {"Content-Type": self.kind}
        return web.Response(status=self.status, body=self.body, headers=headers)

    def url(self, path: str = "/a", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()

    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound(found.url("/secret", "127.0.0.2"))

    async def renamed(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/{request.match_info['path']}")

    app = web.Application()
    app.router.add_get("/robots.txt", found.robots_txt)
    app.router.add_get("/moved", moved)
    app.router.add_get("/renamed/{path:.*}", renamed)
    app.router.add_get("/{path:.*}", found.page)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()  # noqa: S104 - several hosts of loopback
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


@pytest.fixture
async def reader() -> AsyncIterator[PageReader]:
    async with GuardedClient(is_public=lambda _: True) as client:
        found = PageReader(client, between_seconds=0.05)
        yield found
        found.close()


async def test_a_page_is_read(site: Site, reader: PageReader) -> None:
    page = await reader.full_text(site.url())
    assert page.text == TEXT
    assert page.image_url == site.url("/cover.jpg?w=1200&h=600")
    assert "characters of text" in page.reason


@pytest.mark.parametrize(
    ("kind", "status", "path", "reason"),
    [
        ("application/pdf", 200, "/a", "application/pdf, no HTML"),
        ("text/html", 403, "/a", "answered 403"),
        ("text/html", 200, "/secret/a", "robots.txt forbids it"),
        ("text/html", 200, "/moved", "robots.txt forbids it"),
        ("text/html", 200, "/renamed/secret/story", "robots.txt forbids it"),
    ],
)
async def test_what_cannot_be_read_has_a_reason(
    site: Site, reader: PageReader, kind: str, status: int, path: str, reason: str
) -> None:
    site.kind, site.status = kind, status
    page = await reader.full_text(site.url(path))
    assert page.text == ""
    assert reason in page.reason


async def test_a_page_that_moved_on_its_host_is_read(site: Site, reader: PageReader) -> None:
    assert (await reader.full_text(site.url("/renamed/a"))).text == TEXT


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "http://[broken", "ftp://a.example/b"])
async def test_no_address_is_no_page(reader: PageReader, url: str) -> None:
    assert (await reader.full_text(url)).reason == "no web address"


async def test_a_page_that_is_too_large_is_not_read(site: Site, reader: PageReader) -> None:
    site.body = b"<p>" * 800_000
    assert "bytes" in (await reader.full_text(site.url())).reason


async def test_private_networks_are_not_read(site: Site) -> None:
    async with GuardedClient() as client:
        reader = PageReader(client)
        assert "private network" in (await reader.full_text(site.url())).reason
        reader.close()
    assert site.asked == []


async def test_a_host_is_asked_one_page_after_the_other(site: Site) -> None:
    """Pages of one host never overlap, for each waits until the one before is long done."""
    site.seconds = 0.01
    async with GuardedClient(is_public=lambda _: True) as client:
        reader = PageReader(client, between_seconds=0.2)
        urls = [site.url(path) for path in ("/a", "/b", "/c")]
        pages = await asyncio.gather(*(reader.full_text(url) for url in urls))
        reader.close()
    assert [page.text for page in pages] == [TEXT] * 3
    assert site.asked == ["/a", "/b", "/c"]
    assert site.most_at_once == 1


async def test_at_most_four_pages_are_fetched_at_once(site: Site, reader: PageReader) -> None:
    site.seconds = 0.1
    urls = [site.url("/a", f"127.0.0.{n}") for n in range(1, 8)]
    await asyncio.gather(*(reader.full_text(url) for url in urls))
    assert site.most_at_once == 4


async def test_a_host_that_wants_long_pauses_is_not_queued_for(
    site: Site, reader: PageReader
) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 100\n"
    assert (await reader.full_text(site.url())).text == TEXT
    assert "waiting" in (await reader.full_text(site.url("/b"))).reason


async def test_a_reading_that_is_given_up_holds_up_nobody(site: Site, reader: PageReader) -> None:
    site.seconds = 1.0
    slow = [
        asyncio.create_task(reader.full_text(site.url("/a", f"127.0.0.{n}"))) for n in range(1, 6)
    ]
    await asyncio.wait(slow, timeout=0.3)
    for task in slow:
        task.cancel()
    await asyncio.wait(slow)
    assert all(task.cancelled() for task in slow)
    site.seconds = 0.0
    assert (await reader.full_text(site.url("/b", "127.0.0.9"))).text == TEXT
