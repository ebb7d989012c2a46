"""/stats: figures for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.providers import ProviderState, Trouble

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


async def test_the_figures_are_those_of_the_database(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.publish()
    await lobby.say(alice, "/subscribe BTC ETH")
    await lobby.say(alice, "/alert BTC > 95k")
    bob = lobby.person("Bob")
    await lobby.say(bob, "/start")
    lobby.world.block(bob.id)
    await lobby.deliver()
    (answer,) = await lobby.say(lobby.operator, "/stats")
    assert answer["text"].split("\n") == [
        "How things stand",
        "2 active chats (2 private); gone or paused: 1",
        "2 subscriptions; chats or threads with any: 1",
        "1 alert waiting; fired so far: 0",
        "1 article kept; new in 24 h: 1",
        "3 messages sent in 24 h; waiting: 0",
    ]


@pytest.mark.parametrize(
    ("states", "line"),
    [
        (
            [state("binance", in_use=True, streamed=12), state("coingecko")],
            "binance in use, 12 markets over its stream · coingecko ready",
        ),
        (
            [
                state("binance", Trouble.BLOCKED, "HTTP 451", 3600.0),
                state("kraken", Trouble.STALE, "its newest price is <7> minutes old", 300.0),
                state("coingecko", in_use=True, off=1),
            ],
            (
                "binance set aside: it gives no prices to this region; tried again at 13:00 UTC · "
                "kraken set aside: its newest price is <7> minutes old; tried again at 12:05 UTC · "
                "coingecko in use (not for 1 market, where its price seems wrong)"
            ),
        ),
    ],
)
async def test_operators_read_which_provider_is_used_and_why(
    lobby: Lobby, states: list[ProviderState], line: str
) -> None:
    lobby.prices.states = tuple(states)
    (answer,) = await lobby.say(lobby.operator, "/stats")
    assert answer["text"].split("\n")[-1] == f"Prices: {line}"
