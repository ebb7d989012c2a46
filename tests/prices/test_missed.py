"""Candles filled in after a silence fire what they reached, late and once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts import AlertState, Direction
from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.markets import Market
from bot.prices.firing import pass_ticks
from bot.prices.missed import take_in
from storage.alerts import unsettle_market

if TYPE_CHECKING:
    from datetime import datetime

    from tests.prices.conftest import PriceWorld

BITCOIN = Market("bitcoin")
MINUTE = timedelta(minutes=1)


async def tick(prices: PriceWorld, price: object, after: float = 30) -> int:
    prices.advance(after)
    (passed,) = await pass_ticks(
        prices.database, [prices.tick(price)], prices.clock(), 15, prices.tracks
    )
    return passed.fired


def minute(at: datetime, *prices: object) -> Candle:
    first, high, low, last = (Decimal(str(price)) for price in prices)
    return Candle(opened_at(at, MINUTE), first, high, low, last)


async def fill(prices: PriceWorld, *candles: Candle, known: tuple[Candle, ...] = ()) -> int:
    stored = {candle.open_at: candle for candle in known}
    async with prices.database.writing() as tx:
        await unsettle_market(tx, BITCOIN)
        return await take_in(tx, BITCOIN, Timeframe.MINUTE, candles, stored, prices.clock())


async def silence(prices: PriceWorld, before: object, after: object) -> datetime:
    """A tick, two hours of nothing, and a tick; gives the middle of it."""
    await tick(prices, before)
    middle = prices.clock() + timedelta(hours=1)
    await tick(prices, after, after=7200)
    return middle


async def test_a_wick_while_nobody_looked_fires_late_with_its_own_time(prices: PriceWorld) -> None:
    alert_id = await prices.add_alert(Direction.ABOVE, 95000, 94000)
    middle = await silence(prices, 94000, 94100)
    wick = minute(middle, 94000, 95600, 93900, 94050)
    assert await fill(prices, wick) == 1
    assert await prices.firings() == [(alert_id, 1, Decimal(95600), wick.open_at)]
    assert await prices.owed() == 1
    assert (await prices.stored_alert(alert_id)).watch.state is AlertState.DONE
    assert await fill(prices, wick) == 0


@pytest.mark.parametrize(
    ("name", "prices_of", "fired"),
    [
        ("short of the line", (94000, 94999, 93900, 94050), 0),
        ("at the line", (94000, 95000, 93900, 94050), 1),
        ("from the other side only", (96000, 96100, 95900, 96000), 1),
    ],
)
async def test_only_what_reached_the_line_fires(
    prices: PriceWorld, name: str, prices_of: tuple[int, ...], fired: int
) -> None:
    del name
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    middle = await silence(prices, 94000, 94100)
    assert await fill(prices, minute(middle, *prices_of)) == fired


async def test_what_the_tick_after_the_silence_fired_fires_no_second_time(
    prices: PriceWorld,
) -> None:
    for repeat in (False, True):
        await prices.add_alert(Direction.ABOVE, 95000, 94000, repeat=repeat)
    middle = await silence(prices, 94000, 95500)
    assert len(await prices.firings()) == 2
    assert await fill(prices, minute(middle, 94000, 96000, 93900, 94050)) == 0


async def test_a_repeating_one_goes_on_from_the_last_price(prices: PriceWorld) -> None:
    alert_id = await prices.add_alert(Direction.ABOVE, 95000, 94000, repeat=True)
    middle = await silence(prices, 94000, 94100)
    assert await fill(prices, minute(middle, 94000, 95600, 93900, 94050)) == 1
    stored = await prices.stored_alert(alert_id)
    assert (stored.watch.state, stored.watch.arming) == (AlertState.ARMED, 2)
    assert await tick(prices, 95100) == 1


async def test_an_alert_set_since_sees_nothing_of_it(prices: PriceWorld) -> None:
    middle = await silence(prices, 94000, 94100)
    await prices.add_alert(Direction.ABOVE, 95000, 94100)
    assert await fill(prices, minute(middle, 94000, 95600, 93900, 94050)) == 0


async def test_a_minute_that_was_seen_fires_nothing_later(prices: PriceWorld) -> None:
    """Its ticks were judged then; a provider's wick between two of them is not told."""
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    middle = await silence(prices, 94000, 94100)
    seen = minute(middle, 94000, 94100, 93900, 94050)
    wick = minute(middle, 94000, 95600, 93900, 94050)
    assert await fill(prices, wick, known=(seen,)) == 0


async def test_of_many_candles_the_first_that_reaches_it_counts(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.BELOW, 90000, 94000)
    middle = await silence(prices, 94000, 94100)
    candles = [minute(middle + n * MINUTE, 94000, 94100, 91000 - 500 * n, 94000) for n in range(5)]
    assert await fill(prices, *candles) == 1
    ((_, _, price, at),) = await prices.firings()
    assert (price, at) == (Decimal(90000), candles[2].open_at)
