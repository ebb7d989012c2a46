"""The one transaction of a batch of ticks.

What they fired with the stories beside it, where their alerts stand, the notifications and the
markets' new ticks are committed together or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.markets import Market, Tick
from bot.domain.measures import PRICE, Reading
from bot.prices.candles import add_ticks
from bot.prices.courses import Course, seen_price
from bot.prices.crossing import Verdict
from bot.prices.ringing import Sight, ring
from bot.prices.tracks import Tracks
from storage.database import Database, Transaction
from storage.markets import (
    StoredMarket,
    hold_wild_tick,
    settle_markets,
    store_ticks,
    stored_markets,
)
from storage.readings import put_readings
from storage.touching import Series, quiet_spans, watched_measures


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of a tick, and how many alerts it fired."""

    tick: Tick
    verdict: Verdict
    fired: int = 0


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
    try:
        async with database.writing() as tx:
            return await _passed(tx, ticks, now, poll_seconds, tracks)
    except BaseException:
        # What their tracks have seen did not happen, or nobody can tell.
        for market in {tick.market for tick in ticks}:
            tracks.forget(market)
        raise


async def _passed(
    tx: Transaction, ticks: Sequence[Tick], now: datetime, poll_seconds: float, tracks: Tracks
) -> list[Passed]:
    courses = await _courses(tx, {tick.market for tick in ticks}, tracks)
    verdicts = [
        await courses[tick.market].take(tx, index, tick, now, poll_seconds)
        for index, tick in enumerate(ticks)
    ]
    sights = {
        (market, measure): seen
        for market, course in courses.items()
        for measure, seen in course.sights.items()
    }
    fired = await ring(tx, sights, now)
    await _keep(tx, list(courses.values()), tracks)
    return [
        Passed(tick, verdict, fired[index])
        for index, (tick, verdict) in enumerate(zip(ticks, verdicts, strict=True))
    ]


async def pass_readings(
    database: Database, told: Sequence[tuple[Market, Reading]], now: datetime
) -> int:
    """Let alerts see values of figures, and store these, in one writing transaction.

    Of a market without a price nothing fires. Returns how many firings are new. Raises what
    `Database.writing` raises; then nothing of it is stored.
    """
    async with database.writing() as tx:
        stored = await stored_markets(tx, {market for market, _ in told}, to_move=True)
        fired = await ring(tx, _told_sights(stored, told), now)
        await put_readings(tx, told)
    return fired.total()


def _told_sights(
    stored: Mapping[Market, StoredMarket], told: Iterable[tuple[Market, Reading]]
) -> dict[Series, list[Sight]]:
    found: dict[Series, list[Sight]] = {}
    for index, (market, reading) in enumerate(told):
        tick = stored[market].tick
        if tick is None:
            continue
        seen = replace(
            seen_price(tick, None),
            measure=reading.measure,
            value=reading.value,
            at=reading.at,
            is_partial=reading.is_partial,
        )
        found.setdefault((market, reading.measure), []).append(Sight(index, seen))
    return found


async def _courses(tx: Transaction, markets: set[Market], tracks: Tracks) -> dict[Market, Course]:
    stored = await stored_markets(tx, markets, to_move=True)
    changed = [market for market, one in stored.items() if one.measures is None]
    for market in changed:
        tracks.forget(market)
    measures = await watched_measures(tx, changed)
    return {
        market: Course(one, measures[market] if one.measures is None else one.measures, tracks)
        for market, one in stored.items()
    }


async def _keep(tx: Transaction, courses: Sequence[Course], tracks: Tracks) -> None:
    """Store where the markets stand, and what was found out of their alerts."""
    await store_ticks(tx, [course.moved for course in courses if course.moved])
    for course in courses:
        if course.held:
            await hold_wild_tick(tx, course.held)
    quiet = await quiet_spans(tx, [series for course in courses for series in course.loud])
    for (market, measure), span in quiet.items():
        if measure != PRICE:
            tracks.settle(market, measure, span)
    settled = [
        replace(
            course.before,
            quiet=quiet.get((course.before.market, PRICE), course.before.quiet),
            measures=course.measures,
        )
        for course in courses
        if course.is_settled
    ]
    await settle_markets(tx, settled)
    await add_ticks(tx, [tick for course in courses for tick in course.unkept])
