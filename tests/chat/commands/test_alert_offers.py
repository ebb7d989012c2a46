"""What is asked back about an alert, and the buttons that answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts import AlertState, Direction, Line
from storage import alerts, chats
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from storage.alert_rows import StoredAlert
    from tests.chat.conftest import Lobby


async def alerts_of(lobby: Lobby, user: User) -> list[StoredAlert]:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, user.id)
        return await alerts.alerts_of(tx, here.id) if here else []


@pytest.mark.parametrize(
    ("typed", "buttons"),
    [
        ("BTC > 90k", ["↘ Falls through $90,000", "Comes back, then gets there again"]),
        ("BTC < 95k", ["↗ Rises through $95,000", "Comes back, then gets there again"]),
        ("BTC 80k..90k", ["↘ Falls through $90,000", "Comes back, then gets there again"]),
        ("BTC 92k..95k", ["↗ Rises through $92,000", "Comes back, then gets there again"]),
    ],
)
async def test_what_is_beyond_its_line_offers_what_was_meant(
    lobby: Lobby, typed: str, buttons: list[str]
) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, f"/alert {typed}")
    assert "BTC is at $91,200, beyond that already." in answer["text"]
    assert list(buttons_of(answer)) == buttons
    assert await alerts_of(lobby, alice) == []


async def test_the_other_way_is_set_with_one_tap(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 90k repeat")
    (edited,) = await lobby.press(alice, answer, "Falls through")
    assert edited["message_id"] == answer["message_id"]
    assert edited["text"].startswith("🔔 I ring when BTC falls through $90,000.")
    (stored,) = await alerts_of(lobby, alice)
    assert (stored.condition.repeat, stored.watch.state) == (True, AlertState.ARMED)


async def test_the_next_time_waits_until_the_price_was_back(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 90k")
    (edited,) = await lobby.press(alice, answer, "Comes back")
    assert "I wait until it has come back under $90,000" in edited["text"]
    (stored,) = await alerts_of(lobby, alice)
    assert isinstance(stored.condition, Line)
    assert stored.condition.direction is Direction.ABOVE
    assert stored.watch.state is AlertState.WAITING


async def test_a_question_is_answered_once(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 90k")
    both = list(buttons_of(answer).values())
    await lobby.press_data(alice, answer, both[0])
    await lobby.press_data(alice, answer, both[1])
    assert lobby.server.answered[-1].text == "This question was answered before."
    assert len(await alerts_of(lobby, alice)) == 1


async def test_nobody_else_can_answer_it(lobby: Lobby) -> None:
    alice, mallory = lobby.person(), lobby.person("Mallory")
    (answer,) = await lobby.say(alice, "/alert BTC > 90k")
    await lobby.say(mallory, "/start")
    data = next(iter(buttons_of(answer).values()))
    await lobby.press_data(mallory, {"message_id": 1}, data)
    assert await alerts_of(lobby, mallory) == []
    assert await alerts_of(lobby, alice) == []


async def test_coins_of_one_symbol_are_asked_about(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("unicorn-token", "0.00001")
    (answer,) = await lobby.say(alice, "/alert UNI > 0.00002")
    assert list(buttons_of(answer)) == ["Uniswap (UNI)", "UNICORN Token (UNI)"]
    (edited,) = await lobby.press(alice, answer, "UNICORN")
    assert edited["text"].startswith("🔔 I ring when UNI rises through $0.00002.")
    (stored,) = await alerts_of(lobby, alice)
    assert stored.market.asset_id == "unicorn-token"


async def test_the_picked_coin_may_be_beyond_its_line(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("uniswap", "9")
    (answer,) = await lobby.say(alice, "/alert UNI > 8")
    (question,) = await lobby.press(alice, answer, "Uniswap")
    assert "UNI is at $9.00, beyond that already." in question["text"]
    assert next(iter(buttons_of(question))) == "↘ Falls through $8"


async def test_what_nobody_answers_is_dropped_after_a_day(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 90k")
    async with lobby.database.writing() as tx:
        await alerts.end_over(tx, lobby.clock() + timedelta(days=1, seconds=1))
    await lobby.press(alice, answer, "Falls")
    assert lobby.server.answered[-1].text == "This question was answered before."
    assert await alerts_of(lobby, alice) == []
