"""Pictures that wait to be sent.

Owns their bytes from when a message is owed until it has long left, and what Telegram calls
those that it has. Refuses to look into them.
"""

from datetime import datetime

import sqlalchemy as sa

from bot.domain.outbox import KeptPicture
from storage.database import Transaction, upsert
from storage.schema import pictures


async def add_picture(tx: Transaction, png: bytes, now: datetime, key: str | None = None) -> int:
    """Keep a picture and return its id; of a key the one that was kept first stays."""
    picture_id: int | None = await tx.scalar(
        upsert(tx, pictures)
        .values(png=png, created_at=now, key=key)
        .on_conflict_do_nothing()
        .returning(pictures.c.id)
    )
    if picture_id is None and key is not None:
        picture_id = await picture_with(tx, key)
    assert picture_id is not None  # noqa: S101  # an INSERT returns its id, or the key was there
    return picture_id


async def picture_with(tx: Transaction, key: str) -> int | None:
    """The id of the picture with a key, or None when none is kept."""
    found: int | None = await tx.scalar(sa.select(pictures.c.id).where(pictures.c.key == key))
    return found


async def picture(tx: Transaction, picture_id: int) -> KeptPicture | None:
    """A picture, or None when it is not kept any more."""
    found = await tx.execute(
        sa.select(pictures.c.png, pictures.c.file_id).where(pictures.c.id == picture_id)
    )
    row = found.one_or_none()
    return None if row is None else KeptPicture(row.png, row.file_id)


async def name_picture(tx: Transaction, picture_id: int, file_id: str) -> None:
    """Note what Telegram calls a picture that it has."""
    await tx.execute(sa.update(pictures).where(pictures.c.id == picture_id).values(file_id=file_id))


async def prune_pictures(tx: Transaction, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` pictures kept since before then; returns how many."""
    old = sa.select(pictures.c.id).where(pictures.c.created_at < before).limit(limit)
    return (await tx.execute(sa.delete(pictures).where(pictures.c.id.in_(old)))).rowcount
