"""What the guarded client posts, and the limits that hold for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from aiohttp import web

from bot.domain.errors import ParseError, RedirectRefused, ResponseTooLarge, ResponseTooSlow
from bot.http import MAX_BYTES, GuardedClient

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """The address of a server that answers what is posted with `handler`."""
    app = web.Application()
    app.router.add_post("/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1?key=secret"
    finally:
        await runner.cleanup()


async def test_json_is_posted_and_answered_with_json() -> None:
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.content_type, request.headers["Authorization"], await request.json()))
        return web.json_response({"price": 1.50})

    async with serving(answer) as url, GuardedClient() as client:
        found = await client.post_json(
            url, {"model": "klein, größer"}, headers={"Authorization": "Bearer k"}
        )
    assert found == {"price": Decimal("1.5")}
    assert seen == [("application/json", "Bearer k", {"model": "klein, größer"})]


async def test_what_is_posted_follows_no_redirect() -> None:
    """A key and a text for one server are not for the next."""
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with serving(answer) as url, GuardedClient() as client:
        with pytest.raises(RedirectRefused) as caught:
            await client.post_json(url, {})
    assert asked == ["/v1"]
    assert "secret" not in caught.value.log_text


async def test_a_slow_answer_is_given_up() -> None:
    over = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with serving(answer) as url, GuardedClient() as client:
        with pytest.raises(ResponseTooSlow):
            await client.post_json(url, {}, timeout_seconds=0.05)
        over.set()


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"<html>", ParseError), (b"", ParseError), (b" " * (MAX_BYTES + 1), ResponseTooLarge)],
)
async def test_bad_answers_are_refused(body: bytes, error: type[Exception]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body)

    async with serving(answer) as url, GuardedClient() as client:
        with pytest.raises(error):
            await client.post_json(url, {})
