"""The chat page's side: state, events, actions, pictures, and who is let in."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.demo.telegram_page import MAX_BEHIND, TelegramPage
from bot.demo.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.demo.telegram_chats import User

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"


class Site:
    """A running demo with a page, seen from the browser."""

    def __init__(self, server: TelegramServer, me: User, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.world = server.world
        self.me = me
        self.http = http

    async def post(self, path: str, status: int = 200, **body: object) -> Any:
        async with self.http.post(self.server.api_url + path, json=body) as response:
            assert response.status == status
            return await response.json()

    async def state(self) -> Any:
        async with self.http.get(f"{self.server.api_url}/demo/state") as response:
            return await response.json()

    async def bot(self, method: str, **body: object) -> Any:
        url = f"{self.server.api_url}/bot{self.server.token}/{method}"
        async with self.http.post(url, json=body) as response:
            answer = await response.json()
            assert answer["ok"], answer
            return answer["result"]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    (tmp_path / "index.html").write_text("<title>Coinbell</title>")
    (tmp_path / "app.js").write_text("start()")
    server = TelegramServer(limits=None)
    me = server.world.add_user("Ada", language="en")
    server.mount(*TelegramPage(server, me, tmp_path).routes())
    async with server, aiohttp.ClientSession() as http:
        yield Site(server, me, http)


async def next_event(stream: aiohttp.StreamReader) -> Any:
    while True:
        line = await asyncio.wait_for(stream.readline(), 10)
        assert line, "the stream ended"
        if line.startswith(b"data: "):
            return json.loads(line.removeprefix(b"data: "))


async def test_the_state_shows_my_chats_with_their_commands(site: Site) -> None:
    other = site.world.add_user("Bob")
    site.world.say(other.id, other.id, "/start")
    forum = site.world.add_group("Forum", members=[other, site.me], is_forum=True)
    thread = site.world.add_thread(forum.id, "Bitcoin")
    site.world.add_group("Strangers", members=[other])
    await site.bot("setMyCommands", commands=[{"command": "news", "description": "latest"}])
    scope = {"type": "all_private_chats"}
    private_commands = [{"command": "start", "description": "begin"}]
    await site.bot("setMyCommands", commands=private_commands, scope=scope)
    await site.bot("setMyDescription", description="It rings.")
    state = await site.state()
    private, group = state["chats"]
    assert state["me"]["first_name"] == "Ada"
    assert (state["bot"]["first_name"], state["bot"]["description"]) == ("Coinbell", "It rings.")
    assert state["bot"]["commands"] == private["commands"] == private_commands
    assert state["bot"]["admin_commands"] == []
    assert [command["command"] for command in group["commands"]] == ["news"]
    assert (private["type"], private["blocked"], private["member"]) == ("private", False, False)
    assert (group["is_forum"], group["member"]) == (True, True)
    assert group["threads"] == [{"id": thread.id, "name": "Bitcoin"}]
    assert [message["message_id"] for message in group["messages"]] == [thread.id]


async def test_what_happens_reaches_the_page(site: Site) -> None:
    other = site.world.add_user("Bob")
    async with site.http.get(f"{site.server.api_url}/demo/events") as events:
        said = await site.post("/demo/say", chat_id=site.me.id, text="/start")
        site.world.say(other.id, other.id, "not for your eyes")
        await site.bot("sendChatAction", chat_id=site.me.id, action="typing")
        keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "1"}]]}
        sent = await site.bot("sendMessage", chat_id=site.me.id, text="hi", reply_markup=keyboard)
        place = {"chat_id": site.me.id, "message_id": sent["message_id"]}
        query = (await site.post("/demo/press", **place, data="1"))["query_id"]
        await site.bot("answerCallbackQuery", callback_query_id=query, text="ok")
        await site.bot("editMessageText", **place, text="hello")
        await site.bot("deleteMessage", **place)
        await site.bot("setMyCommands", commands=[])
        await site.post("/demo/chat", chat_id=site.me.id, action="block")
        found = [await next_event(events.content) for _ in range(8)]
    assert [event["type"] for event in found] == [
        "message",
        "typing",
        "message",
        "answer",
        "edit",
        "delete",
        "commands",
        "chat",
    ]
    assert found[0]["message"] == said["message"]
    assert found[2]["message"]["reply_markup"] == keyboard
    assert (found[3]["text"], found[3]["show_alert"]) == ("ok", False)
    assert found[5]["message_id"] == sent["message_id"]
    updates = [list(update)[1] for update in site.world.updates.oldest(9)]
    assert updates == ["message", "message", "callback_query", "my_chat_member"]


async def test_a_page_that_falls_behind_is_let_go(site: Site) -> None:
    async with site.http.get(f"{site.server.api_url}/demo/events") as events:
        for _ in range(MAX_BEHIND + 1):
            site.world.notify({"type": "commands"})
        lines = await asyncio.wait_for(events.content.read(), 10)
    assert lines.count(b"data: ") <= MAX_BEHIND
    await site.post("/demo/say", chat_id=site.me.id, text="the server goes on")


async def test_writing_in_channels_threads_and_as_an_answer(site: Site) -> None:
    channel = site.world.add_channel("News", owner=site.me)
    forum = site.world.add_group("Forum", members=[site.me], is_forum=True)
    thread = site.world.add_thread(forum.id, "BTC")
    await site.post("/demo/say", chat_id=channel.id, text="/subscribe BTC")
    first = await site.post("/demo/say", chat_id=forum.id, text="/list", thread_id=thread.id)
    reply = {"reply_to_message_id": first["message"]["message_id"], "thread_id": None}
    second = await site.post("/demo/say", chat_id=forum.id, text="/list", **reply)
    assert second["message"]["message_thread_id"] == thread.id
    kinds = [list(update)[1] for update in site.world.updates.oldest(9)]
    assert kinds == ["message", "channel_post", "message", "message"]


async def test_actions_on_chats(site: Site) -> None:
    group = site.world.add_group("Traders", kind="group", members=[site.me])
    for action in ("kick", "add", "migrate"):
        await site.post("/demo/chat", chat_id=group.id, action=action)
    assert group.migrated_to
    shown = [chat["id"] for chat in (await site.state())["chats"]]
    assert shown == [site.me.id, group.migrated_to], "the old group is shown no more"
    for action in ("start", "block", "unblock"):
        await site.post("/demo/chat", chat_id=site.me.id, action=action)
    assert site.world.chats[site.me.id].bot_status == "member"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/demo/say", {"chat_id": 1, "text": "x"}),
        ("/demo/say", {"chat_id": "x", "text": "x"}),
        ("/demo/say", {"chat_id": None}),
        ("/demo/press", {"chat_id": 1}),
        ("/demo/chat", {"chat_id": 1, "action": "block"}),
    ],
)
async def test_nonsense_is_answered_with_an_error(
    site: Site, path: str, body: dict[str, object]
) -> None:
    answer = await site.post(path, 400, **body)
    assert answer["error"]


async def test_what_one_cannot_do_is_said(site: Site) -> None:
    site.world.block(site.me.id)
    blocked = await site.post("/demo/say", 400, chat_id=site.me.id, text="hi")
    assert blocked == {"error": "this person cannot write here"}
    unknown = await site.post("/demo/chat", 400, chat_id=site.me.id, action="dance")
    assert unknown == {"error": "here one can block, unblock, start"}


async def test_pictures_are_served_or_led_to(site: Site) -> None:
    site.world.start(site.me.id)
    form = aiohttp.FormData({"chat_id": str(site.me.id)})
    form.add_field("photo", PNG, filename="chart.png")
    base = f"{site.server.api_url}/bot{site.server.token}"
    async with site.http.post(f"{base}/sendPhoto", data=form) as response:
        uploaded = (await response.json())["result"]["photo"][-1]["file_id"]
    linked = await site.bot("sendPhoto", chat_id=site.me.id, photo="https://ex.com/a.jpg")
    linked_id = linked["photo"][-1]["file_id"]
    document = site.server.context.files.add_document("a.html", b"<script>", "text/html")
    photos = f"{site.server.api_url}/demo/photo"
    async with site.http.get(f"{photos}/{uploaded}") as response:
        assert (await response.read(), response.content_type) == (PNG, "image/png")
    async with site.http.get(f"{photos}/{linked_id}", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "https://ex.com/a.jpg")
    async with site.http.get(f"{photos}/{document['file_id']}") as response:
        assert response.headers["Content-Disposition"] == "attachment"
    async with site.http.get(f"{photos}/unknown") as response:
        assert response.status == 404


async def test_the_static_files(site: Site) -> None:
    async with site.http.get(f"{site.server.api_url}/") as response:
        assert "Coinbell" in await response.text()
    async with site.http.get(f"{site.server.api_url}/static/app.js") as response:
        assert await response.text() == "start()"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:8080"},
        {"Origin": "https://evil.example"},
        {"Content-Type": "text/plain"},
    ],
)
async def test_other_sites_are_kept_out(site: Site, headers: dict[str, str]) -> None:
    url = f"{site.server.api_url}/demo/say"
    body = json.dumps({"chat_id": site.me.id, "text": "forged"}).encode()
    sent = {"Content-Type": "application/json"} | headers
    async with site.http.post(url, data=body, headers=sent) as response:
        assert response.status == 403
    assert len(site.world.updates) == 0
    async with site.http.get(
        f"{site.server.api_url}/demo/state", headers={"Host": "rebound.example"}
    ) as response:
        assert response.status == 403
