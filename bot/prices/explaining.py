"""The stories beside what ticks fired.

Owns their choice in the transaction that stores the firings, so that they are facts of the
moment as price and time are, and which alerts ring that ask for a story or for none. The ranking
is `bot.domain.move_stories`'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.alerts import Told
from bot.domain.move_stories import (
    Beside,
    Move,
    NearStory,
    are_explaining,
    fired_way,
    move_between,
    span_around,
    stories_beside,
)
from bot.domain.watching import is_heard
from bot.prices.crossing import Effects, Seen, tick_effects
from storage.alert_rows import StoredAlert
from storage.database import Transaction
from storage.firings import Firing
from storage.move_stories import add_firing_stories, joined, stories_about, wide_stories

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Known:
    """The stories beside moves of assets, each looked for once in a transaction.

    Those of the whole market are looked for once for all assets that moved at the same time.
    """

    _beside: dict[tuple[str, Move], list[Beside]] = field(default_factory=dict)
    _wide: dict[tuple[datetime, datetime], list[NearStory]] = field(default_factory=dict)

    async def find(self, tx: Transaction, asset_id: str, move: Move) -> list[Beside]:
        """Up to three stored stories beside a move of an asset, the likeliest first."""
        key = asset_id, move
        if key not in self._beside:
            since, until = span_around(move)
            about = await stories_about(tx, asset_id, since, until)
            wide = await self._told_of_all(tx, since, until)
            self._beside[key] = found = stories_beside(joined(wide, about), move)
            told = {one.story.story_id: one.reason for one in found}
            log.info("move_explained", asset=asset_id, at=str(move.ended_at), stories=told)
        return self._beside[key]

    async def _told_of_all(
        self, tx: Transaction, since: datetime, until: datetime
    ) -> list[NearStory]:
        span = since, until
        if span not in self._wide:
            self._wide[span] = await wide_stories(tx, since, until)
        return self._wide[span]


async def effects_beside(
    tx: Transaction,
    asset_id: str,
    alerts: Sequence[StoredAlert],
    seen: Seen,
    now: datetime,
    known: Known,
) -> Effects:
    """What is seen does to alerts on an asset, where some ring only with a story, or without.

    A story counts that fits the way in which the alert saw the price go. Stories are looked for
    only where an alert that asks for them is reached; they are kept in `known`.
    """
    asking = [alert for alert in alerts if alert.condition.told]
    rung = _effects(alerts, seen, now, rings=True)
    if not asking:
        return rung
    moves = _moves(asking, rung.firings)
    explained = {
        move: are_explaining(await known.find(tx, asset_id, move)) for move in set(moves.values())
    }
    silent = {
        alert.id: alert
        for alert in asking
        if alert.id in moves
        and not is_heard(alert.condition, is_explained=explained[moves[alert.id]])
    }
    unrung = _effects(list(silent.values()), seen, now, rings=False)
    return Effects(
        [one for one in rung.moved if one[0].id not in silent] + unrung.moved,
        [one for one in rung.firings if one.alert_id not in silent],
    )


def _effects(alerts: Sequence[StoredAlert], seen: Seen, now: datetime, *, rings: bool) -> Effects:
    """What is seen does to alerts where each finds what it asks for, or each that asks does not."""
    with_one = [a for a in alerts if (a.condition.told is Told.EXPLAINED) is rings]
    others = [a for a in alerts if (a.condition.told is Told.EXPLAINED) is not rings]
    first = tick_effects(others, seen, now, is_explained=False)
    second = tick_effects(with_one, seen, now, is_explained=True)
    return Effects(first.moved + second.moved, first.firings + second.firings)


async def explain_firings(
    tx: Transaction,
    asset_id: str,
    alerts: Sequence[StoredAlert],
    fired: Sequence[Firing],
    ids: Mapping[int, int],
    known: Known,
) -> None:
    """Store the stories beside what these alerts fired; `ids` are the firings' by their alert's.

    Alerts that one move fired share its stories: `known` keeps them from page to page of the
    alerts that a tick fires.
    """
    by_move: dict[Move, list[int]] = {}
    for alert_id, move in _moves(alerts, fired).items():
        if alert_id in ids:
            by_move.setdefault(move, []).append(ids[alert_id])
    for move, firing_ids in by_move.items():
        await add_firing_stories(tx, firing_ids, await known.find(tx, asset_id, move))


def _moves(alerts: Sequence[StoredAlert], fired: Sequence[Firing]) -> dict[int, Move]:
    """The move that each of these alerts fired at, by the alert's id."""
    conditions = {alert.id: alert.condition for alert in alerts}
    return {
        one.alert_id: move_between(
            one.previous_at, one.price_at, fired_way(conditions[one.alert_id], one.reason)
        )
        for one in fired
        if one.alert_id in conditions
    }
