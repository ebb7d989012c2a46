"""Charts as a test sets them, in the place of a worker that draws."""

import struct

from bot.domain.charts import AskedChart


class HandCharts:
    """Charts that a test sets, and what was asked for."""

    def __init__(self) -> None:
        head = struct.pack(">I4sII", 13, b"IHDR", 800, 500)
        self.png: bytes | None = b"\x89PNG\r\n\x1a\n" + head
        self.failure: Exception | None = None
        self.asked: list[AskedChart] = []

    async def chart(self, asked: AskedChart) -> bytes | None:
        self.asked.append(asked)
        if self.failure is not None:
            raise self.failure
        return self.png
