"""A server of ours on a free port of loopback, and a client that asks it."""

import asyncio
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


@pytest.fixture
def raw_answer() -> Callable[[str, bytes], Awaitable[bytes]]:
    """Sends bytes to the server at an address, and gives the first line of what it answers."""

    async def _raw_answer(address: str, sent: bytes) -> bytes:
        host, _, port = address.removeprefix("http://").partition("/")[0].partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line.strip()

    return _raw_answer
