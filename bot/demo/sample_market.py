"""A sample market that speaks CoinGecko's API and obeys a slider.

Owns the prices of about a dozen assets, their random walk, and the HTTP routes that tell and set
them. Refuses to be a source of facts: its prices are made up from a seed.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from random import Random
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bot.demo.loopback import guarded
from bot.demo.sample_gecko import (
    RATE_LIMIT,
    WINDOWS,
    Fault,
    Payload,
    Quote,
    asked_changes,
    faulty,
    is_quoted,
    market_chart,
    market_row,
    number,
    ohlc,
    quoted_in,
    simple_price,
    sparkline,
)
from bot.demo.sample_prices import (
    SAMPLE_ASSETS,
    change_percent,
    continued,
    merged,
    past_candles,
    quoted,
    since,
    stepped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.demo.sample_prices import SampleAsset

log = structlog.get_logger(__name__)

_OHLC_DAYS = {"1", "7", "14", "30", "90", "180", "365"}
_ORDERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "market_cap": lambda row: row["market_cap"],
    "volume": lambda row: row["total_volume"],
    "id": lambda row: row["id"],
}
_MAX_PER_PAGE = 250
_MAX_PRICE = Decimal(10) ** 9
_MINUTE = timedelta(minutes=1)


class SampleMarket:
    """Assets whose prices walk by themselves and jump where a slider says.

    The same `seed` and `clock` give the same prices. `requests_per_minute` answers 429 beyond it,
    as CoinGecko does; bitcoin must be among the `assets`. Tests set `fault` to make every
    following answer of the API bad.
    """

    def __init__(
        self,
        seed: int,
        clock: Callable[[], datetime],
        *,
        step_seconds: float = 2.0,
        requests_per_minute: int | None = None,
        assets: Sequence[SampleAsset] = SAMPLE_ASSETS,
    ) -> None:
        self.running = True
        self.fault: Fault | None = None
        self._clock = clock
        self._random = Random(seed)  # noqa: S311 - a walk to look at, no secret
        self._step_seconds = step_seconds
        self._requests_per_minute = requests_per_minute
        self._requests_at: deque[datetime] = deque()
        now = clock()
        self._means = {asset.id: asset.price for asset in assets}
        self._quotes = {
            asset.id: Quote(asset, asset.price, past_candles(asset, now, self._random), now)
            for asset in assets
        }

    def price(self, asset_id: str) -> Decimal:
        """Give an asset's price in dollars; raises KeyError for an asset it does not have."""
        return self._quotes[asset_id].price

    def set_price(self, asset_id: str, price: Decimal) -> None:
        """Move an asset to a price in dollars at once; it then hovers there.

        Raises KeyError for an asset it does not have, ValueError for a price that is not a
        positive, finite number below a billion.
        """
        quote = self._quotes[asset_id]
        if not price.is_finite() or not 0 < price < _MAX_PRICE:
            raise ValueError(f"not a price: {price}")
        rounded = quoted(price, quote.asset.digits)
        self._means[asset_id] = rounded
        self._move(quote, rounded)

    def step(self, seconds: float) -> None:
        """Let every price walk for some seconds; while paused they only stay, freshly dated."""
        for quote in list(self._quotes.values()):
            price = quote.price
            if self.running:
                z = self._random.gauss(0, 1)
                price = stepped(quote.asset, price, self._means[quote.asset.id], seconds, z)
            self._move(quote, price)

    async def run(self) -> None:
        """Step for ever; ends when it is cancelled."""
        log.info("sample_market_started", assets=len(self._quotes), seconds=self._step_seconds)
        while True:
            await asyncio.sleep(self._step_seconds)
            self.step(self._step_seconds)

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of CoinGecko's API under `/api/v3`, and of the page under `/market`."""
        return [
            web.get("/api/v3/ping", self._ping),
            web.get("/api/v3/simple/price", self._simple_price),
            web.get("/api/v3/coins/markets", self._markets),
            web.get("/api/v3/coins/{id}/market_chart", self._market_chart),
            web.get("/api/v3/coins/{id}/ohlc", self._ohlc),
            web.get("/market/state", guarded(self._state)),
            web.post("/market/price", guarded(self._set_price)),
            web.post("/market/run", guarded(self._set_running)),
        ]

    def state(self) -> dict[str, Payload]:
        """Give what the page shows: every asset with price, change and a day's spark line."""
        now = self._clock()
        return {"running": self.running, "assets": [_shown(q, now) for q in self._quotes.values()]}

    def _move(self, quote: Quote, price: Decimal) -> None:
        """Put a price, of now, in the place of an asset's last one."""
        now = self._clock()
        candles = continued(quote.candles, now, price)
        self._quotes[quote.asset.id] = Quote(quote.asset, price, candles, now)

    def _answer(self, payload: Payload) -> web.Response:
        """Give an answer of the API, with the fault that a test has asked for."""
        if self.fault is Fault.HTML:
            text = "<!doctype html><title>Just a moment…</title><h1>Checking your browser</h1>"
            return web.Response(text=text, content_type="text/html")
        if self.fault is Fault.UNAVAILABLE:
            return web.json_response({"error": "unavailable"}, status=503)
        return web.json_response(faulty(payload, self.fault))

    def _limited(self) -> web.Response | None:
        """Give CoinGecko's refusal once a minute holds more requests than the plan allows."""
        if self._requests_per_minute is None:
            return None
        now = self._clock()
        while self._requests_at and now - self._requests_at[0] >= _MINUTE:
            self._requests_at.popleft()
        if len(self._requests_at) < self._requests_per_minute:
            self._requests_at.append(now)
            return None
        wait = self._requests_at[0] + _MINUTE - now
        after = str(max(1, round(wait.total_seconds())))
        return web.json_response(RATE_LIMIT, status=429, headers={"Retry-After": after})

    async def _ping(self, _request: web.Request) -> web.Response:
        return self._limited() or self._answer({"gecko_says": "(V3) To the Moon!"})

    async def _simple_price(self, request: web.Request) -> web.Response:
        asked = request.query
        if limited := self._limited():
            return limited
        if "vs_currencies" not in asked or "ids" not in asked:
            return _refused("Missing parameter vs_currencies or ids", 422)
        wanted = [self._quotes[key] for key in _listed(asked["ids"]) if key in self._quotes]
        quotes = {
            currency: [quoted for one in wanted if (quoted := self._in(currency, one))]
            for currency in _listed(asked["vs_currencies"])
        }
        include = frozenset(
            key.removeprefix("include_")
            for key, value in asked.items()
            if key.startswith("include_") and value == "true"
        )
        return self._answer(simple_price(quotes, self._clock(), include, _precision(request)))

    def _in(self, currency: str, quote: Quote) -> Quote | None:
        return quoted_in(currency, quote, self._quotes)

    async def _markets(self, request: web.Request) -> web.Response:
        if limited := self._limited():
            return limited
        currency = request.query.get("vs_currency", "")
        if not is_quoted(currency, self._quotes):
            return _refused("invalid vs_currency", 400)
        rows = self._ordered_rows(request, currency)
        try:
            per_page = min(_MAX_PER_PAGE, max(1, int(request.query.get("per_page", "100"))))
            page = max(1, int(request.query.get("page", "1")))
        except ValueError:
            return _refused("invalid page or per_page", 422)
        return self._answer(rows[(page - 1) * per_page : page * per_page])

    def _ordered_rows(self, request: web.Request, currency: str) -> list[dict[str, Any]]:
        """Give the rows of `/coins/markets` that were asked for, in the order asked for."""
        asked, now = request.query, self._clock()
        windows = [name for name in _listed(asked.get("price_change_percentage", "")) if name]
        by_cap = sorted(self._quotes.values(), key=lambda q: -q.price * q.asset.supply)
        wanted = set(_listed(asked["ids"])) if "ids" in asked else set(self._quotes)
        rows = []
        for rank, quote in enumerate(by_cap, start=1):
            if quote.asset.id not in wanted or (quoted := self._in(currency, quote)) is None:
                continue
            row = market_row(quoted, rank, now, _precision(request))
            if asked.get("sparkline") == "true":
                row["sparkline_in_7d"] = sparkline(quoted, now)
            rows.append(row | asked_changes(quoted, windows, now))
        key, _, direction = asked.get("order", "market_cap_desc").rpartition("_")
        return sorted(rows, key=_ORDERS.get(key, _ORDERS["market_cap"]), reverse=direction != "asc")

    async def _market_chart(self, request: web.Request) -> web.Response:
        if limited := self._limited():
            return limited
        quote = self._quotes.get(request.match_info["id"])
        currency = request.query.get("vs_currency", "")
        if quote is None:
            return _refused("coin not found", 404)
        if (quoted := self._in(currency, quote)) is None:
            return _refused("invalid vs_currency", 400)
        text = request.query.get("days", "")
        days = Decimal(3650) if text == "max" else _decimal(text)
        if days is None or not 0 < days <= Decimal(3650):
            return _refused("invalid days", 422)
        daily = request.query.get("interval") == "daily"
        return self._answer(market_chart(quoted, days, self._clock(), daily=daily))

    async def _ohlc(self, request: web.Request) -> web.Response:
        if limited := self._limited():
            return limited
        quote = self._quotes.get(request.match_info["id"])
        currency = request.query.get("vs_currency", "")
        days = request.query.get("days", "")
        if quote is None:
            return _refused("coin not found", 404)
        if (quoted := self._in(currency, quote)) is None:
            return _refused("invalid vs_currency", 400)
        if days not in _OHLC_DAYS:
            return _refused("invalid days", 422)
        return self._answer(ohlc(quoted, int(days), self._clock()))

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state())

    async def _set_price(self, request: web.Request) -> web.Response:
        body = await _json_object(request)
        asset_id, price = body.get("id"), _decimal(str(body.get("price")))
        if not isinstance(asset_id, str) or asset_id not in self._quotes or price is None:
            return _refused("an asset's id and a price are needed", 400)
        try:
            self.set_price(asset_id, price)
        except ValueError as error:
            return _refused(str(error), 400)
        return web.json_response(_shown(self._quotes[asset_id], self._clock()))

    async def _set_running(self, request: web.Request) -> web.Response:
        running = (await _json_object(request)).get("running")
        if not isinstance(running, bool):
            return _refused("running is true or false", 400)
        self.running = running
        return web.json_response({"running": running})


