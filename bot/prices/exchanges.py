"""Exchanges as providers of prices, through ccxt.

Owns which of an exchange's spot markets is the market of an asset, what of a ticker is
believed, and what an exchange's failure means. Refuses to be imported by anything that does
not use it: ccxt takes half a second and some 90 MB, so `open_exchange` alone loads it, when an
exchange is configured.

Dollars on exchanges are mostly dollar coins: a market in USD is the exchange's own in USD, or
else in USDT, USDC or FDUSD. A dollar coin itself is priced in real dollars only: in another
coin its price would show that coin's trouble as its own.
"""

import asyncio
import importlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import structlog

from bot.domain.assets import Asset, Assets
from bot.domain.errors import (
    ConfigError,
    ConnectionFailed,
    FetchError,
    HttpStatusError,
    ParseError,
    ResponseTooSlow,
)
from bot.domain.markets import Market, Tick, is_ahead
from bot.prices.metrics import TICKS_REFUSED

log = structlog.get_logger(__name__)

REQUESTS_PER_MINUTE = 120  # a small part of what any exchange allows for tickers
MAX_SYMBOLS = 100  # a request stays short, and light in Binance's weights
_TIMEOUT_MILLISECONDS = 10_000
_MARKETS_LIFE = timedelta(hours=1)
_DOLLAR_COINS = ("USDT", "USDC", "FDUSD")
_NO_DOLLAR_COIN = frozenset({*_DOLLAR_COINS, "TUSD", "DAI", "USDE", "USDS", "PYUSD", "USD1"})
_MAX_PRICE = Decimal(10) ** 15
_MIN_PRICE = Decimal(10) ** -30
_MIN_CHANGE = Decimal(-100)
_MAX_CHANGE = Decimal(10) ** 9
_MAX_DIGITS = 60
_REFUSED_QUESTION = 400
_MAX_RETRY_AFTER_DIGITS = 6

Client = Any
"""An exchange of `ccxt.async_support`; ccxt is not imported where this is read."""


def open_exchange(exchange_id: str, assets: Assets) -> "Exchange":
    """The exchange of that ccxt id, ready to be asked; loads ccxt.

    Raises ConfigError when ccxt does not know it, or when it has no tickers of many markets
    in one request. Close it with `Exchange.close`.
    """
    library = importlib.import_module("ccxt.async_support")
    if exchange_id not in library.exchanges:
        raise ConfigError(f"prices.providers: ccxt knows no exchange {exchange_id!r}")
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
        self._loaded_at: datetime | None = None
        self._reload = False
        self._loading = asyncio.Lock()
        self._status: int | None = None
        self._retry_after: str | None = None
        _furnish(client)
        self._hear_answers()

    def _hear_answers(self) -> None:
        """Keep the status of each answer: ccxt's errors tell it only within their text."""
        hear = self._client.on_rest_response

        def heard(code: int, *rest: Any) -> Any:
            self._status = code
            headers = rest[3] if len(rest) > 3 else {}  # noqa: PLR2004  # ccxt's fifth argument
            found = {name.lower(): value for name, value in dict(headers).items()}
            self._retry_after = found.get("retry-after")
            return hear(code, *rest)

        self._client.on_rest_response = heard

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        await self._client.close()

    def lists(self, asset_id: str, quote: str) -> bool:
        """Whether the exchange may price an asset in `quote`; true until its markets are known."""
        return self._loaded_at is None or self._symbol(asset_id, quote) is not None

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
        await self._load_markets(now)
        symbols = {
            symbol: Market(asset_id, quote)
            for asset_id in asset_ids
            if (symbol := self._symbol(asset_id, quote)) is not None
        }
        if not symbols:
            return []
        tickers = await self._ask(self._client.fetch_tickers, list(symbols))
        if not isinstance(tickers, dict):
            raise ParseError(f"{self.name} gave {type(tickers).__name__} instead of tickers")
        ticks, refused = ticks_from(tickers, symbols, self.name, now)
        for reason in refused.values():
            TICKS_REFUSED.labels(reason=reason).inc()
        if refused:
            first = [f"{symbol}: {reason}" for symbol, reason in list(refused.items())[:5]]
            log.warning("rows_refused", provider=self.name, rows=len(refused), first=first)
        return ticks

    def _symbol(self, asset_id: str, quote: str) -> str | None:
        asset = self._assets.by_id(asset_id)
        if asset is None or not _owns_symbol(asset, self._assets):
            return None
        return listed_symbol(asset.symbol, quote, self._client.markets or {})

    async def _load_markets(self, now: datetime) -> None:
        """Learn the exchange's markets, once an hour; old ones serve while that fails."""
        async with self._loading:
            known = self._loaded_at is not None
            if self._loaded_at and now - self._loaded_at < _MARKETS_LIFE and not self._reload:
                return
            self._reload = False
            try:
                await self._ask(self._client.load_markets, True)  # True: learn them anew
            except (FetchError, ParseError) as error:
                if not known:
                    raise
                log.warning("markets_kept", provider=self.name, error=error.log_text)
            if not self._client.markets:
                raise ParseError(f"{self.name} lists no markets")
            self._loaded_at = now

    async def _ask(self, method: Any, *args: object) -> Any:
        """What a method of the client gives; its errors become ours, without their texts.

        Those quote whole pages and addresses. What is no error of ccxt comes from an answer of
        a shape that ccxt did not expect.
        """
        self._status = self._retry_after = None
        try:
            return await method(*args)
        except Exception as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> FetchError | ParseError:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        name = type(error).__name__
        if self._status == _REFUSED_QUESTION:
            # One symbol that is gone spoils the question for all: what is listed is learnt anew.
            self._reload = True
            return FetchError(f"{self.name} refused the question (HTTP 400)")
        if self._status is not None and self._status > _REFUSED_QUESTION:
            seconds = _seconds(self._retry_after)
            text = f"{self.name} answered HTTP {self._status}"
            return HttpStatusError(text, status=self._status, retry_after_seconds=seconds)
        if "RequestTimeout" in kinds:
            return ResponseTooSlow(f"{self.name} did not answer within 10 s")
        if self._status is None and "NetworkError" in kinds:
            return ConnectionFailed(f"{self.name} cannot be reached ({name})")
        if "BaseError" in kinds and not kinds & {"BadResponse", "ExchangeNotAvailable"}:
            return FetchError(f"{self.name} refused the question ({name})")
        return ParseError(f"{self.name} gave an answer that cannot be read ({name})")


