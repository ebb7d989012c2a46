"""Which topics a story answers to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import Article, Category, Mention, Role
from bot.domain.topics import (
    EVERYTHING,
    StoredTopic,
    Topic,
    TopicKind,
    TopicMatch,
    matching_topics,
    words_of,
    words_topic,
)

ARTICLE = Article(
    "wire",
    "g1",
    "Spot-ETF: Bitcoin’s day!",  # noqa: RUF001  # as sites print it
    datetime(2026, 3, 14, tzinfo=UTC),
    summary="Ether follows. Maße und STRASSE",
    mentions=(
        Mention("bitcoin", "BTC", Role.PRIMARY, "Bitcoin in the title"),
        Mention("ethereum", "ETH", Role.MENTIONED, "Ether in the text"),
    ),
    categories=(Category("regulation", "the feed's own"),),
)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        (EVERYTHING, "everything"),
        (Topic(TopicKind.ASSET, "bitcoin"), "Bitcoin in the title"),
        (Topic(TopicKind.ASSET, "ethereum"), None),  # named in passing
        (Topic(TopicKind.ASSET, "dogecoin"), None),
        (Topic(TopicKind.CATEGORY, "regulation"), "the feed's own"),
        (Topic(TopicKind.CATEGORY, "wire"), None),
        (Topic(TopicKind.SOURCE, "wire"), "from wire"),
        (Topic(TopicKind.SOURCE, "gazette"), None),
        (words_topic("spot ETF"), 'says "spot etf"'),
        (words_topic("etf spot"), None),
        (words_topic("follows"), 'says "follows"'),
        (words_topic("follow"), None),  # whole words only
        (words_topic("day ether"), None),  # not from the title into the summary
        (words_topic("MASSE"), 'says "masse"'),  # ß is ss in either case
        (words_topic("straße"), 'says "strasse"'),
    ],
)
def test_a_story_answers_to_a_topic(topic: Topic, reason: str | None) -> None:
    expected = [] if reason is None else [TopicMatch(7, reason)]
    assert matching_topics(ARTICLE, [StoredTopic(7, topic)]) == expected


def test_matches_keep_the_order_of_what_was_asked() -> None:
    asked = [StoredTopic(3, words_topic("etf")), StoredTopic(1, EVERYTHING)]
    assert [match.topic_id for match in matching_topics(ARTICLE, asked)] == [3, 1]


def test_nothing_asked_is_nothing_matched() -> None:
    assert matching_topics(ARTICLE, []) == []


@given(st.text())
def test_the_topic_of_words_is_the_topic_of_its_own_value(text: str) -> None:
    topic = words_topic(text)
    assert words_topic(topic.value) == topic
    assert words_of(topic.value) == words_of(text)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1), st.data())
def test_a_phrase_of_a_title_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    article = Article("wire", "g1", ", ".join(words), datetime(2026, 3, 14, tzinfo=UTC))
    phrase = words_topic(" ".join(words[start:end]))
    assert matching_topics(article, [StoredTopic(1, phrase)])
