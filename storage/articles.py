"""Articles, and the stories that they tell, as they are kept.

Owns how an article is known (by source and guid, or by its canonical address), and the way of
one into its story. Which story that is, `bot.news` decides; what is shown of stories is read
by `storage.stories`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from bot.domain.articles import Article, Figure, FigureKind, FigureRole
from bot.domain.numbers import canonical_text
from bot.domain.sources import SourceState
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


class Known(Protocol):
    """What an article, or the item that it is made of, is known by."""

    @property
    def guid(self) -> str:
        """What its source calls it."""
        ...

    @property
    def canonical_url(self) -> str | None:
        """Its address without tracking; None when it has none."""
        ...


K = TypeVar("K", bound=Known)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs: in a story, at a revision of it, and why there.

    A revision beyond the story's own begins a new one, which is pushed again.
    """

    story_id: int
    revision: int
    reason: str


async def unknown_articles(tx: Transaction, source_id: int, found: Sequence[K]) -> list[K]:
    """Those of `found` that are not stored, in their order, each known by guid or address once."""
    known_guids: set[str | None] = set()
    known_addresses: set[str | None] = set()
    for start in range(0, len(found), _KEYS_AT_ONCE):
        some = found[start : start + _KEYS_AT_ONCE]
        guids = {known_key(article.guid) for article in some}
        of_source = articles.c.source_id == source_id
        known_guids |= set(
            await tx.scalars(
                sa.select(articles.c.guid).where(of_source, articles.c.guid.in_(guids))
            )
        )
        addresses = {known_key(article.canonical_url) for article in some} - {None}
        known_addresses |= set(
            await tx.scalars(
                sa.select(articles.c.canonical_url).where(articles.c.canonical_url.in_(addresses))
            )
        )
    unknown = []
    for article in found:
        guid, address = known_key(article.guid), known_key(article.canonical_url)
        if guid in known_guids or (address and address in known_addresses):
            continue
        unknown.append(article)
        known_guids.add(guid)
        known_addresses.add(address)
    return unknown


# Both databases bound how many values one statement may hold.
_KEYS_AT_ONCE = 5_000
_LONGEST_KEY = 512


def known_key(text: str | None) -> str | None:
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
    tx: Transaction,
    source_id: int,
    article: Article,
    now: datetime,
    place: Place | None = None,
) -> Place | None:
    """Store an article in that place, or as a new story; returns the place, None when known.

    Known also means that a rival stores it at this moment: its transaction is waited for.
    """
    if not await unknown_articles(tx, source_id, [article]):
        return None
    taken = place or Place(await _add_story(tx, article, now), 1, "")
    article_id: int | None = await tx.scalar(
        upsert(tx, articles)
        .values(
            story_id=taken.story_id,
            revision=taken.revision,
            joined_because=taken.reason,
            source_id=source_id,
            guid=known_key(article.guid),
            canonical_url=known_key(article.canonical_url),
            created_at=now,
            **_article_values(article),
        )
        .on_conflict_do_nothing()
        .returning(articles.c.id)
    )
    if article_id is None:
        if place is None:
            await tx.execute(sa.delete(stories).where(stories.c.id == taken.story_id))
        return None
    await _add_understanding(tx, article_id, article)
    if place is not None:
        await _raise_story(tx, taken, article)
    return taken


async def _add_story(tx: Transaction, article: Article, now: datetime) -> int:
    story_id: int | None = await tx.scalar(
        sa.insert(stories)
        .values(
            published_at=article.published_at,
            created_at=now,
            importance=article.importance.score if article.importance else 0,
        )
        .returning(stories.c.id)
    )
    assert story_id is not None  # noqa: S101  # the insert returns it
    return story_id


async def _raise_story(tx: Transaction, place: Place, article: Article) -> None:
    """Bring a story to the revision of an article that joins, and to its importance."""
    score = article.importance.score if article.importance else 0
    await tx.execute(
        sa.update(stories)
        .where(stories.c.id == place.story_id)
        .values(
            revision=sa.case(
                (stories.c.revision < place.revision, place.revision), else_=stories.c.revision
            ),
            importance=sa.case((stories.c.importance < score, score), else_=stories.c.importance),
        )
    )


def _article_values(article: Article) -> dict[str, Any]:
    tone, importance = article.tone, article.importance
    return {
        "url": article.url,
        "title": article.title,
        "summary": article.summary,
        "summary_reason": article.summary_reason,
        "body": article.body,
        "image_url": article.image_url,
        "language": article.language,
        "publisher": article.publisher,
        "published_at": article.published_at,
        "sentiment": tone.sentiment.value if tone else None,
        "sentiment_score": tone.score if tone else None,
        "sentiment_reason": tone.reason if tone else None,
        "figures": figures_text(article.figures),
        "importance": importance.score if importance else None,
        "importance_reason": importance.reason if importance else None,
    }


