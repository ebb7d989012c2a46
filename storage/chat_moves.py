"""A chat that goes on under another id, and a thread whose messages go to General.

Owns the move of all that hangs on the old place, as when a group becomes a supergroup, and its
merging with what the new one has already. Refuses to owe anything twice on the way.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.chats import ChatKind
from bot.domain.outbox import Subject
from storage.database import Transaction, upsert
from storage.owing import owed_ids
from storage.schema import (
    alerts,
    broadcasts,
    chats,
    destinations,
    messages,
    mutes,
    notifications,
    subscriptions,
)


async def migrate_chat(tx: Transaction, old_id: int, new_id: int, now: datetime) -> bool:
    """Move everything of a group to the supergroup that it became.

    Where the supergroup has a destination already the two are merged: what both have is kept
    once. Returns false when the old chat is not known (it moved before).
    """
    if old_id == new_id:
        return False
    found = await tx.execute(sa.select(chats).where(chats.c.telegram_chat_id == old_id))
    old = found.mappings().one_or_none()
    if old is None:
        return False
    values = {
        **old,
        "telegram_chat_id": new_id,
        "kind": ChatKind.SUPERGROUP.value,
        "seen_at": now,
    }
    moved = upsert(tx, chats).values(values)
    language = sa.func.coalesce(chats.c.language, moved.excluded.language)
    await tx.execute(
        moved.on_conflict_do_update(
            index_elements=["telegram_chat_id"], set_={"language": language}
        )
    )
    moving = (
        await tx.execute(
            sa.select(destinations.c.id, destinations.c.thread_id).where(
                destinations.c.telegram_chat_id == old_id
            )
        )
    ).all()
    for destination_id, thread_id in moving:
        await _forget_message_ids(tx, destination_id, now)
        twin = await tx.scalar(
            sa.select(destinations.c.id).filter_by(telegram_chat_id=new_id, thread_id=thread_id)
        )
        if twin is None:
            await tx.execute(
                sa.update(destinations)
                .where(destinations.c.id == destination_id)
                .values(telegram_chat_id=new_id)
            )
        else:
            await _merge(tx, destination_id, twin, now)
    await tx.execute(sa.delete(destinations).where(destinations.c.telegram_chat_id == old_id))
    await tx.execute(sa.delete(chats).where(chats.c.telegram_chat_id == old_id))
    return True


async def _forget_message_ids(tx: Transaction, destination_id: int, now: datetime) -> None:
    """What Telegram called the messages of the old chat means others in the new one.

    Those of a broadcast are never edited or answered, and are counted by it.
    """
    sent = sa.select(messages.c.id).where(messages.c.destination_id == destination_id)
    await tx.execute(
        sa.update(notifications)
        .where(
            notifications.c.message_id.in_(sent),
            notifications.c.subject != Subject.BROADCAST.value,
        )
        .values(telegram_message_id=None)
    )
    await tx.execute(
        sa.update(messages)
        .where(
            messages.c.destination_id == destination_id,
            messages.c.state == "waiting",
            messages.c.telegram_message_id.is_not(None),
        )
        .values(state="dropped", reason="its message was left behind", finished_at=now)
    )


async def leave_thread(
    tx: Transaction, telegram_chat_id: int, thread_id: int, now: datetime
) -> bool:
    """Move everything of a thread that is closed or gone to its forum's General.

    What General has already is kept once, so that a story asked for in two such threads comes
    once. Returns false when the thread is not known (it was left before).
    """
    of_chat = destinations.c.telegram_chat_id == telegram_chat_id
    find = sa.select(destinations.c.id).where(of_chat, destinations.c.thread_id == thread_id)
    old = await tx.scalar(find)
    if old is None or not thread_id:
        return False
    key = {"telegram_chat_id": telegram_chat_id, "thread_id": 0}
    await tx.execute(upsert(tx, destinations).values(key).on_conflict_do_nothing())
    general = await tx.scalar(
        sa.select(destinations.c.id).where(of_chat, destinations.c.thread_id == 0)
    )
    assert general is not None  # noqa: S101  # the insert above or a rival's stored it
    await _merge(tx, old, general, now)
    await tx.execute(sa.delete(destinations).where(destinations.c.id == old))
    return True


async def _merge(tx: Transaction, old: int, new: int, now: datetime) -> None:
    """Give all that hangs on one destination to another; what it has already is left."""
    have = subscriptions.alias("have")
    await tx.execute(
        sa.update(subscriptions)
        .where(
            subscriptions.c.destination_id == old,
            ~sa.exists().where(
                have.c.destination_id == new,
                have.c.topic_id == subscriptions.c.topic_id,
                have.c.filter_id == subscriptions.c.filter_id,
            ),
        )
        .values(destination_id=new)
    )
    muted = sa.select(mutes.c.topic_id).where(mutes.c.destination_id == new)
    await tx.execute(
        sa.update(mutes)
        .where(mutes.c.destination_id == old, mutes.c.topic_id.not_in(muted))
        .values(destination_id=new)
    )
    await _merge_owed(tx, old, new, now)
    await _end_same_alerts(tx, old, new)
    for table in (alerts, messages, broadcasts):
        await tx.execute(
            sa.update(table).where(table.c.destination_id == old).values(destination_id=new)
        )


async def _merge_owed(tx: Transaction, old: int, new: int, now: datetime) -> None:
    """What the old chat was told the new one is not told again, and the reverse."""
    mine, other = notifications.alias("mine"), notifications.alias("other")
    same = sa.and_(
        other.c.subject == mine.c.subject,
        other.c.subject_id == mine.c.subject_id,
        other.c.revision == mine.c.revision,
    )
    waits = sa.or_(
        mine.c.state.in_(["owed", "held"]),
        sa.exists().where(messages.c.id == mine.c.message_id, messages.c.state == "waiting"),
    )
    of_old, of_new = await owed_ids(tx, old), await owed_ids(tx, new)
    told = sa.exists().where(same, other.c.destination_id == old, other.c.state == "sent")
    await _unowe(tx, sa.select(mine.c.id).where(mine.c.id.in_(of_new), waits, told), now)
    has_it = sa.exists().where(same, other.c.destination_id == new)
    await _unowe(tx, sa.select(mine.c.id).where(mine.c.id.in_(of_old), has_it), now)
    await tx.execute(
        sa.update(notifications).where(notifications.c.id.in_(of_old)).values(destination_id=new)
    )


async def _unowe(tx: Transaction, ids: sa.Select[Any], now: datetime) -> None:
    """Delete notifications, and drop the messages that would have paid them.

    A digest pays others too: it stays, and tells of what is left.
    """
    paying = sa.select(notifications.c.message_id).where(notifications.c.id.in_(ids))
    await tx.execute(
        sa.update(messages)
        .where(
            messages.c.id.in_(paying),
            messages.c.state == "waiting",
            messages.c.subject.is_distinct_from("digest"),
        )
        .values(state="dropped", reason="the chats were merged", finished_at=now)
    )
    await tx.execute(sa.delete(notifications).where(notifications.c.id.in_(ids)))


async def _end_same_alerts(tx: Transaction, old: int, new: int) -> None:
    """End the old alerts whose line the new destination watches too.

    They are not deleted: what they fired may still have to be sent.
    """
    twin = alerts.alias("twin")
    keys = ("asset_id", "quote", "direction", "level", "repeat", "words", "told")
    watched = sa.exists().where(
        twin.c.destination_id == new,
        twin.c.state.not_in(("done", "offered")),
        *(twin.c[key].is_not_distinct_from(alerts.c[key]) for key in keys),
    )
    await tx.execute(
        sa.update(alerts)
        .where(alerts.c.destination_id == old, alerts.c.state != "done", watched)
        .values(state="done", trigger_low=None, trigger_high=None)
    )
