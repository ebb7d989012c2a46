"""A stream at work: ccxt's own client, a local exchange over a real websocket, a real database."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.alerts import Direction
from bot.domain.assets import Assets
from bot.domain.errors import DatabaseLocked, HttpStatusError
from bot.domain.markets import Market, Tick
from bot.prices.coingecko import CoinGecko
from bot.prices.streams import Rhythm, Stream
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from bot.prices.watch import PriceWatch
from storage.markets import ask_markets, stored_market
from tests.prices.conftest import ASSETS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from datetime import datetime

    from bot.prices.exchanges import Exchange
    from tests.prices.conftest import PriceWorld
    from tests.prices.local_binance import Binance

BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")
FAST = Rhythm(passing=0.01, look=0.02, change=0.0, silence=30.0, first_wait=0.01, longest_wait=0.05)


class Sink:
    """Keeps what it is given and passes it on to a watch; fails as often as it is told to."""

    def __init__(self, watch: PriceWatch) -> None:
        self.failures = 0
        self.prices: list[Decimal] = []
        self._watch = watch

    async def apply_ticks(self, ticks: Sequence[Tick]) -> int:
        if self.failures:
            self.failures -= 1
            raise DatabaseLocked("busy")
        fired = await self._watch.apply_ticks(ticks)
        self.prices += [tick.price for tick in ticks]
        return fired


class Channel:
    """A stream with all that it works on. The monotonic seconds stand still but for a test."""

    def __init__(self, prices: PriceWorld, exchange: Exchange, binance: Binance) -> None:
        self.prices = prices
        self.binance = binance
        gecko = CoinGecko(prices.client, prices.api_url)
        self.supplies = Supplies([Supply(exchange, 120, 5), Supply(gecko, 5, 5)], gecko.name)
        self.supply = self.supplies.all[0]
        self.watch = PriceWatch(
            database=prices.database,
            supplies=self.supplies,
            assets=Assets(ASSETS),
            quote="USD",
            clock=prices.clock,
            monotonic=prices.seconds,
            outbox=prices.bell,
            reports=prices.reports,
        )
        self.sink = Sink(self.watch)
        self.stream = Stream(
            streamer=exchange,
            supplies=self.supplies,
            sink=self.sink,
            database=prices.database,
            quote="USD",
            clock=prices.clock,
            monotonic=prices.seconds,
            rhythm=FAST,
        )

    async def ask(self, *markets: Market) -> None:
        async with self.prices.database.writing() as tx:
            await ask_markets(tx, markets, self.prices.clock())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The stream as a task, once it is subscribed."""
        task = asyncio.create_task(self.stream.run())
        try:
            await self.binance.connected.wait()
            yield
        finally:
            task.cancel()
            found = await asyncio.gather(task, return_exceptions=True)
            assert isinstance(found[0], asyncio.CancelledError)

    async def subscribed_again(self) -> None:
        self.binance.connected.clear()
        await self.binance.connected.wait()

    async def heard(self, price: object, symbol: str = "BTC/USDT", age: float = 0) -> None:
        """Push a price, again and again, until it was passed on."""
        while Decimal(str(price)) not in self.sink.prices:
            await self.binance.push(symbol, price, age=age)
            await asyncio.sleep(0.02)

    async def price(self, market: Market = BITCOIN) -> Decimal | None:
        async with self.prices.database.reading() as tx:
            tick = (await stored_market(tx, market)).tick
        return tick.price if tick else None


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110  # what is waited for sets no event
        await asyncio.sleep(0.005)


@pytest.fixture
async def channel(prices: PriceWorld, exchange: Exchange, binance: Binance) -> Channel:
    binance.pairs = {"BTC/USDT": 95_000, "ETH/USDT": 3_000}
    made = Channel(prices, exchange, binance)
    await made.ask(BITCOIN)
    return made


async def test_pushed_prices_become_the_markets_price(channel: Channel) -> None:
    async with channel.running():
        await channel.heard(95_001)
        assert await channel.price() == 95_001
        state = channel.watch.state().providers[0]
        assert (state.name, state.streamed, state.in_use) == ("binance", 1, True)
    assert channel.watch.state().providers[0].streamed == 0, "a stream that ended tells nothing"


