"""Subscriptions at the hubs of sources.

Owns the secret that a hub signs with and when its lease ends. Refuses to say when a lease is to
be renewed: `bot.news` decides.
"""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.domain.sources import SourceState
from storage.database import Transaction
from storage.schema import sources


@dataclass(frozen=True, slots=True)
class Hub:
    """The hub that a source named, and the subscription there.

    `topic_url` is the source's name at the hub. `secret` is None before the hub was first
    asked; `until_at`, when the lease ends, is None until the hub confirmed.
    """

    source_id: int
    key: str
    state: SourceState
    hub_url: str
    topic_url: str
    secret: str | None = field(default=None, repr=False)
    until_at: datetime | None = None


_QUERY = sa.select(
    sources.c.id,
    sources.c.key,
    sources.c.state,
    sources.c.hub_url,
    sources.c.hub_topic_url,
    sources.c.hub_secret,
    sources.c.hub_until_at,
).where(sources.c.hub_url.is_not(None), sources.c.hub_topic_url.is_not(None))


async def usable_hubs(tx: Transaction) -> list[Hub]:
    """The hubs of all sources that are polled and were read once, by the source's key."""
    rows = await tx.execute(
        _QUERY.where(
            sources.c.state == SourceState.ACTIVE.value, sources.c.first_polled_at.is_not(None)
        ).order_by(sources.c.key)
    )
    return [_hub(row) for row in rows.mappings()]


async def hub_of(tx: Transaction, source_id: int) -> Hub | None:
    """The hub of a source in any state; None when it has none."""
    row = (await tx.execute(_QUERY.where(sources.c.id == source_id))).mappings().first()
    return _hub(row) if row is not None else None


async def set_hub_secret(tx: Transaction, source_id: int, secret: str) -> None:
    """Remember what a source's hub will sign with; no lease is known then."""
    await tx.execute(
        sa.update(sources)
        .where(sources.c.id == source_id)
        .values(hub_secret=secret, hub_until_at=None)
    )


async def set_hub_lease(
    tx: Transaction, source_id: int, secret: str, until_at: datetime | None
) -> bool:
    """Remember until when a hub delivers, None for no longer; False when the secret is another."""
    result = await tx.execute(
        sa.update(sources)
        .where(sources.c.id == source_id, sources.c.hub_secret == secret)
        .values(hub_until_at=until_at)
    )
    return result.rowcount > 0


def _hub(row: sa.RowMapping) -> Hub:
    return Hub(
        source_id=row["id"],
        key=row["key"],
        state=SourceState(row["state"]),
        hub_url=row["hub_url"],
        topic_url=row["hub_topic_url"],
        secret=row["hub_secret"],
        until_at=row["hub_until_at"],
    )
