"""The webhook takes what Telegram sends, and nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import DatabaseLocked
from bot.web.webhook import WEBHOOK_PATH, webhook_route

SECRET = "a-secret-of-its-own"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Inbox:
    """Keeps updates, or cannot."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.locked = False

    async def keep(self, updates: Sequence[dict[str, Any]]) -> None:
        if self.locked:
            raise DatabaseLocked("database is locked")
        self.kept.extend(updates)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def address(inbox: Inbox) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([webhook_route(SECRET, inbox.keep)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}{WEBHOOK_PATH}"
    await runner.cleanup()


async def answer(address: str, body: bytes, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers=headers) as response,
    ):
        return response.status


async def test_an_update_is_kept_before_it_is_acknowledged(address: str, inbox: Inbox) -> None:
    """200 means that it is in the database."""
    assert await answer(address, b'{"update_id": 7}') == 200
    assert inbox.kept == [{"update_id": 7}]


async def test_what_cannot_be_kept_is_asked_for_again(address: str, inbox: Inbox) -> None:
    """503 makes Telegram call again."""
    inbox.locked = True
    assert await answer(address, b'{"update_id": 7}') == 503


@pytest.mark.parametrize("secret", [None, "", "another", SECRET + "x", "ü"])
async def test_without_the_secret_nothing_is_taken(
    address: str, inbox: Inbox, secret: str | None
) -> None:
    """A stranger who knows the address gets nothing in."""
    assert await answer(address, b'{"update_id": 7}', secret) == 403
    assert inbox.kept == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe"])
async def test_what_is_no_update_is_refused(address: str, inbox: Inbox, body: bytes) -> None:
    """Garbage with the right secret is garbage still."""
    assert await answer(address, body) == 400
    assert inbox.kept == []


async def test_a_secret_of_any_bytes_is_refused(
    address: str, inbox: Inbox, raw_answer: Callable[[str, bytes], Awaitable[bytes]]
) -> None:
    """The address is on the open internet, and a header may hold what is no text."""
    head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: ".encode()
    sent = head + b"\xe9\xff\r\nContent-Length: 2\r\n\r\n{}"
    assert await raw_answer(address, sent) == b"HTTP/1.1 403 Forbidden"
    assert inbox.kept == []
