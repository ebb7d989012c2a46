"""What people do, and which updates and page events come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Update

from bot.demo.telegram_chats import User
from bot.demo.telegram_files import FileStore
from bot.demo.telegram_messages import WorldError
from bot.demo.telegram_world import World

if TYPE_CHECKING:
    from bot.demo.telegram_errors import Json


@pytest.fixture
def world() -> World:
    bot = User(1, "Coinbell", "coinbell_bot", is_bot=True)
    return World(bot, wall=lambda: 1_760_000_000.0)


@pytest.fixture
def alice(world: World) -> User:
    return world.add_user("Alice")


def updates(world: World) -> list[Json]:
    """The updates so far, each read by a real client as well."""
    found = world.updates.oldest(100)
    for update in found:
        Update.de_json(update, None)
    world.updates.drop()
    return found


def kinds(world: World) -> list[str]:
    return [list(update)[1] for update in updates(world)]


def test_a_command_in_a_private_chat_starts_it(world: World, alice: User) -> None:
    world.say(alice.id, alice.id, "/subscribe BTC")
    [update] = updates(world)
    message = update["message"]
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 10}]
    assert message["from"] == alice.as_json()
    assert world.chats[alice.id].bot_status == "member"


def test_blocking_and_starting_again(world: World, alice: User) -> None:
    world.start(alice.id, "btc")
    world.block(alice.id)
    world.block(alice.id)
    with pytest.raises(WorldError):
        world.say(alice.id, alice.id, "hello?")
    world.start(alice.id)
    found = updates(world)
    changes = [
        (u["my_chat_member"]["old_chat_member"], u["my_chat_member"]["new_chat_member"])
        for u in found
        if "my_chat_member" in u
    ]
    assert [(old["status"], new["status"]) for old, new in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert [u["message"]["text"] for u in found if "message" in u] == ["/start btc", "/start"]


def test_a_group_adds_promotes_and_kicks_the_bot(world: World, alice: User) -> None:
    group = world.add_group("Traders", members=[alice], bot_status="left")
    world.add_bot(group.id, alice.id)
    with pytest.raises(WorldError):
        world.add_bot(group.id, alice.id)
    world.promote_bot(group.id, alice.id)
    world.say(group.id, alice.id, "an administrator sees this")
    world.kick_bot(group.id, alice.id)
    world.say(group.id, alice.id, "/nobody hears this")
    assert kinds(world) == [
        "my_chat_member",
        "message",
        "my_chat_member",
        "message",
        "my_chat_member",
    ]


def test_a_channel_post_has_no_author(world: World, alice: User) -> None:
    channel = world.add_channel("News", owner=alice)
    message = world.say(channel.id, alice.id, "/subscribe BTC")
    world.edit(channel.id, message["message_id"], "/subscribe ETH")
    post, edited = updates(world)
    assert "from" not in post["channel_post"]
    assert post["channel_post"]["sender_chat"]["id"] == channel.id
    assert edited["edited_channel_post"]["text"] == "/subscribe ETH"
    assert edited["edited_channel_post"]["edit_date"] == 1_760_000_000


def test_an_edit_of_a_message(world: World, alice: User) -> None:
    message = world.say(alice.id, alice.id, "/lst")
    world.edit(alice.id, message["message_id"], "plain words")
    [_, update] = updates(world)
    assert "entities" not in update["edited_message"]


def test_threads_of_a_forum(world: World, alice: User) -> None:
    forum = world.add_group("Forum", is_forum=True, members=[alice])
    thread = world.add_thread(forum.id, "Bitcoin")
    inside = world.say(forum.id, alice.id, "/list", thread_id=thread.id)
    answer = world.say(forum.id, alice.id, "/list", reply_to=inside["message_id"])
    general = world.say(forum.id, alice.id, "/list", thread_id=1)
    assert (inside["message_thread_id"], inside["is_topic_message"]) == (thread.id, True)
    assert "forum_topic_created" in inside["reply_to_message"]
    assert answer["message_thread_id"] == thread.id, "an answer stays in the thread"
    assert "message_thread_id" not in general
    with pytest.raises(WorldError):
        world.say(forum.id, alice.id, "x", thread_id=999)
    world.delete_thread(forum.id, thread.id)
    assert list(forum.messages) == [general["message_id"]]
    assert kinds(world) == ["message"] * 4
    with pytest.raises(WorldError):
        world.add_thread(alice.id, "x")


def test_an_anonymous_administrator_writes_as_the_group(world: World, alice: User) -> None:
    group = world.add_group("Traders", members=[alice])
    message = world.say(group.id, alice.id, "/list", anonymous=True)
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == group.id


def test_a_pressed_button_arrives_with_whatever_data(world: World, alice: User) -> None:
    world.start(alice.id)
    post = world.post(world.chats[alice.id], {"text": "hi"}, 0, None)
    query_id = world.press(alice.id, post["message_id"], alice.id, "1:forged")
    world.press(alice.id, 999, alice.id, "1:gone")
    _, pressed, gone = updates(world)
    assert pressed["callback_query"]["id"] == query_id
    assert pressed["callback_query"]["data"] == "1:forged"
    assert pressed["callback_query"]["message"]["text"] == "hi"
    assert gone["callback_query"]["message"]["date"] == 0, "a message that is no more"


def test_migration_tells_both_chats(world: World, alice: User) -> None:
    group = world.add_group("Traders", kind="group", members=[alice])
    new_id = world.migrate(group.id)
    old, new = updates(world)
    assert old["message"]["chat"]["id"] == group.id
    assert old["message"]["migrate_to_chat_id"] == new_id
    assert new["message"]["chat"]["id"] == new_id
    assert new["message"]["migrate_from_chat_id"] == group.id
    assert world.chats[new_id].members == {alice.id: "creator"}
    with pytest.raises(WorldError):
        world.migrate(group.id)


def test_joining_shows_a_service_message_once(world: World, alice: User) -> None:
    group = world.add_group("Traders")
    world.join(group.id, alice)
    world.join(group.id, alice, "administrator")
    [update] = updates(world)
    assert update["message"]["new_chat_members"] == [alice.as_json()]


def test_numbers_of_messages(world: World, alice: User) -> None:
    bob = world.add_user("Bob")
    one, two = world.add_group("One", members=[alice]), world.add_group("Two", members=[alice])
    private = [world.say(user.id, user.id, "x")["message_id"] for user in (alice, bob)]
    grouped = [world.say(group.id, alice.id, "x")["message_id"] for group in (one, two)]
    assert private == [1, 2], "private chats count together"
    assert grouped == [2, 2], "supergroups count by themselves"


def test_history_can_be_capped() -> None:
    world = World(User(1, "Bell", is_bot=True), history=2)
    bob = world.add_user("Bob")
    for number in range(5):
        world.say(bob.id, bob.id, str(number))
    assert [m["text"] for m in world.chats[bob.id].messages.values()] == ["3", "4"]


def test_a_sent_file_carries_its_caption(world: World, alice: User) -> None:
    document = FileStore().add_document("mine.json", b"{}", "application/json")
    message = world.send_file(alice.id, alice.id, document, "/import")
    assert message["caption_entities"][0]["type"] == "bot_command"
    assert kinds(world) == ["message"]


def test_the_page_hears_of_everything(world: World, alice: User) -> None:
    heard: list[str] = []
    world.listeners.append(lambda event: heard.append(event["type"]))
    world.start(alice.id)
    post = world.post(world.chats[alice.id], {"text": "a"}, 0, None)
    world.replace(world.chats[alice.id], post | {"text": "b"})
    world.remove(world.chats[alice.id], post["message_id"])
    world.deactivate(alice.id)
    assert heard == ["message", "message", "edit", "delete", "chat"]
