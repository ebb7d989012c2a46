"""/price, and the prices of a story in a popup."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.domain.markets import Market
from storage import markets
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


async def test_a_price_has_its_moves_and_the_range_of_the_day(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/price btc")
    assert answer["text"].split("\n") == [
        "Bitcoin (BTC) $91,200",
        "1 h +0.2\u00a0% · 24 h \u22121.8\u00a0% · 7 d +4.0\u00a0%",
        "Range of the day $90,100 to $93,050",
    ]


async def test_several_prices_with_what_is_unknown_and_what_has_none(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/price ether xyzzy SOL")
    assert answer["text"].split("\n\n") == [
        "Ethereum (ETH) $3,180.25",
        "Solana (SOL): no price at the moment",
        "No coin I know: xyzzy",
    ]


async def test_a_stale_price_is_marked(lobby: Lobby) -> None:
    lobby.prices.set("bitcoin", "91200", at=lobby.clock() - timedelta(minutes=12))
    (answer,) = await lobby.say(lobby.person(), "/price BTC")
    assert "⚠️ Stale, last update: 12 min" in answer["text"]


async def test_what_is_asked_for_is_watched_for_a_while(lobby: Lobby) -> None:
    await lobby.say(lobby.person(), "/price SOL")
    since = lobby.clock() - timedelta(hours=1)
    async with lobby.database.reading() as tx:
        assert Market("solana") in await markets.watched_markets(tx, "USD", since)


async def test_the_prices_of_a_story_come_in_a_popup(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("solana", "140", at=lobby.clock() - timedelta(hours=2))
    mentions = tuple(
        about(asset_id, symbol)
        for asset_id, symbol in (
            ("bitcoin", "BTC"),
            ("ethereum", "ETH"),
            ("solana", "SOL"),
            ("dogecoin", "DOGE"),
        )
    )
    story_id = await lobby.publish(mentions=mentions)
    (shown,) = await lobby.say(alice, "/start")
    assert await lobby.press_data(alice, shown, f"1:story_price:{story_id}:0") == []
    popup = lobby.server.answered[-1]
    assert (popup.text or "").split("\n") == [
        "BTC $91,200 · 24 h \u22121.8\u00a0%",
        "ETH $3,180.25",
        "SOL $140 · stale, last update: 2 h",
        "DOGE: no price at the moment",
    ]
    assert popup.show_alert is True


async def test_a_story_that_was_pruned_is_said_so(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("bitcoin", "1", change_24h=Decimal(0))
    (shown,) = await lobby.say(alice, "/start")
    for story_id in (await lobby.publish("No coin in it"), 999):
        await lobby.press_data(alice, shown, f"1:story_price:{story_id}:0")
        assert lobby.server.answered[-1].text == "This story is no longer kept."


async def test_coins_of_one_symbol_are_asked_about(lobby: Lobby) -> None:
    """What is clear is answered at once; the question becomes its answer, and leads to a chart."""
    alice = lobby.person()
    lobby.prices.set("unicorn-token", "0.00001")
    prices, question = await lobby.say(alice, "/price BTC UNI xyzzy")
    assert prices["text"].startswith("Bitcoin (BTC) $91,200")
    assert prices["text"].endswith("No coin I know: xyzzy")
    assert question["text"] == "Several coins go by UNI. Which one?"
    assert list(buttons_of(question)) == ["Uniswap (UNI)", "UNICORN Token (UNI)"]
    (edited,) = await lobby.press(alice, question, "UNICORN")
    assert edited["message_id"] == question["message_id"]
    assert edited["text"] == "UNICORN Token (UNI) $0.00001"
    assert list(buttons_of(edited)) == ["📊 UNI chart"]


async def test_a_coin_alone_asks_too_and_its_name_does_not(lobby: Lobby) -> None:
    alice = lobby.person()
    (question,) = await lobby.say(alice, "UNI")
    assert question["text"] == "Several coins go by UNI. Which one?"
    (answer,) = await lobby.say(alice, "/price uniswap")
    assert answer["text"] == "Uniswap (UNI): no price at the moment"


async def test_a_coin_that_is_plainly_meant_is_taken(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/price ICP")
    assert answer["text"].startswith("Internet Computer (ICP)")
    assert "The others by name: Little Computer" in answer["text"]


@pytest.mark.parametrize("action", ["price", "why", "news_of", "follow_coin", "leave_coin"])
async def test_a_coin_that_is_known_no_more_cannot_be_meant(lobby: Lobby, action: str) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/price UNI")
    assert await lobby.press_data(alice, shown, f"1:{action}:7:0") == []
    assert (lobby.server.answered[-1].text or "").startswith("This button no longer works.")
