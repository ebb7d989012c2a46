"""Logging: one stream, read by people on a terminal and by machines elsewhere.

Owns the set-up of structlog and of the standard library's logging, which goes through it.
Refuses to write a secret: all text of an event is searched for them last, so that it does not
matter whether one came in a value, a traceback, an address or the text of an exception.
"""

import json
import logging
import math
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from types import TracebackType
from typing import Any, Final, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVELS: Final = ("debug", "info", "warning", "error")
REDACTED: Final = "[redacted]"

# In an address the colon may be %3A.
_TOKEN: Final = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_SHORTEST_SECRET: Final = 4  # less would blank out ordinary words, and keeps nothing secret
_DEEPEST: Final = 8
_QUIET: Final = ("aiohttp", "aiosqlite", "alembic", "apscheduler", "asyncio", "httpcore", "httpx")
_QUIET_TOO: Final = ("sqlalchemy", "telegram", "tzlocal")
# It warns each time that a job is not begun beside itself, which is as it should be.
_MUTE: Final = ("apscheduler.scheduler",)


class Redaction:
    """Blanks out tokens and given secrets, in every spelling that a log may use.

    Secrets shorter than four characters are left alone. An instance is a processor of
    structlog, for an event that is about to be rendered.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= _SHORTEST_SECRET
            for spelling in _spellings(secret)
        }
        # The longest first: a secret may begin with another one.
        ordered = sorted(spellings, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def redacted(self, text: str) -> str:
        """The text with every secret and all that looks like a bot's token blanked out."""
        if self._secrets is not None:
            text = self._secrets.sub(REDACTED, text)
        return _TOKEN.sub(REDACTED, text)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event as plain JSON values without secrets, however deep they lay.

        What JSON has no form for becomes its text; what is nested too deep, as a circle is,
        becomes `…`. This comes before rendering, which may escape a secret beyond recognition.
        """
        return {self.redacted(f"{key}"): self._plain(value) for key, value in event.items()}

    def _plain(self, value: object, depth: int = 0) -> Any:
        if depth > _DEEPEST:
            return "…"
        match value:
            case None | bool() | int():
                return value
            case float() if math.isfinite(value):
                return value
            case str() | Decimal() | date() | PurePath():
                return self.redacted(f"{value}")
            case Mapping():
                return {
                    self.redacted(f"{key}"): self._plain(item, depth + 1)
                    for key, item in value.items()
                }
            case list() | tuple() | set() | frozenset():
                return [self._plain(item, depth + 1) for item in value]
        return self.redacted(repr(value))


def _spellings(secret: str) -> set[str]:
    """How a secret looks plain, in an address, in JSON, and in the repr of text and of bytes."""
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        repr(secret.encode(errors="surrogatepass"))[2:-1],
    }


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to the stream; a record that cannot be written is not shown raw, as the base would."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base's name
        """Tell that a record was lost, and the kind of error; nothing of what it held."""
        kind = type(sys.exc_info()[1]).__name__
        message = f"a log record of {record.name} could not be written: {kind}\n"
        try:
            self.stream.write(message)
            self.flush()
        except (OSError, ValueError):
            return  # the stream itself is gone, and there is no other


def configure(
    level: str = "info", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> Redaction:
    """Set up all logging of the process, to standard error unless a stream is given.

    `level` is one of `LEVELS`. May be called again, with the secrets once they are known; the
    last call holds. What no one catches is logged too, and so redacted. Returns the redaction
    in use. Raises ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"unknown log level {level}; use one of {', '.join(LEVELS)}")
    stream = stream or sys.stderr
    redaction = Redaction(secrets)
    handler = _Handler(stream)
    handler.setFormatter(_formatter(redaction, human=stream.isatty()))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in (*_QUIET, *_QUIET_TOO):
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    for name in _MUTE:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return redaction


def _shared_processors() -> list[Processor]:
    """What happens to every event, ours and the libraries', before it is rendered."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(redaction: Redaction, *, human: bool) -> structlog.stdlib.ProcessorFormatter:
    at, renderer = _human_form() if human else _machine_form()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            at,
            structlog.processors.format_exc_info,
            redaction,
            renderer,
        ],
    )


def _human_form() -> tuple[Processor, Processor]:
    renderer = structlog.dev.ConsoleRenderer(
        colors=True,
        pad_event_to=32,
        # The other formatters print local variables, which hold more than a log should.
        exception_formatter=structlog.dev.plain_traceback,
    )
    return structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False), renderer


def _machine_form() -> tuple[Processor, Processor]:
    timestamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    return timestamp, structlog.processors.JSONRenderer()


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger = structlog.get_logger(__name__)
    logger.critical("uncaught_exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
