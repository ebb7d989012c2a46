"""Alerts: which there are, which of them a value touches, and when that has changed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as each
from hypothesis import strategies as st

from bot.domain.alerts import (
    AlertState,
    Direction,
    Line,
    Side,
    Told,
    Watch,
    next_step,
    started_watch,
)
from bot.domain.conditions import Close, Condition, Extreme, Figure, Frame, Gauge, Move, Range, Way
from bot.domain.markets import Market
from bot.domain.measures import triggers_of
from bot.domain.watching import begun_watch, watch_step
from storage.alerts import (
    NewAlert,
    add_alert,
    alert,
    alert_counts,
    alerts_of,
    armed_alerts,
    count_alerts_of_chat,
    quiet_span,
    remove_alert,
    same_alert,
    set_watch,
    set_watches,
    touched_alerts,
    watched_measures,
)
from storage.firings import firing_with_alert
from storage.schema import alerts

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
        await set_watch(tx, found, DONE)
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
        await set_watch(tx, stored, DONE)
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


async def test_only_alerts_that_a_price_touches_are_found(database: Database, given: Given) -> None:
    here = await given.destination()
    levels = ("100", "110", "120")
    above = [await given.alert(here, level) for level in levels]
    below = [await given.alert(here, level, "130", Direction.BELOW) for level in levels]
    async with database.writing() as tx:

        async def touched(price: str, after_id: int = 0, limit: int = 9) -> list[int]:
            at = Decimal(price)
            found = await touched_alerts(tx, BITCOIN, at, after_id=after_id, limit=limit)
            return [one.id for one in found]

        assert await touched("105") == [above[0], below[1], below[2]]
        assert await touched("110") == [above[0], above[1], below[1], below[2]]
        assert await touched("99.99") == below
        assert await touched("105", limit=2) == [above[0], below[1]]
        assert await touched("105", after_id=below[1]) == [below[2]]
        assert await touched_alerts(tx, Market("bitcoin", "EUR"), Decimal(105)) == []
        assert await touched_alerts(tx, Market("ethereum"), Decimal(105)) == []
        stored = await alert(tx, above[0])
        assert stored is not None
        await set_watch(tx, stored, DONE)
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


# ---- what a market's alerts are looked at for

CONDITIONS: list[Condition] = [
    Line(Direction.ABOVE, Decimal(100)),
    Range(Decimal(90), Decimal(100)),
    Move(Way.UP, Decimal("0.05"), timedelta(hours=1)),
    Move(Way.UP, Decimal("0.08"), timedelta(hours=1)),
    Extreme(Way.UP),
    Close(Frame.DAY, Direction.ABOVE, Decimal(100)),
    Gauge(Figure.FUNDING, Direction.BELOW, Decimal("-0.0001")),
]


async def _add(
    tx: Transaction, here: int, condition: Condition, price: Decimal | None, now: datetime
) -> int:
    watch = begun_watch(condition, price, now)
    return await add_alert(tx, NewAlert(here, BITCOIN, condition, watch, price, None), now)


async def test_what_live_alerts_look_at_is_named_once(
    database: Database, given: Given, now: datetime
) -> None:
    """The price itself is always looked at, and what is done or offered at nothing."""
    here = await given.destination()
    async with database.writing() as tx:
        assert await watched_measures(tx, BITCOIN) == ()
        numbers = [await _add(tx, here, one, Decimal(95), now) for one in CONDITIONS]
        assert await watched_measures(tx, BITCOIN) == ("close:1d", "funding", "high:0", "up:3600")
        assert await watched_measures(tx, Market("bitcoin", "EUR")) == ()
        for number, state in ((numbers[4], AlertState.DONE), (numbers[5], AlertState.OFFERED)):
            stored = await alert(tx, number)
            assert stored is not None
            await set_watch(tx, stored, replace(stored.watch, state=state))
        assert await watched_measures(tx, BITCOIN) == ("funding", "up:3600")


async def test_a_value_touches_only_alerts_on_its_measure(
    database: Database, given: Given, now: datetime
) -> None:
    """Also values below nothing, as funding has."""
    here = await given.destination()
    async with database.writing() as tx:
        ids = [await _add(tx, here, one, Decimal(95), now) for one in CONDITIONS[:-1]]
        ids.append(await _add(tx, here, CONDITIONS[-1], Decimal(0), now))

        async def touched(measure: str, value: str) -> list[int]:
            found = await touched_alerts(tx, BITCOIN, Decimal(value), measure=measure)
            return [one.id for one in found]

        assert await touched("price", "100") == ids[:2]
        assert await touched("price", "95") == []
        assert await touched("up:3600", "0.06") == [ids[2]]
        assert await touched("up:3600", "0.08") == ids[2:4]
        assert await touched("up:7200", "0.08") == []
        assert await touched("high:0", "1.01") == [ids[4]]
        assert await touched("close:1d", "100") == [ids[5]]
        assert await touched("close:1w", "100") == []
        assert await touched("funding", "-0.00005") == []
        assert await touched("funding", "-0.0001") == [ids[6]]
        assert await touched("funding", "-0.00010000000000000000000001") == [ids[6]]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
async def test_the_same_condition_of_a_chat_is_known(
    database: Database, given: Given, now: datetime, condition: Condition
) -> None:
    """However often it rings counts, and in which manner else does not."""
    here = await given.destination()
    async with database.writing() as tx:
        number = await _add(tx, here, condition, Decimal(95), now)
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
        old = await _add(tx, here, Line(Direction.ABOVE, Decimal(100)), Decimal(95), before)
        low = await _add(tx, here, Line(Direction.BELOW, Decimal(80)), Decimal(95), before)
        await _add(tx, here, Line(Direction.ABOVE, Decimal(101)), Decimal(95), later)
        await _add(tx, here, Line(Direction.ABOVE, Decimal(90)), Decimal(95), before)
        await _add(tx, here, CONDITIONS[2], Decimal(95), before)
        since = now - timedelta(hours=1)

        async def armed(low: int, high: int, after_id: int = 0, limit: int = 9) -> list[int]:
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


# What the grammar can ask for, for a range is stored as its words.
TYPED = st.decimals("1e-8", "1e15", places=8)
ALERTS = st.lists(
    st.tuples(
        st.one_of(
            LINES,
            st.tuples(TYPED, TYPED)
            .filter(lambda ends: ends[0] != ends[1])
            .map(lambda ends: Range(min(ends), max(ends), repeat=True)),
            st.sampled_from([Move(Way.EITHER, Decimal("0.1"), repeat=True), CONDITIONS[2]]),
            st.builds(Line, st.sampled_from(Direction), PRICES.map(lambda price: -price)),
        ),
        st.none() | PRICES,
        st.lists(PRICES, max_size=2),
    ),
    max_size=6,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@each(asked=ALERTS, prices=st.lists(PRICES, min_size=1, max_size=5), hair=HAIRS)
async def test_between_the_two_quiet_prices_nothing_is_touched(
    database: Database,
    given: Given,
    now: datetime,
    asked: list[tuple[Condition, Decimal | None, list[Decimal]]],
    prices: list[Decimal],
    hair: Decimal,
) -> None:
    """And outside of them something is, or is missed by a hair; alerts on nothing else count."""
    here = await given.destination()
    async with database.writing() as tx:
        await tx.execute(alerts.delete())
        edges = []
        for condition, set_at, steps in asked:
            watch = begun_watch(condition, set_at, now)
            for price in steps:
                watch = watch_step(condition, watch, price, now).watch
            await add_alert(tx, NewAlert(here, BITCOIN, condition, watch, set_at, None), now)
            touches = triggers_of(condition, watch)
            edges += [edge * (1 + hair) for edge in (touches.low, touches.high) if edge is not None]
        low, high = await quiet_span(tx, BITCOIN)
        for price in (*prices, *edges):
            found = await touched_alerts(tx, BITCOIN, price)
            if low < float(price) < high:
                assert found == []
            elif not any(math.isclose(float(price), end, rel_tol=1e-11) for end in (low, high)):
                assert found != []
