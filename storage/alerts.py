"""Alerts and their firings.

Owns the rows of an alert and the key that lets an arming fire once. Refuses to decide what
fires: `bot.domain.alerts` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from bot.domain.alerts import AlertState, Direction, Line, Side, Watch, triggers
from bot.domain.markets import Market
from storage.database import Transaction, upsert
from storage.schema import alerts, destinations, firings


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert of a destination: its line, its market, and where it stands."""

    id: int
    destination_id: int
    market: Market
    line: Line
    watch: Watch
    set_price: Decimal | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Firing:
    """A fired alert: stored facts of the moment, which no later tick changes.

    `previous_at` is the time of the tick before, so that a crossing lies between it and
    `price_at`.
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
    id: int = 0


_FIRING_VALUES = tuple(field.name for field in fields(Firing) if field.name != "id")


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert as somebody asked for it, with the watch that it begins with."""

    destination_id: int
    market: Market
    line: Line
    watch: Watch
    set_price: Decimal | None
    created_by: int | None


def _watch_values(line: Line, watch: Watch) -> dict[str, object]:
    at = triggers(line, watch)
    return {
        "state": watch.state.value,
        "side": watch.side.value if watch.side else None,
        "arming": watch.arming,
        "fired": watch.fired,
        "trigger_low": None if at.low is None else float(at.low),
        "trigger_high": None if at.high is None else float(at.high),
    }


async def add_alert(tx: Transaction, new: NewAlert, now: datetime) -> int:
    """Store an alert and return its id."""
    alert_id: int | None = await tx.scalar(
        sa.insert(alerts)
        .values(
            destination_id=new.destination_id,
            asset_id=new.market.asset_id,
            quote=new.market.quote,
            direction=new.line.direction.value,
            level=new.line.level,
            repeat=new.line.repeat,
            band=new.line.band,
            set_price=new.set_price,
            created_by=new.created_by,
            created_at=now,
            **_watch_values(new.line, new.watch),
        )
        .returning(alerts.c.id)
    )
    assert alert_id is not None  # noqa: S101  # an INSERT returns its id
    return alert_id


async def same_alert(
    tx: Transaction, destination_id: int, market: Market, line: Line
) -> StoredAlert | None:
    """An alert of that destination on the same line that is not done yet, or None."""
    found = await tx.execute(
        sa.select(alerts).where(
            alerts.c.destination_id == destination_id,
            alerts.c.asset_id == market.asset_id,
            alerts.c.quote == market.quote,
            alerts.c.direction == line.direction.value,
            alerts.c.level == line.level,
            alerts.c.repeat == line.repeat,
            alerts.c.state != AlertState.DONE.value,
        )
    )
    row = found.mappings().first()
    return None if row is None else _alert(row)


async def alert(tx: Transaction, alert_id: int) -> StoredAlert | None:
    """The alert of that id, or None."""
    found = await tx.execute(sa.select(alerts).where(alerts.c.id == alert_id))
    row = found.mappings().one_or_none()
    return None if row is None else _alert(row)


async def alerts_of(tx: Transaction, destination_id: int) -> list[StoredAlert]:
    """The alerts of a destination that are not done, oldest first."""
    rows = await tx.execute(
        sa.select(alerts)
        .where(alerts.c.destination_id == destination_id, alerts.c.state != AlertState.DONE.value)
        .order_by(alerts.c.id)
    )
    return [_alert(row) for row in rows.mappings()]


async def remove_alert(tx: Transaction, alert_id: int, destination_id: int) -> bool:
    """Delete an alert of that destination, with what it fired; false when it is not there."""
    result = await tx.execute(
        sa.delete(alerts).where(alerts.c.id == alert_id, alerts.c.destination_id == destination_id)
    )
    return result.rowcount > 0


