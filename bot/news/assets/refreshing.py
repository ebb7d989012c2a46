"""Bringing the registry of assets up to date from CoinGecko.

Owns the request for its largest coins by market value (`/coins/markets`, API v3), and how they
are merged with the assets known: nothing that was curated is lost, no coin is dropped. Refuses
to decide by taste which new names are words: a rule does, and rather says so once too often,
since an ambiguous word still counts beside a sign of the coin.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

import structlog

from bot.domain.assets import Asset, Assets
from bot.domain.errors import ParseError
from bot.http import GuardedClient
from bot.news.assets.registry import load_registry, registry_text
from storage.database import Database
from storage.registry import store_registry, stored_registry

log = structlog.get_logger(__name__)

WANTED = 500
_PER_PAGE = 250  # what CoinGecko allows
_PRO_HOST = "pro-api.coingecko.com"
_SHOWN = 10
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9._+-]{0,19}")
_LONGEST_NAME = 80

# ---- what may be a word

_SPOKEN = re.compile(r"[A-Z]*[AEIOUY][A-Z]*")
_LONGEST_WORD = 7
_PLAIN_WORDS = re.compile(r"[A-Z]?[a-z]+(?: (?:[A-Z]?[a-z]+|[A-Z]+))*|[A-Z]+")
_COIN_WORDS = frozenset(
    ("chain", "coin", "dao", "dex", "finance", "inu", "labs", "network", "protocol", "token")
)
_COPY = re.compile(r"\b(?:bridged|wrapped|binance-peg|pegged|portal)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """What a refresh did: symbols added and renamed, in order of rank, and the counts."""

    added: tuple[str, ...]
    renamed: tuple[str, ...]
    moved: int
    total: int

    @property
    def lines(self) -> list[str]:
        """The summary as lines of text, for the operator's terminal."""
        return [
            f"{len(self.added)} added{_listed(self.added)}",
            f"{len(self.renamed)} renamed{_listed(self.renamed)}",
            f"{self.moved} changed rank",
            f"{self.total} in all",
        ]


async def refresh_assets(
    database: Database, client: GuardedClient, api_url: str, api_key: str = ""
) -> RefreshSummary:
    """What changed by merging CoinGecko's 500 largest coins into the registry, and storing it.

    Asks two pages of `api_url`. Raises FetchError when a request fails, ParseError when an
    answer is no list of coins, StorageError when the registry cannot be kept; the registry is
    then as before. A running bot reads it at its next start.
    """
    pages = await fetch_markets(client, api_url, api_key)
    async with database.reading() as tx:
        known = load_registry(await stored_registry(tx))
    assets, summary = merged_assets(known, pages)
    async with database.writing() as tx:
        await store_registry(tx, registry_text(assets))
    log.info("assets_refreshed", added=len(summary.added), total=summary.total)
    return summary


