"""Which alerts values touch, and between which values none is touched."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import given as each
from hypothesis import strategies as st

from bot.domain.alerts import AlertState, Direction, Line, Side, Watch, next_step, started_watch
from bot.domain.conditions import Condition, Move, Range, Way
from bot.domain.markets import Market
from bot.domain.measures import PRICE, triggers_of
from bot.domain.watching import begun_watch, watch_step
from storage.alerts import NewAlert, add_alert, alert, remove_alert, set_watches
from storage.schema import alerts
from storage.touching import (
    Swing,
    locked_alerts,
    quiet_spans,
    touched_ids,
    watched_measures,
    widened,
)
from tests.storage.given_alerts import CONDITIONS, add_condition

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

BITCOIN = Market("bitcoin")
DONE = Watch(AlertState.DONE, Side.UNDER, 1, fired=True)


async def touched_by(
    tx: Transaction,
    value: Decimal,
    market: Market = BITCOIN,
    *,
    measure: str = PRICE,
    after_id: int = 0,
    limit: int = 500,
) -> list[int]:
    """The ids of the alerts that one value touches."""
    swing = Swing(market, measure, value, value)
    return await touched_ids(tx, [swing], after_id=after_id, limit=limit)


async def quiet_span(tx: Transaction) -> tuple[float, float]:
    """Between which prices of bitcoin no alert is touched."""
    return (await quiet_spans(tx, [(BITCOIN, PRICE)]))[BITCOIN, PRICE]


async def test_only_alerts_that_a_price_touches_are_found(database: Database, given: Given) -> None:
    here = await given.destination()
    levels = ("100", "110", "120")
    above = [await given.alert(here, level) for level in levels]
    below = [await given.alert(here, level, "130", Direction.BELOW) for level in levels]
    async with database.writing() as tx:

        async def touched(price: str, after_id: int = 0, limit: int = 9) -> list[int]:
            """The ids of the alerts that a price touches."""
            at = Decimal(price)
            return await touched_by(tx, at, after_id=after_id, limit=limit)

        assert await touched("105") == [above[0], below[1], below[2]]
        assert await touched("110") == [above[0], above[1], below[1], below[2]]
        assert await touched("99.99") == below
        assert await touched("105", limit=2) == [above[0], below[1]]
        assert await touched("105", after_id=below[1]) == [below[2]]
        assert await touched_by(tx, Decimal(105), Market("bitcoin", "EUR")) == []
        assert await touched_by(tx, Decimal(105), Market("ethereum")) == []
        stored = await alert(tx, above[0])
        assert stored is not None
        await set_watches(tx, [(stored, DONE)])
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
        found = await touched_by(tx, price, after_id=number - 1)
        after = next_step(line, watch, price)
        if after.fires or after.watch != watch:
            assert found == [number]


async def measures(tx: Transaction, market: Market = BITCOIN) -> tuple[str, ...]:
    """What a market's alerts look at beside its price."""
    return (await watched_measures(tx, [market, Market("nobody's")]))[market]


async def test_what_live_alerts_look_at_is_named_once(
    database: Database, given: Given, now: datetime
) -> None:
    """The price itself is always looked at, and what is done or offered at nothing."""
    here = await given.destination()
    async with database.writing() as tx:
        assert await measures(tx) == ()
        numbers = [await add_condition(tx, here, one, Decimal(95), now) for one in CONDITIONS]
        assert await measures(tx) == ("close:1d", "funding", "high:0", "up:3600")
        assert await measures(tx, Market("bitcoin", "EUR")) == ()
        for number, state in ((numbers[4], AlertState.DONE), (numbers[5], AlertState.OFFERED)):
            stored = await alert(tx, number)
            assert stored is not None
            await set_watches(tx, [(stored, replace(stored.watch, state=state))])
        assert await measures(tx) == ("funding", "up:3600")


async def test_a_value_touches_only_alerts_on_its_measure(
    database: Database, given: Given, now: datetime
) -> None:
    """Also values below nothing, as funding has."""
    here = await given.destination()
    async with database.writing() as tx:
        ids = [await add_condition(tx, here, one, Decimal(95), now) for one in CONDITIONS[:-1]]
        ids.append(await add_condition(tx, here, CONDITIONS[-1], Decimal(0), now))

        async def touched(measure: str, value: str) -> list[int]:
            """The ids of the alerts that a value of a measure touches."""
            return await touched_by(tx, Decimal(value), measure=measure)

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
        low, high = await quiet_span(tx)
        for price in (*prices, *edges):
            found = await touched_by(tx, price)
            if low < float(price) < high:
                assert found == []
            elif not any(math.isclose(float(price), end, rel_tol=1e-11) for end in (low, high)):
                assert found != []


async def test_many_markets_are_asked_at_once(
    database: Database, given: Given, now: datetime
) -> None:
    """What is found for each alone is found for all together: ids in order, spans, and names."""
    here = await given.destination()
    places = [Market(f"coin-{number}", quote) for number in range(4) for quote in ("USD", "EUR")]
    async with database.writing() as tx:
        for level in (110, 120, 90):
            for market in places[:6]:
                direction = Direction.ABOVE if level > 100 else Direction.BELOW
                line = Line(direction, Decimal(level))
                watch = begun_watch(line, Decimal(100), now)
                await add_alert(tx, NewAlert(here, market, line, watch, None, None), now)
        for market in places[::3]:
            watch = begun_watch(CONDITIONS[2], Decimal(100), now)
            await add_alert(tx, NewAlert(here, market, CONDITIONS[2], watch, None, None), now)
        ends = [(Decimal(low), Decimal(high)) for low in (85, 95) for high in (105, 115, 125, 95)]
        swings = [
            Swing(market, PRICE, *sorted(pair)) for market, pair in zip(places, ends, strict=True)
        ]
        alone = [number for swing in swings for number in await touched_ids(tx, [swing])]
        assert await touched_ids(tx, swings) == sorted(alone)
        assert len(alone) > 6
        series = [(market, name) for market in places for name in (PRICE, "up:3600")]
        spans = await quiet_spans(tx, series)
        for one in series:
            assert await quiet_spans(tx, [one]) == {one: spans[one]}
        assert spans[places[0], "up:3600"] == (-math.inf, 0.05 - 0.05e-12)
        assert spans[places[7], PRICE] == (-math.inf, math.inf)
        assert await watched_measures(tx, places) == {
            market: ("up:3600",) if market in places[::3] else () for market in places
        }


async def test_nothing_is_asked_of_no_market(database: Database) -> None:
    async with database.writing() as tx:
        assert await touched_ids(tx, []) == []
        assert await quiet_spans(tx, []) == {}
        assert await watched_measures(tx, []) == {}
        assert await locked_alerts(tx, []) == []


async def test_what_is_to_be_changed_comes_as_it_stands(database: Database, given: Given) -> None:
    """In order, however it is asked for; one that was removed meanwhile is left out."""
    here = await given.destination()
    numbers = [await given.alert(here, level) for level in ("100", "110", "120")]
    async with database.writing() as tx:
        assert await remove_alert(tx, numbers[1], here)
        found = await locked_alerts(tx, numbers[::-1])
        assert found == [await alert(tx, numbers[0]), await alert(tx, numbers[2])]


@each(value=PRICES | PRICES.map(lambda price: -price) | st.just(Decimal(0)))
def test_an_exact_value_lies_between_the_floats_around_it(value: Decimal) -> None:
    low, high = widened(value)
    assert Decimal(low) <= value <= Decimal(high)
    assert math.isclose(low, high, rel_tol=1e-11)
