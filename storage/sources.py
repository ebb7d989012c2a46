"""Sources, and what is remembered of them between two polls.

Owns which source is due. Refuses to say when the next poll should be: `bot.news` decides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.sources import (
    PollResult,
    Source,
    SourceKind,
    SourceOrigin,
    SourceSettings,
    SourceState,
)
from storage.database import Transaction, upsert
from storage.schema import sources


async def configure_sources(tx: Transaction, configured: Iterable[SourceSettings]) -> None:
    """Make the sources what the settings say.

    New ones are added, changed ones updated (another address forgets what the old one left,
    and brings a retired source back), and those that the settings no longer name are marked
    removed; their articles stay. What an operator added by command is left alone, unless the
    settings name it too.
    """
    wanted = list(configured)
    stored = {row.key: row for row in await tx.execute(sa.select(sources))}
    for settings in wanted:
        values = _settings_values(settings)
        old = stored.get(settings.key)
        is_moved = old is not None and (old.url, old.kind) != (settings.url, settings.kind.value)
        if is_moved:
            values |= FORGOTTEN
        if old is not None and _comes_back(SourceState(old.state), is_moved=is_moved):
            values["state"] = SourceState.ACTIVE.value
        fresh = {"key": settings.key, "state": SourceState.ACTIVE.value} | values
        await tx.execute(
            upsert(tx, sources)
            .values(fresh)
            .on_conflict_do_update(index_elements=["key"], set_=values)
        )
    gone = {key for key, row in stored.items() if row.origin == SourceOrigin.SETTINGS.value} - {
        settings.key for settings in wanted
    }
    if gone:
        await tx.execute(
            sa.update(sources)
            .where(sources.c.key.in_(gone))
            .values(state=SourceState.REMOVED.value, next_poll_at=None)
        )


def _settings_values(settings: SourceSettings) -> dict[str, object]:
    return {
        "name": settings.name,
        "kind": settings.kind.value,
        "url": settings.url,
        "origin": SourceOrigin.SETTINGS.value,
        "weight": settings.weight,
        "full_text": settings.full_text,
    }


def _comes_back(state: SourceState, *, is_moved: bool) -> bool:
    if state is SourceState.RETIRED:
        return is_moved
    return state in {SourceState.REMOVED, SourceState.PROPOSED}


# What a source has when it moves to another address, first_polled_at too: the first poll of the
# new address is silent again.
FORGOTTEN: dict[str, object] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "failures": 0,
    "quiet_polls": 0,
    "first_polled_at": None,
    "next_poll_at": None,
    "last_error": None,
    "moved_url": None,
    "ttl_seconds": None,
    "skip_hours": "",
    "typical_seconds": None,
    "typical_fresh": None,
    "failing_since_at": None,
    "reported_at": None,
    "hub_url": None,
    "hub_topic_url": None,
    "hub_secret": None,
    "hub_until_at": None,
}


async def active_sources(tx: Transaction) -> list[Source]:
    """Every source that is polled, by key."""
    rows = await tx.execute(
        sa.select(sources)
        .where(sources.c.state == SourceState.ACTIVE.value)
        .order_by(sources.c.key)
    )
    return [_source(row) for row in rows.mappings()]


async def known_sources(tx: Transaction) -> list[Source]:
    """Every source that was not removed, paused and retired ones too, by key."""
    return [one for one in await recorded_sources(tx) if one.is_known]


async def recorded_sources(tx: Transaction) -> list[Source]:
    """Every source there is a row of, by key: removed ones and mere proposals too."""
    rows = await tx.execute(sa.select(sources).order_by(sources.c.key))
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
    """Store what a poll left; a good one sets `first_polled_at` the first time.

    A source that is gone for good is retired, unless an operator paused or removed it
    meanwhile. Another hub than before makes the subscription at the old one forgotten.
    """
    values: dict[str, object] = {
        "last_polled_at": result.polled_at,
        "next_poll_at": result.next_poll_at,
        "failures": result.failures,
        "quiet_polls": result.quiet_polls,
        "last_error": result.error,
        "failing_since_at": result.failing_since_at,
        "reported_at": result.reported_at,
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
    if result.retired:
        is_active = sources.c.state == SourceState.ACTIVE.value
        values["state"] = sa.case((is_active, SourceState.RETIRED.value), else_=sources.c.state)
    values |= _manner_values(result)
    await tx.execute(sa.update(sources).where(sources.c.id == source_id).values(values))


def _manner_values(result: PollResult) -> dict[str, object]:
    """The columns that this poll has something to say on; 0 and empty texts become none."""
    values: dict[str, object] = {
        name: value or None for name in _MANNERS if (value := getattr(result, name)) is not None
    }
    if result.skip_hours is not None:
        values["skip_hours"] = result.skip_hours
    if result.hub_url is not None or result.hub_topic_url is not None:
        # On the right-hand side of an UPDATE a column is what it was before.
        stays = sa.and_(*(sources.c[name].is_not_distinct_from(values.get(name)) for name in _HUB))
        for name in ("hub_secret", "hub_until_at"):
            values[name] = sa.case((stays, sources.c[name]), else_=None)
    return values


_HUB = ("hub_url", "hub_topic_url")
_MANNERS = ("moved_url", "ttl_seconds", "typical_seconds", "typical_fresh", *_HUB)


def _source(row: sa.RowMapping) -> Source:
    found = dict(row)
    found["kind"] = SourceKind(found["kind"])
    found["state"] = SourceState(found["state"])
    found["origin"] = SourceOrigin(found["origin"])
    return Source(**found)
