"""Muting what a story is about: for a day, for a week, and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import Category
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage import chats, mutes, subscriptions
from tests.chat.conftest import about, buttons_of, labels_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from tests.chat.conftest import Lobby, Message

BITCOIN = Topic(TopicKind.ASSET, "bitcoin")
UNTIL_TOMORROW = "15\u00a0Mar\u00a012:00"


async def muted(lobby: Lobby, chat_id: int) -> dict[Topic, datetime]:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, chat_id)
        assert here is not None
        found = await mutes.mutes_of(tx, here.id, lobby.clock())
    return {mute.topic: mute.until_at for mute in found}


async def pushed(lobby: Lobby, user: User) -> Message:
    story_id = await lobby.publish(
        mentions=(about("bitcoin", "BTC"), about("ethereum", "ETH")),
        categories=(Category("etf", ""),),
    )
    return await lobby.push(user, story_id)


async def unfollow_all_news(lobby: Lobby, user: User) -> None:
    """A push of the lobby makes its reader follow all news."""
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, user.id)
        for one in await subscriptions.subscriptions_of(tx, here.id):
            if one.topic == EVERYTHING:
                await subscriptions.remove_subscription(tx, one.id, here.id)


async def test_a_press_mutes_for_a_day_and_offers_a_week(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/start")
    push = await pushed(lobby, alice)
    (answer,) = await lobby.press(alice, push, "Mute BTC")
    assert answer["text"] == f"🔕 Bitcoin (BTC) is muted here until {UNTIL_TOMORROW} UTC."
    assert labels_of(answer) == [["For a week", "Undo"]]
    assert lobby.server.answered[-1].text == "Muted for 24 hours"
    assert await muted(lobby, alice.id) == {BITCOIN: lobby.clock() + timedelta(days=1)}
    (longer,) = await lobby.press(alice, answer, "For a week")
    assert longer["message_id"] == answer["message_id"]
    assert "21\u00a0Mar\u00a012:00 UTC" in longer["text"]
    assert labels_of(longer) == [["Undo"]]
    assert await muted(lobby, alice.id) == {BITCOIN: lobby.clock() + timedelta(days=7)}


async def test_a_mute_is_taken_back_once(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/start")
    (answer,) = await lobby.press(alice, await pushed(lobby, alice), "Mute BTC")
    (ended,) = await lobby.press(alice, answer, "Undo")
    assert ended["text"] == "🔔 Bitcoin (BTC) is no longer muted."
    assert await muted(lobby, alice.id) == {}
    for label in ("Undo", "For a week"):
        assert await lobby.press_data(alice, answer, buttons_of(answer)[label]) == []
        assert lobby.server.answered[-1].text == "This is not muted any more."
    assert await muted(lobby, alice.id) == {}


async def test_for_what_else_such_stories_come_is_said_and_offered(lobby: Lobby) -> None:
    """A reader who mutes bitcoin is told that the story comes for its category as well."""
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC #etf #defi")
    (answer,) = await lobby.press(alice, await pushed(lobby, alice), "Mute BTC")
    assert answer["text"].split("\n")[1] == "Stories like this one still come for #etf."
    assert labels_of(answer) == [["For a week", "Undo"], ["🔕 Mute #etf too"]]
    (also,) = await lobby.press(alice, answer, "Mute #etf")
    assert also["text"] == f"🔕 #etf is muted here until {UNTIL_TOMORROW} UTC."
    assert set(await muted(lobby, alice.id)) == {BITCOIN, Topic(TopicKind.CATEGORY, "etf")}


async def test_a_story_without_a_coin_is_muted_by_what_it_came_for(lobby: Lobby) -> None:
    """To a chat that follows #security alone, #defi is nothing that could be muted."""
    alice = lobby.person()
    await lobby.say(alice, "/subscribe #security #etf @coindesk")
    categories = (Category("defi", ""), Category("security", ""))
    push = await lobby.push(alice, await lobby.publish(categories=categories))
    await unfollow_all_news(lobby, alice)
    (answer,) = await lobby.press(alice, push, "Mute topic")
    assert answer["text"].split("\n") == [
        f"🔕 #security is muted here until {UNTIL_TOMORROW} UTC.",
        "Stories like this one still come for CoinDesk.",
    ]
    assert set(await muted(lobby, alice.id)) == {Topic(TopicKind.CATEGORY, "security")}


