"""When what is late goes out as one message a chat, and what still goes alone.

Pure. Owns the rules of folding: ten minutes, and what is spared. Refuses to know where the
rows lie: `storage.folding` does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.articles import IMPORTANT
from bot.domain.outbox import Backlog, Fold, Owed, Priority

LAG = timedelta(minutes=10)
# So long an important story goes alone, however far delivery lags; then it is no news any more.
STAYS_IMPORTANT = timedelta(hours=1)
# One story in a message of many would save nothing, unless that message waits anyway.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """How many of a chat's messages of a priority must be late before they are folded."""

    priority: Priority
    late_at_least: int


# A few late alerts are worth a message each; a burst of them is not. News is worth less.
RULES = (Rule(Priority.ALERT, 6), Rule(Priority.NEWS, 1))


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to fold at all, and why."""

    folds: bool
    reason: str


def lag_of(oldest_owed_at: datetime | None, now: datetime) -> timedelta:
    """How far delivery is behind: the age of the oldest that waits, zero when nothing does."""
    return timedelta() if oldest_owed_at is None else max(now - oldest_owed_at, timedelta())


def should_fold(oldest_owed_at: datetime | None, now: datetime) -> Decision:
    """Whether delivery lags by more than ten minutes, so that there may be something to fold."""
    if oldest_owed_at is None:
        return Decision(folds=False, reason="nothing waits")
    seconds = int(lag_of(oldest_owed_at, now).total_seconds())
    if is_late(oldest_owed_at, now):
        return Decision(folds=True, reason=f"the oldest waits for {seconds} s")
    return Decision(folds=False, reason=f"the oldest waits for {seconds} s only")


def is_late(created_at: datetime, now: datetime) -> bool:
    """Whether something owed since then is late."""
    return now - created_at > LAG


def goes_alone(owed: Owed, now: datetime) -> bool:
    """Whether something owed is an important story, and still young enough to go alone."""
    return owed.importance >= IMPORTANT and now - owed.created_at <= STAYS_IMPORTANT


def fold_of(backlog: Backlog, rule: Rule, now: datetime) -> Fold | None:
    """What of a chat's backlog goes into one message, or None when all goes alone.

    Important stories go alone for an hour. Of the rest it takes as many late ones as the rule
    says, or one where a digest waits already; then all are folded. Where nothing is important
    the newest still goes alone while it is not late itself, for what just happened matters
    most.
    """
    rest = [owed for owed in backlog.owed if not goes_alone(owed, now)]
    late = sum(is_late(owed.created_at, now) for owed in rest)
    waits = backlog.digest_id is not None
    if late < (1 if waits else rule.late_at_least):
        return None
    oldest_first = sorted(rest, key=lambda owed: (owed.created_at, owed.notification_id))
    has_important = len(rest) < len(backlog.owed)
    if not has_important and not is_late(oldest_first[-1].created_at, now):
        oldest_first.pop()
    if len(oldest_first) < (1 if waits else _FEWEST):
        return None
    ids = tuple(owed.notification_id for owed in oldest_first)
    return Fold(backlog.destination_id, ids, oldest_first[0].created_at, backlog.digest_id)
