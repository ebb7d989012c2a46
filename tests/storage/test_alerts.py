"""Alerts, and the key that lets an arming fire once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import given as each
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Line, Side, Watch, next_step, started_watch
from bot.domain.markets import Market
from storage.alerts import (
    Firing,
    NewAlert,
    add_alert,
    add_firing,
    add_firings,
    alert,
    alert_counts,
    alerts_of,
    count_alerts_of_chat,
    firing_with_alert,
    remove_alert,
    same_alert,
    set_watch,
    set_watches,
    touched_alerts,
)

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
        assert (found.destination_id, found.market, found.line) == (here, new.market, line)
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
        await set_watch(tx, number, line, DONE)
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
        await set_watch(tx, first, Line(Direction.ABOVE, Decimal(100)), DONE)
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


async def test_an_arming_fires_once(database: Database, given: Given, now: datetime) -> None:
    number = await given.alert(await given.destination())
    firing = Firing(
        number, 1, Decimal("100.50"), now, now, Decimal(99), now - timedelta(seconds=5), Decimal(1)
    )
    async with database.writing() as tx:
        first = await add_firing(tx, firing)
        assert first is not None
        assert await add_firing(tx, replace(firing, price=Decimal(200))) is None
        again = await add_firing(tx, replace(firing, arming=2))
        assert again not in (None, first)
        found = await firing_with_alert(tx, first)
        assert found is not None
        assert found[0] == replace(firing, id=first)
        assert found[1].id == number
        assert await alert_counts(tx) == (1, 2)


async def test_firings_of_many_alerts_are_told_apart(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    numbers = [await given.alert(here, f"{level}") for level in (100, 101, 102)]
    await given.firing(numbers[1])
    firings = [Firing(number, 1, Decimal(number), now, now) for number in numbers]
    async with database.writing() as tx:
        assert await add_firings(tx, []) == {}
        stored = await add_firings(tx, firings)
        assert set(stored) == {numbers[0], numbers[2]}, "one had fired"
        for number, firing_id in stored.items():
            found = await firing_with_alert(tx, firing_id)
            assert found is not None
            assert (found[1].id, found[0].price) == (number, Decimal(number))


async def test_many_watches_move_at_once(database: Database, given: Given) -> None:
    here = await given.destination()
    numbers = [await given.alert(here, f"{level}", repeat=True) for level in (100, 200)]
    async with database.writing() as tx:
        await set_watches(tx, [])
        stored = await alerts_of(tx, here)
        steps = [next_step(one.line, one.watch, Decimal(150)) for one in stored]
        moved = [(one, step.watch) for one, step in zip(stored, steps, strict=True)]
        await set_watches(tx, moved)
        assert [await _stored(tx, number) for number in numbers] == [watch for _, watch in moved]


async def test_only_alerts_that_a_price_touches_are_found(database: Database, given: Given) -> None:
    here = await given.destination()
    levels = ("100", "110", "120")
    above = [await given.alert(here, level) for level in levels]
    below = [await given.alert(here, level, "130", Direction.BELOW) for level in levels]
    async with database.writing() as tx:

        async def touched(price: str, **page: int) -> list[int]:
            found = await touched_alerts(tx, BITCOIN, Decimal(price), **page)
            return [one.id for one in found]

        assert await touched("105") == [above[0], below[1], below[2]]
        assert await touched("110") == [above[0], above[1], below[1], below[2]]
        assert await touched("99.99") == below
        assert await touched("105", limit=2) == [above[0], below[1]]
        assert await touched("105", after_id=below[1]) == [below[2]]
        assert await touched_alerts(tx, Market("bitcoin", "EUR"), Decimal(105)) == []
        assert await touched_alerts(tx, Market("ethereum"), Decimal(105)) == []
        await set_watch(tx, above[0], Line(Direction.ABOVE, Decimal(100)), DONE)
        assert await touched("105") == [below[1], below[2]]


PRICES = st.decimals("1e-18", "1e15", allow_nan=False, allow_infinity=False).filter(bool)
# What a float cannot tell apart: neighbours at the 25th digit.
HAIRS = st.sampled_from([Decimal(0), Decimal("1e-25"), Decimal("-1e-25"), Decimal("1e-17")])
LINES = st.builds(
    Line,
    st.sampled_from(Direction),
    PRICES,
    st.booleans(),
    st.sampled_from([Decimal("0.005"), Decimal("0.0005"), Decimal(0)]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@each(
    line=LINES,
    set_at=st.none() | PRICES,
    steps=st.lists(st.none() | PRICES, max_size=3),
    last=st.none() | PRICES,
    hair=HAIRS,
)
async def test_every_alert_that_a_price_changes_is_found(
    database: Database,
    given: Given,
    now: datetime,
    line: Line,
    set_at: Decimal | None,
    steps: list[Decimal | None],
    last: Decimal | None,
    hair: Decimal,
) -> None:
    """Prices at the line itself, or a hair beside it, are drawn as None."""
    here = await given.destination()
    beside = line.level * (1 + hair)
    watch = started_watch(line, set_at)
    for step in steps:
        watch = next_step(line, watch, beside if step is None else step).watch
    price = beside if last is None else last
    async with database.writing() as tx:
        number = await add_alert(tx, NewAlert(here, BITCOIN, line, watch, set_at, None), now)
        found = [one.id for one in await touched_alerts(tx, BITCOIN, price, after_id=number - 1)]
        after = next_step(line, watch, price)
        if after.fires or after.watch != watch:
            assert found == [number]
