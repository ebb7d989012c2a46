"""/list: what a chat asked for, edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.commands.lists import page_of
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


async def test_an_empty_list_offers_a_beginning(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/list")
    assert list(buttons_of(answer)) == ["📰 Follow Bitcoin news", "🌍 All news"]


async def test_subscriptions_and_alerts_have_a_button_each(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC @coindesk")
    await lobby.say(alice, "/alert BTC > 95k")
    await lobby.say(alice, "/alert ETH < 3k repeat")
    (shown,) = await lobby.say(alice, "/list")
    assert shown["text"].split("\n") == [
        "News about",
        "• Bitcoin (BTC)",
        "• CoinDesk",
        "Price alerts",
        "• BTC ↗ $95,000",
        "• ETH ↘ $3,000 🔁",
    ]
    (edited,) = await lobby.press(alice, shown, "ETH ↘")
    assert edited["message_id"] == shown["message_id"]
    assert "ETH" not in edited["text"]
    assert lobby.server.answered[-1].text == "Removed"


async def test_alerts_on_two_coins_of_one_symbol_are_told_apart(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC")
    for coin in ("uniswap", "unicorn token"):
        await lobby.say(alice, f"/alert {coin} > 8")
    (shown,) = await lobby.say(alice, "/list")
    assert shown["text"].split("\n")[-2:] == ["• Uniswap (UNI) ↗ $8", "• UNICORN Token (UNI) ↗ $8"]
    (edited,) = await lobby.press(alice, shown, "UNICORN")
    assert edited["text"].split("\n")[-1] == "• UNI ↗ $8"


async def test_what_was_removed_before_is_said_so(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC ETH")
    (shown,) = await lobby.say(alice, "/list")
    await lobby.press(alice, shown, "BTC")
    await lobby.press_data(alice, shown, buttons_of(shown)["✖️ BTC"])
    assert lobby.server.answered[-1].text == "That was removed before"


async def test_a_forged_button_removes_nothing_of_others(lobby: Lobby) -> None:
    alice, mallory = lobby.person(), lobby.person("Mallory")
    await lobby.say(alice, "/subscribe BTC")
    await lobby.say(alice, "/alert BTC > 95k")
    (hers,) = await lobby.say(alice, "/list")
    (his,) = await lobby.say(mallory, "/list")
    for data in buttons_of(hers).values():
        await lobby.press_data(mallory, his, data)
    (still,) = await lobby.say(alice, "/list")
    assert still["text"] == hers["text"]


async def test_a_long_list_has_pages(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe " + " ".join(f"#c{n}" for n in range(17)))
    (first,) = await lobby.say(alice, "/list")
    assert "#c7" in first["text"]
    assert "#c8" not in first["text"]
    assert "⬅️ Back" not in buttons_of(first)
    (second,) = await lobby.press(alice, first, "More ➡️")
    (third,) = await lobby.press(alice, second, "More ➡️")
    assert third["text"] == "News about\n• #c16"
    assert "More ➡️" not in buttons_of(third)
    (after,) = await lobby.press(alice, third, "✖️ #c16")
    assert "#c15" in after["text"]


@pytest.mark.parametrize(
    ("count", "page", "nearest"),
    [(0, 0, 0), (0, 5, 0), (8, 1, 0), (9, 1, 1), (9, 10**17, 1), (9, -3, 0)],
)
def test_a_page_that_there_is_none_of_is_the_nearest(count: int, page: int, nearest: int) -> None:
    assert page_of(count, page) == nearest
