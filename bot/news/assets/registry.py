"""The registry of assets.

Owns the list of coins and tokens that ships with Coinbell: CoinGecko's id, symbol, name,
earlier symbols and names as aliases, rank, and which of them are ordinary words. The facts are
of October 2025, brought up to date by hand where a coin was renamed. Owns too how a registry is
written as text, and how one that was refreshed since is laid over the one that ships.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from importlib import resources

import structlog

from bot.domain.assets import Asset, Assets

log = structlog.get_logger(__name__)


def load_registry(refreshed: str | None = None) -> Assets:
    """The bundled assets, with those of a registry that was refreshed laid over them.

    `refreshed` is a text of `registry_text`, None when there is none; one that cannot be read
    is logged and left out. What was curated by hand holds whatever the refreshed one says.
    Reads one file of 60 kB, so load it once.
    """
    text = resources.files("bot.news.assets").joinpath("assets.json").read_text(encoding="utf-8")
    bundled = _assets(text)
    if refreshed is None:
        return Assets(bundled)
    try:
        newer = _assets(refreshed)
    except (ValueError, TypeError, KeyError) as error:
        log.warning("registry_unreadable", error=str(error)[:200])
        return Assets(bundled)
    return Assets(laid_over(bundled, newer))


def registry_text(assets: Iterable[Asset]) -> str:
    """The assets as text, JSON with a line for each; `load_registry` reads it."""
    return "[\n" + ",\n".join(json.dumps(_row(asset)) for asset in assets) + "\n]\n"


def laid_over(curated: Iterable[Asset], newer: Iterable[Asset]) -> list[Asset]:
    """The newer assets with what was curated of them, then the curated ones they leave out.

    Symbol, name and rank are the newer ones; aliases and ambiguous names are those of both.
    Whether a symbol is a word is what was curated, as long as it is the same symbol.
    """
    by_id = {asset.id: asset for asset in curated}
    merged = [
        _curated(by_id[asset.id], asset) if asset.id in by_id else asset
        for asset in sorted(newer, key=lambda asset: asset.rank)
    ]
    known = {asset.id for asset in merged}
    missing = [asset for asset in by_id.values() if asset.id not in known]
    last = max((asset.rank for asset in merged), default=0)
    return merged + [replace(asset, rank=last + n) for n, asset in enumerate(missing, 1)]


def _curated(curated: Asset, newer: Asset) -> Asset:
    is_same = curated.symbol == newer.symbol
    aliases = dict.fromkeys((*curated.aliases, *newer.aliases))
    own = {newer.name, newer.symbol}
    hand_made = {curated.name, *curated.aliases}
    ambiguous = (
        *curated.ambiguous_names,
        *(name for name in newer.ambiguous_names if name not in hand_made),
    )
    return replace(
        newer,
        aliases=tuple(alias for alias in aliases if alias not in own),
        ambiguous=curated.ambiguous if is_same else newer.ambiguous,
        ambiguous_names=tuple(dict.fromkeys(ambiguous)),
    )


def _assets(text: str) -> list[Asset]:
    return [
        Asset(
            id=row["id"],
            symbol=row["symbol"],
            name=row["name"],
            aliases=tuple(row.get("aliases", ())),
            rank=row["rank"],
            ambiguous=row.get("ambiguous", False),
            ambiguous_names=tuple(row.get("ambiguous_names", ())),
        )
        for row in json.loads(text)
    ]


def _row(asset: Asset) -> dict[str, object]:
    """What `_assets` reads, without what is empty."""
    row: dict[str, object] = {
        "id": asset.id,
        "symbol": asset.symbol,
        "name": asset.name,
        "rank": asset.rank,
        "aliases": asset.aliases,
        "ambiguous": asset.ambiguous,
        "ambiguous_names": asset.ambiguous_names,
    }
    return {key: value for key, value in row.items() if value}
