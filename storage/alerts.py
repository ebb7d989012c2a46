"""Alerts: what each chat wants to be told of a market, and where that stands.

Owns which alerts there are, and finding those that a value touches. How one lies in its row is
`storage.alert_rows`'. Refuses to decide what fires: `bot.domain.watching` does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bot.domain.alerts import AlertState, Watch
from bot.domain.conditions import Condition
from bot.domain.markets import Market
from bot.domain.measures import PRICE
from storage.alert_rows import (
    WATCH_COLUMNS,
    StoredAlert,
    alert_of,
    condition_values,
    key_values,
    watch_values,
)
from storage.database import Transaction, upsert
from storage.schema import alerts, destinations, firings, markets

SLACK = 1e-12
"""By which share a float may differ from the exact number beside it."""
OFFERED_FOR = timedelta(days=1)


async def unsettle_market(tx: Transaction, market: Market) -> None:
    """Say that a market's alerts have changed: what touches them must be found out again.

    Call it before an alert is written: who moves a market locks it before its alerts, and two
    that lock in another order would wait for each other. The row is made where there is none,
    so that a tick that makes it at the same time waits.
    """
    unknown = {"quiet_low": None, "quiet_high": None, "measures": None}
    await tx.execute(
        upsert(tx, markets)
        .values(asset_id=market.asset_id, quote=market.quote, **unknown)
        .on_conflict_do_update(index_elements=["asset_id", "quote"], set_=unknown)
    )


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert as somebody asked for it, with the watch that it begins with."""

    destination_id: int
    market: Market
    condition: Condition
    watch: Watch
    set_price: Decimal | None
    created_by: int | None


async def add_alert(tx: Transaction, new: NewAlert, now: datetime) -> int:
    """Store an alert and return its id."""
    await unsettle_market(tx, new.market)
    alert_id: int | None = await tx.scalar(
        sa.insert(alerts)
        .values(
            destination_id=new.destination_id,
            asset_id=new.market.asset_id,
            quote=new.market.quote,
            set_price=new.set_price,
            created_by=new.created_by,
            created_at=now,
            armed_at=now,
            **condition_values(new.condition),
            **watch_values(new.condition, new.watch),
        )
        .returning(alerts.c.id)
    )
    assert alert_id is not None  # noqa: S101  # an INSERT returns its id
    return alert_id


async def change_alert(
    tx: Transaction, stored: StoredAlert, condition: Condition, watch: Watch, now: datetime
) -> None:
    """Give an alert another condition, or another place to stand; nothing where it is gone.

    Its armings go on counting from those of its row, whatever the watch says: ticks may have
    moved it since it was read, and each arming fires once.
    """
    await unsettle_market(tx, stored.market)
    found = await tx.execute(
        sa.select(alerts.c.state, alerts.c.arming).where(alerts.c.id == stored.id).with_for_update()
    )
    row = found.one_or_none()
    if row is None:
        return
    least = _least_arming(watch, AlertState(row.state), row.arming)
    placed = replace(watch, arming=max(watch.arming, least))
    await tx.execute(
        sa.update(alerts)
        .where(alerts.c.id == stored.id)
        .values(armed_at=now, **condition_values(condition), **watch_values(condition, placed))
    )


def _least_arming(watch: Watch, state: AlertState, arming: int) -> int:
    """The arming from which on a watch may count: one that is armed must not have fired yet."""
    has_fired = state is not AlertState.ARMED
    return arming + 1 if watch.state is AlertState.ARMED and has_fired else arming


async def same_alert(
    tx: Transaction, destination_id: int, market: Market, condition: Condition
) -> StoredAlert | None:
    """An alert of that destination on the same condition that is set and not done, or None."""
    keys = key_values(condition)
    found = await tx.execute(
        sa.select(alerts).where(
            alerts.c.destination_id == destination_id,
            alerts.c.asset_id == market.asset_id,
            alerts.c.quote == market.quote,
            *(alerts.c[name].is_not_distinct_from(value) for name, value in keys.items()),
            is_live(),
        )
    )
    row = found.mappings().first()
    return None if row is None else alert_of(row)


def is_live() -> sa.ColumnElement[bool]:
    """Of an alert, that it is set and not done."""
    return alerts.c.state.not_in((AlertState.DONE.value, AlertState.OFFERED.value))


async def alert(tx: Transaction, alert_id: int) -> StoredAlert | None:
    """The alert of that id, or None."""
    found = await tx.execute(sa.select(alerts).where(alerts.c.id == alert_id))
    row = found.mappings().one_or_none()
    return None if row is None else alert_of(row)


async def alerts_of(tx: Transaction, destination_id: int) -> list[StoredAlert]:
    """The alerts of a destination that are not done, oldest first."""
    rows = await tx.execute(
        sa.select(alerts)
        .where(alerts.c.destination_id == destination_id, is_live())
        .order_by(alerts.c.id)
    )
    return [alert_of(row) for row in rows.mappings()]


