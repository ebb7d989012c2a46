"""The one transaction of a tick.

What it fired with the stories beside it, where its alerts stand, the notifications and the
market's new tick are committed together or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.markets import Market, Tick
from bot.domain.measures import PRICE, Reading, value_of
from bot.domain.move_stories import Beside, Move, move_between
from bot.prices.candles import add_ticks
from bot.prices.closes import closes_between
from bot.prices.crossing import (
    Accept,
    Hold,
    Refuse,
    Seen,
    Show,
    Verdict,
    tick_effects,
    tick_verdict,
)
from bot.prices.explaining import beside_move, explain_firings
from bot.prices.tracks import Tracks
from storage.alerts import quiet_span, set_watches, touched_alerts, watched_measures
from storage.database import Database, Transaction
from storage.firings import add_firings
from storage.markets import (
    StoredMarket,
    hold_wild_tick,
    settle_markets,
    store_ticks,
    stored_markets,
)
from storage.owing import owe_firings
from storage.readings import put_readings

# Bounds what a tick that crosses thousands of alerts holds in memory.
_ALERTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of a tick, and how many alerts it fired.

    `after` is the market once the tick moved it, None where it did not; `is_settled` tells that
    something new was found out of its alerts.
    """

    tick: Tick
    verdict: Verdict
    fired: int = 0
    after: StoredMarket | None = None
    is_settled: bool = False


async def pass_ticks(
    database: Database,
    ticks: Sequence[Tick],
    now: datetime,
    poll_seconds: float,
    tracks: Tracks,
) -> list[Passed]:
    """Judge, walk and store ticks in one writing transaction; those of a market by their time.

    Gives what became of each, in their order. Raises what `Database.writing` raises; then
    nothing of it is stored. Of a market that moved often only the last tick is written.
    """
    async with database.writing() as tx:
        stored = await stored_markets(tx, {tick.market for tick in ticks}, to_move=True)
        passed: list[Passed] = []
        moved: dict[Market, Tick] = {}
        held: dict[Market, Tick] = {}
        settled: dict[Market, StoredMarket] = {}
        for tick in ticks:
            one = await _pass(tx, stored[tick.market], tick, now, poll_seconds, tracks)
            passed.append(one)
            if one.after is not None:
                stored[tick.market] = one.after
            if isinstance(one.verdict, Accept | Show):
                moved[tick.market] = tick
                held.pop(tick.market, None)
            elif isinstance(one.verdict, Hold):
                held[tick.market] = tick
            if one.is_settled and one.after is not None:
                settled[tick.market] = one.after
        await store_ticks(tx, list(moved.values()))
        for tick in held.values():
            await hold_wild_tick(tx, tick)
        await settle_markets(tx, list(settled.values()))
        await add_ticks(tx, [one.tick for one in passed if isinstance(one.verdict, Accept)])
    return passed


async def pass_readings(
    database: Database, told: Sequence[tuple[Market, Reading]], now: datetime
) -> int:
    """Let alerts see values of figures, and store these, in one writing transaction.

    Of a market without a price nothing fires. Returns how many firings are new. Raises what
    `Database.writing` raises; then nothing of it is stored.
    """
    fired = 0
    async with database.writing() as tx:
        stored = await stored_markets(tx, [market for market, _ in told], to_move=True)
        for market, reading in told:
            tick = stored[market].tick
            if tick is None:
                continue
            walk = _Walk(tx, market, now)
            seen = replace(
                _seen(tick, None),
                measure=reading.measure,
                value=reading.value,
                at=reading.at,
                is_partial=reading.is_partial,
            )
            await walk.fire(seen)
            fired += walk.fired
        await put_readings(tx, told)
    return fired


async def _pass(
    tx: Transaction,
    stored: StoredMarket,
    tick: Tick,
    now: datetime,
    poll_seconds: float,
    tracks: Tracks,
) -> Passed:
    verdict = tick_verdict(stored, tick, now, poll_seconds)
    match verdict:
        case Accept() if _is_quiet(stored, tick):
            return Passed(tick, verdict, after=_moved(stored, tick))
        case Accept():
            return await _walk(tx, stored, tick, now, tracks)
        case Hold():
            held = replace(stored, pending_price=tick.price, pending_at=tick.provider_at)
            return Passed(tick, verdict, after=held)
        case Show():
            return Passed(tick, verdict, after=_moved(stored, tick))
        case Refuse():
            return Passed(tick, verdict)


