"""The registry that was refreshed last."""

from storage.database import Database
from storage.registry import store_registry, stored_registry


async def test_nothing_is_stored_at_first(database: Database) -> None:
    async with database.reading() as tx:
        assert await stored_registry(tx) is None


async def test_the_last_registry_takes_the_place_of_the_one_before(database: Database) -> None:
    for text in ("[1]", "[2]"):
        async with database.writing() as tx:
            await store_registry(tx, text)
    async with database.reading() as tx:
        assert await stored_registry(tx) == "[2]"
