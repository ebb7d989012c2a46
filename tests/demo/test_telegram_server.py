"""The stand-in over HTTP: read by a real client, strict in its envelope, faulty when told to."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto

from bot.demo.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def api(server: TelegramServer, method: str) -> str:
    return f"{server.api_url}/bot{server.token}/{method}"


async def test_a_real_client_has_a_conversation(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice")
    server.world.say(alice.id, alice.id, "/subscribe BTC")
    [update] = await client.get_updates(timeout=0)
    assert update.message is not None
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("List", callback_data="1:list:1")]])
    sent = await update.message.reply_html(
        "<b>Done.</b> You follow $BTC", reply_markup=buttons, do_quote=True
    )
    assert sent.reply_to_message == update.message
    server.world.press(alice.id, sent.message_id, alice.id, "1:list:1")
    [pressed] = await client.get_updates(offset=update.update_id + 1, timeout=0)
    assert pressed.callback_query is not None
    assert pressed.callback_query.message == sent
    assert await pressed.callback_query.answer("Here it is")
    edited = await pressed.callback_query.edit_message_text("1. BTC")
    assert isinstance(edited, telegram.Message)
    assert edited.edit_date is not None
    assert [record.method for record in server.sent] == ["sendMessage", "editMessageText"]
    assert server.sent[0].html == "<b>Done.</b> You follow $BTC"
    assert server.answered[0].text == "Here it is"


async def test_a_real_client_reads_every_kind_of_result(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice", started=True)
    group = server.world.add_group("Traders", members=[alice], is_forum=True)
    assert (await client.get_me()).username == "coinbell_bot"
    assert (await client.get_chat(group.id)).is_forum
    assert (await client.get_chat_member(group.id, alice.id)).status == "creator"
    assert len(await client.get_chat_administrators(group.id)) == 1
    assert await client.get_chat_member_count(group.id) == 2
    assert await client.send_chat_action(alice.id, "typing")
    assert (await client.get_my_star_balance()).amount == 100_000
    assert await client.set_my_commands([("news", "the latest")], language_code="en")
    assert (await client.get_my_commands(language_code="en"))[0].command == "news"
    assert await client.delete_my_commands(language_code="en")
    assert await client.set_my_description("It rings.")
    assert (await client.get_my_description()).description == "It rings."
    assert await client.set_my_short_description("Rings.")
    assert (await client.get_my_short_description()).short_description == "Rings."
    assert await client.set_my_name("Bell")
    assert (await client.get_my_name()).name == "Bell"
    assert await client.set_chat_menu_button(menu_button=telegram.MenuButtonCommands())
    assert (await client.get_chat_menu_button()).type == "commands"
    assert await client.leave_chat(group.id)
    assert server.refused == []


async def test_photos_and_documents_travel_both_ways(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice", started=True)
    photo = await client.send_photo(alice.id, PNG, caption="<i>chart</i>", parse_mode="HTML")
    assert await (await photo.photo[0].get_file()).download_as_bytearray() == PNG
    linked = await client.send_photo(alice.id, "https://ex.com/a.jpg")
    assert linked.photo[0].file_size is None
    media = InputMediaPhoto(PNG, caption="new")
    edited = await linked.edit_media(media)
    assert isinstance(edited, telegram.Message)
    assert edited.caption == "new"
    assert (await client.copy_message(alice.id, alice.id, photo.message_id)).message_id
    document = await client.send_document(alice.id, b"[]", filename="coinbell.json")
    assert document.document is not None
    assert document.document.file_name == "coinbell.json"
    file = await client.get_file(document.document.file_id)
    assert await file.download_as_bytearray() == b"[]"
    assert await document.delete()


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json"])
async def test_parameters_come_in_any_way(
    server: TelegramServer, http: aiohttp.ClientSession, way: str
) -> None:
    alice = server.world.add_user("Alice", started=True)
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "1"}]]}
    flat = {"chat_id": str(alice.id), "text": "hi", "reply_markup": json.dumps(markup)}
    multipart = aiohttp.FormData(flat)
    multipart.add_field("unused", b"x", filename="x")
    ways: dict[str, dict[str, Any]] = {
        "query": {"params": flat},
        "form": {"data": flat},
        "multipart": {"data": multipart},
        "json": {"json": {"chat_id": alice.id, "text": "hi", "reply_markup": markup}},
    }
    async with http.post(api(server, "sendmessage"), **ways[way]) as response:
        body = await response.json()
    assert body["ok"] is True
    assert body["result"]["reply_markup"] == markup


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123456:TEST/dance", 404, "Not Found: method not found"),
        ("/bot123456:TEST", 404, "Not Found"),
        ("/bot654321:OTHER/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("/file/bot654321:OTHER/x", 401, "Unauthorized"),
        ("/file/bot123456:TEST/photos/x", 404, "Not Found"),
        ("/anything", 404, "Not Found"),
    ],
)
async def test_envelopes_of_refusals(
    server: TelegramServer,
    http: aiohttp.ClientSession,
    path: str,
    status: int,
    description: str,
) -> None:
    async with http.get(server.api_url + path) as response:
        assert response.status == status
        expected = {"ok": False, "error_code": status, "description": description}
        assert await response.json() == expected


async def test_a_broken_json_body_is_refused(
    server: TelegramServer, http: aiohttp.ClientSession
) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"[1]"):
        async with http.post(api(server, "getMe"), data=body, headers=headers) as response:
            assert response.status == 400


async def test_a_chat_over_its_limit_gets_429_in_three_places(
    http: aiohttp.ClientSession, clock: Any
) -> None:
    async with TelegramServer(clock=clock) as server:
        alice = server.world.add_user("Alice", started=True)
        message = {"chat_id": alice.id, "text": "hi"}
        statuses = []
        for step in (0.0, 0.0, 1.0):
            clock.now += step
            async with http.post(api(server, "sendMessage"), json=message) as response:
                statuses.append(response.status)
                if response.status == 429:
                    assert response.headers["Retry-After"] == "1"
                    assert (await response.json()) == {
                        "ok": False,
                        "error_code": 429,
                        "description": "Too Many Requests: retry after 1",
                        "parameters": {"retry_after": 1},
                    }
        assert statuses == [200, 429, 200]
        assert len(server.over_limit) == 1
        assert len(server.sent) == 2


async def test_ordered_errors_reach_the_client_as_its_own_kinds(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice", started=True)
    bob = server.world.add_user("Bob", started=True)
    server.fail("sendMessage", 429, parameters={"retry_after": 7}, chat_id=alice.id)
    server.fail("sendMessage", 502)
    with pytest.raises(telegram.error.NetworkError, match="Bad Gateway"):
        await client.send_message(bob.id, "hi")
    with pytest.raises(telegram.error.RetryAfter):
        await client.send_message(alice.id, "hi")
    await client.send_message(alice.id, "hi")
    assert [refused.status for refused in server.refused] == [502, 429]
    assert server.calls("sendMessage") == 3


async def test_a_lost_answer_is_not_a_lost_message(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice", started=True)
    server.drop_before("sendMessage")
    server.drop_after("sendMessage")
    for text in ("never arrived", "arrived"):
        with pytest.raises(telegram.error.NetworkError):
            await client.send_message(alice.id, text)
    assert [sent.text for sent in server.sent] == ["arrived"]
    assert server.refused == []


async def test_a_hanging_request_ends_with_the_server() -> None:
    async with TelegramServer(limits=None) as server:
        server.hang("getMe")
        async with aiohttp.ClientSession() as session:
            asked = asyncio.create_task(session.get(api(server, "getMe")))
            await server.wait_until(lambda: server.calls("getMe") == 1)
            await asyncio.sleep(0)
            assert not asked.done()
            await server.stop()
            with pytest.raises(aiohttp.ClientError):
                await asked


async def test_waiting_for_messages(server: TelegramServer, client: telegram.Bot) -> None:
    alice = server.world.add_user("Alice", started=True)
    server.latency_seconds = 0.01
    waiting = asyncio.create_task(server.wait_for_sent(2))
    await client.send_message(alice.id, "one")
    assert not waiting.done()
    await client.send_message(alice.id, "two")
    assert [sent.text for sent in await waiting] == ["one", "two"]
    with pytest.raises(TimeoutError):
        await server.wait_for_sent(3, timeout_seconds=0.01)


async def test_a_stopped_server_starts_again_with_all_it_knew(clock: Any) -> None:
    server = TelegramServer(clock=clock)
    await server.start()
    alice = server.world.add_user("Alice")
    server.world.say(alice.id, alice.id, "/start")
    port = int(server.api_url.rpartition(":")[2])
    await server.stop()
    await server.start(port)
    async with aiohttp.ClientSession() as http, http.get(api(server, "getUpdates")) as response:
        assert len((await response.json())["result"]) == 1
    await server.stop()


async def test_more_routes_on_the_same_port(http: aiohttp.ClientSession) -> None:
    async def feed(_request: web.Request) -> web.Response:
        return web.Response(text="feed")

    app = web.Application()
    app.router.add_get("/tick", feed)
    server = TelegramServer(extra=[web.get("/feed", feed)])
    server.mount(("/market", app))
    async with server:
        for path in ("/feed", "/market/tick"):
            async with http.get(server.api_url + path) as response:
                assert await response.text() == "feed"


async def test_a_crash_of_a_method_is_answered_with_500(
    server: TelegramServer, http: aiohttp.ClientSession
) -> None:
    def crash(_event: object) -> None:
        raise RuntimeError("made up")

    alice = server.world.add_user("Alice", started=True)
    server.world.listeners.append(crash)
    message = {"chat_id": alice.id, "text": "hi"}
    async with http.post(api(server, "sendMessage"), json=message) as response:
        assert response.status == 500
        assert (await response.json())["description"] == "Internal Server Error"


def test_a_token_needs_the_right_form() -> None:
    with pytest.raises(ValueError, match="bot id"):
        TelegramServer("nonsense")
