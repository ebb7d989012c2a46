"""The providers in order of preference, and who of them a market is asked of.

Owns the choice between providers and the comparison of their prices. Refuses to ask them.
A single provider is never set aside: there is nobody to turn to.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.errors import CoinbellError
from bot.domain.markets import Market, Tick
from bot.domain.providers import ProviderNews, ProviderState, Trouble
from bot.prices.comparison import Comparison, Judgement
from bot.prices.failover import chosen_provider, completed
from bot.prices.supply import Supply

log = structlog.get_logger(__name__)


class Supplies:
    """Providers at work, the preferred first; `by_id` knows assets by the bot's own ids."""

    def __init__(self, supplies: Sequence[Supply], by_id: str) -> None:
        if not supplies:
            raise ValueError("prices need a provider")
        self.all = tuple(supplies)
        self._by_name = {supply.name: supply for supply in supplies}
        self._alone = len(self.all) == 1
        self._comparison = Comparison(by_id)

    def named(self, name: str) -> Supply:
        """The provider of that name; the preferred one for a name that is not in use any more."""
        return self._by_name.get(name, self.all[0])

    def in_use(self, now: float) -> Supply:
        """The first provider that is not set aside."""
        return next((one for one in self.all if not one.standing.is_aside(now)), self.all[0])

    def chosen(self, market: Market, now: float, but: Collection[str] = ()) -> Supply | None:
        """Who is asked for a market, those named in `but` left out; None when nobody is."""
        left = [supply for supply in self.all if supply.name not in but]
        if self._alone:
            return left[0] if left else None
        name = chosen_provider({supply.name: supply.trouble(market, now) for supply in left})
        return None if name is None else self._by_name[name]

    def markets_of(self, supply: Supply, watched: Collection[Market], now: float) -> set[Market]:
        """What a round of this provider asks for: its own markets, and at times the others'.

        What its stream tells is only asked once a minute, to see that the two agree.
        Those of others are asked to be compared, by which it also shows that it agrees again.
        """
        own = {market for market in watched if self.chosen(market, now) is supply}
        if not supply.is_whole_round(now):
            own = {market for market in own if not supply.is_streamed(market, now)}
        if self._alone or not supply.is_to_compare(now):
            return own
        known = (None, Trouble.OFF)
        return own | {market for market in watched if supply.trouble(market, now) in known}

    def keeps(self, supply: Supply, market: Market, now: float) -> bool | None:
        """Whether a market's candles are filled from this provider; None: it is not known yet.

        They are filled from the first in the order that tells the past and lists the market.
        """
        for one in self.all:
            found = one.keeps(market, now)
            if one is supply or found is None:
                return found
            if found:
                return False
        return False

    def states(self, now: float) -> tuple[ProviderState, ...]:
        """How each provider is doing, in their order."""
        used = self.in_use(now)
        return tuple(replace(one.state(now), in_use=one is used) for one in self.all)

    def forget_all_but(self, watched: Collection[Market]) -> None:
        """Drop what is kept about markets that nobody watches."""
        self._comparison.keep_only(watched)

    def answered(
        self,
        supply: Supply,
        asked: Iterable[Market],
        ticks: Sequence[Tick],
        at: datetime,
        now: float,
    ) -> list[ProviderNews]:
        """Take note of an answer: what is missing, old or off in it; returns what is news."""
        before = supply.standing
        supply.note_answer(ticks, at, now, alone=self._alone)
        news = _standing_news(supply, before.trouble, at)
        if self._alone:
            return news
        for tick in ticks:
            supply.note_old(tick, at, now)
        told = {tick.market for tick in ticks}
        for market in asked:
            if market not in told and supply.trouble(market, now) is None:
                supply.skip(market, Trouble.MISSING, now)
        self._comparison.note(ticks)
        for market in told:
            news += self._judged(market, at, now)
        return news

    def failed(
        self, supply: Supply, error: CoinbellError, quote: str, at: datetime, now: float
    ) -> tuple[float, list[ProviderNews]]:
        """Take note of a failure; returns for how long requests are held back, and what is news.

        Whoever takes over does so at once, not when its own round would have come.
        """
        before = supply.standing
        wait = supply.note_failure(error, quote, at, now, alone=self._alone)
        if supply.standing.is_aside(now):
            supply.round.clear()
            for other in self.all:
                if other is not supply:
                    other.round_at = None
        return wait, _standing_news(supply, before.trouble, at)

    def _judged(self, market: Market, at: datetime, now: float) -> list[ProviderNews]:
        """What is news of who is off in a market."""
        found = self._comparison.judge(market, at, now)
        news: list[ProviderNews] = []
        for name in found.off:
            supply = self._by_name[name]
            first = not supply.off_markets()
            if supply.trouble(market, now) is Trouble.OFF:
                continue
            supply.skip(market, Trouble.OFF, now)
            detail = _off_detail(market, name, found)
            log.warning("provider_off", provider=name, detail=detail)
            if first:
                news.append(ProviderNews(name, Trouble.OFF, detail, at))
        for name in found.agreeing:
            supply = self._by_name[name]
            if supply.readmit(market) and not supply.off_markets():
                log.info("provider_agrees", provider=name, asset_id=market.asset_id)
                news.append(ProviderNews(name, None, "its prices agree with the others'", at))
        return news

    def completed(self, tick: Tick, at: datetime) -> Tick:
        """The tick with the changes that its provider does not tell, from the others' ticks."""
        return tick if self._alone else completed(tick, self._comparison.others(tick), at)


def _standing_news(supply: Supply, before: Trouble | None, at: datetime) -> list[ProviderNews]:
    after = supply.standing
    if after.trouble is before:
        return []
    if after.trouble is None:
        log.info("provider_back", provider=supply.name)
        return [ProviderNews(supply.name, None, "it answers again", at)]
    log.warning("provider_set_aside", provider=supply.name, trouble=after.trouble.value)
    return [ProviderNews(supply.name, after.trouble, after.detail, at)]


def _off_detail(market: Market, name: str, found: Judgement) -> str:
    others = ", ".join(
        f"{price:,f} from {other}" for other, price in found.prices.items() if other != name
    )
    return f"{market.asset_id} in {market.quote} at {found.prices[name]:,f}, but {others}"
