"""What is asked back about an alert, and the buttons that answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
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


async def test_a_coin_that_is_plainly_meant_is_not_asked_about(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/alert ICP > 20")
    assert answer["text"].startswith("🔔 I ring when ICP rises through $20.")
    assert "I took Internet Computer, the largest." in answer["text"]


async def test_the_picked_coin_may_be_beyond_its_line(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("uniswap", "9")
    (answer,) = await lobby.say(alice, "/alert UNI > 8")
    (question,) = await lobby.press(alice, answer, "Uniswap")
    assert "UNI is at $9.00, beyond that already." in question["text"]
    assert next(iter(buttons_of(question))) == "↘ Falls through $8"


QUESTION = (
    "A point before three digits can be read in two ways, and BTC is at $91,200. "
    "Which level do you mean?"
)


@pytest.mark.parametrize(
    ("typed", "buttons"),
    [
        ("BTC < 90.000", ["$90,000", "$90"]),
        ("BTC 95.250 repeat", ["$95,250", "$95.25"]),
        ("BTC > 45.600", ["$45,600", "$45.60"]),
        ("BTC > 182.400", ["$182,400", "$182.40"]),
        ("BTC 90.000..95.000", ["$90,000 … $95,000", "$90 … $95"]),
        ("BTC 90.000..95,000", ["$90,000 … $95,000", "$90 … $95,000"]),
        ("BTC close 1d > 95.000", ["$95,000", "$95"]),
    ],
)
async def test_a_level_that_can_be_read_in_two_ways_is_asked_about(
    lobby: Lobby, typed: str, buttons: list[str]
) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, f"/alert {typed}")
    assert answer["text"] == QUESTION
    assert list(buttons_of(answer)) == buttons
    assert all(len(data.encode()) <= 64 for data in buttons_of(answer).values())
    assert await alerts_of(lobby, alice) == []


@pytest.mark.parametrize(
    "typed",
    [
        "BTC < 45.599",
        "BTC > 182.401",
        "BTC < 90.00",
        "BTC < 0.090",
        "ETH < 90.000",
        "SOL > 142.000",
        "BTC funding > 0.900%",
        "BTC liquidations > 90.000 1h",
    ],
)
async def test_what_is_far_from_the_price_either_way_is_read_as_documented(
    lobby: Lobby, typed: str
) -> None:
    """A point is a decimal point; SOL has no price here that it could be near to."""
    (answer,) = await lobby.say(lobby.person(), f"/alert {typed}")
    assert "two ways" not in answer["text"]


@pytest.mark.parametrize(
    ("label", "level", "said"),
    [
        ("$90,000", "90000", "🔔 I ring when BTC falls through $90,000."),
        ("$90", "90", "🔔 I ring when BTC falls through $90."),
    ],
)
async def test_the_level_that_was_meant_is_set_with_one_tap(
    lobby: Lobby, label: str, level: str, said: str
) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC < 90.000 repeat")
    data = buttons_of(answer)[label]
    (edited,) = await lobby.press_data(alice, answer, data)
    assert (edited["message_id"], edited["text"].split("\n")[0]) == (answer["message_id"], said)
    (stored,) = await alerts_of(lobby, alice)
    assert isinstance(stored.condition, Line)
    assert (stored.condition.level, stored.condition.repeat) == (Decimal(level), True)
    for other in buttons_of(answer).values():
        await lobby.press_data(alice, answer, other)
        assert lobby.server.answered[-1].text == "This question was answered before."
    assert len(await alerts_of(lobby, alice)) == 1


async def test_the_level_that_was_meant_may_be_beyond_its_line(lobby: Lobby) -> None:
    """It is asked about like one just typed, and not set to wait unseen."""
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 90.000")
    (question,) = await lobby.press(alice, answer, "$90,000")
    assert question["text"].startswith("BTC ↗ $90,000: BTC is at $91,200, beyond that already.")
    (edited,) = await lobby.press(alice, question, "Falls through")
    assert edited["text"].startswith("🔔 I ring when BTC falls through $90,000.")


async def test_both_questions_come_after_each_other(lobby: Lobby) -> None:
    """Which level is near to the price is known once the coin is."""
    alice = lobby.person()
    lobby.prices.set("uniswap", "7000")
    lobby.prices.set("unicorn-token", "7")
    (answer,) = await lobby.say(alice, "/alert UNI > 8.000")
    (question,) = await lobby.press(alice, answer, "Uniswap")
    assert list(buttons_of(question)) == ["$8,000", "$8"]
    (edited,) = await lobby.press(alice, question, "$8,000")
    assert edited["text"].startswith("🔔 I ring when UNI rises through $8,000.")
    (again,) = await lobby.say(alice, "/alert UNI > 8.000")
    (other,) = await lobby.press(alice, again, "UNICORN")
    assert other["text"].startswith("🔔 I ring when UNI rises through $8.")


async def test_what_nobody_answers_is_dropped_after_a_day(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 90k")
    async with lobby.database.writing() as tx:
        await alerts.end_over(tx, lobby.clock() + timedelta(days=1, seconds=1))
    await lobby.press(alice, answer, "Falls")
    assert lobby.server.answered[-1].text == "This question was answered before."
    assert await alerts_of(lobby, alice) == []
