"""The outbox at rest: what waits, what a dead process left, what can go.

Owns counts, leases after a crash, and pruning. The way of a row stands in `storage.outbox`.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.outbox import MessageState, Method, Priority
from storage.database import Transaction
from storage.schema import (
    broadcasts,
    destinations,
    firing_stories,
    firings,
    messages,
    notifications,
    stories,
)

# Replicas on PostgreSQL do not agree to the second.
_CLOCKS_DIFFER = timedelta(seconds=60)


async def free_leases(tx: Transaction, now: datetime, *, all_owners: bool) -> int:
    """Put back what a dead process left on the wire, to be sent again.

    On SQLite one process runs and every lease at its start is a dead one's; elsewhere only
    leases past their time are. Where the clock was set back since the dead process last stored
    a result, all that waits is let go too, or it would wait for as much longer. Returns how many
    were on the wire.
    """
    if await _was_set_back(tx, now):
        await release_waiting(tx, now)
    stuck = messages.c.state == sa.text("'wire'")
    if not all_owners:
        stuck = sa.and_(stuck, messages.c.leased_until < now)
    result = await tx.execute(
        sa.update(messages)
        .where(stuck)
        .values(state=MessageState.WAITING.value, owner=None, leased_until=None, not_before_at=now)
    )
    return result.rowcount


async def _was_set_back(tx: Transaction, now: datetime) -> bool:
    """Whether the newest row was made or ended at a time that has not come yet."""
    newest_id = sa.select(sa.func.max(messages.c.id)).scalar_subquery()
    made_at = await tx.scalar(sa.select(messages.c.created_at).where(messages.c.id == newest_id))
    ended_at = await tx.scalar(sa.select(sa.func.max(messages.c.finished_at)))
    return any(at is not None and at > now + _CLOCKS_DIFFER for at in (made_at, ended_at))


async def next_due_at(tx: Transaction) -> datetime | None:
    """When the earliest waiting message may go, or None when none waits."""
    # One short look per priority: the index of what waits begins with it.
    earliest = [
        sa.select(sa.func.min(messages.c.not_before_at).label("due_at")).where(
            messages.c.state == sa.text("'waiting'"), messages.c.priority == priority.value
        )
        for priority in Priority
    ]
    union = sa.union_all(*earliest).subquery()
    found: datetime | None = await tx.scalar(sa.select(sa.func.min(union.c.due_at)))
    return found


async def waiting_counts(tx: Transaction) -> dict[Priority, int]:
    """How many notifications and messages wait, by priority; those without are left out."""
    counts: dict[Priority, int] = {}
    for table, state in ((messages, "waiting"), (notifications, "owed")):
        rows = await tx.execute(
            sa.select(table.c.priority, sa.func.count())
            .where(table.c.state == sa.text(f"'{state}'"))
            .group_by(table.c.priority)
        )
        for priority, count in rows:
            counts[Priority(priority)] = counts.get(Priority(priority), 0) + count
    return counts


async def waits_more_than(tx: Transaction, bound: int, lowest: Priority) -> bool:
    """Whether more than `bound` notifications and messages wait, of `lowest` or before it."""
    count = 0
    for table, state in ((messages, "waiting"), (notifications, "owed")):
        for priority in (one for one in Priority if one <= lowest):
            some = (
                sa.select(sa.literal(1))
                .select_from(table)
                .where(table.c.state == sa.text(f"'{state}'"), table.c.priority == priority.value)
                .limit(bound + 1 - count)
            )
            found = await tx.scalar(sa.select(sa.func.count()).select_from(some.subquery()))
            count += found or 0
            if count > bound:
                return True
    return False


async def extras_waiting(tx: Transaction, bound: int) -> int:
    """How many edits wait that only add to what was sent; counted up to `bound`."""
    some = (
        sa.select(messages.c.id)
        .where(
            messages.c.state == sa.text("'waiting'"),
            messages.c.priority == Priority.DIGEST.value,
            messages.c.method == Method.EDIT.value,
        )
        .limit(bound)
    )
    return await tx.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


async def sent_count(tx: Transaction, since: datetime) -> int:
    """How many messages were sent since then."""
    found = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(messages)
        .where(messages.c.finished_at >= since, messages.c.state == MessageState.SENT.value)
    )
    return found or 0


async def prune_messages(tx: Transaction, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` messages that ended before then; what was owed keeps its key."""
    old = sa.select(messages.c.id).where(messages.c.finished_at < before).limit(limit)
    result = await tx.execute(sa.delete(messages).where(messages.c.id.in_(old)))
    return result.rowcount


async def sweep_notifications(tx: Transaction, after_id: int, limit: int = 5000) -> int | None:
    """Delete what is owed to forgotten destinations or tells of subjects that are gone.

    Looks at up to `limit` rows after `after_id`; returns where to go on, None at the end.
    """
    ids: list[int] = list(
        await tx.scalars(
            sa.select(notifications.c.id)
            .where(notifications.c.id > after_id)
            .order_by(notifications.c.id)
            .limit(limit)
        )
    )
    if not ids:
        return None
    homeless = ~sa.exists().where(destinations.c.id == notifications.c.destination_id)
    pointless = [
        sa.and_(
            notifications.c.subject == subject,
            ~sa.exists().where(table.c.id == notifications.c.subject_id),
        )
        for subject, table in (
            ("story", stories),
            ("firing", firings),
            ("move_story", firing_stories),
            ("broadcast", broadcasts),
        )
    ]
    await tx.execute(
        sa.delete(notifications).where(
            notifications.c.id > after_id,
            notifications.c.id <= ids[-1],
            sa.or_(homeless, *pointless),
        )
    )
    return ids[-1]


async def release_waiting(tx: Transaction, now: datetime) -> int:
    """Let every message that waits for a later time go now, after the clock was set back.

    Returns how many there were. What Telegram asked to wait for is kept by the pacer.
    """
    result = await tx.execute(
        sa.update(messages)
        .where(messages.c.state == sa.text("'waiting'"), messages.c.not_before_at > now)
        .values(not_before_at=now)
    )
    return result.rowcount
