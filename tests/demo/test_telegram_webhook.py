"""Updates leave by long polling or by webhook, each in Telegram's way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest
import telegram
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.demo.telegram_server import TelegramServer


class Receiver:
    """A web server that takes updates, after refusing as many as it was told to."""

    def __init__(self) -> None:
        self.url = ""
        self.texts: list[str] = []
        self.secrets: list[str | None] = []
        self.refusals = 0

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        self.texts.append((await request.json())["message"]["text"])
        return web.Response()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    taking = Receiver()
    app = web.Application()
    app.router.add_post("/hook", taking.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taking.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield taking
    await runner.cleanup()


async def test_a_poll_waits_for_an_update_and_its_offset_confirms(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice")
    poll = asyncio.create_task(client.get_updates(timeout=10))
    await server.wait_until(lambda: server.calls("getUpdates") == 1)
    server.world.say(alice.id, alice.id, "/start")
    [first] = await poll
    [again] = await client.get_updates(timeout=0)
    assert first == again, "not confirmed yet"
    assert await client.get_updates(offset=first.update_id + 1, timeout=0) == ()
    assert await client.get_updates(timeout=0) == ()


async def test_a_second_poll_ends_the_first(server: TelegramServer, client: telegram.Bot) -> None:
    first = asyncio.create_task(client.get_updates(timeout=10))
    await server.wait_until(lambda: server.calls("getUpdates") == 1)
    # the client itself has but one connection for polls
    url = f"{server.api_url}/bot{server.token}/getUpdates"
    async with aiohttp.ClientSession() as session, session.get(url) as second:
        assert second.status == 200
    with pytest.raises(telegram.error.Conflict) as caught:
        await first
    assert caught.value.message == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )


async def test_limits_and_kinds_of_a_poll(server: TelegramServer, client: telegram.Bot) -> None:
    alice = server.world.add_user("Alice")
    await client.get_updates(timeout=0, allowed_updates=["callback_query"])
    server.world.say(alice.id, alice.id, "unheard")
    server.world.press(alice.id, 1, alice.id, "1")
    server.world.press(alice.id, 1, alice.id, "2")
    [first] = await client.get_updates(limit=1, timeout=0)
    assert first.callback_query is not None
    assert first.callback_query.data == "1"
    [last] = await client.get_updates(offset=-1, timeout=0)
    assert last.callback_query is not None
    assert last.callback_query.data == "2"


async def test_a_webhook_gets_updates_in_order_and_again_until_it_takes_them(
    server: TelegramServer, client: telegram.Bot, receiver: Receiver
) -> None:
    alice = server.world.add_user("Alice")
    receiver.refusals = 2
    server.world.say(alice.id, alice.id, "one")
    await client.set_webhook(receiver.url, secret_token="s3cret_-")
    server.world.say(alice.id, alice.id, "two")
    await server.wait_until(lambda: receiver.texts == ["one", "two"])
    assert receiver.secrets == ["s3cret_-"] * 4
    await server.wait_until(lambda: len(server.world.updates) == 0)
    info = await client.get_webhook_info()
    assert (info.url, info.pending_update_count) == (receiver.url, 0)
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_polling_and_a_webhook_exclude_each_other(
    server: TelegramServer, client: telegram.Bot, receiver: Receiver
) -> None:
    poll = asyncio.create_task(client.get_updates(timeout=10))
    await server.wait_until(lambda: server.calls("getUpdates") == 1)
    await client.set_webhook(receiver.url)
    with pytest.raises(telegram.error.Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(telegram.error.Conflict, match="use deleteWebhook to delete the webhook"):
        await client.get_updates(timeout=0)
    await client.delete_webhook()
    assert await client.get_updates(timeout=0) == ()
    assert (await client.get_webhook_info()).url == ""


async def test_pending_updates_can_be_dropped(
    server: TelegramServer, client: telegram.Bot, receiver: Receiver
) -> None:
    alice = server.world.add_user("Alice")
    server.world.say(alice.id, alice.id, "old")
    await client.set_webhook(receiver.url, drop_pending_updates=True)
    server.world.say(alice.id, alice.id, "new")
    await server.wait_until(lambda: receiver.texts == ["new"])
    receiver.refusals = 10**6
    server.world.say(alice.id, alice.id, "stuck")
    await client.delete_webhook(drop_pending_updates=True)
    assert (await client.get_webhook_info()).pending_update_count == 0


async def test_a_webhook_that_nobody_listens_at_is_told_in_its_info(
    server: TelegramServer, client: telegram.Bot
) -> None:
    alice = server.world.add_user("Alice")
    server.world.say(alice.id, alice.id, "x")
    await client.set_webhook("http://127.0.0.1:1/hook", allowed_updates=["message"])
    await server.wait_until(lambda: bool(server.outlet.webhook.last_error))
    info = await client.get_webhook_info()
    assert (info.pending_update_count, info.allowed_updates) == (1, ("message",))
    assert (info.last_error_message or "").startswith("Connection failed")


@pytest.mark.parametrize(
    ("url", "secret", "error"),
    [
        ("http://ex.com/hook", "", "bad webhook: an HTTPS URL must be provided for webhook"),
        ("nonsense", "", "bad webhook"),
        ("https://ex.com/hook", "ä", "secret token contains unallowed characters"),
    ],
)
async def test_refused_webhooks(client: telegram.Bot, url: str, secret: str, error: str) -> None:
    with pytest.raises(telegram.error.BadRequest, match=f"(?i){error}"):
        await client.set_webhook(url, secret_token=secret or None)
