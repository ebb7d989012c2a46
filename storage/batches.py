"""Many stories owed at once, in one message a destination.

Owns that way of owing: set-based, however many chats. Refuses to decide what goes together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.outbox import MessageState, Method, Priority, Subject
from storage.database import Transaction, upsert
from storage.owing import OWED, PLANNED
from storage.schema import messages, notifications


async def fold_stories(
    tx: Transaction, story_ids: Sequence[int], now: datetime, expires_at: datetime
) -> int:
    """Put what is owed of these stories into one digest a destination; returns how many.

    What is planned already goes its own way. Repeating it changes nothing.
    """
    if not story_ids:
        return 0
    is_owed = sa.and_(
        notifications.c.subject == Subject.STORY.value,
        notifications.c.subject_id.in_(story_ids),
        notifications.c.state == OWED,
    )
    prefix = f"s:{min(story_ids)}:"
    key = sa.literal(prefix).concat(sa.cast(notifications.c.destination_id, sa.Text))
    time_type = messages.c.not_before_at.type
    values: dict[str, sa.ColumnElement[Any]] = {
        "destination_id": notifications.c.destination_id,
        "method": sa.literal(Method.SEND.value),
        "priority": sa.literal(Priority.NEWS.value),
        "state": sa.literal(MessageState.WAITING.value),
        "subject": sa.literal(Subject.DIGEST.value),
        "producer_key": key,
        "not_before_at": sa.literal(now, time_type),
        "expires_at": sa.literal(expires_at, time_type),
        "created_at": sa.literal(now, time_type),
    }
    result = await tx.execute(
        upsert(tx, messages)
        .from_select(
            list(values),
            sa.select(*values.values()).where(is_owed).distinct(),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
    )
    # A digest is found by what points to it, so that it is its own subject.
    await tx.execute(
        sa.update(messages)
        .where(messages.c.producer_key.startswith(prefix), messages.c.subject_id.is_(None))
        .values(subject_id=messages.c.id)
    )
    message_id = sa.select(messages.c.id).where(messages.c.producer_key == key)
    await tx.execute(
        sa.update(notifications)
        .where(is_owed)
        .values(state=PLANNED, message_id=message_id.correlate(notifications).scalar_subquery())
    )
    return result.rowcount