def _furnish(client: Client) -> None:
    """Set a client up for spot prices alone, with numbers as the exchange writes them."""
    client.number = str
    # Currencies are about deposits; several exchanges ask for a key to tell them.
    client.has["fetchCurrencies"] = False
    kinds = client.options.get("fetchMarkets")
    if isinstance(kinds, dict) and "spot" in (kinds.get("types") or ()):
        kinds["types"] = ["spot"]


def _owns_symbol(asset: Asset, assets: Assets) -> bool:
    """Whether an exchange means this asset by its symbol: the largest of those that share it."""
    sharing = [one for one in assets.named(asset.symbol) if one.symbol == asset.symbol]
    return bool(sharing) and sharing[0].id == asset.id


def listed_symbol(base: str, quote: str, markets: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The symbol in ccxt of the active spot market of an asset; None where there is none."""
    quotes: tuple[str, ...] = (quote,)
    if quote == "USD" and base not in _NO_DOLLAR_COIN:
        quotes = ("USD", *_DOLLAR_COINS)
    for one in quotes:
        found = markets.get(f"{base}/{one}")
        if found is not None and found.get("spot") and found.get("active") is not False:
            return f"{base}/{one}"
    return None


def ticks_from(
    tickers: Mapping[str, Any], symbols: Mapping[str, Market], provider: str, now: datetime
) -> tuple[list[Tick], dict[str, str]]:
    """The ticks of ccxt's tickers, and why those of other symbols that were asked cannot be used.

    Numbers are texts. Symbols that nobody asked for are left out; so are changes and bounds
    that make no sense. A ticker without a time counts as of now: then the exchange tells none.
    """
    ticks: list[Tick] = []
    refused: dict[str, str] = {}
    for symbol, market in symbols.items():
        ticker = tickers.get(symbol)
        if ticker is None:
            continue
        found = _tick_or_reason(ticker, market, provider, now)
        if isinstance(found, Tick):
            ticks.append(found)
        else:
            refused[symbol] = found
    return ticks, refused


def _tick_or_reason(ticker: Any, market: Market, provider: str, now: datetime) -> Tick | str:
    if not isinstance(ticker, dict):
        return "no_row"
    price = _number(ticker.get("last"))
    if price is None:
        return "price_missing" if ticker.get("last") is None else "price_no_number"
    if price <= 0:
        return "price_not_positive"
    if not _MIN_PRICE <= price < _MAX_PRICE:
        return "price_absurd"
    at = _time(ticker.get("timestamp"), now)
    if at is None:
        return "time_unreadable"
    tick = Tick(
        market=market,
        price=price,
        provider=provider,
        provider_at=at,
        received_at=now,
        change_24h=_within(ticker.get("percentage"), _MIN_CHANGE, _MAX_CHANGE),
        high_24h=_within(ticker.get("high"), _MIN_PRICE, _MAX_PRICE),
        low_24h=_within(ticker.get("low"), _MIN_PRICE, _MAX_PRICE),
        volume_24h=_within(ticker.get("quoteVolume"), Decimal(0), _MAX_PRICE),
    )
    return "time_ahead" if is_ahead(tick, now) else tick


def _number(value: object) -> Decimal | None:
    """A finite number of bearable length, from the text or number that ccxt gives."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and len(number.as_tuple().digits) <= _MAX_DIGITS else None


def _within(value: object, least: Decimal, bound: Decimal) -> Decimal | None:
    number = _number(value)
    return number if number is not None and least <= number < bound else None


def _time(value: object, now: datetime) -> datetime | None:
    """An exchange's time in UTC, from milliseconds; `now` where it tells none."""
    if value is None:
        return now
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(text: str | None) -> float | None:
    digits = (text or "").strip()
    return float(digits) if digits.isdecimal() and len(digits) <= _MAX_RETRY_AFTER_DIGITS else None
