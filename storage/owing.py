"""What is owed: the notifications of stories and fired alerts.

Owns who is owed what, once: a notification is unique by (subject, revision, destination).
Refuses the way over the wire: that is `storage.outbox`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.chats import ChatState
from bot.domain.conditions import Figure, Way
from bot.domain.move_stories import (
    AFTER,
    MOST_LATE,
    MOST_STORIES,
    contradicts,
    moves_near,
)
from bot.domain.outbox import Priority, Subject
from bot.domain.topics import Filter, TopicKind
from bot.domain.watching import FIRED_WORDS
from storage.database import Transaction, upsert
from storage.schema import (
    alerts,
    broadcasts,
    chats,
    destinations,
    filters,
    firing_stories,
    firings,
    mutes,
    notifications,
    stories,
    subscriptions,
    topics,
)

OWED, PLANNED, SENT, DROPPED = "owed", "planned", "sent", "dropped"

# What is owed at a priority; the others hold messages that nothing owes.

_NOTIFICATION = (
    "destination_id",
    "subject",
    "subject_id",
    "revision",
    "priority",
    "state",
    "created_at",
)


async def owe_story(
    tx: Transaction,
    story_id: int,
    revision: int,
    topic_ids: Sequence[int],
    now: datetime,
    *,
    through: Collection[Filter] = (Filter.NONE,),
    muted_ids: Collection[int] = (),
) -> int:
    """Owe a story to every destination that subscribes to one of the topics, once.

    `through` are the filters that let the story pass, `muted_ids` the topics of it that some
    destination has muted: there neither a subscription to such a topic counts, nor one to
    everything. One statement, however many chats; those that have it already are left alone.
    Chats that cannot be written to are left out. Returns how many notifications are new.
    """
    if not topic_ids:
        return 0
    unreachable = (
        sa.select(destinations.c.id)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(chats.c.state != sa.text("'active'"))
    )
    # The few that cannot be reached are looked up, not all that can: a third of the time.
    who = sa.select(subscriptions.c.destination_id).where(
        subscriptions.c.topic_id.in_(topic_ids),
        subscriptions.c.destination_id.not_in(unreachable),
        subscriptions.c.filter_id.in_(
            sa.select(filters.c.id).where(filters.c.value.in_([f.value for f in through]))
        ),
    )
    if muted_ids:
        who = who.where(*_unmuted(muted_ids, now))
    return await _owe(tx, who, Subject.STORY, story_id, revision, Priority.NEWS, now)


def _unmuted(
    muted_ids: Collection[int], now: datetime
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """What holds a subscription back where its topic, or one of the story's, is muted."""
    mine = sa.and_(mutes.c.destination_id == subscriptions.c.destination_id, mutes.c.until_at > now)
    everything = sa.select(topics.c.id).where(topics.c.kind == TopicKind.ALL.value)
    of_topic = sa.exists().where(mine, mutes.c.topic_id == subscriptions.c.topic_id)
    of_story = sa.exists().where(mine, mutes.c.topic_id.in_(muted_ids))
    asks_for_all = subscriptions.c.topic_id.in_(everything)
    return sa.not_(of_topic), sa.not_(sa.and_(asks_for_all, of_story))


async def owe_firings(tx: Transaction, firing_ids: Collection[int], now: datetime) -> int:
    """Owe fired alerts to their destinations, once; returns how many are new.

    Those of chats that cannot be written to are left out.
    """
    who = (
        sa.select(alerts.c.destination_id)
        .select_from(firings)
        .join(alerts, alerts.c.id == firings.c.alert_id)
        .join(destinations, destinations.c.id == alerts.c.destination_id)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(firings.c.id.in_(firing_ids), chats.c.state == ChatState.ACTIVE.value)
    )
    return await _owe(tx, who, Subject.FIRING, firings.c.id, 1, Priority.ALERT, now)