def _shown(quote: Quote, now: datetime) -> dict[str, Payload]:
    """Give an asset as the page shows it; prices as text, so that none loses a digit."""
    day = merged(since(quote.candles, now - WINDOWS["24h"]), timedelta(minutes=15))
    change = change_percent(quote.candles, now, WINDOWS["24h"])
    return {
        "id": quote.asset.id,
        "symbol": quote.asset.symbol,
        "name": quote.asset.name,
        "price": str(quote.price),
        "digits": quote.asset.digits,
        "change_24h": None if change is None else number(change, 2),
        "spark": [number(candle.close) for candle in day],
    }


def _listed(text: str) -> list[str]:
    """Give the parts of a comma-separated parameter in lower case, each once, in order."""
    return list(dict.fromkeys(part.strip().lower() for part in text.split(",")))


def _decimal(text: str) -> Decimal | None:
    """Read a finite number, or None where the text is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _precision(request: web.Request) -> int | None:
    """Give the number of decimals asked for; None for all of them."""
    text = request.query.get("precision", "full")
    return int(text) if text.isdecimal() else None


async def _json_object(request: web.Request) -> dict[str, Any]:
    """Read a request's JSON object; anything else counts as an empty one."""
    try:
        body = await request.json()
    except json.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _refused(text: str, status: int) -> web.Response:
    """Give an error as CoinGecko words one."""
    return web.json_response({"error": text}, status=status)
