"""Many notifications in one message: on both databases, whatever else happens to the rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.domain.articles import Article, Importance
from bot.domain.chats import ChatState
from bot.domain.outbox import Backlog, Claimed, Fold, MessageState, Priority, Result, Subject
from storage.articles import Place, add_article
from storage.chat_moves import migrate_chat
from storage.chats import set_chat_state
from storage.database import Database
from storage.folding import (
    backlogs,
    destinations_behind,
    digest_firing_ids,
    digest_stories,
    fold_owed,
    oldest_owed_at,
)
from storage.outbox import candidates, lease_messages, plan_messages, record_results
from storage.owing import owe_firings, owe_story
from storage.schema import articles, messages, notifications, stories
from storage.subscriptions import asked_topics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.storage.conftest import Given

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Desk:
    """Owes stories of different ages and folds what a test chooses."""

    def __init__(self, database: Database, given: Given, now: datetime) -> None:
        self.database = database
        self.given = given
        self.now = now
        self.stories: list[int] = []

    async def owe(self, *minutes: float, **facts: Any) -> list[int]:
        """Owe a story each to every subscriber, so many minutes ago; gives the stories' ids."""
        topic = await self.given.topic_id()
        ids = []
        for age in minutes:
            at = self.now - age * MINUTE
            number = len(self.stories) + 1
            story = await self.given.story(f"g{number}", **{"published_at": at, **facts})
            async with self.database.writing() as tx:
                await owe_story(tx, story, 1, [topic], at)
            self.stories.append(story)
            ids.append(story)
        return ids

    async def backlogs(self, priority: Priority = Priority.NEWS) -> list[Backlog]:
        async with self.database.reading() as tx:
            return await backlogs(tx, priority, 0, 2**40)

    async def behind(self, least: int = 1, priority: Priority = Priority.NEWS) -> dict[int, int]:
        async with self.database.reading() as tx:
            before = self.now - 10 * MINUTE
            return dict(
                await destinations_behind(
                    tx, priority, before, least, alone_since=before - timedelta(minutes=50)
                )
            )

    async def fold(self, folds: Sequence[Fold], priority: Priority = Priority.NEWS) -> int:
        async with self.database.writing() as tx:
            return await fold_owed(tx, priority, folds, self.now, self.now + DAY)

    async def fold_all(self, priority: Priority = Priority.NEWS) -> int:
        return await self.fold(whole(await self.backlogs(priority)), priority)

    async def due(self, limit: int = 100) -> list[Claimed]:
        async with self.database.writing() as tx:
            return await candidates(tx, self.now, limit, {})

    async def lease(self, ids: Sequence[int]) -> None:
        async with self.database.writing() as tx:
            await lease_messages(tx, ids, "me", self.now + MINUTE)

    async def end(self, message_id: int, state: MessageState = MessageState.SENT) -> None:
        result = Result(message_id, state, telegram_message_id=99)
        async with self.database.writing() as tx:
            await record_results(tx, [result], self.now)

    async def states(self, table: sa.Table) -> dict[str, int]:
        async with self.database.reading() as tx:
            rows = await tx.execute(
                sa.select(table.c.state, sa.func.count()).group_by(table.c.state)
            )
            return {row[0]: row[1] for row in rows}

    async def told(self, message_id: int) -> list[int]:
        async with self.database.reading() as tx:
            _, found = await digest_stories(tx, message_id, 1000)
            return [stored.id for stored in found]


def whole(found: Sequence[Backlog]) -> list[Fold]:
    """A fold of all that waits."""
    return [
        Fold(
            b.destination_id,
            tuple(owed.notification_id for owed in b.owed),
            b.owed[0].created_at,
            b.digest_id,
        )
        for b in found
    ]


@pytest.fixture
def desk(database: Database, given: Given, now: datetime) -> Desk:
    return Desk(database, given, now)


async def test_nothing_waits_in_an_empty_outbox(desk: Desk) -> None:
    async with desk.database.reading() as tx:
        assert await oldest_owed_at(tx, Priority.NEWS) is None
        assert await oldest_owed_at(tx, Priority.ALERT) is None
    assert await desk.behind() == {}
    assert await desk.backlogs() == []
    assert await desk.fold([]) == 0


