"""An alert that is set, changed or removed while ticks pass is never missed, whoever does it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import AlertState, Direction, Line, Watch
from bot.domain.conditions import Close, Condition, Extreme, Frame, Move, Range, Way
from bot.domain.markets import Market, Tick
from bot.domain.watching import begun_watch
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.alerts import (
    NewAlert,
    add_alert,
    alert,
    alerts_of,
    change_alert,
    end_over,
    remove_alert,
)
from storage.database import Database
from storage.markets import stored_market
from storage.schema import firings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import datetime

    from bot.domain.alerts import Memory
    from storage.alert_rows import StoredAlert
    from storage.database import Transaction
    from tests.storage.conftest import Given

BITCOIN = Market("bitcoin")
ABOVE = Line(Direction.ABOVE, Decimal(105))
UP = Move(Way.UP, Decimal("0.04"), timedelta(hours=1))
CONDITIONS: list[Condition] = [
    ABOVE,
    Line(Direction.CROSS, Decimal(104), repeat=True),
    Range(Decimal(95), Decimal(105)),
    Move(Way.UP, Decimal("0.04")),
    UP,
    Move(Way.EITHER, Decimal("0.04"), timedelta(days=2)),
]


class Passing:
    """Ticks of bitcoin that pass in a process of its own, one a step."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.at = now
        self.tracks: Tracks = Tracks()

    async def tick(self, price: int, seconds: int = 20) -> int:
        """How many alerts a price fires."""
        self.at += timedelta(seconds=seconds)
        tick = Tick(BITCOIN, Decimal(price), "coingecko", self.at, self.at)
        (passed,) = await pass_ticks(self.database, [tick], self.at, 5, self.tracks)
        return passed.fired

    async def ticks(self, *prices: int) -> list[int]:
        """How many alerts each of these prices fires, one a step."""
        return [await self.tick(price) for price in prices]


class PausingTracks(Tracks):
    """Tracks that stop within a tick's transaction, until they may go on.

    A tick that touches nothing asks for no memories: what is paused must look at a window.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def memories(
        self, tx: Transaction, tick: Tick, previous: Tick | None, measures: Iterable[str]
    ) -> dict[str, Memory]:
        """Those of all tracks, once the test lets them be asked for."""
        self.reached.set()
        await self.may_go_on.wait()
        return await super().memories(tx, tick, previous, measures)


@pytest.fixture
def passing(database: Database, now: datetime) -> Passing:
    """Ticks of bitcoin on the test's own database."""
    return Passing(database, now)


@pytest.fixture
async def other(database: Database, database_url: str) -> AsyncIterator[Database]:
    """The same database through connections of another process."""
    del database  # it made the tables
    opened = Database(database_url)
    yield opened
    await opened.close()


async def set_on(
    database: Database, here: int, condition: Condition, price: int, at: datetime
) -> int:
    """The id of an alert that is set at a price."""
    watch = begun_watch(condition, Decimal(price), at)
    async with database.writing() as tx:
        return await add_alert(tx, NewAlert(here, BITCOIN, condition, watch, None, None), at)


async def known(database: Database, number: int) -> StoredAlert:
    """The alert as it stands."""
    async with database.reading() as tx:
        found = await alert(tx, number)
    assert found is not None
    return found


def begun_anew(stored: StoredAlert, condition: Condition, price: int, at: datetime) -> Watch:
    """How a changed alert begins: its armings go on counting, for each may fire once."""
    watch = begun_watch(condition, Decimal(price), at)
    return replace(watch, arming=stored.watch.arming + watch.arming)


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
async def test_an_alert_that_is_set_between_two_ticks_sees_the_second(
    database: Database, given: Given, passing: Passing, condition: Condition
) -> None:
    """However quiet it was until then."""
    here = await given.destination()
    assert await passing.ticks(100, 101, 100) == [0, 0, 0]
    await set_on(database, here, condition, 100, passing.at)
    assert await passing.ticks(106) == [1]


async def test_an_alert_on_a_close_that_is_set_within_the_candle_sees_it(
    database: Database, given: Given, passing: Passing
) -> None:
    here = await given.destination()
    await passing.ticks(100, 100)
    closing = Close(Frame.HOUR, Direction.ABOVE, Decimal(105))
    await set_on(database, here, closing, 100, passing.at)
    assert await passing.tick(106, 3500) == 0
    assert await passing.tick(100, 60) == 1


