"""Files that people send, fetched from Telegram's stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.files import MAX_BYTES, SentFile, fetched_file
from bot.domain.errors import FetchError, ResponseTooLarge

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


def kept(lobby: Lobby, content: bytes) -> str:
    stored = lobby.server.context.files.add_document("a.opml", content, "text/x-opml")
    return str(stored["file_id"])


async def test_a_file_comes_byte_for_byte(lobby: Lobby) -> None:
    sent = SentFile(kept(lobby, b"\x00\xff<opml/>"), 9)
    assert await fetched_file(lobby.bot, sent) == b"\x00\xff<opml/>"


async def test_a_large_file_is_not_fetched(lobby: Lobby) -> None:
    """Whether its message told the size or not."""
    file_id = kept(lobby, b"x" * (MAX_BYTES + 1))
    for size in (MAX_BYTES + 1, None):
        with pytest.raises(ResponseTooLarge):
            await fetched_file(lobby.bot, SentFile(file_id, size))
    assert await fetched_file(lobby.bot, SentFile(kept(lobby, b"y" * MAX_BYTES)))


async def test_a_file_that_telegram_does_not_give_is_told(lobby: Lobby) -> None:
    with pytest.raises(FetchError, match="does not give"):
        await fetched_file(lobby.bot, SentFile("nothing"))
    file_id = kept(lobby, b"x")
    lobby.server.fail("getFile", 500)
    with pytest.raises(FetchError, match="does not give"):
        await fetched_file(lobby.bot, SentFile(file_id))
