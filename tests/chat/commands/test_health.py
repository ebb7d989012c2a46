"""/health: which part fails, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.feeds import ListedFeed
from bot.domain.providers import ProviderState, Trouble
from bot.domain.sources import PollResult
from storage import inbox
from storage.source_admin import import_feeds
from storage.sources import active_sources, record_poll

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


def state(
    name: str,
    trouble: Trouble | None = None,
    detail: str = "",
    back_seconds: float = 0.0,
    **facts: int,
) -> ProviderState:
    off, streamed = facts.get("off", 0), facts.get("streamed", 0)
    in_use = bool(facts.get("in_use", False))
    return ProviderState(name, trouble, detail, back_seconds, off, streamed, in_use)


async def failing(lobby: Lobby, *names: str) -> None:
    """Sources that fail, each for an hour longer than the one before."""
    now = lobby.clock()
    feeds = [ListedFeed(f"https://{name.lower()}.example/rss", name) for name in names]
    async with lobby.database.writing() as tx:
        await import_feeds(tx, feeds)
        found = {one.name: one.id for one in await active_sources(tx)}
        for hours, name in enumerate(names, start=1):
            await record_poll(
                tx,
                found[name],
                PollResult(
                    polled_at=now,
                    next_poll_at=now,
                    error=f"HTTP 503 from <{name}>",
                    failures=1,
                    failing_since_at=now - timedelta(hours=hours),
                ),
            )


async def test_a_bot_that_is_well_says_so_in_a_line_for_each_part(lobby: Lobby) -> None:
    lobby.prices.states = (state("binance", in_use=True, streamed=12), state("coingecko"))
    (answer,) = await lobby.say(lobby.operator, "/health")
    assert answer["text"].split("\n") == [
        "How the parts do, 12:00 UTC",
        "✅ Telegram and the database answer",
        "✅ Prices: binance in use, 12 markets over its stream",
        "✅ Prices: coingecko ready, for when those before it fail",
        "✅ Sources: 1 of 1 answers",
        "✅ 0 messages wait to be sent",
    ]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            state("binance", Trouble.BLOCKED, "HTTP 451", 3600.0),
            (
                "⚠️ Prices: binance set aside: it gives no prices to this region; "
                "tried again at 13:00 UTC"
            ),
        ),
        (
            state("kraken", Trouble.STALE, "its newest price is <7> minutes old", 300.0),
            (
                "⚠️ Prices: kraken set aside: its newest price is <7> minutes old; "
                "tried again at 12:05 UTC"
            ),
        ),
        (
            state("coingecko", in_use=True, off=1),
            "⚠️ Prices: coingecko in use (not for 1 market, where its price seems wrong)",
        ),
    ],
)
async def test_operators_read_which_provider_is_used_and_why_another_is_not(
    lobby: Lobby, found: ProviderState, line: str
) -> None:
    lobby.prices.states = (found,)
    (answer,) = await lobby.say(lobby.operator, "/health")
    assert answer["text"].split("\n")[2] == line


async def test_sources_that_fail_are_told_with_their_errors_the_longest_failing_first(
    lobby: Lobby,
) -> None:
    await failing(lobby, "Ledger", "Gazette")
    (answer,) = await lobby.say(lobby.operator, "/health")
    assert answer["text"].split("\n")[2:5] == [
        "⚠️ Sources: 1 of 3 answer",
        "   • Gazette, since 10:00 UTC: HTTP 503 from <Gazette>",
        "   • Ledger, since 11:00 UTC: HTTP 503 from <Ledger>",
    ]


async def test_of_many_sources_that_fail_the_rest_is_counted(lobby: Lobby) -> None:
    await failing(lobby, *(f"Wire{number}" for number in range(13)))
    (answer,) = await lobby.say(lobby.operator, "/health")
    assert answer["text"].count("•") == 10
    assert "and 3 more, see /sources" in answer["text"]


async def test_messages_that_should_have_left_are_a_warning(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.world.say(alice.id, alice.id, "/start")
    await lobby.receive()
    async with lobby.database.reading() as tx:
        (received,) = await inbox.unhandled_updates(tx)
    await lobby.desk.handle(received)
    lobby.clock.advance(720)
    *_, answer = await lobby.say(lobby.operator, "/health")
    assert answer["text"].split("\n")[-1] == "⚠️ 1 message waits to be sent, the first for 12 min"


async def test_only_operators_are_told(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/health")
    assert "Sources" not in answer["text"]