async def test_a_wick_within_a_moment_rings(channel: Channel) -> None:
    """The price is back before anything is passed on."""
    prices = channel.prices
    alert = await prices.add_alert(Direction.BELOW, 91_000, 95_000)
    async with channel.running():
        await channel.heard(95_000)
        prices.advance(1)
        await channel.binance.push("BTC/USDT", 90_500)
        await channel.binance.push("BTC/USDT", 95_050)
        await until(lambda: Decimal(95_050) in channel.sink.prices)
    assert [(one[0], one[2]) for one in await prices.firings()] == [(alert, Decimal(90_500))]
    assert await channel.price() == 95_050


async def test_what_is_streamed_is_polled_once_a_minute(channel: Channel) -> None:
    """Everything else at the usual pace."""
    seconds = channel.prices.seconds
    watched = {BITCOIN, ETHER}
    async with channel.running():
        channel.supplies.markets_of(channel.supply, watched, seconds())
        await channel.heard(95_001)
        assert channel.supplies.markets_of(channel.supply, watched, seconds()) == {ETHER}
        channel.prices.advance(61)
        await channel.heard(95_002)
        assert channel.supplies.markets_of(channel.supply, watched, seconds()) == watched


async def test_a_stream_that_breaks_off_hands_over_to_polls_at_once_and_comes_back(
    channel: Channel,
) -> None:
    async with channel.running():
        await channel.watch.poll()
        await channel.heard(95_001)
        assert channel.watch.next_poll_seconds() > 0
        with capture_logs() as logs:
            await channel.binance.close()
            await until(lambda: any(one["event"] == "stream_broken" for one in logs))
            assert not channel.supply.is_streamed(BITCOIN, channel.prices.seconds())
            assert channel.watch.next_poll_seconds() == 0
            await channel.subscribed_again()
        await channel.heard(95_002)
    (broken,) = [one for one in logs if one["event"] == "stream_broken"]
    assert "the stream of binance broke off" in broken["error"]


async def test_a_silent_stream_is_begun_anew(channel: Channel) -> None:
    """Its markets are polled long before."""
    async with channel.running():
        await channel.heard(95_001)
        channel.prices.advance(25)
        assert not channel.supply.is_streamed(BITCOIN, channel.prices.seconds())
        with capture_logs() as logs:
            channel.prices.advance(6)
            await channel.subscribed_again()
        assert [one["error"] for one in logs if one["event"] == "stream_broken"] == [
            "the stream of binance is silent"
        ]


@pytest.mark.parametrize("frame", ["{broken", "[]", '{"e": "24hrTicker"}'])
async def test_garbage_neither_rings_nor_ends_it_for_good(channel: Channel, frame: str) -> None:
    prices = channel.prices
    await prices.add_alert(Direction.BELOW, 1, 95_000)
    async with channel.running():
        channel.binance.connected.clear()
        await channel.binance.push_raw(frame)
        await channel.binance.connected.wait()
        await channel.heard(95_003)
    assert await prices.firings() == []


async def test_old_prices_leave_their_market_to_polls_and_fire_nothing(channel: Channel) -> None:
    prices = channel.prices
    await prices.add_alert(Direction.BELOW, 91_000, 95_000)
    async with channel.running():
        await channel.heard(90_000, age=3600)
        assert not channel.supply.is_streamed(BITCOIN, prices.seconds())
    assert await prices.firings() == []


async def test_what_is_watched_now_is_what_it_listens_to(channel: Channel) -> None:
    async with channel.running():
        await channel.heard(95_001)
        channel.binance.connected.clear()
        await channel.ask(BITCOIN, ETHER)
        channel.prices.advance(1)
        await channel.binance.connected.wait()
        await channel.heard(3_001, "ETH/USDT")
    assert [len(one) for one in channel.binance.subscribed] == [1, 2]
    assert await channel.price(ETHER) == 3_001


async def test_a_provider_that_is_set_aside_is_not_listened_to(channel: Channel) -> None:
    """Until it is tried again."""
    prices = channel.prices
    async with channel.running():
        await channel.heard(95_001)
        error = HttpStatusError("binance answered HTTP 451", status=451)
        channel.supplies.failed(channel.supply, error, "USD", prices.clock(), prices.seconds())
        prices.advance(1)
        await until(lambda: all(socket.closed for socket in channel.binance.sockets))
        channel.binance.connected.clear()
        prices.advance(3_600)
        await channel.ask(BITCOIN)
        await channel.binance.connected.wait()
        assert not all(socket.closed for socket in channel.binance.sockets)


