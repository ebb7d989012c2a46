"""The last tick of every market that somebody watches.

Owns where a market stands. Its tick moves forward only in or after the transaction that
stores all it fired, so that a crash between the two fires again instead of never.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from bot.domain.markets import Market, Tick
from bot.domain.topics import TopicKind
from storage.alerts import is_live
from storage.database import Transaction, upsert
from storage.schema import alerts, markets, subscriptions, topics


@dataclass(frozen=True, slots=True)
class StoredMarket:
    """A market with its last tick, None before the first, and a wild tick that waits.

    Strictly between the two prices of `quiet` no alert on the price is touched, and `measures`
    names what else is looked at; None where its alerts have changed since that was found out.
    """

    market: Market
    tick: Tick | None
    pending_price: Decimal | None = None
    pending_at: datetime | None = None
    quiet: tuple[float, float] | None = None
    measures: tuple[str, ...] | None = None


async def ask_market(tx: Transaction, market: Market, now: datetime) -> None:
    """Note that somebody asked for a market, so that it is watched for a while."""
    await tx.execute(
        upsert(tx, markets)
        .values(asset_id=market.asset_id, quote=market.quote, asked_at=now)
        .on_conflict_do_update(index_elements=["asset_id", "quote"], set_={"asked_at": now})
    )


async def ask_markets(tx: Transaction, asked: Collection[Market], now: datetime) -> None:
    """Note that somebody asked for these markets, so that they are watched for a while."""
    for market in asked:
        await ask_market(tx, market, now)


async def watched_markets(tx: Transaction, quote: str, asked_since: datetime) -> set[Market]:
    """The markets that need ticks.

    Those of alerts that are not done, the subscribed assets in `quote`, and those that
    somebody asked for since then.
    """
    rows = await tx.execute(
        sa.select(alerts.c.asset_id, alerts.c.quote)
        .where(is_live())
        .union(
            sa.select(markets.c.asset_id, markets.c.quote).where(markets.c.asked_at >= asked_since)
        )
    )
    watched = {Market(*row) for row in rows}
    asked = await tx.scalars(
        sa.select(topics.c.value).where(
            topics.c.kind == TopicKind.ASSET.value,
            sa.exists().where(subscriptions.c.topic_id == topics.c.id),
        )
    )
    return watched | {Market(asset_id, quote) for asset_id in asked}


async def stored_market(tx: Transaction, market: Market) -> StoredMarket:
    """What is known of a market; one never seen has no tick."""
    return (await stored_markets(tx, [market]))[market]


async def stored_markets(
    tx: Transaction, wanted: Collection[Market], *, to_move: bool = False
) -> dict[Market, StoredMarket]:
    """What is known of each market; one never seen has no tick.

    With `to_move` nobody else can move these markets before the transaction ends.
    """
    query = sa.select(markets).where(
        markets.c.asset_id.in_({market.asset_id for market in wanted}),
        markets.c.quote.in_({market.quote for market in wanted}),
    )
    if to_move:
        # SQLite has one writer anyway; the order keeps PostgreSQL's writers from deadlocks.
        query = query.order_by(markets.c.asset_id, markets.c.quote).with_for_update()
    found = {
        (row["asset_id"], row["quote"]): _stored(row)
        for row in (await tx.execute(query)).mappings()
    }
    return {
        market: found.get((market.asset_id, market.quote), StoredMarket(market, None))
        for market in wanted
    }


async def store_tick(tx: Transaction, tick: Tick) -> None:
    """Move a market's last tick forward, and drop a wild one that waited."""
    await store_ticks(tx, [tick])


async def store_ticks(tx: Transaction, ticks: Sequence[Tick]) -> None:
    """Move the last tick of each of these markets forward, and drop wild ones that waited."""
    if not ticks:
        return
    statement = upsert(tx, markets)
    moved = {name: statement.excluded[name] for name in _tick_values(ticks[0])}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["asset_id", "quote"], set_=moved),
        [
            {"asset_id": tick.market.asset_id, "quote": tick.market.quote, **_tick_values(tick)}
            for tick in ticks
        ],
    )


def _tick_values(tick: Tick) -> dict[str, object]:
    return {
        "price": tick.price,
        "provider": tick.provider,
        "provider_at": tick.provider_at,
        "received_at": tick.received_at,
        "change_1h": tick.change_1h,
        "change_24h": tick.change_24h,
        "change_7d": tick.change_7d,
        "high_24h": tick.high_24h,
        "low_24h": tick.low_24h,
        "volume_24h": tick.volume_24h,
        "ath": tick.ath,
        "atl": tick.atl,
        "pending_price": None,
        "pending_at": None,
    }


async def settle_markets(tx: Transaction, settled: Sequence[StoredMarket]) -> None:
    """Keep what was found out about the alerts of markets: their `quiet` and `measures`."""
    rows = [
        {
            "asset": one.market.asset_id,
            "in_quote": one.market.quote,
            "low": one.quiet[0],
            "high": one.quiet[1],
            "looked_at": " ".join(one.measures),
        }
        for one in settled
        if one.quiet is not None and one.measures is not None
    ]
    if not rows:
        return
    await tx.execute(
        sa.update(markets)
        .where(
            markets.c.asset_id == sa.bindparam("asset"), markets.c.quote == sa.bindparam("in_quote")
        )
        .values(
            quiet_low=sa.bindparam("low"),
            quiet_high=sa.bindparam("high"),
            measures=sa.bindparam("looked_at"),
        ),
        rows,
    )


async def hold_wild_tick(tx: Transaction, tick: Tick) -> None:
    """Keep a wild tick until a later one confirms it; the last good tick stays."""
    await tx.execute(
        sa.update(markets)
        .where(markets.c.asset_id == tick.market.asset_id, markets.c.quote == tick.market.quote)
        .values(pending_price=tick.price, pending_at=tick.provider_at)
    )


def _stored(row: sa.RowMapping) -> StoredMarket:
    found = dict(row)
    market = Market(found.pop("asset_id"), found.pop("quote"))
    pending_price, pending_at = found.pop("pending_price"), found.pop("pending_at")
    found.pop("asked_at")
    low, high = found.pop("quiet_low"), found.pop("quiet_high")
    measures: str | None = found.pop("measures")
    tick = None if found["price"] is None else Tick(market=market, **found)
    return StoredMarket(
        market,
        tick,
        pending_price,
        pending_at,
        None if low is None or high is None else (low, high),
        None if measures is None else tuple(measures.split()),
    )
