"""Alerts: which there are, which of them a value touches, and when that has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts import (
    AlertState,
    Direction,
    Line,
    Side,
    Told,
    Watch,
    started_watch,
)
from bot.domain.conditions import Condition
from bot.domain.markets import Market
from bot.domain.watching import watch_step
from storage.alerts import (
    NewAlert,
    add_alert,
    alert,
    alert_counts,
    alerts_of,
    armed_alerts,
    count_alerts_of_chat,
    remove_alert,
    same_alert,
    set_watches,
)
from storage.firings import firing_with_alert
from tests.storage.given_alerts import CONDITIONS, add_condition

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

BITCOIN = Market("bitcoin")
DONE = Watch(AlertState.DONE, Side.UNDER, 1, fired=True)


async def _stored(tx: Transaction, alert_id: int) -> Watch:
    found = await alert(tx, alert_id)
    assert found is not None
    return found.watch


async def test_an_alert_comes_back_as_it_was_set(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    line = Line(Direction.ABOVE, Decimal("0.00001234567890123456789"), True, Decimal("0.0005"))
    watch = started_watch(line, Decimal("0.00001"))
    new = NewAlert(here, Market("pepe", "EUR"), line, watch, Decimal("0.00001"), 42)
    async with database.writing() as tx:
        found = await alert(tx, await add_alert(tx, new, now))
        assert found is not None
        assert (found.destination_id, found.market, found.condition) == (here, new.market, line)
        assert (found.watch, found.set_price, found.created_at) == (watch, new.set_price, now)
        assert await alert(tx, 404) is None


async def test_the_same_alert_is_found_until_it_is_done(database: Database, given: Given) -> None:
    here, there = await given.destination(1), await given.destination(2)
    number = await given.alert(here, "100.0")
    line = Line(Direction.ABOVE, Decimal("1E+2"))
    async with database.writing() as tx:
        found = await same_alert(tx, here, BITCOIN, line)
        assert found is not None
        assert found.id == number
        for other in (
            (there, BITCOIN, line),
            (here, Market("bitcoin", "EUR"), line),
            (here, BITCOIN, replace(line, direction=Direction.BELOW)),
            (here, BITCOIN, replace(line, level=Decimal("100.01"))),
            (here, BITCOIN, replace(line, repeat=True)),
        ):
            assert await same_alert(tx, *other) is None
        await set_watches(tx, [(found, DONE)])
        assert await same_alert(tx, here, BITCOIN, line) is None


async def test_alerts_that_are_done_are_not_listed_or_counted(
    database: Database, given: Given
) -> None:
    here, thread = await given.destination(-1), await given.destination(-1, 7)
    first, second = await given.alert(here, "100"), await given.alert(here, "200")
    third = await given.alert(thread, "300")
    async with database.writing() as tx:
        assert [one.id for one in await alerts_of(tx, here)] == [first, second]
        assert await count_alerts_of_chat(tx, -1) == 3
        stored = await alert(tx, first)
        assert stored is not None
        await set_watches(tx, [(stored, DONE)])
        assert [one.id for one in await alerts_of(tx, here)] == [second]
        assert await count_alerts_of_chat(tx, -1) == 2
        assert await count_alerts_of_chat(tx, 404) == 0
        assert await alert_counts(tx) == (2, 0)
        assert {one.id for one in await alerts_of(tx, thread)} == {third}


async def test_an_alert_is_removed_only_by_its_own_destination(
    database: Database, given: Given
) -> None:
    """A forged button names any id; what it fired goes with it."""
    here, there = await given.destination(1), await given.destination(2)
    number = await given.alert(here)
    firing = await given.firing(number)
    async with database.writing() as tx:
        assert not await remove_alert(tx, number, there)
        assert await firing_with_alert(tx, firing) is not None
        assert await remove_alert(tx, number, here)
        assert not await remove_alert(tx, number, here)
        assert await firing_with_alert(tx, firing) is None


async def test_many_watches_move_at_once(database: Database, given: Given, now: datetime) -> None:
    here = await given.destination()
    numbers = [await given.alert(here, f"{level}", repeat=True) for level in (100, 200)]
    async with database.writing() as tx:
        await set_watches(tx, [])
        stored = await alerts_of(tx, here)
        steps = [watch_step(one.condition, one.watch, Decimal(150), now) for one in stored]
        moved = [(one, step.watch) for one, step in zip(stored, steps, strict=True)]
        await set_watches(tx, moved)
        assert [await _stored(tx, number) for number in numbers] == [watch for _, watch in moved]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
async def test_the_same_condition_of_a_chat_is_known(
    database: Database, given: Given, now: datetime, condition: Condition
) -> None:
    """However often it rings counts, and in which manner else does not."""
    here = await given.destination()
    async with database.writing() as tx:
        number = await add_condition(tx, here, condition, Decimal(95), now)
        found = await same_alert(tx, here, BITCOIN, replace(condition, note="other"))
        assert found is not None
        assert found.id == number
        others = [one for one in CONDITIONS if one != condition]
        told = replace(condition, told=Told.EXPLAINED)
        for other in (*others, replace(condition, repeat=True), told):
            assert await same_alert(tx, here, BITCOIN, other) is None


async def test_only_alerts_that_were_armed_all_the_while_are_found_afterwards(
    database: Database, given: Given, now: datetime
) -> None:
    here, before, later = await given.destination(), now - timedelta(hours=2), now
    async with database.writing() as tx:
        old = await add_condition(
            tx, here, Line(Direction.ABOVE, Decimal(100)), Decimal(95), before
        )
        low = await add_condition(tx, here, Line(Direction.BELOW, Decimal(80)), Decimal(95), before)
        await add_condition(tx, here, Line(Direction.ABOVE, Decimal(101)), Decimal(95), later)
        await add_condition(tx, here, Line(Direction.ABOVE, Decimal(90)), Decimal(95), before)
        await add_condition(tx, here, CONDITIONS[2], Decimal(95), before)
        since = now - timedelta(hours=1)

        async def armed(low: int, high: int, after_id: int = 0, limit: int = 9) -> list[int]:
            """The ids of those that prices between two would have touched."""
            between = Decimal(low), Decimal(high)
            found = await armed_alerts(tx, BITCOIN, *between, since, after_id=after_id, limit=limit)
            return [one.id for one in found]

        assert await armed(90, 110) == [old]
        assert await armed(75, 110) == [old, low]
        assert await armed(75, 110, limit=1) == [old]
        assert await armed(75, 110, after_id=old) == [low]
        assert await armed(90, 99) == []
        stored = await alert(tx, old)
        assert stored is not None
        again = replace(stored.watch, arming=2)
        await set_watches(tx, [(stored, again)], now)
        assert await armed(90, 110) == [], "it was armed after the silence began"
