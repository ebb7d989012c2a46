"""The choice between providers, and what becomes news of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import FetchError, HttpStatusError
from bot.domain.markets import Market
from bot.domain.providers import Trouble
from bot.prices.coingecko import CoinGecko
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply

if TYPE_CHECKING:
    from bot.prices.exchanges import Exchange
    from tests.prices.conftest import PriceWorld
    from tests.prices.local_binance import Binance

BITCOIN, MONERO = Market("bitcoin"), Market("monero")


@pytest.fixture
def both(prices: PriceWorld, exchange: Exchange) -> Supplies:
    gecko = CoinGecko(prices.client, prices.api_url)
    return Supplies([Supply(exchange, 60, 5), Supply(gecko, 5, 5)], gecko.name)


def name(supply: Supply | None) -> str | None:
    return supply.name if supply else None


def test_without_a_provider_there_are_no_prices() -> None:
    with pytest.raises(ValueError, match="provider"):
        Supplies([], "coingecko")


def test_the_first_is_chosen_and_each_other_when_those_before_are_left_out(both: Supplies) -> None:
    assert name(both.chosen(BITCOIN, 0)) == "binance"
    assert name(both.chosen(BITCOIN, 0, but={"binance"})) == "coingecko"
    assert both.chosen(BITCOIN, 0, but={"binance", "coingecko"}) is None
    assert both.named("kraken").name == "binance", "the name of a provider from before"


def test_a_failure_hands_over_at_once_and_is_news_once(both: Supplies, prices: PriceWorld) -> None:
    binance, gecko = both.all
    gecko.round_at = 0
    binance.begin_round([BITCOIN], [BITCOIN], "USD", 0)
    error = HttpStatusError("HTTP 451", status=451)
    _, news = both.failed(binance, error, "USD", prices.clock(), 0)
    assert [(one.provider, one.trouble, one.detail) for one in news] == [
        ("binance", Trouble.BLOCKED, "HTTP 451")
    ]
    assert gecko.wait_seconds(0) == 0
    assert not binance.round
    assert both.in_use(0) is gecko
    assert both.markets_of(gecko, {BITCOIN}, 1) == {BITCOIN}
    assert both.markets_of(binance, {BITCOIN}, 1) == set()
    assert both.failed(binance, error, "USD", prices.clock(), 0)[1] == []


def test_an_answer_without_a_market_leaves_it_to_the_next(
    both: Supplies, prices: PriceWorld
) -> None:
    binance, _ = both.all
    news = both.answered(binance, [BITCOIN, MONERO], [prices.tick(1)], prices.clock(), 0)
    assert news == []
    assert [name(both.chosen(market, 0)) for market in (BITCOIN, MONERO)] == [
        "binance",
        "coingecko",
    ]


def test_rounds_ask_for_the_markets_of_others_every_two_minutes(both: Supplies) -> None:
    gecko = both.all[1]
    assert both.markets_of(gecko, {BITCOIN}, 0) == {BITCOIN}
    assert both.markets_of(gecko, {BITCOIN}, 60) == set()
    assert both.markets_of(gecko, {BITCOIN}, 120) == {BITCOIN}


def test_a_single_provider_is_asked_whatever_happens(prices: PriceWorld) -> None:
    only = Supply(CoinGecko(prices.client, prices.api_url), 5, 5)
    alone = Supplies([only], "coingecko")
    for _ in range(5):
        assert alone.failed(only, FetchError("x"), "USD", prices.clock(), 0)[1] == []
    assert alone.chosen(BITCOIN, 0) is only
    _, news = alone.failed(only, HttpStatusError("x", status=451), "USD", prices.clock(), 0)
    assert [one.trouble for one in news] == [Trouble.BLOCKED]
    assert alone.chosen(BITCOIN, 0) is only
    news = alone.answered(only, [BITCOIN], [prices.tick(1)], prices.clock(), 0)
    assert [one.trouble for one in news] == [None]
    tick = prices.tick(1)
    assert alone.completed(tick, prices.clock()) is tick
    alone.forget_all_but([])


def test_what_a_stream_tells_is_polled_once_a_minute(both: Supplies, prices: PriceWorld) -> None:
    """And at once when it ends."""
    binance, _ = both.all
    watched = {BITCOIN, MONERO}
    assert both.markets_of(binance, watched, 0) == watched
    binance.note_streamed([prices.tick(1)], prices.clock(), 1)
    assert both.markets_of(binance, watched, 2) == {MONERO}
    assert both.markets_of(binance, watched, 22) == watched, "it has been silent since"
    binance.note_streamed([prices.tick(1)], prices.clock(), 59)
    assert both.markets_of(binance, watched, 61) == watched, "a minute has passed"
    binance.note_streamed([prices.tick(1)], prices.clock(), 62)
    binance.begin_round([], watched, "USD", 62)
    assert [one.streamed for one in both.states(63)] == [1, 0]
    assert binance.wait_seconds(63) > 0
    binance.note_stream_end()
    assert binance.wait_seconds(63) == 0
    assert both.markets_of(binance, watched, 63) == watched


def test_old_ticks_of_a_stream_leave_their_market_to_polls(
    both: Supplies, prices: PriceWorld
) -> None:
    binance, _ = both.all
    binance.note_streamed([prices.tick(1, age=3600)], prices.clock(), 1)
    assert not binance.is_streamed(BITCOIN, 1)


async def test_candles_are_filled_from_the_first_that_lists_the_market(
    both: Supplies, binance: Binance, exchange: Exchange, prices: PriceWorld
) -> None:
    """Nobody knows before it has told what it lists; one that is blocked is not waited for."""
    first, gecko = both.all
    assert [both.keeps(one, BITCOIN, 0) for one in both.all] == [None, None]
    binance.pairs = {"BTC/USDT": 1}
    await exchange.fetch_ticks(["bitcoin"], "USD", prices.clock())
    assert [both.keeps(one, BITCOIN, 0) for one in both.all] == [True, False]
    assert [both.keeps(one, MONERO, 0) for one in both.all] == [False, True]
    first.skip(BITCOIN, Trouble.OFF, 0)
    assert [both.keeps(one, BITCOIN, 0) for one in both.all] == [False, True]
    first.readmit(BITCOIN)
    for _ in range(3):
        both.failed(first, FetchError("x"), "USD", prices.clock(), 0)
    assert both.keeps(first, BITCOIN, 0), "it will be back"
    both.failed(first, HttpStatusError("x", status=451), "USD", prices.clock(), 0)
    assert [both.keeps(one, BITCOIN, 0) for one in both.all] == [False, True]
    only = Supplies([first], "coingecko")
    assert only.keeps(first, MONERO, 0) is False
    assert both.keeps(gecko, BITCOIN, 0)


async def test_an_exchange_that_cannot_be_reached_from_the_start_is_not_waited_for(
    both: Supplies, prices: PriceWorld
) -> None:
    first, gecko = both.all
    for _ in range(3):
        both.failed(first, FetchError("x"), "USD", prices.clock(), 0)
    assert both.keeps(gecko, BITCOIN, 0)


def test_the_states_tell_who_is_used(both: Supplies, prices: PriceWorld) -> None:
    assert [(one.name, one.in_use) for one in both.states(0)] == [
        ("binance", True),
        ("coingecko", False),
    ]
    error = HttpStatusError("HTTP 451", status=451)
    both.failed(both.all[0], error, "USD", prices.clock(), 0)
    assert [one.in_use for one in both.states(0)] == [False, True]
