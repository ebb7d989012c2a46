"""/stats: figures for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


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
