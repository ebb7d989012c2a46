"""Exchanges of swaps through ccxt's own client, over HTTP and websockets on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.assets import Asset, Assets
from bot.domain.conditions import Side
from bot.domain.errors import FetchError, HttpStatusError, ParseError
from bot.prices.swap_rows import Liquidation
from bot.prices.swaps import Swaps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import StandingClock
    from tests.prices.local_swaps import LocalBinanceSwaps, LocalBybit, LocalSwaps

    Opener = Callable[[LocalSwaps, str], Awaitable[Swaps]]

IDS = frozenset({"bitcoin", "ethereum", "solana"})


class Ear:
    """Listens to swaps in the background, and keeps what it heard."""

    def __init__(self, swaps: Swaps, clock: Callable[[], Any], wanted: frozenset[str]) -> None:
        self.heard: list[tuple[str, Liquidation]] = []
        self.on_air: set[str] = set()
        self.wanted = wanted
        self._task = asyncio.create_task(
            swaps.listen(lambda: self.wanted, self._hear, self._note, clock)
        )

    def _hear(self, asset_id: str, event: Liquidation) -> None:
        self.heard.append((asset_id, event))

    def _note(self, asset_ids: Any) -> None:
        self.on_air = set(asset_ids)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # ccxt has no event for it
                if self._task.done():
                    self._task.result()
                await asyncio.sleep(0.01)

    async def ended(self) -> None:
        async with asyncio.timeout(10):
            await self._task

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, FetchError, ParseError):
            await self._task


# ---- funding


async def test_a_funding_rate_is_that_of_the_assets_swap(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    """As the exchange wrote it; an asset without a swap is left out."""
    swaps = await swap_server(usdm, "binanceusdm")
    usdm.rates |= {"BTCUSDT": "0.00063521", "ETHUSDT": "-0.0001"}
    found = await swaps.fetch_funding(IDS, clock())
    assert {one: rate.rate for one, rate in found.items()} == {
        "bitcoin": Decimal("0.00063521"),
        "ethereum": Decimal("-0.0001"),
    }
    assert found["bitcoin"].at == clock()


async def test_bybit_tells_rates_in_its_tickers(
    bybit: LocalBybit, swap_server: Opener, clock: StandingClock
) -> None:
    """Only its linear contracts are asked for."""
    swaps = await swap_server(bybit, "bybit")
    bybit.rates["BTCUSDT"] = "0.0005"
    found = await swaps.fetch_funding({"bitcoin"}, clock())
    assert found["bitcoin"].rate == Decimal("0.0005")
    assert set(bybit.asked) == {"/v5/market/instruments-info", "/v5/market/tickers"}


@pytest.mark.parametrize("rate", ["NaN", "Infinity", None, "", "0.9", "1e999"])
async def test_a_rate_that_makes_no_sense_is_no_rate(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock, rate: object
) -> None:
    swaps = await swap_server(usdm, "binanceusdm")
    usdm.rates["BTCUSDT"] = rate
    assert set(await swaps.fetch_funding(IDS, clock())) == {"ethereum"}


async def test_an_old_rate_is_no_rate(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    swaps = await swap_server(usdm, "binanceusdm")
    usdm.age = 301
    assert await swaps.fetch_funding(IDS, clock()) == {}


async def test_a_page_instead_of_rates_is_an_error(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    swaps = await swap_server(usdm, "binanceusdm")
    await swaps.load(clock())
    usdm.refusal = (200, "<html><h1>Maintenance</h1></html>")
    with pytest.raises((FetchError, ParseError)):
        await swaps.fetch_funding(IDS, clock())
    usdm.refusal = (451, "not here")
    with pytest.raises(HttpStatusError) as caught:
        await swaps.fetch_funding(IDS, clock())
    assert caught.value.status == 451


async def test_a_coin_of_a_small_price_is_traded_by_the_thousand(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    """And an asset that shares its symbol with a larger one has no swap."""
    usdm.rates |= {"1000PEPEUSDT": "0.0003", "SOLUSDT": "0.0004"}
    swaps = await swap_server(usdm, "binanceusdm")
    swaps._assets = Assets(
        [
            Asset("pepe", "PEPE", "Pepe", rank=30),
            Asset("solana", "SOL", "Solana", rank=5),
            Asset("wrapped-solana", "SOL", "Wrapped Solana", rank=500),
        ]
    )
    found = await swaps.fetch_funding({"pepe", "solana", "wrapped-solana"}, clock())
    assert {one: rate.rate for one, rate in found.items()} == {
        "pepe": Decimal("0.0003"),
        "solana": Decimal("0.0004"),
    }


async def test_an_exchange_that_ccxt_does_not_know_is_an_error(clock: StandingClock) -> None:
    with pytest.raises(FetchError, match="nowhere"):
        await Swaps("nowhere", Assets([])).fetch_funding({"bitcoin"}, clock())


# ---- liquidations


async def test_every_liquidation_of_a_burst_is_heard(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    """Of wanted assets alone; a long is closed by an order that sells."""
    swaps = await swap_server(usdm, "binanceusdm")
    ear = Ear(swaps, clock, frozenset({"bitcoin"}))
    await ear.until(lambda: ear.on_air == {"bitcoin"} and usdm.listening())
    assert usdm.subscribed == [["!forceOrder@arr"]]
    for number in range(50):
        await usdm.liquidate("BTCUSDT", "SELL", "1.5", str(95_000 + number))
        await usdm.liquidate("ETHUSDT", "BUY", "10", "3000")
    await usdm.liquidate("BTCUSDT", "BUY", "2", "90000")
    await ear.until(lambda: len(ear.heard) == 51)
    assert ear.heard[0] == (
        "bitcoin",
        Liquidation("BTC/USDT:USDT", Side.LONGS, Decimal("142500.0"), clock()),
    )
    assert ear.heard[-1][1].side is Side.SHORTS
    await ear.close()


async def test_bybit_tells_the_positions_own_side(
    bybit: LocalBybit, swap_server: Opener, clock: StandingClock
) -> None:
    """And each asset is a topic of its own, added while it listens."""
    swaps = await swap_server(bybit, "bybit")
    ear = Ear(swaps, clock, frozenset({"bitcoin"}))
    await ear.until(lambda: bybit.subscribed == [["allLiquidation.BTCUSDT"]])
    ear.wanted = frozenset({"bitcoin", "ethereum"})
    await ear.until(lambda: ["allLiquidation.ETHUSDT"] in bybit.subscribed)
    await bybit.liquidate("BTCUSDT", "Buy", "2", "95000")
    await bybit.liquidate("ETHUSDT", "Sell", "10", "3000")
    await ear.until(lambda: len(ear.heard) == 2)
    assert [(asset, event.side, event.dollars) for asset, event in ear.heard] == [
        ("bitcoin", Side.LONGS, Decimal(190_000)),
        ("ethereum", Side.SHORTS, Decimal(30_000)),
    ]
    assert len(bybit.sockets) == 1
    await ear.close()


async def test_it_stops_when_nothing_is_wanted_any_more(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    swaps = await swap_server(usdm, "binanceusdm")
    ear = Ear(swaps, clock, frozenset({"bitcoin"}))
    await ear.until(usdm.listening)
    ear.wanted = frozenset()
    await ear.ended()
    async with asyncio.timeout(5):
        while any(not socket.closed for socket in usdm.sockets):  # noqa: ASYNC110  # no event
            await asyncio.sleep(0.01)
    assert not usdm.listening()


async def test_nothing_is_opened_for_an_asset_without_a_swap(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    swaps = await swap_server(usdm, "binanceusdm")
    await Ear(swaps, clock, frozenset({"solana"})).ended()
    assert usdm.sockets == []


@pytest.mark.parametrize(
    ("amount", "price", "age"),
    [
        ("NaN", "95000", 0),
        ("-1", "95000", 0),
        ("0", "95000", 0),
        (None, "95000", 0),
        ("1", "Infinity", 0),
        ("1e9", "1e9", 0),
        ("1", "95000", 301),
        ("1", "95000", -61),
    ],
)
async def test_a_liquidation_that_makes_no_sense_is_left_out(
    usdm: LocalBinanceSwaps,
    swap_server: Opener,
    clock: StandingClock,
    amount: object,
    price: object,
    age: float,
) -> None:
    """Numbers that are none, negative, beyond all bounds; events of long ago, or of tomorrow."""
    swaps = await swap_server(usdm, "binanceusdm")
    ear = Ear(swaps, clock, frozenset({"bitcoin"}))
    await ear.until(usdm.listening)
    await usdm.liquidate("BTCUSDT", "SELL", amount, price, age)
    await usdm.liquidate("BTCUSDT", "HOLD", "1", "95000")
    await usdm.liquidate("BTCUSDT", "SELL", "1", "95000")
    await ear.until(lambda: bool(ear.heard))
    assert [event.dollars for _, event in ear.heard] == [Decimal(95_000)]
    await ear.close()


async def test_a_page_on_the_stream_ends_it(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    """What is no liquidation is no reason to go on in silence when the socket is closed."""
    swaps = await swap_server(usdm, "binanceusdm")
    ear = Ear(swaps, clock, frozenset({"bitcoin"}))
    await ear.until(usdm.listening)
    await usdm.push_raw("<html>gone</html>")
    await usdm.drop()
    with pytest.raises(FetchError, match="broke off"):
        await ear.ended()
    assert ear.heard == []


async def test_a_refused_socket_is_an_error(
    usdm: LocalBinanceSwaps, swap_server: Opener, clock: StandingClock
) -> None:
    swaps = await swap_server(usdm, "binanceusdm")
    usdm.refused_sockets = 451
    with pytest.raises(FetchError, match="HTTP 451"):
        await Ear(swaps, clock, frozenset({"bitcoin"})).ended()
