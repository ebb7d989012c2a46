"""The guarded client against real, ill-mannered servers on loopback."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from aiohttp import web

from bot.domain.errors import RedirectRefused, ResponseTooLarge, ResponseTooSlow
from bot.http import MAX_REDIRECTS, USER_AGENT, GuardedClient
from tests.local_servers import Handler, answering, redirecting, serving

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient() as opened:
        yield opened


def streaming(chunks: Callable[[], AsyncIterator[bytes]], **headers: str) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={k.replace("_", "-"): v for k, v in headers.items()})
        await response.prepare(request)
        async for chunk in chunks():
            await response.write(chunk)
        return response

    return handler


# ---- good answers


async def test_a_plain_answer_comes_whole(client: GuardedClient) -> None:
    async with serving(answering(b"hello", X_Kind="feed")) as server:
        response = await client.fetch(server.url("/feed"), headers={"Accept": "text/xml"})
    assert (response.status, response.body) == (200, b"hello")
    assert response.headers["x-kind"] == "feed"
    assert response.url == server.url("/feed")
    assert response.permanent_url is None
    assert server.requests[0].headers["User-Agent"] == USER_AGENT
    assert server.requests[0].headers["Accept"] == "text/xml"


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("gzip", gzip.compress(b"news " * 999, mtime=0)),
        ("deflate", zlib.compress(b"news " * 999)),
        ("br", brotli.compress(b"news " * 999)),
    ],
)
async def test_compressed_answers_are_decompressed(
    client: GuardedClient, encoding: str, encoded: bytes
) -> None:
    async with serving(answering(encoded, Content_Encoding=encoding)) as server:
        response = await client.fetch(server.url())
    assert response.body == b"news " * 999
    offered = server.requests[0].headers["Accept-Encoding"]
    assert all(name in offered for name in ("gzip", "deflate", "br"))


async def test_304_is_an_answer_and_no_error(client: GuardedClient) -> None:
    async with serving(answering(b"", 304, ETag='"1"')) as server:
        response = await client.fetch(server.url())
    assert (response.status, response.body, response.headers["etag"]) == (304, b"", '"1"')


async def test_fractions_of_json_are_decimals(client: GuardedClient) -> None:
    async with serving(answering(b'{"usd": 97800.10, "rank": 1}')) as server:
        value = await client.fetch_json(server.url())
    assert value == {"usd": Decimal("97800.10"), "rank": 1}
    assert server.requests[0].headers["Accept"] == "application/json"


# ---- too much, too slow


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 10_000


async def dripping() -> AsyncIterator[bytes]:
    while True:
        yield b"x"
        await asyncio.sleep(0.05)


async def test_an_endless_body_is_cut(client: GuardedClient) -> None:
    async with serving(streaming(endless)) as server:
        with pytest.raises(ResponseTooLarge):
            await client.fetch(server.url(), max_bytes=100_000)


async def test_a_body_announced_too_large_is_not_read(client: GuardedClient) -> None:
    async with serving(answering(b"x" * 2_000)) as server:
        with pytest.raises(ResponseTooLarge):
            await client.fetch(server.url(), max_bytes=1_999)
        assert len((await client.fetch(server.url(), max_bytes=2_000)).body) == 2_000


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(60_000_000), 9, mtime=0)),
        ("gzip", gzip.compress(bytes(3_000_000), 9, mtime=0) * 20),
        ("deflate", zlib.compress(bytes(60_000_000), 9)),
        ("br", brotli.compress(bytes(60_000_000), quality=5)),
    ],
    ids=["gzip", "gzip of many members", "deflate", "brotli"],
)
async def test_a_bomb_is_stopped_before_it_unfolds(
    client: GuardedClient, encoding: str, bomb: bytes
) -> None:
    """60 MB from some kilobytes never stand in memory: the limit holds while streaming."""
    async with serving(answering(bomb, Content_Encoding=encoding)) as server:
        tracemalloc.start()
        with pytest.raises(ResponseTooLarge):
            await client.fetch(server.url())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 25_000_000


async def test_a_compressed_stream_of_nothing_ends_too(client: GuardedClient) -> None:
    """Empty blocks decompress to no bytes that could be counted: the time limit ends them."""

    async def empty_blocks() -> AsyncIterator[bytes]:
        yield zlib.compressobj().flush(zlib.Z_FULL_FLUSH)
        while True:
            yield b"\x00\x00\x00\xff\xff" * 200
            await asyncio.sleep(0.01)

    async with serving(streaming(empty_blocks, Content_Encoding="deflate")) as server:
        with pytest.raises((ResponseTooLarge, ResponseTooSlow)):
            await client.fetch(server.url(), timeout_seconds=0.5)


async def test_a_drip_is_given_up_after_the_whole_time(client: GuardedClient) -> None:
    """Every byte comes in good time, the last one never does."""
    async with serving(streaming(dripping)) as server:
        with pytest.raises(ResponseTooSlow):
            await client.fetch(server.url(), timeout_seconds=0.3)


async def test_silence_is_given_up(client: GuardedClient) -> None:
    over = asyncio.Event()

    async def silent(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with serving(silent) as server:
        with pytest.raises(ResponseTooSlow):
            await client.fetch(server.url(), timeout_seconds=0.2)
        over.set()


# ---- redirects


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        ([302], None),
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302, 301], "/1"),
        ([307, 301], None),
    ],
)
async def test_a_lasting_move_is_told(
    client: GuardedClient, statuses: list[int], permanent: str | None
) -> None:
    """The permanent address is where the chain's first 301s and 308s end."""

    async def handler(request: web.Request) -> web.Response:
        hop = int(request.path[1:])
        return redirecting(statuses[hop], f"/{hop + 1}") if hop < len(statuses) else web.Response()

    async with serving(handler) as server:
        response = await client.fetch(server.url("/0"))
        assert response.url == server.url(f"/{len(statuses)}")
        assert response.permanent_url == (server.url(permanent) if permanent else None)


