"""Companies and funds whose news is news of a coin, for that coin is what they hold.

Owns their names and the coin of each. A treasury or a fund stands for its coin; a miner only
names it, since much of a miner's news is about power, machines and other people's data centres.
Refuses names that are ordinary words: "Strategy" is known by its shares and its founder.
"""

import re
from dataclasses import dataclass

# By CoinGecko's ids: who holds little else, and whose shares stand for it.
_TREASURIES = {
    "bitcoin": (
        "MicroStrategy|Saylor|MSTR|STRC|STRF|STRD|Metaplanet|Semler Scientific|Twenty One Capital|"
        "Nakamoto Holdings|KindlyMD|ProCap|Empery Digital|IBIT|FBTC|GBTC|ARKB|BITB"
    ),
    "ethereum": "Bit[Mm]ine|SharpLink|ETHZilla|Ether Machine|ETHA|ETHE|FETH",
    "ripple": "Evernorth",
    "solana": "DeFi Development Corp|Forward Industries|Upexi|SOL Strategies|BSOL",
    "binancecoin": "CEA Industries",
    "dogecoin": "CleanCore|House of Doge",
    "hyperliquid": "Hyperliquid Strategies",
    "litecoin": "Lite Strategy",
    "sui": "SUI Group|Mill City Ventures",
    "avalanche-2": "AVAX One",
    "tron": "Tron Inc",
    "ethena": "StablecoinX",
    "zcash": "Cypherpunk Technologies",
    "bittensor": "TAO Synergies",
}
_MINERS = {
    "bitcoin": (
        "American Bitcoin|Bitdeer|Bitfarms|Bitfufu|Canaan|Cipher Mining|CleanSpark|Core Scientific|"
        "Hut 8|IREN|MARA|Marathon Digital|Riot Platforms|TeraWulf"
    ),
}
_STANDS_FOR = [
    (re.compile(rf"\b(?:{names})\b"), asset_id, is_miner)
    for table, is_miner in ((_TREASURIES, False), (_MINERS, True))
    for asset_id, names in table.items()
]

_SPEAKS = re.compile(
    r"\b(?:says?|said|warns?|argues?|predicts?|tells?|claims?|according\sto|per)\s(?:the\s)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A company or fund named in a text, and the coin that it stands for."""

    asset_id: str
    words: str
    is_miner: bool
    is_speaker: bool = False


def holders_in(text: str) -> list[Holder]:
    """The holders that a text names, treasuries and funds first; empty when it names none.

    One that only says something of another matter is a speaker: "says BitMine's Tom Lee".
    """
    return [
        Holder(asset_id, found[0], is_miner, _SPEAKS.search(text[: found.start()]) is not None)
        for names, asset_id, is_miner in _STANDS_FOR
        if (found := names.search(text))
    ]