async def test_the_oldest_counts_whether_it_is_owed_or_planned(desk: Desk) -> None:
    """A message on the wire, and a digest, do not count."""
    await desk.given.subscriber()
    await desk.owe(30, 20)

    async def oldest() -> datetime | None:
        async with desk.database.reading() as tx:
            return await oldest_owed_at(tx, Priority.NEWS)

    assert await oldest() == desk.now - 30 * MINUTE
    async with desk.database.writing() as tx:
        await plan_messages(tx, Priority.NEWS, desk.now, 1, {})
    assert await oldest() == desk.now - 30 * MINUTE
    (first,) = await desk.due(1)
    await desk.lease([first.id])
    assert await oldest() == desk.now - 20 * MINUTE
    await desk.end(first.id, MessageState.WAITING)
    await desk.fold_all()
    assert await oldest() is None


@pytest.mark.parametrize(
    ("minutes", "least", "size"),
    [
        ((), 1, None),
        ((9, 8, 7), 1, None),
        ((30,), 1, None),
        ((30, 5), 1, None),
        ((30, 20), 1, 2),
        ((30, 6, 5), 1, 3),
        ((30, 20, 15, 14, 13), 6, None),
        ((30, 20, 15, 14, 13, 12), 6, 6),
    ],
)
async def test_who_is_behind(
    desk: Desk, minutes: tuple[int, ...], least: int, size: int | None
) -> None:
    here = await desk.given.subscriber()
    await desk.owe(*minutes)
    assert await desk.behind(least) == ({} if size is None else {here: size})


async def test_one_late_story_is_enough_where_a_digest_waits(desk: Desk) -> None:
    here = await desk.given.subscriber()
    await desk.owe(40, 30)
    await desk.fold_all()
    assert await desk.behind() == {}
    await desk.owe(5)
    assert await desk.behind() == {}
    await desk.owe(20)
    assert await desk.behind(6) == {here: 2}


async def test_each_destination_gets_one_message_that_tells_all(desk: Desk) -> None:
    """What was owed and what was planned is in it, newest first; the singles are dropped."""
    here = await desk.given.subscriber(1)
    there = await desk.given.subscriber(2, thread_id=7)
    ids = await desk.owe(40, 30, 20)
    async with desk.database.writing() as tx:
        await plan_messages(tx, Priority.NEWS, desk.now, 3, {})
    assert await desk.behind() == {here: 3, there: 3}
    assert await desk.fold_all() == 6
    due = await desk.due()
    assert [(one.destination_id, one.subject) for one in due] == [
        (here, Subject.DIGEST),
        (there, Subject.DIGEST),
    ]
    for one in due:
        assert (one.subject_id, one.priority, one.revision) == (one.id, Priority.NEWS, 1)
        assert (one.created_at, one.expires_at) == (desk.now - 40 * MINUTE, desk.now + DAY)
        assert await desk.told(one.id) == ids[::-1]
    assert await desk.states(messages) == {"waiting": 2, "dropped": 3}
    assert await desk.states(notifications) == {"planned": 6}


async def test_folding_again_changes_nothing(desk: Desk) -> None:
    """Neither anew, nor with what was read before."""
    await desk.given.subscriber()
    await desk.owe(40, 30)
    read = whole(await desk.backlogs())
    assert await desk.fold(read) == 2
    assert await desk.fold(read) == 0
    assert await desk.fold_all() == 0
    assert len(await desk.due()) == 1


async def test_the_result_of_a_digest_ends_all_that_it_tells(desk: Desk) -> None:
    """Sent once is sent for all, and nothing is owed again."""
    await desk.given.subscriber()
    story, *_ = await desk.owe(40, 30, 20)
    await desk.fold_all()
    (digest,) = await desk.due()
    await desk.lease([digest.id])
    await desk.end(digest.id)
    assert await desk.states(notifications) == {"sent": 3}
    async with desk.database.writing() as tx:
        ids = await tx.scalars(sa.select(notifications.c.telegram_message_id))
        assert set(ids) == {99}
        assert await owe_story(tx, story, 1, [await desk.given.topic_id()], desk.now) == 0
    assert await desk.due() == []


async def test_what_went_on_the_wire_meanwhile_stays_out(desk: Desk) -> None:
    """Read, then sent by the drain, then folded: nothing is told twice."""
    await desk.given.subscriber()
    ids = await desk.owe(40, 30, 20)
    read = whole(await desk.backlogs())
    (first,) = await desk.due(1)
    await desk.lease([first.id])
    assert await desk.fold(read) == 2
    await desk.end(first.id)
    (digest,) = await desk.due()
    assert await desk.told(digest.id) == [ids[2], ids[1]]


