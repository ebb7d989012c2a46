"""The pictures of messages, read when a message leaves.

Owns that reading. A picture is kept in the database from when its message was owed, so that a
crash does not lose it; one that is gone leaves the message to its words.
"""

from bot.domain.outbox import KeptPicture
from storage.database import Database
from storage.pictures import picture


class StoredPictures:
    """The pictures that the database keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def picture(self, picture_id: int) -> KeptPicture | None:
        """A picture, or None when it is not kept any more; raises StorageError."""
        async with self._database.reading() as tx:
            return await picture(tx, picture_id)
