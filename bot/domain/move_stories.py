"""The stories around a move of a price, and which of them may explain it.

Owns the ranking: how near in time a story is, whether it is about the asset or about the whole
market, and how much it matters; good news beside a fall and bad news beside a rise stand behind
all others and explain nothing. Pure. It names what stands beside a move; that a story caused it
is never claimed.

Of a hundred points 60 are for time, 20 for what a story is about, 20 for its importance. Those
for time halve with each hour away, so that the first 25 minutes cost 15: more than the widest gap
in importance between two stories that fit (30 to 100 is 14 points), and than that between news
of the coin alone and of the whole market (14 too). What was told minutes before a move so stays
before what was told an hour earlier, however important that is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.articles import IMPORTANT, Sentiment, Tone
from bot.domain.conditions import Condition, Gauge, Way
from bot.domain.watching import told_way

BEFORE = timedelta(hours=6)
AFTER = timedelta(hours=2)
MOST_STORIES = 3
MOST_LATE = 2

# News of these kinds moves every coin, as long as it is about no single one of them.
MARKET_WIDE = frozenset({"macro", "regulation", "derivatives"})
# The coin whose news is the market's.
LEADER = "bitcoin"

# Out of a hundred: a story of the moment itself gets all points for time.
_TIME_POINTS = 60.0
_ALONE_POINTS, _AMONG_POINTS, _WIDE_POINTS = 20.0, 13.0, 6.0
_IMPORTANCE_POINTS = 20.0
_HALVES_AFTER = timedelta(hours=1)
# What is told after a move mostly reports it: what came before by as much, up to half an hour,
# is likelier to be its cause. By the minute at first, for clocks of sources differ by as much.
_REPORTS_FURTHER = timedelta(minutes=30)
_REPORTS_TIMES = 5
# More than any story has: what contradicts the move comes behind all that fits.
_CONTRADICTION_POINTS = 100.0
# As the marks of good and bad news beside titles: below that the words are torn.
_PLAIN_SCORE = 0.2
# Promotions and guides lie below the first; news of the whole market must be important.
_LEAST_IMPORTANCE = 30
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Move:
    """When a price moved: between two times, equal where it is one moment; and which way.

    `way` is up or down, None where that is not known. `is_followed`: prices were seen all along,
    so that the price left when the move began; else it may have moved at any time between.
    """

    began_at: datetime
    ended_at: datetime
    way: Way | None = None
    is_followed: bool = False


def move_between(previous_at: datetime | None, ended_at: datetime, way: Way | None = None) -> Move:
    """The move that ended at a time; it began when the price was seen before, as far as known."""
    began_at = ended_at if previous_at is None else min(previous_at, ended_at)
    return Move(began_at, ended_at, way)


def fired_way(condition: Condition, reason: str | None) -> Way | None:
    """The way that the price went when an alert on this condition fired, told by its reason.

    None where that is not known: a figure that rose or fell says nothing of the price.
    """
    return None if isinstance(condition, Gauge) else told_way(reason)


def leaning(tone: Tone | None) -> Way | None:
    """The way in which plainly good or bad news would move a price; None: it is neither."""
    if tone is None or abs(tone.score) < _PLAIN_SCORE:
        return None
    return {Sentiment.POSITIVE: Way.UP, Sentiment.NEGATIVE: Way.DOWN}.get(tone.sentiment)


def contradicts(leans: Way | None, way: Way | None) -> bool:
    """Whether news that leans so is plainly no reason for a move of that way."""
    return leans is not None and way is not None and leans is not way


@dataclass(frozen=True, slots=True)
class NearStory:
    """What of a story decides whether it stands beside a move of an asset.

    `told_at` is when its newest revision was first told, `assets` how many assets that is
    about; `is_about` whether the asset is one of them, else it is news of the whole market.
    `leans` is the way of that telling's news, as `leaning` gives it.
    """

    story_id: int
    told_at: datetime
    importance: int
    is_about: bool
    assets: int = 1
    leans: Way | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """A story beside a move, with its points and why it has them.

    Of one that fits they are more than 0, up to 100; of one that contradicts the move 0 at most.
    """

    story: NearStory
    points: float
    reason: str
    fits: bool = True


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
    """Up to three stories beside a move, the likeliest first, those that contradict it last.

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


def are_explaining(beside: Iterable[Beside]) -> bool:
    """Whether one of the stories beside a move may explain it: is not against it, that is."""
    return any(one.fits for one in beside)


def is_market_wide(asset_ids: Iterable[str], categories: Iterable[str]) -> bool:
    """Whether a story is news of the whole market: of such a kind, and about no single coin.

    The leading coin's count as the market's.
    """
    return not MARKET_WIDE.isdisjoint(categories) and set(asset_ids) <= {LEADER}


def is_worth_a_reply(importance: int) -> bool:
    """Whether a story that comes after an alert is sent as a reply to it: an important one.

    It interrupts once more, and ordinary news of the coin beside a move is mostly chance.
    """
    return importance >= IMPORTANT


def _matters(story: NearStory) -> bool:
    return story.importance >= (_LEAST_IMPORTANCE if story.is_about else IMPORTANT)


def _judged(story: NearStory, move: Move) -> Beside:
    points = _TIME_POINTS * 0.5 ** (_distance(story.told_at, move) / _HALVES_AFTER)
    if not story.is_about:
        focus, about = _WIDE_POINTS, "about the whole market"
    elif story.assets > 1:
        focus, about = _AMONG_POINTS, f"about it and {story.assets - 1} more"
    else:
        focus, about = _ALONE_POINTS, "about it alone"
    points += focus + _IMPORTANCE_POINTS * story.importance / 100
    when = _when(time_away(story.told_at, move))
    reason = f"{when}, {about}, importance {story.importance}"
    if not contradicts(story.leans, move.way):
        return Beside(story, points, reason)
    against = "bad news of a rise" if move.way is Way.UP else "good news of a fall"
    return Beside(story, points - _CONTRADICTION_POINTS, f"{reason}, {against}", fits=False)


def _distance(told_at: datetime, move: Move) -> timedelta:
    """How far from a move a story counts as told.

    What is told after it counts as half an hour further away, and so does what is told long
    after the beginning of a move that was followed; each comes up to that by the minute.
    """
    if told_at < move.began_at:
        return move.began_at - told_at
    within = min(told_at, move.ended_at) - move.began_at if move.is_followed else timedelta()
    after = max(told_at - move.ended_at, timedelta())
    return min(within + _REPORTS_TIMES * after, _REPORTS_FURTHER) + after


def _when(away: timedelta) -> str:
    if abs(away) < _MINUTE:
        return "within the move"
    side = "before" if away < timedelta() else "after"
    return f"{abs(away) // _MINUTE} min {side}"
