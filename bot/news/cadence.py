"""When a source is polled next.

Pure: the time and the randomness are arguments, and every answer gives its reason. A source
that brings news is polled often, a quiet one slows down, one in trouble is left alone for
longer and longer, and what its server asks for is obeyed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.sources import Source

_LONGEST_BACKOFF_SECONDS = 3600.0
_LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0
# Polls that bring nothing before a source slows down, and by how much each further one.
_PATIENCE = 5
_SLOWING = 1.3
_JITTER_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """The bounds of an operator: the shortest and the longest time between two polls."""

    poll_seconds: float
    slowest_poll_seconds: float

    @property
    def farthest(self) -> timedelta:
        """No poll is ever planned later than this; one that is comes from a clock set back."""
        longest = max(self.slowest_poll_seconds, _LONGEST_RETRY_AFTER_SECONDS)
        return timedelta(seconds=longest * (1 + _JITTER_SHARE) + 60)


@dataclass(frozen=True, slots=True)
class Planned:
    """The next poll, and why it is then; `quiet_polls` and `failures` are the new counts."""

    at: datetime
    reason: str
    quiet_polls: int
    failures: int


def after_success(source: Source, fresh: int, now: datetime, pace: Pace, jitter: float) -> Planned:
    """The next poll after a good one that brought `fresh` new items (0: nothing new).

    `jitter` between 0 and 1 spreads sources apart by up to a tenth of the interval.
    """
    quiet = 0 if fresh else source.quiet_polls + 1
    slowed = pace.poll_seconds * _SLOWING ** max(0, min(quiet - _PATIENCE, 60))
    seconds = min(slowed, pace.slowest_poll_seconds)
    reason = f"{fresh} new" if fresh else f"nothing new for {quiet} polls"
    return Planned(_later(now, seconds, jitter), reason, quiet, 0)


def after_failure(
    source: Source,
    retry_after_seconds: float | None,
    now: datetime,
    pace: Pace,
    jitter: float,
) -> Planned:
    """The next poll after a failed one: twice as long each time, an hour at most.

    What the server asked for in Retry-After is kept, a day at most.
    """
    failures = source.failures + 1
    doubled = pace.poll_seconds * 2.0 ** min(failures, 20)
    seconds = max(min(doubled, _LONGEST_BACKOFF_SECONDS), pace.poll_seconds)
    reason = f"failed {failures} times"
    if retry_after_seconds is not None and retry_after_seconds > seconds:
        seconds = min(retry_after_seconds, _LONGEST_RETRY_AFTER_SECONDS)
        reason = f"asked to wait {seconds:.0f} s"
    return Planned(_later(now, seconds, jitter), reason, source.quiet_polls, failures)


def first_poll_at(index: int, count: int, now: datetime, pace: Pace) -> datetime:
    """When the source at `index` of `count` is polled for the first time.

    Spread over one interval, 30 s at most, so that a start does not ask everybody at once.
    """
    span = min(pace.poll_seconds, 30.0)
    return now + timedelta(seconds=span * index / max(count, 1))


def _later(now: datetime, seconds: float, jitter: float) -> datetime:
    return now + timedelta(seconds=seconds * (1 + _JITTER_SHARE * jitter))
