"""The first minute: from /start to a subscription and an alert in two taps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.commands import BUTTONS, COMMANDS
from bot.chat.keyboards import Action
from tests.chat.conftest import buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


async def test_one_tap_leads_to_a_subscription(lobby: Lobby) -> None:
    alice = lobby.person()
    (welcome,) = await lobby.say(alice, "/start")
    (answer,) = await lobby.press(alice, welcome, "Follow Bitcoin")
    assert answer["text"].startswith("✅ From now on this chat gets news about\n• Bitcoin (BTC)")


async def test_two_taps_lead_to_an_alert(lobby: Lobby) -> None:
    alice = lobby.person()
    (welcome,) = await lobby.say(alice, "/start")
    (levels,) = await lobby.press(alice, welcome, "Ring on")
    assert levels["text"] == "BTC is at $91,200. Ring when it"
    assert list(buttons_of(levels)) == ["↗ Rises through $96,000", "↘ Falls through $86,500"]
    (answer,) = await lobby.press(alice, levels, "Falls")
    assert answer["text"].startswith("🔔 I ring when BTC falls through $86,500.")


async def test_two_taps_lead_to_other_coins_and_to_all_news(lobby: Lobby) -> None:
    alice = lobby.person()
    (welcome,) = await lobby.say(alice, "/start")
    (more,) = await lobby.press(alice, welcome, "Other coins")
    assert list(buttons_of(more)) == ["BTC", "ETH", "SOL", "XRP", "DOGE", "🌍 All news"]
    (answer,) = await lobby.press(alice, more, "SOL")
    assert "Solana (SOL)" in answer["text"]
    (answer,) = await lobby.press(alice, more, "All news")
    assert "all news" in answer["text"]


async def test_help_names_every_command_and_a_source_there_is(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/help")
    public = {name for name, command in COMMANDS.items() if not command.for_operators}
    for name in public - {"start", "help"}:
        assert f"/{name}" in answer["text"]
    assert "@coindesk" in answer["text"]
    assert "/broadcast" not in answer["text"]


async def test_help_tells_operators_and_groups_what_concerns_them(lobby: Lobby) -> None:
    (own,) = await lobby.say(lobby.operator, "/help")
    assert "/broadcast" in own["text"]
    owner = lobby.person()
    group = lobby.world.add_group("G", owner=owner)
    (answer,) = await lobby.say(owner, "/help", group.id)
    assert "administrators change the settings" in answer["text"]


async def test_every_example_in_the_help_works(lobby: Lobby) -> None:
    """Each line that the help prints as an example is typed, and none is refused."""
    lobby.prices.set("solana", "140")
    (answer,) = await lobby.say(lobby.operator, "/help")
    refusals = ("For example", "I know no", "I don\u2019t know")
    examples = [
        answer["text"].encode("utf-16-le")[e["offset"] * 2 : (e["offset"] + e["length"]) * 2]
        for e in answer["entities"]
        if e["type"] == "code"
    ]
    assert len(examples) == 17
    for example in examples:
        for reply in await lobby.say(lobby.operator, example.decode("utf-16-le")):
            said = reply.get("text") or reply["caption"]
            assert not any(refusal in said for refusal in refusals), said


async def test_every_example_of_a_command_works(lobby: Lobby) -> None:
    examples = [command.example for command in COMMANDS.values() if command.example]
    assert len(examples) == 9
    for example in examples:
        for reply in await lobby.say(lobby.operator, example):
            assert "For example" not in (reply.get("text") or reply["caption"])


def test_every_action_has_its_button() -> None:
    assert set(BUTTONS) == set(Action)
