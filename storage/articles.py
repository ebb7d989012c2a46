"""Articles and the stories that they tell.

Owns how an article is known (by source and guid, or by its canonical address) and the queries
for the latest stories. An article that is not known yet starts a story of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.articles import Article, Category, Mention, Role
from bot.domain.topics import Topic, TopicKind, words_of
from storage.database import Transaction, upsert
from storage.schema import (
    article_assets,
    article_categories,
    articles,
    notifications,
    sources,
    stories,
)


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story as it is shown: its id and revision, and its first article."""

    id: int
    revision: int
    article: Article
    source_name: str


async def unknown_articles(
    tx: Transaction, source_id: int, found: Sequence[Article]
) -> list[Article]:
    """Those of `found` that are not stored, in their order, each known by guid or address once."""
    guids = {article.guid for article in found}
    addresses = {article.canonical_url for article in found if article.canonical_url}
    known_guids = set(
        await tx.scalars(
            sa.select(articles.c.guid).where(
                articles.c.source_id == source_id, articles.c.guid.in_(guids)
            )
        )
    )
    known_addresses = set(
        await tx.scalars(
            sa.select(articles.c.canonical_url).where(articles.c.canonical_url.in_(addresses))
        )
    )
    unknown = []
    for article in found:
        if article.guid in known_guids or article.canonical_url in known_addresses:
            continue
        unknown.append(article)
        known_guids.add(article.guid)
        if article.canonical_url:
            known_addresses.add(article.canonical_url)
    return unknown


async def add_article(
    tx: Transaction, source_id: int, article: Article, now: datetime
) -> int | None:
    """Store an article as a new story and return the story's id; None when it is known."""
    if not await unknown_articles(tx, source_id, [article]):
        return None
    story_id: int | None = await tx.scalar(
        sa.insert(stories)
        .values(published_at=article.published_at, created_at=now)
        .returning(stories.c.id)
    )
    article_id: int | None = await tx.scalar(
        sa.insert(articles)
        .values(
            story_id=story_id,
            source_id=source_id,
            guid=article.guid,
            url=article.url,
            canonical_url=article.canonical_url,
            title=article.title,
            summary=article.summary,
            body=article.body,
            image_url=article.image_url,
            language=article.language,
            published_at=article.published_at,
            created_at=now,
        )
        .returning(articles.c.id)
    )
    await _add_understanding(tx, article_id, article)
    return story_id


async def _add_understanding(tx: Transaction, article_id: int | None, article: Article) -> None:
    mentions = [
        {
            "article_id": article_id,
            "asset_id": m.asset_id,
            "symbol": m.symbol,
            "role": m.role.value,
            "reason": m.reason,
        }
        for m in article.mentions
    ]
    if mentions:
        await tx.execute(upsert(tx, article_assets).on_conflict_do_nothing(), mentions)
    categories = [
        {"article_id": article_id, "name": c.name, "reason": c.reason} for c in article.categories
    ]
    if categories:
        await tx.execute(upsert(tx, article_categories).on_conflict_do_nothing(), categories)


async def mark_pushed(tx: Transaction, story_id: int, now: datetime) -> None:
    """Note that a story was owed to somebody: from then on it never merges with another."""
    await tx.execute(
        sa.update(stories)
        .where(stories.c.id == story_id, stories.c.pushed_at.is_(None))
        .values(pushed_at=now)
    )


async def story(tx: Transaction, story_id: int) -> StoredStory | None:
    """The story of that id with its first article, or None."""
    found = await _stories(tx, _first_articles().where(stories.c.id == story_id))
    return found[0] if found else None


async def latest_stories(
    tx: Transaction, topic: Topic, limit: int, offset: int = 0
) -> list[StoredStory]:
    """The stories that answer to a topic, newest first; empty when there are none.

    An asset's stories are those about it, before those that only name it would be: the latter
    are left out, as they are of pushes.
    """
    query = _first_articles()
    if topic.kind is TopicKind.WORDS:
        return await _stories_with_words(tx, topic, limit, offset)
    if (condition := _condition(topic)) is not None:
        query = query.where(condition)
    query = query.order_by(stories.c.published_at.desc(), stories.c.id.desc())
    return await _stories(tx, query.limit(limit).offset(offset))


