"""What the articles of the last days told, for the choice of the story that a new one joins.

Owns that one query, and the turn that processes take at it. Refuses to judge:
`bot.news.stories.recent` does.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.domain.articles import Role
from bot.domain.stories import Told
from storage.articles import figures_from
from storage.database import Transaction
from storage.schema import article_assets, article_categories, articles, sources, stories

_Wanted = tuple[sa.ColumnElement[bool], ...]
_QUERY = (
    sa.select(
        articles.c.id,
        articles.c.story_id,
        articles.c.revision,
        articles.c.title,
        articles.c.summary,
        articles.c.published_at,
        articles.c.figures,
        stories.c.pushed_at,
        sources.c.key,
    )
    .join(stories, stories.c.id == articles.c.story_id)
    .join(sources, sources.c.id == articles.c.source_id)
    .order_by(articles.c.id)
)

# Any number will do, as long as every Coinbell uses the same one, and for nothing else.
_FILING_LOCK = 0xC01BE12


async def take_filing_turn(tx: Transaction) -> bool:
    """Wait until no other process stores articles; none does before this transaction ends.

    So that of two that are given the same event at once one sees what the other stored, and
    articles become visible in the order of their ids. Returns whether another process may have
    stored some while this one waited: on SQLite, which one process writes to, it may not.
    """
    if tx.dialect.name == "sqlite":
        return False
    await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_FILING_LOCK)))
    return True


async def recent_told(tx: Transaction, since: datetime, after_id: int = 0) -> list[Told]:
    """The articles published since then, in the order in which they were stored.

    Of those, only articles with an id beyond `after_id`. Each with its story, the assets it is
    about, its figures and its categories.
    """
    wanted = (articles.c.published_at >= since, articles.c.id > after_id)
    rows = (await tx.execute(_QUERY.where(*wanted))).all()
    if not rows:
        return []
    assets = await _assets(tx, wanted)
    categories = await _categories(tx, wanted)
    return [
        Told(
            title=row.title,
            published_at=row.published_at,
            summary=row.summary,
            article_id=row.id,
            story_id=row.story_id,
            revision=row.revision,
            source_key=row.key,
            assets=tuple(asset_id for asset_id, _ in assets.get(row.id, ())),
            symbols=tuple(symbol for _, symbol in assets.get(row.id, ())),
            figures=figures_from(row.figures),
            categories=tuple(categories.get(row.id, ())),
            pushed=row.pushed_at is not None,
        )
        for row in rows
    ]


async def told_by_source(
    tx: Transaction, source_id: int, times: Collection[datetime], since: datetime
) -> list[Told]:
    """The articles of a source published at one of these times, or since then.

    Each with its title, summary and time only.
    """
    at = articles.c.published_at
    rows = await tx.execute(
        sa.select(articles.c.title, articles.c.summary, at).where(
            articles.c.source_id == source_id, sa.or_(at.in_(times), at >= since)
        )
    )
    return [Told(row.title, row.published_at, row.summary) for row in rows]


async def _assets(tx: Transaction, wanted: _Wanted) -> dict[int, list[tuple[str, str]]]:
    """The ids and symbols of the assets that each of these articles is about."""
    found: dict[int, list[tuple[str, str]]] = {}
    query = (
        sa.select(article_assets.c.article_id, article_assets.c.asset_id, article_assets.c.symbol)
        .join(articles, articles.c.id == article_assets.c.article_id)
        .where(*wanted, article_assets.c.role == Role.PRIMARY.value)
        .order_by(article_assets.c.article_id, article_assets.c.asset_id)
    )
    for row in await tx.execute(query):
        found.setdefault(row.article_id, []).append((row.asset_id, row.symbol))
    return found


async def _categories(tx: Transaction, wanted: _Wanted) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = (
        sa.select(article_categories.c.article_id, article_categories.c.name)
        .join(articles, articles.c.id == article_categories.c.article_id)
        .where(*wanted)
        .order_by(article_categories.c.article_id, article_categories.c.name)
    )
    for row in await tx.execute(query):
        found.setdefault(row.article_id, []).append(row.name)
    return found
