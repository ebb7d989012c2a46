"""The last values of figures, and which of them alerts look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.alerts import AlertState, Direction
from bot.domain.conditions import Condition, Figure, Gauge, Move, Side, Way
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.watching import begun_watch
from storage.alerts import NewAlert, add_alert, alert, set_watches
from storage.readings import last_reading, put_readings, wanted_figures

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.storage.conftest import Given

BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")
HOUR = timedelta(hours=1)


async def test_the_last_value_replaces_the_one_before(database: Database, now: datetime) -> None:
    """Digit for digit, also below nothing; one that is too old is none."""
    first = Reading("funding", Decimal("-0.00012345678901234567890"), now)
    other = Reading("liquidations:longs:3600", Decimal("1E+8"), now, is_partial=True)
    later = Reading("funding", Decimal("0.0001"), now + HOUR)
    async with database.writing() as tx:
        await put_readings(tx, [])
        assert await last_reading(tx, BITCOIN, "funding", now) is None
        await put_readings(tx, [(BITCOIN, first), (BITCOIN, other), (ETHER, later)])
        assert await last_reading(tx, BITCOIN, "funding", now) == first
        assert await last_reading(tx, BITCOIN, other.measure, now) == other
        assert await last_reading(tx, BITCOIN, "funding", now + HOUR) is None
        await put_readings(tx, [(BITCOIN, later)])
        assert await last_reading(tx, BITCOIN, "funding", now) == later
        assert await last_reading(tx, Market("bitcoin", "EUR"), "funding", now) is None


async def test_the_figures_that_live_alerts_look_at_are_wanted(
    database: Database, given: Given, now: datetime
) -> None:
    """Each once, however many alerts look at it."""
    here = await given.destination()
    wanted: list[Condition] = [
        Gauge(Figure.FUNDING, Direction.ABOVE, Decimal(1)),
        Gauge(Figure.FUNDING, Direction.BELOW, Decimal(-1)),
        Gauge(Figure.LIQUIDATIONS, Direction.ABOVE, Decimal(1), HOUR, Side.SHORTS),
        Gauge(Figure.VOLUME, Direction.ABOVE, Decimal(1)),
        Move(Way.UP, Decimal(1), HOUR),
    ]
    async with database.writing() as tx:
        assert await wanted_figures(tx) == []
        ids = []
        for one in wanted:
            new = NewAlert(here, BITCOIN, one, begun_watch(one, None, now), None, None)
            ids.append(await add_alert(tx, new, now))
        liquidations = (BITCOIN, "liquidations:shorts:3600")
        assert await wanted_figures(tx) == [
            (BITCOIN, "funding"),
            liquidations,
            (BITCOIN, "volume"),
        ]
        for number in (ids[0], ids[1], ids[3]):
            stored = await alert(tx, number)
            assert stored is not None
            await set_watches(tx, [(stored, replace(stored.watch, state=AlertState.DONE))])
        assert await wanted_figures(tx) == [liquidations]
