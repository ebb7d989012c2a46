"""The stories around a move of a price, and which of them may explain it.

Owns the ranking: how near in time a story is, whether it is about the asset or about the whole
market, and how much it matters. Pure. It names what stands beside a move; that a story caused
it is never claimed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

BEFORE = timedelta(hours=6)
AFTER = timedelta(hours=2)
MOST_STORIES = 3
MOST_LATE = 2

# News of these kinds moves every coin, as long as it is about no single one of them.
MARKET_WIDE = frozenset({"macro", "regulation", "derivatives"})
# The coin whose news is the market's.
LEADER = "bitcoin"

# Out of a hundred: a story of the moment itself gets all points for time.
_TIME_POINTS = 50.0
_ALONE_POINTS, _AMONG_POINTS, _WIDE_POINTS = 25.0, 15.0, 5.0
_IMPORTANCE_POINTS = 25.0
_HALVES_AFTER = timedelta(hours=1)
# Promotions and guides lie below the first; news of the whole market must be important.
_LEAST_IMPORTANCE = 30
_LEAST_WIDE = 60
# What is sent after the alert interrupts once more, and must be worth it.
_LEAST_LATE = 50
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Move:
    """When a price moved: between two times, equal where it is one moment."""

    began_at: datetime
    ended_at: datetime


def move_between(previous_at: datetime | None, ended_at: datetime) -> Move:
    """The move that ended at a time; it began when the price was seen before, as far as known."""
    return Move(ended_at if previous_at is None else min(previous_at, ended_at), ended_at)


@dataclass(frozen=True, slots=True)
class NearStory:
    """What of a story decides whether it stands beside a move of an asset.

    `told_at` is when its newest revision was first told, `assets` how many assets that is
    about; `is_about` whether the asset is one of them, else it is news of the whole market.
    """

    story_id: int
    told_at: datetime
    importance: int
    is_about: bool
    assets: int = 1


@dataclass(frozen=True, slots=True)
class Beside:
    """A story beside a move, with its points (0 to 100) and why it has them."""

    story: NearStory
    points: float
    reason: str


def span_around(move: Move) -> tuple[datetime, datetime]:
    """Between which times a story must be told to stand beside a move."""
    return move.began_at - BEFORE, move.ended_at + AFTER


def moves_near(told_at: datetime) -> tuple[datetime, datetime]:
    """The earliest end and the latest beginning of the moves that a story can stand beside."""
    return told_at - AFTER, told_at + BEFORE


def time_away(told_at: datetime, move: Move) -> timedelta:
    """How long after a move a story was told; negative before it, nothing within it."""
    if told_at < move.began_at:
        return told_at - move.began_at
    return max(told_at - move.ended_at, timedelta())


def stories_beside(stories: Iterable[NearStory], move: Move) -> list[Beside]:
    """Up to three stories beside a move, the likeliest first; none when none fits.

    Those told more than six hours before it or two after are left out, those that hardly
    matter, and news of the whole market that is not important. Of equal ones the earlier first.
    """
    since, until = span_around(move)
    found = [
        _judged(story, move)
        for story in stories
        if since <= story.told_at <= until and _matters(story)
    ]
    found.sort(key=lambda one: (-one.points, one.story.told_at, one.story.story_id))
    return found[:MOST_STORIES]


def is_market_wide(asset_ids: Iterable[str], categories: Iterable[str]) -> bool:
    """Whether a story is news of the whole market: of such a kind, and about no single coin.

    The leading coin's count as the market's.
    """
    return not MARKET_WIDE.isdisjoint(categories) and set(asset_ids) <= {LEADER}


def is_worth_a_reply(importance: int, *, is_about: bool) -> bool:
    """Whether a story that comes after an alert is sent as a reply to it."""
    return importance >= (_LEAST_LATE if is_about else _LEAST_WIDE)


def _matters(story: NearStory) -> bool:
    return story.importance >= (_LEAST_IMPORTANCE if story.is_about else _LEAST_WIDE)


def _judged(story: NearStory, move: Move) -> Beside:
    away = time_away(story.told_at, move)
    nearness = _TIME_POINTS * 0.5 ** (abs(away) / _HALVES_AFTER)
    if not story.is_about:
        focus, about = _WIDE_POINTS, "about the whole market"
    elif story.assets > 1:
        focus, about = _AMONG_POINTS, f"about it and {story.assets - 1} more"
    else:
        focus, about = _ALONE_POINTS, "about it alone"
    points = nearness + focus + _IMPORTANCE_POINTS * story.importance / 100
    return Beside(story, points, f"{_when(away)}, {about}, importance {story.importance}")


def _when(away: timedelta) -> str:
    if abs(away) < _MINUTE:
        return "within the move"
    side = "before" if away < timedelta() else "after"
    return f"{abs(away) // _MINUTE} min {side}"
