"""Questions to an exchange through ccxt, and what it means when one fails.

Owns how long a question may take, and which of our errors an error of ccxt is. Refuses the texts
of ccxt's errors: those quote whole pages and addresses.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import (
    CoinbellError,
    ConnectionFailed,
    FetchError,
    HttpStatusError,
    ParseError,
    QuestionRefused,
    ResponseTooSlow,
)

TIMEOUT_SECONDS = 20.0  # for one question, which may be several requests
_REFUSED_QUESTION = 400
# ccxt's names for a question that is wrong by itself, whatever status it came with.
_REFUSALS = frozenset({"BadRequest", "NotSupported"})
_MAX_RETRY_AFTER_DIGITS = 6


@dataclass(slots=True)
class _Answer:
    """What came of the requests of one question: the last one's status."""

    status: int | None = None
    retry_after: str | None = None


# Tasks that ccxt starts for a question share the answer's object with it.
_ANSWER: ContextVar[_Answer | None] = ContextVar("answer", default=None)


class Questions:
    """Asks over a client of ccxt. `refused` is set when the exchange refuses a question (400)."""

    def __init__(self, client: Any) -> None:
        self.refused = False
        self._name: str = client.id
        _hear_answers(client)

    async def ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """What a method of the client gives; raises FetchError or ParseError.

        What is no error of ccxt comes from an answer of a shape that ccxt did not expect.
        """
        answer = _Answer()
        token = _ANSWER.set(answer)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await question()
        except CoinbellError:
            raise
        except TimeoutError as error:
            text = f"{self._name} did not answer within {TIMEOUT_SECONDS:g} s"
            raise ResponseTooSlow(text) from error
        except Exception as error:
            raise self._told(error, answer) from error
        finally:
            _ANSWER.reset(token)

    def _told(self, error: Exception, answer: _Answer) -> FetchError | ParseError:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        name, status = type(error).__name__, answer.status
        if status == _REFUSED_QUESTION:
            # One symbol that is gone spoils the question for all: what is listed is learnt anew.
            self.refused = True
            return QuestionRefused(f"{self._name} refused the question (HTTP 400)")
        if status is not None and status > _REFUSED_QUESTION:
            seconds = _seconds(answer.retry_after)
            text = f"{self._name} answered HTTP {status}"
            return HttpStatusError(text, status=status, retry_after_seconds=seconds)
        if "RequestTimeout" in kinds:
            return ResponseTooSlow(f"{self._name} did not answer in time")
        if status is None and "NetworkError" in kinds:
            return ConnectionFailed(f"{self._name} cannot be reached ({name})")
        if kinds & _REFUSALS:
            return QuestionRefused(f"{self._name} refused the question ({name})")
        if "BaseError" in kinds and not kinds & {"BadResponse", "ExchangeNotAvailable"}:
            return FetchError(f"{self._name} refused the question ({name})")
        return ParseError(f"{self._name} gave an answer that cannot be read ({name})")


def _hear_answers(client: Any) -> None:
    """Keep the status of each answer: ccxt's errors tell it only within their text."""
    hear = client.on_rest_response

    def heard(code: int, *rest: Any) -> Any:
        """Note an answer's status and headers, then do as ccxt does."""
        answer = _ANSWER.get()
        if answer is not None:
            headers = rest[3] if len(rest) > 3 else {}  # noqa: PLR2004  # ccxt's fifth argument
            found = {name.lower(): value for name, value in dict(headers).items()}
            answer.status, answer.retry_after = code, found.get("retry-after")
        return hear(code, *rest)

    client.on_rest_response = heard


def _seconds(text: str | None) -> float | None:
    digits = (text or "").strip()
    return float(digits) if digits.isdecimal() and len(digits) <= _MAX_RETRY_AFTER_DIGITS else None
