"""Liquidations of all exchanges together, as CoinGlass tells them to who has a key.

Owns the addresses, pace and quirks of its API v4. Refuses windows other than those it counts
(1, 4, 12 and 24 hours), and coins that it does not list: about one that it does not know it may
tell those of all.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import structlog

from bot.domain.assets import Assets
from bot.domain.conditions import Side
from bot.domain.errors import CoinbellError, FetchError, HttpStatusError, ParseError
from bot.domain.markets import Market
from bot.domain.measures import Reading
from bot.domain.ports import Clock
from bot.http import GuardedClient
from bot.prices.exchange_listing import owns_symbol
from bot.prices.gauges import Key
from bot.prices.liquidations import liquidations_of
from bot.prices.metrics import FIGURE_FAILURES
from bot.prices.provider_numbers import number_of
from bot.prices.quota import Quota

log = structlog.get_logger(__name__)

# https://docs.coinglass.com/reference/liquidation-exchange-list
RANGES = {timedelta(hours=hours): f"{hours}h" for hours in (1, 4, 12, 24)}
POLL_SECONDS = 20.0  # it counts anew every ten
_REQUESTS_PER_MINUTE = 20  # its smallest plan allows 30
_COINS_SECONDS = 86_400.0
_TIMEOUT_SECONDS = 10.0
_REFUSED_SECONDS = 600.0
_MAX_DOLLARS = Decimal(10) ** 12
_SLACK = Decimal("0.01")
_REFUSED = frozenset({400, 401, 403})
_TOO_MANY = 429
_SERVER_ERROR = 500

Question = tuple[str, str]
"""A coin's symbol and a range."""
Sums = Mapping[Side, Decimal]


