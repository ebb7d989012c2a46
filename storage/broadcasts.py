"""Broadcasts of admins.

Owns a broadcast's message, audience, state and counts, and whose turn it is: one is sent at a
time, in the order they were confirmed. What it owes stands in the outbox; while it is paused
that is `held`, where the drain does not look.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.domain.audiences import EVERYBODY, Audience, audience_from, audience_text
from bot.domain.outbox import Button, MessageState, Priority
from bot.domain.payloads import rows_from, rows_text
from storage.audiences import owe_audience
from storage.database import Transaction
from storage.schema import broadcasts, messages, notifications


class BroadcastState(StrEnum):
    """Draft until confirmed (or refused by Telegram), then queued until the one before ended.

    Then running or paused; cancelling while some of it is on the wire still; at last cancelled
    or done.
    """

    DRAFT = "draft"
    REFUSED = "refused"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"


# One of these holds up the queue.
_UNDER_WAY = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.CANCELLING)
_ENDED = (BroadcastState.CANCELLED, BroadcastState.DONE)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast; `destination_id` is where its admin follows it, None when that is gone.

    `reported` is what its admin was last told of how far it is, and `reported_at` when.
    """

    id: int
    created_by: int
    destination_id: int | None
    text_html: str
    state: BroadcastState
    total: int
    progress_message_id: int | None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    queued_at: datetime | None = None
    photo: str | None = None
    rows: tuple[tuple[Button, ...], ...] = ()
    audience: Audience = EVERYBODY
    reported: str | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, in chats.

    `blocked` cannot be written to (any more), `failed` were refused by Telegram, `unknown` were
    sent, but Telegram did not answer, `spared` were cancelled. `planned` of those that are
    `waiting` are on the wire or about to be.
    """

    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unknown: int = 0
    spared: int = 0
    waiting: int = 0
    planned: int = 0

    @property
    def done(self) -> int:
        """How many are dealt with."""
        return self.sent + self.blocked + self.failed + self.unknown


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that shows a draft to its admin: where it stands, and Telegram's words."""

    state: MessageState
    reason: str | None = None
    telegram_message_id: int | None = None


def preview_key(broadcast_id: int) -> str:
    """The producer key of the message that shows a draft as it will look."""
    return f"broadcast:{broadcast_id}:preview"


def question_key(broadcast_id: int) -> str:
    """The producer key of the message that asks whether to send a draft."""
    return f"broadcast:{broadcast_id}:question"


