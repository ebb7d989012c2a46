"""Who administers a chat, asked of the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.members import TelegramAdministrators
from bot.domain.errors import FetchError

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_owner_and_administrators_are_and_members_are_not(lobby: Lobby) -> None:
    owner, admin, member = (lobby.person(name) for name in ("Owner", "Ada", "Max"))
    group = lobby.world.add_group("G", owner=owner, members=[admin, member])
    lobby.world.join(group.id, admin, "administrator")
    administrators = TelegramAdministrators(lobby.bot)
    found = [await administrators.is_admin(group.id, who.id) for who in (owner, admin, member)]
    assert found == [True, True, False]
    assert lobby.server.calls("getChatAdministrators") == 1


async def test_an_answer_is_remembered_for_a_minute(lobby: Lobby) -> None:
    owner, member = lobby.person("Owner"), lobby.person("Max")
    group = lobby.world.add_group("G", owner=owner, members=[member])
    seconds = Seconds()
    administrators = TelegramAdministrators(lobby.bot, seconds)
    assert not await administrators.is_admin(group.id, member.id)
    lobby.world.join(group.id, member, "administrator")
    seconds.now = 59.0
    assert not await administrators.is_admin(group.id, member.id)
    seconds.now = 61.0
    assert await administrators.is_admin(group.id, member.id)


async def test_without_the_list_the_one_member_is_asked_for(lobby: Lobby) -> None:
    owner, member = lobby.person("Owner"), lobby.person("Max")
    group = lobby.world.add_group("G", owner=owner, members=[member])
    administrators = TelegramAdministrators(lobby.bot)
    lobby.server.fail("getChatAdministrators", 400, "Bad Request: hidden", times=None)
    assert await administrators.is_admin(group.id, owner.id)
    assert not await administrators.is_admin(group.id, member.id)


async def test_when_telegram_tells_neither_it_is_an_error(lobby: Lobby) -> None:
    administrators = TelegramAdministrators(lobby.bot)
    with pytest.raises(FetchError):
        await administrators.is_admin(-100999, 5)
