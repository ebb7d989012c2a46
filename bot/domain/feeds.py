"""Feeds that operators add: what was found of them, and what they are called and known by.

Pure. Owns the name and the key that a source gets from its feed's title, and when two addresses
are one. Refuses to fetch or to read a feed: `bot.news` does.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.articles import FeedItem
from bot.domain.sources import Source

MAX_NAME_LENGTH = 64
MAX_KEY_LENGTH = 32

_KEY = re.compile(rf"[a-z0-9_-]{{1,{MAX_KEY_LENGTH}}}")
# What parts a site's name from the line that praises it.
_PARTS = re.compile(r"\s+[-\u2013\u2014|»«·•/:]+\s+|:\s+|\s*\|\s*")
# Titles such as "Blog - The Gazette" begin with what says nothing.
_GENERIC = re.compile(
    r"(?:(?:all|latest|main|top)\s)?(?:articles|atom|blog|comments|feed|front page|home(?:page)?|"
    r"index|latest|main|news(?:room)?|posts|press|rss|stories|untitled)(?:\sfeed)?",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {80, 443}


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed behind an address that somebody typed.

    `url` is where it answers, `title` its own, which may be empty; `newest` are up to three of
    its items, the newest first, as they would be shown.
    """

    url: str
    title: str
    newest: tuple[FeedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed as a list of feeds names it; `name` may be empty."""

    url: str
    name: str = ""


def comparable_address(url: str) -> str:
    """What two addresses of one feed have in common, for comparing alone.

    Host in lower case and without `www.`, no scheme, user, default port, fragment, and no slash
    at the end. What is no address is given back as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip(".").removeprefix("www."), parts.port
    except ValueError:
        return url.strip()
    shown_port = f":{port}" if port and port not in _DEFAULT_PORTS else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{shown_port}{parts.path.rstrip('/')}{query}"


def addresses_of(source: Source) -> frozenset[str]:
    """The comparable addresses that a source goes by: its own, and where that moved."""
    return frozenset({comparable_address(source.url), comparable_address(source.address)})


def source_name(title: str, url: str) -> str:
    """What a source is called by its feed's title: "The Gazette - News from the Chain" is short.

    Parts that say nothing ("Blog", "Latest News") are passed over; without a title the host
    stands in. At most 64 characters, never empty.
    """
    plain = " ".join(title.split())
    parts = [part for part in _PARTS.split(plain) if part.strip()]
    telling = [part for part in parts if not _GENERIC.fullmatch(part.strip())]
    name = telling[0].strip() if telling else _host(url)
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1].rstrip()}…"


def source_key(name: str, url: str, taken: Collection[str]) -> str:
    """What people type after @, made from a source's name: "The Gazette" gives the-gazette.

    1 to 32 of a-z, 0-9 and -, none of `taken`: a number is put behind where needed. Names of
    other scripts give way to the host.
    """
    # The last resort is for hosts that are written in another script as well.
    base = _slug(name) or _slug(_host(url).rpartition(".")[0]) or "source"
    key, number = base, 1
    while key in taken:
        number += 1
        tail = f"-{number}"
        key = base[: MAX_KEY_LENGTH - len(tail)].rstrip("-") + tail
    return key


def is_source_key(text: str) -> bool:
    """Whether a text can be a source's key: 1 to 32 of a-z, 0-9, _ and -."""
    return _KEY.fullmatch(text) is not None


def _slug(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.replace("'", "").replace("\u2019", ""))
    plain = "".join(char for char in bare if not unicodedata.combining(char)).casefold()
    # A name that is half of another script would lose that half.
    if any(char.isalpha() and not char.isascii() for char in plain):
        return ""
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > MAX_KEY_LENGTH:
        whole = slug[: MAX_KEY_LENGTH + 1].rpartition("-")[0]
        slug = whole or slug[:MAX_KEY_LENGTH]
    return slug


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or "source"
    except ValueError:
        return "source"
