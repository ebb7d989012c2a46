"""Word to the operators of how a source is doing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.chat.source_notices import SourceNotices
from bot.domain.sources import Source, SourceKind, SourceNews, SourceOrigin, SourceState

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby

SOURCE = Source(
    1,
    "ledger",
    "The <Ledger>",
    SourceKind.FEED,
    "https://ledger.example/rss",
    SourceState.ACTIVE,
    last_error="HTTP 503 & more",
)
ADDED = replace(SOURCE, origin=SourceOrigin.COMMAND)


async def told(lobby: Lobby, source: Source, news: SourceNews, times: int = 1) -> list[str]:
    notices = SourceNotices(lobby.catalogue, {lobby.operator.id, 999}, lobby.clock)
    for _ in range(times):
        async with lobby.database.writing() as tx:
            await notices.report(tx, source, news)
    return [message["text"] for message in await lobby.send()]


@pytest.mark.parametrize(
    ("source", "news", "words"),
    [
        (SOURCE, SourceNews.FAILING, "The <Ledger> could not be read for a day: HTTP 503 & more."),
        (SOURCE, SourceNews.RECOVERED, "The <Ledger> can be read again."),
        (SOURCE, SourceNews.RETIRED, "Give it another address in the settings"),
        (ADDED, SourceNews.RETIRED, "/source remove ledger, then /source add it"),
    ],
)
async def test_an_operator_who_started_the_bot_is_told(
    lobby: Lobby, source: Source, news: SourceNews, words: str
) -> None:
    """Once, and one who never wrote to it is passed over."""
    await lobby.say(lobby.operator, "/start")
    (text,) = await told(lobby, source, news, times=2)
    assert words in text


async def test_before_an_operator_started_the_bot_nobody_is_told(lobby: Lobby) -> None:
    assert await told(lobby, SOURCE, SourceNews.FAILING) == []
