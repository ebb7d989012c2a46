"""One provider at work: what it skips, when it is compared, what a failure does to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import CoinbellError, FetchError, HttpStatusError
from bot.domain.markets import Market
from bot.domain.providers import Trouble
from bot.prices.coingecko import CoinGecko
from bot.prices.supply import Request, Supply

if TYPE_CHECKING:
    from tests.prices.conftest import PriceWorld

BITCOIN, EURO = Market("bitcoin"), Market("bitcoin", "EUR")


@pytest.fixture
def supply(prices: PriceWorld) -> Supply:
    return Supply(CoinGecko(prices.client, prices.api_url), 30, 5)


def test_a_round_is_planned_by_currency_the_bots_own_first(supply: Supply) -> None:
    supply.begin_round([EURO, BITCOIN, Market("ethereum")], [BITCOIN], "USD", 100)
    assert list(supply.round) == [
        Request("USD", ("bitcoin", "ethereum")),
        Request("EUR", ("bitcoin",)),
    ]
    supply.round.clear()
    assert supply.wait_seconds(101) == 4


def test_a_skipped_market_comes_back_after_ten_minutes_and_one_that_is_off_when_it_agrees(
    supply: Supply,
) -> None:
    supply.skip(BITCOIN, Trouble.MISSING, 0)
    supply.skip(EURO, Trouble.OFF, 0)
    assert [supply.trouble(BITCOIN, now) for now in (599, 600)] == [Trouble.MISSING, None]
    assert supply.trouble(EURO, 1e9) is Trouble.OFF
    assert (supply.off_markets(), supply.state(0).off) == (1, 1)
    assert not supply.readmit(BITCOIN)
    assert supply.readmit(EURO)
    assert (supply.trouble(EURO, 0), supply.off_markets()) == (None, 0)


def test_it_is_compared_every_two_minutes_while_it_is_well(
    supply: Supply, prices: PriceWorld
) -> None:
    assert [supply.is_to_compare(now) for now in (0, 1, 119, 120, 121)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    blocked = HttpStatusError("no", status=451)
    supply.note_failure(blocked, "USD", prices.clock(), 300, alone=False)
    assert not supply.is_to_compare(300)


@pytest.mark.parametrize(
    ("error", "times", "trouble"),
    [
        (FetchError("x"), 2, None),
        (FetchError("x"), 3, Trouble.FAILING),
        (HttpStatusError("x", status=451), 1, Trouble.BLOCKED),
        (HttpStatusError("x", status=429, retry_after_seconds=5), 1, None),
        (HttpStatusError("x", status=418, retry_after_seconds=600), 1, Trouble.FAILING),
        (HttpStatusError("x", status=400), 9, None),
    ],
)
def test_what_a_failure_does(
    supply: Supply, prices: PriceWorld, error: CoinbellError, times: int, trouble: Trouble | None
) -> None:
    for _ in range(times):
        supply.note_failure(error, "USD", prices.clock(), 0, alone=False)
    assert supply.state(0).trouble is trouble


def test_a_currency_that_nobody_knows_is_missing_for_an_hour(
    supply: Supply, prices: PriceWorld
) -> None:
    supply.note_failure(HttpStatusError("x", status=400), "EUR", prices.clock(), 0, alone=False)
    assert supply.trouble(EURO, 3599) is Trouble.MISSING
    assert supply.requests([EURO], "USD", 3599) == []
    assert (supply.trouble(EURO, 3600), supply.trouble(BITCOIN, 0)) == (None, None)


def test_alone_it_is_never_set_aside_but_a_block_is_shown(
    supply: Supply, prices: PriceWorld
) -> None:
    at = prices.clock()
    for _ in range(9):
        supply.note_failure(FetchError("x"), "USD", at, 0, alone=True)
    assert supply.state(0).trouble is None
    supply.note_failure(HttpStatusError("HTTP 451", status=451), "USD", at, 0, alone=True)
    state = supply.state(0)
    assert (state.trouble, state.detail, state.back_seconds) == (Trouble.BLOCKED, "HTTP 451", 3600)
    supply.note_answer([], at, 1, alone=True)
    assert supply.state(1).trouble is None


def test_one_old_price_skips_its_market_and_only_old_ones_set_aside(
    supply: Supply, prices: PriceWorld
) -> None:
    now, at = 0.0, prices.clock()
    fresh, old = prices.tick(1), prices.tick(1, market=EURO, age=301)
    supply.note_answer([fresh, old], at, now, alone=False)
    for tick in (fresh, old):
        supply.note_old(tick, at, now)
    assert (supply.trouble(BITCOIN, now), supply.trouble(EURO, now)) == (None, Trouble.STALE)
    later = at + timedelta(seconds=301)
    supply.note_answer([fresh], later, now, alone=False)
    assert supply.state(now).trouble is Trouble.STALE
    assert "5 minutes old" in supply.state(now).detail
