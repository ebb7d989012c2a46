"""Whether anything was told that may stand beside a move.

Owns this one question, so that moves beside which there is nothing cost no search. Which
stories stand beside one is `storage.move_stories`' to find.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.domain.articles import Role
from bot.domain.move_stories import MARKET_WIDE
from storage.database import Transaction
from storage.schema import article_assets, article_categories


async def told_of(
    tx: Transaction, asset_ids: Collection[str], since: datetime, until: datetime
) -> list[str]:
    """Those of the assets of which anything was told between two times, in order.

    All of them where there was news of a kind that moves the whole market.
    """
    wide = article_categories.c
    is_wide = await tx.scalar(
        sa.select(sa.literal(1))
        .where(wide.name.in_(MARKET_WIDE), wide.published_at.between(since, until))
        .limit(1)
    )
    if is_wide:
        return sorted(asset_ids)
    about = article_assets.c
    found = await tx.scalars(
        sa.select(about.asset_id)
        .where(
            about.asset_id.in_(asset_ids),
            about.role == Role.PRIMARY.value,
            about.published_at.between(since, until),
        )
        .distinct()
    )
    return sorted(found)
