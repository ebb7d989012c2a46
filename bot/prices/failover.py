"""Which provider is asked for a market, and when one is set aside.

Owns the decisions of failover, as plain values: an order of preference, the standing of each
provider, prices beside each other. Refuses I/O and clocks: `now` is monotonic seconds and an
argument throughout.

A provider that fails is not asked for a while that doubles with each failed attempt to come
back, one that is blocked or stale likewise; one whose price of a market is off stays set aside
for that market until it agrees with the others again, for a trial would show a wrong price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.markets import Tick
from bot.domain.providers import Trouble

FAILURES_IN_A_ROW = 3
OFF_SHARE = Decimal("0.05")
COMPARABLE_WITHIN = timedelta(minutes=3)
COMPLETED_WITHIN = timedelta(minutes=10)
REPORT_AGAIN_SECONDS = 3600.0

_FIRST_WAITS = {Trouble.BLOCKED: 3600.0, Trouble.FAILING: 60.0, Trouble.STALE: 300.0}
_LONGEST_WAITS = {Trouble.BLOCKED: 86_400.0, Trouble.FAILING: 1800.0, Trouble.STALE: 3600.0}
_BLOCKED_STATUS = 451
# What may still be asked when no provider is well, the best first. A stale price fires nothing;
# a wrong one would.
_LAST_RESORT = (Trouble.STALE, Trouble.FAILING, Trouble.MISSING)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a provider stands: `trouble` None is well.

    `failures` counts failed requests in a row; `until` is when a provider that is set aside is
    tried again, `attempts` how often it was set aside without a good answer between.
    """

    failures: int = 0
    trouble: Trouble | None = None
    detail: str = ""
    until: float = float("-inf")
    attempts: int = 0

    def is_aside(self, now: float) -> bool:
        """Whether it is not to be asked now."""
        return self.trouble is not None and now < self.until


def after_failure(standing: Standing, status: int | None, detail: str, now: float) -> Standing:
    """The standing after a request that gave nothing; `status` is that of HTTP, where known.

    HTTP 451 sets aside at once; another failure does when it is the third in a row, or when the
    provider was on trial.
    """
    failures = standing.failures + 1
    if status == _BLOCKED_STATUS:
        return _aside(replace(standing, failures=failures), Trouble.BLOCKED, detail, now)
    if failures >= FAILURES_IN_A_ROW or standing.trouble is not None:
        return _aside(replace(standing, failures=failures), Trouble.FAILING, detail, now)
    return replace(standing, failures=failures)


def after_refusal(standing: Standing, detail: str, now: float, seconds: float) -> Standing:
    """The standing of a provider that wants to be left alone for so many seconds."""
    aside = _aside(standing, Trouble.FAILING, detail, now)
    return replace(aside, until=max(aside.until, now + seconds))


def after_answer(
    standing: Standing, newest_age: timedelta | None, stale_after: timedelta, now: float
) -> Standing:
    """The standing after an answer: well, or set aside when its newest price is too old.

    `newest_age` is None for an answer without a price, which tells nothing of the time.
    """
    if newest_age is None:
        return replace(standing, failures=0)
    if newest_age > stale_after:
        minutes = int(newest_age.total_seconds() // 60)
        detail = f"its newest price is {minutes} minutes old"
        return _aside(replace(standing, failures=0), Trouble.STALE, detail, now)
    return Standing()


def _aside(standing: Standing, trouble: Trouble, detail: str, now: float) -> Standing:
    wait = min(_FIRST_WAITS[trouble] * 2.0 ** min(standing.attempts, 20), _LONGEST_WAITS[trouble])
    return replace(
        standing, trouble=trouble, detail=detail, until=now + wait, attempts=standing.attempts + 1
    )


def chosen_provider(troubles: Mapping[str, Trouble | None]) -> str | None:
    """Who is asked for a market: the first in the mapping's order without trouble.

    Where all have some, the one whose trouble is the mildest, the first of equals; None when
    each is blocked or off.
    """
    for name, trouble in troubles.items():
        if trouble is None:
            return name
    for mild in _LAST_RESORT:
        found = [name for name, trouble in troubles.items() if trouble is mild]
        if found:
            # Nobody lists it as far as is known: the widest provider stands last in the order.
            return found[-1] if mild is Trouble.MISSING else found[0]
    return None


def off_providers(
    prices: Mapping[str, Decimal], agreed: Decimal | None, by_id: str
) -> frozenset[str]:
    """Those whose price of one market lies more than 5 % from what most give.

    Where no group of providers is the largest, as with two that disagree, those are believed
    that are near `agreed`, the price that all last gave together; without such, `by_id`, the
    provider that knows assets by our own ids and cannot take one coin for another of the same
    symbol. Empty where nobody can tell.
    """
    near = {name: _near(price, prices) for name, price in prices.items()}
    most = max((len(group) for group in near.values()), default=0)
    if most == len(prices):
        return frozenset()
    groups = {group for group in near.values() if len(group) == most}
    if len(groups) == 1 and most > 1:
        return frozenset(prices) - groups.pop()
    believed = _near(agreed, prices) if agreed is not None else frozenset()
    if not believed or len(believed) == len(prices):
        believed = near.get(by_id, frozenset(prices))
    return frozenset(prices) - believed


def _near(price: Decimal, prices: Mapping[str, Decimal]) -> frozenset[str]:
    """Those whose price is within 5 % of this one, measured from the lower of the two."""
    return frozenset(
        name
        for name, other in prices.items()
        if abs(price - other) <= OFF_SHARE * min(price, other)
    )


def comparable_prices(ticks: Mapping[str, Tick], now: datetime) -> dict[str, Decimal]:
    """The prices of those ticks whose provider's time is near enough to be compared."""
    return {
        name: tick.price
        for name, tick in ticks.items()
        if now - tick.provider_at <= COMPARABLE_WITHIN
    }


def completed(tick: Tick, others: Sequence[Tick], now: datetime) -> Tick:
    """The tick with what its provider does not tell taken from the others, the first that does.

    That is the changes and the day's range, which hardly move in the ten minutes that another
    provider's may be old; exchanges tell no changes over an hour and a week.
    """
    near = [other for other in others if now - other.provider_at <= COMPLETED_WITHIN]
    return replace(
        tick,
        change_1h=_first(tick.change_1h, *(other.change_1h for other in near)),
        change_24h=_first(tick.change_24h, *(other.change_24h for other in near)),
        change_7d=_first(tick.change_7d, *(other.change_7d for other in near)),
        high_24h=_first(tick.high_24h, *(other.high_24h for other in near)),
        low_24h=_first(tick.low_24h, *(other.low_24h for other in near)),
        ath=_first(tick.ath, *(other.ath for other in others)),
        atl=_first(tick.atl, *(other.atl for other in others)),
    )


def _first(*values: Decimal | None) -> Decimal | None:
    return next((value for value in values if value is not None), None)
