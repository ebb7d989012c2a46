"""Subscriptions, with their interned topics and filters.

Owns who asked for what. A topic that nobody asks for any more stays interned: it costs a row
and matches nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.topics import Filter, StoredTopic, Topic, TopicKind
from storage.database import Transaction, upsert
from storage.schema import destinations, filters, subscriptions, topics


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription of a destination."""

    id: int
    destination_id: int
    topic: Topic
    created_at: datetime
    filter: Filter = Filter.NONE


async def _interned(tx: Transaction, table: sa.Table, key: dict[str, str]) -> int:
    query = sa.select(table.c.id).filter_by(**key)
    found = await tx.scalar(query)
    if found is None:
        await tx.execute(upsert(tx, table).values(key).on_conflict_do_nothing())
        found = await tx.scalar(query)
    assert found is not None  # noqa: S101  # the insert above or a rival's stored it
    return int(found)


async def interned_topic(tx: Transaction, topic: Topic) -> int:
    """The id of a topic, which buttons can carry; stored when it is new."""
    return await _interned(tx, topics, {"kind": topic.kind.value, "value": topic.value})


async def topic_of(tx: Transaction, topic_id: int) -> Topic | None:
    """The topic of that id, or None."""
    query = sa.select(topics.c.kind, topics.c.value).where(topics.c.id == topic_id)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Topic(TopicKind(row[0]), row[1])


async def subscribe(
    tx: Transaction,
    destination_id: int,
    topic: Topic,
    created_by: int | None,
    now: datetime,
    narrowed: Filter = Filter.NONE,
) -> bool:
    """Add a subscription; false when the destination has it already.

    One to the same topic that was narrowed otherwise is replaced: the last word counts.
    """
    topic_id = await interned_topic(tx, topic)
    filter_id = await _interned(tx, filters, {"value": narrowed.value})
    await tx.execute(
        sa.delete(subscriptions).where(
            subscriptions.c.destination_id == destination_id,
            subscriptions.c.topic_id == topic_id,
            subscriptions.c.filter_id != filter_id,
        )
    )
    result = await tx.execute(
        upsert(tx, subscriptions)
        .values(
            destination_id=destination_id,
            topic_id=topic_id,
            filter_id=filter_id,
            created_by=created_by,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount > 0


async def unsubscribe(tx: Transaction, destination_id: int, topic: Topic) -> bool:
    """Remove the subscription to a topic; false when there was none."""
    topic_ids = sa.select(topics.c.id).filter_by(kind=topic.kind.value, value=topic.value)
    result = await tx.execute(
        sa.delete(subscriptions).where(
            subscriptions.c.destination_id == destination_id,
            subscriptions.c.topic_id.in_(topic_ids),
        )
    )
    return result.rowcount > 0


async def unsubscribe_all(tx: Transaction, destination_id: int) -> int:
    """Remove every subscription of a destination; returns how many there were."""
    result = await tx.execute(
        sa.delete(subscriptions).where(subscriptions.c.destination_id == destination_id)
    )
    return result.rowcount


async def subscriptions_of(tx: Transaction, destination_id: int) -> list[Subscription]:
    """The subscriptions of a destination, oldest first."""
    query = _query().where(subscriptions.c.destination_id == destination_id)
    return [_subscription(row) for row in (await tx.execute(query)).mappings()]


async def subscription(tx: Transaction, subscription_id: int) -> Subscription | None:
    """The subscription of that id, or None."""
    query = _query().where(subscriptions.c.id == subscription_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else _subscription(row)


async def remove_subscription(tx: Transaction, subscription_id: int, destination_id: int) -> bool:
    """Remove one subscription of that destination; false when it is not there."""
    result = await tx.execute(
        sa.delete(subscriptions).where(
            subscriptions.c.id == subscription_id,
            subscriptions.c.destination_id == destination_id,
        )
    )
    return result.rowcount > 0


async def asked_topics(tx: Transaction) -> list[StoredTopic]:
    """Every topic that some destination subscribes to, by id."""
    asked = sa.exists().where(subscriptions.c.topic_id == topics.c.id)
    rows = await tx.execute(
        sa.select(topics.c.id, topics.c.kind, topics.c.value).where(asked).order_by(topics.c.id)
    )
    return [StoredTopic(row[0], Topic(TopicKind(row[1]), row[2])) for row in rows]


async def asked_asset_ids(tx: Transaction) -> set[str]:
    """The ids of all assets that some destination subscribes to."""
    return {
        stored.topic.value
        for stored in await asked_topics(tx)
        if stored.topic.kind is TopicKind.ASSET
    }


async def subscription_counts(tx: Transaction) -> tuple[int, int]:
    """How many subscriptions there are, and how many destinations have one."""
    row = (
        await tx.execute(
            sa.select(
                sa.func.count(), sa.func.count(sa.distinct(subscriptions.c.destination_id))
            ).select_from(subscriptions)
        )
    ).one()
    return row[0], row[1]


def _query() -> sa.Select[Any]:
    return (
        sa.select(
            subscriptions.c.id,
            subscriptions.c.destination_id,
            topics.c.kind,
            topics.c.value,
            filters.c.value.label("filter"),
            subscriptions.c.created_at,
        )
        .join(topics, topics.c.id == subscriptions.c.topic_id)
        .join(filters, filters.c.id == subscriptions.c.filter_id)
        .join(destinations, destinations.c.id == subscriptions.c.destination_id)
        .order_by(subscriptions.c.id)
    )


def _subscription(row: sa.RowMapping) -> Subscription:
    topic = Topic(TopicKind(row["kind"]), row["value"])
    narrowed = Filter(row["filter"])
    return Subscription(row["id"], row["destination_id"], topic, row["created_at"], narrowed)
