"""What an article tells, as far as it takes to see that another tells the same event.

Owns that value, and how many of a story's prices are noted and told. Which article joins which
story is judged in `bot.news.stories.recent`.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.articles import Article, Figure, Role

PRICED_ASSETS = 12
"""Of so many of a story's assets the prices are noted when it comes, the first named first."""
PRICES_SHOWN = 3
"""A push tells the prices of so many of them, the largest."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article with the story it belongs to; texts are plain, `published_at` is aware UTC.

    `story_id` is 0 while the article has joined none, and `article_id` while it is not stored.
    `assets` are the ids of the assets it is about, and `symbols` theirs, in the same order.
    `revision` is the story's at which the article joined, `pushed` whether somebody was told.
    """

    title: str
    published_at: datetime
    summary: str = ""
    article_id: int = 0
    story_id: int = 0
    revision: int = 1
    source_key: str = ""
    assets: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    categories: tuple[str, ...] = ()
    pushed: bool = False


def told_by(article: Article) -> Told:
    """What an article tells that has joined no story yet."""
    primary = [mention for mention in article.mentions if mention.role is Role.PRIMARY]
    return Told(
        title=article.title,
        published_at=article.published_at,
        summary=article.summary,
        source_key=article.source_key,
        assets=tuple(mention.asset_id for mention in primary),
        symbols=tuple(mention.symbol for mention in primary),
        figures=article.figures,
        categories=tuple(category.name for category in article.categories),
    )
