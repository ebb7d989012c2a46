"""/why_this: an operator asks what was understood of a push."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.articles import Article
from bot.domain.outbox import Fold, Priority
from storage import articles, chats, owing, sources, subscriptions
from storage.articles import Place
from storage.folding import backlogs, fold_owed
from tests.chat.conftest import about

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby

ONE_LINE = "Reply with /why_this to the push of a single story"


async def test_a_reply_to_a_push_tells_what_was_understood(lobby: Lobby) -> None:
    olga = lobby.operator
    await lobby.say(olga, "/subscribe BTC")
    story_id = await lobby.publish(mentions=(about("bitcoin", "BTC"),))
    push = await lobby.push(olga, story_id)
    (answer,) = await lobby.say(olga, "/why_this", reply_to=push["message_id"])
    assert answer["text"].startswith(f"Story {story_id}, revision 1, importance 0\n")
    assert "• Bitcoin (BTC): in the title\n• all news: everything" in answer["text"]
    assert "• CoinDesk: Bitcoin climbs. Revision 1: it began the story" in answer["text"]
    assert "reply_markup" not in answer


async def test_the_push_of_a_later_revision_is_told_apart(lobby: Lobby) -> None:
    """It replies to the first, and its articles say why they joined."""
    olga = lobby.operator
    await lobby.say(olga, "/start")
    story_id = await lobby.publish()
    first = await lobby.push(olga, story_id)
    at = lobby.clock() - timedelta(minutes=5)
    async with lobby.database.writing() as tx:
        (source,) = await sources.known_sources(tx)
        place = Place(story_id, 2, "a new figure: $97,800")
        followed = Article("coindesk", "2", "Bitcoin climbs on", at)
        await articles.add_article(tx, source.id, followed, lobby.clock(), place)
    second = await lobby.push(olga, story_id, revision=2)
    assert second["text"].startswith("Update: Bitcoin climbs on")
    assert second["reply_to_message"]["message_id"] == first["message_id"]
    (answer,) = await lobby.say(olga, "/why_this", reply_to=second["message_id"])
    assert f"Story {story_id}, revision 2" in answer["text"]
    assert "Bitcoin climbs on. Revision 2: a new figure: $97,800" in answer["text"]
    (earlier,) = await lobby.say(olga, "/why_this", reply_to=first["message_id"])
    assert f"Story {story_id}, revision 1" in earlier["text"]


async def test_anything_else_is_met_with_what_to_do(lobby: Lobby) -> None:
    olga = lobby.operator
    (shown,) = await lobby.say(olga, "/price BTC")
    for more in ({}, {"reply_to": shown["message_id"]}):
        (answer,) = await lobby.say(olga, "/why_this", **more)
        assert answer["text"].startswith(ONE_LINE)


async def test_a_message_of_many_is_no_push_of_one(lobby: Lobby) -> None:
    olga, now = lobby.operator, lobby.clock()
    await lobby.say(olga, "/subscribe all")
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, olga.id)
        topic_ids = [one.id for one in await subscriptions.asked_topics(tx)]
    for title in ("One", "Two"):
        story_id = await lobby.publish(title)
        async with lobby.database.writing() as tx:
            await owing.owe_story(tx, story_id, 1, topic_ids, now)
    async with lobby.database.writing() as tx:
        (backlog,) = await backlogs(tx, Priority.NEWS, here.id, here.id)
        owed = tuple(one.notification_id for one in backlog.owed)
        await fold_owed(tx, Priority.NEWS, [Fold(here.id, owed, now)], now, now)
    (digest,) = await lobby.send()
    (answer,) = await lobby.say(olga, "/why_this", reply_to=digest["message_id"])
    assert answer["text"].startswith(ONE_LINE)


async def test_others_are_refused_as_with_any_command_of_operators(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/start")
    push = await lobby.push(alice, await lobby.publish())
    (answer,) = await lobby.say(alice, "/why_this", reply_to=push["message_id"])
    assert "I don\u2019t know /why_this" in answer["text"]
