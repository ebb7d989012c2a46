"""Files that people send to the bot.

Owns how one is fetched from Telegram, and that none larger than a megabyte is.
"""

from dataclasses import dataclass
from typing import Final

import structlog
import telegram
from telegram.error import TelegramError

from bot.domain.errors import FetchError, ResponseTooLarge

_log = structlog.get_logger(__name__)

MAX_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SentFile:
    """A document in a message: what it is fetched by; `size` in bytes, None when not told."""

    file_id: str
    size: int | None = None


async def fetched_file(bot: telegram.Bot, sent: SentFile) -> bytes:
    """The bytes of a file that somebody sent.

    Raises ResponseTooLarge beyond a megabyte, before it is fetched where Telegram tells the
    size, and FetchError when Telegram does not give it.
    """
    try:
        _check_size(sent.size)
        found = await bot.get_file(sent.file_id)
        _check_size(found.file_size)
        content = bytes(await found.download_as_bytearray())
    except TelegramError as error:
        _log.info("file_not_fetched", error=type(error).__name__)
        raise FetchError("Telegram does not give the file") from None
    _check_size(len(content))
    return content


def _check_size(size: int | None) -> None:
    if size is not None and size > MAX_BYTES:
        raise ResponseTooLarge(f"the file has more than {MAX_BYTES:,} bytes")
