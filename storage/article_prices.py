"""What the assets of articles cost when those came, to tell later how they moved since.

Owns which price counts as that, and the rows where it is noted. Refuses to tell a move:
`bot.chat.story_prices` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from bot.domain.articles import Role
from bot.domain.markets import Market
from storage.articles import known_key, mark_changed
from storage.database import Transaction
from storage.schema import article_assets, articles, markets

# An older price is none at which the readers of an article could still have acted.
_BEFORE = timedelta(minutes=15)
# A later one may have moved by what the article tells.
_AFTER = timedelta(minutes=5)
# Providers give prices that are some minutes old.
_AWAITED = 2 * _AFTER
_YOUNG = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class StartingPrice:
    """What an asset of an article cost when that came."""

    article_id: int
    asset_id: str
    price: Decimal


def is_starting_price(priced_at: datetime, came_at: datetime) -> bool:
    """Whether a price of that time is one that moves are counted from since an article came.

    It is at most fifteen minutes older, and at most five younger.
    """
    return -_BEFORE <= priced_at - came_at <= _AFTER


async def note_prices(
    tx: Transaction, source_id: int, guid: str, prices: Mapping[Market, Decimal | None]
) -> None:
    """Keep what an article's assets cost when it came; what is kept already stays.

    None is a price that is not known yet: the first that comes soon enough is found by
    `awaited_prices`.
    """
    article_id = (
        sa.select(articles.c.id)
        .where(articles.c.source_id == source_id, articles.c.guid == known_key(guid))
        .scalar_subquery()
    )
    for market, price in prices.items():
        await tx.execute(
            sa.update(article_assets)
            .where(
                article_assets.c.article_id == article_id,
                article_assets.c.asset_id == market.asset_id,
                article_assets.c.price.is_(None),
            )
            .values(price=price, quote=market.quote)
        )


async def awaited_prices(tx: Transaction, now: datetime) -> list[StartingPrice]:
    """The first prices of assets that nobody watched before an article about them came.

    In no order; only those that came soon enough after the article.
    """
    since = now - _AWAITED
    is_asked = (markets.c.asked_at >= since, markets.c.provider_at >= since - _BEFORE)
    asked = set(await tx.scalars(sa.select(markets.c.asset_id).where(*is_asked)))
    if not asked:
        return []
    rows = await tx.execute(
        sa.select(
            article_assets.c.article_id,
            article_assets.c.asset_id,
            articles.c.created_at,
            markets.c.price,
            markets.c.provider_at,
        )
        .select_from(article_assets)
        .join(articles, articles.c.id == article_assets.c.article_id)
        .join(markets, _is_market_of_asset())
        .where(
            *is_asked,
            # Named one by one they lead along the index of each one's articles.
            article_assets.c.asset_id.in_(asked),
            article_assets.c.role == Role.PRIMARY.value,
            article_assets.c.published_at >= now - _YOUNG,
            article_assets.c.price.is_(None),
            articles.c.created_at >= since,
        )
    )
    return [
        StartingPrice(row.article_id, row.asset_id, row.price)
        for row in rows
        if is_starting_price(row.provider_at, row.created_at)
    ]


def _is_market_of_asset() -> sa.ColumnElement[bool]:
    return sa.and_(
        markets.c.asset_id == article_assets.c.asset_id, markets.c.quote == article_assets.c.quote
    )


async def note_awaited(tx: Transaction, found: Sequence[StartingPrice], now: datetime) -> None:
    """Keep the prices that `awaited_prices` found; what was noted meanwhile stays.

    Their stories' pushes tell no price yet, and less than is known from `now` on.
    """
    for one in found:
        await tx.execute(
            sa.update(article_assets)
            .where(
                article_assets.c.article_id == one.article_id,
                article_assets.c.asset_id == one.asset_id,
                article_assets.c.price.is_(None),
            )
            .values(price=one.price)
        )
    ids = {one.article_id for one in found}
    of_them = sa.select(articles.c.story_id).where(articles.c.id.in_(ids))
    for story_id in sorted(set(await tx.scalars(of_them))):
        await mark_changed(tx, story_id, now)
