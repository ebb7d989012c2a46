"""The main job over real HTTP: a feed's item and a price become messages in a chat."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App, running
from bot.domain.errors import ConfigError, ForeignBot, TelegramRefused


async def test_an_item_is_pushed_once_and_never_again_after_a_restart(stage: Any) -> None:
    """Subscribe, publish, push; the same feed after a restart brings nothing."""
    stage.feed.publish("Ether sits still")
    async with stage.bot():
        await stage.polls(1)
        assert "Bitcoin (BTC)" in await stage.answered("/subscribe BTC")
        stage.feed.publish(
            "Bitcoin <b>jumps</b> & runs", "The price jumped 5 %. Nobody saw it come."
        )
        await stage.until(lambda: stage.texts("Bitcoin jumps & runs"))
    async with stage.bot():
        await stage.polls(2)
    pushes = stage.texts("Bitcoin jumps & runs")
    assert len(pushes) == 1
    assert "The Wire" in pushes[0]
    assert "The price jumped 5 %." in pushes[0]
    assert not stage.texts("Ether sits still")
    assert stage.server.over_limit == []


async def test_a_crossing_rings_once_however_long_the_price_hovers(stage: Any) -> None:
    """One push for the crossing, none for hovering, another one for a repeating alert."""
    stage.put("94000")
    async with stage.bot():
        assert "$95,000" in await stage.answered("/alert BTC > 95000")
        await stage.answered("/alert BTC > 95,100 repeat")
        await stage.hold("95200")
        await stage.until(lambda: stage.texts("rose through $95,100"))
        await stage.hold("95080")
        await stage.hold("95150")
        assert len(stage.texts("rose through $95,000")) == 1
        assert len(stage.texts("rose through $95,100")) == 1
        await stage.hold("94500")
        await stage.hold("95300")
        await stage.until(lambda: len(stage.texts("rose through $95,100")) == 2)
    assert len(stage.texts("rose through $95,000")) == 1


async def test_a_crossing_while_the_bot_was_away_rings_after_the_start(stage: Any) -> None:
    """Nobody was looking when the line was crossed; the alert is late, not lost."""
    stage.put("94000")
    async with stage.bot():
        await stage.answered("/alert BTC > 95000")
    stage.put("96000")
    async with stage.bot():
        await stage.until(lambda: stage.texts("rose through $95,000"))
    async with stage.bot():
        await stage.hold("96100")
    assert len(stage.texts("rose through $95,000")) == 1


async def test_bad_prices_ring_nothing(stage: Any) -> None:
    """A provider that answers rubbish is not believed."""
    from bot.demo.sample_gecko import Fault  # noqa: PLC0415  # the stand-in's own faults

    stage.put("94000")
    async with stage.bot():
        await stage.answered("/alert BTC < 90000")
        for fault in Fault:
            stage.market.fault = fault
            await asyncio.sleep(1.2)
        stage.market.fault = None
        await asyncio.sleep(1.2)
    assert not stage.texts("fell through")


async def test_a_command_is_answered_even_if_the_bot_was_down(stage: Any) -> None:
    """What was typed while nothing ran is answered at the start, once."""
    stage.say("/help")
    async with stage.bot():
        await stage.server.wait_for_sent(1)
    async with stage.bot():
        await stage.polls(1)
    assert len(stage.server.sent) == 1


async def test_buttons_lead_to_a_first_subscription_in_two_taps(stage: Any) -> None:
    """From /start, one press subscribes."""
    async with stage.bot():
        welcome = (await _sent_after(stage, "/start"))[-1]
        stage.press(welcome, "Follow Bitcoin")
        await stage.until(lambda: stage.server.answered)
        assert "Bitcoin" in await stage.answered("/list")


async def _sent_after(stage: Any, text: str) -> list[Any]:
    before = len(stage.server.sent)
    stage.say(text)
    sent: list[Any] = await stage.server.wait_for_sent(before + 1)
    return sent


async def test_groups_channels_and_threads_are_destinations_of_their_own(stage: Any) -> None:
    """Each place gets what was asked for there, a thread in the thread."""
    world = stage.server.world
    forum = world.add_group("Club", is_forum=True, owner=stage.alice)
    thread = world.add_thread(forum.id, "Bitcoin", stage.alice.id)
    channel = world.add_channel("Morning", owner=stage.alice)
    async with stage.bot():
        await stage.polls(1)
        world.say(forum.id, stage.alice.id, "/subscribe BTC", thread_id=thread.id)
        await stage.until(lambda: any(sent.chat_id == forum.id for sent in stage.server.sent))
        world.say(channel.id, stage.alice.id, "/subscribe BTC")
        await stage.until(lambda: any(sent.chat_id == channel.id for sent in stage.server.sent))
        stage.feed.publish("Bitcoin moves")
        await stage.until(lambda: len(stage.texts("Bitcoin moves")) == 2)
    places = {(s.chat_id, s.thread_id) for s in stage.server.sent if "Bitcoin moves" in s.text}
    assert places == {(forum.id, thread.id), (channel.id, 0)}
    assert stage.server.over_limit == []


async def test_a_broadcast_is_previewed_confirmed_and_reported(stage: Any) -> None:
    """An admin types, sees the preview with the number of chats, sends, and reads the report."""
    bob = stage.server.world.add_user("Bob", started=True)
    async with stage.bot():
        stage.server.world.say(bob.id, bob.id, "/help")
        await stage.answered("/help")
        await stage.until(lambda: len(stage.server.sent) == 2)
        before = 2
        stage.say("/broadcast Maintenance at <noon>")
        preview = (await stage.server.wait_for_sent(before + 1))[-1]
        await stage.until(lambda: any("2" in s.text for s in stage.server.sent[before:]))
        asking = next(s for s in stage.server.sent[before:] if "reply_markup" in s.params)
        stage.press(asking, "Send")
        await stage.until(lambda: any(s.chat_id == bob.id for s in stage.server.sent))
        await stage.until(lambda: any(s.method == "editMessageText" for s in stage.server.sent))
    assert preview is not None
    to_bob = [s.text for s in stage.server.sent if s.chat_id == bob.id]
    assert to_bob[-1] == "Maintenance at <noon>"


async def test_health_readiness_and_metrics_are_served(stage: Any) -> None:
    """The three addresses answer, and none holds the token."""
    async with stage.bot() as app, aiohttp.ClientSession() as session:
        await stage.polls(2)
        texts = {}
        for path in ("/healthz", "/readyz", "/metrics"):
            async with session.get(_address(app) + path) as response:
                assert response.status == 200
                texts[path] = await response.text()
    document = json.loads(texts["/readyz"])
    assert document["ready"] is True
    assert document["parts"]["sources"]["wire"]["state"] == "ok"
    assert "coinbell_messages_ended_total" in texts["/metrics"]
    assert not any(stage.server.token in text for text in texts.values())


def _address(app: App) -> str:
    host, port = app.web.addresses[0]
    return f"http://{host}:{port}"


async def test_the_log_never_holds_the_token(
    stage: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole life of the bot, with failures of the network, names the token nowhere."""
    stage.server.drop_before("getUpdates")
    stage.server.fail("sendMessage", 500)
    async with stage.bot():
        await stage.answered("/help")
    out, err = capsys.readouterr()
    assert stage.server.token not in out + err


