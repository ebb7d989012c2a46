"""Exchanges of perpetual swaps, through ccxt: what they are asked, and how they are heard.

Owns the choice of an asset's swap and what is asked of an exchange. Refuses to judge rows
(`bot.prices.swap_rows`), and to load ccxt before an alert wants something of it: it takes half a
second and some 80 MB.
"""

import asyncio
import importlib
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.domain.assets import Assets
from bot.domain.errors import FetchError, ParseError
from bot.domain.ports import Clock
from bot.prices.exchange_listing import owns_symbol
from bot.prices.exchange_markets import ExchangeMarkets
from bot.prices.exchange_questions import Questions
from bot.prices.exchange_session import BoundedSession
from bot.prices.exchange_sockets import Sockets, broken_stream
from bot.prices.metrics import FIGURE_ROWS_REFUSED
from bot.prices.swap_rows import (
    LIQUIDATED_SIDES,
    Funding,
    Liquidation,
    funding_or_reason,
    liquidation_or_reason,
)

log = structlog.get_logger(__name__)

HearLiquidation = Callable[[str, Liquidation], None]
"""Takes an asset's id and what was liquidated of it."""

_TIMEOUT_MILLISECONDS = 10_000
_LOOK_SECONDS = 1.0
_REWATCH_SECONDS = 0.5  # every row is heard between two calls as well
_MOST_SYMBOLS = 100
_DOLLARS = ("USDT", "USDC")
# Coins of small prices are traded by the thousand.
_BASES = ("{}", "1000{}", "{}1000")
# Which of the kinds that ccxt lists hold linear swaps.
_KINDS = frozenset({"linear", "swap"})
# These tell the liquidations of all swaps at once, where they are asked about none.
_ALL_AT_ONCE = frozenset({"binance", "binanceusdm"})


class _Heard(list[Any]):
    """Takes the liquidations that ccxt hears, in the place of its cache of the newest."""

    def __init__(self, hear: Callable[[Any], None]) -> None:
        super().__init__()
        self._hear = hear

    def append(self, row: Any) -> None:
        """Pass a row on; none is kept."""
        self._hear(row)


