"""Alerts on figures, from the command to the message, with the exchange played on loopback."""

from __future__ import annotations

import asyncio
import importlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.config import DerivativesSection
from bot.domain.markets import Market
from bot.prices import coinglass, funding, gauges
from storage.readings import last_reading
from tests.prices.local_swaps import LocalBinanceSwaps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.app import App


@pytest.fixture
async def usdm(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalBinanceSwaps]:
    """Binance's USD-M futures; ccxt's own client finds them on this machine."""
    local = LocalBinanceSwaps(lambda: datetime.now(UTC))
    app = web.Application()
    app.router.add_routes(local.routes())
    server = TestServer(app)
    await server.start_server()
    address = str(server.make_url("")).rstrip("/")

    library = importlib.import_module("ccxt.pro")
    opened = library.binanceusdm

    def open_here(config: dict[str, Any]) -> Any:
        client = opened(config)
        local.point(client, address)
        return client

    monkeypatch.setattr(library, "binanceusdm", open_here)
    yield local
    await local.drop()
    await server.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything at a faster pace than in earnest."""
    monkeypatch.setattr(gauges, "_LOOK_SECONDS", 0.5)
    monkeypatch.setattr(gauges, "_CHANGED_SECONDS", 0.5)
    monkeypatch.setattr(funding, "POLL_SECONDS", 0.5)
    monkeypatch.setattr(coinglass, "POLL_SECONDS", 1.0)


def _with(stage: Any, derivatives: DerivativesSection) -> None:
    stage.settings = stage.settings.model_copy(update={"derivatives": derivatives})


async def _told(app: App, measure: str) -> Decimal:
    """The first value of a figure of Bitcoin that is stored, once there is one."""
    async with asyncio.timeout(20):
        while True:
            async with app.database.reading() as tx:
                since = datetime.now(UTC) - timedelta(minutes=1)
                found = await last_reading(tx, Market("bitcoin"), measure, since)
            if found is not None:
                return found.value
            await asyncio.sleep(0.05)


async def test_liquidations_ring_with_at_least_so_much(stage: Any, usdm: LocalBinanceSwaps) -> None:
    """What the stream tells is a part, and the message says so; it comes once.

    Nothing is asked of the exchange before an alert wants it.
    """
    _with(stage, DerivativesSection(exchanges=("binanceusdm",)))
    stage.put("96000")
    async with stage.bot() as app:
        await stage.answered("/alert BTC > 99k")
        await stage.hold("96000")
        assert usdm.asked == []
        await stage.answered("/alert BTC long liquidations > 1m 1h")
        assert await _told(app, "liquidations:longs:3600") == 0
        await usdm.liquidate("BTCUSDT", "BUY", "100", "95000")
        for number in range(3):
            await usdm.liquidate("BTCUSDT", "SELL", "4", str(95_000 + number))
        await stage.until(lambda: stage.texts("t least"))
        await stage.polls(2)
    (text,) = stage.texts("t least")
    assert "$1,140,012" in text
    assert not [path for path in usdm.asked if "premium" in path]
    assert stage.server.over_limit == []


async def test_a_funding_rate_rings_when_it_crosses(stage: Any, usdm: LocalBinanceSwaps) -> None:
    """And no socket is opened for it."""
    _with(stage, DerivativesSection(exchanges=("binanceusdm",)))
    stage.put("96000")
    async with stage.bot() as app:
        await stage.answered("/alert BTC funding > 0.05%")
        await stage.hold("96000")
        assert await _told(app, "funding") == Decimal("0.0001")
        usdm.rates["BTCUSDT"] = "0.00065"
        await stage.until(lambda: stage.texts("0.065"))
    (text,) = stage.texts("0.065")
    assert "BTC" in text
    assert "least" not in text
    assert usdm.sockets == []


async def test_whole_liquidations_ring_without_at_least(stage: Any) -> None:
    """With a key of CoinGlass, which is asked with it."""
    asked: list[web.Request] = []
    longs = [1_000_000]

    async def coins(_: web.Request) -> web.Response:
        return web.json_response({"code": "0", "data": ["BTC", "ETH"]})

    async def sums(request: web.Request) -> web.Response:
        asked.append(request)
        row = {
            "exchange": "All",
            "liquidation_usd": longs[0] + 5.5,
            "long_liquidation_usd": longs[0],
            "short_liquidation_usd": 5.5,
        }
        return web.json_response({"code": "0", "msg": "success", "data": [row]})

    app = web.Application()
    app.router.add_get("/api/futures/supported-coins", coins)
    app.router.add_get("/api/futures/liquidation/exchange-list", sums)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        key = SecretStr("a-key")
        _with(stage, DerivativesSection(exchanges=(), coinglass_key=key, coinglass_url=url))
        stage.put("96000")
        async with stage.bot() as bot:
            await stage.answered("/alert BTC liquidations > 100m 1h")
            await stage.hold("96000")
            assert await _told(bot, "liquidations:both:3600") == 1_000_006
            longs[0] = 123_000_000
            await stage.until(lambda: stage.texts("$123,000,006"))
    (text,) = stage.texts("$123,000,006")
    assert "least" not in text
    assert asked[0].headers["CG-API-KEY"] == "a-key"
    assert dict(asked[0].query) == {"symbol": "BTC", "range": "1h"}
