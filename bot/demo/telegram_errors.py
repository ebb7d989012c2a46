"""What the stand-in answers when it refuses: status, description and parameters.

Owns the wording rules of Telegram's envelope (prefix, case of the first letter, when `parameters`
appear). It knows no method and no chat; the texts themselves stand where the rule is checked.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class Refusal(Exception):
    """One refused request: `status`, `description` as on the wire, `parameters` (often empty)."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters: Json = parameters or {}


def envelope(refusal: Refusal) -> Json:
    """The JSON body of a refused request; `parameters` only where there are some."""
    body: Json = {
        "ok": False,
        "error_code": refusal.status,
        "description": refusal.description,
    }
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return body


def refused(status: int, message: str = "", parameters: Json | None = None) -> Refusal:
    """A refusal with Telegram's prefix for the status and its rule for the first letter.

    An empty message gives the bare prefix, as for a token nobody owns ("Unauthorized").
    """
    prefix = _PREFIXES[status]
    description = f"{prefix}: {with_small_initial(message)}" if message else prefix
    return Refusal(status, description, parameters)


def bad_request(message: str, parameters: Json | None = None) -> Refusal:
    """A refusal with status 400."""
    return refused(400, message, parameters)


def forbidden(message: str) -> Refusal:
    """A refusal with status 403; a text of capitals only becomes a 400, as on Telegram."""
    is_code = bool(message) and all(c.isupper() or c.isdigit() or c == "_" for c in message)
    return refused(400 if is_code else 403, message)


def too_many_requests(retry_after: int) -> Refusal:
    """A refusal with status 429 that says how many whole seconds to wait."""
    return refused(429, f"retry after {retry_after}", {"retry_after": retry_after})


def with_small_initial(message: str) -> str:
    """The message with a small first letter, unless it is a code such as CHAT_WRITE_FORBIDDEN."""
    if len(message) > 1 and (message[1] == "_" or "A" <= message[1] <= "Z"):
        return message
    return message[:1].lower() + message[1:]
