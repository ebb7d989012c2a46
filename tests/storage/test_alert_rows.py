"""Every condition lies in its row and comes back the same, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as each
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Line, Memory, Side, Told, Watch
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Way,
)
from bot.domain.conditions import Side as Whose
from bot.domain.markets import Market
from bot.domain.measures import measure_of, triggers_of
from bot.domain.watching import begun_watch, watch_step
from storage.alert_rows import counts_from_now, shares_memory
from storage.alerts import NewAlert, add_alert, alert, set_watches
from storage.schema import alerts

if TYPE_CHECKING:
    from storage.alert_rows import StoredAlert
    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

BITCOIN = Market("bitcoin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ABOVE, BELOW, CROSS = Direction
CONDITIONS: list[Condition] = [
    Line(ABOVE, Decimal("0.00001234567890123456789")),
    Line(CROSS, Decimal("1E+5")),
    Range(Decimal("0.5"), Decimal(120)),
    Move(Way.UP, Decimal("0.05")),
    Move(Way.EITHER, Decimal("0.0000000001")),
    Move(Way.DOWN, Decimal("0.05"), HOUR),
    Move(Way.EITHER, Decimal("0.333333333333"), 90 * HOUR / 60),
    Extreme(Way.UP, 30 * DAY),
    Extreme(Way.DOWN, 5 * HOUR / 60),
    Extreme(Way.UP),
    Extreme(Way.DOWN),
    Close(Frame.WEEK, ABOVE, Decimal("3500.25")),
    Close(Frame.HOUR, CROSS, Decimal("1E-7")),
    Gauge(Figure.VOLUME, ABOVE, Decimal("2.5")),
    Gauge(Figure.FUNDING, BELOW, Decimal("-0.0005")),
    Gauge(Figure.LIQUIDATIONS, ABOVE, Decimal("1E+8"), HOUR),
    Gauge(Figure.LIQUIDATIONS, BELOW, Decimal("1234.5"), 2.5 * HOUR, Whose.SHORTS),
]
FULL = {
    "repeat": True,
    "band": Decimal("0.0005"),
    "cooldown": timedelta(minutes=90),
    "until": datetime(2026, 12, 31, 18, 30, tzinfo=UTC),
    "note": 'take "profit" — 100 %',
    "told": Told.UNEXPLAINED,
}


async def stored(
    tx: Transaction, here: int, condition: Condition, watch: Watch, now: datetime
) -> StoredAlert:
    """An alert as it comes back after it was added."""
    number = await add_alert(tx, NewAlert(here, BITCOIN, condition, watch, None, None), now)
    found = await alert(tx, number)
    assert found is not None
    return found


@pytest.mark.parametrize("bare", CONDITIONS, ids=str)
async def test_a_condition_comes_back_as_it_was_asked_for(
    database: Database, given: Given, now: datetime, bare: Condition
) -> None:
    """With none of the options, and with all of them."""
    here = await given.destination()
    async with database.writing() as tx:
        for condition in (bare, replace(bare, **FULL), replace(bare, told=Told.EXPLAINED)):  # type: ignore[arg-type]  # the fields of all conditions
            watch = begun_watch(condition, Decimal(100), now)
            found = await stored(tx, here, condition, watch, now)
            assert found.condition == condition
            assert replace(found.watch, memory=watch.memory) == watch
            row = (await tx.execute(alerts.select().filter_by(id=found.id))).one()
            assert row.measure == measure_of(condition)
            assert (row.words is None) == isinstance(condition, Line)
            touches = triggers_of(condition, found.watch)
            for value, column in (
                (touches.low, row.trigger_low),
                (touches.high, row.trigger_high),
            ):
                assert column == (None if value is None else float(value))


@pytest.mark.parametrize("bare", CONDITIONS, ids=str)
@pytest.mark.parametrize("price", [None, Decimal(100)])
async def test_what_was_loaded_goes_on_as_what_was_not_stored(
    database: Database, given: Given, now: datetime, bare: Condition, price: Decimal | None
) -> None:
    """A range has seen a price, a percentage without a window knows the one it counts from.

    What a window remembers is the market's, so that the alert's row has none of it.
    """
    condition = replace(bare, repeat=True)
    here = await given.destination()
    watch = begun_watch(condition, price, now)
    async with database.writing() as tx:
        found = await stored(tx, here, condition, watch, now)
        if shares_memory(condition) or isinstance(condition, Close):
            assert found.watch == replace(watch, memory=Memory())
            return
        at = now
        for number in (100, 130, 99, 100, 70, 101, 100):
            at += timedelta(minutes=1)
            loaded = watch_step(condition, found.watch, Decimal(number), at)
            kept = watch_step(condition, watch, Decimal(number), at)
            assert (loaded.fires, loaded.line) == (kept.fires, kept.line)
            await set_watches(tx, [(found, loaded.watch)])
            again = await alert(tx, found.id)
            assert again is not None
            found, watch = again, kept.watch
            assert replace(found.watch, memory=Memory()) == replace(watch, memory=Memory())


WATCHES = st.builds(
    Watch,
    st.sampled_from(AlertState),
    st.none() | st.sampled_from(Side),
    st.integers(0, 1000),
    st.booleans(),
    st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 1, 1)),  # noqa: DTZ001  # the strategy adds the zone
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@each(watch=WATCHES, condition=st.sampled_from(CONDITIONS))
async def test_wherever_an_alert_stands_it_comes_back(
    database: Database, given: Given, now: datetime, watch: Watch, condition: Condition
) -> None:
    here = await given.destination()
    async with database.writing() as tx:
        found = await stored(tx, here, condition, watch, now)
        assert replace(found.watch, memory=Memory()) == watch


def test_what_a_condition_remembers_is_the_markets_or_its_own() -> None:
    """A percentage without a window counts from a price of its own."""
    assert [counts_from_now(one) for one in CONDITIONS[3:6]] == [True, True, False]
    shared = {type(one).__name__ for one in CONDITIONS if shares_memory(one)}
    assert shared == {"Move", "Extreme"}
    assert not any(shares_memory(one) and counts_from_now(one) for one in CONDITIONS)
