"""One provider at work: its pace, its round of requests, its troubles.

Owns what is kept about a provider between requests. Refuses to make them and to choose between
providers, which is `bot.prices.watch`'s. `now` is monotonic seconds throughout.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.errors import CoinbellError, HttpStatusError
from bot.domain.markets import Market, Tick, stale_after
from bot.domain.providers import ProviderState, Trouble
from bot.prices.failover import Standing, after_answer, after_failure, after_refusal
from bot.prices.quota import Quota, poll_interval_seconds

COMPARE_SECONDS = 120.0
# A market that its stream tells is polled no more than this often.
STREAMED_POLL_SECONDS = 60.0
# Markets without trades are silent; polling one that its stream does not tell costs little.
_STREAMED_SECONDS = 20.0
_SKIP_SECONDS = 600.0
_UNKNOWN_QUOTE_SECONDS = 3600.0
_LONG_PAUSE_SECONDS = 60.0
_UNKNOWN_QUOTE = frozenset({400, 422})
_TURNED_AWAY = frozenset({401, 403, 418, 429})  # 418: how Binance bans who did not slow down


def is_turned_away(status: int | None) -> bool:
    """Whether a provider that answers so, by the status of HTTP, wants to be left alone."""
    return status in _TURNED_AWAY


class Provider(Protocol):
    """Who knows prices. `name` is what its ticks carry as provider."""

    name: str

    @property
    def markets_known(self) -> bool:
        """Whether it can tell already what it lists."""
        ...

    @property
    def tells_past(self) -> bool:
        """Whether candles can be filled from it."""
        ...

    def lists(self, asset_id: str, quote: str) -> bool:
        """Whether it may know an asset's price in a currency; true where it cannot tell."""
        ...

    def batches(self, asset_ids: Collection[str]) -> list[tuple[str, ...]]:
        """The ids by request; each asset of the first batch comes before those of the next."""
        ...

    async def fetch_ticks(
        self, asset_ids: Collection[str], quote: str, now: datetime
    ) -> list[Tick]:
        """Ticks of the assets of one batch; raises FetchError or ParseError."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be made: assets of one batch, in one currency."""

    quote: str
    asset_ids: tuple[str, ...]


