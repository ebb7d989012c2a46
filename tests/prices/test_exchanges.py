"""An exchange through ccxt's own client, against a local server that plays Binance."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.assets import Assets
from bot.domain.candles import Timeframe
from bot.domain.errors import ConfigError, FetchError, ParseError
from bot.domain.markets import Market
from bot.prices.exchanges import open_exchange

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.candles import Candle
    from bot.domain.markets import Tick
    from bot.prices.exchanges import Exchange
    from tests.conftest import StandingClock
    from tests.prices.local_binance import Binance


async def test_tickers_become_ticks_with_the_exchanges_own_time(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    binance.pairs = {"BTC/USDT": "95123.45", "ETH/BTC": "0.0345", "SOL/FDUSD": "180.5"}
    binance.age = 7
    (bitcoin, solana) = await exchange.fetch_ticks(["bitcoin", "solana"], "USD", clock())
    assert bitcoin.market == Market("bitcoin", "USD")
    assert (bitcoin.price, bitcoin.provider) == (Decimal("95123.45"), "binance")
    assert bitcoin.provider_at == clock() - timedelta(seconds=7)
    assert bitcoin.received_at == clock()
    assert (bitcoin.change_1h, bitcoin.change_24h, bitcoin.change_7d) == (
        None,
        Decimal("-1.250"),
        None,
    )
    assert (bitcoin.high_24h, bitcoin.low_24h) == (Decimal("97000.10"), Decimal(93000))
    assert bitcoin.volume_24h == Decimal("11700000.25")
    assert solana.price == Decimal("180.5")
    (pair,) = await exchange.fetch_ticks(["ethereum", "bitcoin"], "BTC", clock())
    assert (pair.market, pair.price) == (Market("ethereum", "BTC"), Decimal("0.0345"))


async def test_what_it_does_not_list_is_neither_asked_nor_given(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """Unknown assets, halted pairs, dollar coins in dollar coins, the smaller of two namesakes."""
    binance.pairs = {"BTC/USDT": 1, "ETH/USDT": 2, "SOL/USDT": 3, "USDT/USDC": 1}
    binance.halted = {"ETH/USDT"}
    assert exchange.lists("nobody", "USD"), "before its markets are known nobody can tell"
    ids = ["bitcoin", "ethereum", "solana", "wrapped-solana", "tether", "nobody"]
    found = await exchange.fetch_ticks(ids, "USD", clock())
    assert [tick.market.asset_id for tick in found] == ["bitcoin", "solana"]
    assert [one for one in ids if exchange.lists(one, "USD")] == ["bitcoin", "solana"]
    assert not exchange.lists("bitcoin", "EUR")
    asked = len(binance.asked)
    assert await exchange.fetch_ticks(["nobody"], "USD", clock()) == []
    assert len(binance.asked) == asked


async def test_markets_are_learnt_once_an_hour_and_old_ones_serve_while_that_fails(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    for _ in range(3):
        await exchange.fetch_ticks(["bitcoin", "solana"], "USD", clock())
    assert binance.asked.count("/api/v3/exchangeInfo") == 1
    binance.pairs["SOL/USDT"] = 3
    clock.advance(3601)
    found = await exchange.fetch_ticks(["bitcoin", "solana"], "USD", clock())
    assert len(found) == 2
    del binance.pairs["SOL/USDT"]
    with pytest.raises(FetchError, match="HTTP 400"):
        await exchange.fetch_ticks(["bitcoin", "solana"], "USD", clock())
    found = await exchange.fetch_ticks(["bitcoin", "solana"], "USD", clock())
    assert len(found) == 1, "a question that was refused lets it look again"


@pytest.mark.parametrize(
    "body", ["<html>hello</html>", "null", "[]", "{}", '"x"', '[{"symbol": 5}]', '{"symbols": 5}']
)
async def test_answers_that_are_no_tickers_give_no_prices(
    exchange: Exchange, binance: Binance, now: datetime, body: str
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    binance.refusal = (200, body, {"Content-Type": "application/json"})
    with pytest.raises((ParseError, FetchError)):
        await exchange.fetch_ticks(["bitcoin"], "USD", now)
    binance.refusal = None
    await exchange.fetch_ticks(["bitcoin"], "USD", now)
    binance.refusal = (200, body, {"Content-Type": "application/json"})
    found: list[Tick] = []
    with contextlib.suppress(ParseError, FetchError):
        found = await exchange.fetch_ticks(["bitcoin"], "USD", now)
    assert found == []


@pytest.mark.parametrize("price", ["NaN", "x", "0", None])
async def test_one_row_that_cannot_be_read_does_not_spoil_the_others(
    exchange: Exchange, binance: Binance, clock: StandingClock, price: object
) -> None:
    """Nor is its price worked out of the opening price and the change."""
    binance.pairs = {"BTC/USDT": price, "ETH/USDT": 3_000}
    (tick,) = await exchange.fetch_ticks(["bitcoin", "ethereum"], "USD", clock())
    assert tick.market.asset_id == "ethereum"


async def test_other_symbols_than_asked_are_left_out(
    exchange: Exchange, binance: Binance, now: datetime
) -> None:
    binance.pairs = {"BTC/USDT": None, "ETH/USDT": 2}
    with capture_logs() as logs:
        (tick,) = await exchange.fetch_ticks(["bitcoin", "ethereum"], "USD", now)
    assert tick.market.asset_id == "ethereum"
    assert [entry["event"] for entry in logs] == ["rows_refused"]


def test_a_request_holds_at_most_a_hundred_symbols(exchange: Exchange) -> None:
    batches = exchange.batches([f"coin-{n:03}" for n in range(250)] * 2)
    assert [len(batch) for batch in batches] == [100, 100, 50]
    assert exchange.batches([]) == []


async def test_candles_come_with_the_dollars_that_ticks_have(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """A market in USD is asked as the exchange's in USDT; the volume is in the quote."""
    binance.pairs = {"BTC/USDT": 1}
    since = clock() - timedelta(minutes=3)
    found = await exchange.fetch_candles(Market("bitcoin"), Timeframe.MINUTE, since, clock())
    assert [candle.open_at for candle in found] == [since + timedelta(minutes=n) for n in range(4)]
    assert (found[0].close, found[0].volume) == (Decimal(95000), Decimal(237500))
    (asked,) = binance.candles_asked
    assert (asked["symbol"], asked["interval"]) == ("BTCUSDT", "1m")
    assert int(asked["limit"]) == exchange.page_length() == 1000
    assert exchange.tells_past