async def test_an_alert_on_a_new_high_that_is_set_in_a_known_hour_sees_it(
    database: Database, given: Given, passing: Passing
) -> None:
    """The window is known from candles, not only since the alert was set."""
    here = await given.destination()
    for _ in range(10):
        await passing.tick(100, 600)
    await passing.tick(103, 60)
    await set_on(database, here, Extreme(Way.UP, timedelta(hours=1)), 101, passing.at)
    assert await passing.ticks(101, 103, 104) == [0, 0, 1]


async def test_an_alert_that_is_changed_is_found_by_its_new_line(
    database: Database, given: Given, passing: Passing
) -> None:
    here = await given.destination()
    number = await set_on(database, here, Line(Direction.ABOVE, Decimal(200)), 100, passing.at)
    await passing.ticks(100, 101, 101)
    stored = await known(database, number)
    async with database.writing() as tx:
        watch = begun_anew(stored, ABOVE, 101, passing.at)
        await change_alert(tx, stored, ABOVE, watch, passing.at)
    assert (await known(database, number)).condition == ABOVE
    assert await passing.ticks(104, 105, 106) == [0, 1, 0]
    stored = await known(database, number)
    async with database.writing() as tx:
        await change_alert(tx, stored, UP, begun_anew(stored, UP, 106, passing.at), passing.at)
    assert await passing.ticks(107, 109, 111) == [1, 0, 0], "from 101 within the hour"


async def test_an_alert_that_is_armed_again_by_hand_fires_again(
    database: Database, given: Given, passing: Passing
) -> None:
    here = await given.destination()
    number = await set_on(database, here, ABOVE, 100, passing.at)
    assert await passing.ticks(100, 106, 100, 100) == [0, 1, 0, 0]
    stored = await known(database, number)
    async with database.writing() as tx:
        again = replace(stored.watch, state=AlertState.ARMED, arming=2)
        await change_alert(tx, stored, stored.condition, again, passing.at)
    assert await passing.ticks(106) == [1]


@pytest.mark.parametrize("repeat", [False, True])
@pytest.mark.parametrize("prices", [(), (106,), (106, 100), (106, 100, 106)])
async def test_what_a_tick_did_since_an_alert_was_read_repeats_no_arming(
    database: Database, given: Given, passing: Passing, prices: tuple[int, ...], repeat: bool
) -> None:
    """A button was pressed on what its card showed, before these prices; it rings afterwards."""
    here = await given.destination()
    line = replace(ABOVE, repeat=repeat)
    number = await set_on(database, here, line, 100, passing.at)
    await passing.ticks(100)
    shown = await known(database, number)
    fired = sum(await passing.ticks(*prices))
    assert fired == (len(prices) + 1) // 2 if repeat else fired == min(len(prices), 1)
    async with database.writing() as tx:
        watch = begun_watch(line, Decimal(100), passing.at)
        await change_alert(tx, shown, line, watch, passing.at)
    assert await passing.ticks(100, 106) == [0, 1]


async def test_a_change_of_what_is_neither_armed_nor_fired_counts_no_arming(
    database: Database, given: Given, passing: Passing
) -> None:
    here = await given.destination()
    number = await set_on(database, here, ABOVE, 100, passing.at)
    stored = await known(database, number)
    async with database.writing() as tx:
        await change_alert(tx, stored, ABOVE, stored.watch, passing.at)
        await change_alert(tx, replace(stored, id=404), ABOVE, stored.watch, passing.at)
    assert (await known(database, number)).watch == stored.watch
    waiting = Watch(AlertState.WAITING)
    async with database.writing() as tx:
        await change_alert(tx, stored, ABOVE, waiting, passing.at)
    assert (await known(database, number)).watch == replace(waiting, arming=1)


async def test_silence_ends_by_itself(database: Database, given: Given, passing: Passing) -> None:
    """An alert that its owner let rest is armed again once its time has come."""
    here = await given.destination()
    number = await set_on(database, here, replace(ABOVE, repeat=True), 100, passing.at)
    stored, until = await known(database, number), passing.at + timedelta(minutes=5)
    resting = Watch(AlertState.WAITING, None, 1, fired=True, rests_until=until)
    async with database.writing() as tx:
        await change_alert(tx, stored, stored.condition, resting, passing.at)
    assert await passing.ticks(100, 106, 100, 106, 100) == [0] * 5
    await passing.tick(100, 300)
    assert await passing.ticks(106) == [1]


async def test_what_is_removed_or_over_touches_nothing(
    database: Database, given: Given, passing: Passing
) -> None:
    here = await given.destination()
    soon = replace(ABOVE, until=passing.at + timedelta(minutes=1))
    removed = await set_on(database, here, ABOVE, 100, passing.at)
    over = await set_on(database, here, soon, 100, passing.at)
    await passing.ticks(100, 100)
    async with database.writing() as tx:
        assert await remove_alert(tx, removed, here)
        assert await end_over(tx, passing.at) == 0
        assert await end_over(tx, passing.at + timedelta(minutes=1)) == 1
        assert await alerts_of(tx, here) == []
    assert await passing.ticks(106) == [0]
    assert (await known(database, over)).watch.state is AlertState.DONE


