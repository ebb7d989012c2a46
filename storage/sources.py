"""Sources, and what is remembered of them between two polls.

Owns which source is due. Refuses to say when the next poll should be: `bot.news` decides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.sources import PollResult, Source, SourceKind, SourceSettings, SourceState
from storage.database import Transaction, upsert
from storage.schema import sources


async def configure_sources(tx: Transaction, configured: Iterable[SourceSettings]) -> None:
    """Make the sources what the settings say.

    New ones are added, changed ones updated (another address forgets what the old one left),
    and those that the settings no longer name are marked removed; their articles stay.
    """
    wanted = list(configured)
    stored = {row.key: row for row in await tx.execute(sa.select(sources))}
    for settings in wanted:
        values: dict[str, object] = {
            "name": settings.name,
            "kind": settings.kind.value,
            "url": settings.url,
        }
        old = stored.get(settings.key)
        if old is not None and (old.url, old.kind) != (settings.url, settings.kind.value):
            values |= dict.fromkeys(_FORGOTTEN)
            values |= {"failures": 0, "quiet_polls": 0}
        if old is not None and old.state == SourceState.REMOVED.value:
            values["state"] = SourceState.ACTIVE.value
        fresh = {"key": settings.key, "state": SourceState.ACTIVE.value} | values
        await tx.execute(
            upsert(tx, sources)
            .values(fresh)
            .on_conflict_do_update(index_elements=["key"], set_=values)
        )
    gone = set(stored) - {settings.key for settings in wanted}
    if gone:
        await tx.execute(
            sa.update(sources)
            .where(sources.c.key.in_(gone))
            .values(state=SourceState.REMOVED.value, next_poll_at=None)
        )


# Cleared when a source moves to another address, first_polled_at too: the first poll of the
# new address is silent again.
_FORGOTTEN = (
    "etag",
    "last_modified",
    "body_hash",
    "next_poll_at",
    "last_error",
    "first_polled_at",
)


async def active_sources(tx: Transaction) -> list[Source]:
    """Every source that is polled, by key."""
    rows = await tx.execute(
        sa.select(sources)
        .where(sources.c.state == SourceState.ACTIVE.value)
        .order_by(sources.c.key)
    )
    return [_source(row) for row in rows.mappings()]


async def known_sources(tx: Transaction) -> list[Source]:
    """Every source that the settings name, paused ones too, by key."""
    rows = await tx.execute(
        sa.select(sources)
        .where(sources.c.state != SourceState.REMOVED.value)
        .order_by(sources.c.key)
    )
    return [_source(row) for row in rows.mappings()]


async def due_sources(
    tx: Transaction, now: datetime, farthest: timedelta, limit: int
) -> list[Source]:
    """The active sources whose poll is due, longest waiting first; never polled ones count.

    A poll planned later than `farthest` from now can only come from a clock that was set
    back, and is due as well. So is one after a good poll that lies ahead: a clock set back while
    nobody looked at it would hold the source up by as much.
    """
    due = sources.c.next_poll_at
    polled_ahead = sa.and_(sources.c.last_polled_at > now, sources.c.failures == 0)
    rows = await tx.execute(
        sa.select(sources)
        .where(
            sources.c.state == SourceState.ACTIVE.value,
            sa.or_(due.is_(None), due <= now, due > now + farthest, polled_ahead),
        )
        .order_by(due.asc().nulls_first())
        .limit(limit)
    )
    return [_source(row) for row in rows.mappings()]


async def plan_polls(tx: Transaction, planned: dict[int, datetime]) -> None:
    """Set when each source (by id) is polled next."""
    for source_id, at in planned.items():
        await tx.execute(
            sa.update(sources).where(sources.c.id == source_id).values(next_poll_at=at)
        )


async def release_polls(tx: Transaction, now: datetime) -> int:
    """Let every source that is not in trouble be polled now, after the clock was set back.

    Returns how many there were; what a server asked to wait for is kept.
    """
    result = await tx.execute(
        sa.update(sources)
        .where(
            sources.c.state == SourceState.ACTIVE.value,
            sources.c.failures == 0,
            sources.c.next_poll_at > now,
        )
        .values(next_poll_at=now)
    )
    return result.rowcount


async def record_poll(tx: Transaction, source_id: int, result: PollResult) -> None:
    """Store what a poll left; a good one sets `first_polled_at` the first time."""
    values: dict[str, object] = {
        "last_polled_at": result.polled_at,
        "next_poll_at": result.next_poll_at,
        "failures": result.failures,
        "quiet_polls": result.quiet_polls,
        "last_error": result.error,
    }
    if result.error is None:
        values |= {
            "etag": result.etag,
            "last_modified": result.last_modified,
            "body_hash": result.body_hash,
            "last_success_at": result.polled_at,
            "first_polled_at": sa.func.coalesce(
                sources.c.first_polled_at,
                sa.literal(result.polled_at, sources.c.last_polled_at.type),
            ),
        }
    await tx.execute(sa.update(sources).where(sources.c.id == source_id).values(values))


def _source(row: sa.RowMapping) -> Source:
    found = dict(row)
    found["kind"] = SourceKind(found["kind"])
    found["state"] = SourceState(found["state"])
    return Source(**found)
