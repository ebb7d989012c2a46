"""Firings, and the key that lets an arming fire once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from storage.alerts import alert_counts
from storage.firings import Firing, add_firing, add_firings, firing_with_alert

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.storage.conftest import Given


async def test_an_arming_fires_once(database: Database, given: Given, now: datetime) -> None:
    number = await given.alert(await given.destination())
    firing = Firing(
        number,
        1,
        Decimal("100.50"),
        now,
        now,
        Decimal(99),
        now - timedelta(seconds=5),
        Decimal(1),
        reason="rose to the line",
        line=Decimal("100.123456789012345678901234567890"),
        value=Decimal("-0.0005"),
        is_partial=True,
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
