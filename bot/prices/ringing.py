"""What alerts do about what was seen of their measures, written in few statements.

Owns the walk of the touched alerts through a batch of sights, page by page: where they stand
afterwards, what they fired with the stories beside it, and the notifications that are owed.
Alerts do not depend on each other, so that each page may see the whole batch on its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.domain.measures import measure_of
from bot.domain.move_stories import move_between, span_around
from bot.prices.crossing import Seen
from bot.prices.explaining import Known, effects_beside, explain_firings
from bot.prices.standing import Standing
from storage.alert_rows import StoredAlert
from storage.alerts import set_watches
from storage.database import Transaction
from storage.firings import Firing, add_firings
from storage.owing import owe_firings
from storage.tellings import told_of
from storage.touching import Series, Swing, locked_alerts, touched_ids

_T = TypeVar("_T")

# Bound what a statement and what ticks that cross thousands of alerts hold in memory.
_SERIES_AT_ONCE = 200
_IDS_AT_ONCE = 5000
_ALERTS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that alerts are to see, and which one of the batch's ticks or readings told it."""

    index: int
    seen: Seen


Sights = Mapping[Series, Sequence[Sight]]
"""What is seen of each series, in the order of time."""


@dataclass(frozen=True, slots=True)
class _Fired:
    index: int
    alert: StoredAlert
    firing: Firing


async def ring(tx: Transaction, sights: Sights, now: datetime) -> Counter[int]:
    """Let every touched alert see its series, and store all that this does.

    Gives how many new firings each tick or reading caused, by its index. Call it in a writing
    transaction that holds the markets.
    """
    ringing = _Ringing(tx, sights, now)
    for some in _pages(list(sights), _SERIES_AT_ONCE):
        await ringing.walk([_swing(series, sights[series]) for series in some])
    return ringing.fired


def _swing(series: Series, seen: Sequence[Sight]) -> Swing:
    values = [sight.seen.value for sight in seen]
    return Swing(*series, min(values), max(values))


def _pages(found: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


@dataclass(slots=True)
class _Ringing:
    """The alerts of one batch in one transaction: how many fired, and the stories beside moves."""

    tx: Transaction
    sights: Sights
    now: datetime
    fired: Counter[int] = field(default_factory=Counter)
    known: Known = field(default_factory=Known)

    async def walk(self, swings: Sequence[Swing]) -> None:
        """Take every alert that these swings touch through what was seen, page by page."""
        after_id = 0
        while ids := await touched_ids(self.tx, swings, after_id=after_id, limit=_IDS_AT_ONCE):
            for page in _pages(ids, _ALERTS_AT_ONCE):
                await self._pass(await locked_alerts(self.tx, page))
            if len(ids) < _IDS_AT_ONCE:
                return
            after_id = ids[-1]

    async def _pass(self, alerts: Sequence[StoredAlert]) -> None:
        by_series: dict[Series, list[StoredAlert]] = {}
        for alert in alerts:
            by_series.setdefault((alert.market, measure_of(alert.condition)), []).append(alert)
        moved, armed, fired = [], set[int](), list[_Fired]()
        for series, group in by_series.items():
            standing = Standing(group)
            fired += await self._shown(standing, group, series)
            moved += standing.moved
            armed |= standing.armed
        await set_watches(self.tx, moved, armed=armed)
        for wave in _waves(sorted(fired, key=lambda one: (one.index, one.alert.id))):
            await self._store(wave)

    async def _shown(
        self, standing: Standing, group: Sequence[StoredAlert], series: Series
    ) -> list[_Fired]:
        """What alerts on a series fire as they see it."""
        found: list[_Fired] = []
        asset_id, known = series[0].asset_id, self.known
        sights = self.sights[series]
        for sight in sights:
            # Who are touched by a single value has been asked already.
            touched = standing.touched(sight.seen.value) if len(sights) > 1 else group
            if not touched:
                continue
            effects = await effects_beside(self.tx, asset_id, touched, sight.seen, self.now, known)
            standing.move(effects.moved, sight.seen.at)
            by_id = {alert.id: alert for alert in touched} if effects.firings else {}
            found += [_Fired(sight.index, by_id[one.alert_id], one) for one in effects.firings]
        return found

    async def _store(self, wave: Sequence[_Fired]) -> None:
        ids = await add_firings(self.tx, [one.firing for one in wave])
        await owe_firings(self.tx, ids.values(), self.now)
        self.fired.update(one.index for one in wave if one.alert.id in ids)
        by_asset: dict[str, list[_Fired]] = {}
        for one in wave:
            by_asset.setdefault(one.alert.market.asset_id, []).append(one)
        for asset_id in await told_of(self.tx, by_asset, *_span(wave)):
            alerts = [one.alert for one in by_asset[asset_id]]
            fired = [one.firing for one in by_asset[asset_id]]
            await explain_firings(self.tx, asset_id, alerts, fired, ids, self.known)


def _span(wave: Sequence[_Fired]) -> tuple[datetime, datetime]:
    """The time within which stories beside any of these firings were told."""
    times = {(one.firing.previous_at, one.firing.price_at) for one in wave}
    spans = [span_around(move_between(*ends)) for ends in times]
    return min(since for since, _ in spans), max(until for _, until in spans)


def _waves(fired: Sequence[_Fired]) -> Iterator[list[_Fired]]:
    """Firings in their order, parted where an alert would come a second time."""
    wave: list[_Fired] = []
    seen: set[int] = set()
    for one in fired:
        if one.alert.id in seen:
            yield wave
            wave, seen = [], set()
        wave.append(one)
        seen.add(one.alert.id)
    if wave:
        yield wave
