"""The sample sources' feeds, read back with the library that reads real ones."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest

from bot.demo.sample_feeds import (
    SAMPLE_SOURCES,
    FeedFormat,
    PublishedStory,
    SampleSource,
    SampleStory,
    dated_story,
    feed_xml,
)

SOURCES = {source.format: source for source in SAMPLE_SOURCES}
AT = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
HOME = "http://127.0.0.1:8080/site/x/"
TITLE = "It\u2019s up: AT&T, <b> & “$95K”"


def published(number: int, source: SampleSource) -> PublishedStory:
    """Build a story with every character that a format must escape."""
    story = SampleStory(
        source.key, f"story-{number}", "bitcoin", ("M&A", "ETF"), TITLE, "It\u2019s < 1%.", "More."
    )
    at = AT + timedelta(hours=number)
    url = f"{HOME}story-{number}"
    return PublishedStory(story, number, at, url, "http://127.0.0.1:8080/p.jpg", 1234)


def parsed(source: SampleSource, count: int) -> Any:
    """Read a source's feed of so many stories."""
    text = feed_xml(source, HOME, [published(number, source) for number in range(1, count + 1)])
    return feedparser.parse(
        BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False
    )


@pytest.mark.parametrize("source", SAMPLE_SOURCES, ids=lambda source: source.key)
def test_every_feed_is_well_formed_and_newest_first(source: SampleSource) -> None:
    feed = parsed(source, 3)
    assert not feed.bozo
    assert [entry.link for entry in feed.entries] == [f"{HOME}story-{n}" for n in (3, 2, 1)]
    assert len({entry.id for entry in feed.entries}) == 3
    times = [timegm(entry.published_parsed) for entry in feed.entries]
    assert times == [(AT + timedelta(hours=number)).timestamp() for number in (3, 2, 1)]
    assert [tag.term for tag in feed.entries[0].tags] == ["M&A", "ETF"]


@pytest.mark.parametrize("source", SAMPLE_SOURCES, ids=lambda source: source.key)
def test_an_empty_feed_is_well_formed_too(source: SampleSource) -> None:
    feed = parsed(source, 0)
    assert (feed.bozo, feed.entries, feed.feed.title) == (False, [], source.name)


@pytest.mark.parametrize(
    ("kind", "version"),
    [(FeedFormat.RSS, "rss20"), (FeedFormat.ATOM, "atom10"), (FeedFormat.QUIRKY, "rss20")],
)
def test_each_format_is_what_it_says(kind: FeedFormat, version: str) -> None:
    assert parsed(SOURCES[kind], 1).version == version


@pytest.mark.parametrize("kind", [FeedFormat.RSS, FeedFormat.ATOM])
def test_the_tidy_feeds_carry_titles_and_pictures_plainly(kind: FeedFormat) -> None:
    (entry,) = parsed(SOURCES[kind], 1).entries
    assert entry.title == TITLE
    assert entry.enclosures[0].href == "http://127.0.0.1:8080/p.jpg"


def test_the_quirky_feed_has_its_quirks() -> None:
    source = SOURCES[FeedFormat.QUIRKY]
    text = feed_xml(source, HOME, [published(1, source)])
    (entry,) = parsed(source, 1).entries
    assert f"<link>\n      {HOME}story-1\n" in text
    assert text.count("<dc:creator>") == 2
    assert 'rel="hub" href="true"' in text
    assert "-0500</pubDate>" in text
    assert "It&amp;#8217;s" in entry.title
    assert "appeared first on" in entry.summary
    assert "<p>More.</p>" in entry.content[0].value
    assert entry.media_content[0]["url"] == "http://127.0.0.1:8080/p.jpg"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (16, "Thursday Friday Saturday; Thursday Friday Monday"),  # a Friday
        (18, "Saturday Sunday Monday; Thursday Friday Monday"),  # a Sunday
        (19, "Sunday Monday Tuesday; Friday Monday Tuesday"),
    ],
)
def test_the_days_that_a_story_names_are_those_around_its_publication(
    day: int, expected: str
) -> None:
    """Exchanges are closed at weekends, and offices decide nothing."""
    text = "{day-1} {day+0} {day+1}; {weekday-1} {weekday+0} {weekday+1}"
    story = SampleStory("blockledger", "s", "etf", (), "T", text, text)
    dated = dated_story(story, datetime(2026, 1, day, 12, tzinfo=UTC))
    assert (dated.lead, dated.more) == (expected, expected)
