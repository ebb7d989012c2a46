"""Which stories stand beside a move, in which order, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts import Direction, Line
from bot.domain.articles import Sentiment, Tone
from bot.domain.conditions import Close, Condition, Extreme, Figure, Frame, Gauge, Range, Way
from bot.domain.conditions import Move as Percent
from bot.domain.move_stories import (
    AFTER,
    BEFORE,
    MOST_STORIES,
    Move,
    NearStory,
    are_explaining,
    contradicts,
    fired_way,
    is_market_wide,
    is_worth_a_reply,
    leaning,
    move_between,
    moves_near,
    span_around,
    stories_beside,
    time_away,
)

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOVE = Move(AT - MINUTE, AT)
FALL = replace(MOVE, way=Way.DOWN)
RISE = replace(MOVE, way=Way.UP)
GOOD, BAD = Way.UP, Way.DOWN


def near(
    story_id: int,
    minutes: float = -10,
    importance: int = 60,
    *,
    is_about: bool = True,
    assets: int = 1,
    leans: Way | None = None,
) -> NearStory:
    """A story told so many minutes after the move, before it where that is negative."""
    edge = MOVE.ended_at if minutes >= 0 else MOVE.began_at
    told_at = edge + timedelta(minutes=minutes)
    return NearStory(story_id, told_at, importance, is_about, assets, leans)


def order(stories: list[NearStory], move: Move) -> list[int]:
    """The stories beside a move by id, the same whatever order they are given in."""
    found = [one.story.story_id for one in stories_beside(stories, move)]
    assert found == [one.story.story_id for one in stories_beside(stories[::-1], move)]
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(near(1, -5), near(2, -50), id="nearer in time"),
        pytest.param(near(1, 5), near(2, -50), id="nearer, though after"),
        pytest.param(near(1), near(2, is_about=False), id="about the asset, not the market"),
        pytest.param(near(1), near(2, assets=4), id="about it alone, not among others"),
        pytest.param(near(1, importance=80), near(2, importance=45), id="more important"),
        pytest.param(near(1, -20, 90), near(2, -15, 40), id="a little further, far more important"),
        # What is told minutes before is likelier than what is told long before and matters more.
        pytest.param(near(1, -10, 55), near(2, -90, 75), id="minutes before, not 90"),
        pytest.param(near(1, -10, 40), near(2, -90, 100), id="90 before, however important"),
        pytest.param(near(1, -5, 50), near(2, -60, 90), id="5 before, not an hour"),
        pytest.param(near(1, -10, 50), near(2, -45, 75), id="10 before, not 45"),
        pytest.param(near(1, -8, 45), near(2, -30, 90), id="8 before, not 30"),
        pytest.param(near(1, -8, assets=2), near(2, -45, 70), id="among others, but nearer"),
        pytest.param(
            near(1, -3, 90, is_about=False), near(2, -20, 55), id="the market's of that moment"
        ),
        # What is told right after mostly reports the move.
        pytest.param(near(1, -20, 55), near(2, 5, 70), id="before, not the report of it"),
        pytest.param(near(1, -2), near(2, 1), id="before, not as near after"),
        pytest.param(near(1, 5), near(2, -60), id="the report, not what is long past"),
        pytest.param(near(1, 5, 85), near(2, -20, 45), id="after, but far more important"),
        pytest.param(near(1, 3), near(2, 10), id="the earlier report"),
    ],
)
def test_what_is_likelier_comes_first(first: NearStory, second: NearStory) -> None:
    assert order([first, second], MOVE) == [1, 2]


@pytest.mark.parametrize(
    ("move", "stories", "wanted", "is_explained"),
    [
        pytest.param(
            FALL,
            [near(2, -3, 90, leans=GOOD), near(1, -300, 31)],
            [1, 2],
            True,
            id="good news, a neutral one of hours ago",
        ),
        pytest.param(FALL, [near(2, -9), near(1, -3, leans=BAD)], [1, 2], True, id="bad and none"),
        pytest.param(FALL, [near(1, -3), near(2, -9, leans=BAD)], [1, 2], True, id="none and bad"),
        pytest.param(FALL, [near(1, -3, leans=GOOD)], [1], False, id="a fall, only good news"),
        pytest.param(RISE, [near(1, -3, leans=BAD)], [1], False, id="a rise, only bad news"),
        pytest.param(RISE, [near(1, -3, leans=GOOD)], [1], True, id="a rise, good news"),
        pytest.param(RISE, [near(1, -3)], [1], True, id="neither good nor bad"),
        pytest.param(MOVE, [near(1, -3, leans=BAD)], [1], True, id="nobody knows which way"),
        pytest.param(
            RISE,
            [near(2, -20, leans=BAD), near(1, -3, leans=BAD)],
            [1, 2],
            False,
            id="of those against it the nearer",
        ),
        pytest.param(
            FALL,
            [near(4, -1, 99, leans=GOOD), near(1, -9), near(2, -50), near(3, -200)],
            [1, 2, 3],
            True,
            id="no room for what is against it",
        ),
        pytest.param(FALL, [], [], False, id="no story"),
    ],
)
def test_news_against_the_move_comes_last_and_explains_nothing(
    move: Move, stories: list[NearStory], wanted: list[int], *, is_explained: bool
) -> None:
    assert order(stories, move) == wanted
    assert are_explaining(stories_beside(stories, move)) is is_explained


def test_the_cause_of_a_long_move_is_at_its_beginning_where_the_price_was_followed() -> None:
    """Where nobody looked it may have moved at any time between."""
    began = AT - timedelta(hours=4)
    cause = NearStory(1, began - 8 * MINUTE, 55, is_about=True)
    report = NearStory(2, AT - 20 * MINUTE, 75, is_about=True)
    assert order([cause, report], Move(began, AT, is_followed=True)) == [1, 2]
    assert order([cause, report], Move(began, AT)) == [2, 1]


@pytest.mark.parametrize(
    ("condition", "reason", "way"),
    [
        (Line(Direction.CROSS, Decimal(9)), "rose to the line", Way.UP),
        (Line(Direction.CROSS, Decimal(9)), "fell to the line", Way.DOWN),
        (Percent(Way.EITHER, Decimal("0.05")), "fell by the percentage", Way.DOWN),
        (Extreme(Way.UP), "rose to a new high", Way.UP),
        (Range(Decimal(8), Decimal(9)), "fell out of the range", Way.DOWN),
        (
            Close(Frame.DAY, Direction.ABOVE, Decimal(9)),
            "rose and closed beyond the line",
            Way.UP,
        ),
        (Gauge(Figure.FUNDING, Direction.ABOVE, Decimal(9)), "rose to the line", None),
        (Line(Direction.CROSS, Decimal(9)), None, None),
        (Line(Direction.CROSS, Decimal(9)), "armed under the line", None),
    ],
)
def test_the_way_of_a_move_is_that_of_what_fired(
    condition: Condition, reason: str | None, way: Way | None
) -> None:
    assert fired_way(condition, reason) is way


@pytest.mark.parametrize(
    ("tone", "leans"),
    [
        (None, None),
        (Tone(Sentiment.POSITIVE, 0.2, ""), Way.UP),
        (Tone(Sentiment.POSITIVE, 0.19, ""), None),
        (Tone(Sentiment.NEGATIVE, -0.2, ""), Way.DOWN),
        (Tone(Sentiment.NEGATIVE, -0.19, ""), None),
        (Tone(Sentiment.NEUTRAL, 0.4, ""), None),
    ],
)
def test_only_plainly_good_or_bad_news_leans(tone: Tone | None, leans: Way | None) -> None:
    assert leaning(tone) is leans


def test_what_leans_nowhere_and_what_moved_no_known_way_contradict_nothing() -> None:
    found = [(a, b) for a in (GOOD, BAD, None) for b in (GOOD, BAD, None) if contradicts(a, b)]
    assert found == [(GOOD, BAD), (BAD, GOOD)]


@pytest.mark.parametrize(
    ("story", "fits"),
    [
        (near(1, -359), True),
        (near(1, -361), False),
        (near(1, 119), True),
        (near(1, 121), False),
        (near(1, importance=30), True),
        (near(1, importance=29), False),
        (near(1, importance=60, is_about=False), True),
        (near(1, importance=59, is_about=False), False),
    ],
)
def test_what_is_too_far_or_hardly_matters_is_left_out(story: NearStory, *, fits: bool) -> None:
    assert bool(stories_beside([story], MOVE)) is fits


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        (near(1, -12), "12 min before, about it alone, importance 60"),
        (near(1, 0.5, assets=3), "within the move, about it and 2 more, importance 60"),
        (
            near(1, -12, leans=GOOD),
            "12 min before, about it alone, importance 60, good news of a fall",
        ),
        (near(1, 90, 71, is_about=False), "90 min after, about the whole market, importance 71"),
    ],
)
def test_each_says_why_it_is_there(story: NearStory, reason: str) -> None:
    (found,) = stories_beside([story], FALL)
    assert found.reason == reason


def test_none_is_found_where_none_fits() -> None:
    assert stories_beside([], MOVE) == []
    assert stories_beside([near(1, -1000), near(2, importance=5)], MOVE) == []


_STORIES = st.lists(
    st.builds(
        near,
        st.integers(1, 99),
        st.floats(-500, 300),
        st.integers(0, 100),
        is_about=st.booleans(),
        assets=st.integers(1, 9),
        leans=st.sampled_from([None, GOOD, BAD]),
    ),
    max_size=12,
    unique_by=lambda story: story.story_id,
)


@given(_STORIES)
def test_at_most_three_by_falling_points_whatever_the_order(stories: list[NearStory]) -> None:
    found = stories_beside(stories, FALL)
    assert len(found) <= MOST_STORIES
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
    assert found == stories_beside(stories[::-1], FALL)
    assert all(one.fits is (one.story.leans is not GOOD) for one in found)
    assert all(0 < one.points <= 100 if one.fits else -100 < one.points <= 0 for one in found)


@given(_STORIES)
def test_the_span_and_its_inverse_agree(stories: list[NearStory]) -> None:
    """A story is within the span around a move exactly when the move is near the story."""
    for story in stories:
        since, until = span_around(MOVE)
        ended_since, began_until = moves_near(story.told_at)
        is_near = MOVE.ended_at >= ended_since and MOVE.began_at <= began_until
        assert (since <= story.told_at <= until) is is_near


def test_a_move_begins_when_the_price_was_seen_before() -> None:
    assert move_between(AT - MINUTE, AT) == MOVE
    assert move_between(None, AT) == Move(AT, AT)
    assert move_between(AT + MINUTE, AT) == Move(AT, AT)


def test_what_is_told_while_nobody_looked_is_told_within_the_move() -> None:
    night = Move(AT - timedelta(hours=9), AT)
    assert time_away(AT - timedelta(hours=5), night) == timedelta()
    assert time_away(AT - timedelta(hours=10), night) == -timedelta(hours=1)
    assert time_away(AT + MINUTE, night) == MINUTE
    early = replace(near(1), told_at=AT - timedelta(hours=9) - BEFORE)
    assert stories_beside([early], night)
    assert not stories_beside([replace(early, told_at=AT + AFTER + MINUTE)], night)


@pytest.mark.parametrize(
    ("assets", "categories", "is_wide"),
    [
        ((), ("macro",), True),
        (("bitcoin",), ("etf", "regulation"), True),
        (("solana",), ("macro",), False),
        (("bitcoin", "solana"), ("derivatives",), False),
        ((), ("hack",), False),
        (("bitcoin",), (), False),
    ],
)
def test_news_of_the_whole_market(
    assets: tuple[str, ...], categories: tuple[str, ...], *, is_wide: bool
) -> None:
    assert is_market_wide(assets, categories) is is_wide


def test_what_comes_after_the_alert_must_matter_more() -> None:
    assert [importance for importance in (30, 50, 59, 60, 100) if is_worth_a_reply(importance)] == [
        60,
        100,
    ]
