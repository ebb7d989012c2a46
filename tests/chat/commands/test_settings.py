"""/settings: how the pictures of news are shown, chosen by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.outbox import Pictures
from storage import chats, settings
from tests.chat.conftest import labels_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby

PICTURE = "https://news.example/a.jpg"


async def chosen(lobby: Lobby, chat_id: int) -> Pictures:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, chat_id)
        assert here is not None
        return await settings.pictures_of(tx, here.id)


async def test_the_choice_is_marked_and_changed_in_place(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/settings")
    assert labels_of(shown) == [["✅ Large", "Small", "None"]]
    (edited,) = await lobby.press(alice, shown, "None")
    assert edited["message_id"] == shown["message_id"]
    assert labels_of(edited) == [["Large", "Small", "✅ None"]]
    assert lobby.server.answered[-1].text == "From the next story on"
    assert await chosen(lobby, alice.id) is Pictures.OFF


@pytest.mark.parametrize(
    ("label", "preview"),
    [
        (
            "Large",
            {"url": PICTURE, "prefer_large_media": True, "show_above_text": True},
        ),
        ("Small", {"url": PICTURE, "prefer_small_media": True}),
        ("None", {"is_disabled": True}),
    ],
)
async def test_the_next_push_looks_as_chosen(
    lobby: Lobby, label: str, preview: dict[str, object]
) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/settings")
    await lobby.press(alice, shown, label)
    push = await lobby.push(alice, await lobby.publish(image_url=PICTURE))
    assert push["sent"]["link_preview_options"] == preview


async def test_in_a_group_it_is_for_administrators(lobby: Lobby) -> None:
    owner, member = lobby.person("Owner"), lobby.person("Max")
    group = lobby.world.add_group("Traders", owner=owner, members=[member])
    (refused,) = await lobby.say(member, "/settings", group.id)
    assert "Only this chat\u2019s administrators" in refused["text"]
    (shown,) = await lobby.say(owner, "/settings", group.id)
    assert await lobby.press(member, shown, "None", group.id) == []
    assert await chosen(lobby, group.id) is Pictures.LARGE
    await lobby.press(owner, shown, "Small", group.id)
    assert await chosen(lobby, group.id) is Pictures.SMALL


@pytest.mark.parametrize("data", ["1:pictures:3:0", "1:pictures:-1:0"])
async def test_a_forged_choice_changes_nothing(lobby: Lobby, data: str) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/settings")
    assert await lobby.press_data(alice, shown, data) == []
    assert "no longer works" in (lobby.server.answered[-1].text or "")
    assert await chosen(lobby, alice.id) is Pictures.LARGE
