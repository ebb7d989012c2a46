"""Asking a source for what is new, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import pytest
from aiohttp import web

from bot.domain.errors import (
    FetchError,
    HttpStatusError,
    ParseError,
    PrivateAddressRefused,
)
from bot.domain.sources import Source, SourceKind, SourceOrigin, SourceState
from bot.http import GuardedClient
from bot.news.feeds.fetching import fetch_feed, max_age_seconds, read_feed

RssOf = Callable[..., bytes]


class FeedServer:
    """A server with one feed, which it gives out only when it changed."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.status = 200
        self.conditional = True
        self.requests: list[web.Request] = []
        self.headers: dict[str, str] = {}
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        etag = f'"{sha256(self.body).hexdigest()[:8]}"'
        if self.conditional and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=self.headers)
        headers = {"Last-Modified": "Wed, 14 Jan 2026 12:00:00 GMT"} | self.headers
        if self.conditional:
            headers["ETag"] = etag
        return web.Response(
            status=self.status, body=self.body, headers=headers, content_type="application/rss+xml"
        )

    @property
    def source(self) -> Source:
        return Source(
            1, "ledger", "Ledger", SourceKind.FEED, self.address("/feed"), SourceState.ACTIVE
        )

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def redirect(self, request: web.Request) -> web.Response:
        status, target = request.match_info["status"], request.match_info["target"]
        return web.Response(status=int(status), headers={"Location": f"/{target}"})


@asynccontextmanager
async def serving(server: FeedServer) -> AsyncIterator[FeedServer]:
    app = web.Application()
    app.router.add_get("/feed", server.answer)
    app.router.add_get("/moved/{status}/{target:.*}", server.redirect)
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


@pytest.mark.parametrize(
    ("path", "moved"),
    [
        ("/feed", None),
        ("/moved/301/feed", "/feed"),
        ("/moved/308/moved/301/feed", "/feed"),
        ("/moved/302/feed", None),
        ("/moved/301/moved/302/feed", "/moved/302/feed"),
    ],
)
async def test_where_a_feed_moved_for_good_is_told(
    server: FeedServer, client: GuardedClient, path: str, moved: str | None
) -> None:
    fetched = await fetch_feed(client, replace(server.source, url=server.address(path)))
    assert fetched.feed is not None
    assert fetched.moved_url == (server.address(moved) if moved else None)


async def test_a_feed_is_asked_where_it_moved(server: FeedServer, client: GuardedClient) -> None:
    gone = replace(server.source, url=server.address("/nothing"))
    with pytest.raises(HttpStatusError):
        await fetch_feed(client, gone)
    moved = replace(gone, moved_url=server.address("/feed"))
    assert (await fetch_feed(client, moved)).feed is not None


async def test_a_move_to_a_page_is_none(server: FeedServer, client: GuardedClient) -> None:
    """A parked domain redirects everything to its own page."""
    server.body = b"<!DOCTYPE html><html>Buy this domain</html>"
    with pytest.raises(ParseError):
        await fetch_feed(client, replace(server.source, url=server.address("/moved/301/feed")))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "public, max-age=300"}, 300.0),
        ({"Cache-Control": 'Max-Age="300", must-revalidate', "Age": "120"}, 180.0),
        ({"Cache-Control": "max-age=300", "Age": "999"}, 0.0),
        ({"Cache-Control": "max-age=300", "Age": "old"}, 300.0),
        ({"Cache-Control": "s-maxage=300"}, None),
        ({"Cache-Control": "no-cache, max-age=300"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=" + "9" * 30}, 999_999_999.0),
    ],
)
def test_how_long_an_answer_stays_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert max_age_seconds(headers) == seconds


async def test_an_unchanged_feed_tells_its_freshness_too(
    server: FeedServer, client: GuardedClient
) -> None:
    server.headers = {"Cache-Control": "max-age=240"}
    first = await fetch_feed(client, server.source)
    second = await fetch_feed(client, replace(server.source, etag=first.etag))
    assert (second.feed, first.max_age_seconds, second.max_age_seconds) == (None, 240.0, 240.0)


