"""Chats and destinations: who can be written to, moving, and being forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import Line
from bot.domain.audiences import Audience
from bot.domain.chats import ChatKind, ChatSeen, ChatState, Destination
from bot.domain.outbox import MessageState, Rendered, Reply, Result
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage.alerts import alerts_of
from storage.audiences import owe_audience
from storage.broadcasts import add_broadcast, broadcast, broadcast_progress
from storage.chat_moves import migrate_chat
from storage.chats import (
    chat,
    chat_counts,
    destination,
    drop_forgotten,
    forget_chat,
    known_destination,
    say_goodbye,
    see_chat,
    set_chat_state,
)
from storage.inbox import Received, forget_updates, keep_updates
from storage.mutes import mute_topic
from storage.outbox import add_reply, candidates, record_results
from storage.owing import owe_firings, owe_story
from storage.schema import alerts, destinations, messages, metadata, notifications
from storage.subscriptions import subscribe, subscriptions_of

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
GROUP, SUPERGROUP = -10, -1001


async def _count(tx: Transaction, table: sa.Table, **values: object) -> int:
    query = sa.select(sa.func.count()).select_from(table).filter_by(**values)
    return await tx.scalar(query) or 0


async def test_a_chat_is_kept_as_it_was_last_seen(database: Database, now: datetime) -> None:
    later = now + timedelta(hours=1)
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(1, ChatKind.GROUP, "Old", "old_name", "de"), now)
        await see_chat(tx, ChatSeen(1, ChatKind.GROUP, "New", None), later)
        found = await chat(tx, 1)
    assert found is not None
    assert (found.title, found.username) == ("New", None)
    assert found.language == "de", "an update that tells no language takes none away"
    assert found.state is ChatState.ACTIVE


async def test_a_chat_never_seen_is_none(database: Database) -> None:
    async with database.reading() as tx:
        assert await chat(tx, 404) is None
        assert await known_destination(tx, 404) is None


async def test_seeing_a_gone_chat_does_not_revive_it(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(1, ChatKind.PRIVATE), now)
        assert await set_chat_state(tx, 1, ChatState.GONE, "blocked", now)
        await see_chat(tx, ChatSeen(1, ChatKind.PRIVATE), now)
        found = await chat(tx, 1)
        assert found is not None
        assert found.state is ChatState.GONE
        assert not await set_chat_state(tx, 1, ChatState.GONE, "blocked", now)
        assert await set_chat_state(tx, 1, ChatState.ACTIVE, None, now)


async def test_each_thread_is_one_destination_and_so_is_the_chat_itself(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(-1, ChatKind.SUPERGROUP), now)
        main, thread = await destination(tx, -1), await destination(tx, -1, 7)
        assert main == Destination(main.id, -1, 0)
        assert thread.id != main.id
        assert await destination(tx, -1) == main
        assert await known_destination(tx, -1, 7) == thread
        assert await _count(tx, destinations) == 2


async def test_the_key_of_a_chat_itself_holds_without_the_code(
    database: Database, given: Given
) -> None:
    """A NULL for "no thread" would let two rows be."""
    await given.destination(1)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with database.writing() as tx:
            await tx.execute(sa.insert(destinations).values(telegram_chat_id=1))


async def test_a_chat_that_goes_loses_what_waits_and_its_broadcasts_can_end(
    database: Database, given: Given, now: datetime
) -> None:
    admin = await given.destination(1)
    await given.destination(2)
    async with database.writing() as tx:
        number = await add_broadcast(tx, 1, admin, "hello", now)
        assert await owe_audience(tx, number, Audience(), now) == 2
        planned = await candidates(tx, now, 10, {})
        sent = next(one for one in planned if one.telegram_chat_id == 1)
        await record_results(tx, [Result(sent.id, MessageState.SENT, "", 77)], now)
        await set_chat_state(tx, 2, ChatState.GONE, "blocked", now)
        progress = await broadcast_progress(tx, number)
        assert await candidates(tx, now, 10, {}) == []
        dropped = await tx.scalar(sa.select(messages.c.reason).filter_by(state="dropped"))
    assert (progress.sent, progress.blocked, progress.waiting) == (1, 1, 0)
    assert dropped == "blocked"


async def test_chats_are_counted_by_kind_and_state(
    database: Database, given: Given, now: datetime
) -> None:
    for number in (1, 2):
        await given.destination(number)
    await given.destination(-1, kind=ChatKind.CHANNEL)
    async with database.writing() as tx:
        await set_chat_state(tx, 2, ChatState.GONE, None, now)
        counts = await chat_counts(tx)
    assert counts == {("private", "active"): 1, ("private", "gone"): 1, ("channel", "active"): 1}


# ---- a group becomes a supergroup


async def test_a_group_that_moves_takes_everything_along(
    database: Database, given: Given, now: datetime
) -> None:
    old = await given.subscriber(GROUP, BITCOIN)
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(GROUP, ChatKind.GROUP, "Miners", None, "de"), now)
        assert await migrate_chat(tx, GROUP, SUPERGROUP, now)
        moved = await chat(tx, SUPERGROUP)
        assert moved is not None
        assert (moved.kind, moved.title, moved.language) == (ChatKind.SUPERGROUP, "Miners", "de")
        assert await known_destination(tx, SUPERGROUP) == Destination(old, SUPERGROUP)
        assert [one.topic for one in await subscriptions_of(tx, old)] == [BITCOIN]
        assert await chat(tx, GROUP) is None
        assert not await migrate_chat(tx, GROUP, SUPERGROUP, now), "it moved before"
        assert not await migrate_chat(tx, SUPERGROUP, SUPERGROUP, now)


async def test_what_both_chats_have_is_kept_once(
    database: Database, given: Given, now: datetime
) -> None:
    old, new = await given.subscriber(GROUP, BITCOIN), await given.subscriber(SUPERGROUP, BITCOIN)
    thread = await given.destination(GROUP, 5)
    twin = await given.alert(old, "100", repeat=True)
    await given.alert(new, "100", repeat=True)
    other = await given.alert(old, "200")
    async with database.writing() as tx:
        await subscribe(tx, old, EVERYTHING, None, now)
        number = await add_broadcast(tx, 1, old, "hello", now)
        await migrate_chat(tx, GROUP, SUPERGROUP, now)
        assert {one.topic for one in await subscriptions_of(tx, new)} == {BITCOIN, EVERYTHING}
        assert await subscriptions_of(tx, old) == []
        found = await alerts_of(tx, new)
        levels = [one.condition.level for one in found if isinstance(one.condition, Line)]
        assert sorted(map(str, levels)) == ["100", "200"]
        assert other in {one.id for one in found}
        triggers = sa.select(alerts.c.state, alerts.c.trigger_high).filter_by(id=twin)
        assert (await tx.execute(triggers)).one() == ("done", None)
        assert await known_destination(tx, SUPERGROUP, 5) == Destination(thread, SUPERGROUP, 5)
        followed = await broadcast(tx, number)
        assert followed is not None
        assert followed.destination_id == new
        assert await _count(tx, destinations, telegram_chat_id=GROUP) == 0


async def _owed(tx: Transaction, destination_id: int) -> list[tuple[int, str]]:
    rows = await tx.execute(
        sa.select(notifications.c.subject_id, notifications.c.state)
        .filter_by(destination_id=destination_id)
        .order_by(notifications.c.subject_id)
    )
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize(
    ("told_before", "still_told"),
    [
        ([], 1),  # owed to both: told once
        ([GROUP], 0),  # the old one had it
        ([SUPERGROUP], 0),  # the new one had it
        ([GROUP, SUPERGROUP], 0),
    ],
)
@pytest.mark.parametrize("planned", [False, True])
async def test_a_story_owed_to_both_chats_is_told_once(
    database: Database,
    given: Given,
    now: datetime,
    told_before: list[int],
    still_told: int,
    planned: bool,
) -> None:
    old, new = await given.subscriber(GROUP), await given.subscriber(SUPERGROUP)
    story = await given.story()
    topic = await given.topic_id()
    async with database.writing() as tx:
        assert await owe_story(tx, story, 1, [topic], now) == 2
        if planned or told_before:
            due = await candidates(tx, now, 10, {})
            told = [one for one in due if one.telegram_chat_id in told_before]
            results = [Result(one.id, MessageState.SENT, "", 7) for one in told]
            await record_results(tx, results, now)
        await migrate_chat(tx, GROUP, SUPERGROUP, now)
        due = await candidates(tx, now, 10, {})
        assert [(one.telegram_chat_id, one.subject_id) for one in due] == [(SUPERGROUP, story)][
            :still_told
        ]
        assert len(await _owed(tx, new)) == 1
        assert await _owed(tx, old) == []
        assert await owe_story(tx, story, 1, [topic], now) == 0


async def test_what_only_the_old_chat_was_owed_moves(
    database: Database, given: Given, now: datetime
) -> None:
    old, new = await given.subscriber(GROUP), await given.destination(SUPERGROUP)
    story, alert = await given.story(), await given.alert(old)
    firing = await given.firing(alert)
    reply = Reply(old, Rendered("an answer"))
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [await given.topic_id()], now)
        await owe_firings(tx, [firing], now)
        await add_reply(tx, reply, "update:1", now)
        await migrate_chat(tx, GROUP, SUPERGROUP, now)
        due = await candidates(tx, now, 10, {})
        assert [one.destination_id for one in due] == [new] * 3
        assert {one.telegram_chat_id for one in due} == {SUPERGROUP}
        assert await owe_story(tx, story, 1, [await given.topic_id()], now) == 0


async def test_what_telegram_called_the_messages_of_a_group_is_forgotten(
    database: Database, given: Given, now: datetime
) -> None:
    """In the supergroup other messages have those numbers: none is edited or answered."""
    old = await given.subscriber(GROUP)
    story = await given.story()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [await given.topic_id()], now)
        (push,) = await candidates(tx, now, 10, {})
        await record_results(tx, [Result(push.id, MessageState.SENT, "", 7)], now)
        edit = sa.insert(messages).values(
            destination_id=old,
            method="edit",
            priority=3,
            state="waiting",
            subject="story",
            subject_id=story,
            telegram_message_id=7,
            not_before_at=now,
            created_at=now,
        )
        await tx.execute(edit)
        await migrate_chat(tx, GROUP, SUPERGROUP, now)
        assert await candidates(tx, now, 10, {}) == []
        told = sa.select(notifications.c.state, notifications.c.telegram_message_id)
        assert (await tx.execute(told)).one() == ("sent", None)


# ---- forgetting


async def test_a_forgotten_chat_leaves_no_row_in_any_table(
    database: Database, given: Given, now: datetime
) -> None:
    """Whatever table has a chat or a destination in it; another chat's rows all stay."""
    for chat_id in (1, 2):
        destination_id = await given.subscriber(chat_id)
        alert = await given.alert(destination_id)
        firing = await given.firing(alert)
        async with database.writing() as tx:
            await owe_firings(tx, [firing], now)
            number = await add_broadcast(tx, chat_id, destination_id, "hello", now)
            await owe_audience(tx, number, Audience(), now)
            await add_reply(tx, Reply(destination_id, Rendered("x")), f"update:{chat_id}", now)
            await mute_topic(tx, destination_id, 1, now)
            await keep_updates(tx, [Received(chat_id, chat_id, "words")], now)
    story, topic = await given.story(), await given.topic_id()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [topic], now)
        await candidates(tx, now, 4, {})
        one = await known_destination(tx, 1)
        other = await known_destination(tx, 2)
        assert one is not None
        assert other is not None
        await forget_chat(tx, 1)
        await forget_updates(tx, 1, 1)
        columns = [
            (column, {"destination_id": one.id, "telegram_chat_id": 1}[column.name])
            for table in metadata.sorted_tables
            for column in table.c
            if column.name in {"destination_id", "telegram_chat_id"}
        ]
        assert len({column.table.name for column, _ in columns}) >= 8
        for column, value in columns:
            here = sa.select(sa.func.count()).select_from(column.table)
            assert await tx.scalar(here.where(column == value)) == 0, column
            kept = {"destination_id": other.id, "telegram_chat_id": 2}[column.name]
            assert await tx.scalar(here.where(column == kept)), column


async def test_the_goodbye_is_delivered_and_then_even_the_number_goes(
    database: Database, given: Given, now: datetime
) -> None:
    await given.subscriber(1)
    async with database.writing() as tx:
        await forget_chat(tx, 1)
        bare = await say_goodbye(tx, 1, ChatKind.PRIVATE, 0, now)
        await add_reply(tx, Reply(bare.id, Rendered("bye")), "update:9", now)
        assert await drop_forgotten(tx) == 0
        (goodbye,) = await candidates(tx, now, 10, {})
        await record_results(tx, [Result(goodbye.id, MessageState.SENT, "", 5)], now)
        assert await drop_forgotten(tx) == 1
        assert await chat(tx, 1) is None
        assert await _count(tx, destinations) == 0


async def test_a_forgotten_chat_that_begins_again_is_not_dropped(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        await say_goodbye(tx, 1, ChatKind.PRIVATE, 0, now)
        await set_chat_state(tx, 1, ChatState.ACTIVE, None, now)
        assert await drop_forgotten(tx) == 0
