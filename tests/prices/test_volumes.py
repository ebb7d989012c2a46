"""The volume of 24 hours against its mean, over HTTP on loopback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.markets import Market, Tick
from bot.http import GuardedClient
from bot.prices.coingecko import CoinGecko
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from bot.prices.volumes import CandleVolumes, PointVolumes, Volumes
from storage.markets import store_tick

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.prices.exchanges import Exchange
    from tests.prices.conftest import PriceWorld
    from tests.prices.local_binance import Binance

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BTC = (Market("bitcoin"), "volume")


class Past:
    """CoinGecko's past volumes, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.volumes: object = []
        self.refusal: int | None = None

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        if self.refusal is not None:
            return web.Response(status=self.refusal, text="<html>no</html>")
        if isinstance(self.volumes, str):
            return web.Response(text=self.volumes, content_type="text/html")
        return web.json_response({"prices": [], "total_volumes": self.volumes})


@pytest.fixture
def past() -> Past:
    made = Past()
    made.volumes = [
        [int((NOON.replace(hour=0) - timedelta(days=day)).timestamp() * 1000), 1000.0]
        for day in range(29, -1, -1)
    ] + [[int(NOON.timestamp() * 1000), 99_999.5]]
    return made


@pytest.fixture
async def volumes(prices: PriceWorld, past: Past) -> AsyncIterator[Volumes]:
    """Volumes with CoinGecko alone."""
    app = web.Application()
    app.router.add_get("/coins/bitcoin/market_chart", past.answer)
    async with TestServer(app) as server, GuardedClient() as client:
        gecko = CoinGecko(client, str(server.make_url("")).rstrip("/"))
        supplies = Supplies([Supply(gecko, 30, 5)], "coingecko")
        yield Volumes(
            database=prices.database,
            supplies=supplies,
            pasts={"coingecko": PointVolumes(gecko)},
            clock=prices.clock,
            monotonic=prices.seconds,
        )


async def seen(
    prices: PriceWorld, volume: object, provider: str = "coingecko", age: float = 0
) -> None:
    """Store a tick of Bitcoin that tells a volume."""
    now = prices.clock()
    told = None if volume is None else Decimal(str(volume))
    at = now - timedelta(seconds=age)
    tick = Tick(Market("bitcoin"), Decimal(95_000), provider, at, now, volume_24h=told)
    async with prices.database.writing() as tx:
        await store_tick(tx, tick)


async def told(volumes: Volumes, *keys: tuple[Market, str]) -> list[Decimal]:
    return [reading.value for _, reading in await volumes.tell(keys or (BTC,), {})]


async def test_coingeckos_volume_against_its_own_mean(
    volumes: Volumes, prices: PriceWorld, past: Past
) -> None:
    """The last point is of now, and no day of the mean."""
    await seen(prices, "3500")
    assert await told(volumes) == [Decimal("3.5")]
    (asked,) = past.asked
    assert asked["interval"] == "daily"
    assert asked["days"] == "30"
    assert asked["vs_currency"] == "usd"


async def test_a_mean_is_kept_for_hours(volumes: Volumes, prices: PriceWorld, past: Past) -> None:
    for volume in ("1000", "2000", "4000"):
        await seen(prices, volume)
        assert await told(volumes) == [Decimal(volume) / 1000]
        prices.advance(60)
    assert len(past.asked) == 1
    prices.advance(6 * 3600)
    await seen(prices, "1000")
    await told(volumes)
    assert len(past.asked) == 2


async def test_nothing_is_asked_while_nothing_is_wanted(
    volumes: Volumes, prices: PriceWorld, past: Past
) -> None:
    await seen(prices, "3500")
    assert await volumes.tell((), {}) == []
    assert past.asked == []


@pytest.mark.parametrize(
    ("volume", "provider", "age"),
    [
        (None, "coingecko", 0),
        ("0", "coingecko", 0),
        ("9000", "gone", 0),
        ("9000", "coingecko", 301),
    ],
)
async def test_a_tick_that_is_old_or_tells_no_volume_is_no_reading(
    volumes: Volumes, prices: PriceWorld, volume: object, provider: str, age: float
) -> None:
    """Nor is one of a provider that is not used any more."""
    await seen(prices, volume, provider, age)
    assert await told(volumes) == []


@pytest.mark.parametrize(
    "answer", ["<html>busy</html>", [], None, [[1, None], ["x", 5], [None, 1000]], {"a": 1}]
)
async def test_without_a_mean_there_is_no_reading(
    volumes: Volumes, prices: PriceWorld, past: Past, answer: Any
) -> None:
    past.volumes = answer
    await seen(prices, "9000")
    assert await told(volumes) == []


async def test_a_failure_is_tried_again_later_and_later(
    volumes: Volumes, prices: PriceWorld, past: Past
) -> None:
    """The pace that CoinGecko asked for is kept by polls too."""
    past.refusal = 429
    for _ in range(60):
        prices.advance(60)
        await seen(prices, "9000")
        assert await told(volumes) == []
    assert 2 <= len(past.asked) <= 6
    past.refusal = None
    prices.advance(3600)
    await seen(prices, "9000")
    assert await told(volumes) == [Decimal(9)]


async def test_an_exchanges_volume_against_its_own_candles(
    prices: PriceWorld, exchange: Exchange, binance: Binance
) -> None:
    """2.5 coins a day at 1,000 are 2,500 dollars; the day that is not over counts nothing."""
    binance.pairs = {"BTC/USDT": "1000"}
    binance.price_at = lambda at: "1000" if at < NOON.replace(hour=0) else "999999"
    binance.listed_at = NOON - timedelta(days=20)
    made = Volumes(
        database=prices.database,
        supplies=Supplies([Supply(exchange, 120, 5)], "coingecko"),
        pasts={"binance": CandleVolumes(exchange)},
        clock=prices.clock,
        monotonic=prices.seconds,
    )
    await seen(prices, "7500", "binance")
    assert await told(made) == [Decimal(3)]
    binance.listed_at = NOON - timedelta(days=8)
    made._means.clear()
    prices.advance(10)
    await seen(prices, "7500", "binance")
    assert await told(made) == [], "eight days are too few"