class CoinGlass:
    """Tells whole liquidations, each coin and window every 20 s or as the pace allows."""

    name = "coinglass"

    def __init__(
        self,
        *,
        client: GuardedClient,
        api_url: str,
        api_key: str,
        assets: Assets,
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._client = client
        self._api_url = api_url.rstrip("/")
        self._headers = {"CG-API-KEY": api_key}
        self._assets = assets
        self._clock = clock
        self._monotonic = monotonic
        self._quota = Quota(_REQUESTS_PER_MINUTE)
        self._coins: frozenset[str] | None = None
        self._coins_at = float("-inf")
        self._asked_at: dict[Question, float] = {}

    def takes(self, market: Market, measure: str) -> bool:
        """Whether it counts that window, of a coin that it lists as far as that is known."""
        return self._question(market, measure) is not None

    async def tell(
        self, wanted: Sequence[Key], last: Mapping[Key, Reading]
    ) -> list[tuple[Market, Reading]]:
        """The sums of the coin and window that was not asked about for longest, when due."""
        del last
        keys: dict[Question, list[Key]] = {}
        for market, measure in wanted:
            question = self._question(market, measure)
            if question is not None:
                keys.setdefault(question, []).append((market, measure))
        never = float("-inf")
        self._asked_at = {one: self._asked_at.get(one, never) for one in keys}
        if not keys:
            return []
        now = self._monotonic()
        question = min(keys, key=lambda one: self._asked_at[one])
        if now - self._asked_at[question] < POLL_SECONDS or self._quota.ready_at(now) > now:
            return []
        try:
            return await self._told(question, keys[question])
        except (FetchError, ParseError) as error:
            self._note_failure(error)
            return []

    async def _told(self, question: Question, keys: list[Key]) -> list[tuple[Market, Reading]]:
        if self._monotonic() - self._coins_at >= _COINS_SECONDS:
            self._coins = coins_from(await self._fetch("/api/futures/supported-coins", {}))
            self._coins_at = self._monotonic()
            return []  # the coins may not be among them; the next call asks
        self._asked_at[question] = self._monotonic()
        symbol, span = question
        path = "/api/futures/liquidation/exchange-list"
        sums = sums_from(await self._fetch(path, {"symbol": symbol, "range": span}))
        self._quota.release()
        at = self._clock()
        return [
            (market, Reading(measure, sums[found[0]], at))
            for market, measure in keys
            if (found := liquidations_of(measure)) is not None
        ]

    def _question(self, market: Market, measure: str) -> Question | None:
        found = liquidations_of(measure)
        asset = self._assets.by_id(market.asset_id)
        if found is None or found[1] not in RANGES or asset is None:
            return None
        if not owns_symbol(asset, self._assets):
            return None
        if self._coins is not None and asset.symbol not in self._coins:
            return None
        return asset.symbol, RANGES[found[1]]

    async def _fetch(self, path: str, query: Mapping[str, str]) -> object:
        self._quota.spend(self._monotonic())
        url = f"{self._api_url}{path}{'?' if query else ''}{urlencode(query)}"
        answer = await self._client.fetch_json(
            url, headers=self._headers, timeout_seconds=_TIMEOUT_SECONDS
        )
        return data_of(answer)

    def _note_failure(self, error: CoinbellError) -> None:
        status = error.status if isinstance(error, HttpStatusError) else None
        held = None
        now = self._monotonic()
        if status in _REFUSED:
            held = self._quota.hold_until(now, _REFUSED_SECONDS)
        elif status == _TOO_MANY or status is None or status >= _SERVER_ERROR:
            asked = error.retry_after_seconds if isinstance(error, HttpStatusError) else None
            held = self._quota.hold_until(now, asked)
        FIGURE_FAILURES.labels(source=self.name, error=type(error).__name__).inc()
        log.warning(
            "coinglass_failed", error=error.log_text, paused_seconds=round((held or now) - now, 1)
        )


def data_of(answer: object) -> object:
    """What an answer tells; its errors come with HTTP 200 too, and a code of their own.

    Raises HttpStatusError for such a code, and ParseError for what is no answer.
    """
    code = answer.get("code") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or code is None or isinstance(code, bool):
        raise ParseError("CoinGlass gave no answer of its kind")
    if str(code) == "0":
        return answer.get("data")
    digits = str(code)[:6]
    status = int(digits) if digits.isdecimal() else _SERVER_ERROR
    raise HttpStatusError(f"CoinGlass refused the question (code {digits})", status=status)


def coins_from(data: object) -> frozenset[str]:
    """The symbols that are listed; raises ParseError when there is no list of them."""
    coins = frozenset(coin for coin in _listed(data) if isinstance(coin, str))
    if not coins:
        raise ParseError("CoinGlass gave no list of coins")
    return coins


def sums_from(data: object) -> Sums:
    """The dollars of all exchanges by side, from the row of all; raises ParseError."""
    rows = [row for row in _listed(data) if isinstance(row, dict)]
    found = [row for row in rows if row.get("exchange") == "All"]
    if len(found) != 1:
        raise ParseError("CoinGlass gave no sum of all exchanges")
    (row,) = found
    longs = _dollars(row, "long_liquidation_usd", "longLiquidation_usd")
    shorts = _dollars(row, "short_liquidation_usd", "shortLiquidation_usd")
    both = _dollars(row, "liquidation_usd")
    if longs is None or shorts is None or both is None:
        raise ParseError("CoinGlass gave sums that are no amounts")
    if abs(longs + shorts - both) > both * _SLACK + 1:
        raise ParseError("CoinGlass gave sums that disagree")
    return {Side.LONGS: longs, Side.SHORTS: shorts, Side.BOTH: both}


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _dollars(row: Mapping[object, object], *names: str) -> Decimal | None:
    """The amount of the first of these fields that is there, in whole dollars."""
    value = next((row[name] for name in names if name in row), None)
    number = number_of(value)
    if number is None or not 0 <= number < _MAX_DOLLARS:
        return None
    return number.quantize(Decimal(1))
