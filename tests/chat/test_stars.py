"""What a broadcast costs in Stars, and what the bot has."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.chat.stars import broadcast_stars, star_balance

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


@pytest.mark.parametrize(
    ("chats", "stars"),
    [(0, "0"), (30, "0"), (31, "0.1"), (130, "10"), (100_000, "9997")],
)
def test_each_message_beyond_the_free_ones_costs_a_tenth(chats: int, stars: str) -> None:
    assert broadcast_stars(chats) == Decimal(stars)


async def test_the_balance_is_exact_to_the_nanostar(lobby: Lobby) -> None:
    lobby.server.context.nanostars = 12_300_000_001
    assert await star_balance(lobby.bot) == Decimal("12.300000001")


async def test_a_balance_that_telegram_does_not_tell_is_unknown(lobby: Lobby) -> None:
    lobby.server.fail("getMyStarBalance", 500)
    assert await star_balance(lobby.bot) is None
