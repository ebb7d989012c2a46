"""The stories beside what ticks fired.

Owns their choice in the transaction that stores the firings, so that they are facts of the
moment as price and time are. The ranking is `bot.domain.move_stories`'.
"""

from collections.abc import Mapping, MutableMapping, Sequence

import structlog

from bot.domain.move_stories import Beside, Move, move_between, span_around, stories_beside
from storage.database import Transaction
from storage.firings import Firing
from storage.move_stories import add_firing_stories, stories_between

log = structlog.get_logger(__name__)


async def beside_move(tx: Transaction, asset_id: str, move: Move) -> list[Beside]:
    """Up to three stored stories beside a move of an asset, the likeliest first."""
    return stories_beside(await stories_between(tx, asset_id, *span_around(move)), move)


async def explain_firings(
    tx: Transaction,
    asset_id: str,
    fired: Sequence[Firing],
    ids: Mapping[int, int],
    known: MutableMapping[Move, list[Beside]],
) -> None:
    """Store the stories beside what fired on an asset; `ids` are the firings' by their alert's.

    Alerts that one move fired share its stories: `known` keeps them from page to page of the
    alerts that a tick fires.
    """
    by_move: dict[Move, list[int]] = {}
    for firing in fired:
        if firing.alert_id in ids:
            move = move_between(firing.previous_at, firing.price_at)
            by_move.setdefault(move, []).append(ids[firing.alert_id])
    for move, firing_ids in by_move.items():
        if move not in known:
            known[move] = await beside_move(tx, asset_id, move)
            told = {one.story.story_id: one.reason for one in known[move]}
            log.info("move_explained", asset=asset_id, at=str(move.ended_at), stories=told)
        await add_firing_stories(tx, firing_ids, known[move])
