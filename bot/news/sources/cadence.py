"""When a source is polled next.

Pure: the time and the randomness are arguments, and every answer gives its reason. A source is
polled at the pace at which it publishes, a quiet one slows down, one in trouble is left alone
for longer and longer, and what its server asks for is obeyed within the operator's bounds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.sources import Source

_LONGEST_BACKOFF_SECONDS = 3600.0
_LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0
# Polls that bring nothing before a source slows down, and by how much each further one.
_PATIENCE = 5
_SLOWING = 1.3
_JITTER_SHARE = 0.1
# News is told a twelfth of the usual time between two articles late, at most.
_POLLS_PER_ARTICLE = 12.0
# A hub that confirmed may still deliver nothing: polls go on, this many times slower.
_PROMISED = 3.0
# How far one new article, or one poll with new ones, moves what is taken for usual.
_ARTICLE_WEIGHT = 0.2
_POLL_WEIGHT = 0.2
_MOST_GAPS = 30
_SHORTEST_GAP_SECONDS = 1.0
_LONGEST_GAP_SECONDS = 24 * 3600.0
# Forbidden and Too Many Requests: the server does not want so many questions.
_UNWELCOME = frozenset({403, 429})
_UNWELCOME_FACTOR = 8.0
_LONGEST_UNWELCOME_SECONDS = 6 * 3600.0
_HOURS_OF_DAY = 24


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

    @property
    def adapts(self) -> bool:
        """Whether the operator leaves room between the two."""
        return self.poll_seconds < self.slowest_poll_seconds


@dataclass(frozen=True, slots=True)
class Planned:
    """The next poll, and why it is then; `quiet_polls` and `failures` are the new counts."""

    at: datetime
    reason: str
    quiet_polls: int
    failures: int


def after_success(
    source: Source,
    fresh: int,
    now: datetime,
    pace: Pace,
    jitter: float,
    max_age_seconds: float | None = None,
) -> Planned:
    """The next poll after a good one that brought `fresh` new items (0: nothing new).

    `source` has what this poll taught: `typical_seconds`, `ttl_seconds` and `skip_hours`.
    `max_age_seconds` is how long the answer stays fresh by its Cache-Control. Neither that nor
    the ttl slows a source down beyond the slowest pace; the hours that a feed wants skipped
    are, unless they are all. With equal bounds nothing of this counts. `jitter` between 0 and
    1 spreads sources apart by up to a tenth of the interval.
    """
    quiet = 0 if fresh else source.quiet_polls + 1
    reason = f"{fresh} new" if fresh else f"nothing new for {quiet} polls"
    seconds = pace.poll_seconds
    if source.typical_seconds is not None and pace.adapts:
        seconds = max(source.typical_seconds / _POLLS_PER_ARTICLE, seconds)
        reason += f", an article every {source.typical_seconds:.0f} s"
    seconds *= _SLOWING ** max(0, min(quiet - _PATIENCE, 60))
    for name, asked in (("ttl", source.ttl_seconds), ("max-age", max_age_seconds)):
        if asked and asked > seconds and pace.adapts:
            seconds = float(asked)
            reason = f"its {name} is {asked:.0f} s"
    if source.hub_until_at is not None and source.hub_until_at > now and pace.adapts:
        seconds *= _PROMISED
        reason += ", and its hub delivers"
    at = _later(now, min(seconds, pace.slowest_poll_seconds), jitter)
    resumed = _after_skipped(at, source.skip_hours) if pace.adapts else at
    if resumed > at:
        at, reason = min(resumed, now + pace.farthest), f"its skipHours hold {at:%H}:00 UTC"
    return Planned(at, reason, quiet, 0)


def after_failure(
    source: Source,
    retry_after_seconds: float | None,
    now: datetime,
    pace: Pace,
    jitter: float,
    status: int | None = None,
) -> Planned:
    """The next poll after a failed one: twice as long each time, an hour at most.

    What the server asked for in Retry-After is kept, a day at most. Where it answered with the
    `status` 403 or 429 and asked for nothing, it is left alone eight times as long, six hours
    at most.
    """
    failures = source.failures + 1
    doubled = pace.poll_seconds * 2.0 ** min(failures, 20)
    seconds = max(min(doubled, _LONGEST_BACKOFF_SECONDS), pace.poll_seconds)
    reason = f"failed {failures} times"
    if retry_after_seconds is not None and retry_after_seconds > seconds:
        seconds = min(retry_after_seconds, _LONGEST_RETRY_AFTER_SECONDS)
        reason = f"asked to wait {seconds:.0f} s"
    elif retry_after_seconds is None and status in _UNWELCOME:
        seconds = max(min(doubled * _UNWELCOME_FACTOR, _LONGEST_UNWELCOME_SECONDS), seconds)
        reason = f"answered {status} {failures} times"
    return Planned(_later(now, seconds, jitter), reason, source.quiet_polls, failures)


def first_poll_at(index: int, count: int, now: datetime, pace: Pace) -> datetime:
    """When the source at `index` of `count` is polled for the first time.

    Spread over one interval, 30 s at most, so that a start does not ask everybody at once.
    """
    span = min(pace.poll_seconds, 30.0)
    return now + timedelta(seconds=span * index / max(count, 1))


def typical_seconds(
    source: Source, published: Iterable[datetime], fresh: int, now: datetime
) -> float | None:
    """The mean time between two articles of a source, after a poll that read its feed.

    `published` are the dates of the feed's items in any order, `fresh` how many are new. The
    first time all of them count; later the gaps before the new ones move the mean, each by a
    fifth, and where the feed has no dates the time since the poll before. A gap counts for a
    second at least and a day at most. None when nothing is known yet.
    """
    moments = sorted((min(at, now) for at in published), reverse=True)
    known = source.typical_seconds
    if known is None:
        gaps = _gaps(moments[:_MOST_GAPS])
        return sum(gaps) / len(gaps) if gaps else None
    for gap in reversed(_gaps(moments[: fresh + 1]) or _gaps_between_polls(source, fresh, now)):
        known += _ARTICLE_WEIGHT * (gap - known)
    return known


def typical_fresh(source: Source, fresh: int) -> float | None:
    """How many new items a poll that brings any usually brings, after one that brought `fresh`.

    The first poll, of which all is new, does not count. One storm counts for little: what is
    far above the usual is taken for four times that. None when nothing is known yet.
    """
    if not fresh or source.first_polled_at is None:
        return source.typical_fresh
    usual = source.typical_fresh or 1.0
    counted = min(float(fresh), 4 * usual)
    if source.typical_fresh is None:
        return counted
    return usual + _POLL_WEIGHT * (counted - usual)


def _gaps(moments: Sequence[datetime]) -> list[float]:
    """The seconds between moments that are sorted newest first, in that order."""
    return [_bounded_gap((later - earlier).total_seconds()) for later, earlier in pairwise(moments)]


def _gaps_between_polls(source: Source, fresh: int, now: datetime) -> list[float]:
    if not fresh or source.last_polled_at is None:
        return []
    elapsed = (now - source.last_polled_at).total_seconds() * (source.quiet_polls + 1)
    return [_bounded_gap(elapsed / fresh)] * min(fresh, _MOST_GAPS)


def _bounded_gap(seconds: float) -> float:
    return min(max(seconds, _SHORTEST_GAP_SECONDS), _LONGEST_GAP_SECONDS)


def _after_skipped(at: datetime, skip_hours: str) -> datetime:
    """`at`, or when the hours around it that a feed wants skipped are over."""
    skipped = {int(hour) for hour in skip_hours.split(",") if hour}
    if len(skipped) >= _HOURS_OF_DAY:
        return at
    while at.hour in skipped:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _later(now: datetime, seconds: float, jitter: float) -> datetime:
    return now + timedelta(seconds=seconds * (1 + _JITTER_SHARE * jitter))
