"""Keeping the database small.

Owns the pruning of what is past its time, in steps of half a second at most, so that nothing
else waits for it.
"""

from datetime import timedelta

import structlog

from bot.domain.ports import Clock
from storage.alerts import end_over
from storage.articles import prune_articles
from storage.candles import prune_candles
from storage.chats import drop_forgotten
from storage.database import Database
from storage.inbox import prune_inbox
from storage.mutes import prune_mutes
from storage.outbox_upkeep import prune_messages, sweep_notifications
from storage.pictures import prune_pictures
from storage.source_admin import drop_old_proposals

log = structlog.get_logger(__name__)

# Telegram may begin with other ids after a week of silence.
_KEEP_UPDATES = timedelta(days=2)
# A message that waited for longer goes without its picture.
_KEEP_PICTURES = timedelta(days=1)
_KEEP_PROPOSALS = timedelta(days=1)
_MOST_STEPS = 200


class Upkeep:
    """Deletes old articles, messages and updates, and what nothing refers to any more.

    Alerts whose time is over are ended too.
    """

    def __init__(
        self, database: Database, clock: Clock, *, keep_articles_days: int, keep_messages_days: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._keep_articles = timedelta(days=keep_articles_days)
        self._keep_messages = timedelta(days=keep_messages_days)
        self._swept = 0

    async def run(self) -> dict[str, int]:
        """Prune everything that is old; returns how many rows of each kind went."""
        now = self._clock()
        counts = {"articles": 0, "messages": 0, "updates": 0, "candles": 0, "pictures": 0}
        rules = (
            ("articles", prune_articles, now - self._keep_articles),
            ("messages", prune_messages, now - self._keep_messages),
            ("updates", prune_inbox, now - _KEEP_UPDATES),
            ("candles", prune_candles, now),
            ("pictures", prune_pictures, now - _KEEP_PICTURES),
        )
        for name, prune, before in rules:
            for _ in range(_MOST_STEPS):
                async with self._database.writing() as tx:
                    gone = await prune(tx, before)
                counts[name] += gone
                if not gone:
                    break
        async with self._database.writing() as tx:
            await drop_forgotten(tx)
            await prune_mutes(tx, now)
            await drop_old_proposals(tx, now - _KEEP_PROPOSALS)
            await end_over(tx, now)
        await self._sweep()
        if any(counts.values()):
            log.info("pruned", **counts)
        return counts

    async def _sweep(self) -> None:
        """Go through a part of what was ever owed; the next run goes on from there."""
        for _ in range(_MOST_STEPS):
            async with self._database.writing() as tx:
                reached = await sweep_notifications(tx, self._swept)
            self._swept = reached or 0
            if reached is None:
                return
