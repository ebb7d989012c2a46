"""Stories as they are read: one by its id, the latest on a topic.

Owns the queries, and which of a story's articles is shown: to a chat the one that it was owed
for, beside a move the one that told the story then, to others the first of the newest
revision. Refuses to change anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from bot.domain.articles import Article, Role
from bot.domain.markets import Market
from bot.domain.outbox import Subject
from bot.domain.topics import EVERYTHING, Topic, TopicKind, words_of
from storage.article_rows import (
    About,
    about_articles,
    article_of,
    article_rows,
    publisher_of,
    telling_row,
    told_row,
)
from storage.database import Transaction
from storage.schema import (
    article_assets,
    article_categories,
    articles,
    destinations,
    notifications,
    sources,
    stories,
)


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story as it is shown: its id, the article that tells it, and that one's revision.

    `source_name` is who published the article, `others` the names of who told the story too,
    in the order in which they did. `importance` is the story's. `prices` are what the assets
    of the article cost when it came, at `came_at`, as far as known. `model_text` is a model's
    summary as JSON. `article_id` is the article's, 0 where nobody will ask for it again.
    """

    id: int
    revision: int
    article: Article
    source_name: str
    others: tuple[str, ...] = ()
    importance: int = 0
    prices: tuple[tuple[Market, Decimal], ...] = ()
    model_text: str | None = None
    article_id: int = 0
    came_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article of a story, with the revision it belongs to and why it was put there."""

    revision: int
    because: str
    article: Article
    source_name: str


@dataclass(frozen=True, slots=True)
class _Showing:
    """Which of a story's articles is shown.

    The one with that id; else the one that told it at that time; else, of a revision (None: the
    newest), the last that was there when the story was owed (None: the first).
    """

    article_id: int | None = None
    revision: int | None = None
    owed_at: datetime | None = None
    told_at: datetime | None = None


async def story(
    tx: Transaction, story_id: int, article_id: int | None = None
) -> StoredStory | None:
    """The story of that id as one of its articles tells it, or None when it is gone.

    Without an article of that id it is the first of the newest revision.
    """
    found = await _stories(tx, {story_id: _Showing(article_id)})
    return found[0] if found else None


async def told_story(
    tx: Transaction, story_id: int, revision: int, owed_at: datetime | None
) -> StoredStory | None:
    """The story as it is told to who is owed a revision of it since then; None when it is gone.

    An article that joins may be owed to chats that those before it were not for: what is shown
    is the last article of the revision that was there, or the first when `owed_at` is None.
    """
    found = await _stories(tx, {story_id: _Showing(None, revision, owed_at)})
    return found[0] if found else None


async def stories_as_told(tx: Transaction, told_times: Mapping[int, datetime]) -> list[StoredStory]:
    """The stories of these ids as each was told at its time, in their order; without those gone."""
    wanted = {story_id: _Showing(told_at=at) for story_id, at in told_times.items()}
    return await _stories(tx, wanted)


async def story_members(tx: Transaction, story_id: int) -> list[StoryMember]:
    """All articles of a story in the order in which they came; empty when it is gone."""
    query = article_rows().where(articles.c.story_id == story_id).order_by(articles.c.id)
    rows = (await tx.execute(query)).mappings().all()
    about = await about_articles(tx, [row["id"] for row in rows])
    return [
        StoryMember(
            row["revision"], row["joined_because"], article_of(row, about), publisher_of(row)
        )
        for row in rows
    ]


async def story_scores(tx: Transaction, story_id: int) -> tuple[list[int], int]:
    """The importance of each of a story's articles, and how many sources told it."""
    rows = (
        await tx.execute(
            sa.select(articles.c.importance, articles.c.source_id, articles.c.publisher).where(
                articles.c.story_id == story_id
            )
        )
    ).all()
    scores = [row.importance for row in rows if row.importance is not None]
    return scores, len({(row.source_id, row.publisher) for row in rows})


