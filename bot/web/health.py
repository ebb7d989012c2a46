"""Whether the process lives, and whether it can do its work.

Owns `/healthz` and `/readyz`. What state a part is in is told by a function that `bot.app`
gives; the verdict over all of them is `readiness`, a pure one.
Refuses to show what is nobody's business: tokens, paths and users in errors are left out.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

REQUIRED: Final = ("database", "migrations", "telegram")
"""The parts without which nothing works; whatever else fails, the bot is ready."""

_READING_SECONDS: Final = 5.0
_SHOWN_CHARACTERS: Final = 200
_HIDDEN: Final = (
    (re.compile(r"\d{5,}(?::|%3[Aa])[\w-]{30,}"), "…"),  # a bot's token
    (re.compile(r"(?<=://)[^\s/@]+@"), ""),  # user and password of an address
    (re.compile(r"(\?)[^\s'\"<>]+"), r"\1…"),  # values of a query
    (re.compile(r"(?:sqlite|file):/+[^\s'\":,;]*"), "…"),  # a path, as an address
    (re.compile(r"(?<![\w:/.])(?:/[\w.@+-]+){2,}/?"), "…"),  # a path as such, not an address's
)


class State(StrEnum):
    """How a part is doing; UNKNOWN: it has not been tried yet, or does not tell."""

    OK = "ok"
    FAILING = "failing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartState:
    """One part's state, since when it is so, and why.

    `error_text` is raw and shown in short; `details` are further plain values, such as how
    many messages wait.
    """

    state: State
    since_at: datetime | None = None
    error_text: str | None = None
    details: Mapping[str, int | float | str | bool | None] = field(default_factory=dict)


States = Mapping[str, PartState | Mapping[str, PartState]]
"""Parts by name; a part of many, such as the sources, is a mapping of its own."""

ReadStates = Callable[[], Awaitable[States]]
"""Tells the states now; raises nothing, for a part that cannot be asked is a failing one."""


def readiness(states: States) -> tuple[HTTPStatus, dict[str, Any]]:
    """The answer of `/readyz`: 200 once every part of `REQUIRED` is ok, else 503; its JSON.

    A required part that is missing counts as unknown. Failing sources and prices are shown,
    and do not make the bot unready: it goes on with the others.
    """
    named = {name: states.get(name, PartState(State.UNKNOWN)) for name in REQUIRED}
    ready = all(_is_ok(part) for part in named.values())
    parts = {name: _part_document(part) for name, part in {**named, **states}.items()}
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return status, {"ready": ready, "parts": parts}


def _is_ok(part: PartState | Mapping[str, PartState]) -> bool:
    if isinstance(part, PartState):
        return part.state is State.OK
    return all(inner.state is State.OK for inner in part.values())


def _part_document(part: PartState | Mapping[str, PartState]) -> dict[str, Any]:
    if not isinstance(part, PartState):
        return {name: _part_document(inner) for name, inner in part.items()}
    details = {
        name: shown_error(value) if isinstance(value, str) else value
        for name, value in part.details.items()
    }
    document: dict[str, Any] = {**details, "state": part.state.value}
    if part.since_at is not None:
        document["since"] = part.since_at.astimezone(UTC).isoformat(timespec="seconds")
    if part.error_text is not None:
        document["error"] = shown_error(part.error_text)
    return document


def shown_error(error_text: str) -> str:
    """An error as anyone may read it: its first line, without tokens, users, queries, paths.

    At most 200 characters; empty when the text is.
    """
    text = next(iter(error_text.strip().splitlines()), "")
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def health_routes(read_states: ReadStates) -> list[web.RouteDef]:
    """The routes of `/healthz`, which answers whenever the loop turns, and `/readyz`."""

    async def _alive(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _ready(_: web.Request) -> web.Response:
        status, document = readiness(await _states_or_failing(read_states))
        return web.json_response(document, status=status)

    return [web.get("/healthz", _alive), web.get("/readyz", _ready)]


async def _states_or_failing(read_states: ReadStates) -> States:
    """The states, or a database that fails when they cannot be read in time."""
    try:
        async with asyncio.timeout(_READING_SECONDS):
            return await read_states()
    except TimeoutError:
        log.warning("readiness_timed_out", seconds=_READING_SECONDS)
        error_text = "no answer in time"
    except Exception:  # the edge of a handler: a probe is owed an answer
        log.exception("readiness_failed")
        error_text = "the state could not be read"
    return {"database": PartState(State.UNKNOWN, error_text=error_text)}
