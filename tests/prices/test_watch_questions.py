"""The watch when people ask: what is fetched for them, what is not, and what they get."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.alerts import Direction
from bot.domain.markets import Market
from storage.schema import markets

if TYPE_CHECKING:
    from bot.domain.ports import Prices
    from tests.prices.conftest import PriceWorld

BITCOIN, ETHEREUM = Market("bitcoin"), Market("ethereum")


async def test_it_is_what_the_chat_calls_prices(prices: PriceWorld) -> None:
    port: Prices = prices.watch()
    assert port.quote == "USD"
    assert [asset.symbol for asset in port.assets] == ["BTC"]


async def test_a_first_question_is_fetched_and_remembered(prices: PriceWorld) -> None:
    watch = prices.watch()
    prices.gecko.set_price(94000, age=10)
    ticks = await watch.ticks([BITCOIN, Market("nobody")])
    assert {market: tick.price for market, tick in ticks.items()} == {BITCOIN: Decimal(94000)}
    async with prices.database.reading() as tx:
        rows = await tx.execute(sa.select(markets.c.asset_id, markets.c.asked_at))
        asked = {row.asset_id: row.asked_at for row in rows}
    assert asked == {"bitcoin": prices.clock(), "nobody": prices.clock()}


async def test_a_question_about_nothing_asks_nothing(prices: PriceWorld) -> None:
    assert await prices.watch().ticks([]) == {}
    assert prices.gecko.asked == []


async def test_a_fresh_price_is_not_fetched_again_and_an_old_one_is(prices: PriceWorld) -> None:
    watch = prices.watch()
    prices.gecko.set_price(94000)
    for _ in range(3):
        await watch.ticks([BITCOIN, Market("nobody")])
    assert len(prices.gecko.asked) == 1
    prices.advance(11)
    prices.gecko.set_price(94100)
    assert (await watch.ticks([BITCOIN]))[BITCOIN].price == 94100
    assert len(prices.gecko.asked) == 2


async def test_a_price_stored_by_the_process_before_is_fresh_too(prices: PriceWorld) -> None:
    prices.gecko.set_price(94000)
    await prices.watch().ticks([BITCOIN])
    await prices.watch().ticks([BITCOIN])
    assert len(prices.gecko.asked) == 1


async def test_questions_at_once_share_one_request(prices: PriceWorld) -> None:
    watch = prices.watch()
    prices.gecko.set_price(94000)
    told = await asyncio.gather(*(watch.ticks([BITCOIN]) for _ in range(20)))
    assert {ticks[BITCOIN].price for ticks in told} == {Decimal(94000)}
    assert len(prices.gecko.asked) == 1


async def test_a_question_carries_what_is_watched_and_rings_as_a_poll_does(
    prices: PriceWorld,
) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch()
    await prices.poll(watch, 94000)
    prices.gecko.set_price(95100)
    prices.gecko.set_price(3200, asset_id="ethereum")
    prices.advance(3)
    prices.gecko.set_price(95100)
    assert (await watch.ticks([ETHEREUM]))[ETHEREUM].price == 3200
    assert prices.gecko.asked_ids()[-1] == ["bitcoin", "ethereum"]
    assert len(await prices.firings()) == 1
    assert prices.bell.rings == 1


async def test_questions_are_asked_per_currency(prices: PriceWorld) -> None:
    watch = prices.watch()
    euro = Market("bitcoin", "EUR")
    prices.gecko.set_price(94000)
    prices.gecko.set_price(87000, quote="EUR")
    ticks = await watch.ticks([BITCOIN, euro])
    assert (ticks[BITCOIN].price, ticks[euro].price) == (Decimal(94000), Decimal(87000))


async def test_without_room_in_the_quota_what_is_stored_is_given(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch(requests_per_minute=2)
    await prices.poll(watch, 94000)
    prices.advance(130)
    for _ in range(2):
        await prices.poll(watch, 94100)
    asked = len(prices.gecko.asked)
    prices.advance(1)
    prices.gecko.set_price(3200, asset_id="ethereum")
    assert (await watch.ticks([ETHEREUM, BITCOIN])).keys() == {ETHEREUM, BITCOIN}
    assert await watch.ticks([Market("solana")]) == {}
    assert len(prices.gecko.asked) == asked + 1
    assert watch.state().requests_left == 0


async def test_a_provider_that_fails_leaves_what_is_stored(prices: PriceWorld) -> None:
    watch = prices.watch()
    prices.gecko.set_price(94000)
    await watch.ticks([BITCOIN])
    prices.advance(900)
    prices.gecko.refusal = (503, {})
    ticks = await watch.ticks([BITCOIN])
    assert ticks[BITCOIN].price == 94000
    assert watch.is_stale(ticks[BITCOIN], prices.clock())


async def test_stale_is_judged_at_the_pace_of_the_polls(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch(poll_seconds=200)
    await prices.poll(watch, 94000)
    tick = (await watch.ticks([BITCOIN]))[BITCOIN]
    assert not watch.is_stale(tick, tick.provider_at + timedelta(seconds=600))
    assert watch.is_stale(tick, tick.provider_at + timedelta(seconds=601))


async def test_a_price_that_was_stale_from_the_start_is_given_and_fires_nothing(
    prices: PriceWorld,
) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch()
    prices.gecko.set_price(96000, age=4000)
    tick = (await watch.ticks([BITCOIN]))[BITCOIN]
    assert watch.is_stale(tick, prices.clock())
    assert await prices.firings() == []


async def test_no_minute_of_polls_and_questions_holds_more_requests_than_allowed(
    prices: PriceWorld,
) -> None:
    """Five minutes of a watched market and people who ask for a new one every two seconds."""
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch(requests_per_minute=5)
    times: list[float] = []
    polled_at: list[float] = []
    due, start = 0.0, prices.seconds()
    for second in range(0, 300, 2):
        before = len(prices.gecko.asked)
        if second >= due:
            await watch.poll()
            due = second + watch.next_poll_seconds()
            polled_at += [second] * (len(prices.gecko.asked) - before)
        await watch.ticks([Market(f"coin-{second}")])
        times += [prices.seconds() - start] * (len(prices.gecko.asked) - before)
        prices.advance(2)
    assert all(sum(first <= at < first + 60 for at in times) <= 5 for first in times)
    told = zip(times, prices.gecko.asked_ids(), strict=True)
    bitcoin_asked = [at for at, ids in told if "bitcoin" in ids]
    assert max(b - a for a, b in pairwise(bitcoin_asked)) < 61
    assert len(polled_at) >= 10
