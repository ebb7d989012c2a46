"""Exchanges as providers of prices, through ccxt.

Owns what an exchange is asked. Refuses to judge what it gives (`bot.prices.exchange_rows`), and
to be imported by anything that does not use it: ccxt takes half a second and some 80 MB, so
`open_exchange` alone loads it, when an exchange is configured.
"""

import asyncio
import importlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.domain.assets import Assets
from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import ConfigError, ParseError
from bot.domain.markets import Market, Tick
from bot.domain.ports import Clock
from bot.prices.exchange_listing import listed_symbol, owns_symbol
from bot.prices.exchange_markets import ExchangeMarkets
from bot.prices.exchange_questions import Questions
from bot.prices.exchange_rows import candles_from, tick_or_reason, ticks_from
from bot.prices.exchange_session import BoundedSession
from bot.prices.exchange_sockets import HearTicker, Sockets, broken_stream
from bot.prices.metrics import TICKS_REFUSED

log = structlog.get_logger(__name__)

REQUESTS_PER_MINUTE = 120  # a small part of what any exchange allows for tickers
MAX_SYMBOLS = 100  # a request stays short, and light in Binance's weights
_TIMEOUT_MILLISECONDS = 10_000
_REWATCH_SECONDS = 0.5  # every ticker is heard between two calls as well
# All of Binance's markets with all that it tells of them are more than we read.
_LISTING = {"binance": {"showPermissionSets": "false", "symbolStatus": "TRADING"}}
_CANDLES_A_PAGE = 500
_MOST_CANDLES_A_PAGE = 1000

Client = Any
"""An exchange of `ccxt.async_support` or `ccxt.pro`; ccxt is not imported where this is read."""


def open_exchange(exchange_id: str, assets: Assets) -> "Exchange":
    """The exchange of that ccxt id, ready to be asked; loads ccxt. Call it in a running loop.

    Raises ConfigError when ccxt does not know it, or when it has no tickers of many markets
    in one request. Close it with `Exchange.close`.
    """
    library = importlib.import_module("ccxt.async_support")
    if exchange_id not in library.exchanges:
        raise ConfigError(f"prices.providers: ccxt knows no exchange {exchange_id!r}")
    streaming = importlib.import_module("ccxt.pro")
    if exchange_id in streaming.exchanges:
        library = streaming
    client = getattr(library, exchange_id)({"timeout": _TIMEOUT_MILLISECONDS})
    if not client.has.get("fetchTickers"):
        raise ConfigError(
            f"prices.providers: {exchange_id} tells no prices of many markets at once; "
            "choose another exchange"
        )
    return Exchange(client, assets)


