"""Whose database this is.

Owns the bot's id. With a token of another bot every chat would look gone, so that the
program must refuse it.
"""

import sqlalchemy as sa

from bot.domain.errors import ForeignBot
from storage.database import Transaction, upsert
from storage.schema import facts

_BOT_ID = "bot_id"


async def claim_identity(tx: Transaction, bot_id: int) -> None:
    """Remember the bot's id, or confirm that it is the one remembered.

    Raises ForeignBot when the database belongs to another bot.
    """
    await tx.execute(
        upsert(tx, facts).values(key=_BOT_ID, value=str(bot_id)).on_conflict_do_nothing()
    )
    stored = await tx.scalar(sa.select(facts.c.value).where(facts.c.key == _BOT_ID))
    if stored != str(bot_id):
        raise ForeignBot(
            f"this database belongs to the bot {stored}, the token to {bot_id}: "
            "use the token it was made with, or another storage.url"
        )
