"""Folding at work: what lags goes into one message a chat, a part at a time.

Owns the order of reading and writing: what lags is found without holding the write lock, and
moved in short transactions. Refuses decisions: `folding` has the rules.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import structlog

from bot.delivery import metrics
from bot.delivery.folding import LAG, RULES, STAYS_IMPORTANT, Rule, fold_of, should_fold
from bot.domain.outbox import Fold
from bot.domain.ports import Clock, Signal
from storage.database import Database
from storage.folding import backlogs, destinations_behind, fold_owed, oldest_owed_at

log = structlog.get_logger(__name__)

LIFETIME = timedelta(hours=24)
# A part is read in one pass over all that is owed; few large ones cost least.
_READ_ROWS = 20_000
# What one transaction moves: an alert waits for the write lock no longer than that takes.
_WRITE_ROWS = 2_000


class Folder:
    """Folds what is owed late; to be run every few seconds, by one process at a time."""

    def __init__(self, database: Database, clock: Clock, outbox: Signal) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox

    async def run(self) -> int:
        """Fold all that lags by now; returns how many notifications went into digests.

        Cheap when nothing lags. Raises StorageError; what was folded by then stays folded.
        """
        return sum([await self._fold_late(rule) for rule in RULES])

    async def _fold_late(self, rule: Rule) -> int:
        now = self._clock()
        async with self._database.reading() as tx:
            decision = should_fold(await oldest_owed_at(tx, rule.priority), now)
            if not decision.folds:
                return 0
            behind = await destinations_behind(
                tx, rule.priority, now - LAG, rule.late_at_least, alone_since=now - STAYS_IMPORTANT
            )
        folded = sum([await self._fold_part(rule, part) for part in _read_parts(behind)])
        if folded:
            metrics.FOLDED.labels(rule.priority.name.lower()).inc(folded)
            log.info(
                "folded",
                priority=rule.priority.name.lower(),
                notifications=folded,
                reason=decision.reason,
            )
            self._outbox.wake()
        return folded

    async def _fold_part(self, rule: Rule, destination_ids: Sequence[int]) -> int:
        now = self._clock()
        async with self._database.reading() as tx:
            found = await backlogs(tx, rule.priority, destination_ids[0], destination_ids[-1])
        folds = [fold for backlog in found if (fold := fold_of(backlog, rule, now)) is not None]
        folded = 0
        for part in _write_parts(folds):
            async with self._database.writing() as tx:
                folded += await fold_owed(tx, rule.priority, part, now, now + LIFETIME)
        return folded


def _read_parts(behind: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Destinations in order, as many at a time as their rows allow; one at least."""
    part: list[int] = []
    rows = 0
    for destination_id, size in behind:
        if part and rows + size > _READ_ROWS:
            yield part
            part, rows = [], 0
        part.append(destination_id)
        rows += size
    if part:
        yield part


def _write_parts(folds: Sequence[Fold]) -> Iterator[list[Fold]]:
    part: list[Fold] = []
    rows = 0
    for fold in folds:
        size = len(fold.notification_ids)
        if part and rows + size > _WRITE_ROWS:
            yield part
            part, rows = [], 0
        part.append(fold)
        rows += size
    if part:
        yield part
