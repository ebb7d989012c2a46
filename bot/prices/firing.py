"""The passage of ticks through the database: judged, walked, stored, owed.

Owns the one transaction of a tick: what it fired with the stories beside it, where its alerts
stand, the notifications and the market's new tick are committed together or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.markets import Tick
from bot.domain.move_stories import Beside, Move
from bot.prices.candles import add_ticks
from bot.prices.crossing import (
    Accept,
    Hold,
    Refuse,
    Show,
    Verdict,
    tick_effects,
    tick_verdict,
)
from bot.prices.explaining import explain_firings
from storage.alerts import add_firings, set_watches, touched_alerts
from storage.database import Database, Transaction
from storage.markets import StoredMarket, hold_wild_tick, store_ticks, stored_markets
from storage.owing import owe_firings

# Bounds what a tick that crosses thousands of alerts holds in memory.
_ALERTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of a tick, and how many alerts it fired."""

    tick: Tick
    verdict: Verdict
    fired: int = 0


async def pass_ticks(
    database: Database, ticks: Sequence[Tick], now: datetime, poll_seconds: float
) -> list[Passed]:
    """Judge, walk and store ticks of different markets in one writing transaction.

    Gives what became of each, in their order. Raises what `Database.writing` raises; then
    nothing of it is stored.
    """
    async with database.writing() as tx:
        stored = await stored_markets(tx, [tick.market for tick in ticks], to_move=True)
        passed = [await _pass(tx, stored[tick.market], tick, now, poll_seconds) for tick in ticks]
        moved = [one.tick for one in passed if isinstance(one.verdict, Accept | Show)]
        await store_ticks(tx, moved)
        await add_ticks(tx, [one.tick for one in passed if isinstance(one.verdict, Accept)])
    return passed


async def _pass(
    tx: Transaction, stored: StoredMarket, tick: Tick, now: datetime, poll_seconds: float
) -> Passed:
    verdict = tick_verdict(stored, tick, now, poll_seconds)
    match verdict:
        case Accept():
            return Passed(tick, verdict, await _fire(tx, tick, stored.tick, now))
        case Hold():
            await hold_wild_tick(tx, tick)
        case Show() | Refuse():
            pass
    return Passed(tick, verdict)


async def _fire(tx: Transaction, tick: Tick, previous: Tick | None, now: datetime) -> int:
    """Walk every touched alert, page by page; returns how many firings are new."""
    fired = after_id = 0
    beside: dict[Move, list[Beside]] = {}
    while True:
        alerts = await touched_alerts(
            tx, tick.market, tick.price, after_id=after_id, limit=_ALERTS_AT_ONCE
        )
        effects = tick_effects(alerts, tick, previous, now)
        await set_watches(tx, effects.moved)
        firing_ids = await add_firings(tx, effects.firings)
        await explain_firings(tx, tick.market.asset_id, effects.firings, firing_ids, beside)
        await owe_firings(tx, firing_ids.values(), now)
        fired += len(firing_ids)
        if len(alerts) < _ALERTS_AT_ONCE:
            return fired
        after_id = alerts[-1].id