class Swaps:
    """An exchange's linear perpetual swaps of `assets`, in dollars or coins worth one."""

    def __init__(self, exchange_id: str, assets: Assets) -> None:
        self.name = exchange_id
        self._assets = assets
        self._client: Any = None
        self._markets: ExchangeMarkets | None = None
        self._opening = asyncio.Lock()
        self._told: set[tuple[str, str]] = set()

    async def close(self) -> None:
        """Close the connections; safe to call twice, and before any was opened."""
        if self._client is not None:
            await self._sockets.close()
            await self._client.close()
            await self._session.close()

    def symbol(self, asset_id: str) -> str | None:
        """The symbol in ccxt of an asset's swap; None where none is listed, or known yet."""
        asset = self._assets.by_id(asset_id)
        if self._markets is None or asset is None or not owns_symbol(asset, self._assets):
            return None
        markets = self._markets.by_symbol()
        for coin in _DOLLARS:
            for base in _BASES:
                symbol = f"{base.format(asset.symbol)}/{coin}:{coin}"
                found = markets.get(symbol)
                if found is None or found.get("active") is False:
                    continue
                if found.get("swap") and found.get("linear"):
                    return symbol
        return None

    def symbols(self, asset_ids: Iterable[str]) -> dict[str, str]:
        """The assets by the symbols of their swaps, those without one left out."""
        found = ((self.symbol(asset_id), asset_id) for asset_id in sorted(set(asset_ids)))
        return {symbol: asset_id for symbol, asset_id in found if symbol is not None}

    # ---- funding

    async def fetch_funding(self, asset_ids: Collection[str], now: datetime) -> dict[str, Funding]:
        """The funding rates of these assets' swaps, as far as they are told.

        Raises FetchError or ParseError when a request fails.
        """
        await self.load(now)
        symbols = dict(list(self.symbols(asset_ids).items())[:_MOST_SYMBOLS])
        if not symbols:
            return {}
        rows = await self._funding_rows(list(symbols))
        if not rows.keys() & symbols.keys():
            # What ccxt makes of a page that comes with HTTP 200.
            raise ParseError(f"{self.name} told none of the rates that it was asked for")
        rates: dict[str, Funding] = {}
        for symbol, asset_id in symbols.items():
            if symbol not in rows:
                continue
            found = funding_or_reason(rows[symbol], symbol, now)
            if isinstance(found, Funding):
                rates[asset_id] = found
            else:
                self._refuse("funding", symbol, found)
        return rates

    async def _funding_rows(self, symbols: list[str]) -> dict[str, Any]:
        has = self._client.has
        if has.get("fetchFundingRates") is True:
            rows = await self._questions.ask(partial(self._client.fetch_funding_rates, symbols))
            if not isinstance(rows, dict):
                raise ParseError(f"{self.name} gave {type(rows).__name__} instead of rates")
            return rows
        if not has.get("fetchFundingRate"):
            raise FetchError(f"{self.name} tells no funding rates")
        ask = self._client.fetch_funding_rate
        return {one: await self._questions.ask(partial(ask, one)) for one in symbols}

    # ---- liquidations

    @property
    def tells_liquidations(self) -> bool:
        """Whether it tells over a websocket whose positions are liquidated; false before `load`."""
        has = {} if self._client is None else self._client.has
        one_of = (has.get("watchLiquidationsForSymbols"), has.get("watchLiquidations"))
        return True in one_of and self.name in LIQUIDATED_SIDES

    async def listen(
        self,
        wanted: Callable[[], Collection[str]],
        hear: HearLiquidation,
        on_air: Callable[[Collection[str]], None],
        clock: Clock,
    ) -> None:
        """Pass on the liquidations of the `wanted` assets until it fails or none is wanted.

        What is wanted is looked at every second, and `on_air` told of which assets is being
        heard. Returns where it lists none of them, or tells no liquidations at all. Raises
        FetchError or ParseError; cancelling it closes the websocket.
        """
        await self.load(clock())
        if not self.tells_liquidations:
            return
        symbols: dict[str, str] = {}

        def heard(row: Any) -> None:
            """Pass on a row with the clock's time."""
            self._pass_on(row, symbols, hear, clock())

        failure = self._sockets.hear(lambda _symbol, _ticker: None)
        self._client.liquidations = _Heard(heard)
        watching: dict[str, asyncio.Task[None]] = {}
        try:
            while asset_ids := wanted():
                await self.load(clock())
                symbols |= self.symbols(asset_ids)
                if not symbols:
                    return
                for topic in {""} if self.name in _ALL_AT_ONCE else list(symbols)[:_MOST_SYMBOLS]:
                    watching[topic] = watching.get(topic) or asyncio.create_task(self._watch(topic))
                ends: list[asyncio.Future[Any]] = [failure, *watching.values()]
                await asyncio.wait(ends, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED")
                if any(end.done() for end in ends):
                    raise broken_stream(f"the liquidations of {self.name}", ends)
                on_air(symbols.values() if self._is_connected() else ())
        finally:
            for task in watching.values():
                task.cancel()
            await asyncio.gather(*watching.values(), return_exceptions=True)
            await self._sockets.close()

    def _pass_on(
        self, row: Any, symbols: dict[str, str], hear: HearLiquidation, now: datetime
    ) -> None:
        symbol = row.get("symbol") if isinstance(row, dict) else None
        asset_id = symbols.get(str(symbol))
        if asset_id is None:
            return
        size = self._client.markets.get(symbol, {}).get("contractSize")
        found = liquidation_or_reason(row, self.name, size, now)
        if isinstance(found, Liquidation):
            hear(asset_id, found)
        else:
            self._refuse("liquidations", str(symbol), found)

    async def _watch(self, symbol: str) -> None:
        """Keep a symbol subscribed, all at once for none; raises what ccxt raises."""
        many = self._client.has.get("watchLiquidationsForSymbols") is True
        while True:
            if many:
                # None asks for all; an empty list does so only in newer versions of ccxt.
                await self._client.watch_liquidations_for_symbols([symbol] if symbol else None)
            else:
                await self._client.watch_liquidations(symbol)
            await asyncio.sleep(_REWATCH_SECONDS)

    def _is_connected(self) -> bool:
        sockets = list((self._client.clients or {}).values())
        return bool(sockets) and all(socket.isConnected for socket in sockets)

    def _refuse(self, figure: str, symbol: str, reason: str) -> None:
        FIGURE_ROWS_REFUSED.labels(figure=figure, reason=reason).inc()
        if (symbol, reason) not in self._told:
            self._told.add((symbol, reason))
            log.warning(
                "figure_refused", exchange=self.name, figure=figure, row=symbol, reason=reason
            )

    # ---- the client

    async def load(self, now: datetime) -> None:
        """Load ccxt and learn the exchange's swaps, once an hour; old ones serve while that fails.

        Raises FetchError or ParseError.
        """
        async with self._opening:
            markets = self._markets or await self._open()
        await markets.learn(now)

    async def _open(self) -> ExchangeMarkets:
        # In a thread: half a second, in which prices go on being heard.
        library = await asyncio.to_thread(importlib.import_module, "ccxt.pro")
        if self.name not in library.exchanges:
            library = importlib.import_module("ccxt.async_support")
        if self.name not in library.exchanges:
            raise FetchError(f"ccxt knows no exchange {self.name!r}")
        client = getattr(library, self.name)({"timeout": _TIMEOUT_MILLISECONDS})
        self._session = BoundedSession(client.cafile)
        client.session, client.own_session = self._session, False
        client.number = str
        # Currencies are about deposits; several exchanges ask for a key to tell them.
        client.has["fetchCurrencies"] = False
        client.options |= {"defaultType": "swap", "defaultSubType": "linear"}
        listing = client.options.get("fetchMarkets")
        if isinstance(listing, dict):
            kinds = [kind for kind in listing.get("types") or () if kind in _KINDS]
            if kinds:
                listing["types"] = kinds
        self._questions = Questions(client)
        self._sockets = Sockets(client)
        self._client = client
        self._markets = ExchangeMarkets(client, self._questions, "swaps")
        return self._markets
