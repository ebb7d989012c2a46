"""Pictures that wait to be sent.

Owns their bytes from when a message is owed until it has long left. Refuses to look into them.
"""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Transaction
from storage.schema import pictures


async def add_picture(tx: Transaction, png: bytes, now: datetime) -> int:
    """Keep a picture and return its id."""
    picture_id: int | None = await tx.scalar(
        sa.insert(pictures).values(png=png, created_at=now).returning(pictures.c.id)
    )
    assert picture_id is not None  # noqa: S101  # an INSERT returns its id
    return picture_id


async def picture(tx: Transaction, picture_id: int) -> bytes | None:
    """The bytes of a picture, or None when it is not kept any more."""
    found: bytes | None = await tx.scalar(
        sa.select(pictures.c.png).where(pictures.c.id == picture_id)
    )
    return found


async def prune_pictures(tx: Transaction, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` pictures kept since before then; returns how many."""
    old = sa.select(pictures.c.id).where(pictures.c.created_at < before).limit(limit)
    return (await tx.execute(sa.delete(pictures).where(pictures.c.id.in_(old)))).rowcount
