"""Sources as operators add, pause, resume and remove them by command.

Owns which of these a source's state allows. What stands in the settings is theirs: it can be
paused here, not removed. Refuses to look at a feed: `bot.news` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.feeds import ListedFeed, addresses_of, comparable_address, source_key, source_name
from bot.domain.sources import SourceKind, SourceOrigin, SourceSettings, SourceState
from storage.database import Transaction, upsert
from storage.schema import articles, sources
from storage.sources import FORGOTTEN, recorded_sources

_FREE = (SourceState.PROPOSED.value, SourceState.REMOVED.value)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list of feeds: the keys that were added, and how many were there already."""

    added: tuple[str, ...]
    known: int


async def propose_source(tx: Transaction, proposed: SourceSettings, now: datetime) -> int | None:
    """Keep a source until an operator confirms it, and give its id.

    A removed source of that key is proposed anew, and so is a proposal. None when the key
    belongs to a source that is in use.
    """
    values = _values(proposed, SourceState.PROPOSED) | {"last_polled_at": now}
    found: int | None = await tx.scalar(_put(tx, proposed.key, values).returning(sources.c.id))
    return found


async def confirm_source(tx: Transaction, source_id: int) -> bool:
    """Make a proposal a source, which is polled at once; false when it is no proposal."""
    return await _move(
        tx,
        source_id,
        sources.c.state == SourceState.PROPOSED.value,
        {"state": SourceState.ACTIVE.value, "last_polled_at": None},
    )


async def drop_proposal(tx: Transaction, source_id: int) -> bool:
    """Forget a proposal; false when it is none."""
    return await _drop_proposals(tx, sources.c.id == source_id) > 0


async def drop_old_proposals(tx: Transaction, before: datetime) -> int:
    """Forget the proposals made before that time; returns how many there were."""
    return await _drop_proposals(tx, sources.c.last_polled_at < before)


async def pause_source(tx: Transaction, source_id: int) -> bool:
    """Poll a source no more until it is resumed, restarts included; false when it is not active."""
    is_active = sources.c.state == SourceState.ACTIVE.value
    return await _move(tx, source_id, is_active, {"state": SourceState.PAUSED.value})


async def resume_source(tx: Transaction, source_id: int) -> bool:
    """Poll a source that was paused, or retired, again and at once; false when it is neither.

    Its past trouble counts no more.
    """
    rests = sources.c.state.in_([SourceState.PAUSED.value, SourceState.RETIRED.value])
    return await _move(tx, source_id, rests, {"state": SourceState.ACTIVE.value} | _UNTROUBLED)


async def remove_source(tx: Transaction, source_id: int) -> bool:
    """Remove a source that was added by command; its articles stay.

    False for one of the settings, and for one that is removed already.
    """
    its_own = sa.and_(sources.c.origin == SourceOrigin.COMMAND.value, sources.c.state.not_in(_FREE))
    return await _move(
        tx, source_id, its_own, {"state": SourceState.REMOVED.value, "next_poll_at": None}
    )


async def import_feeds(tx: Transaction, feeds: Iterable[ListedFeed]) -> Imported:
    """Add each feed as a source by command, with a key made from its name.

    A feed whose address a source in use has is left alone; a removed source of that address
    comes back.
    """
    stored = await recorded_sources(tx)
    keys = {one.key for one in stored}
    in_use = {address for one in stored if one.is_known for address in addresses_of(one)}
    free = {comparable_address(one.url): one.key for one in stored if not one.is_known}
    added: list[str] = []
    known = 0
    for feed in feeds:
        address = comparable_address(feed.url)
        if address in in_use:
            known += 1
            continue
        name = source_name(feed.name, feed.url)
        key = free.get(address) or source_key(name, feed.url, keys)
        settings = SourceSettings(key, name, SourceKind.FEED, feed.url)
        await tx.execute(_put(tx, key, _values(settings, SourceState.ACTIVE)))
        in_use.add(address)
        keys.add(key)
        added.append(key)
    return Imported(tuple(added), known)


_UNTROUBLED: dict[str, object] = {
    "failures": 0,
    "next_poll_at": None,
    "last_error": None,
    "failing_since_at": None,
    "reported_at": None,
}


def _values(settings: SourceSettings, state: SourceState) -> dict[str, object]:
    """A source as if it had never been polled."""
    return FORGOTTEN | {
        "name": settings.name,
        "kind": settings.kind.value,
        "url": settings.url,
        "state": state.value,
        "origin": SourceOrigin.COMMAND.value,
        "weight": settings.weight,
        "full_text": settings.full_text,
        "last_polled_at": None,
        "last_success_at": None,
    }


def _put(tx: Transaction, key: str, values: dict[str, object]) -> Any:
    """The statement that stores a source under a key that is free."""
    return (
        upsert(tx, sources)
        .values({"key": key} | values)
        .on_conflict_do_update(
            index_elements=["key"], set_=values, where=sources.c.state.in_(_FREE)
        )
    )


async def _move(
    tx: Transaction, source_id: int, allowed: "sa.ColumnElement[bool]", values: dict[str, object]
) -> bool:
    result = await tx.execute(
        sa.update(sources).where(sources.c.id == source_id, allowed).values(values)
    )
    return result.rowcount > 0


async def _drop_proposals(tx: Transaction, which: "sa.ColumnElement[bool]") -> int:
    """A proposal that was a source before is one that was removed, for its articles are kept."""
    chosen = sa.and_(sources.c.state == SourceState.PROPOSED.value, which)
    has_articles = sa.exists().where(articles.c.source_id == sources.c.id)
    gone = await tx.execute(sa.delete(sources).where(chosen, ~has_articles))
    kept = await tx.execute(
        sa.update(sources).where(chosen).values(state=SourceState.REMOVED.value)
    )
    return gone.rowcount + kept.rowcount