async def test_updates_by_webhook_are_kept_and_answered(stage: Any) -> None:
    """With transport "webhook" Telegram calls the bot, with its secret."""
    port = _free_port()
    settings = stage.settings
    stage.settings = settings.model_copy(
        update={
            "telegram": settings.telegram.model_copy(update={"transport": "webhook"}),
            "web": settings.web.model_copy(
                update={
                    "listen": type(settings.web.listen)("127.0.0.1", port),
                    "public_url": f"http://127.0.0.1:{port}",
                }
            ),
        }
    )
    async with stage.bot(), aiohttp.ClientSession() as session:
        assert await stage.answered("/help")
        forged = {"update_id": 1, "message": {}}
        async with session.post(f"http://127.0.0.1:{port}/telegram", json=forged) as response:
            assert response.status == 403


def _free_port() -> int:
    import socket  # noqa: PLC0415  # only here

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def test_another_bots_token_is_refused(stage: Any) -> None:
    """A database remembers whose it is, or every chat would look gone."""
    async with stage.bot():
        pass
    stage.server.world.bot = replace(stage.server.world.bot, id=999)
    with pytest.raises(ForeignBot):
        async with stage.bot():
            pass


async def test_a_refused_token_stops_the_start(stage: Any) -> None:
    """401 at the start is said, not retried for ever."""
    stage.server.fail("getMe", 401, "Unauthorized")
    with pytest.raises(TelegramRefused, match="BotFather"):
        async with stage.bot():
            pass


async def test_a_start_waits_out_telegrams_troubles(stage: Any) -> None:
    """Each call of the start may fail and is made again."""
    stage.server.drop_before("getMe")
    stage.server.fail("deleteWebhook", 502)
    async with stage.bot():
        assert await stage.answered("/help")
    stage.server.fail("getMe", 500)
    stage.server.drop_before("deleteWebhook")
    async with stage.bot():
        assert await stage.answered("/help")


async def test_a_taken_port_is_a_matter_of_configuration(stage: Any, tmp_path: Path) -> None:
    """The line names the key."""
    elsewhere = stage.settings.storage.model_copy(update={"url": f"sqlite:///{tmp_path}/b.db"})
    async with stage.bot() as app:
        address = type(stage.settings.web.listen)(*app.web.addresses[0])
        web = stage.settings.web.model_copy(update={"listen": address})
        with pytest.raises(ConfigError, match=r"web\.listen"):
            async with running(
                stage.settings.model_copy(update={"web": web, "storage": elsewhere})
            ):
                pass
