"""How what tells figures beside prices is put together; a piece of the composition root.

Owns the wiring from the settings to the tellers of volumes, funding and liquidations. Refuses
decisions.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.config import DerivativesSection
from bot.domain.assets import Assets
from bot.domain.markets import Market
from bot.domain.ports import Signal
from bot.http import GuardedClient
from bot.news_wiring import utc_now
from bot.prices.coingecko import CoinGecko
from bot.prices.coinglass import CoinGlass
from bot.prices.exchanges import Exchange
from bot.prices.funding import FundingRates
from bot.prices.gauges import FigureWatch, Teller, WantedFigures
from bot.prices.liquidation_stream import LiquidationStream
from bot.prices.liquidation_sums import LiquidationSums
from bot.prices.liquidations import HeardLiquidations
from bot.prices.supplies import Supplies
from bot.prices.swaps import Swaps
from bot.prices.volumes import CandleVolumes, PastVolumes, PointVolumes, Volumes
from storage.database import Database


@dataclass(frozen=True, slots=True)
class FiguresAtWork:
    """The watches over figures, to be run every second, and the streams, to be run as tasks."""

    watches: tuple[FigureWatch, ...] = ()
    streams: tuple[LiquidationStream, ...] = ()


@asynccontextmanager
async def figures_at_work(
    settings: DerivativesSection,
    database: Database,
    client: GuardedClient,
    assets: Assets,
    supplies: Supplies,
    outbox: Signal,
) -> AsyncIterator[FiguresAtWork]:
    """What tells figures for as long as the block; its exchanges are closed at the end."""
    swaps = [Swaps(name, assets) for name in settings.exchanges]
    sums = LiquidationSums()
    streams = tuple(
        LiquidationStream(swaps=one, sums=sums, clock=utc_now, monotonic=time.monotonic)
        for one in swaps
    )
    glass = _coinglass(settings, client, assets)
    tellers: list[Teller] = [
        _volumes(database, supplies),
        FundingRates(swaps, utc_now, time.monotonic),
        HeardLiquidations(streams, sums, glass.takes if glass else _takes_none, utc_now),
        *([glass] if glass else []),
    ]
    wanted = WantedFigures(database, time.monotonic)
    async with AsyncExitStack() as stack:
        for one in swaps:
            stack.push_async_callback(one.close)
        watches = [
            FigureWatch(
                teller=teller,
                wanted=wanted,
                database=database,
                clock=utc_now,
                monotonic=time.monotonic,
                outbox=outbox,
            )
            for teller in tellers
        ]
        yield FiguresAtWork(tuple(watches), streams)


def _coinglass(
    settings: DerivativesSection, client: GuardedClient, assets: Assets
) -> CoinGlass | None:
    key = settings.coinglass_key.get_secret_value()
    if not key:
        return None
    return CoinGlass(
        client=client,
        api_url=settings.coinglass_url,
        api_key=key,
        assets=assets,
        clock=utc_now,
        monotonic=time.monotonic,
    )


def _takes_none(market: Market, measure: str) -> bool:
    del market, measure
    return False


def _volumes(database: Database, supplies: Supplies) -> Volumes:
    pasts: dict[str, PastVolumes] = {}
    for supply in supplies.all:
        if isinstance(supply.provider, CoinGecko):
            pasts[supply.name] = PointVolumes(supply.provider)
        elif isinstance(supply.provider, Exchange) and supply.provider.tells_past:
            pasts[supply.name] = CandleVolumes(supply.provider)
    return Volumes(
        database=database,
        supplies=supplies,
        pasts=pasts,
        clock=utc_now,
        monotonic=time.monotonic,
    )
