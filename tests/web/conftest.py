"""A server of ours on a free port of loopback, and a client that asks it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web

from bot.web.server import WebServer

Serve = Callable[[Iterable[web.AbstractRouteDef]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server with these routes and gives its address; stopped when the test ends."""
    async with AsyncExitStack() as stack:

        async def _serve(routes: Iterable[web.AbstractRouteDef]) -> str:
            server = WebServer(("127.0.0.1", 0), routes=routes)
            await server.start()
            stack.push_async_callback(server.stop)
            return f"http://127.0.0.1:{server.addresses[0][1]}"

        yield _serve


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
