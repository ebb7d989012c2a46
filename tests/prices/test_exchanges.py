"""An exchange through ccxt's own client, against a local server that plays Binance."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.domain.assets import Assets
from bot.domain.errors import (
    ConfigError,
    ConnectionFailed,
    FetchError,
    HttpStatusError,
    ParseError,
    ResponseTooSlow,
)
from bot.domain.markets import Market
from bot.prices.exchanges import listed_symbol, open_exchange, ticks_from

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.markets import Tick
    from bot.prices.exchanges import Exchange
    from tests.conftest import StandingClock
    from tests.prices.conftest import Binance

SPOT = {"spot": True, "active": True}


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
    ("status", "body", "headers", "kind", "seconds"),
    [
        (451, '{"code": 0, "msg": "restricted location"}', {}, HttpStatusError, None),
        (403, "<html>forbidden</html>", {}, HttpStatusError, None),
        (418, '{"code": -1003}', {"Retry-After": "120"}, HttpStatusError, 120),
        (429, '{"code": -1003}', {"Retry-After": "soon"}, HttpStatusError, None),
        (503, "", {}, HttpStatusError, None),
    ],
)
async def test_refusals_become_our_errors_without_what_they_quote(
    exchange: Exchange,
    binance: Binance,
    now: datetime,
    status: int,
    body: str,
    headers: dict[str, str],
    kind: type[HttpStatusError],
    seconds: float | None,
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    binance.refusal = (status, body, headers)
    for _ in range(2):
        with pytest.raises(kind) as caught:
            await exchange.fetch_ticks(["bitcoin"], "USD", now)
        assert (caught.value.status, caught.value.retry_after_seconds) == (status, seconds)
        assert caught.value.log_text == f"binance answered HTTP {status}"
    binance.refusal = None
    assert len(await exchange.fetch_ticks(["bitcoin"], "USD", now)) == 1


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


async def test_a_server_that_is_away_or_slow_is_told_apart(
    exchange: Exchange, binance: Binance, now: datetime
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    exchange._client.timeout = 0.001
    with pytest.raises(ResponseTooSlow):
        await exchange.fetch_ticks(["bitcoin"], "USD", now)
    exchange._client.timeout = 5000
    exchange._client.urls["api"]["public"] = "http://127.0.0.1:1/api/v3"
    with pytest.raises(ConnectionFailed, match="binance cannot be reached"):
        await exchange.fetch_ticks(["bitcoin"], "USD", now)


@pytest.mark.parametrize(
    ("base", "quote", "markets", "symbol"),
    [
        ("BTC", "USD", {"BTC/USD": SPOT, "BTC/USDT": SPOT}, "BTC/USD"),
        ("BTC", "USD", {"BTC/FDUSD": SPOT, "BTC/USDC": SPOT}, "BTC/USDC"),
        ("BTC", "USD", {"BTC/USDT": {**SPOT, "active": False}, "BTC/FDUSD": SPOT}, "BTC/FDUSD"),
        ("BTC", "USD", {"BTC/USDT": {**SPOT, "active": None}}, "BTC/USDT"),
        ("BTC", "USD", {"BTC/USDT": {**SPOT, "spot": False}}, None),
        ("BTC", "USD", {"BTC/USDT:USDT": SPOT}, None),
        ("BTC", "EUR", {"BTC/USDT": SPOT, "BTC/EUR": SPOT}, "BTC/EUR"),
        ("BTC", "EUR", {"BTC/USDT": SPOT}, None),
        ("ETH", "BTC", {"ETH/BTC": SPOT}, "ETH/BTC"),
        ("BTC", "BTC", {"BTC/USDT": SPOT}, None),
        ("USDC", "USD", {"USDC/USDT": SPOT}, None),
        ("USDC", "USD", {"USDC/USD": SPOT, "USDC/USDT": SPOT}, "USDC/USD"),
        ("USDC", "EUR", {"USDC/EUR": SPOT}, "USDC/EUR"),
    ],
)
def test_the_market_of_an_asset(
    base: str, quote: str, markets: dict[str, Any], symbol: str | None
) -> None:
    assert listed_symbol(base, quote, markets) == symbol


@pytest.mark.parametrize(
    ("ticker", "reason"),
    [
        (None, None),
        ("x", "no_row"),
        ({}, "price_missing"),
        ({"last": "x"}, "price_no_number"),
        ({"last": "NaN"}, "price_no_number"),
        ({"last": "Infinity"}, "price_no_number"),
        ({"last": True}, "price_no_number"),
        ({"last": "0"}, "price_not_positive"),
        ({"last": "-5"}, "price_not_positive"),
        ({"last": "1e30"}, "price_absurd"),
        ({"last": "5", "timestamp": "now"}, "time_unreadable"),
        ({"last": "5", "timestamp": 10**20}, "time_unreadable"),
        ({"last": "5", "timestamp": 4_102_444_800_000}, "time_ahead"),
    ],
)
def test_tickers_that_cannot_be_used(ticker: object, reason: str | None, now: datetime) -> None:
    given = {} if ticker is None else {"BTC/USDT": ticker}
    ticks, refused = ticks_from(given, {"BTC/USDT": Market("bitcoin")}, "x", now)
    assert ticks == []
    assert refused == ({} if reason is None else {"BTC/USDT": reason})


def test_a_ticker_without_a_time_counts_as_of_now(now: datetime) -> None:
    """And changes and bounds that make no sense are left out."""
    ticker = {"last": "5", "percentage": "-101", "high": "0", "low": None, "quoteVolume": "-1"}
    (tick,), _ = ticks_from({"A/B": ticker}, {"A/B": Market("a", "B")}, "x", now)
    assert (tick.provider_at, tick.price) == (now, Decimal(5))
    assert (tick.change_24h, tick.high_24h, tick.low_24h, tick.volume_24h) == (None,) * 4


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


@pytest.mark.parametrize(("name", "words"), [("nowhere", "knows no"), ("bitflyer", "at once")])
async def test_an_exchange_that_cannot_be_used_is_refused(name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_exchange(name, Assets([]))


def test_ccxt_is_not_loaded_before_an_exchange_is_opened() -> None:
    """What wires prices, and the settings, do without ccxt's 90 MB."""
    code = "import sys, bot.prices_wiring; sys.exit('ccxt' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