async def test_five_redirects_are_followed_and_no_more(client: GuardedClient) -> None:
    async def handler(request: web.Request) -> web.Response:
        left = int(request.path[1:])
        return redirecting(302, f"/{left - 1}") if left else web.Response(text="there")

    async with serving(handler) as server:
        assert (await client.fetch(server.url(f"/{MAX_REDIRECTS}"))).body == b"there"
        with pytest.raises(RedirectRefused, match="more than 5"):
            await client.fetch(server.url(f"/{MAX_REDIRECTS + 1}"))


async def test_a_circle_is_refused(client: GuardedClient) -> None:
    async def handler(request: web.Request) -> web.Response:
        return redirecting(302, "/b" if request.path == "/a" else "/a")

    async with serving(handler) as server:
        with pytest.raises(RedirectRefused, match="circle"):
            await client.fetch(server.url("/a"))
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "http://[::1"]
)
async def test_redirects_off_http_are_refused(client: GuardedClient, location: str) -> None:
    async with serving(lambda _: asyncio.sleep(0, redirecting(302, location))) as server:
        with pytest.raises(RedirectRefused):
            await client.fetch(server.url())


async def test_keys_do_not_follow_to_another_origin(client: GuardedClient) -> None:
    """An API key stays with the server it was meant for; conditions may travel."""

    async def handler(request: web.Request) -> web.Response:
        if request.path == "/away":
            return redirecting(302, f"http://127.0.0.2:{server.port}/there")
        return redirecting(302, "/there") if request.path == "/here" else web.Response()

    headers = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "If-None-Match": '"1"'}
    async with serving(handler) as server:
        await client.fetch(server.url("/here"), headers=headers)
        await client.fetch(server.url("/away"), headers=headers)
    same, other = server.requests[1], server.requests[3]
    assert same.headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in str(dict(other.headers))
    assert other.headers["If-None-Match"] == '"1"'
