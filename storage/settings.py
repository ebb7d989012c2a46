"""What a destination chose of how things look.

Owns the columns for it. Refuses defaults of its own: the schema has them.
"""

import sqlalchemy as sa

from bot.domain.outbox import Pictures
from storage.database import Transaction
from storage.schema import destinations


async def pictures_of(tx: Transaction, destination_id: int) -> Pictures:
    """How a destination wants the pictures of news; large ones when it is not known."""
    query = sa.select(destinations.c.pictures).where(destinations.c.id == destination_id)
    return Pictures(await tx.scalar(query) or Pictures.LARGE)


async def set_pictures(tx: Transaction, destination_id: int, pictures: Pictures) -> None:
    """Choose how the pictures of news are shown from the next message on."""
    await tx.execute(
        sa.update(destinations)
        .where(destinations.c.id == destination_id)
        .values(pictures=pictures.value)
    )
