"""Updates from Telegram, kept before Telegram is told that they were received.

Owns the inbox: an update is stored once by its `update_id`, and stays until it was handled.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database import Transaction, upsert
from storage.schema import inbox

MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Received:
    """An update as it came: its id, its chat (None when it has none) and its JSON text."""

    update_id: int
    telegram_chat_id: int | None
    payload: str


async def keep_updates(tx: Transaction, updates: list[Received], now: datetime) -> None:
    """Store updates; one that is stored already is left as it is."""
    if not updates:
        return
    rows = [
        {
            "update_id": u.update_id,
            "telegram_chat_id": u.telegram_chat_id,
            "payload": u.payload,
            "received_at": now,
        }
        for u in updates
    ]
    await tx.execute(upsert(tx, inbox).on_conflict_do_nothing(), rows)


async def unhandled_updates(
    tx: Transaction, limit: int = 200, busy: Collection[int] = ()
) -> list[Received]:
    """The oldest updates that wait to be handled, by id.

    Those of the chats in `busy` are left out, so that one chat's flood hides nobody else's;
    0 there stands for updates without a chat.
    """
    query = (
        sa.select(inbox.c.update_id, inbox.c.telegram_chat_id, inbox.c.payload)
        .where(inbox.c.handled_at.is_(None))
        .order_by(inbox.c.update_id)
        .limit(limit)
    )
    if busy:
        query = query.where(sa.func.coalesce(inbox.c.telegram_chat_id, 0).not_in(list(busy)))
    return [Received(*row) for row in await tx.execute(query)]


async def mark_handled(tx: Transaction, update_id: int, now: datetime) -> None:
    """Note that an update was handled, in the transaction that holds what it changed.

    Only its id stays, so that it is not handled again; what somebody wrote does not.
    """
    await tx.execute(
        sa.update(inbox)
        .where(inbox.c.update_id == update_id)
        .values(handled_at=now, payload="", telegram_chat_id=None)
    )


async def mark_failed(tx: Transaction, update_id: int, error: str, now: datetime) -> bool:
    """Count a failed try at an update; true when it was the last one, and it is given up.

    One given up keeps its payload until it is pruned, for whoever looks into the error.
    """
    attempts = await tx.scalar(
        sa.update(inbox)
        .where(inbox.c.update_id == update_id)
        .values(attempts=inbox.c.attempts + 1, error=error[:500])
        .returning(inbox.c.attempts)
    )
    given_up = attempts is not None and attempts >= MAX_ATTEMPTS
    if given_up:
        await tx.execute(
            sa.update(inbox).where(inbox.c.update_id == update_id).values(handled_at=now)
        )
    return given_up


async def forget_updates(tx: Transaction, telegram_chat_id: int, up_to: int) -> int:
    """Empty what is kept of a chat's updates up to an id; returns how many there were.

    Those are given up ones, and the one in hand; nothing is left in them to be handled.
    """
    result = await tx.execute(
        sa.update(inbox)
        .where(inbox.c.telegram_chat_id == telegram_chat_id, inbox.c.update_id <= up_to)
        .values(
            payload="",
            telegram_chat_id=None,
            error=None,
            handled_at=sa.func.coalesce(inbox.c.handled_at, inbox.c.received_at),
        )
    )
    return result.rowcount


async def prune_inbox(tx: Transaction, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` updates that were handled before then; returns how many.

    Telegram begins with other ids after a week of silence, so that old ones must not stay.
    """
    old = sa.select(inbox.c.update_id).where(inbox.c.handled_at < before).limit(limit)
    result = await tx.execute(sa.delete(inbox).where(inbox.c.update_id.in_(old)))
    return result.rowcount
