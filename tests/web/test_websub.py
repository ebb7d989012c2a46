"""What hubs are answered."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import DatabaseLocked
from bot.web import websub as module
from bot.web.websub import MAX_BYTES, websub_routes

Serve = Callable[[Iterable[web.AbstractRouteDef]], Awaitable[str]]
RawAnswer = Callable[[str, bytes], Awaitable[bytes]]

TOKEN = "0123456789abcdef" * 2


class Listener:
    """Knows one source, and what was brought for it."""

    def __init__(self) -> None:
        self.brought: list[tuple[bytes, str | None, str]] = []
        self.locked = False

    async def expects(self, source_id: int, token: str) -> bool:
        if self.locked:
            raise DatabaseLocked("database is locked")
        return (source_id, token) == (7, TOKEN)

    async def confirmed(self, source_id: int, token: str, query: Mapping[str, str]) -> str | None:
        return query.get("hub.challenge") if await self.expects(source_id, token) else None

    async def delivered(
        self, source_id: int, token: str, body: bytes, content_type: str | None, signature: str
    ) -> None:
        assert await self.expects(source_id, token)
        self.brought.append((body, content_type, signature))


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def address(listener: Listener, serve: Serve) -> str:
    return await serve(websub_routes(listener))


async def test_a_challenge_comes_back_as_plain_text(
    address: str, client: aiohttp.ClientSession
) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "<b>x</b>"}
    async with client.get(f"{address}/websub/7/{TOKEN}", params=query) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        assert await answer.text() == "<b>x</b>"


@pytest.mark.parametrize("path", [f"7/{TOKEN[::-1]}", f"8/{TOKEN}", "7/x", f"x/{TOKEN}", "7"])
async def test_a_stranger_gets_no_challenge_back(
    address: str, client: aiohttp.ClientSession, path: str
) -> None:
    query = {"hub.challenge": "reflected"}
    async with client.get(f"{address}/websub/{path}", params=query) as answer:
        assert answer.status == 404
        assert "reflected" not in await answer.text()


async def test_a_delivery_is_handed_on_whole(
    address: str, client: aiohttp.ClientSession, listener: Listener
) -> None:
    body = b"<rss/>" * 400_000
    headers = {"X-Hub-Signature": "sha256=abc", "Content-Type": "application/rss+xml"}
    async with client.post(
        f"{address}/websub/7/{TOKEN}", data=BytesIO(body), headers=headers
    ) as answer:
        assert answer.status == 204
    assert listener.brought == [(body, "application/rss+xml", "sha256=abc")]


async def test_what_nobody_expects_is_gone(
    address: str, client: aiohttp.ClientSession, listener: Listener
) -> None:
    """So that a hub stops delivering."""
    async with client.post(f"{address}/websub/8/{TOKEN}", data=b"x") as answer:
        assert answer.status == 410
    assert listener.brought == []


async def test_too_much_is_refused(
    address: str, client: aiohttp.ClientSession, listener: Listener
) -> None:
    body = b"x" * (MAX_BYTES + 1)
    async with client.post(f"{address}/websub/7/{TOKEN}", data=BytesIO(body)) as answer:
        assert answer.status == 413
    assert listener.brought == []


async def test_what_cannot_be_stored_is_asked_for_again(
    address: str, client: aiohttp.ClientSession, listener: Listener
) -> None:
    listener.locked = True
    async with client.post(f"{address}/websub/7/{TOKEN}", data=b"x") as answer:
        assert answer.status == 503
    async with client.get(f"{address}/websub/7/{TOKEN}") as answer:
        assert answer.status == 503


def _post(*headers: bytes, body: bytes = b"x") -> bytes:
    head = [f"POST /websub/7/{TOKEN} HTTP/1.1".encode(), b"Host: x", *headers]
    return b"\r\n".join(head) + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def test_a_signature_of_any_bytes_is_handed_on(
    address: str, listener: Listener, raw_answer: RawAnswer
) -> None:
    """The listener refuses it; the server does not stumble over it."""
    sent = _post(b"X-Hub-Signature: sha256=\xe9\xff", b"Content-Type: \xe9")
    assert await raw_answer(address, sent) == b"HTTP/1.1 204 No Content"
    assert listener.brought == [(b"x", "\udce9", "sha256=\udce9\udcff")]


async def test_what_cannot_be_decompressed_is_refused(
    address: str, listener: Listener, raw_answer: RawAnswer
) -> None:
    sent = _post(b"Content-Encoding: gzip", body=b"no gzip")
    assert await raw_answer(address, sent) == b"HTTP/1.1 400 Bad Request"
    assert listener.brought == []


async def test_a_body_that_never_ends_is_given_up(
    address: str, listener: Listener, raw_answer: RawAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.05)
    sent = _post(body=b"x" * 10)[:-5]
    assert await raw_answer(address, sent) == b"HTTP/1.1 408 Request Timeout"
    assert listener.brought == []