async def touched_alerts(
    tx: Transaction, market: Market, price: Decimal, *, after_id: int = 0, limit: int = 500
) -> list[StoredAlert]:
    """Up to `limit` alerts of a market on which this price may have an effect, by id.

    Those with an id above `after_id`, so that thousands are walked page by page. Found by the
    float columns, a hair wider than the price: the exact decision is the caller's. Nobody else
    can change or remove them before the transaction ends, so that it must be a writing one.
    """
    near = float(price)
    slack = near * 1e-12
    touched = sa.or_(
        alerts.c.trigger_low >= near - slack,
        alerts.c.trigger_high <= near + slack,
    )
    rows = await tx.execute(
        sa.select(alerts)
        .where(
            alerts.c.asset_id == market.asset_id,
            alerts.c.quote == market.quote,
            alerts.c.id > after_id,
            touched,
        )
        .order_by(alerts.c.id)
        .limit(limit)
        .with_for_update()
    )
    return [_alert(row) for row in rows.mappings()]


async def set_watch(tx: Transaction, alert_id: int, line: Line, watch: Watch) -> None:
    """Store where an alert stands."""
    await tx.execute(
        sa.update(alerts).where(alerts.c.id == alert_id).values(_watch_values(line, watch))
    )


async def set_watches(tx: Transaction, moved: Sequence[tuple[StoredAlert, Watch]]) -> None:
    """Store where many alerts stand from now on."""
    if not moved:
        return
    rows = [{"alert_id": stored.id, **_watch_values(stored.line, watch)} for stored, watch in moved]
    names = (name for name in rows[0] if name != "alert_id")
    await tx.execute(
        sa.update(alerts)
        .where(alerts.c.id == sa.bindparam("alert_id"))
        .values({name: sa.bindparam(name) for name in names}),
        rows,
    )


async def add_firing(tx: Transaction, firing: Firing) -> int | None:
    """Store a firing and return its id; None when that arming has fired already."""
    return (await add_firings(tx, [firing])).get(firing.alert_id)


async def add_firings(tx: Transaction, fired: Sequence[Firing]) -> dict[int, int]:
    """Store firings of different alerts; gives the new ids by alert.

    An alert whose arming has fired already is left out.
    """
    if not fired:
        return {}
    rows = [{name: getattr(firing, name) for name in _FIRING_VALUES} for firing in fired]
    stored = await tx.execute(
        upsert(tx, firings).on_conflict_do_nothing().returning(firings.c.alert_id, firings.c.id),
        rows,
    )
    return {row.alert_id: row.id for row in stored}


async def firing_with_alert(tx: Transaction, firing_id: int) -> tuple[Firing, StoredAlert] | None:
    """A firing and its alert, or None when the alert was deleted meanwhile."""
    found = await tx.execute(sa.select(firings).where(firings.c.id == firing_id))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    stored = await alert(tx, row["alert_id"])
    return None if stored is None else (Firing(**row), stored)


async def alert_counts(tx: Transaction) -> tuple[int, int]:
    """How many alerts are not done, and how many firings there have been."""
    waiting = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(alerts)
        .where(alerts.c.state != AlertState.DONE.value)
    )
    fired = await tx.scalar(sa.select(sa.func.count()).select_from(firings))
    return waiting or 0, fired or 0


async def count_alerts_of_chat(tx: Transaction, telegram_chat_id: int) -> int:
    """How many alerts of all threads of a chat are not done."""
    ids = sa.select(destinations.c.id).where(destinations.c.telegram_chat_id == telegram_chat_id)
    found = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(alerts)
        .where(alerts.c.destination_id.in_(ids), alerts.c.state != AlertState.DONE.value)
    )
    return found or 0


def _alert(found: sa.RowMapping) -> StoredAlert:
    line = Line(Direction(found["direction"]), found["level"], found["repeat"], found["band"])
    side = Side(found["side"]) if found["side"] else None
    watch = Watch(AlertState(found["state"]), side, found["arming"], found["fired"])
    return StoredAlert(
        id=found["id"],
        destination_id=found["destination_id"],
        market=Market(found["asset_id"], found["quote"]),
        line=line,
        watch=watch,
        set_price=found["set_price"],
        created_at=found["created_at"],
    )
