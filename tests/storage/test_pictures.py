"""Pictures wait for their message, and go when it has long left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.outbox import KeptPicture
from storage.pictures import add_picture, name_picture, picture, picture_with, prune_pictures

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database


async def test_a_picture_is_kept_byte_for_byte(database: Database, now: datetime) -> None:
    png = bytes(range(256)) * 100
    async with database.writing() as tx:
        number = await add_picture(tx, png, now)
        assert await picture(tx, number) == KeptPicture(png)
        assert await picture(tx, number + 1) is None


async def test_old_pictures_go_some_at_a_time(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        ids = [await add_picture(tx, b"x", now - timedelta(hours=n)) for n in (3, 2, 1)]
        before = now - timedelta(minutes=90)
        assert await prune_pictures(tx, before, limit=1) == 1
        assert await prune_pictures(tx, before) == 1
        assert await prune_pictures(tx, before) == 0
        assert await picture(tx, ids[2]) == KeptPicture(b"x")


async def test_of_a_key_the_first_picture_stays(database: Database, now: datetime) -> None:
    """Two processes may draw the same; those without a key are never the same."""
    async with database.writing() as tx:
        assert await picture_with(tx, "btc 95000") is None
        first = await add_picture(tx, b"one", now, "btc 95000")
        assert await add_picture(tx, b"two", now, "btc 95000") == first
        assert await picture_with(tx, "btc 95000") == first
        assert await picture(tx, first) == KeptPicture(b"one")
        assert await add_picture(tx, b"x", now) != await add_picture(tx, b"x", now)


async def test_a_picture_that_was_uploaded_keeps_its_name(
    database: Database, now: datetime
) -> None:
    async with database.writing() as tx:
        number, other = await add_picture(tx, b"one", now), await add_picture(tx, b"two", now)
        await name_picture(tx, number, "AgACAgI")
        assert await picture(tx, number) == KeptPicture(b"one", "AgACAgI")
        assert await picture(tx, other) == KeptPicture(b"two")
