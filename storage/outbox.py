"""What is owed and what goes over the wire.

Owns the way of a row: owed (a notification), planned (a message that waits), on the wire
(leased, intent committed), ended. Every producer is repeatable: a notification is unique by
(subject, revision, destination), a reply by its producer key. Refuses to decide order, pace
and retries: `bot.delivery` does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.chats import ChatState
from bot.domain.outbox import (
    Claimed,
    MessageState,
    Method,
    Pictures,
    Priority,
    Reply,
    Result,
    Subject,
    View,
)
from bot.domain.payloads import Payload, payload_text
from storage.database import Transaction, upsert
from storage.owing import DROPPED, PLANNED, SENT
from storage.schema import (
    chats,
    destinations,
    firing_stories,
    messages,
    notifications,
)


async def add_reply(
    tx: Transaction,
    reply: Reply,
    producer_key: str,
    now: datetime,
    expires_at: datetime | None = None,
    priority: Priority = Priority.REPLY,
) -> bool:
    """Store an answer to be sent; false when that producer key has stored one before."""
    payload = Payload(reply.rendered, reply.edit_message_id, reply.reply_to_message_id)
    method = Method.SEND if reply.edit_message_id is None else Method.EDIT
    result = await tx.execute(
        upsert(tx, messages)
        .values(
            destination_id=reply.destination_id,
            method=method.value,
            priority=priority.value,
            state=MessageState.WAITING.value,
            payload=payload_text(payload),
            producer_key=producer_key,
            not_before_at=now,
            expires_at=expires_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount > 0


async def plan_messages(
    tx: Transaction,
    priority: Priority,
    now: datetime,
    limit: int,
    expires: dict[Priority, datetime],
) -> int:
    """Turn up to `limit` owed notifications of a priority into messages, oldest first.

    `expires` says when a message of a priority ends (never, when it is left out). What is owed
    to a chat that cannot be written to is dropped. Returns how many were looked at.
    """
    query = (
        sa.select(notifications.c.id, chats.c.state)
        .outerjoin(destinations, destinations.c.id == notifications.c.destination_id)
        .outerjoin(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(
            notifications.c.state == sa.text("'owed'"),
            notifications.c.priority == priority.value,
        )
        .order_by(notifications.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=notifications)
    )
    rows = (await tx.execute(query)).all()
    lost = [row.id for row in rows if row.state != ChatState.ACTIVE.value]
    if lost:
        await tx.execute(
            sa.update(notifications).where(notifications.c.id.in_(lost)).values(state=DROPPED)
        )
    if sendable := [row.id for row in rows if row.state == ChatState.ACTIVE.value]:
        await _plan(tx, sendable, now, expires.get(priority))
    return len(rows)


async def _plan(
    tx: Transaction, ids: Sequence[int], now: datetime, expires_at: datetime | None
) -> None:
    """Two statements for all rows: an ORM-like insert with RETURNING costs 0.4 ms a row."""
    key = sa.literal("n:").concat(sa.cast(notifications.c.id, sa.Text))
    time_type = messages.c.not_before_at.type
    values: dict[str, sa.ColumnElement[Any]] = {
        "destination_id": notifications.c.destination_id,
        "method": sa.literal(Method.SEND.value),
        "priority": notifications.c.priority,
        "state": sa.literal(MessageState.WAITING.value),
        "subject": notifications.c.subject,
        "subject_id": notifications.c.subject_id,
        "revision": notifications.c.revision,
        "producer_key": key,
        "not_before_at": sa.literal(now, time_type),
        "expires_at": sa.literal(expires_at, time_type),
        "created_at": notifications.c.created_at,
    }
    rows = sa.select(*values.values()).where(notifications.c.id.in_(ids))
    await tx.execute(
        upsert(tx, messages)
        .from_select(list(values), rows.order_by(notifications.c.id), include_defaults=False)
        .on_conflict_do_nothing()
    )
    message_id = (
        sa.select(messages.c.id)
        .where(messages.c.producer_key == key)
        .correlate(notifications)
        .scalar_subquery()
    )
    await tx.execute(
        sa.update(notifications)
        .where(notifications.c.id.in_(ids))
        .values(state=PLANNED, message_id=message_id)
    )


async def candidates(
    tx: Transaction,
    now: datetime,
    limit: int,
    expires: dict[Priority, datetime],
    share: int = 0,
) -> list[Claimed]:
    """Up to `limit` messages that may be sent now, by priority, then by age.

    Of each priority the waiting messages come first, then as many notifications are planned
    as are missing, so that the queue of messages stays short however much is owed. At least
    `share` of each priority are given, beyond the limit if need be, so that a lower one can
    have its turn. What is held (a paused broadcast's) is neither planned nor given.
    """
    found: list[Claimed] = []
    # One priority after the other: each is a short walk along an index, where one query over
    # all of them would have to sort.
    for priority in Priority:
        left = max(limit - len(found), share)
        if left <= 0:
            continue
        due = await _due_messages(tx, priority, now, left)
        missing = left - len(due)
        if missing and await plan_messages(tx, priority, now, missing, expires):
            due = await _due_messages(tx, priority, now, left)
        found.extend(due)
    return found


async def _due_messages(
    tx: Transaction, priority: Priority, now: datetime, limit: int
) -> list[Claimed]:
    """Waiting messages whose time has come; those another process looks at are passed over."""
    rows = await tx.execute(
        sa.select(
            messages,
            destinations.c.telegram_chat_id,
            destinations.c.thread_id,
            destinations.c.pictures,
            chats.c.kind.label("chat_kind"),
            chats.c.language,
        )
        .join(destinations, destinations.c.id == messages.c.destination_id)
        .join(chats, chats.c.telegram_chat_id == destinations.c.telegram_chat_id)
        .where(
            messages.c.state == sa.text("'waiting'"),
            messages.c.priority == priority.value,
            messages.c.not_before_at <= now,
        )
        .order_by(messages.c.not_before_at, messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=messages)
    )
    found = [_claimed(row) for row in rows.mappings()]
    return [await _with_told(tx, message) for message in found]


async def _with_told(tx: Transaction, message: Claimed) -> Claimed:
    """A story's message with what its chat was told of the story before."""
    if message.subject is Subject.MOVE_STORY:
        return await _with_earlier(tx, message)
    if message.subject is not Subject.STORY:
        return message
    if message.edit_message_id is None:
        return await _with_earlier(tx, message)
    # An edit shows what the push showed, and is younger than what it was owed for.
    owed_at = await tx.scalar(
        sa.select(notifications.c.created_at).where(
            notifications.c.subject == Subject.STORY.value,
            notifications.c.subject_id == message.subject_id,
            notifications.c.revision == message.revision,
            notifications.c.destination_id == message.destination_id,
        )
    )
    is_reply = await _told_before(tx, message) is not None
    return replace(message, view=replace(message.view, owed_at=owed_at, is_reply=is_reply))


async def _with_earlier(tx: Transaction, message: Claimed) -> Claimed:
    """What replies to an earlier message of the chat, with that message, as far as it was sent.

    A story beside a move replies to its alert, the push of a later revision to what the chat was
    told of the story last.
    """
    if message.subject is Subject.MOVE_STORY:
        earlier = await _alert_message(tx, message)
        return message if earlier is None else replace(message, reply_to_message_id=earlier)
    earlier = await _told_before(tx, message)
    if earlier is None:
        return message
    view = replace(message.view, is_reply=True)
    return replace(message, view=view, reply_to_message_id=earlier)


async def _told_before(tx: Transaction, message: Claimed) -> int | None:
    """The Telegram message that told a chat an earlier revision of a story; None without one."""
    if message.revision == 1:
        return None
    found: int | None = await tx.scalar(
        sa.select(notifications.c.telegram_message_id)
        .where(
            notifications.c.subject == Subject.STORY.value,
            notifications.c.subject_id == message.subject_id,
            notifications.c.revision < message.revision,
            notifications.c.destination_id == message.destination_id,
            notifications.c.telegram_message_id.is_not(None),
        )
        .order_by(notifications.c.revision.desc())
        .limit(1)
    )
    return found


async def _alert_message(tx: Transaction, message: Claimed) -> int | None:
    """The Telegram message of the alert that a story beside its move is about."""
    fired = sa.select(firing_stories.c.firing_id).where(firing_stories.c.id == message.subject_id)
    found: int | None = await tx.scalar(
        sa.select(notifications.c.telegram_message_id).where(
            notifications.c.subject == Subject.FIRING.value,
            notifications.c.subject_id.in_(fired),
            notifications.c.revision == 1,
            notifications.c.destination_id == message.destination_id,
        )
    )
    return found


async def lease_messages(tx: Transaction, ids: Sequence[int], owner: str, until: datetime) -> None:
    """Commit the intent to send: the rows are on the wire, in this process's name."""
    if ids:
        await tx.execute(
            sa.update(messages)
            .where(messages.c.id.in_(ids))
            .values(state=MessageState.WIRE.value, owner=owner, leased_until=until)
        )


async def defer_messages(tx: Transaction, until: dict[int, datetime]) -> None:
    """Let waiting messages, by id, wait until a time each; no attempt is counted."""
    if until:
        await tx.execute(
            sa.update(messages)
            .where(messages.c.id == sa.bindparam("the_id"))
            .values(not_before_at=sa.bindparam("the_time")),
            [{"the_id": message_id, "the_time": at} for message_id, at in until.items()],
        )


async def record_results(tx: Transaction, results: Iterable[Result], now: datetime) -> None:
    """Store how messages ended, or when they are tried again."""
    rows = [
        {
            "the_id": result.message_id,
            "the_state": result.state.value,
            "the_reason": result.reason[:500] or None,
            "the_telegram_id": result.telegram_message_id,
            "the_not_before": result.not_before_at or now,
            "the_finish": None if result.state is MessageState.WAITING else now,
            "spent": int(result.spent),
            "owed_state": _notification_state(result.state),
        }
        for result in results
    ]
    if not rows:
        return
    await tx.execute(
        sa.update(messages)
        .where(messages.c.id == sa.bindparam("the_id"))
        .values(
            state=sa.bindparam("the_state"),
            reason=sa.bindparam("the_reason"),
            # What an edit changes it still changes when it is tried again.
            telegram_message_id=sa.func.coalesce(
                sa.bindparam("the_telegram_id"), messages.c.telegram_message_id
            ),
            not_before_at=sa.bindparam("the_not_before"),
            finished_at=sa.bindparam("the_finish"),
            attempts=messages.c.attempts + sa.bindparam("spent"),
            owner=None,
            leased_until=None,
        ),
        rows,
    )
    await tx.execute(
        sa.update(notifications)
        .where(notifications.c.message_id == sa.bindparam("the_id"))
        .values(
            state=sa.bindparam("owed_state"),
            telegram_message_id=sa.bindparam("the_telegram_id"),
        ),
        rows,
    )


def _notification_state(state: MessageState) -> str:
    match state:
        case MessageState.SENT | MessageState.UNKNOWN:
            return SENT
        case MessageState.WAITING | MessageState.WIRE:
            return PLANNED
        case _:
            return DROPPED


def _claimed(found: sa.RowMapping) -> Claimed:
    owed_at = found["created_at"] if found["subject"] == Subject.STORY.value else None
    return Claimed(
        id=found["id"],
        destination_id=found["destination_id"],
        telegram_chat_id=found["telegram_chat_id"],
        thread_id=found["thread_id"],
        chat_kind=found["chat_kind"],
        method=Method(found["method"]),
        priority=Priority(found["priority"]),
        attempts=found["attempts"],
        created_at=found["created_at"],
        expires_at=found["expires_at"],
        subject=Subject(found["subject"]) if found["subject"] else None,
        subject_id=found["subject_id"],
        revision=found["revision"],
        payload=found["payload"],
        view=View(found["language"], Pictures(found["pictures"]), owed_at),
        edit_message_id=found["telegram_message_id"] if found["method"] == Method.EDIT else None,
        picture_id=found["picture_id"],
    )
