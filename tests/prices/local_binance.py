"""A server on loopback that plays Binance's spot API, by polls and by websocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import StandingClock

LENGTHS = {"1m": 60_000, "1h": 3_600_000, "1d": 86_400_000}


def _always_the_same(at: datetime) -> str:
    del at
    return "95000"


class Binance:
    """A server that plays Binance's spot API: what it lists, its tickers, and its refusals.

    `pairs` holds the price of each symbol; `age` is how old its tickers are in seconds. Its
    candles begin at `listed_at` and stand at `price_at` their time; `told_candles` are given in
    their place. Websockets are refused with the status `refused_sockets`, else kept in `sockets`.
    Polls are answered only while `gate` is open.
    """

    def __init__(self, clock: StandingClock) -> None:
        self.pairs: dict[str, object] = {}
        self.halted: set[str] = set()
        self.age = 0.0
        self.asked: list[str] = []
        self.refusal: tuple[int, str, dict[str, str]] | None = None
        self._clock = clock
        self.listed_at = clock() - timedelta(days=3)
        self.candles_asked: list[dict[str, str]] = []
        self.price_at: Callable[[datetime], str] = _always_the_same
        self.told_candles: object = None
        self.refused_sockets: int | None = None
        self.sockets: list[web.WebSocketResponse] = []
        self.subscribed: list[list[str]] = []
        self.connected = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v3/exchangeInfo", self._listed),
            web.get("/api/v3/ticker/24hr", self._tickers),
            web.get("/api/v3/klines", self._klines),
            web.get("/stream/ws/{index}", self._stream),
        ]

    def _refused(self) -> web.Response | None:
        if self.refusal is None:
            return None
        status, text, headers = self.refusal
        return web.Response(status=status, text=text, headers=headers)

    async def _listed(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        await self.gate.wait()
        only_trading = request.query.get("symbolStatus") == "TRADING"
        names = [name for name in self.pairs if not (only_trading and name in self.halted)]
        shown = request.query.get("showPermissionSets") != "false"
        symbols = [self._symbol(name) | self._permissions(shown=shown) for name in names]
        return self._refused() or web.json_response({"symbols": symbols})

    def _permissions(self, *, shown: bool) -> dict[str, Any]:
        """Who may trade a market, which fills the greater part of the listing."""
        return {"permissionSets": [["SPOT", *(f"TRD_GRP_{n:03}" for n in range(900))] * shown]}

    def _symbol(self, name: str) -> dict[str, Any]:
        base, quote = name.split("/")
        return {
            "symbol": base + quote,
            "status": "BREAK" if name in self.halted else "TRADING",
            "baseAsset": base,
            "quoteAsset": quote,
            "baseAssetPrecision": 8,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "MARKET"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.01000000"}],
            "permissions": [],
        }

    async def _tickers(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        await self.gate.wait()
        if refused := self._refused():
            return refused
        wanted = json.loads(request.query["symbols"])
        by_id = {name.replace("/", ""): price for name, price in self.pairs.items()}
        if not set(wanted) <= by_id.keys():
            return web.json_response({"code": -1121, "msg": "Invalid symbol."}, status=400)
        at = self._clock() - timedelta(seconds=self.age)
        closed = int(at.timestamp() * 1000)
        return web.json_response([self._ticker(symbol, by_id[symbol], closed) for symbol in wanted])

    def _ticker(self, symbol: str, price: object, closed: int) -> dict[str, Any]:
        return {
            "symbol": symbol,
            "lastPrice": price if price is None else str(price),
            "priceChange": "-10",
            "priceChangePercent": "-1.250",
            "openPrice": "96000.00",
            "highPrice": "97000.10",
            "lowPrice": "93000.00",
            "volume": "123.5",
            "quoteVolume": "11700000.25",
            "openTime": closed - 86_400_000,
            "closeTime": closed,
            "count": 7,
        }

    async def _klines(self, request: web.Request) -> web.Response:
        """The candles from `startTime` on, as many as `limit`, or `told_candles`."""
        self.candles_asked.append(dict(request.query))
        await self.gate.wait()
        if refused := self._refused():
            return refused
        if self.told_candles is not None:
            return web.json_response(self.told_candles)
        length = LENGTHS[request.query["interval"]]
        listed = int(self.listed_at.timestamp() * 1000)
        start = max(int(request.query["startTime"]), listed)
        first = -(-start // length) * length
        now = int(self._clock().timestamp() * 1000)
        ends = range(first, now + 1, length)[: int(request.query["limit"])]
        return web.json_response([self._kline(at, length) for at in ends])

    def _kline(self, at: int, length: int) -> list[object]:
        price = self.price_at(datetime.fromtimestamp(at / 1000, UTC))
        return [at, price, price, price, price, "2.5", at + length - 1, "0", 1, "0", "0", "0"]

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self.refused_sockets is not None:
            return web.Response(status=self.refused_sockets, text="<html>no</html>")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                asked = json.loads(message.data)
                self.subscribed.append(asked["params"])
                await socket.send_json({"result": None, "id": asked["id"]})
                self.connected.set()
        return socket

    async def push(self, symbol: str, price: object, *, age: float = 0) -> None:
        """Tell every connected client a price."""
        at = int((self._clock() - timedelta(seconds=age)).timestamp() * 1000)
        await self.push_raw(json.dumps(self.streamed(symbol, price, at)))

    async def push_raw(self, text: str) -> None:
        """Send every connected client a frame."""
        for socket in self.sockets:
            if not socket.closed:
                with contextlib.suppress(ConnectionError):  # the client may cut a frame short
                    await socket.send_str(text)

    def streamed(self, symbol: str, price: object, at: int) -> dict[str, Any]:
        """A ticker as the websocket tells it."""
        return {
            "e": "24hrTicker",
            "E": at,
            "s": symbol.replace("/", ""),
            "p": "-10",
            "P": "-1.25",
            "c": price if price is None else str(price),
            "o": "96000",
            "h": "97000.1",
            "l": "93000",
            "v": "123.5",
            "q": "11700000.25",
            "O": at - 86_400_000,
            "C": at,
        }

    async def close(self) -> None:
        """Close every websocket, and answer what still waits."""
        self.gate.set()
        for socket in self.sockets:
            await socket.close()
