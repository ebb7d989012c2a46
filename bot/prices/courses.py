"""A market's way through a batch of ticks: what becomes of each, and what its alerts are to see.

Owns which values of which measures are shown to alerts. What is known to touch none is left
out, up to the first value of a batch that may touch one: alerts that moved may be touched by
values that were quiet before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from bot.domain.markets import Tick
from bot.domain.measures import PRICE, value_of
from bot.prices.candles import add_ticks
from bot.prices.closes import CLOSES, closes_between
from bot.prices.crossing import Accept, Hold, Refuse, Seen, Show, Verdict, tick_verdict
from bot.prices.ringing import Sight
from bot.prices.tracks import Tracks
from storage.database import Transaction
from storage.markets import StoredMarket
from storage.touching import Series


@dataclass(slots=True)
class Course:
    """One market in a batch; `measures` names what its alerts look at beside the price.

    `stands` is the market after the ticks so far, `before` what it was when it was locked.
    """

    before: StoredMarket
    measures: tuple[str, ...]
    tracks: Tracks
    stands: StoredMarket = field(init=False)
    sights: dict[str, list[Sight]] = field(default_factory=dict)
    is_accepted: bool = False
    _moved: Tick | None = None
    _held: Tick | None = None
    _unkept: list[Tick] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stands = self.before

    async def take(
        self, tx: Transaction, index: int, tick: Tick, now: datetime, poll_seconds: float
    ) -> Verdict:
        """What becomes of the batch's next tick; what alerts are to see of it is noted."""
        verdict = tick_verdict(self.stands, tick, now, poll_seconds)
        match verdict:
            case Accept():
                await self._accept(tx, index, tick)
                self._move(tick)
            case Show():
                self._close(index, tick)
                self._move(tick)
            case Hold():
                self._held = tick
                self.stands = replace(
                    self.stands, pending_price=tick.price, pending_at=tick.provider_at
                )
            case Refuse():
                pass
        return verdict

    @property
    def moved(self) -> Tick | None:
        """The market's last tick, None where the batch did not move it."""
        return self._moved

    @property
    def held(self) -> Tick | None:
        """The wild tick that waits after the batch, None where it brought none."""
        return self._held

    @property
    def unkept(self) -> Sequence[Tick]:
        """The accepted ticks that no candle holds yet."""
        return self._unkept

    @property
    def loud(self) -> Iterator[Series]:
        """The series that alerts were shown, whose quiet values are to be found out again.

        Closes have none: each is shown.
        """
        for measure in self.sights:
            if measure not in CLOSES:
                yield self.before.market, measure

    @property
    def is_settled(self) -> bool:
        """Whether something new was found out of the alerts, and may be kept.

        Of a market that had no row yet, which no lock could hold, an alert may come unseen.
        """
        is_new = self.before.measures is None or PRICE in self.sights
        return self.is_accepted and is_new and self.before.tick is not None

    def _move(self, tick: Tick) -> None:
        self._moved, self._held = tick, None
        before = self.before
        self.stands = StoredMarket(before.market, tick, None, None, before.quiet, before.measures)

    async def _accept(self, tx: Transaction, index: int, tick: Tick) -> None:
        previous, quiet = self.stands.tick, self.before.quiet
        self.is_accepted = True
        is_quiet = quiet is not None and quiet[0] < float(tick.price) < quiet[1]
        if PRICE in self.sights or not is_quiet:
            self._show(index, seen_price(tick, previous))
        # Nothing but the price is looked at in most markets, and known to be.
        if self.before.measures != ():
            self._close(index, tick)
            await self._look_back(tx, index, tick, previous)
        self._unkept.append(tick)

    def _close(self, index: int, tick: Tick) -> None:
        """Show the closes that a tick is the first to know, believed or not: they lie before it."""
        for close in closes_between(self.measures, self.stands.tick, tick):
            self._show(index, close)

    async def _look_back(
        self, tx: Transaction, index: int, tick: Tick, previous: Tick | None
    ) -> None:
        if self._unkept and not self.tracks.are_known(tick, previous, self.measures):
            # What is read anew is made of candles: those of this batch are to be among them.
            await add_ticks(tx, self._unkept)
            self._unkept = []
        found = await self.tracks.memories(tx, tick, previous, self.measures)
        for measure, memory in found.items():
            value = value_of(measure, memory, tick.price, tick.provider_at)
            if value is not None and not self._is_quiet(measure, value):
                price = seen_price(tick, previous)
                self._show(index, replace(price, measure=measure, value=value, memory=memory))
        self.tracks.advance(tick)

    def _is_quiet(self, measure: str, value: Decimal) -> bool:
        market = self.before.market
        return measure not in self.sights and self.tracks.is_quiet(market, measure, value)

    def _show(self, index: int, seen: Seen) -> None:
        self.sights.setdefault(seen.measure, []).append(Sight(index, seen))


def seen_price(tick: Tick, previous: Tick | None) -> Seen:
    """What alerts on the price see of a tick, and of the market's tick before."""
    return Seen(
        PRICE,
        tick.price,
        tick.price,
        tick.provider_at,
        previous_at=previous.provider_at if previous else None,
        previous_price=previous.price if previous else None,
        change_1h=tick.change_1h,
        change_24h=tick.change_24h,
    )