def _condition(topic: Topic) -> sa.ColumnElement[bool] | None:
    match topic.kind:
        case TopicKind.ASSET:
            return articles.c.id.in_(
                sa.select(article_assets.c.article_id).where(
                    article_assets.c.asset_id == topic.value,
                    article_assets.c.role == Role.PRIMARY.value,
                )
            )
        case TopicKind.CATEGORY:
            return articles.c.id.in_(
                sa.select(article_categories.c.article_id).where(
                    article_categories.c.name == topic.value
                )
            )
        case TopicKind.SOURCE:
            return sources.c.key == topic.value
        case _:
            return None


_WORDS_LOOK_BACK = 500


async def _stories_with_words(
    tx: Transaction, topic: Topic, limit: int, offset: int
) -> list[StoredStory]:
    """Stories whose title or summary has the phrase, among the newest few hundred.

    SQL cannot fold case beyond ASCII on SQLite, so the phrase is looked for here.
    """
    query = _first_articles().order_by(stories.c.published_at.desc(), stories.c.id.desc())
    newest = await _stories(tx, query.limit(_WORDS_LOOK_BACK))
    phrase = f" {topic.value} "
    found = [
        stored
        for stored in newest
        if phrase in f" {' '.join(words_of(stored.article.title))} "
        or phrase in f" {' '.join(words_of(stored.article.summary))} "
    ]
    return found[offset : offset + limit]


async def count_stories_since(tx: Transaction, topic: Topic, since: datetime) -> int:
    """How many stories that answer to a topic were published since then."""
    if topic.kind is TopicKind.WORDS:
        recent = await _stories_with_words(tx, topic, _WORDS_LOOK_BACK, 0)
        return sum(1 for stored in recent if stored.article.published_at >= since)
    query = _first_articles().where(stories.c.published_at >= since)
    if (condition := _condition(topic)) is not None:
        query = query.where(condition)
    return await tx.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


async def article_counts(tx: Transaction, since: datetime) -> tuple[int, int]:
    """How many articles are kept, and how many of them came since then."""
    row = (
        await tx.execute(
            sa.select(
                sa.func.count(),
                sa.func.count().filter(articles.c.created_at >= since),
            ).select_from(articles)
        )
    ).one()
    return row[0], row[1]


def _first_articles() -> sa.Select[Any]:
    others = articles.alias("others")
    first_id = (
        sa.select(sa.func.min(others.c.id))
        .where(others.c.story_id == articles.c.story_id)
        .correlate(articles)
        .scalar_subquery()
    )
    return (
        sa.select(
            articles,
            stories.c.id.label("the_story_id"),
            stories.c.revision,
            sources.c.key.label("source_key"),
            sources.c.name.label("source_name"),
        )
        .join(stories, stories.c.id == articles.c.story_id)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(articles.c.id == first_id)
    )


async def _stories(tx: Transaction, query: sa.Select[Any]) -> list[StoredStory]:
    rows = (await tx.execute(query)).all()
    ids = [row.id for row in rows]
    mentions: dict[int, list[Mention]] = {}
    for m in await tx.execute(
        sa.select(article_assets).where(article_assets.c.article_id.in_(ids))
    ):
        mentions.setdefault(m.article_id, []).append(
            Mention(m.asset_id, m.symbol, Role(m.role), m.reason)
        )
    categories: dict[int, list[Category]] = {}
    for c in await tx.execute(
        sa.select(article_categories).where(article_categories.c.article_id.in_(ids))
    ):
        categories.setdefault(c.article_id, []).append(Category(c.name, c.reason))
    return [
        StoredStory(
            id=row.the_story_id,
            revision=row.revision,
            source_name=row.source_name,
            article=Article(
                source_key=row.source_key,
                guid=row.guid,
                title=row.title,
                published_at=row.published_at,
                url=row.url,
                canonical_url=row.canonical_url,
                summary=row.summary,
                body=row.body,
                image_url=row.image_url,
                language=row.language,
                mentions=tuple(mentions.get(row.id, ())),
                categories=tuple(categories.get(row.id, ())),
            ),
        )
        for row in rows
    ]


async def prune_articles(tx: Transaction, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` stories published before then, their articles and what was owed.

    Returns how many stories were deleted.
    """
    old = list(
        await tx.scalars(
            sa.select(stories.c.id).where(stories.c.published_at < before).limit(limit)
        )
    )
    if not old:
        return 0
    await tx.execute(
        sa.delete(notifications).where(
            notifications.c.subject == "story", notifications.c.subject_id.in_(old)
        )
    )
    await tx.execute(sa.delete(articles).where(articles.c.story_id.in_(old)))
    await tx.execute(sa.delete(stories).where(stories.c.id.in_(old)))
    return len(old)
