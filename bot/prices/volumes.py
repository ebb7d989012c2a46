"""The volume of 24 hours against its mean of 30 days, both from one provider.

Owns these means, which are kept for some hours, and when they are asked for. Refuses to compare
a volume with a mean of another provider's: an exchange counts its own trades, CoinGecko those of
all.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import structlog

from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.conditions import Figure
from bot.domain.errors import CoinbellError, FetchError, HttpStatusError, ParseError
from bot.domain.markets import Market, Tick, is_ahead, is_stale
from bot.domain.measures import Reading
from bot.domain.ports import Clock
from bot.domain.volumes import DAY, DAYS, DayVolumes, mean_volume, volume_ratio
from bot.prices.coingecko import CoinGecko
from bot.prices.gauges import Key
from bot.prices.metrics import FIGURE_FAILURES, PROVIDER_REQUESTS
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply, is_turned_away
from storage.database import Database
from storage.markets import stored_markets

log = structlog.get_logger(__name__)

_MEAN_SECONDS = 6 * 3600.0
_FIRST_WAIT_SECONDS = 300.0
_LONGEST_WAIT_SECONDS = 6 * 3600.0
_LOOK_SECONDS = 5.0
_MEANS_AT_ONCE = 3
_MOST_FAILURES = 10


class PastVolumes(Protocol):
    """Who knows the volumes of whole days past."""

    async def day_volumes(self, market: Market, since: datetime, now: datetime) -> DayVolumes:
        """The volumes of the whole days since then, oldest first, as far as they are known.

        One request. Raises FetchError or ParseError.
        """
        ...


class FetchesCandles(Protocol):
    """Who gives candles."""

    async def fetch_candles(
        self, market: Market, timeframe: Timeframe, since: datetime, now: datetime
    ) -> list[Candle]:
        """The candles that opened since then, oldest first; raises FetchError or ParseError."""
        ...


class CandleVolumes:
    """The volumes of an exchange's days: those of its candles, the unfinished one left out."""

    def __init__(self, exchange: FetchesCandles) -> None:
        self._exchange = exchange

    async def day_volumes(self, market: Market, since: datetime, now: datetime) -> DayVolumes:
        """One request for the candles of a day; raises FetchError or ParseError."""
        candles = await self._exchange.fetch_candles(market, Timeframe.DAY, since, now)
        return [
            (candle.open_at, candle.volume)
            for candle in candles
            if candle.volume is not None and candle.open_at + DAY <= now
        ]


class PointVolumes:
    """The volumes of whole days, of all that CoinGecko counts."""

    def __init__(self, gecko: CoinGecko) -> None:
        self._gecko = gecko

    async def day_volumes(self, market: Market, since: datetime, now: datetime) -> DayVolumes:
        """One request; raises FetchError or ParseError."""
        days = (now - since).days
        return await self._gecko.fetch_volumes(market.asset_id, market.quote, days)


@dataclass(frozen=True, slots=True)
class _Mean:
    """A mean, None where too little is known, and until when it holds."""

    value: Decimal | None
    until: float
    failures: int = 0


class Volumes:
    """Tells how many means of 30 days the volume of 24 hours is.

    `pasts` are who knows past volumes, by the names of their supplies.
    """

    name = "volumes"

    def __init__(
        self,
        *,
        database: Database,
        supplies: Supplies,
        pasts: Mapping[str, PastVolumes],
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._supplies = supplies
        self._pasts = pasts
        self._clock = clock
        self._monotonic = monotonic
        self._means: dict[tuple[str, Market], _Mean] = {}
        self._looked_at = float("-inf")

    def takes(self, market: Market, measure: str) -> bool:
        """Every market's."""
        del market
        return measure == Figure.VOLUME.value

    async def tell(
        self, wanted: Sequence[Key], last: Mapping[Key, Reading]
    ) -> list[tuple[Market, Reading]]:
        """The volumes of markets whose last tick is fresh and tells one, where a mean is known."""
        del last
        now = self._monotonic()
        if not wanted or now - self._looked_at < _LOOK_SECONDS:
            return []
        self._looked_at = now
        ticks = await self._ticks([market for market, _ in wanted])
        keys = {(tick.provider, tick.market) for tick in ticks}
        self._means = {key: mean for key, mean in self._means.items() if key in keys}
        await self._refresh(ticks)
        told: list[tuple[Market, Reading]] = []
        for tick in ticks:
            mean = self._means.get((tick.provider, tick.market))
            ratio = volume_ratio(tick.volume_24h, mean.value if mean else None)
            if ratio is not None:
                reading = Reading(Figure.VOLUME.value, ratio, tick.provider_at)
                told.append((tick.market, reading))
        return told

    async def _ticks(self, markets: Collection[Market]) -> list[Tick]:
        """The last ticks of these markets, old ones and those of nobody in use left out."""
        async with self._database.reading() as tx:
            stored = await stored_markets(tx, markets)
        now = self._clock()
        return [
            tick
            for one in stored.values()
            if (tick := one.tick) is not None
            and (supply := self._supplies.named(tick.provider)).name == tick.provider
            and not is_stale(tick, now, supply.interval_seconds())
            and not is_ahead(tick, now)
        ]

    # ---- means

    async def _refresh(self, ticks: Iterable[Tick]) -> None:
        """Ask for a few means that are not known or old, as far as their providers allow it."""
        asked = 0
        for tick in ticks:
            now = self._monotonic()
            supply, past = self._supplies.named(tick.provider), self._pasts.get(tick.provider)
            mean = self._means.get((tick.provider, tick.market))
            is_due = past is not None and (mean is None or now >= mean.until)
            if past is None or not is_due or not supply.has_room(now):
                continue
            await self._ask(supply, past, tick.market)
            asked += 1
            if asked == _MEANS_AT_ONCE:
                return

    async def _ask(self, supply: Supply, past: PastVolumes, market: Market) -> None:
        at, now = self._clock(), self._monotonic()
        before = self._means.get((supply.name, market))
        supply.quota.spend(now)
        PROVIDER_REQUESTS.labels(provider=supply.name).inc()
        try:
            days = await past.day_volumes(market, opened_at(at, DAY) - DAYS * DAY, at)
        except (FetchError, ParseError) as error:
            self._means[supply.name, market] = self._failed(supply, before, error, now)
            return
        value = mean_volume(days, at)
        if value is None:
            log.info("volume_mean_unknown", provider=supply.name, asset_id=market.asset_id)
        self._means[supply.name, market] = _Mean(value, now + _MEAN_SECONDS)

    def _failed(
        self, supply: Supply, before: _Mean | None, error: CoinbellError, now: float
    ) -> _Mean:
        """What is known after a failure: the old mean for as long as it is tried again."""
        failures = before.failures if before else 0
        if isinstance(error, HttpStatusError) and is_turned_away(error.status):
            supply.quota.hold_until(now, error.retry_after_seconds)
        wait = min(_FIRST_WAIT_SECONDS * 2.0 ** min(failures, 10), _LONGEST_WAIT_SECONDS)
        FIGURE_FAILURES.labels(source=supply.name, error=type(error).__name__).inc()
        log.warning(
            "volume_mean_failed",
            provider=supply.name,
            error=error.log_text,
            again_seconds=round(wait),
        )
        # A mean of 30 days moves by a thirtieth a day; one that nobody renews for days is none.
        value = before.value if before and failures < _MOST_FAILURES else None
        return _Mean(value, now + wait, failures + 1)
