"""The card of an alert: changing, silencing, beginning anew."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.chat.commands.alert_cards import shifted
from bot.domain.alerts import AlertState, Direction, Line
from bot.domain.watching import watch_step
from storage import alerts, chats
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from storage.alert_rows import StoredAlert
    from tests.chat.conftest import Lobby, Message

PERCENT = "\u00a0%"


async def only_alert(lobby: Lobby, user: User) -> StoredAlert:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, user.id)
        assert here is not None
        (stored,) = await alerts.alerts_of(tx, here.id)
        return stored


async def card_of(lobby: Lobby, user: User, typed: str = "BTC > 95k") -> Message:
    await lobby.say(user, f"/alert {typed}")
    (shown,) = await lobby.say(user, "/alerts")
    (card,) = await lobby.press(user, shown, "BTC")
    assert card["message_id"] == shown["message_id"]
    return card


async def test_a_card_tells_everything_of_its_alert(lobby: Lobby) -> None:
    card = await card_of(lobby, lobby.person(), 'BTC > 95k repeat note "sell some"')
    assert card["text"].split("\n") == [
        "BTC ↗ $95,000 🔁",
        "🔔 I ring when BTC rises through $95,000.",
        f"It is at $91,200, 4.2{PERCENT} away.",
        f"It repeats: after each ring the price must leave the line by 0.5{PERCENT} first.",
        "📝 sell some",
    ]
    assert list(buttons_of(card)) == [
        f"\u22121.0{PERCENT}",
        f"+1.0{PERCENT}",
        "Ring once",
        "↕ Turn round",
        "💤 1 h",
        "💤 8 h",
        "💤 24 h",
        "✖ Remove",
        "\u2039 All alerts",
    ]


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("Repeat", Line(Direction.ABOVE, Decimal(95000), repeat=True)),
        ("Turn round", Line(Direction.BELOW, Decimal(95000))),
        (f"+1.0{PERCENT}", Line(Direction.ABOVE, Decimal(95950))),
        (f"\u22121.0{PERCENT}", Line(Direction.ABOVE, Decimal(94050))),
    ],
)
async def test_it_is_changed_in_place(lobby: Lobby, label: str, line: Line) -> None:
    alice = lobby.person()
    card = await card_of(lobby, alice)
    before = await only_alert(lobby, alice)
    (edited,) = await lobby.press(alice, card, label)
    after = await only_alert(lobby, alice)
    assert edited["message_id"] == card["message_id"]
    assert (after.id, after.condition) == (before.id, line)
    assert after.watch.arming >= before.watch.arming


async def test_an_armed_alert_that_is_changed_never_fires_an_old_arming(lobby: Lobby) -> None:
    alice = lobby.person()
    card = await card_of(lobby, alice)
    await lobby.press(alice, card, "Repeat")
    assert (await only_alert(lobby, alice)).watch.arming == 2


async def test_it_sleeps_and_begins_again_at_a_tap(lobby: Lobby) -> None:
    alice = lobby.person()
    card = await card_of(lobby, alice)
    (asleep,) = await lobby.press(alice, card, "💤 8 h")
    assert "💤 Silent until 20:00 UTC." in asleep["text"]
    assert lobby.server.answered[-1].text == "Silent for 8 h"
    stored = await only_alert(lobby, alice)
    assert stored.watch.rests_until == lobby.clock() + timedelta(hours=8)
    (listed,) = await lobby.press(alice, asleep, "All alerts")
    assert "BTC ↗ $95,000 · 💤 silent until 20:00 UTC" in listed["text"]
    await lobby.press(alice, asleep, "Begin now")
    stored = await only_alert(lobby, alice)
    assert (stored.watch.state, stored.watch.rests_until) == (AlertState.ARMED, None)


@pytest.mark.parametrize("label", ["Repeat", "Turn round", f"+1.0{PERCENT}"])
async def test_what_is_changed_while_it_sleeps_sleeps_on(lobby: Lobby, label: str) -> None:
    alice = lobby.person()
    card = await card_of(lobby, alice)
    (asleep,) = await lobby.press(alice, card, "💤 8 h")
    (changed,) = await lobby.press(alice, asleep, label)
    assert "💤 Silent until 20:00 UTC." in changed["text"]
    stored = await only_alert(lobby, alice)
    assert stored.watch.state is AlertState.WAITING
    assert stored.watch.rests_until == lobby.clock() + timedelta(hours=8)


async def test_a_rest_after_a_ring_is_told_from_a_silence(lobby: Lobby) -> None:
    """Both end at a time; only the owner's own is a sleep, also of an alert that rested."""
    alice = lobby.person()
    await card_of(lobby, alice, "BTC > 95k cooldown 2h")
    stored = await only_alert(lobby, alice)
    rang_at = lobby.clock() + timedelta(minutes=7)
    step = watch_step(stored.condition, stored.watch, Decimal(96000), rang_at)
    assert step.fires
    async with lobby.database.writing() as tx:
        await alerts.set_watches(tx, [(stored, step.watch)], rang_at)
    (listed,) = await lobby.say(alice, "/alerts")
    assert "BTC ↗ $95,000 🔁 · ⏲ rests until 14:07 UTC" in listed["text"]
    (card,) = await lobby.press(alice, listed, "BTC")
    assert "⏲ Rests after its ring until 14:07 UTC." in card["text"]
    (moved,) = await lobby.press(alice, card, "+1.0")
    assert "⏲ Rests after its ring until 14:07 UTC." in moved["text"]
    (asleep,) = await lobby.press(alice, moved, "💤 8 h")
    assert "💤 Silent until 20:00 UTC." in asleep["text"]
    (turned,) = await lobby.press(alice, asleep, "Turn round")
    assert "💤 Silent until 20:00 UTC." in turned["text"]


