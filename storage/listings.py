"""Which articles their feeds still list, and which came since a feed was last read.

Owns the mark that keeps a story from being pruned while a feed gives an article of it without
a date: it would come back as new. Refuses to delete: `storage.articles` does.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from storage.articles import Known, known_key
from storage.database import Transaction
from storage.schema import articles, stories

# Both databases bound how many values one statement may hold.
_KEYS_AT_ONCE = 2_000


class Listed(Known, Protocol):
    """An item as a feed lists it."""

    @property
    def published_at(self) -> datetime | None:
        """The date that the feed gives it; None when it gives none."""
        ...


async def note_listed(
    tx: Transaction, source_id: int, listed: Sequence[Listed], now: datetime
) -> None:
    """Note that the feed of a source lists these articles now, where their dates do not tell.

    Those are articles without a date, and with a later one than is stored. To be called after
    each reading of a feed, once what was new in it is stored.
    """
    found: set[int] = set()
    for start in range(0, len(listed), _KEYS_AT_ONCE):
        found |= await _undated(tx, source_id, listed[start : start + _KEYS_AT_ONCE])
    ids = sorted(found)
    for start in range(0, len(ids), _KEYS_AT_ONCE):
        some = stories.c.id.in_(ids[start : start + _KEYS_AT_ONCE])
        await tx.execute(sa.update(stories).where(some).values(created_at=now))


async def _undated(tx: Transaction, source_id: int, listed: Sequence[Listed]) -> set[int]:
    """The stories of these articles whose dates in the feed do not tell their age."""
    guids = {known_key(one.guid): one.published_at for one in listed}
    addresses = {known_key(one.canonical_url): one.published_at for one in listed}
    addresses.pop(None, None)
    of_source = sa.and_(articles.c.source_id == source_id, articles.c.guid.in_(guids))
    found = set()
    for dates, column, which in (
        (guids, articles.c.guid, of_source),
        (addresses, articles.c.canonical_url, articles.c.canonical_url.in_(addresses)),
    ):
        query = sa.select(column, articles.c.story_id, articles.c.published_at).where(which)
        for key, story_id, published_at in await tx.execute(query):
            date = dates[key]
            if date is None or date > published_at:
                found.add(story_id)
    return found


async def count_arrivals(
    tx: Transaction, source_id: int, since: datetime, published_since: datetime
) -> int:
    """How many articles of a source were stored after `since`, of those published lately."""
    query = (
        sa.select(sa.func.count())
        .select_from(articles)
        .where(
            articles.c.source_id == source_id,
            articles.c.published_at >= published_since,
            articles.c.created_at > since,
        )
    )
    return await tx.scalar(query) or 0