async def story_revision(tx: Transaction, story_id: int) -> int | None:
    """The newest revision of a story, or None when it is gone."""
    query = sa.select(stories.c.revision).where(stories.c.id == story_id)
    found: int | None = await tx.scalar(query)
    return found


async def latest_stories(
    tx: Transaction, topic: Topic, limit: int, offset: int = 0
) -> list[StoredStory]:
    """The stories that answer to a topic, newest first; empty when there are none.

    Each is told by an article that answers to it. An asset's stories are those about it; those
    that only name it are left out, as they are of pushes.
    """
    if topic.kind is TopicKind.WORDS:
        found = [story_id for story_id, _ in await _with_words(tx, topic)]
        return await _stories(tx, dict.fromkeys(found[offset : offset + limit], _Showing()))
    query = _newest(topic).limit(limit).offset(offset)
    rows = await tx.execute(query)
    return await _stories(tx, {row.story_id: _Showing(row.article_id) for row in rows})


async def count_stories_since(
    tx: Transaction, topic: Topic, since: datetime, least_importance: int = 0
) -> int:
    """How many stories that answer to a topic were published since then.

    Those of less than `least_importance` are not counted.
    """
    if topic.kind is TopicKind.WORDS:
        said = [story_id for story_id, at in await _with_words(tx, topic) if at >= since]
        return await _count_important(tx, said, least_importance)
    newest = _newest(topic).subquery()
    query = sa.select(sa.func.count()).select_from(newest).where(newest.c.published_at >= since)
    if least_importance > 0:
        query = query.join(stories, stories.c.id == newest.c.story_id).where(
            stories.c.importance >= least_importance
        )
    return await tx.scalar(query) or 0


async def _count_important(tx: Transaction, ids: Sequence[int], least_importance: int) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(stories)
        .where(stories.c.id.in_(ids), stories.c.importance >= least_importance)
    )
    return await tx.scalar(query) or 0


async def story_of_message(
    tx: Transaction, telegram_chat_id: int, telegram_message_id: int
) -> tuple[int, int] | None:
    """The id of the story that a message in that chat told, and that of the article it showed.

    None when the message told none, or many in one, or what is gone.
    """
    # Walked along the key of what is owed, as no index leads from a message's number to it.
    highest = await tx.scalar(sa.select(sa.func.max(stories.c.revision))) or 1
    here = sa.select(destinations.c.id).where(destinations.c.telegram_chat_id == telegram_chat_id)
    rows = (
        await tx.execute(
            sa.select(
                notifications.c.subject_id, notifications.c.revision, notifications.c.created_at
            )
            .where(
                notifications.c.subject == Subject.STORY.value,
                notifications.c.subject_id.in_(sa.select(stories.c.id)),
                notifications.c.revision.in_(range(1, highest + 1)),
                notifications.c.destination_id.in_(here),
                notifications.c.telegram_message_id == telegram_message_id,
            )
            .limit(2)
        )
    ).all()
    if len(rows) != 1:
        return None
    found = await told_story(tx, rows[0].subject_id, rows[0].revision, rows[0].created_at)
    return None if found is None else (found.id, found.article_id)


def _newest(topic: Topic) -> sa.Select[int, int, datetime]:
    """The stories on a topic with an article and its time, newest first.

    Of a story's articles on the topic the first of its newest revision stands for it. Each
    kind of topic is a walk along one index in that order, so that a page costs the same in a
    large database as in a small one.
    """
    walked, where = _walk(topic)
    mine, others = articles.alias("mine"), articles.alias("others")
    other = walked.alias("other")
    article_id = walked.c.id if walked is articles else walked.c.article_id
    _, other_where = _walk(topic, other)
    other_id = other.c.id if walked is articles else other.c.article_id
    stands_before = (
        sa.exists()
        .where(others.c.story_id == mine.c.story_id, other_id == others.c.id, *other_where)
        .where(
            sa.or_(
                others.c.revision > mine.c.revision,
                sa.and_(others.c.revision == mine.c.revision, others.c.id < mine.c.id),
            )
        )
    )
    return (
        sa.select(
            article_id.label("article_id"),
            mine.c.story_id.label("story_id"),
            walked.c.published_at.label("published_at"),
        )
        .join_from(walked, mine, mine.c.id == article_id)
        .where(*where, sa.not_(stands_before))
        .order_by(walked.c.published_at.desc(), article_id.desc())
    )


