"""Word to the operators of how a provider of prices is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.provider_notices import ProviderNotices
from bot.domain.providers import ProviderNews, Trouble

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


async def told(lobby: Lobby, trouble: Trouble | None, times: int = 1) -> list[str]:
    notices = ProviderNotices(lobby.catalogue, {lobby.operator.id, 999}, lobby.clock)
    news = ProviderNews("binance", trouble, "HTTP 451 & <more>", lobby.clock())
    for _ in range(times):
        async with lobby.database.writing() as tx:
            await notices.report(tx, news)
    return [message["text"] for message in await lobby.send()]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.BLOCKED, "no prices to the region that I run in (HTTP 451 & <more>)"),
        (Trouble.FAILING, "gives no prices: HTTP 451 & <more>. The next provider is asked"),
        (Trouble.STALE, "stand still: HTTP 451 & <more>."),
        (Trouble.OFF, "are wrong, as it seems: HTTP 451 & <more>."),
        (None, "binance gives prices again."),
    ],
)
async def test_an_operator_who_started_the_bot_is_told(
    lobby: Lobby, trouble: Trouble | None, words: str
) -> None:
    """Once, and one who never wrote to it is passed over."""
    await lobby.say(lobby.operator, "/start")
    (text,) = await told(lobby, trouble, times=2)
    assert words in text
    assert "binance" in text


async def test_before_an_operator_started_the_bot_nobody_is_told(lobby: Lobby) -> None:
    assert await told(lobby, Trouble.BLOCKED) == []
