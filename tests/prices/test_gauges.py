"""How figures that are told reach alerts: when they are passed on, and what they fire."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts import Direction
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.conditions import Figure, Gauge
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.watching import begun_watch
from bot.prices.gauges import FigureWatch, Key, WantedFigures
from storage.alerts import NewAlert, add_alert, remove_alert
from storage.chats import destination, see_chat
from storage.markets import store_tick
from storage.readings import last_reading, put_readings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.prices.conftest import PriceWorld

BTC = Market("bitcoin")
KEY = (BTC, "funding")


class Told:
    """A teller that tells what a test says, and keeps what it was asked."""

    name = "told"

    def __init__(self, prices: PriceWorld) -> None:
        self.value: Decimal | None = Decimal("0.0001")
        self.is_partial = False
        self.asked: list[tuple[Key, ...]] = []
        self.last: Mapping[Key, Reading] = {}
        self._prices = prices

    def takes(self, market: Market, measure: str) -> bool:
        return (market, measure) == KEY

    async def tell(
        self, wanted: Sequence[Key], last: Mapping[Key, Reading]
    ) -> list[tuple[Market, Reading]]:
        self.asked.append(tuple(wanted))
        self.last = dict(last)
        if not wanted or self.value is None:
            return []
        at = self._prices.clock()
        return [(BTC, Reading("funding", self.value, at, is_partial=self.is_partial))]


class World:
    def __init__(self, prices: PriceWorld) -> None:
        self.prices = prices
        self.told = Told(prices)
        self.watch = self.fresh()

    def fresh(self) -> FigureWatch:
        """A watch as after a start of the process."""
        prices = self.prices
        return FigureWatch(
            teller=self.told,
            wanted=WantedFigures(prices.database, prices.seconds),
            database=prices.database,
            clock=prices.clock,
            monotonic=prices.seconds,
            outbox=prices.bell,
        )

    async def add_alert(self, level: str = "0.0005", *, repeat: bool = False) -> int:
        gauge = Gauge(
            figure=Figure.FUNDING, direction=Direction.ABOVE, level=Decimal(level), repeat=repeat
        )
        now = self.prices.clock()
        async with self.prices.database.writing() as tx:
            await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), now)
            place = await destination(tx, 7)
            new = NewAlert(place.id, BTC, gauge, begun_watch(gauge, None, now), None, 7)
            await store_tick(tx, self.prices.tick("95000"))
            return await add_alert(tx, new, now)

    async def run(self, value: str | None = None, seconds: float = 5) -> int:
        """A run after so many seconds; how many notifications are owed since the beginning."""
        if value is not None:
            self.told.value = Decimal(value)
        self.prices.advance(seconds)
        await self.watch.run()
        return await self.prices.owed()

    async def stored(self) -> Reading | None:
        since = self.prices.clock() - timedelta(days=1)
        async with self.prices.database.reading() as tx:
            return await last_reading(tx, *KEY, since)


@pytest.fixture
def world(prices: PriceWorld) -> World:
    return World(prices)


async def test_a_teller_is_told_when_nothing_is_wanted(world: World) -> None:
    assert await world.run() == 0
    assert world.told.asked == [()]
    assert await world.stored() is None


async def test_a_figure_that_crosses_fires_once(world: World) -> None:
    """And wakes the outbox; beyond the line it stays silent."""
    await world.add_alert()
    owed = [await world.run(value) for value in ("0.0001", "0.0004", "0.0005", "0.0009", "0.0001")]
    assert owed == [0, 0, 1, 1, 1]
    assert world.prices.bell.rings == 1
    found = await world.stored()
    assert found is not None
    assert found.value == Decimal("0.0005"), "then nobody looked at it any more"


async def test_a_figure_that_falls_back_arms_what_repeats(world: World) -> None:
    await world.add_alert(repeat=True)
    owed = [await world.run(value) for value in ("0.0001", "0.0006", "0.0001", "0.0006")]
    assert owed == [0, 1, 1, 2]


async def test_a_change_is_passed_on_every_five_seconds_at_most(world: World) -> None:
    await world.add_alert()
    assert await world.run("0.0001", seconds=5) == 0
    assert await world.run("0.0006", seconds=4) == 0
    assert await world.run("0.0006", seconds=1) == 1


async def test_a_value_that_stays_is_told_again_each_minute(world: World) -> None:
    """So that an alert which is set meanwhile begins from a fresh one."""
    await world.add_alert()
    await world.run("0.0001")
    first = await world.stored()
    await world.run(seconds=55)
    assert await world.stored() == first
    await world.run(seconds=5)
    assert first is not None
    assert await world.stored() == replace(first, at=first.at + timedelta(seconds=60))


async def test_a_restart_remembers_what_was_told_last(world: World) -> None:
    await world.add_alert()
    async with world.prices.database.writing() as tx:
        await put_readings(tx, [(BTC, Reading("funding", Decimal(3), world.prices.clock()))])
    world.watch = world.fresh()
    world.told.value = None
    await world.run()
    assert world.told.last[KEY].value == 3


async def test_an_alert_that_is_gone_is_not_asked_for(world: World) -> None:
    alert_id = await world.add_alert()
    await world.run()
    found = await world.prices.stored_alert(alert_id)
    async with world.prices.database.writing() as tx:
        await remove_alert(tx, alert_id, found.destination_id)
    await world.run()
    assert world.told.asked == [(KEY,), ()]


async def test_looks_for_what_is_wanted_take_no_more_than_their_share(world: World) -> None:
    """A database that is slow with it is asked less often."""
    wanted = WantedFigures(world.prices.database, iter((0.0, 1.0, 30.0, 50.9)).__next__)
    await wanted.all()
    alert = await world.add_alert()
    assert alert
    assert await wanted.all() == []
    assert await wanted.all() == []