# ---- at the very same time


@asynccontextmanager
async def paused(passing: Passing, price: int) -> AsyncIterator[None]:
    """Something that happens while a tick's transaction is under way."""
    passing.tracks = tracks = PausingTracks()
    tick = asyncio.create_task(passing.tick(price))
    await tracks.reached.wait()
    yield
    tracks.may_go_on.set()
    await tick
    passing.tracks = Tracks()


async def test_an_alert_that_is_set_during_the_first_tick_is_not_missed(
    other: Database, given: Given, passing: Passing
) -> None:
    """There is no row yet that the tick could lock."""
    here = await given.destination()
    async with paused(passing, 100):
        setting = asyncio.create_task(set_on(other, here, ABOVE, 100, passing.at))
        await asyncio.wait([setting], timeout=0.3)
    await setting
    assert await passing.ticks(100, 106) == [0, 1]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
async def test_an_alert_that_is_set_during_a_tick_is_not_missed(
    database: Database, other: Database, given: Given, passing: Passing, condition: Condition
) -> None:
    """It waits for the tick, and what the tick found out of the market counts no more."""
    here = await given.destination()
    await set_on(other, here, Extreme(Way.DOWN), 100, passing.at)
    await passing.ticks(100, 100)
    async with paused(passing, 101):
        setting = asyncio.create_task(set_on(other, here, condition, 100, passing.at))
        await asyncio.wait([setting], timeout=0.1)
        assert not setting.done()
    await setting
    async with database.reading() as tx:
        market = await stored_market(tx, BITCOIN)
    assert (market.quiet, market.measures) == (None, None)
    assert await passing.ticks(106) == [1]


async def test_a_tick_waits_for_an_alert_that_is_being_set(
    other: Database, given: Given, passing: Passing
) -> None:
    here = await given.destination()
    await passing.ticks(100, 100)
    watch = begun_watch(ABOVE, Decimal(100), passing.at)
    async with other.writing() as tx:
        await add_alert(tx, NewAlert(here, BITCOIN, ABOVE, watch, None, None), passing.at)
        tick = asyncio.create_task(passing.tick(106))
        await asyncio.wait([tick], timeout=0.1)
        assert not tick.done()
    assert await tick == 1


async def changed_to_itself(tx: Transaction, one: StoredAlert) -> None:
    """Change an alert to what it is already."""
    await change_alert(tx, one, one.condition, one.watch, one.created_at)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(changed_to_itself, id="change"),
        pytest.param(lambda tx, one: remove_alert(tx, one.id, one.destination_id), id="remove"),
    ],
)
async def test_a_tick_and_a_change_of_what_it_touches_do_not_lock_each_other_out(
    database: Database,
    other: Database,
    given: Given,
    passing: Passing,
    change: Callable[[Transaction, StoredAlert], Awaitable[object]],
) -> None:
    """Both lock the market first, and the tick's alerts after it."""
    here = await given.destination()
    number = await set_on(database, here, UP, 100, passing.at)
    await passing.ticks(100, 100)
    stored = await known(database, number)

    async def change_it() -> None:
        """Change the alert as another process does."""
        async with other.writing() as tx:
            await change(tx, stored)

    async with paused(passing, 106):
        changing = asyncio.create_task(change_it())
        await asyncio.wait([changing], timeout=0.2)
    await changing
    assert changing.exception() is None


async def test_every_alert_that_is_set_while_ticks_pass_fires_once(
    database: Database, other: Database, given: Given, passing: Passing
) -> None:
    """One process lets ticks pass without a pause, another sets alerts all the while."""
    here = await given.destination()
    await passing.tick(100)
    at, numbers = passing.at, list[int]()

    async def set_alerts() -> None:
        """Set thirty alerts as another process does."""
        for index in range(30):
            condition = CONDITIONS[index % 3]
            numbers.append(await set_on(other, here, condition, 100, at))
            await asyncio.sleep(0)

    setting = asyncio.create_task(set_alerts())
    while not setting.done():
        assert await passing.ticks(100, 101, 100) == [0, 0, 0]
    await setting
    assert await passing.ticks(106) == [30]
    async with database.reading() as tx:
        fired = await tx.scalars(sa.select(firings.c.alert_id).order_by(firings.c.alert_id))
        assert list(fired) == numbers
