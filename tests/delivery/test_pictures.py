"""A picture of our own is uploaded when its message leaves."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.demo.telegram_server import TelegramServer
from bot.domain.outbox import Rendered, Reply
from storage.outbox import add_reply
from storage.pictures import add_picture, prune_pictures

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 500)


async def test_a_picture_that_waits_is_uploaded_and_one_that_is_gone_is_left_out(
    office: Any, server: TelegramServer
) -> None:
    alice = server.world.add_user("Alice", started=True)
    destination = await office.chat(alice.id)
    now = datetime.now(UTC)
    async with office.database.writing() as tx:
        gone = await add_picture(tx, PNG, now)
        await prune_pictures(tx, now + timedelta(days=1))
        kept = await add_picture(tx, PNG, now)
        for number in (kept, gone):
            rendered = Rendered("<b>BTC</b>", picture_id=number)
            await add_reply(tx, Reply(destination, rendered), f"k{number}", now)
    async with office.open():
        await server.wait_for_sent(2)
    assert [sent.method for sent in server.sent] == ["sendPhoto", "sendMessage"]
    assert [sent.html for sent in server.sent] == ["<b>BTC</b>"] * 2


async def test_where_photos_are_forbidden_the_words_go_alone(
    office: Any, server: TelegramServer
) -> None:
    """And nobody takes it for a chat that cannot be written to."""
    group = server.world.add_group("G", members=[server.world.add_user("Alice")])
    destination = await office.chat(group.id)
    now = datetime.now(UTC)
    async with office.database.writing() as tx:
        rendered = Rendered("<b>BTC</b>", picture_id=await add_picture(tx, PNG, now))
        await add_reply(tx, Reply(destination, rendered), "k", now)
    server.fail("sendPhoto", 400, "not enough rights to send photos to the chat")
    async with office.open():
        await server.wait_for_sent(1)
        await office.until_ended()
    assert [sent.method for sent in server.sent] == ["sendMessage"]
    assert office.told.paused == []
    assert [row[0] for row in await office.rows()] == ["sent"]