async def drop_offers(tx: Transaction, stored: StoredAlert) -> bool:
    """Delete the choices of the question that an offered alert belongs to.

    False when it was answered before.
    """
    result = await tx.execute(
        sa.delete(alerts).where(
            alerts.c.destination_id == stored.destination_id,
            alerts.c.created_at == stored.created_at,
            alerts.c.state == AlertState.OFFERED.value,
        )
    )
    return result.rowcount > 0


async def remove_alert(tx: Transaction, alert_id: int, destination_id: int) -> bool:
    """Delete an alert of that destination, with what it fired; false when it is not there."""
    result = await tx.execute(
        sa.delete(alerts).where(alerts.c.id == alert_id, alerts.c.destination_id == destination_id)
    )
    return result.rowcount > 0


def _of(market: Market, measure: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        alerts.c.asset_id == market.asset_id,
        alerts.c.quote == market.quote,
        alerts.c.measure == measure,
    )


async def armed_alerts(
    tx: Transaction,
    market: Market,
    low: Decimal,
    high: Decimal,
    armed_until: datetime,
    *,
    after_id: int = 0,
    limit: int = 500,
) -> list[StoredAlert]:
    """Alerts on a market's price that prices between two would touch, by id, for updating.

    Only those armed at `armed_until` or before, whom nothing has touched since.
    """
    slack = float(high) * SLACK
    rows = await tx.execute(
        sa.select(alerts)
        .where(
            _of(market, PRICE),
            alerts.c.id > after_id,
            alerts.c.state == AlertState.ARMED.value,
            alerts.c.armed_at <= armed_until,
            sa.or_(
                alerts.c.trigger_low >= float(low) - slack,
                alerts.c.trigger_high <= float(high) + slack,
            ),
        )
        .order_by(alerts.c.id)
        .limit(limit)
        .with_for_update()
    )
    return [alert_of(row) for row in rows.mappings()]


async def set_watches(
    tx: Transaction,
    moved: Sequence[tuple[StoredAlert, Watch]],
    at: datetime | None = None,
    *,
    armed: Collection[int] = (),
) -> None:
    """Store where many alerts stand from now on; who moves them settles the market.

    `at` is the time of the price that moved them: those that it arms are armed since then.
    `armed` are the ids of those that were armed since they were read, as they say themselves.
    """
    # A tick leaves thousands in the same place: one statement for all of them.
    places: dict[tuple[object, ...], list[int]] = {}
    for stored, watch in moved:
        since = stored.armed_at if stored.id in armed else None
        if at is not None and watch.arming > stored.watch.arming:
            since = at
        place = (*watch_values(stored.condition, watch).values(), since)
        places.setdefault(place, []).append(stored.id)
    few: list[dict[str, object]] = []
    for place, ids in places.items():
        found = dict(zip((*WATCH_COLUMNS, "since"), place, strict=True))
        if len(ids) >= _MANY:
            await tx.execute(_moved(alerts.c.id.in_(ids)), found)
        else:
            few += [{"in_id": one, **found} for one in ids]
    if few:
        await tx.execute(_moved(alerts.c.id == sa.bindparam("in_id")), few)


# From so many on a statement of their own is cheaper than a row of parameters for each.
_MANY = 10


def _moved(who: sa.ColumnElement[bool]) -> sa.Update:
    """Puts alerts where its parameters say; who was not armed stays armed since it was."""
    since = sa.bindparam("since", type_=alerts.c.armed_at.type)
    values: dict[str, Any] = {name: sa.bindparam(name) for name in WATCH_COLUMNS}
    return (
        sa.update(alerts)
        .where(who)
        .values(armed_at=sa.func.coalesce(since, alerts.c.armed_at), **values)
    )


async def end_over(tx: Transaction, now: datetime) -> int:
    """End the alerts whose time is over, and drop choices that nobody made within a day.

    Returns how many were ended.
    """
    result = await tx.execute(
        sa.update(alerts)
        .where(alerts.c.until_at <= now, is_live())
        .values(state=AlertState.DONE.value, trigger_low=None, trigger_high=None)
    )
    await tx.execute(
        sa.delete(alerts).where(
            alerts.c.state == AlertState.OFFERED.value, alerts.c.created_at < now - OFFERED_FOR
        )
    )
    return result.rowcount


async def alert_counts(tx: Transaction) -> tuple[int, int]:
    """How many alerts are not done, and how many firings there have been."""
    waiting = await tx.scalar(sa.select(sa.func.count()).select_from(alerts).where(is_live()))
    fired = await tx.scalar(sa.select(sa.func.count()).select_from(firings))
    return waiting or 0, fired or 0


async def count_alerts_of_chat(tx: Transaction, telegram_chat_id: int) -> int:
    """How many alerts of all threads of a chat are not done."""
    ids = sa.select(destinations.c.id).where(destinations.c.telegram_chat_id == telegram_chat_id)
    found = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(alerts)
        .where(alerts.c.destination_id.in_(ids), is_live())
    )
    return found or 0
