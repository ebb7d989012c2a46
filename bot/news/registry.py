"""The bundled registry of assets.

Owns the list of 500 coins and tokens that ships with Coinbell: CoinGecko's id, symbol, name,
earlier symbols and names as aliases, rank, and which of them are ordinary words. The facts are
of October 2025, brought up to date by hand where a coin was renamed.
"""

import json
from importlib import resources

from bot.domain.assets import Asset, Assets


def load_registry() -> Assets:
    """The 500 bundled assets; reads one file of 60 kB, so load it once."""
    text = resources.files("bot.news").joinpath("assets.json").read_text(encoding="utf-8")
    return Assets(
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
    )
