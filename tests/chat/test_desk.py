"""The desk: rights, silence, one transaction, and what happens when something fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.domain.chats import ChatState
from bot.domain.errors import FetchError
from storage import chats, inbox, subscriptions
from storage.inbox import Received
from storage.schema import inbox as inbox_table
from storage.schema import messages
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import Chat, User
    from tests.chat.conftest import Lobby


async def topics(lobby: Lobby, chat_id: int, thread_id: int = 0) -> list[str]:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, chat_id, thread_id)
        found = await subscriptions.subscriptions_of(tx, here.id) if here else []
    return [subscription.topic.value for subscription in found]


async def state(lobby: Lobby, chat_id: int) -> ChatState | None:
    async with lobby.database.reading() as tx:
        stored = await chats.chat(tx, chat_id)
    return None if stored is None else stored.state


@pytest.fixture
def owner(lobby: Lobby) -> User:
    return lobby.person("Owner")


@pytest.fixture
def member(lobby: Lobby) -> User:
    return lobby.person("Max")


@pytest.fixture
def group(lobby: Lobby, owner: User, member: User) -> Chat:
    return lobby.world.add_group("Traders", owner=owner, members=[member], is_forum=True)


async def test_only_administrators_change_the_settings_of_a_group(
    lobby: Lobby, group: Chat, owner: User, member: User
) -> None:
    (refusal,) = await lobby.say(member, "/subscribe BTC", group.id)
    assert "Only this chat\u2019s administrators" in refusal["text"]
    assert await topics(lobby, group.id) == []
    (done,) = await lobby.say(owner, "/subscribe BTC", group.id)
    assert "Bitcoin (BTC)" in done["text"]
    assert await topics(lobby, group.id) == ["bitcoin"]


async def test_reading_is_for_everyone_and_quotes_the_question(
    lobby: Lobby, group: Chat, member: User
) -> None:
    (answer,) = await lobby.say(member, "/price BTC", group.id)
    assert "$91,200" in answer["text"]
    assert "reply_parameters" in answer["sent"]


async def test_an_anonymous_administrator_speaks_for_the_group(
    lobby: Lobby, group: Chat, owner: User
) -> None:
    await lobby.say(owner, "/subscribe ETH", group.id, anonymous=True)
    assert await topics(lobby, group.id) == ["ethereum"]


async def test_a_channels_post_changes_the_channel(lobby: Lobby, owner: User) -> None:
    channel = lobby.world.add_channel("Signals", owner=owner)
    (answer,) = await lobby.say(owner, "/subscribe BTC", channel.id)
    assert "From now on" in answer["text"]
    assert await topics(lobby, channel.id) == ["bitcoin"]


async def test_readers_of_a_channel_make_the_bot_write_nothing_there(
    lobby: Lobby, owner: User, member: User
) -> None:
    channel = lobby.world.add_channel("Signals", owner=owner)
    lobby.world.join(channel.id, member)
    story_id = await lobby.publish(mentions=(about("bitcoin", "BTC"),))
    (shown,) = await lobby.say(owner, "/list", channel.id)
    assert await lobby.press_data(member, shown, "1:list:0:0", channel.id) == []
    assert lobby.server.answered[-1].text == "Only this chat\u2019s administrators can do that."
    assert await lobby.press_data(member, shown, f"1:story_price:{story_id}:0", channel.id) == []
    assert (lobby.server.answered[-1].text or "").startswith("BTC $91,200")
    assert len(await lobby.press_data(owner, shown, "1:list:0:0", channel.id)) == 1


async def test_a_button_is_for_administrators_as_its_command_is(
    lobby: Lobby, group: Chat, owner: User, member: User
) -> None:
    await lobby.say(owner, "/subscribe BTC", group.id)
    (shown,) = await lobby.say(member, "/list", group.id)
    assert await lobby.press(member, shown, "BTC", group.id) == []
    toast = lobby.server.answered[-1]
    assert toast.text == "Only this chat\u2019s administrators can do that."
    assert await topics(lobby, group.id) == ["bitcoin"]
    (edited,) = await lobby.press(owner, shown, "BTC", group.id)
    assert "Nothing here yet" in edited["text"]
    assert edited["message_id"] == shown["message_id"]
    assert await topics(lobby, group.id) == []


async def test_threads_of_a_forum_have_lists_of_their_own(
    lobby: Lobby, group: Chat, owner: User
) -> None:
    thread = lobby.world.add_thread(group.id, "Bitcoin", owner.id)
    await lobby.receive()
    (answer,) = await lobby.say(owner, "/subscribe BTC", group.id, thread_id=thread.id)
    assert answer["message_thread_id"] == thread.id
    assert await topics(lobby, group.id, thread.id) == ["bitcoin"]
    assert await topics(lobby, group.id) == []


@pytest.mark.parametrize("text", ["hello", "/nonsense", "/stats", "BTC"])
async def test_a_group_is_not_bothered(lobby: Lobby, group: Chat, member: User, text: str) -> None:
    """Words, unknown commands and commands of operators get silence, and keep nothing."""
    lobby.world.promote_bot(group.id, member.id)
    await lobby.deliver()
    assert await lobby.say(member, text, group.id) == []
    assert await state(lobby, group.id) is None


async def test_an_unknown_command_is_answered_when_the_bot_is_named(
    lobby: Lobby, group: Chat, member: User
) -> None:
    (answer,) = await lobby.say(member, "/nonsense@coinbell_bot", group.id)
    assert "I don\u2019t know /nonsense" in answer["text"]


@pytest.mark.parametrize("text", ["/stats", "/broadcast hi"])
async def test_commands_of_operators_do_not_exist_for_others(lobby: Lobby, text: str) -> None:
    (answer,) = await lobby.say(lobby.person(), text)
    assert answer["text"].startswith(f"I don\u2019t know {text.split(maxsplit=1)[0]}.")


async def test_a_coin_alone_is_a_question_for_its_price(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "$btc")
    assert "Bitcoin (BTC) $91,200" in answer["text"]


async def test_other_words_get_a_hint_with_buttons(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "what can you do?")
    assert len(buttons_of(answer)) == 3


@pytest.mark.parametrize("data", ["nonsense", "0:list:0:0", "1:nothing:0:0", "1:follow:77:0"])
async def test_a_forged_button_gets_a_clear_toast(lobby: Lobby, data: str) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/start")
    assert await lobby.press_data(alice, shown, data) == []
    assert "no longer works" in (lobby.server.answered[-1].text or "")


async def test_a_button_pressed_twice_is_answered_twice_and_does_it_once(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/start")
    await lobby.press(alice, shown, "Follow Bitcoin")
    (second,) = await lobby.press(alice, shown, "Follow Bitcoin")
    assert second["text"] == "Already on the list: Bitcoin (BTC)"
    assert await topics(lobby, alice.id) == ["bitcoin"]


async def test_a_query_too_old_to_be_answered_does_not_matter(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/start")
    lobby.server.fail("answerCallbackQuery", 400, "Bad Request: query is too old")
    (answer,) = await lobby.press(alice, shown, "Follow Bitcoin")
    assert "Bitcoin (BTC)" in answer["text"]


async def test_a_message_too_old_to_edit_is_answered_anew(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC ETH")
    (shown,) = await lobby.say(alice, "/list")
    data = buttons_of(shown)["✖️ BTC"]
    lobby.world.remove(lobby.world.chats[alice.id], shown["message_id"])
    (answer,) = await lobby.press_data(alice, shown, data)
    assert answer["message_id"] != shown["message_id"]
    assert "Ethereum" in answer["text"]


async def test_an_update_handled_twice_changes_nothing_the_second_time(lobby: Lobby) -> None:
    """A crash after the commit, before anybody knew: the same update comes again."""
    alice = lobby.person()
    lobby.world.say(alice.id, alice.id, "/subscribe BTC")
    await lobby.receive()
    async with lobby.database.reading() as tx:
        (received,) = await inbox.unhandled_updates(tx)
    assert await lobby.desk.handle(received)
    assert await lobby.desk.handle(received)
    assert len(await lobby.send()) == 1
    assert await topics(lobby, alice.id) == ["bitcoin"]


async def test_every_answer_wakes_the_outbox(lobby: Lobby) -> None:
    await lobby.say(lobby.person(), "/help")
    assert lobby.signal.wakes == 1


async def attempts(lobby: Lobby) -> list[tuple[int, bool]]:
    query = sa.select(inbox_table.c.attempts, inbox_table.c.handled_at.is_not(None))
    async with lobby.database.reading() as tx:
        return [(row[0], row[1]) for row in await tx.execute(query.order_by("update_id"))]


async def test_a_failure_is_tried_three_times_and_then_told(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.failure = RuntimeError("a defect")
    assert await lobby.say(alice, "/price BTC") == []
    assert await attempts(lobby) == [(1, False)]
    assert await lobby.deliver() == []
    (sorry,) = await lobby.deliver()
    assert "Something went wrong" in sorry["text"]
    assert await attempts(lobby) == [(3, True)]
    assert await lobby.deliver() == []


async def test_the_log_holds_no_words_of_a_person(lobby: Lobby, logs: list[Any]) -> None:
    await lobby.say(lobby.person(), "/subscribe mysecret")
    assert [entry["event"] for entry in logs] == ["request_refused"]
    assert "mysecret" not in str(logs)


async def test_a_failure_that_passes_leaves_no_trace_in_the_chat(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.failure = RuntimeError("a defect")
    await lobby.say(alice, "/price BTC")
    lobby.prices.failure = None
    (answer,) = await lobby.deliver()
    assert "$91,200" in answer["text"]


async def test_what_was_foreseen_is_told_at_once(lobby: Lobby) -> None:
    lobby.prices.failure = FetchError("the provider is away")
    (answer,) = await lobby.say(lobby.person(), "/price BTC")
    assert "can\u2019t reach the other side" in answer["text"]
    assert await attempts(lobby) == [(0, True)]


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"update_id": 1, "message": {"chat": 5}}'])
async def test_an_update_that_is_none_is_given_up_in_silence(lobby: Lobby, payload: str) -> None:
    async with lobby.database.writing() as tx:
        await inbox.keep_updates(tx, [Received(1, 5, payload)], lobby.clock())
    for _ in range(4):
        assert await lobby.deliver() == []
    assert [handled for _, handled in await attempts(lobby)] == [True]


async def test_an_update_whose_apology_fails_too_is_given_up(lobby: Lobby) -> None:
    """No database holds that chat: neither the answer nor the apology can be stored."""
    update = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 2**70, "type": "private", "first_name": "Nobody"},
            "from": {"id": 2**70, "is_bot": False, "first_name": "Nobody"},
            "text": "/help",
        },
    }
    async with lobby.database.writing() as tx:
        await inbox.keep_updates(tx, [Received(1, None, json.dumps(update))], lobby.clock())
    for _ in range(4):
        assert await lobby.deliver() == []
    assert await attempts(lobby) == [(3, True)]


@pytest.mark.parametrize("kind", ["poll", "inline_query", "edited_message", "chat_join_request"])
async def test_an_update_of_another_kind_is_marked_handled(lobby: Lobby, kind: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "edited_message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 5, "type": "private", "first_name": "A"},
            "text": "/list",
        }
    }
    payload = json.dumps({"update_id": 1} | ({kind: bodies[kind]} if kind in bodies else {}))
    async with lobby.database.writing() as tx:
        await inbox.keep_updates(tx, [Received(1, 5, payload)], lobby.clock())
    assert await lobby.deliver() == []
    assert await attempts(lobby) == [(0, True)]


async def test_a_locked_database_is_tried_again_and_not_counted_against_the_person(
    lobby: Lobby,
) -> None:
    """While nothing can be written nothing is lost: afterwards the command is answered."""
    alice = lobby.person()
    lobby.world.say(alice.id, alice.id, "/subscribe BTC")
    await lobby.receive()
    async with lobby.database.reading() as tx:
        (received,) = await inbox.unhandled_updates(tx)
    async with lobby.database.writing() as tx:
        await tx.execute(sa.text("ALTER TABLE subscriptions RENAME TO hidden"))
    assert not await lobby.desk.handle(received)
    async with lobby.database.writing() as tx:
        await tx.execute(sa.text("ALTER TABLE hidden RENAME TO subscriptions"))
    (answer,) = await lobby.deliver()
    assert "Bitcoin (BTC)" in answer["text"]


async def test_blocking_and_coming_back(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC")
    lobby.world.block(alice.id)
    await lobby.deliver()
    assert await state(lobby, alice.id) is ChatState.GONE
    lobby.world.start(alice.id)
    (welcome,) = await lobby.deliver()
    assert "I ring when" in welcome["text"]
    assert await state(lobby, alice.id) is ChatState.ACTIVE
    assert await topics(lobby, alice.id) == ["bitcoin"]


async def test_a_group_says_hello_once_and_is_gone_when_the_bot_is_removed(
    lobby: Lobby, owner: User
) -> None:
    group = lobby.world.add_group("New", owner=owner, bot_status="left")
    lobby.world.add_bot(group.id, owner.id)
    (hello,) = await lobby.deliver()
    assert "this group" in hello["text"]
    lobby.world.promote_bot(group.id, owner.id)
    assert await lobby.deliver() == []
    lobby.world.kick_bot(group.id, owner.id)
    assert await lobby.deliver() == []
    assert await state(lobby, group.id) is ChatState.GONE


async def test_a_paused_chat_is_revived_by_a_command(
    lobby: Lobby, group: Chat, owner: User
) -> None:
    await lobby.say(owner, "/subscribe BTC", group.id)
    async with lobby.database.writing() as tx:
        await chats.set_chat_state(tx, group.id, ChatState.PAUSED, "no right", lobby.clock())
    (answer,) = await lobby.say(owner, "/list", group.id)
    assert "Bitcoin" in answer["text"]
    assert await state(lobby, group.id) is ChatState.ACTIVE


async def test_a_group_that_becomes_a_supergroup_keeps_everything(
    lobby: Lobby, owner: User
) -> None:
    group = lobby.world.add_group("Old", kind="group", owner=owner)
    await lobby.say(owner, "/subscribe BTC", group.id)
    new_id = lobby.world.migrate(group.id)
    assert await lobby.deliver() == []
    assert await topics(lobby, new_id) == ["bitcoin"]
    assert await state(lobby, group.id) is None
    (answer,) = await lobby.say(owner, "/list", new_id)
    assert "Bitcoin" in answer["text"]


async def test_no_message_is_owed_when_the_transaction_fails(lobby: Lobby) -> None:
    lobby.prices.failure = RuntimeError("a defect")
    await lobby.say(lobby.person(), "/alert BTC > 95k")
    async with lobby.database.reading() as tx:
        assert await tx.scalar(sa.select(sa.func.count()).select_from(messages)) == 0
