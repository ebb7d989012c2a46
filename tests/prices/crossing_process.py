"""A process that passes one tick, and stands still where it is to be killed.

`python -m tests.prices.crossing_process DATABASE_URL TIME PRICE [WORDS TIMES]`: with WORDS it
stands before a statement that begins so comes for that time, or before the COMMIT. It prints
"standing" then, and "fired N" once the tick is committed.
"""

import asyncio
import sys
import time
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event

from bot.domain.markets import Market, Tick
from bot.prices.firing import pass_ticks
from bot.prices.tracks import Tracks
from storage.database import Database


def stand_at(database: Database, words: str, times: int) -> None:
    """Let this process stand still when a statement comes for that time."""
    seen = Counter[bool]()
    engine = database.engine.sync_engine

    def come(statement: str) -> None:
        seen[True] += statement.startswith(words)
        if seen[True] == times and statement.startswith(words):
            print("standing", flush=True)
            time.sleep(60)

    @event.listens_for(engine, "before_cursor_execute")
    def _before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        come(statement)

    @event.listens_for(engine, "commit")
    def _commit(_connection: Any) -> None:
        come("COMMIT")


async def main(url: str, at: str, price: str, words: str = "", times: str = "0") -> None:
    """Pass the tick as the bot does."""
    database, now = Database(url), datetime.fromisoformat(at)
    if words:
        stand_at(database, words, int(times))
    tick = Tick(Market("bitcoin"), Decimal(price), "coingecko", now, now)
    (passed,) = await pass_ticks(database, [tick], now, 5, Tracks())
    print(f"fired {passed.fired}", flush=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
