"""Asking a source for what is new, over real HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import pytest
from aiohttp import web

from bot.domain.errors import HttpStatusError, ParseError
from bot.domain.sources import Source, SourceKind, SourceState
from bot.http import GuardedClient
from bot.news.fetching import fetch_feed, read_feed

RssOf = Callable[..., bytes]


class FeedServer:
    """A server with one feed, which it gives out only when it changed."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.status = 200
        self.conditional = True
        self.requests: list[web.Request] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        etag = f'"{sha256(self.body).hexdigest()[:8]}"'
        if self.conditional and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        headers = {"Last-Modified": "Wed, 14 Jan 2026 12:00:00 GMT"}
        if self.conditional:
            headers["ETag"] = etag
        return web.Response(
            status=self.status, body=self.body, headers=headers, content_type="application/rss+xml"
        )

    @property
    def source(self) -> Source:
        url = f"http://127.0.0.1:{self.port}/feed"
        return Source(1, "ledger", "Ledger", SourceKind.FEED, url, SourceState.ACTIVE)


@asynccontextmanager
async def serving(server: FeedServer) -> AsyncIterator[FeedServer]:
    app = web.Application()
    app.router.add_get("/feed", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


@pytest.fixture
async def server(rss_of: RssOf) -> AsyncIterator[FeedServer]:
    async with serving(FeedServer(rss_of("<title>First</title>"))) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient() as opened:
        yield opened


async def test_a_first_fetch_gives_the_feed_and_what_to_remember(
    server: FeedServer, client: GuardedClient
) -> None:
    fetched = await fetch_feed(client, server.source)
    assert fetched.feed is not None
    assert [item.title for item in fetched.feed.items] == ["First"]
    assert fetched.etag
    assert fetched.last_modified == "Wed, 14 Jan 2026 12:00:00 GMT"
    assert fetched.body_hash == sha256(server.body).hexdigest()
    asked = server.requests[0].headers
    assert "application/rss+xml" in asked["Accept"]
    assert "If-None-Match" not in asked


async def test_an_unchanged_feed_is_not_sent_again(
    server: FeedServer, client: GuardedClient
) -> None:
    first = await fetch_feed(client, server.source)
    known = replace(server.source, etag=first.etag, last_modified=first.last_modified)
    second = await fetch_feed(client, known)
    assert second.feed is None
    assert (second.etag, second.last_modified) == (first.etag, first.last_modified)
    assert server.requests[1].headers["If-Modified-Since"] == "Wed, 14 Jan 2026 12:00:00 GMT"


async def test_an_unchanged_body_is_not_parsed_again(
    server: FeedServer, client: GuardedClient
) -> None:
    """For servers that know neither ETag nor Last-Modified."""
    server.conditional = False
    first = await fetch_feed(client, server.source)
    assert (
        await fetch_feed(client, replace(server.source, body_hash=first.body_hash))
    ).feed is None


async def test_a_changed_feed_is_read(
    server: FeedServer, client: GuardedClient, rss_of: RssOf
) -> None:
    first = await fetch_feed(client, server.source)
    known = replace(server.source, etag=first.etag, body_hash=first.body_hash)
    server.body = rss_of("<title>Second</title>")
    second = await fetch_feed(client, known)
    assert second.feed is not None
    assert [item.title for item in second.feed.items] == ["Second"]


async def test_a_refusal_is_an_error(server: FeedServer, client: GuardedClient) -> None:
    server.status = 503
    with pytest.raises(HttpStatusError):
        await fetch_feed(client, server.source)


async def test_a_page_is_no_feed(server: FeedServer, client: GuardedClient) -> None:
    server.body = b"<!DOCTYPE html><html>Sign in</html>"
    with pytest.raises(ParseError, match="web page"):
        await fetch_feed(client, server.source)


async def test_a_body_is_read_off_the_event_loop(rss_of: RssOf) -> None:
    feed = await read_feed(rss_of("<title>T</title>"), None, "https://ledger.example/")
    assert [item.title for item in feed.items] == ["T"]
