"""The lines that `coinbell stories` prints."""

import json
from typing import Any

import pytest

from bot.domain.errors import ParseError
from bot.news.stories.story_lines import story_lines


def stories_of(*articles: dict[str, Any]) -> list[tuple[object, int]]:
    lines = [json.dumps(article).encode() for article in articles]
    return [(found["id"], found["story"]) for found in map(json.loads, story_lines(lines))]


def test_articles_of_one_event_have_one_story() -> None:
    found = stories_of(
        {"id": "a", "title": "Bitcoin tops $93K as crypto rally adds $260M liquidations"},
        {"id": "b", "title": "SEC approves first spot Solana ETFs"},
        {"id": "c", "title": "BTC briefly hits $93,000; $260M wiped out"},
    )
    (a, one), (b, two), (c, three) = found
    assert (a, b, c) == ("a", "b", "c")
    assert one == three != two


def test_a_line_without_a_time_is_of_the_time_of_the_others() -> None:
    dated = {"title": "Zorgon hacked for $40M", "published_at": "2025-12-01T10:00:00Z"}
    late = dated | {"published_at": "2025-12-05T10:00:00Z"}
    (_, first), (_, second), (_, third) = stories_of({"title": dated["title"]}, dated, late)
    assert first == second != third


def test_summaries_and_bodies_take_part() -> None:
    found = stories_of(
        {
            "title": "Director convicted over money spent on crypto",
            "summary": "Carl Zorgon took $11 million from Quuxo Films and bet it on Dogecoin.",
        },
        {
            "title": "Jury finds film director guilty in crypto case",
            "body": "Carl Zorgon was found guilty of defrauding Quuxo Films of $11 million.",
        },
    )
    assert found[0][1] == found[1][1]


def test_no_lines_give_none() -> None:
    assert list(story_lines([])) == []
    assert list(story_lines([b"\n"])) == []


def test_a_malformed_line_is_named() -> None:
    with pytest.raises(ParseError, match="line 2"):
        list(story_lines([b'{"title": "Zorgon"}', b"{"]))


@pytest.mark.parametrize(
    "title", ["", "\u6bd4\u7279\u5e01", "\u0628\u062a\u0643\u0648\u064a\u0646", "x" * 100_000]
)
def test_odd_titles_have_a_story(title: str) -> None:
    assert stories_of({"id": 1, "title": title}) == [(1, 1)]
