"""Articles that a source gives again as if they were new.

Owns the judgement on feeds that write another guid, and another address if any, at every
fetch: without it each poll would be a push. Pure. Refuses to compare sources with each other.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.articles import Article

# Without an address there is little to tell two articles apart by; a daily one is yet another.
_SAME_FOR = timedelta(hours=20)


def without_repeats(unknown: Sequence[Article], told: Sequence[Article]) -> list[Article]:
    """Those of `unknown` that repeat none of `told`, the latest articles of the same source.

    A repeat has the same title and summary, and either the same time of publication or, when
    it has no address, one within twenty hours.
    """
    by_text: dict[tuple[str, str], list[Article]] = {}
    for article in told:
        by_text.setdefault((article.title, article.summary), []).append(article)
    return [
        article
        for article in unknown
        if not any(
            _is_repeat(article, old) for old in by_text.get((article.title, article.summary), ())
        )
    ]


def _is_repeat(article: Article, old: Article) -> bool:
    if article.published_at == old.published_at:
        return True
    return article.url is None and abs(article.published_at - old.published_at) < _SAME_FOR
