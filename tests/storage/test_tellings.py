"""Whether anything was told that may stand beside a move."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import Category, Mention, Role
from storage.move_stories import stories_between
from storage.tellings import told_of

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database
    from tests.storage.conftest import Given

ASKED = ("bitcoin", "ethereum", "solana")


def about(asset_id: str, role: Role = Role.PRIMARY) -> tuple[Mention, ...]:
    """That an article is about an asset, in that role."""
    return (Mention(asset_id, asset_id[:3].upper(), role, "title"),)


@pytest.mark.parametrize(
    ("kind", "told"),
    [("macro", ["bitcoin", "ethereum", "solana"]), ("hack", ["ethereum"])],
)
@pytest.mark.parametrize("hours", [-3, -2, 0, 1, 2])
async def test_only_what_was_told_within_the_time_counts(
    database: Database, given: Given, now: datetime, kind: str, told: list[str], hours: int
) -> None:
    """News of the whole market stands beside every move; where nothing is named no story is."""
    at = now + timedelta(hours=hours)
    await given.story(
        mentions=about("ethereum"), categories=(Category(kind, "title"),), published_at=at
    )
    await given.story("passing", mentions=about("solana", Role.MENTIONED), published_at=now)
    since, until = now - timedelta(hours=2), now + timedelta(hours=1)
    async with database.reading() as tx:
        found = await told_of(tx, ASKED, since, until)
        assert found == (told if -2 <= hours <= 1 else [])
        assert await told_of(tx, ("dogecoin",), since, until) == (
            ["dogecoin"] if kind == "macro" and found else []
        )
        beside = [one for one in ASKED if await stories_between(tx, one, since, until)]
    assert set(beside) <= set(found)
