"""What is heard on an exchange's websocket, through ccxt's own client."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import ConnectionFailed
from bot.domain.markets import Market, Tick
from bot.prices.exchange_sockets import HeardTickers, broken_stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.prices.exchanges import Exchange
    from tests.conftest import StandingClock
    from tests.prices.local_binance import Binance

MARKETS = [Market("bitcoin"), Market("ethereum")]


class Ear:
    """Keeps the ticks of a stream."""

    def __init__(self) -> None:
        self.ticks: list[Tick] = []
        self.listening: asyncio.Task[None] | None = None
        self._heard = asyncio.Event()

    def __call__(self, tick: Tick) -> None:
        self.ticks.append(tick)
        self._heard.set()

    async def until(self, count: int) -> list[str]:
        """The prices, once so many came."""
        while len(self.ticks) < count:
            self._heard.clear()
            await self._heard.wait()
        return [str(tick.price) for tick in self.ticks]


@asynccontextmanager
async def listening(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> AsyncIterator[Ear]:
    """An ear at the exchange's websocket, once that is subscribed."""
    ear = Ear()
    ear.listening = asyncio.create_task(exchange.listen(MARKETS, ear, clock))
    subscribed = asyncio.create_task(binance.connected.wait())
    await asyncio.wait([ear.listening, subscribed], return_when="FIRST_COMPLETED")
    subscribed.cancel()
    yield ear
    ear.listening.cancel()
    await asyncio.gather(ear.listening, return_exceptions=True)


@pytest.fixture
async def pairs(binance: Binance) -> None:
    binance.pairs = {"BTC/USDT": 95_000, "ETH/USDT": 3_000}


@pytest.mark.usefixtures("pairs")
async def test_every_ticker_of_a_burst_is_heard_in_its_order(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """Those of markets that nobody asked for are not."""
    async with listening(exchange, binance, clock) as ear:
        for price in (95_001, 70_000, 120_000, 95_002):
            await binance.push("BTC/USDT", price)
        await binance.push("DOGE/USDT", 1)
        await binance.push("ETH/USDT", "3001.5")
        assert await ear.until(5) == ["95001", "70000", "120000", "95002", "3001.5"]
    assert ear.ticks[0].market == Market("bitcoin")
    assert (ear.ticks[0].provider, ear.ticks[0].provider_at) == ("binance", clock())


@pytest.mark.usefixtures("pairs")
@pytest.mark.parametrize(
    "frame",
    [
        "{broken",
        "[]",
        '{"e": "24hrTicker"}',
        '["x", "x"]',
        "[" * 100_000,
        "x" * (5 * 1024 * 1024 + 1),
    ],
)
async def test_a_frame_that_cannot_be_read_is_a_failure(
    exchange: Exchange, binance: Binance, clock: StandingClock, frame: str
) -> None:
    """It would end the reading in silence; the next attempt hears again."""
    async with listening(exchange, binance, clock) as ear:
        await binance.push_raw(frame)
        assert ear.listening is not None
        with pytest.raises(ConnectionFailed, match="the stream of binance broke off"):
            await ear.listening
    assert ear.ticks == []
    binance.connected.clear()
    async with listening(exchange, binance, clock) as ear:
        await binance.push("BTC/USDT", 95_003)
        assert await ear.until(1) == ["95003"]


@pytest.mark.usefixtures("pairs")
@pytest.mark.parametrize("price", ["NaN", "-5", "0", "1e40", "x", None])
async def test_rows_and_frames_that_say_nothing_pass_without_a_tick(
    exchange: Exchange, binance: Binance, clock: StandingClock, price: object
) -> None:
    async with listening(exchange, binance, clock) as ear:
        for frame in ("<html>hello</html>", "null", "5", '"x"', '{"error": {"code": 1}}'):
            await binance.push_raw(frame)
        await binance.push("BTC/USDT", price)
        ahead = binance.streamed("BTC/USDT", 7, int(clock().timestamp() + 3600) * 1000)
        await binance.push_raw(json.dumps(ahead))
        await binance.push("ETH/USDT", 3_002)
        assert await ear.until(1) == ["3002"]


@pytest.mark.usefixtures("pairs")
async def test_refused_and_closed_by_the_server(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """Both are failures that say what happened; no task of ccxt is left behind."""
    before = asyncio.all_tasks()
    binance.refused_sockets = 451
    with pytest.raises(ConnectionFailed, match="HTTP 451"):
        await exchange.listen(MARKETS, Ear(), clock)
    binance.refused_sockets = None
    async with listening(exchange, binance, clock) as ear:
        await binance.push("BTC/USDT", 95_000)
        await ear.until(1)
        await binance.close()
        assert ear.listening is not None
        with pytest.raises(ConnectionFailed, match="broke off"):
            await ear.listening
    left = [repr(task) for task in asyncio.all_tasks() - before]
    assert not [text for text in left if "ccxt" in text or "exchange" in text]


@pytest.mark.usefixtures("pairs")
async def test_closing_while_it_connects_leaves_nothing_behind(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    await exchange.fetch_ticks(["bitcoin"], "USD", clock())
    assert binance.sockets == []
    task = asyncio.create_task(exchange.listen(MARKETS, Ear(), clock))
    for _ in range(4):
        await asyncio.sleep(0)
    await exchange.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await exchange.close()


def test_tickers_are_kept_and_told() -> None:
    tickers, told = HeardTickers(), list[str]()
    tickers["A/B"] = 1
    tickers.hear = lambda symbol, ticker: told.append(f"{symbol} {ticker}")
    tickers["A/B"] = 2
    assert (dict(tickers), told) == ({"A/B": 2}, ["A/B 2"])


async def broken(failure: object = None, watching: BaseException | None = None) -> str:
    """What is told of a stream that ended so; None for what still goes on."""
    loop = asyncio.get_running_loop()
    heard, watched = loop.create_future(), loop.create_future()
    if failure is not None:
        heard.set_result(failure)
    if watching is not None:
        watched.set_exception(watching)
    try:
        return broken_stream("the stream of x", [heard, watched]).log_text
    finally:
        heard.cancel()
        watched.cancel()


class Refused(Exception):
    """As aiohttp tells of a socket that was refused."""

    status = 451


async def test_why_a_stream_broke_is_told_without_the_words_of_ccxt() -> None:
    """The error that ccxt wrapped counts; a socket's comes before those of who asks it."""
    told = [
        await broken(ConnectionResetError("closed with code 1006")),
        await broken(watching=ValueError("<html>a whole page</html>")),
        await broken(ConnectionResetError("closed"), ValueError("later")),
        await broken(RuntimeError(Refused("<html>"))),
        await broken(watching=RuntimeError(TimeoutError("at https://x.example/?key=1"))),
        await broken(),
    ]
    assert told == [
        f"the stream of x broke off ({how})"
        for how in (
            "ConnectionResetError",
            "ValueError",
            "ConnectionResetError",
            "HTTP 451",
            "TimeoutError",
            "ConnectionResetError",
        )
    ]
