"""Titles as the tests of single judgements read them: all told at one time."""

from datetime import UTC, datetime

from bot.domain.stories import Told
from bot.news.stories.headlines import Headline, headline

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def read(title: str, lead: str = "") -> Headline:
    """What is read of a title and its lead."""
    return headline(Told(title, NOW, lead))
