"""Which links Telegram accepts, and how it writes them.

Owns the check and the normal form of URLs in text links, buttons and media. The rules follow
TDLib's link manager: a missing scheme means http, a host needs a dot (so `localhost` is refused
and `127.0.0.1` is not), other schemes than http, https, tg and ton are refused.
"""

from __future__ import annotations

import re

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_APP_LINK = re.compile(r"(tg|ton):(?://)?(.*)", re.IGNORECASE | re.DOTALL)
_PARTS = re.compile(
    r"(?:(?P<user>[^/?#@]*)@)?(?P<host>\[[0-9a-fA-F:.]*\]|[^/?#:]*)(?::(?P<port>[^/?#]*))?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_HOST = re.compile(r"(?:[a-z0-9._\-!$,~*'();&+=]|%[0-9a-f]{2}|[^\x00-\x7f])+", re.IGNORECASE)
_APP_NAME = re.compile(r"[A-Za-z0-9_-]+(?:[/?#].*)?", re.DOTALL)
_USER_LINK = re.compile(r"tg:(?://)?user\?id=([1-9][0-9]{0,15})", re.IGNORECASE)
_MAX_PORT = 65535


class LinkError(ValueError):
    """A link that Telegram refuses; the text is the reason as its servers word it."""


def checked_link(url: str) -> str:
    """The link in Telegram's normal form (small scheme and host, a path at least `/`).

    Raises LinkError with Telegram's reason.
    """
    url = url.strip()
    if app := _APP_LINK.fullmatch(url):
        return _app_link(app[1].lower(), app[2])
    scheme = "http"
    if match := _SCHEME.match(url):
        scheme = match[1].lower()
        url = url[match.end() :]
    if scheme not in {"http", "https"}:
        raise LinkError("Unsupported URL protocol")
    return _web_link(scheme, url)


def linked_user_id(url: str) -> int | None:
    """The id that a `tg://user?id=…` link names, or None."""
    match = _USER_LINK.fullmatch(url.strip())
    return int(match[1]) if match else None


def _app_link(scheme: str, rest: str) -> str:
    if not _APP_NAME.fullmatch(rest):
        raise LinkError(f"Wrong {scheme} URL")
    return f"{scheme}://{rest}"


def _web_link(scheme: str, url: str) -> str:
    parts = _PARTS.fullmatch(url)
    if parts is None:  # a port without a host, such as `:80`
        raise LinkError("URL host is empty")
    host = parts["host"].lower()
    if not host:
        raise LinkError("URL host is empty")
    is_ipv6 = host.startswith("[")
    if not is_ipv6 and not _HOST.fullmatch(host):
        raise LinkError("Wrong URL host")
    if "." not in host and not is_ipv6:
        raise LinkError("Wrong HTTP URL")
    user = f"{parts['user']}@" if parts["user"] else ""
    path = parts["rest"] if parts["rest"].startswith("/") else f"/{parts['rest']}"
    return f"{scheme}://{user}{host}{_port(parts['port'])}{_escaped(path)}"


def _port(port: str | None) -> str:
    if port is None:
        return ""
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= _MAX_PORT):
        raise LinkError("Wrong port number specified in the URL")
    return f":{port}"


def _escaped(path: str) -> str:
    """The path with blanks and control characters percent-encoded."""
    return re.sub(r"[\x00-\x20]", lambda match: f"%{ord(match[0]):02X}", path)
