"""Charts that are added to the messages of fired alerts.

Owns which messages get one, and that each gets one at most: an edit has the key of the
notification that it adds to. Nothing says that a chart is owed but the firing itself, so that a
process that dies over one finds it again. Refuses to draw, and to say how much is too much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.charts import FiredLine, fired_line
from bot.domain.chats import ChatState
from bot.domain.markets import Market
from bot.domain.outbox import MessageState, Method, Pictures, Priority, Subject
from storage.database import Transaction, upsert
from storage.owing import SENT
from storage.schema import alerts, chats, destinations, firings, messages, notifications

CHART_LIFE = timedelta(minutes=2)
"""So long after an alert fired its chart is worth sending."""
_PREFIX = "c:"


@dataclass(frozen=True, slots=True)
class WantedChart:
    """A message of a fired alert that has no chart: its notification, and what is to be shown."""

    notification_id: int
    fired: FiredLine


async def wanted_charts(
    tx: Transaction, now: datetime, limit: int, after_id: int = 0
) -> list[WantedChart]:
    """Up to `limit` messages that may still get a chart, in the order in which they were owed.

    Messages of their own, whose chat can be written to and wants pictures, and whose
    notifications come after `after_id`.
    """
    rows = await tx.execute(
        sa.select(
            notifications.c.id,
            alerts.c.asset_id,
            alerts.c.quote,
            alerts.c.measure,
            # What a version before 0.2 fired says nothing of the line.
            sa.func.coalesce(
                firings.c.line,
                sa.case((alerts.c.words.is_(None), alerts.c.level)),
                type_=firings.c.line.type,
            ).label("line"),
            firings.c.price,
            firings.c.price_at,
        )
        .select_from(_told_alone())
        .where(*_is_wanted(now), notifications.c.id > after_id)
        .order_by(notifications.c.id)
        .limit(limit)
    )
    return [
        WantedChart(
            row.id,
            fired_line(
                Market(row.asset_id, row.quote), row.measure, row.line, row.price, row.price_at
            ),
        )
        for row in rows
    ]


def _told_alone() -> sa.FromClause:
    return (
        sa.join(firings, alerts, alerts.c.id == firings.c.alert_id)
        .join(
            notifications,
            sa.and_(
                notifications.c.subject == Subject.FIRING.value,
                notifications.c.subject_id == firings.c.id,
                notifications.c.revision == 1,
                notifications.c.destination_id == alerts.c.destination_id,
            ),
        )
        .join(messages, messages.c.id == notifications.c.message_id)
        .join(destinations, destinations.c.id == notifications.c.destination_id)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
    )


def _is_wanted(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    edits = messages.alias("edits")
    return (
        firings.c.fired_at > now - CHART_LIFE,
        notifications.c.state == SENT,
        notifications.c.telegram_message_id.is_not(None),
        # Not one that was folded into a digest.
        messages.c.subject == Subject.FIRING.value,
        chats.c.state == ChatState.ACTIVE.value,
        destinations.c.pictures != Pictures.OFF.value,
        ~sa.exists().where(edits.c.producer_key == _key()),
    )


def _key() -> sa.ColumnElement[str]:
    return sa.literal(_PREFIX).concat(sa.cast(notifications.c.id, sa.Text))


async def is_on_its_way(tx: Transaction, picture_id: int) -> bool:
    """Whether an edit with a picture waits or is on the wire."""
    # One for each partial index.
    waiting = sa.exists().where(
        messages.c.state == sa.text("'waiting'"),
        messages.c.priority == Priority.DIGEST.value,
        messages.c.picture_id == picture_id,
    )
    sending = sa.exists().where(
        messages.c.state == sa.text("'wire'"), messages.c.picture_id == picture_id
    )
    return bool(await tx.scalar(sa.select(sa.or_(waiting, sending))))


async def plan_charts(
    tx: Transaction, notification_ids: Sequence[int], picture_id: int, now: datetime
) -> int:
    """Plan the edits that add a picture to messages of fired alerts; returns how many are new.

    They go behind all news, and end two minutes after the alert fired.
    """
    rows = await tx.execute(
        sa.select(
            notifications.c.id,
            notifications.c.destination_id,
            notifications.c.subject_id,
            notifications.c.telegram_message_id,
            firings.c.fired_at,
        )
        .join(firings, firings.c.id == notifications.c.subject_id)
        .where(
            notifications.c.id.in_(notification_ids),
            notifications.c.telegram_message_id.is_not(None),
        )
        .order_by(notifications.c.id)
    )
    values = [_edit(row, picture_id, now) for row in rows]
    if not values:
        return 0
    new = upsert(tx, messages).on_conflict_do_nothing().returning(messages.c.id)
    return len((await tx.execute(new, values)).all())


def _edit(row: Any, picture_id: int, now: datetime) -> dict[str, object]:
    return {
        "destination_id": row.destination_id,
        "method": Method.EDIT.value,
        "priority": Priority.DIGEST.value,
        "state": MessageState.WAITING.value,
        "subject": Subject.FIRING.value,
        "subject_id": row.subject_id,
        "producer_key": f"{_PREFIX}{row.id}",
        "telegram_message_id": row.telegram_message_id,
        "picture_id": picture_id,
        "not_before_at": now,
        "expires_at": row.fired_at + CHART_LIFE,
        "created_at": now,
    }
