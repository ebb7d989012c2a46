"""Pushes that are brought up to date: more is known of a story than they tell.

Owns which messages are edited: those of the story's newest revision in private chats, as long
as few enough have it that edits cost no push its place. Refuses to say what they tell.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.chats import ChatKind, ChatState
from bot.domain.outbox import MessageState, Method, Priority, Subject
from storage.database import Transaction, upsert
from storage.schema import chats, destinations, messages, notifications, stories

# What changes at once is told at once.
_SETTLES = timedelta(seconds=15)
_WORTH_IT = timedelta(hours=6)
_MOST_EDITS = 4
_LIFE = timedelta(minutes=30)


async def plan_edits(tx: Transaction, now: datetime, budget: int) -> int:
    """Plan the edits of every story that changed and settled; returns how many there are.

    A story that more than `budget` private chats were told of is left as it is, and so is one
    older than six hours or edited four times. Edits go behind all news, and end after half an
    hour.
    """
    changed = await tx.execute(
        sa.select(stories.c.id, stories.c.revision, stories.c.edits, stories.c.pushed_at)
        .where(stories.c.changed_at <= now - _SETTLES)
        .with_for_update(skip_locked=True)
    )
    planned = 0
    for story in changed.all():
        is_worth_it = story.edits < _MOST_EDITS and story.pushed_at > now - _WORTH_IT
        told = _told(story.id, story.revision)
        count = await tx.scalar(sa.select(sa.func.count()).select_from(told.subquery())) or 0
        is_planned = is_worth_it and 0 < count <= budget
        if is_planned:
            planned += await _plan(tx, told, story, now)
        await tx.execute(
            sa.update(stories)
            .where(stories.c.id == story.id)
            .values(changed_at=None, edits=stories.c.edits + int(is_planned))
        )
    return planned


def _told(story_id: int, revision: int) -> sa.Select[Any]:
    """The notifications that told a story in a message of its own, in private chats."""
    return (
        sa.select(
            notifications.c.id, notifications.c.destination_id, notifications.c.telegram_message_id
        )
        .join(messages, messages.c.id == notifications.c.message_id)
        .join(destinations, destinations.c.id == notifications.c.destination_id)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(
            notifications.c.subject == Subject.STORY.value,
            notifications.c.subject_id == story_id,
            notifications.c.revision == revision,
            notifications.c.telegram_message_id.is_not(None),
            messages.c.subject == Subject.STORY.value,
            chats.c.kind == ChatKind.PRIVATE.value,
            chats.c.state == ChatState.ACTIVE.value,
        )
    )


async def _plan(tx: Transaction, told: sa.Select[Any], story: Any, now: datetime) -> int:
    one = told.subquery()
    time_type = messages.c.not_before_at.type
    key = sa.literal("e:").concat(sa.cast(one.c.id, sa.Text)).concat(f":{story.edits + 1}")
    values: dict[str, sa.ColumnElement[Any]] = {
        "destination_id": one.c.destination_id,
        "method": sa.literal(Method.EDIT.value),
        "priority": sa.literal(Priority.DIGEST.value),
        "state": sa.literal(MessageState.WAITING.value),
        "subject": sa.literal(Subject.STORY.value),
        "subject_id": sa.literal(story.id, sa.BigInteger),
        "revision": sa.literal(story.revision),
        "producer_key": key,
        "telegram_message_id": one.c.telegram_message_id,
        "not_before_at": sa.literal(now, time_type),
        "expires_at": sa.literal(now + _LIFE, time_type),
        "created_at": sa.literal(now, time_type),
    }
    result = await tx.execute(
        upsert(tx, messages)
        # SQLite reads "ON" after a FROM as a join's, unless a WHERE comes between.
        .from_select(
            list(values),
            sa.select(*values.values()).where(one.c.id.is_not(None)),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount
