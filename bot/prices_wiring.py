"""How the parts of prices are put together; a piece of the composition root.

Owns the wiring from the settings to the providers and their watch. Refuses decisions.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.config import Settings
from bot.domain.assets import Assets
from bot.domain.markets import Market
from bot.domain.ports import ProviderReports, Signal
from bot.figures_wiring import FiguresAtWork, figures_at_work
from bot.http import GuardedClient
from bot.news_wiring import utc_now
from bot.prices.backfill import Backfill, Pace
from bot.prices.coingecko import PROVIDER, CoinGecko
from bot.prices.exchanges import Exchange, open_exchange
from bot.prices.histories import PageHistory, PointHistory
from bot.prices.streams import Stream
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from bot.prices.watch import PriceWatch
from storage.database import Database


@dataclass(frozen=True, slots=True)
class PricesAtWork:
    """The watch over markets, what fills their candles, and the streams, to be run as tasks."""

    watch: PriceWatch
    backfills: tuple[Backfill, ...]
    streams: tuple[Stream, ...]
    figures: FiguresAtWork

    async def fill_candles(self) -> None:
        """Fill some candles in, from each provider as far as it may be asked now.

        Raises StorageError.
        """
        for backfill in self.backfills:
            await backfill.run()


@asynccontextmanager
async def prices_at_work(
    settings: Settings,
    database: Database,
    client: GuardedClient,
    assets: Assets,
    outbox: Signal,
    reports: ProviderReports,
) -> AsyncIterator[PricesAtWork]:
    """A watch over markets for as long as the block; its exchanges are closed at the end.

    Raises ConfigError for an exchange that cannot be used.
    """
    async with supplies_at_work(settings, client, assets) as in_order:
        supplies = Supplies(in_order, PROVIDER)
        watch = PriceWatch(
            database=database,
            supplies=supplies,
            assets=assets,
            quote=settings.prices.quote,
            clock=utc_now,
            monotonic=time.monotonic,
            outbox=outbox,
            reports=reports,
        )
        found = [_backfill(settings, database, supplies, supply) for supply in in_order]
        backfills = tuple(backfill for backfill in found if backfill is not None)
        streams = tuple(
            Stream(
                streamer=supply.provider,
                supplies=supplies,
                sink=watch,
                database=database,
                quote=settings.prices.quote,
                clock=utc_now,
                monotonic=time.monotonic,
            )
            for supply in in_order
            if isinstance(supply.provider, Exchange) and supply.provider.streams
        )
        async with figures_at_work(
            settings.derivatives, database, client, assets, supplies, outbox
        ) as figures:
            yield PricesAtWork(watch, backfills, streams, figures)


def _backfill(
    settings: Settings, database: Database, supplies: Supplies, supply: Supply
) -> Backfill | None:
    """What fills candles from a provider; None where it does not tell the past.

    An exchange is asked for the past with half of the requests that it may be asked.
    """
    provider = supply.provider
    history: PointHistory | PageHistory
    if isinstance(provider, CoinGecko):
        history = PointHistory(database, provider, utc_now)
        pace = Pace(supply, settings.prices.coingecko.requests_per_minute)
    elif isinstance(provider, Exchange) and provider.tells_past:
        history = PageHistory(database, provider, utc_now)
        pace = Pace(supply, provider.requests_per_minute // 2)
    else:
        return None

    def keeps(market: Market) -> bool | None:
        """Whether this provider keeps candles of a market; None while unknown."""
        return supplies.keeps(supply, market, time.monotonic())

    return Backfill(
        database=database,
        history=history,
        pace=pace,
        keeps=keeps,
        quote=settings.prices.quote,
        clock=utc_now,
        monotonic=time.monotonic,
    )


@asynccontextmanager
async def supplies_at_work(
    settings: Settings, client: GuardedClient, assets: Assets
) -> AsyncIterator[list[Supply]]:
    """The configured providers in their order, each at its pace; see `prices_at_work`."""
    found = settings.prices
    supplies: list[Supply] = []
    async with AsyncExitStack() as stack:
        for name in found.providers:
            if name == PROVIDER:
                key = found.coingecko.api_key.get_secret_value()
                gecko = CoinGecko(client, found.coingecko.api_url, key)
                a_minute = found.coingecko.requests_per_minute
                supplies.append(Supply(gecko, a_minute, found.poll_seconds))
            else:
                exchange = open_exchange(name, assets)
                stack.push_async_callback(exchange.close)
                a_minute = exchange.requests_per_minute
                supplies.append(Supply(exchange, a_minute, found.poll_seconds))
        yield supplies
