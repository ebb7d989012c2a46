"""How much an exchange may send, against a local server."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import aiohttp
import certifi
import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.domain.errors import ResponseTooLarge
from bot.prices.exchange_session import MAX_BYTES, BoundedSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.prices.exchanges import Exchange
    from tests.conftest import StandingClock
    from tests.prices.local_binance import Binance


async def _body(request: web.Request) -> web.Response:
    """As many bytes as the path asks for, compressed when it asks for that."""
    body = b"x" * int(request.match_info["size"])
    if "gzip" in request.query:
        return web.Response(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    return web.Response(body=body)


async def _frame(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str("x" * int(request.match_info["size"]))
    await socket.close()
    return socket


@pytest.fixture
async def url() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/body/{size}", _body)
    app.router.add_get("/frame/{size}", _frame)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest.fixture
async def session() -> AsyncIterator[BoundedSession]:
    opened = BoundedSession(certifi.where())
    yield opened
    await opened.close()


@pytest.mark.parametrize("query", ["", "?gzip"])
async def test_an_answer_is_read_up_to_five_mebibytes(
    session: BoundedSession, url: str, query: str
) -> None:
    """Counted after decompression; the text can be asked for twice."""
    async with session.get(f"{url}body/{MAX_BYTES}{query}") as answer:
        assert len(await answer.text()) == MAX_BYTES
        assert len(await answer.read()) == MAX_BYTES
    async with session.get(f"{url}body/{MAX_BYTES + 1}{query}") as answer:
        with pytest.raises(ResponseTooLarge, match=r"127\.0\.0\.1 gave more than 5,242,880 bytes"):
            await answer.text()


async def test_a_frame_is_read_up_to_the_same(session: BoundedSession, url: str) -> None:
    async with session.ws_connect(f"{url}frame/{MAX_BYTES - 1}", max_msg_size=0) as socket:
        assert len((await socket.receive()).data) == MAX_BYTES - 1
    async with session.ws_connect(f"{url}frame/{MAX_BYTES + 1}", max_msg_size=0) as socket:
        message = await socket.receive()
        assert message.type is WSMsgType.ERROR
        assert isinstance(message.data, aiohttp.WebSocketError)


async def test_an_exchange_that_sends_too_much_fails_like_any_other(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """With the product's own client: the error says whose answer was too large."""
    binance.pairs = {"BTC/USDT": 1}
    binance.refusal = (200, "[" + " " * MAX_BYTES + "]", {"Content-Type": "application/json"})
    with pytest.raises(ResponseTooLarge):
        await exchange.fetch_ticks(["bitcoin"], "USD", clock())
    binance.refusal = None
    assert len(await exchange.fetch_ticks(["bitcoin"], "USD", clock())) == 1


async def test_the_longest_listing_is_asked_for_in_its_short_form(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """Binance's with everything in it is more than is read."""
    binance.pairs = {"BTC/USDT": 95_000}
    binance.pairs.update({f"C{n}/USDT": 1 for n in range(600)})
    (tick,) = await exchange.fetch_ticks(["bitcoin"], "USD", clock())
    assert tick.price == 95_000