async def test_candles_of_what_it_does_not_list_are_not_asked_for(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    market = Market("ethereum")
    known = [exchange.markets_known]
    assert await exchange.fetch_candles(market, Timeframe.DAY, clock(), clock()) == []
    assert [*known, exchange.markets_known] == [False, True]
    assert binance.candles_asked == []


@pytest.mark.parametrize(
    "told",
    [
        {"code": 0},
        "<html>",
        [["x"]],
        [[1, "NaN", 1, 1, 1, 1]],
        [[4_102_444_800_000, 1, 1, 1, 1, 1]],
        [None],
    ],
)
async def test_answers_that_are_no_candles_give_none(
    exchange: Exchange, binance: Binance, clock: StandingClock, told: object
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    binance.told_candles = told
    found: list[Candle] = []
    with contextlib.suppress(ParseError, FetchError):
        found = await exchange.fetch_candles(Market("bitcoin"), Timeframe.MINUTE, clock(), clock())
    assert found == []


async def test_candles_that_are_older_than_asked_are_left_out(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    """And single rows that make no sense are told in the log."""
    binance.pairs = {"BTC/USDT": 1}
    at = int(clock().timestamp() * 1000)
    binance.told_candles = [
        [at - 3_600_000, "1", "1", "1", "1", "1"],
        [at, "1", "1", "1", "1", "1"],
        [at - 60_000, "1", "-1", "1", "1", "1"],
    ]
    with capture_logs() as logs:
        found = await exchange.fetch_candles(
            Market("bitcoin"), Timeframe.MINUTE, clock() - timedelta(minutes=5), clock()
        )
    assert [candle.open_at for candle in found] == [clock()]
    assert [entry["rows"] for entry in logs] == [{"price_absurd": 1}]


async def test_listening_to_nothing_that_is_listed_ends_at_once(
    exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    assert exchange.streams
    await exchange.listen([Market("ethereum")], lambda _: None, clock)
    assert binance.subscribed == []


async def test_an_exchange_with_a_stream_of_single_markets_is_watched_one_by_one() -> None:
    """And one without any is not."""
    bitfinex, foxbit = (open_exchange(name, Assets([])) for name in ("bitfinex", "foxbit"))
    assert bitfinex._streams_of(["B/USD", "A/USD"]) == [["A/USD"], ["B/USD"]]
    assert (bitfinex.streams, foxbit.streams) == (True, False)
    for one in (bitfinex, foxbit):
        one._client.timeout_on_exit = 0
        await one.close()


@pytest.mark.parametrize(("name", "words"), [("nowhere", "knows no"), ("bitflyer", "at once")])
async def test_an_exchange_that_cannot_be_used_is_refused(name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_exchange(name, Assets([]))


def test_ccxt_is_not_loaded_before_an_exchange_is_opened() -> None:
    """What wires prices, and the settings, do without ccxt's 90 MB."""
    code = "import sys, bot.prices_wiring; sys.exit('ccxt' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=50)
    assert done.returncode == 0
