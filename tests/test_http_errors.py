"""Servers that refuse, break off and speak no HTTP: each failure has its error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.errors import ConnectionFailed, FetchError, HttpStatusError, InvalidAddress
from bot.http import GuardedClient


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[str]:
    """A server that answers whatever it is asked with these bytes, and hangs up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient() as opened:
        yield opened


def answer_of(status: int, **headers: str) -> bytes:
    named = {"Content-Length": "2", **{k.replace("_", "-"): v for k, v in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\nno".encode()


@pytest.mark.parametrize(
    ("status", "headers", "asked_for"),
    [
        (429, {"Retry-After": "120"}, 120.0),
        (503, {}, None),
        (404, {}, None),
        (500, {"Retry-After": "soon"}, None),
        (302, {}, None),
    ],
)
async def test_a_bad_status_is_an_error_with_its_retry_after(
    client: GuardedClient, status: int, headers: dict[str, str], asked_for: float | None
) -> None:
    async with raw_server(answer_of(status, **headers)) as url:
        with pytest.raises(HttpStatusError) as caught:
            await client.fetch(url)
    assert (caught.value.status, caught.value.retry_after_seconds) == (status, asked_for)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 6\r\n\r\n\xff\xff\xffbr!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
    ids=["silence", "no HTTP", "cut", "false gzip", "false brotli", "bad chunk", "huge header"],
)
async def test_broken_answers_are_failed_connections(client: GuardedClient, answer: bytes) -> None:
    async with raw_server(answer) as url:
        with pytest.raises(ConnectionFailed):
            await client.fetch(f"{url}?api_key=s3cret")


async def test_tls_against_a_plain_server_fails_as_a_connection(client: GuardedClient) -> None:
    async with raw_server(answer_of(200)) as url:
        with pytest.raises(ConnectionFailed):
            await client.fetch(url.replace("http:", "https:"))


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..example", "x" * 70 + ".example"])
async def test_names_that_lead_nowhere_are_fetch_errors(client: GuardedClient, host: str) -> None:
    with pytest.raises(FetchError):
        await client.fetch(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    ["", "example.org/feed", "//example.org", "ftp://example.org", "http://", "http://[::1", "/x"],
)
async def test_what_is_no_web_address_is_refused(client: GuardedClient, url: str) -> None:
    with pytest.raises(InvalidAddress):
        await client.fetch(url)


async def test_secrets_of_an_address_stay_out_of_errors(client: GuardedClient) -> None:
    """Neither a password nor a key shows, whichever way the request fails."""
    async with raw_server(answer_of(403)) as url:
        secret = url.replace("http://", "http://user:s3cret@") + "f?api_key=s3cret#s3cret"
        with pytest.raises(FetchError) as refused:
            await client.fetch(secret)
    with pytest.raises(FetchError) as unreachable:
        await client.fetch(secret)
    for error in (refused.value, unreachable.value):
        assert "s3cret" not in str(error)
        assert "/f?api_key=…" in str(error)
        assert error.__suppress_context__ or error.__context__ is None