async def test_a_fired_alert_is_silenced_below_its_message(lobby: Lobby) -> None:
    """The message stays as it was: what it tells has happened."""
    alice = lobby.person()
    card = await card_of(lobby, alice, "BTC > 95k repeat")
    stored = await only_alert(lobby, alice)
    assert await lobby.press_data(alice, card, f"1:snooze:{stored.id}:-8") == []
    assert lobby.server.answered[-1].text == "Silent for 8 h"
    stored = await only_alert(lobby, alice)
    assert stored.watch.rests_until == lobby.clock() + timedelta(hours=8)


async def test_a_change_into_a_twin_is_refused(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/alert BTC > 95k repeat")
    await lobby.say(alice, "/alert BTC > 95k")
    (shown,) = await lobby.say(alice, "/alerts")
    data = buttons_of(shown)["BTC ↗ $95,000"]
    (card,) = await lobby.press_data(alice, shown, data)
    assert await lobby.press(alice, card, "Repeat") == []
    assert lobby.server.answered[-1].text == "You have that alert already."


@pytest.mark.parametrize("data", ["snooze:{}:9999", "shift:{}:50", "snooze:{}:0", "flip:999:0"])
async def test_forged_presses_change_nothing(lobby: Lobby, data: str) -> None:
    alice = lobby.person()
    card = await card_of(lobby, alice)
    before = await only_alert(lobby, alice)
    await lobby.press_data(alice, card, "1:" + data.format(before.id))
    assert await only_alert(lobby, alice) == before


async def test_nobody_opens_the_card_of_another(lobby: Lobby) -> None:
    alice, mallory = lobby.person(), lobby.person("Mallory")
    await card_of(lobby, alice)
    stored = await only_alert(lobby, alice)
    (start,) = await lobby.say(mallory, "/start")
    assert await lobby.press_data(mallory, start, f"1:card:{stored.id}:0") == []
    assert lobby.server.answered[-1].text == "This alert was removed before."


@pytest.mark.parametrize(
    ("level", "percent", "found"),
    [("95000", 1, "95950"), ("0.00001234", -1, "0.000012217"), ("3", 1, "3.03"), ("1", -1, "0.99")],
)
def test_a_level_moves_by_a_percent(level: str, percent: int, found: str) -> None:
    assert shifted(Decimal(level), percent) == Decimal(found)
