"""CoinGecko as a provider of prices.

Owns the addresses, fields and quirks of its API v3 (`/coins/markets`). Refuses to pace itself,
which is `bot.prices.quota`'s, and to believe a row that is not whole: it is left out with a
reason.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote as encoded
from urllib.parse import urlencode, urlsplit

import structlog

from bot.domain.errors import ParseError
from bot.domain.markets import Market, Tick, is_ahead
from bot.http import GuardedClient
from bot.prices.coingecko_history import (
    Prices,
    Volumes,
    history_url,
    prices_from,
    volumes_from,
    volumes_url,
)
from bot.prices.metrics import TICKS_REFUSED
from bot.prices.provider_numbers import (
    MAX_CHANGE,
    MAX_PRICE,
    MIN_CHANGE,
    exact_number_of,
    price_within,
    time_of_text,
    within,
)

log = structlog.get_logger(__name__)

PROVIDER = "coingecko"
MAX_IDS = 250  # what `per_page` allows
# Proxies commonly refuse request lines above 8 kB; the rest of the address takes some 150.
MAX_IDS_CHARACTERS = 6_000
_PRO_HOST = "pro-api.coingecko.com"
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out: the id it gave, cut, or "", and why (one of a few words)."""

    asset_id: str
    reason: str


class CoinGecko:
    """CoinGecko's API at `api_url`, asked over `client`.

    `api_key` goes into the header of its plan: `x-cg-pro-api-key` at the pro host, else
    `x-cg-demo-api-key`; empty asks without a key.
    """

    name = PROVIDER
    markets_known = True
    tells_past = True

    def __init__(self, client: GuardedClient, api_url: str, api_key: str = "") -> None:
        self._client = client
        self._api_url = api_url.rstrip("/")
        header = "x-cg-pro-api-key" if _is_pro(api_url) else "x-cg-demo-api-key"
        self._headers = {header: api_key} if api_key else {}

    def lists(self, asset_id: str, quote: str) -> bool:
        """True: CoinGecko lists more than anybody, and is asked to find out."""
        del asset_id, quote
        return True

    def batches(self, asset_ids: Collection[str]) -> list[tuple[str, ...]]:
        """The ids by request: each batch is one request of `fetch_ticks`."""
        return id_batches(asset_ids)

    async def fetch_ticks(
        self, asset_ids: Collection[str], quote: str, now: datetime
    ) -> list[Tick]:
        """A tick of each asset that CoinGecko can price in `quote`, in no order.

        Rows that cannot be used are logged and counted. Raises FetchError when a request
        fails and ParseError when an answer is no list of markets; ticks of other batches are
        lost with it, so callers that pace requests pass one batch.
        """
        ticks: list[Tick] = []
        for batch in self.batches(asset_ids):
            answer = await self._client.fetch_json(
                markets_url(self._api_url, batch, quote),
                headers=self._headers,
                timeout_seconds=_TIMEOUT_SECONDS,
            )
            found, refused = ticks_from(answer, batch, quote, now)
            ticks += found
            _tell_refused(refused, quote)
        return ticks

    async def fetch_prices(self, asset_id: str, quote: str, days: int) -> Prices:
        """An asset's prices of the last `days`, oldest first: one request.

        A price every five minutes for a day, an hour up to 90 days, a day beyond. Raises
        FetchError, and ParseError for an answer without prices.
        """
        answer = await self._client.fetch_json(
            history_url(self._api_url, asset_id, quote, days),
            headers=self._headers,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        return prices_from(answer)

    async def fetch_volumes(self, asset_id: str, quote: str, days: int) -> Volumes:
        """An asset's volumes of the last whole `days`, oldest first: one request.

        Raises FetchError, and ParseError for an answer without volumes.
        """
        answer = await self._client.fetch_json(
            volumes_url(self._api_url, asset_id, quote, days),
            headers=self._headers,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        return volumes_from(answer)


def _is_pro(api_url: str) -> bool:
    return urlsplit(api_url).hostname == _PRO_HOST


def _tell_refused(refused: list[RefusedRow], quote: str) -> None:
    for row in refused:
        TICKS_REFUSED.labels(reason=row.reason).inc()
    if refused:
        shown = [f"{row.asset_id}: {row.reason}" for row in refused[:5]]
        log.warning("rows_refused", provider=PROVIDER, quote=quote, rows=len(refused), first=shown)


def id_batches(
    asset_ids: Iterable[str],
    max_ids: int = MAX_IDS,
    max_characters: int = MAX_IDS_CHARACTERS,
) -> list[tuple[str, ...]]:
    """The ids in as few batches as fit a request, sorted, each once.

    A batch holds at most `max_ids` ids, whose encoded text with commas is at most
    `max_characters` long; an id that is longer by itself is left out. Empty for no ids.
    """
    batches: list[list[str]] = []
    length = 0
    for asset_id in sorted(set(asset_ids)):
        size = len(encoded(asset_id, safe="")) + 1
        if not asset_id or size > max_characters:
            continue
        if not batches or len(batches[-1]) == max_ids or length + size > max_characters:
            batches.append([])
            length = 0
        batches[-1].append(asset_id)
        length += size
    return [tuple(batch) for batch in batches]


def markets_url(api_url: str, asset_ids: Iterable[str], quote: str) -> str:
    """The address that tells the markets of these ids; it holds no key."""
    query = {
        "vs_currency": quote.lower(),
        "per_page": str(MAX_IDS),
        "price_change_percentage": "1h,24h,7d",
        "precision": "full",
    }
    ids = ",".join(encoded(asset_id, safe="") for asset_id in asset_ids)
    return f"{api_url}/coins/markets?{urlencode(query, safe=',')}&ids={ids}"


def ticks_from(
    answer: object, asked_ids: Collection[str], quote: str, now: datetime
) -> tuple[list[Tick], list[RefusedRow]]:
    """The ticks of an answer of `/coins/markets`, and the rows that cannot be used.

    Numbers must have been read as int or Decimal. An asset comes once: of several rows the
    first good one counts. Changes, high and low that make no sense become None. Raises
    ParseError when the answer is no list.
    """
    if not isinstance(answer, list):
        raise ParseError(f"CoinGecko gave {_shown(answer)} instead of a list of markets")
    asked = frozenset(asked_ids)
    ticks: dict[str, Tick] = {}
    refused: list[RefusedRow] = []
    for row in answer:
        asset_id = row.get("id") if isinstance(row, dict) else None
        found: Tick | str
        if not isinstance(row, dict) or not isinstance(asset_id, str):
            found = "no_row"
        elif asset_id not in asked:
            found = "not_asked"
        elif asset_id in ticks:
            found = "duplicate"
        else:
            found = _tick_or_reason(row, Market(asset_id, quote), now)
        if isinstance(found, Tick):
            ticks[found.market.asset_id] = found
        else:
            refused.append(RefusedRow(str(asset_id or "")[:80], found))
    return list(ticks.values()), refused


def _shown(answer: object) -> str:
    """What came instead, for the log: its kind and, of an error, the code."""
    if isinstance(answer, dict) and isinstance(answer.get("status"), dict):
        return f"an error ({str(answer['status'].get('error_code'))[:20]})"
    return f"a value of type {type(answer).__name__}"


def _tick_or_reason(row: dict[str, object], market: Market, now: datetime) -> Tick | str:
    if row.get("current_price") is None:
        return "price_missing"
    price = exact_number_of(row["current_price"])
    if price is None:
        return "price_no_number"
    if price <= 0:
        return "price_not_positive"
    if price_within(price) is None:
        return "price_absurd"
    updated_at = time_of_text(row.get("last_updated"))
    if updated_at is None:
        return "time_unreadable"
    tick = Tick(
        market=market,
        price=price,
        provider=PROVIDER,
        provider_at=updated_at,
        received_at=now,
        change_1h=_change(row.get("price_change_percentage_1h_in_currency")),
        change_24h=_change(row.get("price_change_percentage_24h_in_currency")),
        change_7d=_change(row.get("price_change_percentage_7d_in_currency")),
        high_24h=_bound(row.get("high_24h")),
        low_24h=_bound(row.get("low_24h")),
        volume_24h=_volume(row.get("total_volume")),
        ath=_bound(row.get("ath")),
        atl=_bound(row.get("atl")),
    )
    return "time_ahead" if is_ahead(tick, now) else tick


def _change(value: object) -> Decimal | None:
    return within(exact_number_of(value), MIN_CHANGE, MAX_CHANGE)


def _bound(value: object) -> Decimal | None:
    return price_within(exact_number_of(value))


def _volume(value: object) -> Decimal | None:
    return within(exact_number_of(value), Decimal(0), MAX_PRICE)