class Supply:
    """A provider with its pace and standing.

    `poll_seconds` is the shortest time between two rounds; more requests a round, and a smaller
    `requests_per_minute`, make it longer.
    """

    def __init__(self, provider: Provider, requests_per_minute: int, poll_seconds: float) -> None:
        self.provider = provider
        self.name = provider.name
        self.quota = Quota(requests_per_minute)
        self.round: deque[Request] = deque()
        self.round_at: float | None = None
        self.standing = Standing()
        self.last_success_at: datetime | None = None
        self.errors: dict[str, tuple[str, datetime]] = {}
        self._requests_per_minute = requests_per_minute
        self._poll_seconds = poll_seconds
        self._round_requests = 0
        self._compared_at = float("-inf")
        self._newest_at: datetime | None = None
        self._unknown_quotes: dict[str, float] = {}
        self._skipped: dict[Market, tuple[Trouble, float]] = {}
        self._streamed: dict[Market, float] = {}
        self._whole_round_at = float("-inf")

    # ---- pace

    def interval_seconds(self) -> float:
        """The time from one round of polls to the next."""
        return poll_interval_seconds(
            self._round_requests, self._requests_per_minute, self._poll_seconds
        )

    def wait_seconds(self, now: float) -> float:
        """How long until a request of a round is due and may leave."""
        due = now
        if not self.round and self.round_at is not None:
            due = self.round_at + self.interval_seconds()
        return max(due, self.quota.ready_at(now)) - now

    def has_room(self, now: float) -> bool:
        """Whether a question may be asked: the next round is held up by half a round at most."""
        interval = self.interval_seconds()
        due = now + interval if self.round_at is None else self.round_at + interval
        return self.quota.leaves_room(now, max(now, due) + interval / 2)

    # ---- rounds

    def begin_round(
        self, markets: Collection[Market], watched: Collection[Market], first_quote: str, now: float
    ) -> None:
        """Plan a round of these markets; what is kept about others than the watched is dropped."""
        self.round_at = now
        self.round.extend(self.requests(markets, first_quote, now))
        self._round_requests = len(self.round)
        quotes = {market.quote for market in watched}
        self.errors = {quote: error for quote, error in self.errors.items() if quote in quotes}
        self._skipped = {m: skip for m, skip in self._skipped.items() if m in watched}
        self._streamed = {m: at for m, at in self._streamed.items() if m in watched}

    def requests(self, markets: Iterable[Market], first_quote: str, now: float) -> list[Request]:
        """The requests that these markets need, by quote; quotes nobody knows are left out."""
        by_quote: dict[str, list[str]] = {}
        for market in markets:
            if not self._is_unknown(market.quote, now):
                by_quote.setdefault(market.quote, []).append(market.asset_id)
        # The bot's own currency first: most alerts are in it.
        quotes = sorted(by_quote, key=lambda quote: (quote != first_quote, quote))
        return [Request(q, batch) for q in quotes for batch in self.provider.batches(by_quote[q])]

    def _is_unknown(self, quote: str, now: float) -> bool:
        return self._unknown_quotes.get(quote, float("-inf")) > now

    def is_to_compare(self, now: float) -> bool:
        """Whether it is time to ask for markets of others too, to compare; asking resets it."""
        if self.standing.is_aside(now) or now - self._compared_at < COMPARE_SECONDS:
            return False
        self._compared_at = now
        return True

    # ---- streams

    def note_streamed(self, ticks: Iterable[Tick], at: datetime, now: float) -> None:
        """Take note of ticks that a stream told; those that are stale leave markets to polls."""
        allowed = stale_after(self._poll_seconds)
        for tick in ticks:
            if at - tick.provider_at <= allowed:
                self._streamed[tick.market] = now
                self.last_success_at = at

    def note_stream_end(self) -> None:
        """Poll at once what a stream told until now."""
        if self._streamed:
            self._streamed.clear()
            self.round_at = None

    def is_streamed(self, market: Market, now: float) -> bool:
        """Whether a stream told a market's price just now."""
        return now - self._streamed.get(market, float("-inf")) <= _STREAMED_SECONDS

    def is_whole_round(self, now: float) -> bool:
        """Whether it is time to poll what streams tell too; asking resets it."""
        if now - self._whole_round_at < STREAMED_POLL_SECONDS:
            return False
        self._whole_round_at = now
        return True

    # ---- troubles

    def keeps(self, market: Market, now: float) -> bool | None:
        """Whether a market's candles can be filled from it; None: it cannot tell yet.

        One that fails for a while is waited for, one that is blocked or wrong is not.
        """
        aside = self.standing.is_aside(now)
        trouble, until = self._skipped.get(market, (None, float("-inf")))
        if aside and self.standing.trouble is Trouble.BLOCKED:
            return False
        if not self.provider.tells_past or (trouble is not None and now < until):
            return False
        if not self.provider.markets_known:
            return False if aside else None
        return self.provider.lists(market.asset_id, market.quote)

    def trouble(self, market: Market, now: float) -> Trouble | None:
        """Why it is not asked for a market now; None when it may be."""
        if self.standing.is_aside(now):
            return self.standing.trouble
        trouble, until = self._skipped.get(market, (None, float("-inf")))
        if trouble is not None and now < until:
            return trouble
        known = self.provider.lists(market.asset_id, market.quote)
        return None if known and not self._is_unknown(market.quote, now) else Trouble.MISSING

    def skip(self, market: Market, trouble: Trouble, now: float) -> None:
        """Leave a market to others for ten minutes; one that is off until `readmit`."""
        until = float("inf") if trouble is Trouble.OFF else now + _SKIP_SECONDS
        self._skipped[market] = (trouble, until)

    def readmit(self, market: Market) -> bool:
        """Take a market back that was off; false when it was not."""
        if self._skipped.get(market, (None, 0.0))[0] is not Trouble.OFF:
            return False
        del self._skipped[market]
        return True

    def off_markets(self) -> int:
        """How many markets it is off in."""
        return sum(trouble is Trouble.OFF for trouble, _ in self._skipped.values())

    # ---- outcomes

    def note_answer(self, ticks: Sequence[Tick], at: datetime, now: float, *, alone: bool) -> None:
        """Take note of an answer: the quota, the standing, and how old its newest price is.

        A provider that is `alone` is only spared; nothing sets it aside.
        """
        self.quota.release()
        self.last_success_at = at
        if alone:
            self.standing = Standing()
            return
        times = [tick.provider_at for tick in ticks]
        self._newest_at = max(
            [*times, *([self._newest_at] if self._newest_at else [])], default=None
        )
        age = at - self._newest_at if times and self._newest_at else None
        allowed = stale_after(self.interval_seconds())
        self.standing = after_answer(self.standing, age, allowed, now)

    def note_old(self, tick: Tick, at: datetime, now: float) -> None:
        """Leave a market to others whose price alone is stale."""
        if at - tick.provider_at > stale_after(self.interval_seconds()):
            self.skip(tick.market, Trouble.STALE, now)

    def note_failure(
        self, error: CoinbellError, quote: str, at: datetime, now: float, *, alone: bool
    ) -> float:
        """Take note of a request that gave nothing; returns for how long all are held back.

        A provider that is `alone` is set aside by name only, and only when it is blocked.
        """
        self.errors[quote] = (error.log_text, at)
        status = error.status if isinstance(error, HttpStatusError) else None
        wait = 0.0
        if isinstance(error, HttpStatusError):
            if status in _UNKNOWN_QUOTE:
                self._unknown_quotes[quote] = now + _UNKNOWN_QUOTE_SECONDS
                return wait
            if is_turned_away(status) or error.retry_after_seconds is not None:
                wait = self.quota.hold_until(now, error.retry_after_seconds) - now
        standing = after_failure(self.standing, status, error.log_text, now)
        if wait >= _LONG_PAUSE_SECONDS:
            standing = after_refusal(self.standing, error.log_text, now, wait)
        if not alone or standing.trouble is Trouble.BLOCKED:
            self.standing = standing
        return wait

    def state(self, now: float) -> ProviderState:
        """How the provider is doing now."""
        aside = self.standing.is_aside(now)
        return ProviderState(
            name=self.name,
            trouble=self.standing.trouble if aside else None,
            detail=self.standing.detail if aside else "",
            back_seconds=max(0.0, self.standing.until - now) if aside else 0.0,
            off=self.off_markets(),
            streamed=sum(self.is_streamed(market, now) for market in self._streamed),
        )
