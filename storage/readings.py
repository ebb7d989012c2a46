"""The last value of each figure beside the price: volume, funding, liquidations.

Owns these rows, which are moved on in the transaction that stores what a value fired.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.conditions import Figure
from bot.domain.markets import Market
from bot.domain.measures import Reading
from storage.alerts import is_live
from storage.database import Transaction, upsert
from storage.schema import alerts, readings


async def wanted_figures(tx: Transaction) -> list[tuple[Market, str]]:
    """The markets and measures of figures that alerts look at, each once, in order."""
    names = [alerts.c.measure.startswith(figure.value, autoescape=True) for figure in Figure]
    rows = await tx.execute(
        sa.select(alerts.c.asset_id, alerts.c.quote, alerts.c.measure)
        .where(alerts.c.measure != sa.text("'price'"), is_live(), sa.or_(*names))
        .distinct()
        .order_by(alerts.c.asset_id, alerts.c.quote, alerts.c.measure)
    )
    return [(Market(asset_id, quote), measure) for asset_id, quote, measure in rows]


async def put_readings(tx: Transaction, put: Sequence[tuple[Market, Reading]]) -> None:
    """Store the last value of each of these figures; a later one of the same replaces it."""
    if not put:
        return
    statement = upsert(tx, readings)
    values = {name: statement.excluded[name] for name in ("value", "at", "is_partial")}
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["asset_id", "quote", "measure"], set_=values
        ),
        [
            {
                "asset_id": market.asset_id,
                "quote": market.quote,
                "measure": reading.measure,
                "value": reading.value,
                "at": reading.at,
                "is_partial": reading.is_partial,
            }
            for market, reading in put
        ],
    )


async def last_reading(
    tx: Transaction, market: Market, measure: str, since: datetime
) -> Reading | None:
    """The last value of a figure, or None when none was told since then."""
    row = (
        await tx.execute(
            sa.select(readings).where(
                readings.c.asset_id == market.asset_id,
                readings.c.quote == market.quote,
                readings.c.measure == measure,
                readings.c.at >= since,
            )
        )
    ).one_or_none()
    return None if row is None else Reading(row.measure, row.value, row.at, row.is_partial)