class Exchange:
    """An exchange behind a client of ccxt, whose spot markets give ticks of `assets`.

    The client asks without a key. Its own pace is kept, and `requests_per_minute` on top.
    """

    requests_per_minute = REQUESTS_PER_MINUTE

    def __init__(self, client: Client, assets: Assets) -> None:
        self.name: str = client.id
        self._client = client
        self._assets = assets
        self._session = BoundedSession(client.cafile)
        _furnish(client, self._session)
        self._questions = Questions(client)
        self._markets = ExchangeMarkets(client, self._questions, listing=_LISTING.get(self.name))
        self._sockets = Sockets(client) if self.streams else None

    @property
    def markets_known(self) -> bool:
        """Whether it has told which markets it lists."""
        return self._markets.known

    @property
    def tells_past(self) -> bool:
        """Whether it gives candles of every length that is kept."""
        frames = self._client.timeframes or {}
        tells = self._client.has.get("fetchOHLCV") is True
        return tells and all(frame.value in frames for frame in Timeframe)

    @property
    def streams(self) -> bool:
        """Whether it tells tickers over a websocket, of many markets or of one."""
        has = self._client.has
        return has.get("watchTickers") is True or has.get("watchTicker") is True

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        if self._sockets is not None:
            await self._sockets.close()
        await self._client.close()
        await self._session.close()

    def lists(self, asset_id: str, quote: str) -> bool:
        """Whether the exchange may price an asset in `quote`; true until its markets are known."""
        return not self._markets.known or self._symbol(asset_id, quote) is not None

    def batches(self, asset_ids: Collection[str]) -> list[tuple[str, ...]]:
        """The ids by request, sorted, each once."""
        ids = sorted(set(asset_ids))
        return [tuple(ids[at : at + MAX_SYMBOLS]) for at in range(0, len(ids), MAX_SYMBOLS)]

    async def fetch_ticks(
        self, asset_ids: Collection[str], quote: str, now: datetime
    ) -> list[Tick]:
        """A tick of each asset that the exchange lists in `quote` and can price, in no order.

        Raises FetchError or ParseError when a request fails.
        """
        await self._markets.learn(now)
        symbols = self._symbols(Market(asset_id, quote) for asset_id in asset_ids)
        if not symbols:
            return []
        tickers = await self._questions.ask(partial(self._client.fetch_tickers, list(symbols)))
        if not isinstance(tickers, dict):
            raise ParseError(f"{self.name} gave {type(tickers).__name__} instead of tickers")
        ticks, refused = ticks_from(tickers, symbols, self.name, now)
        for reason in refused.values():
            TICKS_REFUSED.labels(reason=reason).inc()
        if refused:
            first = [f"{symbol}: {reason}" for symbol, reason in list(refused.items())[:5]]
            log.warning("rows_refused", provider=self.name, rows=len(refused), first=first)
        return ticks

    async def fetch_candles(
        self, market: Market, timeframe: Timeframe, since: datetime, now: datetime
    ) -> list[Candle]:
        """The candles that opened at `since` or later, a page at most, oldest first; one request.

        `page_length` tells how many a page has. Empty for a market that it does not list, and
        where it knows none. Raises FetchError, or ParseError for what cannot be read.
        """
        await self._markets.learn(now)
        symbol = self._symbol(market.asset_id, market.quote)
        if symbol is None:
            return []
        start = int(since.timestamp() * 1000)
        ask = partial(self._client.fetch_ohlcv, symbol, timeframe.value, start, self.page_length())
        candles, refused = candles_from(await self._questions.ask(ask), timeframe, now)
        if refused:
            log.warning("candles_refused", provider=self.name, symbol=symbol, rows=refused)
        return [candle for candle in candles if candle.open_at >= since]

    def page_length(self) -> int:
        """How many candles it gives in one request, as far as ccxt knows."""
        spot = (self._client.features or {}).get("spot") or {}
        limit = (spot.get("fetchOHLCV") or {}).get("limit")
        return min(limit, _MOST_CANDLES_A_PAGE) if isinstance(limit, int) else _CANDLES_A_PAGE

    async def listen(
        self, markets: Collection[Market], hear: Callable[[Tick], None], clock: Clock
    ) -> None:
        """Pass on every tick of these markets that its websocket tells, until that fails.

        Those that it does not list are left out; returns when none is left. Raises FetchError or
        ParseError; cancelling it closes the websocket.
        """
        await self._markets.learn(clock())
        symbols = self._symbols(markets)
        if not symbols or self._sockets is None:
            return
        failure = self._sockets.hear(self._ear(symbols, hear, clock))
        watching = [asyncio.create_task(self._watch(batch)) for batch in self._streams_of(symbols)]
        ends: list[asyncio.Future[Any]] = [failure, *watching]
        try:
            await asyncio.wait(ends, return_when="FIRST_COMPLETED")
            raise broken_stream(f"the stream of {self.name}", ends)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            await self._sockets.close()

    def _ear(
        self, symbols: Mapping[str, Market], hear: Callable[[Tick], None], clock: Clock
    ) -> HearTicker:
        """Who passes on what a socket tells of these symbols, if it can be used."""
        told: set[tuple[str, str]] = set()

        def heard(symbol: str, ticker: Any) -> None:
            """Pass on a ticker as a tick, or count why it is none."""
            market = symbols.get(symbol)
            if market is None:
                return
            found = tick_or_reason(ticker, market, self.name, clock())
            if isinstance(found, Tick):
                hear(found)
                return
            TICKS_REFUSED.labels(reason=found).inc()
            if (symbol, found) not in told:
                told.add((symbol, found))
                log.warning("streamed_row_refused", provider=self.name, row=symbol, reason=found)

        return heard

    def _streams_of(self, symbols: Collection[str]) -> list[list[str]]:
        """The symbols by what one call of ccxt watches."""
        many = MAX_SYMBOLS if self._client.has.get("watchTickers") is True else 1
        found = sorted(symbols)
        return [found[at : at + many] for at in range(0, len(found), many)]

    async def _watch(self, symbols: list[str]) -> None:
        """Keep these symbols subscribed; raises what ccxt raises."""
        many = self._client.has.get("watchTickers") is True
        while True:
            if many:
                await self._client.watch_tickers(symbols)
            else:
                await self._client.watch_ticker(symbols[0])
            await asyncio.sleep(_REWATCH_SECONDS)

    def _symbols(self, markets: Iterable[Market]) -> dict[str, Market]:
        """The symbols in ccxt of those markets that it lists."""
        found = ((self._symbol(market.asset_id, market.quote), market) for market in markets)
        return {symbol: market for symbol, market in found if symbol is not None}

    def _symbol(self, asset_id: str, quote: str) -> str | None:
        asset = self._assets.by_id(asset_id)
        if asset is None or not owns_symbol(asset, self._assets):
            return None
        return listed_symbol(asset.symbol, quote, self._markets.by_symbol())


def _furnish(client: Client, session: BoundedSession) -> None:
    """Set a client up for spot prices alone, over `session`, with numbers as they are written."""
    client.session, client.own_session = session, False
    client.number = str
    completed = client.safe_ticker

    def as_told(ticker: dict[str, Any], market: Any = None) -> dict[str, Any]:
        """A ticker that ccxt completes, its last price as the exchange wrote it.

        ccxt works out a last price that is missing or nothing from others, and gives all rows up
        for one with a number that it cannot read.
        """
        try:
            found: dict[str, Any] = completed(ticker, market)
        except (ValueError, TypeError, ArithmeticError):
            found = dict(ticker)
        last = ticker.get("last")
        return {**found, "last": ticker.get("close") if last is None else last}

    client.safe_ticker = as_told
    # Currencies are about deposits; several exchanges ask for a key to tell them.
    client.has["fetchCurrencies"] = False
    kinds = client.options.get("fetchMarkets")
    if isinstance(kinds, dict) and "spot" in (kinds.get("types") or ()):
        kinds["types"] = ["spot"]