async def test_of_two_that_were_read_a_single_one_still_goes_alone(desk: Desk) -> None:
    await desk.given.subscriber()
    await desk.owe(40, 30)
    read = whole(await desk.backlogs())
    (first,) = await desk.due(1)
    await desk.lease([first.id])
    assert await desk.fold(read) == 0
    await desk.end(first.id)
    (second,) = await desk.due()
    assert second.subject is Subject.STORY


async def test_a_digest_that_waits_grows(desk: Desk) -> None:
    """Its revision goes up, so that no text of it that was kept is sent."""
    await desk.given.subscriber()
    ids = await desk.owe(60, 50)
    await desk.fold_all()
    (digest,) = await desk.due()
    desk.now += 5 * MINUTE
    ids += await desk.owe(20)
    assert await desk.fold_all() == 1
    (grown,) = await desk.due()
    assert (grown.id, grown.revision, grown.expires_at) == (digest.id, 2, desk.now + DAY)
    assert await desk.told(grown.id) == ids[::-1]


async def test_a_digest_on_the_wire_gets_a_successor(desk: Desk) -> None:
    """What came after it was taken is in the next one."""
    await desk.given.subscriber()
    ids = await desk.owe(60, 50)
    await desk.fold_all()
    later = await desk.owe(30, 20)
    read = whole(await desk.backlogs())
    (digest,) = await desk.due(1)
    assert read[0].digest_id == digest.id
    await desk.lease([digest.id])
    assert await desk.fold(read) == 2
    assert await desk.told(digest.id) == ids[::-1]
    await desk.end(digest.id)
    (successor,) = await desk.due()
    assert await desk.told(successor.id) == later[::-1]


async def test_alerts_are_folded_apart_from_news(desk: Desk) -> None:
    """One message of each kind, at its own priority."""
    here = await desk.given.subscriber()
    await desk.owe(40, 30)
    firings = [
        await desk.given.firing(await desk.given.alert(here, str(100 + n))) for n in range(6)
    ]
    async with desk.database.writing() as tx:
        await owe_firings(tx, firings, desk.now - 20 * MINUTE)
    assert await desk.behind(6, Priority.ALERT) == {here: 6}
    assert await desk.fold_all(Priority.ALERT) == 6
    assert await desk.fold_all(Priority.NEWS) == 2
    first, second = await desk.due()
    assert [first.priority, second.priority] == [Priority.ALERT, Priority.NEWS]
    async with desk.database.reading() as tx:
        assert await digest_firing_ids(tx, first.id) == sorted(firings, reverse=True)
        assert await digest_stories(tx, first.id, 10) == (0, [])
        assert await digest_firing_ids(tx, second.id) == []


async def test_what_is_owed_to_a_chat_that_is_gone_goes_with_it(desk: Desk) -> None:
    await desk.given.subscriber()
    await desk.owe(40, 30)
    await desk.fold_all()
    async with desk.database.writing() as tx:
        await set_chat_state(tx, 1, ChatState.GONE, None, desk.now)
    assert await desk.states(notifications) == {"dropped": 2}
    assert await desk.due() == []


async def test_a_digest_counts_every_story_once_and_gives_the_newest(desk: Desk) -> None:
    """A story owed in two revisions is one line; one that is gone is none."""
    await desk.given.subscriber()
    ids = await desk.owe(50, 40, 30, url="https://x.example/a", title="<Bitcoin> & co")
    async with desk.database.writing() as tx:
        await owe_story(tx, ids[0], 2, [await desk.given.topic_id()], desk.now - 20 * MINUTE)
        await tx.execute(sa.delete(articles).where(articles.c.story_id == ids[1]))
        await tx.execute(sa.delete(stories).where(stories.c.id == ids[1]))
    assert await desk.fold_all() == 4
    (digest,) = await desk.due()
    async with desk.database.reading() as tx:
        total, found = await digest_stories(tx, digest.id, 1)
    assert (total, [stored.id for stored in found]) == (2, [ids[2]])
    newest = found[0]
    assert (newest.source_name, newest.article.title) == ("The Wire", "<Bitcoin> & co")
    assert newest.article.url == "https://x.example/a"
    assert newest.article.published_at == desk.now - 30 * MINUTE


