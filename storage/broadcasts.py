"""Broadcasts of admins.

Owns a broadcast's text, state and counts. What it owes stands in the outbox.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from storage.database import Transaction
from storage.schema import broadcasts, chats, destinations, messages, notifications


class BroadcastState(StrEnum):
    """Draft until confirmed, then running or paused, at last done or cancelled."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast; `destination_id` is where its admin follows it, None when that is gone."""

    id: int
    created_by: int
    destination_id: int | None
    text_html: str
    state: BroadcastState
    total: int
    progress_message_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, in chats; `unknown` were sent, but Telegram did not answer."""

    sent: int = 0
    dropped: int = 0
    unknown: int = 0
    waiting: int = 0


async def add_broadcast(
    tx: Transaction, created_by: int, destination_id: int, text_html: str, now: datetime
) -> int:
    """Store a draft and return its id."""
    found: int | None = await tx.scalar(
        sa.insert(broadcasts)
        .values(
            created_by=created_by,
            destination_id=destination_id,
            text_html=text_html,
            state=BroadcastState.DRAFT.value,
            created_at=now,
        )
        .returning(broadcasts.c.id)
    )
    assert found is not None  # noqa: S101  # an INSERT returns its id
    return found


async def broadcast(tx: Transaction, broadcast_id: int) -> Broadcast | None:
    """The broadcast of that id, or None."""
    found = await tx.execute(sa.select(broadcasts).where(broadcasts.c.id == broadcast_id))
    row = found.mappings().one_or_none()
    return None if row is None else _broadcast(row)


async def running_broadcasts(tx: Transaction) -> list[Broadcast]:
    """The broadcasts that are being sent or paused, oldest first."""
    rows = await tx.execute(
        sa.select(broadcasts)
        .where(broadcasts.c.state.in_([BroadcastState.RUNNING.value, BroadcastState.PAUSED.value]))
        .order_by(broadcasts.c.id)
    )
    return [_broadcast(row) for row in rows.mappings()]


async def move_broadcast(
    tx: Transaction,
    broadcast_id: int,
    before: BroadcastState,
    after: BroadcastState,
    now: datetime,
    **values: int | None,
) -> bool:
    """Bring a broadcast from one state to another; false when it is in neither.

    A second press of a button therefore changes nothing.
    """
    changed: dict[str, object] = {"state": after.value, **values}
    if before is BroadcastState.DRAFT and after is BroadcastState.RUNNING:
        changed["started_at"] = now
    if after in (BroadcastState.DONE, BroadcastState.CANCELLED):
        changed["finished_at"] = now
    result = await tx.execute(
        sa.update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.state == before.value)
        .values(changed)
    )
    return result.rowcount > 0


async def drop_broadcast(tx: Transaction, broadcast_id: int, now: datetime) -> int:
    """Drop all that a broadcast still owes; returns how many chats that spares."""
    owed = (
        notifications.c.subject == "broadcast",
        notifications.c.subject_id == broadcast_id,
    )
    waiting = (
        messages.c.subject == "broadcast",
        messages.c.subject_id == broadcast_id,
        messages.c.state == sa.text("'waiting'"),
    )
    planned = sa.select(messages.c.id).where(*waiting)
    spared = await tx.execute(
        sa.update(notifications)
        .where(
            *owed,
            sa.or_(notifications.c.state == "owed", notifications.c.message_id.in_(planned)),
        )
        .values(state="dropped")
    )
    await tx.execute(sa.update(messages).where(*waiting).values(state="dropped", finished_at=now))
    return spared.rowcount


async def broadcast_progress(tx: Transaction, broadcast_id: int) -> Progress:
    """How far a broadcast is."""
    known = notifications.c.telegram_message_id.is_not(None)
    rows = await tx.execute(
        sa.select(notifications.c.state, sa.func.count(), sa.func.count().filter(known))
        .where(notifications.c.subject == "broadcast", notifications.c.subject_id == broadcast_id)
        .group_by(notifications.c.state)
    )
    counts = {state: (total, with_id) for state, total, with_id in rows}
    ended, sent = counts.get("sent", (0, 0))
    return Progress(
        sent=sent,
        unknown=ended - sent,
        dropped=counts.get("dropped", (0, 0))[0],
        waiting=counts.get("owed", (0, 0))[0] + counts.get("planned", (0, 0))[0],
    )


async def reachable_chats(tx: Transaction) -> int:
    """How many chats a broadcast to all would go to."""
    found = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(destinations)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(destinations.c.thread_id == 0, chats.c.state == "active")
    )
    return found or 0


def _broadcast(row: sa.RowMapping) -> Broadcast:
    found = dict(row)
    found["state"] = BroadcastState(found["state"])
    return Broadcast(**found)
