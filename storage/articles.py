"""Articles and the stories that they tell.

Owns how an article is known (by source and guid, or by its canonical address) and the queries
for the latest stories. An article that is not known yet starts a story of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from bot.domain.articles import Article, Category, Mention, Role
from bot.domain.topics import EVERYTHING, Topic, TopicKind, words_of
from storage.database import Transaction, upsert
from storage.schema import (
    article_assets,
    article_categories,
    articles,
    notifications,
    sources,
    stories,
)
from storage.types import storable_text


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
    known_guids: set[str | None] = set()
    known_addresses: set[str | None] = set()
    for start in range(0, len(found), _KEYS_AT_ONCE):
        some = found[start : start + _KEYS_AT_ONCE]
        guids = {_key(article.guid) for article in some}
        of_source = articles.c.source_id == source_id
        known_guids |= set(
            await tx.scalars(
                sa.select(articles.c.guid).where(of_source, articles.c.guid.in_(guids))
            )
        )
        addresses = {_key(article.canonical_url) for article in some} - {None}
        known_addresses |= set(
            await tx.scalars(
                sa.select(articles.c.canonical_url).where(articles.c.canonical_url.in_(addresses))
            )
        )
    unknown = []
    for article in found:
        guid, address = _key(article.guid), _key(article.canonical_url)
        if guid in known_guids or (address and address in known_addresses):
            continue
        unknown.append(article)
        known_guids.add(guid)
        known_addresses.add(address)
    return unknown


# Both databases bound how many values one statement may hold.
_KEYS_AT_ONCE = 5_000
_LONGEST_KEY = 512


def _key(text: str | None) -> str | None:
    """The text that an article is known by; a long one is cut and ends in its hash.

    PostgreSQL's unique keys hold 2,704 bytes, and some sites give addresses of many thousands.
    """
    if not text:
        return None
    text = storable_text(text)
    if len(text) <= _LONGEST_KEY:
        return text
    return f"{text[: _LONGEST_KEY - 65]}#{sha256(text.encode()).hexdigest()}"


async def add_article(
    tx: Transaction, source_id: int, article: Article, now: datetime
) -> int | None:
    """Store an article as a new story and return the story's id; None when it is known.

    Known also means that a rival stores it at this moment: its transaction is waited for.
    """
    if not await unknown_articles(tx, source_id, [article]):
        return None
    story_id: int | None = await tx.scalar(
        sa.insert(stories)
        .values(published_at=article.published_at, created_at=now)
        .returning(stories.c.id)
    )
    article_id: int | None = await tx.scalar(
        upsert(tx, articles)
        .values(
            story_id=story_id,
            source_id=source_id,
            guid=_key(article.guid),
            url=article.url,
            canonical_url=_key(article.canonical_url),
            title=article.title,
            summary=article.summary,
            body=article.body,
            image_url=article.image_url,
            language=article.language,
            published_at=article.published_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(articles.c.id)
    )
    if article_id is None:
        await tx.execute(sa.delete(stories).where(stories.c.id == story_id))
        return None
    await _add_understanding(tx, article_id, article)
    return story_id


async def _add_understanding(tx: Transaction, article_id: int, article: Article) -> None:
    mentions = [
        {
            "article_id": article_id,
            "asset_id": m.asset_id,
            "symbol": m.symbol,
            "role": m.role.value,
            "reason": m.reason,
            "published_at": article.published_at,
        }
        for m in article.mentions
    ]
    if mentions:
        await tx.execute(upsert(tx, article_assets).on_conflict_do_nothing(), mentions)
    categories = [
        {
            "article_id": article_id,
            "name": _key(c.name),
            "reason": c.reason,
            "published_at": article.published_at,
        }
        for c in article.categories
        if c.name
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
    query = sa.select(sa.func.min(articles.c.id)).where(articles.c.story_id == story_id)
    first_id = await tx.scalar(query)
    found = [] if first_id is None else await _stories(tx, [first_id])
    return found[0] if found else None


async def latest_stories(
    tx: Transaction, topic: Topic, limit: int, offset: int = 0
) -> list[StoredStory]:
    """The stories that answer to a topic, newest first; empty when there are none.

    An asset's stories are those about it, before those that only name it would be: the latter
    are left out, as they are of pushes.
    """
    if topic.kind is TopicKind.WORDS:
        ids = [article_id for article_id, _ in await _with_words(tx, topic)]
        return await _stories(tx, ids[offset : offset + limit])
    query = _newest(topic).limit(limit).offset(offset)
    return await _stories(tx, [row[0] for row in await tx.execute(query)])


async def count_stories_since(tx: Transaction, topic: Topic, since: datetime) -> int:
    """How many stories that answer to a topic were published since then."""
    if topic.kind is TopicKind.WORDS:
        return sum(1 for _, published_at in await _with_words(tx, topic) if published_at >= since)
    newest = _newest(topic).subquery()
    query = sa.select(sa.func.count()).select_from(newest).where(newest.c.published_at >= since)
    return await tx.scalar(query) or 0


def _newest(topic: Topic) -> sa.Select[int, datetime]:
    """The first article of each story on a topic, with its time, newest first.

    Each kind of topic is a walk along one index in that order, so that a page costs the same
    in a large database as in a small one.
    """
    walked, where = _walk(topic)
    article_id = walked.c.id if walked is articles else walked.c.article_id
    mine, others = articles.alias("mine"), articles.alias("others")
    story_id = sa.select(mine.c.story_id).where(mine.c.id == article_id).correlate(walked)
    first_id = sa.select(sa.func.min(others.c.id)).where(
        others.c.story_id == story_id.scalar_subquery()
    )
    return (
        sa.select(article_id.label("article_id"), walked.c.published_at.label("published_at"))
        .where(*where, article_id == first_id.scalar_subquery())
        .order_by(walked.c.published_at.desc(), article_id.desc())
    )


def _walk(topic: Topic) -> tuple[sa.Table, tuple[sa.ColumnElement[bool], ...]]:
    """The table whose index leads to a topic's articles by time, and what holds its rows back."""
    match topic.kind:
        case TopicKind.ASSET:
            found = article_assets.c
            about = (found.asset_id == topic.value, found.role == Role.PRIMARY.value)
            return article_assets, about
        case TopicKind.CATEGORY:
            return article_categories, (article_categories.c.name == topic.value,)
        case TopicKind.SOURCE:
            of_key = sa.select(sources.c.id).where(sources.c.key == topic.value)
            return articles, (articles.c.source_id == of_key.scalar_subquery(),)
        case _:
            return articles, ()


