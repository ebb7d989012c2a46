"""Coins and tokens, and finding one by what people call it.

Owns the asset value and the lookup by id, symbol or name. Refuses to read running text:
that is `bot.news.assets.mentions`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asset:
    """A coin or token.

    `id` is stable (CoinGecko's id, `bitcoin`); `symbol` upper case (`BTC`); `aliases` further
    names and symbols; `rank` by market value, 1 the largest. `ambiguous` tells that the symbol
    is also an ordinary word or abbreviation, `ambiguous_names` which of the name and the
    aliases are also words or companies: in text those count only with a sign of the coin.
    """

    id: str
    symbol: str
    name: str
    aliases: tuple[str, ...] = ()
    rank: int = 10_000
    ambiguous: bool = False
    ambiguous_names: tuple[str, ...] = ()


class Assets:
    """All known assets, looked up by id, symbol, name or alias; iterates by rank."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        self._by_rank = tuple(sorted(assets, key=lambda asset: asset.rank))
        self._by_id = {asset.id: asset for asset in self._by_rank}
        self._by_word: dict[str, list[Asset]] = {}
        for asset in self._by_rank:
            words = (asset.symbol, asset.name, asset.id, *asset.aliases)
            for word in {word.casefold() for word in words}:
                self._by_word.setdefault(word, []).append(asset)

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._by_rank)

    def __len__(self) -> int:
        return len(self._by_rank)

    def by_id(self, asset_id: str) -> Asset | None:
        """The asset of that id, or None."""
        return self._by_id.get(asset_id)

    def named(self, word: str) -> list[Asset]:
        """Every asset called `word` (symbol, name, id or alias, any case), by rank.

        A leading `$` is ignored. Empty when none is.
        """
        return list(self._by_word.get(word.strip().removeprefix("$").casefold(), ()))
