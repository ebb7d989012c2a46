"""The markets that somebody has just asked for.

Owns one small question, which is asked every second: it reads the rows of markets, of which there
are some hundreds, and nothing of alerts, of which there may be a million. What is watched in all
is told by `storage.markets`.
"""

from datetime import datetime

import sqlalchemy as sa

from bot.domain.markets import Market
from storage.database import Transaction
from storage.schema import markets


async def asked_markets(tx: Transaction, since: datetime) -> set[Market]:
    """The markets that somebody asked for at a time or later; empty where nobody did."""
    rows = await tx.execute(
        sa.select(markets.c.asset_id, markets.c.quote).where(markets.c.asked_at >= since)
    )
    return {Market(*row) for row in rows}
