"""Which story an article joins."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.stories import Told
from bot.news.stories.recent import RecentStories, joined_story

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

FIRST = Told("Hackers drain $42M from Zorgon liquidity pool", NOW, article_id=1, story_id=1)
AGAIN = Told("Zorgon exploited, $42 million stolen", NOW)
OTHER = Told("SEC approves first spot Solana ETFs", NOW, article_id=2, story_id=2)


def test_an_article_joins_the_story_of_its_event() -> None:
    join = joined_story(AGAIN, [OTHER, FIRST])
    assert join is not None
    assert (join.story_id, join.revision_step) == (1, 0)
    assert "zorgon" in join.reason


def test_an_article_of_another_event_begins_a_story() -> None:
    assert joined_story(Told("Quuxo opens office in Lisbon", NOW), [OTHER, FIRST]) is None
    assert joined_story(AGAIN, []) is None


def test_a_follow_up_makes_a_revision_and_says_why() -> None:
    join = joined_story(Told("Zorgon hacker returns $42M after bounty offer", NOW), [FIRST])
    assert join is not None
    assert join.revision_step == 1
    assert "recovered" in join.reason


def test_the_same_follow_up_from_another_source_makes_no_revision() -> None:
    told = replace(FIRST, title="Zorgon hacker returns $42M", article_id=3, revision=2)
    join = joined_story(Told("Zorgon exploiter gives back $42 million", NOW), [FIRST, told])
    assert join is not None
    assert join.revision_step == 0


def test_one_far_cousin_is_not_enough() -> None:
    """An article that resembles neither the revision's first nor two members begins a story."""
    first = Told("Zorgon hires a chief executive", NOW, article_id=1, story_id=1)
    cousin = replace(AGAIN, article_id=2, story_id=1)
    assert joined_story(AGAIN, [first, cousin]) is None
    second = replace(cousin, article_id=3, title="Zorgon hacked for $42M")
    assert joined_story(AGAIN, [first, cousin, second]) is not None


def test_one_member_is_enough_where_it_is_very_like_and_nothing_excludes_the_first() -> None:
    first = Told("Liquidity pool users report missing coins", NOW, article_id=1, story_id=1)
    told = replace(AGAIN, article_id=2, story_id=1)
    join = joined_story(replace(AGAIN, title="Zorgon exploited for $42M"), [first, told])
    assert join is not None
    assert join.story_id == 1


def test_the_latest_revision_is_what_counts() -> None:
    later = Told("Zorgon pauses bridge", NOW, article_id=2, story_id=1, revision=2)
    join = joined_story(Told("Zorgon bridge paused after incident", NOW), [FIRST, later])
    assert join is not None
    assert join.story_id == 1


def test_of_two_stories_the_likest_is_joined() -> None:
    vague = Told("Zorgon hacked", NOW, article_id=5, story_id=5)
    join = joined_story(AGAIN, [vague, FIRST])
    assert join is not None
    assert join.story_id == 1


def test_what_was_forgotten_is_not_joined() -> None:
    recent = RecentStories()
    recent.add(replace(FIRST, published_at=NOW - timedelta(hours=40)))
    recent.add(OTHER)
    assert recent.joined(AGAIN) is not None
    recent.forget(NOW - timedelta(hours=30))
    assert len(recent) == 1
    assert recent.joined(AGAIN) is None
    assert recent.revision(1) == 1
    recent.forget(NOW + timedelta(hours=1))
    assert len(recent) == 0


def test_the_same_article_from_many_sources_is_one_story() -> None:
    recent = RecentStories()
    recent.add(FIRST)
    for number in range(3, 13):
        told = replace(FIRST, source_key=f"s{number}", article_id=0, story_id=0)
        join = recent.joined(told)
        assert join is not None
        assert (join.story_id, join.revision_step) == (1, 0)
        recent.add(replace(told, article_id=number, story_id=1))


def test_a_day_of_headlines_is_grouped_without_a_false_story() -> None:
    """Of 60 headlines of 23 events no two of different events come into one story."""
    path = Path(__file__).parents[2] / "data" / "story_groups.json"
    events: list[list[str]] = json.loads(path.read_text(encoding="utf-8"))
    recent = RecentStories()
    stories: dict[int, set[int]] = {}
    for event, titles in enumerate(events, 1):
        for number, title in enumerate(titles):
            join = recent.joined(Told(title, NOW))
            story_id = join.story_id if join else 10 * event + number
            recent.add(Told(title, NOW, article_id=10 * event + number, story_id=story_id))
            stories.setdefault(story_id, set()).add(event)
    assert all(len(told) == 1 for told in stories.values())
    assert len(stories) <= 1.5 * len(events)


@settings(max_examples=30)
@given(st.permutations(range(5)))
def test_the_choice_does_not_depend_on_the_order_of_reading(order: list[int]) -> None:
    told = [
        FIRST,
        OTHER,
        replace(OTHER, title="Zorgon pool attacked", article_id=3, story_id=3),
        replace(OTHER, title="Zorgon exploit costs $42M", article_id=4, story_id=4),
        replace(OTHER, title="Bitcoin climbs above $97,000", article_id=5, story_id=5),
    ]
    assert joined_story(AGAIN, [told[n] for n in order]) == joined_story(AGAIN, told)