async def test_refused_sockets_are_tried_again_ever_more_seldom(channel: Channel) -> None:
    channel.binance.refused_sockets = 451
    with capture_logs() as logs:
        task = asyncio.create_task(channel.stream.run())
        await until(lambda: sum(one["event"] == "stream_broken" for one in logs) >= 5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    broken = [one for one in logs if one["event"] == "stream_broken"]
    assert [one["again_seconds"] for one in broken[:2]] == [0.0, 0.0]
    assert all("HTTP 451" in one["error"] for one in broken)


async def test_ticks_wait_while_the_database_is_busy(channel: Channel) -> None:
    """The wick among them."""
    alert = await channel.prices.add_alert(Direction.BELOW, 91_000, 95_000)
    async with channel.running():
        await channel.heard(95_000)
        channel.prices.advance(1)
        channel.sink.failures = 3
        await channel.binance.push("BTC/USDT", 90_500)
        await channel.binance.push("BTC/USDT", 95_050)
        await until(lambda: Decimal(95_050) in channel.sink.prices)
    assert [one[0] for one in await channel.prices.firings()] == [alert]


async def test_with_nothing_to_listen_to_it_waits(
    prices: PriceWorld, exchange: Exchange, binance: Binance
) -> None:
    """Also where the exchange lists none of what is watched."""
    binance.pairs = {"ETH/USDT": 1}
    channel = Channel(prices, exchange, binance)
    task = asyncio.create_task(channel.stream.run())
    await asyncio.sleep(0.1)
    await channel.ask(BITCOIN)
    await until(lambda: exchange.markets_known)
    await asyncio.sleep(0.1)
    assert binance.sockets == []
    await channel.ask(ETHER)
    await binance.connected.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Hearing:
    """Who tells one price and then hangs; it ends as a test says, its sockets close with `gate`."""

    name = "binance"

    def __init__(self) -> None:
        self.begun = 0
        self.closing = asyncio.Event()
        self.gate = asyncio.Event()
        self.broken = asyncio.Event()
        self.error_at_closing: Exception | None = None

    async def listen(
        self,
        markets: Collection[Market],
        hear: Callable[[Tick], None],
        clock: Callable[[], datetime],
    ) -> None:
        del markets
        self.begun += 1
        hear(Tick(BITCOIN, Decimal(95_000), self.name, clock(), clock()))
        try:
            await self.broken.wait()
            raise RuntimeError("a mistake in a parser")
        finally:
            self.closing.set()
            await self.gate.wait()
            if self.error_at_closing is not None:
                raise self.error_at_closing


def over(channel: Channel, hearing: Hearing) -> Stream:
    return Stream(
        streamer=hearing,
        supplies=channel.supplies,
        sink=channel.sink,
        database=channel.prices.database,
        quote="USD",
        clock=channel.prices.clock,
        monotonic=channel.prices.seconds,
        rhythm=FAST,
    )


async def test_one_that_is_cancelled_while_its_sockets_close_ends(channel: Channel) -> None:
    """Once they are closed; a silence closes them at the moment that the bot is stopped."""
    hearing = Hearing()
    task = asyncio.create_task(over(channel, hearing).run())
    await until(lambda: channel.sink.prices != [])
    channel.prices.advance(31)
    await hearing.closing.wait()
    task.cancel()
    await asyncio.wait([task], timeout=0.05)
    assert not task.done()
    hearing.gate.set()
    await asyncio.wait([task], timeout=5)
    ended = task.cancelled()
    task.cancel()
    await asyncio.wait([task])
    assert ended
    assert hearing.begun == 1


@pytest.mark.parametrize("at_closing", [False, True])
async def test_whatever_it_fails_with_polls_take_over(channel: Channel, at_closing: bool) -> None:
    """Its markets are polled at once, while its sockets are closed; and it is tried again."""
    hearing = Hearing()
    if at_closing:
        hearing.error_at_closing = RuntimeError("the socket is gone")
    task = asyncio.create_task(over(channel, hearing).run())
    seconds = channel.prices.seconds
    await until(lambda: channel.supply.is_streamed(BITCOIN, seconds()))
    with capture_logs() as logs:
        if at_closing:
            channel.supplies.failed(
                channel.supply,
                HttpStatusError("binance answered HTTP 451", status=451),
                "USD",
                channel.prices.clock(),
                seconds(),
            )
            channel.prices.advance(1)
        else:
            hearing.broken.set()
        await hearing.closing.wait()
        hearing.gate.set()
        await until(lambda: not channel.supply.is_streamed(BITCOIN, seconds()))
        noted = "stream_closed_badly" if at_closing else "stream_failed"
        await until(lambda: any(one["event"] == noted for one in logs))
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
