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
