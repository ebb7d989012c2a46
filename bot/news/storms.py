"""Many new items at once from a source that usually brings few.

Owns the judgement: which of them are pushed each, and which go together into one message.
Pure. A site that changes every id, or empties its archive into its feed, must not ring a
phone fifty times.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.outbox import TOLD_TOGETHER

MOST_AT_ONCE = 20
PUSHED_ALONE = 10

_USUAL = 2.0
_TIMES_USUAL = 5.0


@dataclass(frozen=True, slots=True)
class Storm:
    """Which of some new articles go alone, by their position, and which go together.

    The others are stored only.
    """

    alone: frozenset[int]
    together: frozenset[int]
    reason: str


def storm_of(scores: Sequence[int], typical_fresh: float | None, stored: int = 0) -> Storm:
    """What of new articles with these importances goes alone.

    All of up to twenty, and of as many as a source usually brings five times over
    (`typical_fresh`, None: not known, taken as two); else the ten most important, of equals
    those first in the list; the ninety that follow go together. `stored` is how many were
    stored already by a try that was broken off: they belong to the same storm, of which those
    that go alone are stored first, and those that go together next.
    """
    usual = _USUAL if typical_fresh is None else max(typical_fresh, 1.0)
    count = stored + len(scores)
    if count <= MOST_AT_ONCE or count <= usual * _TIMES_USUAL:
        return Storm(frozenset(range(len(scores))), frozenset(), "as many as usual")
    ranked = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    reason = f"{count} at once, where {usual:.0f} are usual"
    alone = max(PUSHED_ALONE - stored, 0)
    told = max(PUSHED_ALONE + TOLD_TOGETHER - stored, 0)
    return Storm(frozenset(ranked[:alone]), frozenset(ranked[alone:told]), reason)
