"""Pushes brought up to date when more is known of their story.

Owns the budget of edits: what ten seconds of sending could carry, and none while news waits.
What an edit counts moves from is noted here too, where it came after the push. Refuses to
choose the messages and the prices: `storage.edits` and `storage.article_prices` do.
"""

from datetime import timedelta

import structlog

from bot.delivery import metrics
from bot.domain.outbox import Priority
from bot.domain.ports import Clock, Signal
from storage.article_prices import awaited_prices, note_awaited
from storage.database import Database
from storage.edits import plan_edits
from storage.folding import oldest_owed_at

log = structlog.get_logger(__name__)

_BUDGET_SECONDS = 10
_NEWS_WAITS = timedelta(seconds=30)


class Editing:
    """Plans the edits of stories that changed; `outbox` is woken when there are any."""

    def __init__(
        self, database: Database, clock: Clock, outbox: Signal, messages_per_second: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._budget = messages_per_second * _BUDGET_SECONDS

    async def run(self) -> int:
        """Note the first prices that came, and plan what is due; returns how many edits.

        Raises StorageError.
        """
        now = self._clock()
        async with self._database.reading() as tx:
            oldest_at = await oldest_owed_at(tx, Priority.NEWS)
            first_prices = await awaited_prices(tx, now)
        if first_prices:
            async with self._database.writing() as tx:
                await note_awaited(tx, first_prices, now)
        if oldest_at is not None and now - oldest_at > _NEWS_WAITS:
            return 0
        async with self._database.writing() as tx:
            planned = await plan_edits(tx, now, self._budget)
        if planned:
            metrics.EDITS.inc(planned)
            log.info("edits_planned", messages=planned)
            self._outbox.wake()
        return planned