async def owe_move_story(
    tx: Transaction,
    story_id: int,
    told_at: datetime,
    asset_ids: Collection[str] | None,
    now: datetime,
    *,
    muted_ids: Collection[int] = (),
    leans: Way | None = None,
) -> int:
    """Owe a story as a reply to the alerts that fired before it came; returns how many are new.

    `asset_ids` are those that it is about, None: the whole market; `leans` is which way its news
    would move a price. Each chat gets it once, to its newest alert of the last two hours whose
    move the story stands beside and does not contradict; not one that is owed the story as news
    or has muted a topic of it, and at most two stories an alert.
    """
    fitting = _fired_before(story_id, told_at, asset_ids, now, muted_ids)
    newest = fitting.where(*_uncontradicted(leans)).subquery()
    others = (
        sa.select(sa.func.count())
        .where(firing_stories.c.firing_id == newest.c.id, firing_stories.c.late.is_(sa.true()))
        .scalar_subquery()
    )
    values = {
        "story_id": sa.literal(story_id, firing_stories.c.story_id.type),
        "rank": sa.literal(MOST_STORIES),
        "late": sa.literal(value=True),
        "told_at": sa.literal(told_at, firing_stories.c.told_at.type),
    }
    await tx.execute(
        upsert(tx, firing_stories)
        .from_select(
            ["firing_id", *values],
            sa.select(newest.c.id, *values.values()).where(others < MOST_LATE),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
    )
    who = (
        sa.select(alerts.c.destination_id)
        .select_from(firing_stories)
        .join(firings, firings.c.id == firing_stories.c.firing_id)
        .join(alerts, alerts.c.id == firings.c.alert_id)
        .where(firing_stories.c.story_id == story_id, firing_stories.c.late.is_(sa.true()))
    )
    return await _owe(tx, who, Subject.MOVE_STORY, firing_stories.c.id, 1, Priority.NEWS, now)


def _fired_before(
    story_id: int,
    told_at: datetime,
    asset_ids: Collection[str] | None,
    now: datetime,
    muted_ids: Collection[int],
) -> sa.Select[int]:
    """Of each destination the newest firing that a story may be sent as a reply to."""
    ended_since, began_until = moves_near(told_at)
    here = alerts.c.destination_id
    is_news = sa.exists().where(
        notifications.c.subject == Subject.STORY.value,
        notifications.c.subject_id == story_id,
        notifications.c.destination_id == here,
    )
    is_muted = sa.exists().where(
        mutes.c.destination_id == here, mutes.c.until_at > now, mutes.c.topic_id.in_(muted_ids)
    )
    query = (
        sa.select(sa.func.max(firings.c.id).label("id"))
        .join(alerts, alerts.c.id == firings.c.alert_id)
        .join(destinations, destinations.c.id == here)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(
            firings.c.fired_at > now - AFTER,
            firings.c.price_at >= ended_since,
            sa.func.coalesce(firings.c.previous_at, firings.c.price_at) <= began_until,
            chats.c.state == ChatState.ACTIVE.value,
            sa.not_(is_news),
            sa.not_(is_muted),
        )
        .group_by(here)
    )
    return query if asset_ids is None else query.where(alerts.c.asset_id.in_(asset_ids))


def _uncontradicted(leans: Way | None) -> list[sa.ColumnElement[bool]]:
    """What holds firings back whose price went another way, as `fired_way` tells it."""
    if leans is None:
        return []
    others = [word for way, word in FIRED_WORDS.items() if contradicts(leans, way)]
    reason = sa.func.coalesce(firings.c.reason, "")
    is_price = sa.not_(sa.or_(*(alerts.c.measure.startswith(figure) for figure in Figure)))
    return [sa.not_(sa.and_(is_price, reason.startswith(word))) for word in others]


async def _owe(
    tx: Transaction,
    who: sa.Select[Any],
    subject: Subject,
    subject_id: int | sa.ColumnElement[int],
    revision: int,
    priority: Priority,
    now: datetime,
) -> int:
    if isinstance(subject_id, int):
        subject_id = sa.literal(subject_id, notifications.c.subject_id.type)
    rows = who.add_columns(
        sa.literal(subject.value),
        subject_id,
        sa.literal(revision),
        sa.literal(priority.value),
        sa.literal(OWED),
        sa.literal(now, notifications.c.created_at.type),
    )
    # Who asked twice over is met by the key: cheaper than DISTINCT.
    result = await tx.execute(
        upsert(tx, notifications)
        .from_select(list(_NOTIFICATION), rows, include_defaults=False)
        .on_conflict_do_nothing()
    )
    return result.rowcount


async def owed_ids(tx: Transaction, destination_id: int) -> sa.CompoundSelect[Any]:
    """The ids of a destination's notifications, walked along their key.

    An index by destination would double the cost of owing a story.
    """
    highest = await tx.scalar(sa.select(sa.func.max(stories.c.revision))) or 1
    fired = sa.select(firings.c.id).join(alerts).where(alerts.c.destination_id == destination_id)
    beside = sa.select(firing_stories.c.id).where(firing_stories.c.firing_id.in_(fired))
    subjects: tuple[tuple[str, sa.Select[Any], int], ...] = (
        ("story", sa.select(stories.c.id), highest),
        ("firing", fired, 1),
        (Subject.MOVE_STORY.value, beside, 1),
        ("broadcast", sa.select(broadcasts.c.id), 1),
    )
    return sa.union_all(
        *(
            sa.select(notifications.c.id).where(
                notifications.c.subject == subject,
                notifications.c.subject_id.in_(ids),
                notifications.c.revision.in_(range(1, revisions + 1)),
                notifications.c.destination_id == destination_id,
            )
            for subject, ids, revisions in subjects
        )
    )
