"""What sites ask of programs: their robots.txt.

Owns the answers to "may this page be read, and how often", each host's kept for a day.
Protego reads the rules (RFC 9309). Refuses to read anything else of a site.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from bot.domain.errors import CoinbellError, HttpStatusError
from bot.http import GuardedClient

AGENT: Final = "Coinbell"

_DAY_SECONDS = 24 * 3600.0
_HOUR_SECONDS = 3600.0
# RFC 9309, 2.5: at least 500 KiB must be read.
_MAX_BYTES = 512 * 1024
_TIMEOUT_SECONDS = 10.0
_MOST_HOSTS = 500
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a page may be read, why (not), and the seconds to leave between two pages."""

    allowed: bool
    reason: str
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's rules, valid for `kept_seconds`; `protego` is None where there are none.

    `refusal` is empty, or why nothing of the host may be read.
    """

    protego: Protego | None
    refusal: str
    kept_seconds: float


def parsed_rules(body: bytes) -> Rules:
    """The rules in the body of a robots.txt, broken lines left out; kept for a day."""
    return Rules(Protego.parse(body.decode("utf-8-sig", errors="replace")), "", _DAY_SECONDS)


def rules_after(error: CoinbellError) -> Rules:
    """The rules of a host whose robots.txt could not be had (RFC 9309, 2.3.1).

    A status of 4xx: there are none. Too many requests, 5xx and no answer: nothing may be read
    for an hour.
    """
    status = error.status if isinstance(error, HttpStatusError) else None
    if status is not None and 400 <= status < 500 and status != _TOO_MANY_REQUESTS:  # noqa: PLR2004  # as above
        return Rules(None, "", _DAY_SECONDS)
    return Rules(None, f"robots.txt cannot be read: {error.log_text}", _HOUR_SECONDS)


def allowance_under(rules: Rules, url: str) -> Allowance:
    """What the rules of its host say of an address."""
    if rules.refusal:
        return Allowance(allowed=False, reason=rules.refusal)
    if rules.protego is None:
        return Allowance(allowed=True, reason="the host has no robots.txt")
    delay = rules.protego.crawl_delay(AGENT) or 0.0
    if rules.protego.can_fetch(url, AGENT):
        return Allowance(allowed=True, reason="robots.txt allows it", delay_seconds=delay)
    return Allowance(allowed=False, reason="robots.txt forbids it")


class Robots:
    """Asks hosts for their robots.txt, once a day each; `monotonic` tells seconds."""

    def __init__(
        self, client: GuardedClient, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._known: dict[str, tuple[Rules, float]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def allowance(self, url: str) -> Allowance:
        """Whether the page at an http or https address may be read; raises nothing."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return allowance_under(await self._rules(origin), url)

    async def _rules(self, origin: str) -> Rules:
        # One that is cancelled while it asks lets the next one ask.
        lock = self._asking.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                known = self._known.get(origin)
                if known is not None and self._monotonic() < known[1]:
                    return known[0]
                rules = await self._asked(origin)
                self._remember(origin, rules)
                return rules
        finally:
            if not lock.locked():
                self._asking.pop(origin, None)

    async def _asked(self, origin: str) -> Rules:
        try:
            answer = await self._client.fetch(
                f"{origin}/robots.txt",
                headers={"Accept": "text/plain, */*;q=0.5"},
                max_bytes=_MAX_BYTES,
                timeout_seconds=_TIMEOUT_SECONDS,
                public_only=True,
            )
            return await asyncio.to_thread(parsed_rules, answer.body)
        except CoinbellError as error:
            return rules_after(error)

    def _remember(self, origin: str, rules: Rules) -> None:
        self._known.pop(origin, None)
        while len(self._known) >= _MOST_HOSTS:
            del self._known[next(iter(self._known))]  # the one that was asked longest ago
        self._known[origin] = (rules, self._monotonic() + rules.kept_seconds)
