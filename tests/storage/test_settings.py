"""What a destination chose of how things look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.outbox import Pictures, Rendered, Reply
from storage.database import Database
from storage.outbox import add_reply, candidates
from storage.settings import pictures_of, set_pictures

if TYPE_CHECKING:
    from datetime import datetime

    from tests.storage.conftest import Given


@pytest.mark.parametrize("chosen", list(Pictures))
async def test_the_choice_of_pictures_goes_with_every_message(
    database: Database, given: Given, now: datetime, chosen: Pictures
) -> None:
    """Large until something else is chosen; each thread for itself."""
    here, there = await given.destination(), await given.destination(1, 7)
    async with database.writing() as tx:
        assert await pictures_of(tx, here) is Pictures.LARGE
        await set_pictures(tx, here, chosen)
        assert await pictures_of(tx, here) is chosen
        assert await pictures_of(tx, there) is Pictures.LARGE
        await add_reply(tx, Reply(here, Rendered("x")), "x", now)
        (claimed,) = await candidates(tx, now, 1, {})
    assert claimed.view.pictures is chosen
