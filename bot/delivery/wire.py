"""Calls to the Bot API, at the lowest level: JSON or forms over one aiohttp session.

Owns the connection to Telegram and the reading of its envelope. Refuses to raise for what a
network can do, and to let the token out: the address of a call is never logged or shown.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.domain.answers import Answer, NotWritten, Outcome, Silence, Upload

CONNECTIONS = 256
# Telegram closes idle connections after about a minute; one that it closes while we write is
# a silence that nobody can tell from a lost answer.
_IDLE_SECONDS = 30
_CONNECT_SECONDS = 10

_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientProxyConnectionError,
)


def telegram_session() -> aiohttp.ClientSession:
    """A session fit for many small calls to one host; must be made within a running loop."""
    connector = aiohttp.TCPConnector(
        limit=CONNECTIONS, keepalive_timeout=_IDLE_SECONDS, ttl_dns_cache=300
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        json_serialize=_json,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Wire:
    """The Bot API of one bot, as `bot.domain.answers.TelegramApi`."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        self._session = session
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self._token = token

    async def call(
        self, method: str, params: Mapping[str, object], timeout_seconds: float = 20
    ) -> Outcome:
        """What became of the call; `timeout_seconds` bounds the wait for the answer."""
        timeout = aiohttp.ClientTimeout(
            total=timeout_seconds + _CONNECT_SECONDS,
            sock_connect=_CONNECT_SECONDS,
            sock_read=timeout_seconds,
        )
        try:
            async with self._session.post(
                self._base + method, **call_body(params), timeout=timeout
            ) as response:
                return answer_from(response.status, await response.read())
        except _NEVER_LEFT as error:
            return NotWritten(self._shown(error))
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            return Silence(self._shown(error))

    def _shown(self, error: BaseException) -> str:
        text = f"{type(error).__name__}: {error}".replace(self._token, "<token>")
        return text[:200]


def call_body(params: Mapping[str, object]) -> dict[str, Any]:
    """What a call carries, as aiohttp takes it: JSON, or a form where a parameter is a file."""
    if not any(isinstance(value, Upload) for value in params.values()):
        return {"json": params}
    form = aiohttp.FormData()
    for name, value in params.items():
        if isinstance(value, Upload):
            kind = value.content_type
            form.add_field(name, value.content, filename=value.filename, content_type=kind)
        else:
            form.add_field(name, value if isinstance(value, str) else _json(value))
    return {"data": form}


def answer_from(status: int, body: bytes) -> Answer:
    """The answer in a body; one that is no Bot API envelope counts as a server's failure.

    A gateway's HTML page with status 200 is therefore a 502.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("ok"), bool):
        shown = body[:80].decode("utf-8", "replace")
        return Answer(ok=False, status=max(status, 502), description=f"no Bot API answer: {shown}")
    if found["ok"]:
        return Answer(ok=True, status=status, result=found.get("result"))
    parameters = found.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    return Answer(
        ok=False,
        status=_number(found.get("error_code")) or status,
        description=str(found.get("description", ""))[:500],
        retry_after_seconds=_number(parameters.get("retry_after")),
        migrate_to_chat_id=_number(parameters.get("migrate_to_chat_id")),
    )


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
