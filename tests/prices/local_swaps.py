"""Servers on loopback that play exchanges of swaps: Binance's USD-M futures, and Bybit."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class LocalSwaps:
    """What both have: swaps with their funding rates, sockets, and refusals.

    `rates` holds the rate of each swap by its symbol ("BTCUSDT"); `age` is how old they are in
    seconds. `refusal` is answered instead, with a status and a text.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.rates: dict[str, object] = {"BTCUSDT": "0.00010000", "ETHUSDT": "0.00020000"}
        self.age = 0.0
        self.refusal: tuple[int, str] | None = None
        self.refused_sockets: int | None = None
        self.asked: list[str] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.subscribed: list[list[str]] = []
        self._clock = clock

    def listening(self) -> bool:
        """Whether somebody subscribed on a socket that is open."""
        return bool(self.subscribed) and any(not socket.closed for socket in self.sockets)

    def now(self, age: float = 0) -> int:
        return int((self._clock() - timedelta(seconds=age)).timestamp() * 1000)

    def _answered(self, request: web.Request, answer: Any) -> web.Response:
        self.asked.append(request.path)
        if self.refusal is not None:
            status, text = self.refusal
            return web.Response(status=status, text=text, content_type="text/html")
        return web.json_response(answer)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self.refused_sockets is not None:
            return web.Response(status=self.refused_sockets, text="<html>no</html>")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                asked = json.loads(message.data)
                if "params" in asked or "args" in asked:
                    self.subscribed.append(asked.get("params") or asked.get("args"))
                await socket.send_json(self._taken(asked))
        return socket

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        raise NotImplementedError

    def point(self, client: Any, base: str) -> None:
        """Set the addresses of ccxt's client to this server's."""
        raise NotImplementedError

    def _taken(self, asked: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    async def push_raw(self, text: str) -> None:
        """Send every connected client a frame."""
        for socket in self.sockets:
            if not socket.closed:
                with contextlib.suppress(ConnectionError):
                    await socket.send_str(text)

    async def drop(self) -> None:
        """Close every websocket, as an exchange does once a day."""
        sockets, self.sockets = self.sockets, []
        self.subscribed.clear()
        await asyncio.gather(*(socket.close() for socket in sockets))


class LocalBinanceSwaps(LocalSwaps):
    """Binance's USD-M futures."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/fapi/v1/exchangeInfo", self._listed),
            web.get("/fapi/v1/premiumIndex", self._premiums),
            web.get("/market/ws/{index}", self._stream),
        ]

    def point(self, client: Any, base: str) -> None:
        """Set the addresses of ccxt's client to this server's."""
        client.urls["api"]["fapiPublic"] = f"{base}/fapi/v1"
        socket = f"{base.replace('http', 'ws', 1)}/ws"
        # What newer versions of ccxt call linear, older ones call future.
        client.urls["api"]["ws"] |= {"linear": socket, "future": socket}
        client.enableRateLimit = False
        client.timeout_on_exit = 0

    async def _listed(self, request: web.Request) -> web.Response:
        return self._answered(request, {"symbols": [self._symbol(name) for name in self.rates]})

    def _symbol(self, name: str) -> dict[str, Any]:
        base = name.removesuffix("USDT")
        return {
            "symbol": name,
            "pair": name,
            "contractType": "PERPETUAL",
            "deliveryDate": 4_133_404_800_000,
            "onboardDate": 1_569_398_400_000,
            "status": "TRADING",
            "baseAsset": base,
            "quoteAsset": "USDT",
            "marginAsset": "USDT",
            "pricePrecision": 2,
            "quantityPrecision": 3,
            "baseAssetPrecision": 8,
            "quotePrecision": 8,
            "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.10"}],
            "orderTypes": ["LIMIT", "MARKET"],
        }

    async def _premiums(self, request: web.Request) -> web.Response:
        rows = [
            {
                "symbol": name,
                "markPrice": "95000.10",
                "indexPrice": "95001.00",
                "estimatedSettlePrice": "95000.00",
                "lastFundingRate": rate,
                "interestRate": "0.00010000",
                "nextFundingTime": self.now() + 3_600_000,
                "time": self.now(self.age),
            }
            for name, rate in self.rates.items()
        ]
        return self._answered(request, rows)

    def _taken(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"result": None, "id": asked["id"]}

    async def liquidate(
        self, symbol: str, side: str, amount: object, price: object, age: float = 0
    ) -> None:
        """Tell of a liquidation: the order that closed it, `SELL` of a long."""
        await self.push_raw(json.dumps(self.event(symbol, side, amount, price, age)))

    def event(
        self, symbol: str, side: str, amount: object, price: object, age: float = 0
    ) -> dict[str, Any]:
        order = {
            "s": symbol,
            "S": side,
            "o": "LIMIT",
            "f": "IOC",
            "q": amount,
            "p": price,
            "ap": price,
            "X": "FILLED",
            "l": amount,
            "z": amount,
            "T": self.now(age),
        }
        return {"e": "forceOrder", "E": self.now(), "o": order}


class LocalBybit(LocalSwaps):
    """Bybit's linear contracts."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v5/market/instruments-info", self._listed),
            web.get("/v5/market/tickers", self._tickers),
            web.get("/v5/public/linear", self._stream),
        ]

    def point(self, client: Any, base: str) -> None:
        """Set the addresses of ccxt's client to this server's."""
        client.urls["api"]["public"] = base
        socket = f"{base.replace('http', 'ws', 1)}/v5/public/linear"
        client.urls["api"]["ws"]["public"]["linear"] = socket
        client.enableRateLimit = False
        client.timeout_on_exit = 0

    async def _listed(self, request: web.Request) -> web.Response:
        before_launch = request.query.get("status") == "PreLaunch"
        rows = [] if before_launch else [self._instrument(name) for name in self.rates]
        return self._answered(request, self._result({"category": "linear", "list": rows}))

    def _result(self, result: dict[str, Any]) -> dict[str, Any]:
        return {"retCode": 0, "retMsg": "OK", "result": result, "time": self.now()}

    def _instrument(self, name: str) -> dict[str, Any]:
        return {
            "symbol": name,
            "contractType": "LinearPerpetual",
            "status": "Trading",
            "baseCoin": name.removesuffix("USDT"),
            "quoteCoin": "USDT",
            "settleCoin": "USDT",
            "launchTime": "1585526400000",
            "deliveryTime": "0",
            "deliveryFeeRate": "",
            "priceScale": "2",
            "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
            "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
            "lotSizeFilter": {
                "maxOrderQty": "1190.000",
                "minOrderQty": "0.001",
                "qtyStep": "0.001",
            },
            "fundingInterval": 480,
        }

    async def _tickers(self, request: web.Request) -> web.Response:
        rows = [
            {
                "symbol": name,
                "lastPrice": "95000",
                "markPrice": "95000",
                "indexPrice": "95001",
                "fundingRate": rate,
                "nextFundingTime": str(self.now() + 3_600_000),
            }
            for name, rate in self.rates.items()
            if request.query.get("symbol") in (None, name)
        ]
        return self._answered(request, self._result({"category": "linear", "list": rows}))

    def _taken(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "ret_msg": "", "op": asked["op"], "req_id": asked.get("req_id")}

    async def liquidate(
        self, symbol: str, side: str, amount: object, price: object, age: float = 0
    ) -> None:
        """Tell of a liquidation: the side of the position, `Buy` of a long."""
        row = {"T": self.now(age), "s": symbol, "S": side, "v": amount, "p": price}
        topic = f"allLiquidation.{symbol}"
        await self.push_raw(
            json.dumps({"topic": topic, "type": "snapshot", "ts": self.now(), "data": [row]})
        )
