"""Crossings while nobody looked: wicks in candles that were filled in afterwards.

Owns which alerts fire late. Only those that were armed before a candle began, and that nothing
has touched since, see its prices, so that none fires twice; each fires once at most for a
filling, at the first price that reaches it. Figures, closes and windows do not: what they were
meanwhile is not known well enough.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.candles import Candle, Timeframe
from bot.domain.markets import Market, Tick
from bot.domain.measures import PRICE, triggers_of
from bot.domain.replaying import walked
from bot.domain.watching import watch_step
from bot.prices.crossing import Seen
from bot.prices.explaining import Known, effects_beside, explain_firings
from storage.alert_rows import StoredAlert
from storage.alerts import armed_alerts, set_watches
from storage.candles import Span, put_candles
from storage.database import Transaction
from storage.firings import add_firings
from storage.markets import stored_market
from storage.owing import owe_firings

_ALERTS_AT_ONCE = 500


async def take_in(
    tx: Transaction,
    market: Market,
    frame: Timeframe,
    new: Sequence[Candle],
    stored: Mapping[datetime, Candle],
    now: datetime,
) -> int:
    """Store candles that a provider told, and fire what they show to have been missed.

    `stored` are those known before, by their open time. Where any price was seen of a minute,
    its alerts saw it then. Returns how many firings are new. Call it in a writing transaction that
    said first that the market changes, before it read `stored` (`storage.alerts.unsettle_market`).
    """
    if not new:
        return 0
    await put_candles(tx, [(Span(market, frame, candle.open_at), candle) for candle in new])
    if frame is not Timeframe.MINUTE:
        return 0
    unseen = [candle for candle in new if candle.open_at not in stored]
    return await fire_missed(tx, market, unseen, now)


async def fire_missed(
    tx: Transaction, market: Market, unseen: Sequence[Candle], now: datetime
) -> int:
    """Fire what these minutes reached, oldest first; returns how many firings are new.

    The notifications are owed, each with the time of its candle.
    """
    last = (await stored_market(tx, market)).tick
    past = [c for c in unseen if last is not None and c.open_at < last.provider_at]
    if last is None or not past:
        return 0
    missed = _Missed(tx, market, past, last, now)
    low, high = min(candle.low for candle in past), max(candle.high for candle in past)
    fired = after_id = 0
    while True:
        found = await armed_alerts(
            tx, market, low, high, past[-1].open_at, after_id=after_id, limit=_ALERTS_AT_ONCE
        )
        for alert in found:
            fired += await missed.fire(alert)
        if len(found) < _ALERTS_AT_ONCE:
            return fired
        after_id = found[-1].id


def touching(alert: StoredAlert, candles: Sequence[Candle]) -> Iterator[Seen]:
    """The prices of the candles that touch an alert and began after it was armed.

    In the order that is assumed of them, each at its candle's time.
    """
    at = triggers_of(alert.condition, alert.watch)
    for candle in candles:
        if alert.armed_at is None or candle.open_at <= alert.armed_at:
            continue
        is_low = at.low is not None and candle.low <= at.low
        if is_low or (at.high is not None and candle.high >= at.high):
            for price in walked(candle):
                yield Seen(PRICE, price, price, candle.open_at)


@dataclass(slots=True)
class _Missed:
    """The minutes of one market that nobody saw, in one transaction."""

    tx: Transaction
    market: Market
    candles: Sequence[Candle]
    last: Tick
    now: datetime
    known: Known = field(default_factory=Known)

    async def fire(self, alert: StoredAlert) -> int:
        """Let one alert see them; it stands afterwards where the last price leaves it."""
        for seen in touching(alert, self.candles):
            asset_id = self.market.asset_id
            effects = await effects_beside(self.tx, asset_id, [alert], seen, self.now, self.known)
            if not effects.firings:
                continue
            ids = await add_firings(self.tx, effects.firings)
            (_, fired) = effects.moved[0]
            step = watch_step(alert.condition, fired, self.last.price, self.last.provider_at)
            await set_watches(self.tx, [(alert, step.watch)], self.last.provider_at)
            await explain_firings(self.tx, asset_id, [alert], effects.firings, ids, self.known)
            await owe_firings(self.tx, ids.values(), self.now)
            return len(ids)
        return 0
