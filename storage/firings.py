"""What alerts fired: facts of the moment, each arming once.

Owns the rows of firings and the key that lets an arming fire once. Refuses to decide what fires:
`bot.domain.watching` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.alert_rows import StoredAlert
from storage.alerts import alert
from storage.database import Transaction, upsert
from storage.schema import alerts, firings


@dataclass(frozen=True, slots=True)
class Firing:
    """A fired alert: stored facts of the moment, which no later tick changes.

    `previous_at` is the time of the tick before, so that a crossing lies between it and
    `price_at`. `reason` says what the price did, `line` is the price of the line that was
    reached, and `value` that of the measure where the alert looks at something else;
    `is_partial`: it is that at least.
    """

    alert_id: int
    arming: int
    price: Decimal
    price_at: datetime
    fired_at: datetime
    previous_price: Decimal | None = None
    previous_at: datetime | None = None
    change_1h: Decimal | None = None
    change_24h: Decimal | None = None
    reason: str | None = None
    line: Decimal | None = None
    value: Decimal | None = None
    is_partial: bool = False
    id: int = 0


_FACTS = tuple(field.name for field in fields(Firing) if field.name not in ("id", "alert_id"))
_facts_of = attrgetter(*_FACTS)


async def add_firing(tx: Transaction, firing: Firing) -> int | None:
    """Store a firing and return its id; None when that arming has fired already."""
    return (await add_firings(tx, [firing])).get(firing.alert_id)


async def add_firings(tx: Transaction, fired: Sequence[Firing]) -> dict[int, int]:
    """Store firings of different alerts; gives the new ids by alert.

    An alert whose arming has fired already is left out. The alerts are there: who fires them
    has locked them.
    """
    ids: dict[int, int] = {}
    few: list[dict[str, object]] = []
    for facts, alert_ids in _by_facts(fired).items():
        values = dict(zip(_FACTS, facts, strict=True))
        if len(alert_ids) < _MANY:
            few += [{"alert_id": alert_id, **values} for alert_id in alert_ids]
            continue
        columns = {name: sa.literal(value, firings.c[name].type) for name, value in values.items()}
        rows = sa.select(alerts.c.id, *columns.values()).where(alerts.c.id.in_(alert_ids))
        statement = upsert(tx, firings).from_select(
            ["alert_id", *columns], rows, include_defaults=False
        )
        ids |= await _new_ids(tx, statement, None)
    return ids | (await _new_ids(tx, upsert(tx, firings), few) if few else {})


# From so many on a statement of their own is cheaper than a row of parameters for each.
_MANY = 10


async def _new_ids(
    tx: Transaction, statement: "sqlite.Insert | postgresql.Insert", rows: Any
) -> dict[int, int]:
    told = statement.on_conflict_do_nothing().returning(firings.c.alert_id, firings.c.id)
    return {row.alert_id: row.id for row in await tx.execute(told, rows)}


def _by_facts(fired: Sequence[Firing]) -> dict[tuple[object, ...], list[int]]:
    """The alerts by what is told of them: a tick tells thousands the same, in one statement."""
    found: dict[tuple[object, ...], list[int]] = {}
    for firing in fired:
        found.setdefault(_facts_of(firing), []).append(firing.alert_id)
    return found


async def firing_with_alert(tx: Transaction, firing_id: int) -> tuple[Firing, StoredAlert] | None:
    """A firing and its alert, or None when the alert was deleted meanwhile."""
    found = await tx.execute(sa.select(firings).where(firings.c.id == firing_id))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    stored = await alert(tx, row["alert_id"])
    return None if stored is None else (Firing(**row), stored)
