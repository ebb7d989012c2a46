"""Advertisements that are dressed as articles.

Owns the signs of one: the promises of its title, and the sale, casino or mining contract that
its opening is about. Coins of renown are named there to lend their names, so that an article
that is one is about none of them. An advertisement at the foot of an article makes it none.
"""

import re

_OPENING = 1_200
_ENOUGH = 2
# Of a text whose opening hides it: how often the sale comes up, and how many signs there are.
_OFTEN = 5
_MANY = 3
# What a coin is called by those who sell one.
_COIN = r"(?:(?:\w+ )?crypto(?:currenc(?:y|ies)|s)?|(?:\w+ )?(?:alt|meme )?coins?|tokens?)"
_PROMISES = re.compile(
    rf"\b(?:best|top|cheap(?:est)?|hottest|next)\s(?:\d+\s)?(?:\w+\s)?{_COIN}(?:\sprojects?)?"
    r"\s(?:to|for)\s(?:buy|invest|own|hold|20\d\d)\b"
    rf"|\btop\s\d+\s{_COIN}\s(?:that|which)\b"
    rf"|\bbest\s(?:cheap\s)?{_COIN}(?:,|\sto\sbuy|\sfor\s20)"
    r"|\bturn(?:ed|ing|s)?\s\$[\d,.]+k?\sin(?:to)?\s(?:\$|over)"
    r"|\b\d{2,5}x\s(?:potential|gains?|returns?|cryptos?|altcoins?|coins?|tokens?)\b"
    r"|\bcloud\smining\b|\b(?:best|top|online|crypto|bitcoin)\s(?:\w+\s)?casinos\b"
    r"|\bwhere\sto\sbet\b"
    r"|\bpassive\sincome\b",
    re.IGNORECASE,
)
# What is for sale before it trades, by the names under which the sellers of 2025 and 2026
# advertise; and what only they say of a coin.
_SOLD = re.compile(
    r"\b(?:AlphaPepe|Arctic Pablo|BlockchainFX|Block ?DAG|Bull ?Zilla|Cold Wallet|DeepSnitch|"
    r"Digitap|IPO Genie|Layer Brett|Little Pepe|LiquidChain|Lyno AI|MAGACOIN|Maxi ?Doge|"
    r"Moonshot MAGAX|Mutuum|Nexchain|Noomez|Ozak AI|Paydax|PEPENODE|Pepeto|Remittix|Rollblock|"
    r"Snorter|SUBBD|Tapzi|Unilabs|Wall Street Pepe|XRP Tundra|Zexpire|Bitcoin Hyper|JetBolt|"
    r"LivLive)\b"
    r"|\bthis\s\$0\.\d+\s|\bviral\s(?:alt|meme\s?)?coin\b",
    re.IGNORECASE,
)
# Each is a sign by itself of what the opening is about; two are enough.
_SALES = (
    re.compile(r"\bpresales?\b|\bpre-sale\b|\bICO\b", re.IGNORECASE),
    re.compile(r"\b(?:stage|phase)\s\d+\b", re.IGNORECASE),
    re.compile(r"\$0\.0\d+\b|\bless than a cent\b|\bunder \$1\b", re.IGNORECASE),
    re.compile(r"\b\d{2,5}x\b|\b\d{3,5}%\s(?:ROI|returns?|gains?)\b", re.IGNORECASE),
    re.compile(r"\bearly[- ](?:investors?|backers?|stage|entry|participants?)\b", re.IGNORECASE),
    re.compile(r"\b(?:newcomer|new contender|hidden gem|next big|rising star)\b", re.IGNORECASE),
    re.compile(r"\bcloud mining\b|\bcasinos?\b|\bpassive income\b", re.IGNORECASE),
    re.compile(r"\bprovided by a sponsor\b|\bsponsored (?:post|content|article)\b", re.IGNORECASE),
)
_PRESALE = _SALES[0]
_PRESALE_WORDS = ("presale", "pre-sale", "ico")
# The list of links that such a text ends with.
_LINKS = re.compile(
    r"\b(?:Website|White\s?paper|Telegram|Linktree|Socials?|Twitter(?:/X)?|X)\s?:\s?https?://"
    r"|\bvisit the (?:links? below|following links?)\b|\bus(?:e|ing) the following links?\b",
    re.IGNORECASE,
)
_FOOT = 800


def promotion_in(title: str, text: str) -> str:
    """The words that give an article away as an advertisement; empty when it is none.

    A promise in the title is enough, so is the name of what is for sale there, so is the list
    of links at the foot, and so are two signs of a sale in the opening of the text, of which
    one is the sale itself, or three in all of a text that keeps coming back to it.
    """
    if promise := _PROMISES.search(title) or _SOLD.search(title):
        return promise[0]
    opening = text[:_OPENING]
    # Looked for first, which costs little: few articles have one of these words.
    lower = text.lower()
    often = sum(lower.count(word) for word in _PRESALE_WORDS)
    sale = _PRESALE.search(opening) if often else None
    if sale and _signs(opening) >= _ENOUGH:
        return sale[0]
    sales = _PRESALE.findall(text) if often >= _OFTEN else []
    if len(sales) >= _OFTEN and _signs(text) >= _MANY:
        return f"{sales[0]}, {len(sales)} times"
    sponsored = _SALES[-1].search(opening) or _LINKS.search(text[-_FOOT:])
    return sponsored[0] if sponsored else ""


def _signs(text: str) -> int:
    return sum(sign.search(text) is not None for sign in _SALES)
