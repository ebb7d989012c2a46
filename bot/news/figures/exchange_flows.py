"""What flows to exchanges and leaves them, in coins or in money.

Owns the judgement over sums beside "exchange outflows", "left exchanges" and their like.
Refuses what one holder moved, what exchanges hold, and what is only expected; flows of funds
are for `bot.news.figures.markets`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.domain.articles import Figure, FigureKind
from bot.domain.assets import Asset
from bot.news.cleaning.text import lowered
from bot.news.figures.amounts import CURRENCIES, PERCENT, WrittenAmount
from bot.news.figures.markets import period_beside
from bot.news.figures.places import last_place
from bot.news.figures.subjects import Passage, only_asset

_LEFT = 90
_RIGHT = 70
_SMALLEST_MONEY = Decimal(100_000)
_LARGEST_MONEY = Decimal(500_000_000_000)
_SMALLEST_COUNT = 10

_VENUES = r"(?:exchanges|(?:centrali[sz]ed|trading)\s(?:venues|platforms)|cexe?s)"
# One of these is in whatever the pattern would find; to look for them is quicker.
_WORDS = ("exchange", "venue", "platform", "cex", "flow")
_OUTWARD = (
    r"outflows?|(?:left|leave|leaves|leaving|exited|exiting)\s(?:\w+\s){0,2}?" + _VENUES + r"|"
    r"(?:withdr[ae]wn?|withdrawals?|withdrawing|pulled|moved|taken|transferred|flowed|flowing|removed)"
    r"\s(?:\w+\s){0,2}?(?:from|off|out\sof)\s(?:\w+\s){0,2}?" + _VENUES
)
_INWARD = (
    r"inflows?|(?:flow(?:ed|ing|s)?|moved|moving|sent|deposited|transferred|poured|pouring|rushed)"
    r"\s(?:\w+\s){0,1}?(?:(?:on|in)?to)\s(?:\w+\s){0,2}?" + _VENUES
)
_FLOW = re.compile(
    rf"\b(?:(?P<outward>{_OUTWARD}|negative\s(?:net\s)?(?:exchange\s)?(?:net\s?)?flows?)"
    rf"|(?P<inward>{_INWARD}|positive\s(?:net\s)?(?:exchange\s)?(?:net\s?)?flows?))\b",
)
_OF_EXCHANGES = re.compile(
    rf"\bexchange\s(?:net\s?)?(?:in|out)?flows?\b|\b{_VENUES}\b|\bon-?chain\s(?:in|out)?flows?\b|"
    r"\bspot\s(?:exchange\s)?(?:net\s?)?(?:in|out)?flows?\b|\bnet\sexchange\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:ETFs?|ETPs?|funds?|could|would|may|might|if|expect\w*|hack\w*|stolen|reserves?|balances?|"
    r"holds?|holding|volumes?|market\scap\w*|since\s(?:launch|20\d\d)|cumulative|whale\s(?:moved|sent))\b",
    re.IGNORECASE,
)
_COINS = re.compile(r"\s(?:tokens|coins)\b", re.IGNORECASE)


def exchange_flows(passage: Passage) -> Iterator[Figure]:
    """What a sentence says flowed to exchanges, or left them (negative): coins or money."""
    text = passage.text
    lower = text.lower()
    if not any(word in lower for word in _WORDS) or not _OF_EXCHANGES.search(text):
        return
    if _FLOW.search(lower) is None or _OTHER.search(text):
        return
    for amount in passage.amounts:
        asset, unit = _coin(passage, amount)
        direction = _direction(text, amount) if unit else 0
        if unit and direction:
            yield Figure(
                FigureKind.FLOW,
                amount.value * direction,
                unit,
                amount.words,
                asset.id if asset else None,
                asset.symbol if asset else None,
                period=period_beside(passage, amount),
            )


def _coin(passage: Passage, amount: WrittenAmount) -> tuple[Asset | None, str | None]:
    """Whose flow an amount would be and its unit; no unit where it is none."""
    if amount.is_money:
        is_sum = _SMALLEST_MONEY <= amount.value <= _LARGEST_MONEY
        return _money_asset(passage, amount), amount.unit if is_sum else None
    if amount.unit is None:
        asset = only_asset(passage) if _COINS.match(passage.text, amount.end) else None
        return asset, asset.symbol if asset else None
    if amount.unit == PERCENT or amount.unit in CURRENCIES or amount.value < _SMALLEST_COUNT:
        return None, None
    named = [s.asset for s in passage.subjects if s.asset and s.asset.symbol == amount.unit]
    return (named[0], amount.unit) if named else (None, None)


def _money_asset(passage: Passage, amount: WrittenAmount) -> Asset | None:
    beside = re.compile(r"\s(?:worth\s)?(?:of|in)\s")
    for subject in passage.subjects:
        if subject.start >= amount.end and beside.fullmatch(
            passage.text, amount.end, subject.start
        ):
            return subject.asset
    named = {s.asset.id: s.asset for s in passage.subjects if s.asset}
    return next(iter(named.values())) if len(named) == 1 else only_asset(passage) or passage.about


def _direction(text: str, amount: WrittenAmount) -> int:
    """1 where the nearest word tells of a flow to exchanges, -1 for one from them, else 0."""
    left = text[max(0, amount.start - _LEFT) : amount.start]
    before = last_place(_FLOW, left)
    behind = _FLOW.search(lowered(text), amount.end, amount.end + _RIGHT)
    if before is not None and behind is not None:
        is_behind = behind.start() - amount.end <= len(left) - before.end()
        before = None if is_behind else before
    found = before or behind
    if found is None:
        return 0
    return -1 if found["outward"] else 1