_WORDS_LOOK_BACK = 500


async def _with_words(tx: Transaction, topic: Topic) -> list[tuple[int, datetime]]:
    """Articles whose title or summary has the phrase, among the newest few hundred.

    SQL cannot fold case beyond ASCII on SQLite, so the phrase is looked for here.
    """
    newest = _newest(EVERYTHING).limit(_WORDS_LOOK_BACK).subquery()
    rows = await tx.execute(
        sa.select(articles.c.id, articles.c.published_at, articles.c.title, articles.c.summary)
        .join(newest, newest.c.article_id == articles.c.id)
        .order_by(articles.c.published_at.desc(), articles.c.id.desc())
    )
    phrase = f" {topic.value} "
    return [
        (row.id, row.published_at)
        for row in rows
        if any(phrase in f" {' '.join(words_of(text))} " for text in (row.title, row.summary))
    ]


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


async def _stories(tx: Transaction, ids: Sequence[int]) -> list[StoredStory]:
    """The stories of these first articles, in the order of `ids`."""
    if not ids:
        return []
    query = (
        sa.select(
            articles,
            stories.c.revision,
            sources.c.key.label("source_key"),
            sources.c.name.label("source_name"),
        )
        .join(stories, stories.c.id == articles.c.story_id)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(articles.c.id.in_(ids))
    )
    by_id = {row.id: row for row in await tx.execute(query)}
    rows = [by_id[article_id] for article_id in ids if article_id in by_id]
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
            id=row.story_id,
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

    One that came later stays until it was kept as long: its feed still lists it, and would
    give it again at the next poll. Returns how many stories were deleted.
    """
    old = list(
        await tx.scalars(
            sa.select(stories.c.id)
            .where(stories.c.published_at < before, stories.c.created_at < before)
            .limit(limit)
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
