"""The sample market over HTTP: CoinGecko's endpoints, the slider, the limit, the faults."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.demo.sample_gecko import Fault
from bot.demo.sample_market import SampleMarket
from bot.demo.sample_prices import SAMPLE_ASSETS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Client = TestClient[web.Request, web.Application]
START_AT = datetime(2026, 1, 14, 12, 3, 20, tzinfo=UTC)


FEW = tuple(
    asset for asset in SAMPLE_ASSETS if asset.symbol in {"BTC", "ETH", "SOL", "ADA"}
)  # a week of candles takes its time to make up


class Time:
    """A clock to set."""

    def __init__(self) -> None:
        self.now = START_AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def market(time: Time) -> SampleMarket:
    return SampleMarket(5, time, step_seconds=0.01, assets=FEW)


async def serve(market: SampleMarket) -> AsyncIterator[Client]:
    """Yield a client of a market."""
    app = web.Application()
    app.add_routes(market.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def client(market: SampleMarket) -> AsyncIterator[Client]:
    async for each in serve(market):
        yield each


async def get(client: Client, path: str, status: int = 200) -> Any:
    """Get a JSON answer of an expected status."""
    async with client.get(path) as answer:
        assert answer.status == status
        return await answer.json()


def test_the_same_seed_walks_the_same_way(time: Time) -> None:
    one, other = SampleMarket(5, time, assets=FEW), SampleMarket(5, time, assets=FEW)
    for market in (one, other):
        market.step(60)
    assert one.state() == other.state()
    assert SampleMarket(6, time, assets=FEW).state() != SampleMarket(5, time, assets=FEW).state()


def test_a_step_moves_prices_unless_the_market_is_paused(market: SampleMarket, time: Time) -> None:
    market.running = False
    time.now += timedelta(seconds=60)
    market.step(60)
    assert market.price("bitcoin") == 94180
    market.running = True
    market.step(60)
    assert market.price("bitcoin") != 94180


def test_a_set_price_holds_at_once_and_the_walk_stays_around_it(market: SampleMarket) -> None:
    market.set_price("bitcoin", Decimal("101000.4"))
    assert market.price("bitcoin") == 101000
    for _ in range(200):
        market.step(60)
    assert market.price("bitcoin") == pytest.approx(Decimal(101000), rel=Decimal("0.05"))


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "1e12"])
def test_what_is_no_price_is_refused(market: SampleMarket, price: str) -> None:
    with pytest.raises(ValueError, match="not a price"):
        market.set_price("bitcoin", Decimal(price))
    with pytest.raises(KeyError):
        market.set_price("unobtainium", Decimal(1))


async def test_run_steps_until_it_is_cancelled(market: SampleMarket) -> None:
    before = market.state()
    task = asyncio.create_task(market.run())
    await asyncio.sleep(0.1)  # ten steps' time
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert market.state() != before


async def test_ping(client: Client) -> None:
    assert await get(client, "/api/v3/ping") == {"gecko_says": "(V3) To the Moon!"}


async def test_simple_price_leaves_out_what_nobody_knows(client: Client) -> None:
    path = "/api/v3/simple/price?ids=bitcoin,nonesuch,Ethereum&vs_currencies=usd,xyz"
    assert await get(client, path) == {"bitcoin": {"usd": 94180}, "ethereum": {"usd": 3241.5}}


async def test_simple_price_dates_a_price_by_its_last_step(
    client: Client, market: SampleMarket, time: Time
) -> None:
    path = "/api/v3/simple/price?ids=bitcoin&vs_currencies=usd&include_last_updated_at=true"
    time.now += timedelta(seconds=30)
    stale = (await get(client, path))["bitcoin"]["last_updated_at"]
    market.step(30)
    fresh = (await get(client, path))["bitcoin"]["last_updated_at"]
    assert (stale, fresh) == (int(START_AT.timestamp()), int(START_AT.timestamp()) + 30)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("&ids=solana,bitcoin,nonesuch", ["bitcoin", "solana"]),
        ("&ids=solana,bitcoin&order=market_cap_asc", ["solana", "bitcoin"]),
        ("&ids=solana,bitcoin&order=id_desc", ["solana", "bitcoin"]),
        ("&ids=nonesuch", []),
        ("&order=id_asc&per_page=2&page=2", ["ethereum", "solana"]),
        ("&per_page=2&page=99", []),
    ],
)
async def test_markets_answers_in_the_order_asked_for(
    client: Client, query: str, expected: list[str]
) -> None:
    rows = await get(client, f"/api/v3/coins/markets?vs_currency=usd{query}")
    assert [row["id"] for row in rows] == expected


async def test_markets_adds_what_was_asked_for_by_name(client: Client) -> None:
    query = "vs_currency=btc&ids=ethereum&sparkline=true&price_change_percentage=1h,7d"
    (row,) = await get(client, f"/api/v3/coins/markets?{query}&precision=4")
    assert row["current_price"] == 0.0344
    assert row["sparkline_in_7d"]["price"][-1] == pytest.approx(0.0344, abs=1e-4)
    assert "price_change_percentage_1h_in_currency" in row
    assert "price_change_percentage_24h_in_currency" not in row


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v3/simple/price?ids=bitcoin", 422),
        ("/api/v3/coins/markets", 400),
        ("/api/v3/coins/markets?vs_currency=xyz", 400),
        ("/api/v3/coins/markets?vs_currency=usd&page=x", 422),
        ("/api/v3/coins/nonesuch/market_chart?vs_currency=usd&days=1", 404),
        ("/api/v3/coins/bitcoin/market_chart?vs_currency=xyz&days=1", 400),
        ("/api/v3/coins/bitcoin/market_chart?vs_currency=usd&days=NaN", 422),
        ("/api/v3/coins/bitcoin/market_chart?vs_currency=usd", 422),
        ("/api/v3/coins/nonesuch/ohlc?vs_currency=usd&days=1", 404),
        ("/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=2", 422),
    ],
)
async def test_a_bad_question_is_answered_with_an_error(
    client: Client, path: str, status: int
) -> None:
    assert "error" in await get(client, path, status)


async def test_charts_and_candles_reach_the_present(client: Client) -> None:
    query = "vs_currency=usd&days=1"
    chart = await get(client, f"/api/v3/coins/bitcoin/market_chart?{query}")
    candles = await get(client, f"/api/v3/coins/bitcoin/ohlc?{query}")
    longest = await get(client, "/api/v3/coins/bitcoin/market_chart?vs_currency=usd&days=max")
    assert chart["prices"][-1][1] == candles[-1][4] == longest["prices"][-1][1] == 94180


async def test_beyond_the_limit_it_answers_as_coingecko_does(time: Time) -> None:
    market = SampleMarket(5, time, requests_per_minute=2, assets=FEW)
    async for client in serve(market):
        for _ in range(2):
            await get(client, "/api/v3/ping")
            time.now += timedelta(seconds=10)
        async with client.get("/api/v3/ping") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "40")
            assert (await answer.json())["status"]["error_code"] == 429
        await get(client, "/market/state")
        time.now += timedelta(seconds=40)
        await get(client, "/api/v3/ping")


async def test_an_answer_can_be_a_page_of_html(client: Client, market: SampleMarket) -> None:
    market.fault = Fault.HTML
    async with client.get("/api/v3/ping") as answer:
        assert answer.content_type == "text/html"
        assert "<h1>" in await answer.text()


async def test_an_answer_can_be_unavailable_or_broken(client: Client, market: SampleMarket) -> None:
    market.fault = Fault.UNAVAILABLE
    await get(client, "/api/v3/ping", 503)
    market.fault = Fault.NULL_PRICE
    (row,) = await get(client, "/api/v3/coins/markets?vs_currency=usd&ids=bitcoin")
    assert row["current_price"] is None


async def test_the_page_moves_prices_and_pauses_the_walk(
    client: Client, market: SampleMarket
) -> None:
    async with client.post("/market/price", json={"id": "bitcoin", "price": "95100"}) as answer:
        assert (await answer.json())["price"] == "95100"
    async with client.post("/market/price", json={"id": "solana", "price": 150.25}) as answer:
        assert (await answer.json())["price"] == "150.25"
    async with client.post("/market/run", json={"running": False}) as answer:
        assert await answer.json() == {"running": False}
    state = await get(client, "/market/state")
    assert (state["running"], state["assets"][0]["price"]) == (False, "95100")
    assert state["assets"][0]["spark"][-1] == 95100
    assert market.price("solana") == Decimal("150.25")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/market/price", {"id": "nonesuch", "price": "1"}),
        ("/market/price", {"id": ["bitcoin"], "price": "1"}),
        ("/market/price", {"id": "bitcoin", "price": "much"}),
        ("/market/price", {"id": "bitcoin", "price": "-1"}),
        ("/market/price", {"id": "bitcoin"}),
        ("/market/price", ["bitcoin"]),
        ("/market/run", {"running": "yes"}),
    ],
)
async def test_a_bad_order_of_the_page_changes_nothing(
    client: Client, market: SampleMarket, path: str, body: object
) -> None:
    before = market.state()
    async with client.post(path, json=body) as answer:
        assert answer.status == 400
        assert "error" in await answer.json()
    assert market.state() == before


async def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    async with client.post("/market/run", data=b"{", headers=headers) as answer:
        assert answer.status == 400