async def fetch_markets(client: GuardedClient, api_url: str, api_key: str = "") -> list[object]:
    """CoinGecko's answers, a page each, the largest coins first; errors as for `fetch_json`."""
    is_pro = urlsplit(api_url).hostname == _PRO_HOST
    header = "x-cg-pro-api-key" if is_pro else "x-cg-demo-api-key"
    return [
        await client.fetch_json(
            markets_page_url(api_url, page), headers={header: api_key} if api_key else {}
        )
        for page in range(1, WANTED // _PER_PAGE + 1)
    ]


def markets_page_url(api_url: str, page: int) -> str:
    """The address of a page of the coins by market value, from 1; it holds no key."""
    query = {
        "vs_currency": "usd",
        "order": "market_cap_desc",
        "per_page": _PER_PAGE,
        "page": page,
    }
    return f"{api_url.rstrip('/')}/coins/markets?{urlencode(query)}"


def merged_assets(known: Assets, pages: Iterable[object]) -> tuple[list[Asset], RefreshSummary]:
    """The known assets with what the pages of `/coins/markets` say, by rank, and what changed.

    A coin's rank is its place in the pages; those that are in none come after, in the order
    they had. A coin with a new symbol or name keeps the old ones as aliases. New coins are
    ambiguous by rule. Rows that cannot be used are left out, and so are copies of a coin on
    another chain. Raises ParseError when a page is no list, or none has a coin.
    """
    coins = _coins(known, pages)
    if not coins:
        raise ParseError("CoinGecko gave no coin that can be used")
    listed = {coin.id for coin in coins}
    fallen = [asset for asset in known if asset.id not in listed]
    taken = _words(known)
    assets: list[Asset] = []
    for rank, coin in enumerate([*coins, *fallen], 1):
        before = known.by_id(coin.id)
        asset = replace(_updated(before, coin) if before else _new(coin, taken), rank=rank)
        assets.append(asset)
        taken |= _words([asset])
    return assets, _summary(known, assets)


# ---- reading the pages


def _coins(known: Assets, pages: Iterable[object]) -> list[Asset]:
    """The coins of the pages, each once, with nothing but id, symbol and name."""
    coins: dict[str, Asset] = {}
    symbols: set[str] = set()
    for page in pages:
        if not isinstance(page, list):
            raise ParseError(f"CoinGecko gave {type(page).__name__} instead of a list of coins")
        for row in page:
            coin = _coin(row)
            if coin is None or (known.by_id(coin.id) is None and _is_copy(coin, known, symbols)):
                continue
            coins.setdefault(coin.id, coin)
            symbols.add(coin.symbol)
    return list(coins.values())


def _coin(row: object) -> Asset | None:
    if not isinstance(row, dict):
        return None
    coin_id, symbol, name = row.get("id"), row.get("symbol"), row.get("name")
    if not isinstance(coin_id, str) or not isinstance(symbol, str) or not isinstance(name, str):
        return None
    symbol, name = symbol.strip().upper(), " ".join(name.split())
    usable = _ID.fullmatch(coin_id) and _SYMBOL.fullmatch(symbol)
    return Asset(coin_id, symbol, name) if usable and 0 < len(name) <= _LONGEST_NAME else None


def _is_copy(coin: Asset, known: Assets, symbols: set[str]) -> bool:
    """Whether a coin is another on a further chain, under the same symbol."""
    same = coin.symbol in symbols or any(known.named(coin.symbol))
    return same and _COPY.search(coin.name) is not None


# ---- merging


def _updated(before: Asset, coin: Asset) -> Asset:
    """A known asset under the symbol and the name that it has now."""
    symbol = before.symbol if coin.symbol == before.symbol else coin.symbol
    name = before.name if coin.name.casefold() == before.name.casefold() else coin.name
    old = [text for text in (before.symbol, before.name) if text not in {symbol, name}]
    ambiguous = list(before.ambiguous_names)
    if before.ambiguous and symbol != before.symbol:
        ambiguous.append(before.symbol)
    known = {text.casefold() for text in (before.name, *before.aliases)}
    if name.casefold() not in known and _is_plain(name):
        ambiguous.append(name)
    aliases = dict.fromkeys((*before.aliases, *old))
    return replace(
        before,
        symbol=symbol,
        name=name,
        aliases=tuple(alias for alias in aliases if alias not in {symbol, name}),
        ambiguous=before.ambiguous if symbol == before.symbol else _may_be_word(symbol),
        # What is the symbol now is told by `ambiguous`, unless it is the name too.
        ambiguous_names=tuple(
            text for text in dict.fromkeys(ambiguous) if text != symbol or text == name
        ),
    )


def _new(coin: Asset, taken: set[str]) -> Asset:
    """A coin that was not known, with what of it may be something else."""
    clashes = {text.casefold() for text in (coin.symbol, coin.name)} & taken
    return replace(
        coin,
        ambiguous=_may_be_word(coin.symbol) or coin.symbol.casefold() in clashes,
        ambiguous_names=(
            (coin.name,) if _is_plain(coin.name) or coin.name.casefold() in clashes else ()
        ),
    )


def _may_be_word(symbol: str) -> bool:
    """Whether a symbol can be spoken, and so may be a word; those of two letters may be any."""
    is_short = len(symbol) <= 2  # noqa: PLR2004 - as the line above says
    return is_short or (len(symbol) < _LONGEST_WORD and _SPOKEN.fullmatch(symbol) is not None)


def _is_plain(name: str) -> bool:
    """Whether a name is of words that texts use, none of them about coins."""
    words = frozenset(name.casefold().split())
    return _PLAIN_WORDS.fullmatch(name) is not None and not words & _COIN_WORDS


def _words(assets: Iterable[Asset]) -> set[str]:
    return {
        text.casefold() for asset in assets for text in (asset.symbol, asset.name, *asset.aliases)
    }


# ---- telling


def _summary(known: Assets, assets: Sequence[Asset]) -> RefreshSummary:
    pairs = [(known.by_id(asset.id), asset) for asset in assets]
    return RefreshSummary(
        added=tuple(asset.symbol for before, asset in pairs if before is None),
        renamed=tuple(
            f"{before.symbol} to {asset.symbol}"
            for before, asset in pairs
            if before is not None and before.symbol != asset.symbol
        ),
        moved=sum(before is not None and before.rank != asset.rank for before, asset in pairs),
        total=len(assets),
    )


def _listed(symbols: Sequence[str]) -> str:
    if not symbols:
        return ""
    return f": {', '.join(symbols[:_SHOWN])}{' …' if len(symbols) > _SHOWN else ''}"
