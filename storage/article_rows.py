"""Articles as their rows tell them.

Owns the way from rows to the values of the domain, and which article of a story is told to
whom. Refuses to change anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bot.domain.articles import (
    Article,
    Category,
    Importance,
    Mention,
    Role,
    Sentiment,
    Tone,
)
from bot.domain.markets import Market
from storage.articles import figures_from
from storage.database import Transaction
from storage.schema import article_assets, article_categories, articles, sources


@dataclass(frozen=True, slots=True)
class About:
    """What some articles are about, by their id."""

    mentions: dict[int, list[Mention]]
    categories: dict[int, list[Category]]
    prices: dict[int, list[tuple[Market, Decimal]]]


async def about_articles(tx: Transaction, ids: Collection[int]) -> About:
    """What the articles of these ids are about; of those that are gone nothing."""
    found = About({}, {}, {})
    if not ids:
        return found
    for m in await tx.execute(
        sa.select(article_assets).where(article_assets.c.article_id.in_(ids))
    ):
        mention = Mention(m.asset_id, m.symbol, Role(m.role), m.reason)
        found.mentions.setdefault(m.article_id, []).append(mention)
        if m.price is not None and m.quote:
            price = (Market(m.asset_id, m.quote), m.price)
            found.prices.setdefault(m.article_id, []).append(price)
    for c in await tx.execute(
        sa.select(article_categories).where(article_categories.c.article_id.in_(ids))
    ):
        found.categories.setdefault(c.article_id, []).append(Category(c.name, c.reason))
    return found


def article_rows() -> sa.Select[Any]:
    """Every article, with the key and the name of its source: what `article_of` needs."""
    return sa.select(articles, sources.c.key, sources.c.name).join(
        sources, sources.c.id == articles.c.source_id
    )


def publisher_of(row: sa.RowMapping) -> str:
    """Who published an article: of a source that collects those of many sites, the site."""
    return str(row["publisher"] or row["name"])


def told_row(
    rows: Sequence[sa.RowMapping], revision: int, owed_at: datetime | None
) -> sa.RowMapping:
    """The article that tells a revision of a story to who is owed it since then.

    `rows` are all articles of the story, by id. It is the last of the revision that was there,
    for it is the one that the story was owed for: they bear the same time. Where `owed_at` is
    None it is the revision's first, and of a revision that nobody told the story's first.
    """
    of_it = [row for row in rows if row["revision"] == revision] or rows[:1]
    there = [row for row in of_it if owed_at and row["created_at"] <= owed_at]
    # By time, not by id: two processes may have clocks that differ.
    return max(there, key=lambda row: row["created_at"], default=of_it[0])


def telling_row(rows: Sequence[sa.RowMapping], told_at: datetime) -> sa.RowMapping:
    """The article that told a story at that time: of several the newest revision's first.

    `rows` are all articles of the story, by id. Where none bears that time any more it is the
    last before it, or the story's first.
    """
    before = [row for row in rows if row["published_at"] <= told_at] or rows[:1]
    return max(before, key=lambda row: (row["published_at"], row["revision"], -row["id"]))


def article_of(row: sa.RowMapping, about: About) -> Article:
    """The article of a row of `article_rows`."""
    return Article(
        source_key=row["key"],
        guid=row["guid"],
        title=row["title"],
        published_at=row["published_at"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        summary=row["summary"],
        body=row["body"],
        image_url=row["image_url"],
        language=row["language"],
        mentions=tuple(about.mentions.get(row["id"], ())),
        categories=tuple(about.categories.get(row["id"], ())),
        publisher=row["publisher"],
        tone=tone_of(row),
        figures=figures_from(row["figures"]),
        importance=_importance(row),
        summary_reason=row["summary_reason"],
    )


def tone_of(row: sa.RowMapping) -> Tone | None:
    """The tone of an article, from a row with the columns of its sentiment; None without one."""
    if row["sentiment"] is None:
        return None
    return Tone(Sentiment(row["sentiment"]), row["sentiment_score"], row["sentiment_reason"] or "")


def _importance(row: sa.RowMapping) -> Importance | None:
    if row["importance"] is None:
        return None
    return Importance(row["importance"], row["importance_reason"] or "")
