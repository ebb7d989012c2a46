"""Who a broadcast goes to: every condition, and the moment it is fixed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.audiences import EVERYBODY, Audience
from bot.domain.chats import ChatKind, ChatSeen, ChatState
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage.audiences import audience_count, owe_audience
from storage.broadcasts import add_broadcast
from storage.chats import destination, see_chat, set_chat_state
from storage.schema import destinations, notifications
from storage.subscriptions import subscribe

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
RULES = Topic(TopicKind.CATEGORY, "regulation")
GROUPS = (ChatKind.GROUP, ChatKind.SUPERGROUP)
DAY = timedelta(days=1)


async def _town(tx: Transaction, now: datetime) -> None:
    """Chats of each kind, language, age and interest; 6 is gone, -9 only ever used a thread."""
    people: list[tuple[int, ChatKind, str | None, int, list[Topic]]] = [
        (1, ChatKind.PRIVATE, "de", 0, [BITCOIN]),
        (2, ChatKind.PRIVATE, "de-AT", 40, [BITCOIN, RULES]),
        (3, ChatKind.PRIVATE, "en", 20, []),
        (4, ChatKind.PRIVATE, None, 30, [EVERYTHING]),
        (6, ChatKind.PRIVATE, "de", 0, [BITCOIN]),
        (-7, ChatKind.GROUP, None, 0, [RULES]),
        (-8, ChatKind.CHANNEL, None, 0, [BITCOIN]),
        (-9, ChatKind.SUPERGROUP, None, 31, [BITCOIN]),
    ]
    for chat_id, kind, language, days, topics in people:
        seen_at = now - timedelta(days=days)
        await see_chat(tx, ChatSeen(chat_id, kind, language=language), seen_at)
        here = await destination(tx, chat_id, 5 if chat_id == -9 else 0)
        for topic in topics:
            await subscribe(tx, here.id, topic, None, now)
    await set_chat_state(tx, 6, ChatState.GONE, None, now)


async def _owed_to(tx: Transaction) -> set[int]:
    query = sa.select(destinations.c.telegram_chat_id, destinations.c.thread_id).join(
        notifications, notifications.c.destination_id == destinations.c.id
    )
    rows = list(await tx.execute(query))
    assert all(thread_id == 0 for _, thread_id in rows), "a broadcast goes to the main thread"
    return {chat_id for chat_id, _ in rows}


@pytest.mark.parametrize(
    ("audience", "chats"),
    [
        (EVERYBODY, {1, 2, 3, 4, -7, -8, -9}),
        (Audience(kinds=(ChatKind.PRIVATE,)), {1, 2, 3, 4}),
        (Audience(kinds=GROUPS), {-7, -9}),
        (Audience(kinds=(*GROUPS, ChatKind.CHANNEL)), {-7, -8, -9}),
        (Audience(languages=("de",)), {1, 2}),
        (Audience(languages=("de-at", "en")), {2, 3}),
        (Audience(languages=("d",)), set()),
        (Audience(languages=("%",)), set()),
        (Audience(topics=(BITCOIN,)), {1, 2, -8, -9}),
        (Audience(topics=(RULES, EVERYTHING)), {2, 4, -7}),
        (Audience(topics=(Topic(TopicKind.SOURCE, "wire"),)), set()),
        (Audience(active_within=30 * DAY), {1, 3, 4, -7, -8}),
        (Audience(active_within=DAY), {1, -7, -8}),
        (Audience((ChatKind.PRIVATE,), ("de",), (BITCOIN,), 30 * DAY), {1}),
    ],
)
async def test_each_condition_narrows_and_all_of_them_hold(
    database: Database, now: datetime, audience: Audience, chats: set[int]
) -> None:
    """What the preview counts is what is owed, once a chat."""
    async with database.writing() as tx:
        await _town(tx, now)
        here = (await destination(tx, 1)).id
        number = await add_broadcast(tx, 1, here, "hello", now, audience=audience)
        assert await audience_count(tx, audience, now) == len(chats)
        assert await owe_audience(tx, number, audience, now) == len(chats)
        assert await owe_audience(tx, number, audience, now) == 0
        assert await _owed_to(tx) == chats


async def test_the_audience_is_fixed_when_it_is_owed(database: Database, now: datetime) -> None:
    """Who comes while a broadcast is under way does not get it."""
    async with database.writing() as tx:
        await _town(tx, now)
        number = await add_broadcast(tx, 1, (await destination(tx, 1)).id, "hello", now)
        await owe_audience(tx, number, EVERYBODY, now)
        await see_chat(tx, ChatSeen(99, ChatKind.PRIVATE), now)
        await destination(tx, 99)
        assert 99 not in await _owed_to(tx)
        assert await audience_count(tx, EVERYBODY, now) == 8
