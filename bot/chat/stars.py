"""What a broadcast costs in Telegram's Stars, and how many the bot has.

Owns Telegram's tariff for messages beyond 30 a second
(https://core.telegram.org/bots/faq#how-can-i-message-all-of-my-bot-39s-subscribers-at-once).
"""

from decimal import Decimal

import structlog
import telegram
from telegram.error import TelegramError

_log = structlog.get_logger(__name__)

FREE_MESSAGES = 30
MESSAGE_STARS = Decimal("0.1")
_NANOSTARS = Decimal(1_000_000_000)


def broadcast_stars(chats: int) -> Decimal:
    """The most that a broadcast to so many chats can cost: 0.1 Star for each after the first 30.

    What leaves while fewer than 30 went in that second is free, so that it may cost less.
    """
    return MESSAGE_STARS * max(chats - FREE_MESSAGES, 0)


async def star_balance(bot: telegram.Bot) -> Decimal | None:
    """The Stars that the bot has, or None when Telegram does not tell."""
    try:
        found = await bot.get_my_star_balance()
    except TelegramError as error:
        _log.warning("star_balance_unknown", error=str(error))
        return None
    return found.amount + (found.nanostar_amount or 0) / _NANOSTARS