async def test_a_source_that_somebody_typed_is_never_on_a_private_network(
    server: FeedServer, client: GuardedClient
) -> None:
    typed = replace(server.source, origin=SourceOrigin.COMMAND)
    with pytest.raises(PrivateAddressRefused):
        await fetch_feed(client, typed)
    assert server.requests == []


# ---- news APIs

KEY = "k3y-of-the-operator"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (SourceKind.COINDESK_DATA, b'{"Data":[{"ID":7,"TITLE":"From a wire"}],"Err":{}}'),
        (SourceKind.CRYPTOCOMPARE, b'{"Data":[{"id":"7","title":"From a wire"}]}'),
    ],
)
async def test_a_news_api_is_asked_with_its_key_in_a_header(
    server: FeedServer, client: GuardedClient, kind: SourceKind, body: bytes
) -> None:
    """Never in the address, and to a feed not at all."""
    server.body = body
    fetched = await fetch_feed(client, replace(server.source, kind=kind), KEY)
    assert fetched.feed is not None
    assert [(item.guid, item.title) for item in fetched.feed.items] == [("7", "From a wire")]
    (asked,) = server.requests
    assert asked.headers["Authorization"] == f"Apikey {KEY}"
    assert asked.headers["Accept"] == "application/json"
    assert KEY not in str(asked.url)


async def test_without_a_key_none_is_sent(server: FeedServer, client: GuardedClient) -> None:
    await fetch_feed(client, server.source)
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (SourceKind.COINDESK_DATA, f'{{"Data":{{}},"Err":{{"message":"no such key {KEY}"}}}}'),
        (SourceKind.CRYPTOCOMPARE, f'{{"Response":"Error","Message":"no such key {KEY}"}}'),
        (
            SourceKind.CRYPTOCOMPARE,
            f'{{"Response":"Error","Type":99,"Message":"rate limit of {KEY}"}}',
        ),
    ],
)
async def test_a_refusal_that_repeats_the_key_is_told_without_it(
    server: FeedServer, client: GuardedClient, kind: SourceKind, body: str
) -> None:
    server.body = body.encode()
    with pytest.raises(FetchError, match=r"\(key\)") as caught:
        await fetch_feed(client, replace(server.source, kind=kind), KEY)
    assert KEY not in caught.value.log_text
    assert KEY not in str(caught.value)


async def test_a_news_api_does_not_move(server: FeedServer, client: GuardedClient) -> None:
    """Its address is where the key goes."""
    server.body = b'{"Data":[]}'
    url = server.address("/moved/301/feed")
    source = replace(server.source, kind=SourceKind.CRYPTOCOMPARE, url=url)
    assert (await fetch_feed(client, source, KEY)).moved_url is None


async def test_the_hub_of_the_headers_is_read(server: FeedServer, client: GuardedClient) -> None:
    """WebSub has subscribers look there first."""
    server.headers = {"Link": '<https://hub.example/>; rel="hub", </feed>; rel="self"'}
    fetched = await fetch_feed(client, server.source)
    assert fetched.feed is not None
    assert fetched.feed.hub_url == "https://hub.example/"
    assert fetched.feed.hub_topic_url == server.address("/feed")


@pytest.mark.parametrize("validator", ["\x01", "é", "x" * 5_000])
async def test_a_validator_that_no_request_may_hold_is_forgotten(
    client: GuardedClient, rss_of: RssOf, validator: str
) -> None:
    """Sent back, it would make every later poll of the source fail."""
    body = rss_of("<title>First</title>")
    head = f"HTTP/1.1 200 OK\r\nETag: {validator}\r\nLast-Modified: {validator}\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        length = f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + length).encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/feed"
        source = Source(1, "ledger", "Ledger", SourceKind.FEED, url, SourceState.ACTIVE)
        fetched = await fetch_feed(client, source)
        assert (fetched.etag, fetched.last_modified) == (None, None)
        # Another version of this program may have remembered them.
        old = replace(source, etag=validator, last_modified=validator)
        assert (await fetch_feed(client, old)).feed is not None
