"""Which stories stand beside a move, in which order, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.move_stories import (
    AFTER,
    BEFORE,
    MOST_STORIES,
    Move,
    NearStory,
    is_market_wide,
    is_worth_a_reply,
    move_between,
    moves_near,
    span_around,
    stories_beside,
    time_away,
)

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOVE = Move(AT - MINUTE, AT)


def near(
    story_id: int,
    minutes: float = -10,
    importance: int = 60,
    *,
    is_about: bool = True,
    assets: int = 1,
) -> NearStory:
    """A story told so many minutes after the move, before it where that is negative."""
    edge = MOVE.ended_at if minutes >= 0 else MOVE.began_at
    told_at = edge + timedelta(minutes=minutes)
    return NearStory(story_id, told_at, importance, is_about, assets)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(near(1, -5), near(2, -50), id="nearer in time"),
        pytest.param(near(1, 5), near(2, -50), id="nearer, though after"),
        pytest.param(near(1), near(2, is_about=False), id="about the asset, not the market"),
        pytest.param(near(1), near(2, assets=4), id="about it alone, not among others"),
        pytest.param(near(1, importance=80), near(2, importance=45), id="more important"),
        pytest.param(near(1, -20, 90), near(2, -15, 40), id="a little further, far more important"),
    ],
)
def test_what_is_likelier_comes_first(first: NearStory, second: NearStory) -> None:
    for given_order in ([first, second], [second, first]):
        found = stories_beside(given_order, MOVE)
        assert [one.story.story_id for one in found] == [1, 2]


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
        (near(1, 90, 71, is_about=False), "90 min after, about the whole market, importance 71"),
    ],
)
def test_each_says_why_it_is_there(story: NearStory, reason: str) -> None:
    (found,) = stories_beside([story], MOVE)
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
    ),
    max_size=12,
    unique_by=lambda story: story.story_id,
)


@given(_STORIES)
def test_at_most_three_by_falling_points_whatever_the_order(stories: list[NearStory]) -> None:
    found = stories_beside(stories, MOVE)
    assert len(found) <= MOST_STORIES
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
    assert found == stories_beside(stories[::-1], MOVE)
    assert all(0 < one.points <= 100 for one in found)


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
    about = [
        importance for importance in (30, 49, 50) if is_worth_a_reply(importance, is_about=True)
    ]
    wide = [
        importance for importance in (50, 59, 60) if is_worth_a_reply(importance, is_about=False)
    ]
    assert (about, wide) == ([50], [60])
