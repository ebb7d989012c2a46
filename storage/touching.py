"""Which alerts the values of a market touch, and between which values none is touched.

Owns how ticks find alerts without walking all, in one statement for many markets. Refuses to
decide what fires: `bot.domain.watching` does.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from bot.domain.markets import Market
from bot.domain.measures import PRICE
from storage.alert_rows import StoredAlert, alert_of
from storage.alerts import SLACK, is_live
from storage.database import Transaction
from storage.schema import alerts

Series = tuple[Market, str]
"""A market, and the measure of it that is looked at."""

# The columns by which a series is named.
_SERIES = tuple(sa.column(name, sa.String) for name in ("asset_id", "quote", "measure"))


@dataclass(frozen=True, slots=True)
class Swing:
    """Between which values a measure of a market moved, both of them reached."""

    market: Market
    measure: str
    lowest: Decimal
    highest: Decimal


def widened(value: Decimal) -> tuple[float, float]:
    """The floats a hair under and over a value, between which the exact one is sure to lie."""
    near = float(value)
    slack = abs(near) * SLACK
    return near - slack, near + slack


async def touched_ids(
    tx: Transaction, swings: Sequence[Swing], *, after_id: int = 0, limit: int = 5000
) -> list[int]:
    """Up to `limit` ids, in order, of alerts that values within these swings may touch.

    Those above `after_id`, so that any number can be walked. Found by the float columns, a hair
    wider than the values: the exact decision is the caller's.
    """
    if not swings:
        return []
    rows = [
        (one.market.asset_id, one.market.quote, one.measure, low, high)
        for one in swings
        for low, high in [(widened(one.lowest)[0], widened(one.highest)[1])]
    ]
    ends = [sa.column("lowest", sa.Double), sa.column("highest", sa.Double)]
    moved = sa.values(*_SERIES, *ends, name="moved").data(rows).cte()
    # Two walks along one index each: of an OR of both, SQLite would read the whole market.
    reached = (
        alerts.c.trigger_low >= moved.c.lowest,
        alerts.c.trigger_high <= moved.c.highest,
    )
    found = sa.union(
        *(
            sa.select(alerts.c.id)
            .select_from(moved)
            .join(alerts, sa.and_(_of_series(moved), is_reached, alerts.c.id > after_id))
            for is_reached in reached
        )
    )
    return list(await tx.scalars(found.order_by("id").limit(limit)))


def _of_series(named: sa.CTE) -> sa.ColumnElement[bool]:
    return sa.and_(*(alerts.c[column.name] == named.c[column.name] for column in _SERIES))


_LOCKED = (
    sa.select(alerts)
    .where(alerts.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(alerts.c.id)
    .with_for_update()
)


async def locked_alerts(tx: Transaction, ids: Sequence[int]) -> list[StoredAlert]:
    """These alerts as they stand, by id; those that are gone are left out.

    Nobody else can change or remove them before the transaction ends, so that it must be a
    writing one.
    """
    rows = await tx.execute(_LOCKED, {"ids": ids})
    names = tuple(rows.keys())
    return [alert_of(dict(zip(names, row, strict=True))) for row in rows]


async def quiet_spans(
    tx: Transaction, series: Sequence[Series]
) -> dict[Series, tuple[float, float]]:
    """Between which values no alert on these measures is touched; the first may be the higher."""
    if not series:
        return {}
    rows = [(market.asset_id, market.quote, measure) for market, measure in series]
    named = sa.values(*_SERIES, name="named").data(rows).cte()
    lowest = sa.select(sa.func.max(alerts.c.trigger_low)).where(_of_series(named))
    highest = sa.select(sa.func.min(alerts.c.trigger_high)).where(_of_series(named))
    found = await tx.execute(
        sa.select(
            named,
            lowest.correlate(named).scalar_subquery().label("low"),
            highest.correlate(named).scalar_subquery().label("high"),
        )
    )
    return {
        (Market(row.asset_id, row.quote), row.measure): (
            -math.inf if row.low is None else row.low + abs(row.low) * SLACK,
            math.inf if row.high is None else row.high - abs(row.high) * SLACK,
        )
        for row in found
    }


async def watched_measures(
    tx: Transaction, wanted: Collection[Market]
) -> dict[Market, tuple[str, ...]]:
    """What the alerts of each market look at beside its price, by name."""
    if not wanted:
        return {}
    rows = [(market.asset_id, market.quote) for market in wanted]
    named = sa.values(*_SERIES[:2], name="named").data(rows).cte()
    here = sa.and_(alerts.c.asset_id == named.c.asset_id, alerts.c.quote == named.c.quote)
    # Before and after the price in the index: its own alerts are most of all.
    beside = (alerts.c.measure < PRICE, alerts.c.measure > PRICE)
    rest = sa.union(
        *(
            sa.select(named, alerts.c.measure)
            .select_from(named)
            .join(alerts, sa.and_(here, is_beside))
            .where(is_live())
            for is_beside in beside
        )
    )
    found: dict[Market, list[str]] = {market: [] for market in wanted}
    for asset_id, quote, measure in await tx.execute(rest):
        found[Market(asset_id, quote)].append(measure)
    return {market: tuple(sorted(names)) for market, names in found.items()}
