"""Pictures wait for their message, and go when it has long left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.pictures import add_picture, picture, prune_pictures

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database


async def test_a_picture_is_kept_byte_for_byte(database: Database, now: datetime) -> None:
    png = bytes(range(256)) * 100
    async with database.writing() as tx:
        number = await add_picture(tx, png, now)
        assert await picture(tx, number) == png
        assert await picture(tx, number + 1) is None


async def test_old_pictures_go_some_at_a_time(database: Database, now: datetime) -> None:
    async with database.writing() as tx:
        ids = [await add_picture(tx, b"x", now - timedelta(hours=n)) for n in (3, 2, 1)]
        before = now - timedelta(minutes=90)
        assert await prune_pictures(tx, before, limit=1) == 1
        assert await prune_pictures(tx, before) == 1
        assert await prune_pictures(tx, before) == 0
        assert await picture(tx, ids[2]) == b"x"
