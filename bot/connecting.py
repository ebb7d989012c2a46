"""Getting hold of Telegram at the start.

Owns the patience: what a network or a server does is waited out, with pauses that grow; a
refusal of the token or of a setting is said at once. Refuses to go on half connected.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
import telegram
from telegram.error import InvalidToken, TelegramError

from bot.domain.answers import Answer, Outcome, TelegramApi
from bot.domain.errors import TelegramRefused

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 30.0
_TOO_MANY = 429
_SERVER_ERROR = 500

NoteTrouble = Callable[[str | None], None]


async def until_answered(
    api: TelegramApi,
    method: str,
    params: Mapping[str, object],
    stop: asyncio.Event,
    note: NoteTrouble,
) -> Any:
    """The result of a call, tried until Telegram gives one; None when stopped before.

    `note` is told why it has to wait, and None once it is over. Raises TelegramRefused when
    the token or the call itself is refused.
    """
    result: Any = None

    async def once() -> str | None:
        """Why the call got no result this time; None when it did, which is then kept."""
        nonlocal result
        outcome = await api.call(method, params)
        if isinstance(outcome, Answer) and outcome.ok:
            result = outcome.result
            return None
        return _trouble(method, outcome)

    await _patiently(once, stop, note)
    return result


async def initialised(bot: telegram.Bot, stop: asyncio.Event, note: NoteTrouble) -> bool:
    """Whether python-telegram-bot's bot knows who it is; false when stopped before.

    Raises TelegramRefused when the token is refused.
    """

    async def once() -> str | None:
        """Why the bot could not be initialised this time; None when it was."""
        try:
            await bot.initialize()
        except InvalidToken as error:
            raise _refused("the token is invalid") from error
        except TelegramError as error:
            return str(error)
        return None

    return await _patiently(once, stop, note)


async def _patiently(
    attempt: Callable[[], Awaitable[str | None]], stop: asyncio.Event, note: NoteTrouble
) -> bool:
    pause = 1.0
    while not stop.is_set():
        trouble = await attempt()
        note(trouble)
        if trouble is None:
            return True
        log.warning("telegram_not_reached", reason=trouble, again_in_seconds=pause)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stop.wait()
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
    return False


def _trouble(method: str, outcome: Outcome) -> str:
    """Why to try again; raises TelegramRefused where that is of no use."""
    if not isinstance(outcome, Answer):
        return outcome.reason
    if outcome.status in (401, 404):
        raise _refused(outcome.description)
    if outcome.status < _SERVER_ERROR and outcome.status != _TOO_MANY:
        raise TelegramRefused(f"Telegram refuses {method}: {outcome.description}")
    return outcome.description


def _refused(reason: str) -> TelegramRefused:
    return TelegramRefused(
        f"Telegram refuses the bot's token ({reason}): "
        "take a new one from @BotFather and set telegram.token"
    )
