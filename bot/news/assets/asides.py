"""Assets that a title names without being about them.

Owns the turns of phrase: a person's trade ("Dogecoin advocate warns", "XRP lawsuit architect"),
a comparison ("the next Solana", "USDe-style"), an example ("including BNB Chain"), the network
that something else runs on ("RLUSD loans on Ethereum", "Solana-based") or moves between, an
event or a body of that name ("Bitcoin Conference"), a miner that lets its halls to others
("Bitcoin miner signs an AI hosting deal"). Refuses to judge by the text below the
title: that is `bot.news.assets.mentions`.
"""

import re

_NAME_END = r"(?:['\u2019]s?)?(?:\s\([$\w]+\))?"
_PERSON = re.compile(
    rf"{_NAME_END}[\s-](?:(?:lawsuit|case|core|lead|community|market|ETF)\s)?(?:co-?)?"
    r"(?:founder|creator|architect|advocate|contributor|investor|proponent|maximalist|maxi|"
    r"supporter|enthusiast|evangelist|influencer|critic|skeptic|veteran|pioneer|lawyer|attorney|"
    r"judge|prosecutor|trader|educator|CTO|CEO|commentator|pundit|army)\b",
    re.IGNORECASE,
)
_VENUE_WHALE = re.compile(r"Hyperliquid\swhales?\b")  # elsewhere a whale is one of the coin's
_LIKENED_AFTER = re.compile(
    rf"{_NAME_END}(?:-(?:style|like|esque|inspired|compatible|based|native|powered)\b|"
    r"\s(?:rivals?|competitors?|challengers?|killers?|alternatives?)\b)",
    re.IGNORECASE,
)
_LIKENED_BEFORE = re.compile(
    r"\b(?:the\snext|mirror|like|unlike|since|overtak\w+|flip(?:s|ping)?|dethron\w+|"
    r"outperform\w*|outpac\w+|outshin\w+|surpass\w*|rival(?:s|ing)?|against|than|forget|"
    r"ditch\w*|beyond|instead\sof|alternative\sto|unrelated\sto)\s(?:the\s)?[$#]?\Z",
    re.IGNORECASE,
)
# An example of many is passing, unless it is what was added, bought or filed for.
_AMONG_BEFORE = re.compile(r"\b(?:including|such\sas)\s(?:the\s)?\Z", re.IGNORECASE)
_TAKES_IN = re.compile(
    r"\b(?:add|list|delist|support|accept|trust|fund|ETF|ETP|launch|fil[ei]|buy|bought|hold)",
    re.IGNORECASE,
)
_WITHIN_AFTER = re.compile(rf"{_NAME_END}\s(?:ecosystem|network|blockchain|chain)\b", re.IGNORECASE)
_WITHIN_BEFORE = re.compile(r"\b(?:on|in|within|inside)\s(?:the\s)?\Z", re.IGNORECASE)
_EVENT = re.compile(
    r"\s(?:20\d\d\s)?(?:conference|summit|Policy\sInstitute|Policy\sCent(?:er|re)|Association|"
    r"Magazine|Pizza\sDay)\b",
    re.IGNORECASE,
)
_MINER = re.compile(rf"{_NAME_END}[\s-](?:miners?|mining\s(?:firm|company|giant))\b", re.IGNORECASE)
_HALLS = re.compile(
    r"\b(?:AI|HPC|high-performance\scomputing|GPUs?|colocation|"
    r"(?:AI|cloud|data[\s-]?cent(?:er|re))\s(?:hosting|leases?|deals?|contracts?|tenants?))\b"
)
_ON_ETHEREUM = re.compile(r"\bon\sEthereum\Z")
# "Bets on Solana" and "bullish on Bitcoin" are about it, and so is what comes to a network.
_ON_NETWORK = re.compile(
    r"(?<!\bbet\s)(?<!\bbets\s)(?<!\bbetting\s)(?<!\bbullish\s)(?<!\bbearish\s)(?<!\bbig\s)"
    r"(?<!\bdown\s)(?<!\bfocus\s)(?<!\blong\s)(?<!\bshort\s)\bon\s(?:the\s)?"
    r"(?:Solana|BNB\sChain|Polygon|Avalanche|Arbitrum|Tron|TRON|XRP\sLedger|XRPL|Cardano|Sui|"
    r"Aptos|Hyperliquid)\Z"
)
_COMES = re.compile(
    r"\b(?:launch|arriv|debut|land|live|deploy|list|expand|roll|unveil|introduc|issu|start|first\b)",
    re.IGNORECASE,
)
_FOR_BEFORE = re.compile(r"\bfor\s\Z", re.IGNORECASE)
_FIRMS_AFTER = re.compile(r"\s(?:firms|companies|businesses|start-?ups|users)\b", re.IGNORECASE)
_PLACE = r"[A-Z][\w.]*(?:\s[A-Z]\w*)?"
_BETWEEN = re.compile(rf"\b(?:between|across)\s{_PLACE}\s(?:and|&)\s{_PLACE}")
_VENUES = re.compile(rf"\bon\s(?:{_PLACE}(?:,\sand\s|,\s|\sand\s|\s&\s)){{1,6}}{_PLACE}")


def aside_in(title: str, start: int, end: int) -> str:
    """The words that put the asset at `start` to `end` of a title aside; empty when none do.

    They weigh only beside something else that the title is about: of a lone asset the text
    must tell.
    """
    before, after = title[:start], title[end:]
    for turn in (_PERSON, _LIKENED_AFTER, _EVENT):
        if found := turn.match(after):
            return title[start:end] + found[0]
    if (found := _MINER.match(after)) and _HALLS.search(title):
        return title[start:end] + found[0]
    if found := _VENUE_WHALE.match(title, start):
        return found[0]
    if found := _LIKENED_BEFORE.search(before):
        return found[0] + title[start:end]
    if (use := _FOR_BEFORE.search(before)) and (found := _FIRMS_AFTER.match(after)):
        return use[0] + title[start:end] + found[0]
    if (among := _AMONG_BEFORE.search(before)) and not _TAKES_IN.search(before):
        return among[0] + title[start:end]
    return _place_in(title, start, end)


def _place_in(title: str, start: int, end: int) -> str:
    """The words that make the asset the place where something else runs; empty when none do."""
    before, after = title[:start], title[end:]
    if found := _ON_ETHEREUM.search(title[:end]):
        return found[0]
    if (within := _WITHIN_BEFORE.search(before)) and (found := _WITHIN_AFTER.match(after)):
        return within[0] + title[start:end] + found[0]
    for turn in (_VENUES, _BETWEEN):
        for venues in turn.finditer(title):
            if venues.start() < start < venues.end():
                return venues[0]
    if (found := _ON_NETWORK.search(title[:end])) and not _COMES.search(before):
        return found[0]
    return ""
