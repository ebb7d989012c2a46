"""The parameters of one request, in whatever way they came.

Owns reading: query, form, multipart and JSON bodies give the same values. Numbers and flags are
read as leniently as Telegram reads them; a broken nested object is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.demo.telegram_errors import bad_request

_TRUE = {"true", "yes", "1"}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    name: str
    data: bytes
    content_type: str


@dataclass(slots=True)
class Params:
    """Values by name as they came (texts, or parsed JSON), and uploaded files by field name."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A parameter as text; empty when it is missing."""
        value = self.values.get(name, "")
        if isinstance(value, str):
            return value
        return "" if value is None else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A parameter as a whole number; the default where it is missing or no number."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Whether a parameter says yes."""
        return self.text(name).strip().lower() in _TRUE

    def nested(self, name: str, what: str) -> Any:
        """A parameter that is a JSON value, or None when it is missing or empty.

        Raises Refusal with `can't parse <what> JSON object`.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {what} JSON object") from error


async def read_params(request: web.Request) -> Params:
    """The parameters of a request; those of the body win over those of the query.

    Raises Refusal where a JSON body cannot be read.
    """
    params = Params(dict(request.query))
    kind = request.content_type
    if kind == "application/json":
        params.values.update(_json_body(await request.read()))
    elif kind == "application/x-www-form-urlencoded":
        params.values.update(await request.post())
    elif kind == "multipart/form-data":
        await _read_multipart(request, params)
    return params


async def _read_multipart(request: web.Request, params: Params) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            params.files[name] = Upload(value.filename, data, value.content_type)
        else:
            params.values[name] = value if isinstance(value, str) else value.decode()


def _json_body(raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body
