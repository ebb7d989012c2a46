"""The registry of assets as it was last refreshed.

Owns one fact: the text of the registry, written and read by `bot.news.assets.registry`. Refuses to
look into it.
"""

import sqlalchemy as sa

from storage.database import Transaction, upsert
from storage.schema import facts

_REGISTRY = "asset_registry"


async def stored_registry(tx: Transaction) -> str | None:
    """The text of the registry that was stored last; None when none ever was."""
    text: str | None = await tx.scalar(sa.select(facts.c.value).where(facts.c.key == _REGISTRY))
    return text


async def store_registry(tx: Transaction, text: str) -> None:
    """Keep the text of a registry in place of the one before."""
    row = upsert(tx, facts).values(key=_REGISTRY, value=text)
    await tx.execute(
        row.on_conflict_do_update(index_elements=[facts.c.key], set_={"value": row.excluded.value})
    )