async def test_whoever_follows_all_news_mutes_what_the_story_is_about(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe all")
    push = await lobby.push(alice, await lobby.publish(categories=(Category("defi", ""),)))
    await lobby.press(alice, push, "Mute topic")
    assert set(await muted(lobby, alice.id)) == {Topic(TopicKind.CATEGORY, "defi")}


async def test_a_coin_that_the_chat_does_not_follow_is_not_muted_in_vain(lobby: Lobby) -> None:
    """The button bears the coin's name; what the story came for is offered instead."""
    alice = lobby.person()
    await lobby.say(alice, "/subscribe #etf")
    push = await pushed(lobby, alice)
    await unfollow_all_news(lobby, alice)
    (answer,) = await lobby.press(alice, push, "Mute BTC")
    assert answer["text"] == (
        "Nothing comes here for Bitcoin (BTC) by itself: this story came for #etf."
    )
    assert await muted(lobby, alice.id) == {}
    (done,) = await lobby.press(alice, answer, "Mute #etf")
    assert done["text"] == f"🔕 #etf is muted here until {UNTIL_TOMORROW} UTC."


async def test_a_muted_topic_stands_in_the_list_until_it_ends(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC")
    await lobby.press(alice, await pushed(lobby, alice), "Mute BTC")
    (shown,) = await lobby.say(alice, "/list")
    assert shown["text"].split("\n")[-2:] == [
        "Muted",
        f"• Bitcoin (BTC) until {UNTIL_TOMORROW} UTC",
    ]
    (edited,) = await lobby.press(alice, shown, "Unmute BTC")
    assert edited["message_id"] == shown["message_id"]
    assert "Muted" not in edited["text"]
    assert await muted(lobby, alice.id) == {}


async def test_in_a_group_muting_is_for_administrators(lobby: Lobby) -> None:
    owner, member = lobby.person("Owner"), lobby.person("Max")
    group = lobby.world.add_group("Traders", owner=owner, members=[member])
    await lobby.say(owner, "/start")
    push = await pushed(lobby, owner)
    data = buttons_of(push)["🔕 Mute BTC"]
    (shown,) = await lobby.say(owner, "/list", group.id)
    assert await lobby.press_data(member, shown, data, group.id) == []
    assert lobby.server.answered[-1].text == "Only this chat\u2019s administrators can do that."
    assert await muted(lobby, group.id) == {}
    await lobby.press_data(owner, shown, data, group.id)
    assert set(await muted(lobby, group.id)) == {BITCOIN}


@pytest.mark.parametrize("action", ["mute_topic", "mute_week", "unmute", "list_unmute"])
async def test_a_forged_button_tells_nothing_of_others(lobby: Lobby, action: str) -> None:
    """What another chat follows or muted can neither be read nor changed."""
    alice, mallory = lobby.person(), lobby.person("Mallory")
    await lobby.say(alice, '/subscribe "secret project"')
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, alice.id)
        secret = Topic(TopicKind.WORDS, "secret project")
        topic_id = await subscriptions.interned_topic(tx, secret)
        await mutes.mute_topic(tx, here.id, topic_id, lobby.clock() + timedelta(hours=1))
    (shown,) = await lobby.say(mallory, "/start")
    told = await lobby.press_data(mallory, shown, f"1:{action}:{topic_id}:0")
    assert not any("secret" in message["text"] for message in told)
    assert await muted(lobby, mallory.id) == {}
    assert set(await muted(lobby, alice.id)) == {secret}


async def test_what_a_story_is_not_about_cannot_be_muted_by_it(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/start")
    story_id = await lobby.publish()
    for data, told in (
        (f"1:mute:{story_id}:12345", "no longer works"),
        ("1:mute:999:12345", "no longer kept"),
    ):
        assert await lobby.press_data(alice, shown, data) == []
        assert told in (lobby.server.answered[-1].text or "")
    assert await muted(lobby, alice.id) == {}
