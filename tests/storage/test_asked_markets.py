"""Which markets somebody has just asked for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.markets import Market, Tick
from storage.asked_markets import asked_markets
from storage.markets import ask_market, store_tick

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database

BITCOIN, ETHER, IN_EUR = Market("bitcoin"), Market("ethereum"), Market("bitcoin", "EUR")


async def test_only_what_was_asked_for_since_then_is_told(
    database: Database, now: datetime
) -> None:
    """Not what was asked for before, nor what only has a price."""
    async with database.writing() as tx:
        await ask_market(tx, ETHER, now - timedelta(minutes=2))
        await ask_market(tx, IN_EUR, now)
        await store_tick(tx, Tick(BITCOIN, Decimal(95000), "coingecko", now, now))
        assert await asked_markets(tx, now) == {IN_EUR}
        assert await asked_markets(tx, now - timedelta(minutes=2)) == {ETHER, IN_EUR}
        assert await asked_markets(tx, now + timedelta(seconds=1)) == set()
