"""Articles that a source gives again as if they were new.

Owns the judgement on feeds that write another guid, and another address if any, at every
fetch: without it each poll would be a push. Pure. Refuses to compare sources with each other.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.articles import Article

# What an article without an address or a date is compared with.
SAME_FOR = timedelta(days=30)
# A title without much of a summary, or with a date of its own, may come every day, and is yet
# another article then.
_BRIEF_SAME_FOR = timedelta(hours=20)
_TELLING = 80


class Shown(Protocol):
    """What an article shows of itself."""

    @property
    def title(self) -> str:
        """Its headline."""
        ...

    @property
    def summary(self) -> str:
        """Its few sentences."""
        ...

    @property
    def published_at(self) -> datetime:
        """Its time, that of its arrival where the feed gives none."""
        ...


def without_repeats(
    unknown: Sequence[Article], told: Sequence[Shown], undated: Collection[str] = ()
) -> list[Article]:
    """Those of `unknown` that repeat none of `told`, articles of the same source.

    A repeat has the same title and summary, and either the same time of publication or, when
    it has no address or no date, one within twenty hours; within thirty days when it has no
    date and a summary of eighty letters or more. `undated` are the guids of those that the feed
    gave without a date.
    """
    by_text: dict[tuple[str, str], list[Shown]] = {}
    for shown in told:
        by_text.setdefault((shown.title, shown.summary), []).append(shown)
    return [
        article
        for article in unknown
        if not any(
            _is_repeat(article, old, undated)
            for old in by_text.get((article.title, article.summary), ())
        )
    ]


def is_vague(article: Article, undated: Collection[str]) -> bool:
    """Whether an article lacks an address or a date, so that its time tells little."""
    return article.url is None or article.guid in undated


def _is_repeat(article: Article, old: Shown, undated: Collection[str]) -> bool:
    if article.published_at == old.published_at:
        return True
    is_telling = article.guid in undated and len(article.summary) >= _TELLING
    same_for = SAME_FOR if is_telling else _BRIEF_SAME_FOR
    return is_vague(article, undated) and abs(article.published_at - old.published_at) < same_for
