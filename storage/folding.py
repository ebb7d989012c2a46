"""Many notifications of one destination, folded into one message.

Owns the reading of what lags and the move into digests. A fold takes what is owed and what is
planned but still waits; it looks at each row again when it writes, so that nothing on the
wire is touched. Refuses to decide when and what: `bot.delivery.folding` does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.domain.articles import IMPORTANT, Article
from bot.domain.outbox import Backlog, Fold, MessageState, Method, Owed, Priority, Subject
from storage.article_rows import publisher_of, told_row
from storage.database import Transaction, upsert
from storage.owing import PLANNED
from storage.schema import articles, messages, notifications, sources, stories
from storage.story_pages import StoredStory

T = TypeVar("T")

_SUBJECTS = {Priority.NEWS: Subject.STORY, Priority.ALERT: Subject.FIRING}
# Both databases bound how many values one statement may hold.
_KEYS_AT_ONCE = 5_000


async def oldest_owed_at(tx: Transaction, priority: Priority) -> datetime | None:
    """Since when the oldest of a priority waits to be told, digests aside; None: nothing does.

    `priority` is NEWS or ALERT. Cheap: the first row of what is owed, and the few messages
    that are planned.
    """
    first_owed = (
        sa.select(notifications.c.created_at)
        .where(*_is_owed(priority))
        .order_by(notifications.c.id)
        .limit(1)
        .subquery()
    )
    planned = sa.select(sa.func.min(messages.c.created_at).label("created_at")).where(
        *_waits(priority, _SUBJECTS[priority])
    )
    both = sa.union_all(sa.select(first_owed.c.created_at), planned).subquery()
    found: datetime | None = await tx.scalar(sa.select(sa.func.min(both.c.created_at)))
    return found


async def destinations_behind(
    tx: Transaction,
    priority: Priority,
    before: datetime,
    late_at_least: int,
    *,
    alone_since: datetime,
) -> list[tuple[int, int]]:
    """Destinations of which something may be folded, by id, each with its number of rows.

    Important stories owed since `alone_since` go alone and do not count. Of the rest those
    with as many notifications owed before that time, or with one and a digest that waits; and
    with two to fold when, where nothing is important, the newest is spared. One pass over all
    that is owed.
    """
    time_type = notifications.c.created_at.type
    cutoff = sa.literal(before, time_type)
    unsent = _unsent(priority).subquery()
    is_young = unsent.c.created_at >= sa.literal(alone_since, time_type)
    is_alone = sa.and_(sa.func.coalesce(stories.c.importance, 0) >= IMPORTANT, is_young)
    single = sa.select(
        unsent.c.destination_id,
        unsent.c.created_at,
        sa.literal(0).label("is_digest"),
        sa.case((is_alone, 1), else_=0).label("is_alone"),
    ).join_from(unsent, stories, _tells(unsent), isouter=True)
    digests = sa.select(
        messages.c.destination_id,
        sa.null().label("created_at"),
        sa.literal(1).label("is_digest"),
        sa.literal(0).label("is_alone"),
    ).where(*_waits(priority, Subject.DIGEST))
    rows = sa.union_all(single, digests).subquery()
    is_late = sa.and_(rows.c.created_at < cutoff, rows.c.is_alone == 0)
    late = sa.func.sum(sa.case((is_late, 1), else_=0))
    is_fresh = sa.func.max(sa.case((rows.c.created_at >= cutoff, 1), else_=0))
    alone = sa.func.sum(rows.c.is_alone)
    digest = sa.func.max(rows.c.is_digest)
    size = sa.func.count(rows.c.created_at)
    spared = sa.case((alone > 0, alone), else_=is_fresh)
    found = await tx.execute(
        sa.select(rows.c.destination_id, size)
        .group_by(rows.c.destination_id)
        .having(late >= sa.case((digest > 0, 1), else_=late_at_least))
        .having(size + digest - spared >= 2)  # noqa: PLR2004  # one alone is not folded
        .order_by(rows.c.destination_id)
    )
    return [(row[0], row[1]) for row in found]


def _tells(unsent: sa.FromClause) -> sa.ColumnElement[bool]:
    """What joins a notification with the story it tells."""
    return sa.and_(unsent.c.subject == Subject.STORY.value, stories.c.id == unsent.c.subject_id)


async def backlogs(
    tx: Transaction, priority: Priority, first_id: int, last_id: int
) -> list[Backlog]:
    """What waits for the destinations with ids from the first to the last, by destination."""
    unsent = _unsent(priority).subquery()
    rows = await tx.execute(
        sa.select(unsent)
        .outerjoin(stories, _tells(unsent))
        .add_columns(sa.func.coalesce(stories.c.importance, 0).label("importance"))
        .where(unsent.c.destination_id.between(first_id, last_id))
        .order_by(unsent.c.destination_id, unsent.c.id)
    )
    digests = await tx.execute(
        sa.select(messages.c.destination_id, sa.func.min(messages.c.id))
        .where(
            *_waits(priority, Subject.DIGEST),
            messages.c.destination_id.between(first_id, last_id),
        )
        .group_by(messages.c.destination_id)
    )
    waiting: dict[int, int] = {row[0]: row[1] for row in digests}
    owed: dict[int, list[Owed]] = {}
    for row in rows:
        one = Owed(row.id, row.created_at, row.importance)
        owed.setdefault(row.destination_id, []).append(one)
    return [Backlog(where, tuple(all_), waiting.get(where)) for where, all_ in owed.items()]


def _unsent(priority: Priority) -> sa.CompoundSelect[Any]:
    """Every notification of a priority that is owed, or planned and not on the wire."""
    columns = (
        notifications.c.id,
        notifications.c.destination_id,
        notifications.c.created_at,
        notifications.c.subject,
        notifications.c.subject_id,
    )
    planned = (
        sa.select(*columns)
        .select_from(messages)
        .join(notifications, notifications.c.message_id == messages.c.id)
        .where(*_waits(priority, _SUBJECTS[priority]))
    )
    return sa.union_all(sa.select(*columns).where(*_is_owed(priority)), planned)


def _is_owed(priority: Priority) -> tuple[sa.ColumnElement[bool], ...]:
    # A story that replies to an alert is news by priority, and always a message of its own.
    return (
        notifications.c.state == sa.text("'owed'"),
        notifications.c.priority == priority.value,
        notifications.c.subject == _SUBJECTS[priority].value,
    )


def _waits(priority: Priority, subject: Subject) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        messages.c.state == sa.text("'waiting'"),
        messages.c.priority == priority.value,
        messages.c.subject == subject.value,
    )


async def fold_owed(
    tx: Transaction,
    priority: Priority,
    folds: Sequence[Fold],
    now: datetime,
    expires_at: datetime,
) -> int:
    """Move notifications into a digest a destination; returns how many were moved.

    What went on the wire since it was read stays as it is, and a digest that did gets a
    successor. A digest that grows counts up its revision, so that no kept text of it is sent.
    """
    unsent = await _still_unsent(tx, priority, [id_ for f in folds for id_ in f.notification_ids])
    grown = await _waiting_ids(tx, [f.digest_id for f in folds if f.digest_id is not None])
    left = [
        replace(f, notification_ids=tuple(filter(unsent.__contains__, f.notification_ids)))
        for f in folds
    ]
    targets = {f.destination_id: f.digest_id for f in left if f.digest_id in grown}
    # Of two that were to be folded one may have left meanwhile: the other may go alone too.
    new = [f for f in left if f.destination_id not in targets and len(f.notification_ids) > 1]
    await _grow(tx, sorted(grown), expires_at)
    placed = targets | await _add_digests(tx, priority, new, now, expires_at)
    moved = {
        id_: target
        for f in left
        if (target := placed.get(f.destination_id)) is not None
        for id_ in f.notification_ids
    }
    await _move(tx, moved)
    await _end(tx, [single for id_ in moved if (single := unsent[id_]) is not None], now)
    return len(moved)


async def _still_unsent(
    tx: Transaction, priority: Priority, ids: Sequence[int]
) -> dict[int, int | None]:
    """Those that still wait, with the message that would have told each, None: none yet.

    Nobody else plans or sends them before the transaction ends.
    """
    unsent: dict[int, int | None] = {}
    for some in _parts(ids):
        owed = (
            sa.select(notifications.c.id)
            .where(*_is_owed(priority), notifications.c.id.in_(some))
            .with_for_update(skip_locked=True)
        )
        planned = (
            sa.select(notifications.c.id, messages.c.id)
            .join(messages, messages.c.id == notifications.c.message_id)
            .where(*_waits(priority, _SUBJECTS[priority]), notifications.c.id.in_(some))
            .with_for_update(skip_locked=True)
        )
        unsent |= dict.fromkeys(await tx.scalars(owed))
        unsent |= {row[0]: row[1] for row in await tx.execute(planned)}
    return unsent


async def _waiting_ids(tx: Transaction, ids: Sequence[int]) -> set[int]:
    waiting: set[int] = set()
    for some in _parts(ids):
        found = await tx.scalars(
            sa.select(messages.c.id)
            .where(messages.c.id.in_(some), messages.c.state == sa.text("'waiting'"))
            .with_for_update(skip_locked=True)
        )
        waiting |= set(found)
    return waiting


async def _grow(tx: Transaction, digest_ids: Sequence[int], expires_at: datetime) -> None:
    for some in _parts(digest_ids):
        await tx.execute(
            sa.update(messages)
            .where(messages.c.id.in_(some))
            .values(revision=messages.c.revision + 1, expires_at=expires_at)
        )


async def _add_digests(
    tx: Transaction,
    priority: Priority,
    new: Sequence[Fold],
    now: datetime,
    expires_at: datetime,
) -> dict[int, int]:
    """A waiting digest for each destination: the message's id by destination.

    Its key is its oldest notification, which no other digest can have had.
    """
    values = [
        {
            "destination_id": fold.destination_id,
            "method": Method.SEND.value,
            "priority": priority.value,
            "state": MessageState.WAITING.value,
            "subject": Subject.DIGEST.value,
            "producer_key": f"d:{fold.notification_ids[0]}",
            "not_before_at": now,
            "expires_at": expires_at,
            "created_at": fold.oldest_at,
        }
        for fold in new
    ]
    if not values:
        return {}
    await tx.execute(upsert(tx, messages).on_conflict_do_nothing(), values)
    added: dict[int, int] = {}
    for some in _parts(values):
        is_new = messages.c.producer_key.in_([one["producer_key"] for one in some])
        rows = await tx.execute(
            sa.select(messages.c.destination_id, messages.c.id).where(
                is_new, messages.c.state == sa.text("'waiting'")
            )
        )
        added |= {row.destination_id: row.id for row in rows}
        # A digest is found by what points to it, so that it is its own subject.
        await tx.execute(sa.update(messages).where(is_new).values(subject_id=messages.c.id))
    return added


async def _move(tx: Transaction, targets: dict[int, int]) -> None:
    if targets:
        await tx.execute(
            sa.update(notifications)
            .where(notifications.c.id == sa.bindparam("the_id"))
            .values(state=PLANNED, message_id=sa.bindparam("the_message")),
            [{"the_id": id_, "the_message": target} for id_, target in targets.items()],
        )


async def _end(tx: Transaction, message_ids: Sequence[int], now: datetime) -> None:
    """What a digest tells now is not sent alone."""
    for some in _parts(message_ids):
        await tx.execute(
            sa.update(messages)
            .where(messages.c.id.in_(some))
            .values(state=MessageState.DROPPED.value, reason="folded", finished_at=now)
        )


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _KEYS_AT_ONCE):
        yield items[start : start + _KEYS_AT_ONCE]


async def digest_stories(
    tx: Transaction, message_id: int, limit: int
) -> tuple[int, list[StoredStory]]:
    """How many stories a digest tells of, and the newest of them, newest first.

    Each with the article that it was owed for last, of which title, address and time are read;
    stories that are gone do not count.
    """
    told = {row.id: row for row in await tx.execute(_told_stories(message_id, limit))}
    members: dict[int, list[sa.RowMapping]] = {}
    query = sa.select(*_SHORT, sources.c.key, sources.c.name).join(sources).order_by(articles.c.id)
    for row in (await tx.execute(query.where(articles.c.story_id.in_(told)))).mappings():
        members.setdefault(row["story_id"], []).append(row)
    shown = [told_row(rows, told[id_].revision, told[id_].owed_at) for id_, rows in members.items()]
    shown.sort(key=lambda row: (row["published_at"], row["story_id"]), reverse=True)
    newest = [
        StoredStory(
            row["story_id"],
            row["revision"],
            Article(row["key"], row["guid"], row["title"], row["published_at"], row["url"]),
            publisher_of(row),
        )
        for row in shown
    ]
    return max((row.total for row in told.values()), default=0), newest


# What a line tells of an article, and what it is chosen by.
_SHORT = (
    articles.c.id,
    articles.c.story_id,
    articles.c.revision,
    articles.c.created_at,
    articles.c.guid,
    articles.c.title,
    articles.c.url,
    articles.c.published_at,
    articles.c.publisher,
)


def _told_stories(message_id: int, limit: int) -> sa.Select[Any]:
    """The newest stories of a digest, each with its last revision there, and how many it has."""
    return (
        sa.select(
            stories.c.id,
            sa.func.max(notifications.c.revision).label("revision"),
            sa.func.max(notifications.c.created_at).label("owed_at"),
            sa.func.count().over().label("total"),
        )
        .join(notifications, notifications.c.subject_id == stories.c.id)
        .where(*_is_told(message_id, Subject.STORY))
        .group_by(stories.c.id, stories.c.published_at)
        .order_by(stories.c.published_at.desc(), stories.c.id.desc())
        .limit(limit)
    )


async def digest_firing_ids(tx: Transaction, message_id: int) -> list[int]:
    """The firings that a digest tells of, newest first."""
    fired = sa.select(notifications.c.subject_id).where(*_is_told(message_id, Subject.FIRING))
    return sorted(await tx.scalars(fired), reverse=True)


def _is_told(message_id: int, subject: Subject) -> tuple[sa.ColumnElement[bool], ...]:
    return notifications.c.message_id == message_id, notifications.c.subject == subject.value
