"""Chats and their destinations.

Owns who can be written to, and what becomes of a chat that leaves or moves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.chats import ChatKind, ChatSeen, ChatState, Destination
from storage.database import Transaction, upsert
from storage.schema import (
    alerts,
    broadcasts,
    chats,
    destinations,
    firings,
    messages,
    notifications,
    stories,
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
    of_old, of_new = await _owed_ids(tx, old), await _owed_ids(tx, new)
    told = sa.exists().where(same, other.c.destination_id == old, other.c.state == "sent")
    await _unowe(tx, sa.select(mine.c.id).where(mine.c.id.in_(of_new), waits, told), now)
    has_it = sa.exists().where(same, other.c.destination_id == new)
    await _unowe(tx, sa.select(mine.c.id).where(mine.c.id.in_(of_old), has_it), now)
    await tx.execute(
        sa.update(notifications).where(notifications.c.id.in_(of_old)).values(destination_id=new)
    )


async def _owed_ids(tx: Transaction, destination_id: int) -> sa.CompoundSelect[Any]:
    """The ids of a destination's notifications, walked along their key.

    An index by destination would double the cost of owing a story.
    """
    highest = await tx.scalar(sa.select(sa.func.max(stories.c.revision))) or 1
    fired = sa.select(firings.c.id).join(alerts).where(alerts.c.destination_id == destination_id)
    subjects: tuple[tuple[str, sa.Select[Any], int], ...] = (
        ("story", sa.select(stories.c.id), highest),
        ("firing", fired, 1),
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
    keys = ("asset_id", "quote", "direction", "level", "repeat")
    watched = sa.exists().where(
        twin.c.destination_id == new,
        twin.c.state != "done",
        *(twin.c[key] == alerts.c[key] for key in keys),
    )
    await tx.execute(
        sa.update(alerts)
        .where(alerts.c.destination_id == old, alerts.c.state != "done", watched)
        .values(state="done", trigger_low=None, trigger_high=None)
    )


async def forget_chat(tx: Transaction, telegram_chat_id: int) -> None:
    """Delete everything kept about a chat: subscriptions, alerts, and what is owed to it.

    What its people wrote lies in the inbox: `storage.inbox.forget_updates` deletes that.
    """
    of_chat = destinations.c.telegram_chat_id == telegram_chat_id
    for destination_id in list(await tx.scalars(sa.select(destinations.c.id).where(of_chat))):
        owed = await _owed_ids(tx, destination_id)
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