def _walk(
    topic: Topic, table: sa.FromClause | None = None
) -> tuple[sa.FromClause, tuple[sa.ColumnElement[bool], ...]]:
    """The table whose index leads to a topic's articles by time, and what holds its rows back.

    `table` is an alias of that table, to be used instead.
    """
    match topic.kind:
        case TopicKind.ASSET:
            walked = article_assets if table is None else table
            return walked, (walked.c.asset_id == topic.value, walked.c.role == Role.PRIMARY.value)
        case TopicKind.CATEGORY:
            walked = article_categories if table is None else table
            return walked, (walked.c.name == topic.value,)
        case TopicKind.SOURCE:
            walked = articles if table is None else table
            of_key = sa.select(sources.c.id).where(sources.c.key == topic.value)
            return walked, (walked.c.source_id == of_key.scalar_subquery(),)
        case _:
            return (articles if table is None else table), ()


_WORDS_LOOK_BACK = 500


async def _with_words(tx: Transaction, topic: Topic) -> list[tuple[int, datetime]]:
    """Stories whose title or summary has the phrase, among the newest few hundred.

    SQL cannot fold case beyond ASCII on SQLite, so the phrase is looked for here.
    """
    newest = _newest(EVERYTHING).limit(_WORDS_LOOK_BACK).subquery()
    rows = await tx.execute(
        sa.select(
            articles.c.story_id, articles.c.published_at, articles.c.title, articles.c.summary
        )
        .join(newest, newest.c.article_id == articles.c.id)
        .order_by(articles.c.published_at.desc(), articles.c.id.desc())
    )
    phrase = f" {topic.value} "
    return [
        (row.story_id, row.published_at)
        for row in rows
        if any(phrase in f" {' '.join(words_of(text))} " for text in (row.title, row.summary))
    ]


async def _stories(tx: Transaction, wanted: Mapping[int, _Showing]) -> list[StoredStory]:
    """The stories of these ids, in their order; those that are gone are left out."""
    if not wanted:
        return []
    query = (
        article_rows()
        .join(stories, stories.c.id == articles.c.story_id)
        .add_columns(
            stories.c.revision.label("story_revision"),
            stories.c.importance.label("story_importance"),
        )
        .where(articles.c.story_id.in_(wanted))
        .order_by(articles.c.id)
    )
    members: dict[int, list[sa.RowMapping]] = {}
    for row in (await tx.execute(query)).mappings():
        members.setdefault(row["story_id"], []).append(row)
    shown = {id_: _shown(rows, wanted[id_]) for id_, rows in members.items()}
    about = await about_articles(tx, [row["id"] for row in shown.values()])
    return [_story(shown[id_], members[id_], about) for id_ in wanted if id_ in shown]


def _shown(rows: Sequence[sa.RowMapping], which: _Showing) -> sa.RowMapping:
    """The article of a story, of which `rows` are all by id, that is shown."""
    if which.article_id is not None:
        named = [row for row in rows if row["id"] == which.article_id]
        if named:
            return named[0]
    if which.told_at is not None:
        return telling_row(rows, which.told_at)
    revision = rows[0]["story_revision"] if which.revision is None else which.revision
    return told_row(rows, revision, which.owed_at)


def _story(row: sa.RowMapping, members: Iterable[sa.RowMapping], about: About) -> StoredStory:
    name = publisher_of(row)
    others = dict.fromkeys(publisher_of(member) for member in members)
    others.pop(name, None)
    return StoredStory(
        id=row["story_id"],
        revision=row["revision"],
        article=article_of(row, about),
        source_name=name,
        others=tuple(others),
        importance=row["story_importance"],
        prices=tuple(about.prices.get(row["id"], ())),
        model_text=row["model_text"],
        article_id=row["id"],
        came_at=row["created_at"],
    )
