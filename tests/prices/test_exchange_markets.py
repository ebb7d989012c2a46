"""What an exchange lists: learnt once an hour, kept while it cannot be asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import HttpStatusError, ParseError
from bot.prices.exchange_markets import ExchangeMarkets

if TYPE_CHECKING:
    from bot.prices.exchanges import Exchange
    from tests.conftest import StandingClock
    from tests.prices.local_binance import Binance

LISTING = "/api/v3/exchangeInfo"


@pytest.fixture
def markets(exchange: Exchange, binance: Binance) -> ExchangeMarkets:
    binance.pairs = {"BTC/USDT": 95_000}
    return ExchangeMarkets(exchange._client, exchange._questions)


async def test_they_are_asked_for_once_an_hour(
    markets: ExchangeMarkets, binance: Binance, clock: StandingClock
) -> None:
    assert (markets.known, dict(markets.by_symbol())) == (False, {})
    for minutes, asked in ((0, 1), (59, 1), (60, 2)):
        await markets.learn(clock() + timedelta(minutes=minutes))
        assert binance.asked.count(LISTING) == asked
    assert markets.known
    assert "BTC/USDT" in markets.by_symbol()


async def test_a_refused_question_lets_them_be_learnt_anew(
    markets: ExchangeMarkets, exchange: Exchange, binance: Binance, clock: StandingClock
) -> None:
    await markets.learn(clock())
    exchange._questions.refused = True
    binance.pairs["ETH/USDT"] = 3_000
    await markets.learn(clock())
    assert "ETH/USDT" in markets.by_symbol()
    assert not exchange._questions.refused


async def test_old_ones_serve_while_it_fails(
    markets: ExchangeMarkets, binance: Binance, clock: StandingClock
) -> None:
    """Without any the failure is the caller's."""
    binance.refusal = (503, "", {})
    with pytest.raises(HttpStatusError):
        await markets.learn(clock())
    binance.refusal = None
    await markets.learn(clock())
    binance.refusal = (503, "", {})
    await markets.learn(clock() + timedelta(hours=2))
    assert "BTC/USDT" in markets.by_symbol()


async def test_an_exchange_that_lists_nothing_is_not_believed(
    markets: ExchangeMarkets, binance: Binance, clock: StandingClock
) -> None:
    binance.pairs = {}
    with pytest.raises(ParseError, match="binance lists no markets"):
        await markets.learn(clock())
    assert not markets.known