async def add_broadcast(  # the traits of a message, most with a usual value
    tx: Transaction,
    created_by: int,
    destination_id: int,
    text_html: str,
    now: datetime,
    *,
    photo: str | None = None,
    rows: tuple[tuple[Button, ...], ...] = (),
    audience: Audience = EVERYBODY,
) -> int:
    """Store a draft and return its id."""
    found: int | None = await tx.scalar(
        sa.insert(broadcasts)
        .values(
            created_by=created_by,
            destination_id=destination_id,
            text_html=text_html,
            photo=photo,
            buttons=rows_text(rows),
            audience=audience_text(audience),
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


async def open_broadcasts(tx: Transaction) -> list[Broadcast]:
    """The broadcasts that were confirmed and have not ended, oldest first."""
    states = [state.value for state in (BroadcastState.QUEUED, *_UNDER_WAY)]
    rows = await tx.execute(
        sa.select(broadcasts).where(broadcasts.c.state.in_(states)).order_by(broadcasts.c.id)
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
    """Bring a broadcast from one state to another; false when it is not in the first.

    A second press of a button therefore changes nothing.
    """
    changed: dict[str, object] = {"state": after.value, **values}
    if after is BroadcastState.QUEUED:
        changed["queued_at"] = now
    if before in (BroadcastState.DRAFT, BroadcastState.QUEUED) and after is BroadcastState.RUNNING:
        changed["started_at"] = now
    if after in _ENDED:
        changed["finished_at"] = now
    result = await tx.execute(
        sa.update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, broadcasts.c.state == before.value)
        .values(changed)
    )
    return result.rowcount > 0


async def start_next_broadcast(tx: Transaction, now: datetime) -> int | None:
    """Start the broadcast whose turn it is, and fix its audience by owing it to them.

    None while one is under way or none is queued; else the id of the one that was started.
    """
    await lock_queue(tx)
    under_way = sa.select(broadcasts.c.id).where(
        broadcasts.c.state.in_([state.value for state in _UNDER_WAY])
    )
    found = await tx.execute(
        sa.select(broadcasts)
        .where(broadcasts.c.state == BroadcastState.QUEUED.value, ~sa.exists(under_way))
        .order_by(broadcasts.c.queued_at, broadcasts.c.id)
        .limit(1)
    )
    row = found.mappings().one_or_none()
    if row is None:
        return None
    turn = _broadcast(row)
    total = await owe_audience(tx, turn.id, turn.audience, now)
    await move_broadcast(
        tx, turn.id, BroadcastState.QUEUED, BroadcastState.RUNNING, now, total=total
    )
    return turn.id


async def lock_queue(tx: Transaction) -> None:
    """Let no other transaction queue or start a broadcast until this one has ended.

    To be called before the first change of a broadcast. SQLite has one writer anyway.
    """
    if tx.dialect.name == "postgresql":
        await tx.execute(sa.text("LOCK TABLE broadcasts IN SHARE ROW EXCLUSIVE MODE"))


async def note_report(tx: Transaction, broadcast_id: int, reported: str, now: datetime) -> None:
    """Keep what the admin was told of a broadcast."""
    await tx.execute(
        sa.update(broadcasts)
        .where(broadcasts.c.id == broadcast_id)
        .values(reported=reported, reported_at=now)
    )


async def hold_broadcast(tx: Transaction, broadcast_id: int) -> int:
    """Keep from the drain all that a broadcast still owes, but for what is on the wire.

    Returns how many chats wait for it to be resumed that did not before.
    """
    waiting = _waiting(broadcast_id)
    planned = sa.select(messages.c.id).where(*waiting)
    held = await tx.execute(
        sa.update(notifications)
        .where(*_owed(broadcast_id), _is_open(planned))
        .values(state="held", message_id=None)
    )
    await tx.execute(sa.delete(messages).where(*waiting))
    return held.rowcount


async def release_broadcast(tx: Transaction, broadcast_id: int) -> int:
    """Give back to the drain what `hold_broadcast` kept from it; returns to how many chats."""
    released = await tx.execute(
        sa.update(notifications)
        .where(*_owed(broadcast_id), notifications.c.state == "held")
        .values(state="owed")
    )
    return released.rowcount


async def drop_broadcast(tx: Transaction, broadcast_id: int, now: datetime) -> int:
    """Drop all that a broadcast still owes, but for what is on the wire.

    Returns how many chats that spares.
    """
    waiting = _waiting(broadcast_id)
    planned = sa.select(messages.c.id).where(*waiting)
    spared = await tx.execute(
        sa.update(notifications)
        .where(*_owed(broadcast_id), sa.or_(_is_open(planned), notifications.c.state == "held"))
        .values(state="spared")
    )
    await tx.execute(
        sa.update(messages)
        .where(*waiting)
        .values(state=MessageState.DROPPED.value, reason="cancelled", finished_at=now)
    )
    return spared.rowcount


def _owed(broadcast_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        notifications.c.subject == "broadcast",
        notifications.c.subject_id == broadcast_id,
    )


def _is_open(planned: sa.Select[Any]) -> sa.ColumnElement[bool]:
    return sa.or_(notifications.c.state == "owed", notifications.c.message_id.in_(planned))


def _waiting(broadcast_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The messages of a broadcast that are not on the wire: few, and found by their priority."""
    return (
        messages.c.state == sa.text("'waiting'"),
        messages.c.priority == Priority.BROADCAST.value,
        messages.c.subject == "broadcast",
        messages.c.subject_id == broadcast_id,
    )


async def broadcast_progress(tx: Transaction, broadcast_id: int) -> Progress:
    """How far a broadcast is."""
    known = notifications.c.telegram_message_id.is_not(None)
    rows = await tx.execute(
        sa.select(notifications.c.state, sa.func.count(), sa.func.count().filter(known))
        .where(*_owed(broadcast_id))
        .group_by(notifications.c.state)
    )
    counts = {state: (total, with_id) for state, total, with_id in rows}
    totals = {state: total for state, (total, _) in counts.items()}
    ended, sent = counts.get("sent", (0, 0))
    dropped = totals.get("dropped", 0)
    failed = await _failed(tx, broadcast_id) if dropped else 0
    planned = totals.get("planned", 0)
    return Progress(
        sent=sent,
        unknown=ended - sent,
        failed=failed,
        blocked=dropped - failed,
        spared=totals.get("spared", 0),
        waiting=totals.get("owed", 0) + totals.get("held", 0) + planned,
        planned=planned,
    )


async def _failed(tx: Transaction, broadcast_id: int) -> int:
    found = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(notifications)
        .join(messages, messages.c.id == notifications.c.message_id)
        .where(
            *_owed(broadcast_id),
            notifications.c.state == "dropped",
            messages.c.state == MessageState.FAILED.value,
        )
    )
    return found or 0


async def shown_message(tx: Transaction, producer_key: str) -> Shown | None:
    """The message of that key, or None when there is none (any more)."""
    found = await tx.execute(
        sa.select(messages.c.state, messages.c.reason, messages.c.telegram_message_id).where(
            messages.c.producer_key == producer_key
        )
    )
    row = found.one_or_none()
    return None if row is None else Shown(MessageState(row[0]), row[1], row[2])


async def drafts_not_shown(tx: Transaction) -> list[tuple[Broadcast, Shown]]:
    """The drafts whose preview did not arrive and will not, each with what became of it."""
    key = sa.literal("broadcast:").concat(sa.cast(broadcasts.c.id, sa.Text)).concat(":preview")
    preview = messages.alias("preview")
    ended = (MessageState.FAILED, MessageState.DROPPED, MessageState.UNKNOWN)
    rows = await tx.execute(
        sa.select(
            broadcasts,
            preview.c.state.label("preview_state"),
            preview.c.reason.label("preview_reason"),
        )
        .join(preview, preview.c.producer_key == key)
        .where(
            broadcasts.c.state == BroadcastState.DRAFT.value,
            preview.c.state.in_([state.value for state in ended]),
        )
        .order_by(broadcasts.c.id)
    )
    return [
        (_broadcast(row), Shown(MessageState(row["preview_state"]), row["preview_reason"]))
        for row in rows.mappings()
    ]


def _broadcast(row: sa.RowMapping) -> Broadcast:
    found = {column.name: row[column.name] for column in broadcasts.columns}
    found["state"] = BroadcastState(found["state"])
    found["rows"] = rows_from(found.pop("buttons"))
    found["audience"] = audience_from(found["audience"])
    return Broadcast(**found)