def _is_quiet(stored: StoredMarket, tick: Tick) -> bool:
    """Whether it is known that a tick touches no alert: so it is with most of them."""
    if stored.quiet is None or stored.measures != ():
        return False
    return stored.quiet[0] < float(tick.price) < stored.quiet[1]


def _moved(stored: StoredMarket, tick: Tick) -> StoredMarket:
    return StoredMarket(stored.market, tick, None, None, stored.quiet, stored.measures)


async def _walk(
    tx: Transaction, stored: StoredMarket, tick: Tick, now: datetime, tracks: Tracks
) -> Passed:
    """Let every alert that a tick touches see it, on the price and on what else is looked at."""
    measures, quiet = stored.measures, stored.quiet
    if measures is None:
        measures = await watched_measures(tx, tick.market)
        tracks.forget(tick.market)
    walk = _Walk(tx, tick.market, now)
    if quiet is None or not quiet[0] < float(tick.price) < quiet[1]:
        await walk.fire(_seen(tick, stored.tick))
        quiet = await quiet_span(tx, tick.market)
    for close in closes_between(measures, stored.tick, tick):
        await walk.fire(close)
    for measure, memory in (await tracks.memories(tx, tick, stored.tick, measures)).items():
        value = value_of(measure, memory, tick.price, tick.provider_at)
        if value is None or tracks.is_quiet(tick.market, measure, value):
            continue
        seen = replace(_seen(tick, stored.tick), measure=measure, value=value, memory=memory)
        await walk.fire(seen)
        tracks.settle(tick.market, measure, await quiet_span(tx, tick.market, measure))
    tracks.advance(tick)
    after = StoredMarket(stored.market, tick, None, None, quiet, measures)
    # Of a market that has no row yet, which no lock can hold, an alert may come unseen meanwhile.
    is_new = (quiet, measures) != (stored.quiet, stored.measures)
    if stored.tick is None:
        after = replace(after, quiet=None, measures=None)
    return Passed(tick, Accept(), walk.fired, after, is_new and stored.tick is not None)


def _seen(tick: Tick, previous: Tick | None) -> Seen:
    return Seen(
        PRICE,
        tick.price,
        tick.price,
        tick.provider_at,
        previous_at=previous.provider_at if previous else None,
        previous_price=previous.price if previous else None,
        change_1h=tick.change_1h,
        change_24h=tick.change_24h,
    )


@dataclass(slots=True)
class _Walk:
    """One market's alerts in one transaction: how many fired, and the stories beside moves."""

    tx: Transaction
    market: Market
    now: datetime
    fired: int = 0
    beside: dict[Move, list[Beside]] = field(default_factory=dict)

    async def fire(self, seen: Seen) -> None:
        """Walk every touched alert, page by page."""
        after_id = 0
        while True:
            alerts = await touched_alerts(
                self.tx,
                self.market,
                seen.value,
                measure=seen.measure,
                after_id=after_id,
                limit=_ALERTS_AT_ONCE,
            )
            told = any(alert.condition.told for alert in alerts)
            is_explained = told and await self._is_explained(seen)
            effects = tick_effects(alerts, seen, self.now, is_explained=is_explained)
            await set_watches(self.tx, effects.moved, seen.at)
            ids = await add_firings(self.tx, effects.firings)
            asset_id = self.market.asset_id
            await explain_firings(self.tx, asset_id, effects.firings, ids, self.beside)
            await owe_firings(self.tx, ids.values(), self.now)
            self.fired += len(ids)
            if len(alerts) < _ALERTS_AT_ONCE:
                return
            after_id = alerts[-1].id

    async def _is_explained(self, seen: Seen) -> bool:
        move = move_between(seen.previous_at, seen.at)
        if move not in self.beside:
            self.beside[move] = await beside_move(self.tx, self.market.asset_id, move)
        return bool(self.beside[move])
