"""Who a broadcast goes to.

Owns the query behind an audience: how many chats it is now, and owing them a broadcast. Chats
get it once, in their main thread, whichever of their threads made them part of it.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.audiences import Audience
from bot.domain.chats import ChatState
from bot.domain.outbox import Priority, Subject
from bot.domain.topics import Topic
from storage.database import Transaction, upsert
from storage.schema import chats, destinations, notifications, subscriptions, topics


async def audience_count(tx: Transaction, audience: Audience, now: datetime) -> int:
    """How many chats are in an audience and can be written to."""
    found = await tx.scalar(
        sa.select(sa.func.count()).select_from(chats).where(*_conditions(audience, now))
    )
    return found or 0


async def owe_audience(
    tx: Transaction, broadcast_id: int, audience: Audience, now: datetime
) -> int:
    """Owe a broadcast to all who are in its audience now; returns how many are new.

    One statement, however many: who comes later does not get it, who goes is dropped when it
    is their turn.
    """
    who = _conditions(audience, now)
    await _make_main_threads(tx, who)
    values: dict[str, sa.ColumnElement[Any]] = {
        "destination_id": destinations.c.id,
        "subject": sa.literal(Subject.BROADCAST.value),
        "subject_id": sa.literal(broadcast_id, notifications.c.subject_id.type),
        "revision": sa.literal(1),
        "priority": sa.literal(Priority.BROADCAST.value),
        "state": sa.literal("owed"),
        "created_at": sa.literal(now, notifications.c.created_at.type),
    }
    rows = (
        sa.select(*values.values())
        .select_from(destinations)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(destinations.c.thread_id == 0, *who)
    )
    result = await tx.execute(
        upsert(tx, notifications)
        .from_select(list(values), rows, include_defaults=False)
        .on_conflict_do_nothing()
    )
    return result.rowcount


async def _make_main_threads(tx: Transaction, who: list[sa.ColumnElement[bool]]) -> None:
    """A forum that only ever asked from its threads has no destination for General yet."""
    main = destinations.alias("main")
    has_main = sa.exists().where(
        main.c.telegram_chat_id == chats.c.telegram_chat_id, main.c.thread_id == 0
    )
    missing = sa.select(chats.c.telegram_chat_id, sa.literal(0)).where(~has_main, *who)
    await tx.execute(
        upsert(tx, destinations)
        .from_select(["telegram_chat_id", "thread_id"], missing, include_defaults=False)
        .on_conflict_do_nothing()
    )


def _conditions(audience: Audience, now: datetime) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [chats.c.state == ChatState.ACTIVE.value]
    if audience.kinds:
        found.append(chats.c.kind.in_([kind.value for kind in audience.kinds]))
    if audience.languages:
        language = sa.func.lower(chats.c.language)
        found.append(
            sa.or_(
                *(
                    sa.or_(language == wanted, language.startswith(f"{wanted}-", autoescape=True))
                    for wanted in audience.languages
                )
            )
        )
    if audience.topics:
        found.append(chats.c.telegram_chat_id.in_(_subscribers(audience.topics)))
    if audience.active_within is not None:
        found.append(chats.c.seen_at >= now - audience.active_within)
    return found


def _subscribers(wanted: tuple[Topic, ...]) -> sa.Select[Any]:
    return (
        sa.select(destinations.c.telegram_chat_id)
        .join(subscriptions, subscriptions.c.destination_id == destinations.c.id)
        .join(topics, topics.c.id == subscriptions.c.topic_id)
        .where(
            sa.or_(
                *(
                    sa.and_(topics.c.kind == topic.kind.value, topics.c.value == topic.value)
                    for topic in wanted
                )
            )
        )
    )