def figures_text(figures: Iterable[Figure]) -> str:
    """Figures as JSON; `figures_from` gives equal ones back."""
    return json.dumps(
        [
            (
                f.kind,
                canonical_text(f.value),
                f.unit,
                f.words,
                f.asset_id,
                f.symbol,
                f.role,
                f.period,
            )
            for f in figures
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def figures_from(text: str) -> tuple[Figure, ...]:
    """The figures that `figures_text` wrote; raises ValueError for other text."""
    return tuple(
        Figure(
            FigureKind(kind),
            Decimal(value),
            unit,
            words,
            asset_id,
            symbol,
            FigureRole(role) if role else None,
            period,
        )
        for kind, value, unit, words, asset_id, symbol, role, period in json.loads(text)
    )


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
            "name": known_key(c.name),
            "reason": c.reason,
            "published_at": article.published_at,
        }
        for c in article.categories
        if c.name
    ]
    if categories:
        await tx.execute(upsert(tx, article_categories).on_conflict_do_nothing(), categories)


async def amend_article(tx: Transaction, source_id: int, article: Article) -> int | None:
    """Store what is known better of an article that is kept; returns its story's id.

    None when it is not kept (any more). What it is about is replaced too; prices that were
    noted with its assets stay.
    """
    row = (
        await tx.execute(
            sa.update(articles)
            .where(articles.c.source_id == source_id, articles.c.guid == known_key(article.guid))
            .values(_article_values(article))
            .returning(articles.c.id, articles.c.story_id)
        )
    ).one_or_none()
    if row is None:
        return None
    found = {m.asset_id for m in article.mentions}
    for table, kept in (
        (article_assets, article_assets.c.asset_id.in_(found)),
        (article_categories, article_categories.c.name.in_({c.name for c in article.categories})),
    ):
        await tx.execute(sa.delete(table).where(table.c.article_id == row.id, sa.not_(kept)))
    for mention in article.mentions:
        await tx.execute(
            sa.update(article_assets)
            .where(
                article_assets.c.article_id == row.id,
                article_assets.c.asset_id == mention.asset_id,
            )
            .values(role=mention.role.value, reason=mention.reason)
        )
    await _add_understanding(tx, row.id, article)
    return int(row.story_id)


async def keep_model_text(
    tx: Transaction, source_id: int, guid: str, model_text: str
) -> int | None:
    """Keep a model's summary of an article, as JSON; returns its story's id, None: not kept."""
    found: int | None = await tx.scalar(
        sa.update(articles)
        .where(articles.c.source_id == source_id, articles.c.guid == known_key(guid))
        .values(model_text=model_text)
        .returning(articles.c.story_id)
    )
    return found


async def mark_pushed(tx: Transaction, story_id: int, now: datetime) -> None:
    """Note that a story was owed to somebody: from then on it never merges with another."""
    await tx.execute(
        sa.update(stories)
        .where(stories.c.id == story_id, stories.c.pushed_at.is_(None))
        .values(pushed_at=now)
    )


async def mark_changed(tx: Transaction, story_id: int, now: datetime) -> None:
    """Note that more is known of a story than its pushes tell; the first note counts."""
    await tx.execute(
        sa.update(stories)
        .where(
            stories.c.id == story_id,
            stories.c.changed_at.is_(None),
            stories.c.pushed_at.is_not(None),
        )
        .values(changed_at=now)
    )


async def set_story_importance(tx: Transaction, story_id: int, score: int) -> None:
    """Set how much a story matters, 0 to 100, where that is more than it was."""
    await tx.execute(
        sa.update(stories)
        .where(stories.c.id == story_id, stories.c.importance < score)
        .values(importance=score)
    )


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


async def prune_articles(tx: Transaction, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` stories published before then, their articles and what was owed.

    One that came later, or was listed later (`storage.listings`), stays until it was kept as long;
    and so does one of a source that has published nothing since, whose feed may list it
    unchanged: it would come back as new. Returns how many stories were deleted.
    """
    newer = articles.alias("newer")
    has_newer = (
        sa.exists()
        .where(newer.c.source_id == articles.c.source_id)
        .where(newer.c.published_at > stories.c.created_at)
        .correlate(articles, stories)
    )
    may_be_listed = (
        sa.exists()
        .where(articles.c.story_id == stories.c.id, sources.c.id == articles.c.source_id)
        .where(sources.c.state != SourceState.REMOVED.value, sa.not_(has_newer))
        # Of a feed that was not read yet all is silent, at whatever address it is now.
        .where(sources.c.first_polled_at.is_not(None))
    )
    old = list(
        await tx.scalars(
            sa.select(stories.c.id)
            .where(stories.c.published_at < before, stories.c.created_at < before)
            .where(sa.not_(may_be_listed))
            .order_by(stories.c.published_at)
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
