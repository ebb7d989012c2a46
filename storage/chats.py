"""Chats and their destinations.

Owns who can be written to, and what becomes of a chat that leaves or moves.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.chats import ChatKind, ChatSeen, ChatState, Destination
from storage.database import Transaction, upsert
from storage.owing import owed_ids
from storage.schema import (
    alerts,
    chats,
    destinations,
    messages,
    notifications,
    subscriptions,
)

# The reason of a chat that asked to be forgotten: only its number is kept, until the goodbye
# was delivered.
FORGOTTEN = "forgotten"


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
    kept: sa.ColumnElement[str | None] = sa.literal(reason, chats.c.state_reason.type)
    if state is not ChatState.ACTIVE:
        # Only coming back ends being forgotten: whatever else becomes of the chat, its row goes.
        kept = sa.case((chats.c.state_reason == FORGOTTEN, chats.c.state_reason), else_=kept)
    changed = await tx.execute(
        sa.update(chats)
        .where(chats.c.telegram_chat_id == telegram_chat_id, chats.c.state != state.value)
        .values(state=state.value, state_reason=kept, state_at=now)
    )
    if state is not ChatState.ACTIVE:
        await _drop_waiting(tx, telegram_chat_id, now, reason or state.value)
    return changed.rowcount > 0


async def _drop_waiting(tx: Transaction, telegram_chat_id: int, now: datetime, reason: str) -> None:
    ids = sa.select(destinations.c.id).where(destinations.c.telegram_chat_id == telegram_chat_id)
    waiting = (messages.c.destination_id.in_(ids), messages.c.state == "waiting")
    await tx.execute(
        sa.update(notifications)
        .where(notifications.c.message_id.in_(sa.select(messages.c.id).where(*waiting)))
        .values(state="dropped")
    )
    await tx.execute(
        sa.update(messages).where(*waiting).values(state="dropped", reason=reason, finished_at=now)
    )


async def forget_chat(tx: Transaction, telegram_chat_id: int) -> None:
    """Delete everything kept about a chat: subscriptions, alerts, and what is owed to it.

    What its people wrote lies in the inbox: `storage.inbox.forget_updates` deletes that.
    """
    of_chat = destinations.c.telegram_chat_id == telegram_chat_id
    for destination_id in list(await tx.scalars(sa.select(destinations.c.id).where(of_chat))):
        owed = await owed_ids(tx, destination_id)
        await tx.execute(sa.delete(notifications).where(notifications.c.id.in_(owed)))
    await tx.execute(sa.delete(destinations).where(of_chat))
    await tx.execute(sa.delete(chats).where(chats.c.telegram_chat_id == telegram_chat_id))


async def say_goodbye(
    tx: Transaction, telegram_chat_id: int, kind: ChatKind, thread_id: int, now: datetime
) -> Destination:
    """A bare destination for the last message to a chat that was just forgotten.

    Nothing but the chat's number and kind is kept, nothing new is owed to it, and
    `drop_forgotten` deletes even that.
    """
    bare = ChatSeen(telegram_chat_id, kind)
    await see_chat(tx, bare, now)
    await set_chat_state(tx, telegram_chat_id, ChatState.PAUSED, FORGOTTEN, now)
    return await destination(tx, telegram_chat_id, thread_id)


async def drop_forgotten(tx: Transaction) -> int:
    """Delete the forgotten chats to which nothing is on its way any more.

    Returns how many there were.
    """
    on_its_way = (
        sa.exists()
        .where(
            destinations.c.telegram_chat_id == chats.c.telegram_chat_id,
            messages.c.destination_id == destinations.c.id,
            messages.c.state.in_(["waiting", "wire"]),
        )
        .correlate(chats)
    )
    ended = list(
        await tx.scalars(
            sa.select(chats.c.telegram_chat_id).where(
                # Said again for the index of the few chats that are not active.
                chats.c.state != sa.text("'active'"),
                chats.c.state_reason == FORGOTTEN,
                ~on_its_way,
            )
        )
    )
    for telegram_chat_id in ended:
        await forget_chat(tx, telegram_chat_id)
    return len(ended)


async def chat_counts(tx: Transaction) -> dict[tuple[str, str], int]:
    """How many chats there are, by (kind, state)."""
    rows = await tx.execute(
        sa.select(chats.c.kind, chats.c.state, sa.func.count()).group_by(
            chats.c.kind, chats.c.state
        )
    )
    return {(kind, state): count for kind, state, count in rows}


async def caretakers(tx: Transaction, telegram_chat_id: int) -> list[Destination]:
    """The private chats of those who set something in a chat, as far as they can be written to.

    Bots may not write to people who never wrote to them. By the person's id; empty when nobody
    is left.
    """
    here = sa.select(destinations.c.id).where(destinations.c.telegram_chat_id == telegram_chat_id)
    people = [
        sa.select(table.c.created_by).where(
            table.c.destination_id.in_(here), table.c.created_by.is_not(None)
        )
        for table in (subscriptions, alerts)
    ]
    rows = await tx.execute(
        sa.select(destinations.c.id, destinations.c.telegram_chat_id)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(
            destinations.c.telegram_chat_id.in_(sa.union(*people)),
            destinations.c.thread_id == 0,
            chats.c.kind == ChatKind.PRIVATE.value,
            chats.c.state == ChatState.ACTIVE.value,
        )
        .order_by(destinations.c.telegram_chat_id)
    )
    return [Destination(destination_id, chat_id) for destination_id, chat_id in rows]
