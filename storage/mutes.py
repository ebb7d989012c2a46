"""Topics that a destination wants to hear nothing of for a while.

Owns the rows. What a mute holds back is decided where stories are owed, in `storage.outbox`.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.topics import StoredTopic, Topic, TopicKind
from storage.database import Transaction, upsert
from storage.schema import mutes, topics


@dataclass(frozen=True, slots=True)
class Mute:
    """A topic that a destination has muted, until a time."""

    topic_id: int
    topic: Topic
    until_at: datetime


async def mute_topic(
    tx: Transaction, destination_id: int, topic_id: int, until_at: datetime
) -> None:
    """Mute a topic until then; a mute that stands is moved."""
    await tx.execute(
        upsert(tx, mutes)
        .values(destination_id=destination_id, topic_id=topic_id, until_at=until_at)
        .on_conflict_do_update(
            index_elements=["destination_id", "topic_id"], set_={"until_at": until_at}
        )
    )


async def unmute_topic(tx: Transaction, destination_id: int, topic_id: int) -> bool:
    """End a mute; false when there was none."""
    result = await tx.execute(
        sa.delete(mutes).where(
            mutes.c.destination_id == destination_id, mutes.c.topic_id == topic_id
        )
    )
    return result.rowcount > 0


async def mutes_of(tx: Transaction, destination_id: int, now: datetime) -> list[Mute]:
    """The mutes of a destination that have not ended, the first to end first."""
    rows = await tx.execute(
        sa.select(mutes.c.topic_id, topics.c.kind, topics.c.value, mutes.c.until_at)
        .join(topics, topics.c.id == mutes.c.topic_id)
        .where(mutes.c.destination_id == destination_id, mutes.c.until_at > now)
        .order_by(mutes.c.until_at, mutes.c.topic_id)
    )
    return [Mute(row.topic_id, Topic(TopicKind(row.kind), row.value), row.until_at) for row in rows]


async def muted_topics(tx: Transaction, now: datetime) -> list[StoredTopic]:
    """Every topic that some destination has muted at this time, by id."""
    is_muted = sa.exists().where(mutes.c.topic_id == topics.c.id, mutes.c.until_at > now)
    rows = await tx.execute(
        sa.select(topics.c.id, topics.c.kind, topics.c.value).where(is_muted).order_by(topics.c.id)
    )
    return [StoredTopic(row.id, Topic(TopicKind(row.kind), row.value)) for row in rows]


async def prune_mutes(tx: Transaction, now: datetime) -> int:
    """Delete the mutes that have ended; returns how many."""
    result = await tx.execute(sa.delete(mutes).where(mutes.c.until_at <= now))
    return result.rowcount
