"""Chats and their destinations.

Owns who can be written to, and what becomes of a chat that leaves or moves.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.chats import ChatKind, ChatSeen, ChatState, Destination
from storage.database import Transaction, upsert
from storage.schema import alerts, chats, destinations, messages, notifications, subscriptions


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A chat as it is kept."""

    telegram_chat_id: int
    kind: ChatKind
    title: str
    username: str | None
    language: str | None
    state: ChatState


async def see_chat(tx: Transaction, seen: ChatSeen, now: datetime) -> None:
    """Store a chat that an update came from, or bring what is known of it up to date.

    A chat that was gone or paused is not revived by this: `set_chat_state` does that.
    """
    fresh = {
        "kind": seen.kind.value,
        "title": seen.title,
        "username": seen.username,
        "seen_at": now,
    }
    if seen.language:
        fresh["language"] = seen.language
    await tx.execute(
        upsert(tx, chats)
        .values(
            telegram_chat_id=seen.telegram_chat_id,
            state=ChatState.ACTIVE.value,
            state_at=now,
            created_at=now,
            **fresh,
        )
        .on_conflict_do_update(index_elements=["telegram_chat_id"], set_=fresh)
    )


async def chat(tx: Transaction, telegram_chat_id: int) -> StoredChat | None:
    """The stored chat of that id, or None."""
    row = (
        await tx.execute(
            sa.select(
                chats.c.telegram_chat_id,
                chats.c.kind,
                chats.c.title,
                chats.c.username,
                chats.c.language,
                chats.c.state,
            ).where(chats.c.telegram_chat_id == telegram_chat_id)
        )
    ).one_or_none()
    if row is None:
        return None
    return StoredChat(row[0], ChatKind(row[1]), row[2], row[3], row[4], ChatState(row[5]))


async def destination(tx: Transaction, telegram_chat_id: int, thread_id: int = 0) -> Destination:
    """The destination of a stored chat and thread, made when it is new."""
    key = {"telegram_chat_id": telegram_chat_id, "thread_id": thread_id}
    query = sa.select(destinations.c.id).filter_by(**key)
    found = await tx.scalar(query)
    if found is None:
        await tx.execute(upsert(tx, destinations).values(key).on_conflict_do_nothing())
        found = await tx.scalar(query)
    assert found is not None  # noqa: S101  # the insert above or a rival's stored it
    return Destination(found, telegram_chat_id, thread_id)


async def known_destination(
    tx: Transaction, telegram_chat_id: int, thread_id: int = 0
) -> Destination | None:
    """The destination of a chat and thread, or None when nothing was ever kept for it."""
    found = await tx.scalar(
        sa.select(destinations.c.id).filter_by(
            telegram_chat_id=telegram_chat_id, thread_id=thread_id
        )
    )
    return None if found is None else Destination(found, telegram_chat_id, thread_id)


async def set_chat_state(
    tx: Transaction, telegram_chat_id: int, state: ChatState, reason: str | None, now: datetime
) -> bool:
    """Mark a chat active, paused or gone; one that is not active loses all that waits for it.

    What is owed to it but not planned yet is dropped when it comes to be planned.

    Returns whether the state changed.
    """
    changed = await tx.execute(
        sa.update(chats)
        .where(chats.c.telegram_chat_id == telegram_chat_id, chats.c.state != state.value)
        .values(state=state.value, state_reason=reason, state_at=now)
    )
    if state is not ChatState.ACTIVE:
        await _drop_waiting(tx, telegram_chat_id, now, reason or state.value)
    return changed.rowcount > 0


async def _drop_waiting(tx: Transaction, telegram_chat_id: int, now: datetime, reason: str) -> None:
    ids = sa.select(destinations.c.id).where(destinations.c.telegram_chat_id == telegram_chat_id)
    await tx.execute(
        sa.update(messages)
        .where(messages.c.destination_id.in_(ids), messages.c.state == "waiting")
        .values(state="dropped", reason=reason, finished_at=now)
    )


async def migrate_chat(tx: Transaction, old_id: int, new_id: int, now: datetime) -> bool:
    """Move everything of a group to the supergroup that it became.

    Where the supergroup has a destination already the two are merged: what both have is kept
    once. Returns false when the old chat is not known (it moved before).
    """
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
    await tx.execute(upsert(tx, chats).values(values).on_conflict_do_nothing())
    moving = (
        await tx.execute(
            sa.select(destinations.c.id, destinations.c.thread_id).where(
                destinations.c.telegram_chat_id == old_id
            )
        )
    ).all()
    for destination_id, thread_id in moving:
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
            await _merge(tx, destination_id, twin)
    await tx.execute(sa.delete(destinations).where(destinations.c.telegram_chat_id == old_id))
    await tx.execute(sa.delete(chats).where(chats.c.telegram_chat_id == old_id))
    return True


async def _merge(tx: Transaction, old: int, new: int) -> None:
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
    owed = notifications.alias("owed")
    await tx.execute(
        sa.update(notifications)
        .where(
            notifications.c.destination_id == old,
            ~sa.exists().where(
                owed.c.destination_id == new,
                owed.c.subject == notifications.c.subject,
                owed.c.subject_id == notifications.c.subject_id,
                owed.c.revision == notifications.c.revision,
            ),
        )
        .values(destination_id=new)
    )
    for table in (alerts, messages):
        await tx.execute(
            sa.update(table).where(table.c.destination_id == old).values(destination_id=new)
        )


async def forget_chat(tx: Transaction, telegram_chat_id: int) -> None:
    """Delete everything kept about a chat: subscriptions, alerts, and what is owed to it."""
    await tx.execute(
        sa.delete(destinations).where(destinations.c.telegram_chat_id == telegram_chat_id)
    )
    await tx.execute(sa.delete(chats).where(chats.c.telegram_chat_id == telegram_chat_id))


async def chat_counts(tx: Transaction) -> dict[tuple[str, str], int]:
    """How many chats there are, by (kind, state)."""
    rows = await tx.execute(
        sa.select(chats.c.kind, chats.c.state, sa.func.count()).group_by(
            chats.c.kind, chats.c.state
        )
    )
    return {(kind, state): count for kind, state, count in rows}
