"""Many stories at once, in one message a destination."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.outbox import Subject
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage.batches import fold_stories
from storage.database import Database
from storage.folding import digest_stories
from storage.outbox import candidates
from storage.owing import owe_story
from storage.subscriptions import interned_topic

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")


async def test_each_chat_gets_one_message_of_what_it_was_owed(
    database: Database, given: Given, now: datetime
) -> None:
    """Three stories, of which one chat asked for all and the other for one; repeated in vain."""
    await given.subscriber(1, EVERYTHING)
    await given.subscriber(2, BITCOIN)
    stories = [await given.story(f"g{n}") for n in range(3)]
    alone = await given.story("alone")
    async with database.writing() as tx:
        everything, bitcoin = [await interned_topic(tx, topic) for topic in (EVERYTHING, BITCOIN)]
        for story in [*stories, alone]:
            await owe_story(tx, story, 1, [everything], now)
        await owe_story(tx, stories[1], 1, [bitcoin], now)
        until = now + timedelta(days=1)
        assert await fold_stories(tx, stories, now, until) == 2
        assert await fold_stories(tx, stories, now, until) == 0
        assert await fold_stories(tx, [], now, until) == 0
        due = await candidates(tx, now, 10, {})
        digests = {m.telegram_chat_id: m.subject_id for m in due if m.subject is Subject.DIGEST}
        told = {chat: await digest_stories(tx, id_ or 0, 9) for chat, id_ in digests.items()}
    assert [m.subject_id for m in due if m.subject is Subject.STORY] == [alone]
    assert {chat: {one.id for one in found} for chat, (_, found) in told.items()} == {
        1: set(stories),
        2: {stories[1]},
    }
