"""/alerts: nearest to firing first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.chat.commands.lists import PAGE
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby

PERCENT = "\u00a0%"


async def test_the_nearest_is_first_and_what_waits_is_last(lobby: Lobby) -> None:
    alice = lobby.person()
    for text in ("SOL > 200", "BTC < 95k", "BTC > 100k", "ETH > 3,200", "BTC > 95k repeat"):
        (answer,) = await lobby.say(alice, f"/alert {text}")
        if "beyond that already" in answer["text"]:
            await lobby.press(alice, answer, "Comes back")
    (shown,) = await lobby.say(alice, "/alerts")
    assert shown["text"].split("\n") == [
        "Price alerts, nearest first",
        f"• ETH ↗ $3,200 · 0.62{PERCENT} away, now $3,180.25",
        f"• BTC ↗ $95,000 🔁 · 4.2{PERCENT} away, now $91,200",
        f"• BTC ↗ $100,000 · 9.6{PERCENT} away, now $91,200",
        "• BTC ↘ $95,000 · waits for the price to come back, now $91,200",
        "• SOL ↗ $200 · no price at the moment",
    ]


async def test_one_is_removed_in_place(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/alert BTC > 95k")
    await lobby.say(alice, "/alert ETH > 4k")
    (shown,) = await lobby.say(alice, "/alerts")
    (card,) = await lobby.press(alice, shown, "BTC")
    (edited,) = await lobby.press(alice, card, "✖ Remove")
    assert edited["message_id"] == shown["message_id"]
    assert "BTC" not in edited["text"]
    assert lobby.server.answered[-1].text == "Removed"
    (last,) = await lobby.press(alice, edited, "ETH")
    (empty,) = await lobby.press(alice, last, "✖ Remove")
    assert empty["text"].startswith("No price alerts yet.")
    await lobby.press_data(alice, last, buttons_of(last)["✖ Remove"])
    assert lobby.server.answered[-1].text == "That was removed before"


async def test_stale_prices_are_marked(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/alert BTC > 95k")
    lobby.prices.set("bitcoin", "91200", at=lobby.clock() - timedelta(hours=1))
    (shown,) = await lobby.say(alice, "/alerts")
    assert "last seen at $91,200 ⚠️ stale" in shown["text"]


async def test_many_have_pages(lobby: Lobby) -> None:
    alice = lobby.person()
    for number in range(PAGE + 1):
        await lobby.say(alice, f"/alert BTC > {95 + number}k")
    (first,) = await lobby.say(alice, "/alerts")
    assert len(buttons_of(first)) == PAGE + 1
    (second,) = await lobby.press(alice, first, "More ➡️")
    assert second["text"].count("\n") == 1
    (back,) = await lobby.press(alice, second, "⬅️ Back")
    assert back["text"] == first["text"]


async def test_the_signs_that_stand_there_are_explained(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/alert BTC 5% 1h unexplained")
    (one,) = await lobby.say(alice, "/alerts")
    assert one["text"].split("\n")[2:] == [
        "",
        "❓ rings only without a story that fits the move",
    ]
    (card,) = await lobby.press(alice, one, "❓")
    assert "❓ Only without a story that fits the move." in card["text"].split("\n")
    await lobby.say(alice, "/alert BTC 7% 1h explained")
    (both,) = await lobby.say(alice, "/alerts")
    assert both["text"].split("\n")[-2:] == [
        "💡 rings only with a story that fits the move",
        "❓ rings only without a story that fits the move",
    ]


async def test_alerts_on_two_coins_of_one_symbol_are_told_apart(lobby: Lobby) -> None:
    """As long as there are both; elsewhere the symbol is enough."""
    alice = lobby.person()
    lobby.prices.set("uniswap", "7")
    lobby.prices.set("unicorn-token", "7")
    await lobby.say(alice, "/alert BTC > 95k")
    for coin in ("uniswap", "unicorn token"):
        await lobby.say(alice, f"/alert {coin} > 8")
    (shown,) = await lobby.say(alice, "/alerts")
    names = {"BTC ↗ $95,000", "Uniswap (UNI) ↗ $8", "UNICORN Token (UNI) ↗ $8"}
    assert set(buttons_of(shown)) == names
    assert {line[2:].split(" · ")[0] for line in shown["text"].split("\n")[1:]} == names
    (card,) = await lobby.press(alice, shown, "UNICORN")
    assert card["text"].split("\n")[0] == "UNICORN Token (UNI) ↗ $8"
    (left,) = await lobby.press(alice, card, "✖ Remove")
    assert set(buttons_of(left)) == {"BTC ↗ $95,000", "UNI ↗ $8"}


async def test_none_yet_offers_a_first(lobby: Lobby) -> None:
    (shown,) = await lobby.say(lobby.person(), "/alerts")
    assert list(buttons_of(shown)) == ["🔔 Ring on a Bitcoin price"]