async def test_a_line_of_a_digest_shows_the_article_that_the_story_was_owed_for(
    desk: Desk,
) -> None:
    """Of two chats each its own: the second was owed the story by the article that joined."""
    await desk.given.subscriber(1)
    ids = await desk.owe(50, 40)
    async with desk.database.writing() as tx:
        await tx.execute(sa.update(articles).values(created_at=desk.now - 50 * MINUTE))
        joined_at = desk.now - 30 * MINUTE
        joins = Article(
            "wire", "joins", "It joins", joined_at, url="https://x.example/j", publisher="Daily"
        )
        source = await tx.scalar(sa.select(articles.c.source_id).limit(1))
        await add_article(tx, source or 0, joins, joined_at, Place(ids[0], 1, "the same words"))
    await desk.given.subscriber(2)
    async with desk.database.writing() as tx:
        for story in ids:
            await owe_story(tx, story, 1, [await desk.given.topic_id()], joined_at)
    await desk.fold_all()
    shown = {}
    for digest in await desk.due():
        async with desk.database.reading() as tx:
            _, found = await digest_stories(tx, digest.id, 10)
        (line,) = [one for one in found if one.id == ids[0]]
        shown[digest.telegram_chat_id] = (line.article.title != "It joins", line.source_name)
    assert shown == {1: (True, "The Wire"), 2: (False, "Daily")}


async def test_more_rows_than_a_statement_can_hold(desk: Desk) -> None:
    """A chat that is far behind gets one message all the same."""
    here = await desk.given.subscriber()
    async with desk.database.writing() as tx:
        row = {
            "destination_id": here,
            "subject": "story",
            "revision": 1,
            "priority": Priority.NEWS.value,
            "state": "owed",
            "created_at": desk.now - 20 * MINUTE,
        }
        await tx.execute(
            sa.insert(notifications), [row | {"subject_id": n} for n in range(1, 12_001)]
        )
    assert await desk.behind() == {here: 12_000}
    assert await desk.fold_all() == 12_000
    assert len(await desk.due()) == 1


async def test_a_digest_survives_the_merge_of_its_chat(
    database: Database, given: Given, now: datetime
) -> None:
    """What the other chat has already is told no more, and the rest of the digest still is."""
    old, new = await given.subscriber(-1), await given.subscriber(-2)
    numbers = [await given.story(f"g{n}") for n in (1, 2, 3)]
    async with database.writing() as tx:
        topics = [topic.id for topic in await asked_topics(tx)]
        for story in numbers:
            await owe_story(tx, story, 1, topics, now)
        ids = list(
            await tx.scalars(
                sa.select(notifications.c.id)
                .where(notifications.c.destination_id == old)
                .order_by(notifications.c.id)
            )
        )
        fold = Fold(old, tuple(ids), now)
        assert await fold_owed(tx, Priority.NEWS, [fold], now, now) == 3
        told = sa.and_(
            notifications.c.destination_id == new, notifications.c.subject_id == numbers[0]
        )
        await tx.execute(sa.update(notifications).where(told).values(state="sent"))
        other = sa.and_(
            notifications.c.destination_id == new, notifications.c.subject_id != numbers[0]
        )
        await tx.execute(sa.delete(notifications).where(other))
        await migrate_chat(tx, -1, -2, now)
        digest = (await tx.execute(sa.select(messages).where(messages.c.subject == "digest"))).one()
        assert (digest.state, digest.destination_id) == ("waiting", new)
        count, left = await digest_stories(tx, digest.subject_id, 10)
        assert (count, sorted(stored.id for stored in left)) == (2, numbers[1:])


async def test_important_stories_do_not_count_until_they_are_an_hour_old(
    desk: Desk, given: Given
) -> None:
    """Each is given with its importance; alone they leave nothing to fold."""
    await given.subscriber(1)
    important = Importance(80, "x")
    await desk.owe(30, 20, importance=important)
    assert await desk.behind() == {}
    await desk.owe(40, 15)
    assert list(await desk.behind()) == [1]
    (backlog,) = await desk.backlogs()
    assert [owed.importance for owed in backlog.owed] == [80, 80, 0, 0]


async def test_important_stories_of_more_than_an_hour_are_folded_like_others(
    desk: Desk, given: Given
) -> None:
    await given.subscriber(1)
    await desk.owe(70, 65, importance=Importance(80, "x"))
    assert list(await desk.behind()) == [1]
