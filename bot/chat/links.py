"""Addresses that a message may carry.

Pure. Owns which addresses Telegram takes: in a text one that it does not like is shown without
a link, in a button it refuses the whole message.
"""

import re
from urllib.parse import urlsplit

_LONGEST_URL = 2000
_LAST_PORT = 65535
_LABEL_OF_HOST = r"(?:[a-z0-9_-]|[^\x00-\x7f])+"
_HOST = re.compile(rf"{_LABEL_OF_HOST}(?:\.{_LABEL_OF_HOST})+\.?", re.IGNORECASE)


def link_of(url: str | None) -> str | None:
    """An address that a text may link to, or None: http and https only, not endless."""
    if (
        url is None
        or len(url) > _LONGEST_URL
        or not url.lower().startswith(("http://", "https://"))
    ):
        return None
    return url


def is_web_address(url: str) -> bool:
    """Whether Telegram takes an address for a button: http or https, a host with a dot."""
    if len(url) > _LONGEST_URL or re.search(r"[\s\x00-\x1f\x7f\ud800-\udfff]", url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_host = parts.hostname is not None and _HOST.fullmatch(parts.hostname) is not None
    is_port = port is None or 0 < port <= _LAST_PORT
    return parts.scheme in ("http", "https") and is_host and is_port
