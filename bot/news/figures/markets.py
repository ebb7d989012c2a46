"""Liquidations, flows of funds, and funding rates.

Owns the judgement over sums that a market as a whole lost, drew in or paid. Refuses what is
only feared ("would liquidate"), a company's liquidation, flows of anything but funds, and sums
since a fund's launch.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.domain.articles import Figure, FigureKind
from bot.domain.assets import Asset
from bot.news.cleaning.text import lowered
from bot.news.figures.amounts import PERCENT, WrittenAmount
from bot.news.figures.move_words import PERIOD_NAMES, PERIODS, RECORD
from bot.news.figures.places import behind_last, last_place
from bot.news.figures.subjects import Passage, Subject, only_asset

_REACH = 110
_FLOW_REACH = 70
_SMALLEST_SUM = Decimal(500_000)
_LARGEST_SUM = Decimal(500_000_000_000)
_MOST_FUNDING = 300

_CLAUSE_BEFORE = re.compile(
    r".*(?:[,;:!?(]\s?|\.\s|\s[\u2014\u2013]\s|\b(?:while|as|after|when|but|with|amid|despite)\b)",
    re.DOTALL,
)
_CLAUSE_BEHIND = re.compile(
    r"[,;:!?()]|\.(?:\s|$)|\s[\u2014\u2013]\s|\b(?:while|as|after|when|but|amid|despite|because|since)\b",
    re.IGNORECASE,
)

# ---- liquidations

_LIQUIDATED = re.compile(r"\bliquidat(?:ed|ions?|ing|es)\b", re.IGNORECASE)
_WIPED_OUT = re.compile(
    r"\b(?:wip(?:ed|es|ing)\sout|force[d-]?[\s-](?:clos|sold|sell)\w*|rekt|flushed|squeezed\sout|"
    r"closed\sout|erased)\b",
    re.IGNORECASE,
)
_POSITIONS = re.compile(
    r"\b(?:positions?|longs?|shorts?|shorting|bets|leverag\w+|liquidations?|liquidated)\b",
    re.IGNORECASE,
)
_NAMED_RIGHT = re.compile(
    r"\s(?:in\s)?(?:(?:total|forced|crypto|long|short)\s)*liquidation", re.IGNORECASE
)
_COMPANY_IN_LIQUIDATION = re.compile(
    r"\b(?:liquidators?|bankrupt\w*|creditors?|insolven\w+|estate|court|judge|holdings\sltd)\b",
    re.IGNORECASE,
)
_FEARED = re.compile(
    r"\b(?:could|would|may|might|if|at\srisk|risks?|threaten\w*|potential(?:ly)?|cluster\w*|"
    r"facing|exposed|awaits?|pockets?|stacked|sitting|expos\w+|expect\w*|should|likely|predict\w*)\b",
    re.IGNORECASE,
)
_OTHER_SUM = re.compile(
    r"\b(?:market\s(?:cap\w*|value)|capitali[sz]ation|open\sinterest|volumes?|options|reserves?|"
    r"assets\sunder|aum|tvl|supply|bought|buying|purchas\w+|acquir\w+|rais(?:ed|ing)|funding\s"
    r"round|sell-?off|selloff|fin(?:e|ed)|hack\w*|exploit\w*|stolen|holdings?|treasury)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\b(?:shorts?|longs?|shorting|short[\s-](?:positions?|sellers|bets)|long[\s-](?:positions?|bets)|"
    r"of\s(?:that|those|this|which|the\stotal)|liquidat\w+)\b",
    re.IGNORECASE,
)
_HELD_POSITION = re.compile(
    r"\s(?:longs?|shorts?|positions?|traders?|bulls|bears|liquidations?|futures|leverag\w+|bets|"
    r"perpetual\w*|alone|accounted|contracts|led|saw|making|made|suffered|took|with|at)\b",
    re.IGNORECASE,
)

# "ETH's 24-hour liquidation map recorded …": they are all that asset's.
_OWN_LIQUIDATIONS = re.compile(
    r"(?:['\u2019]s?)?\s(?:(?:24-hour|hourly|daily|long|short|total|futures|leveraged|derivatives)\s){0,3}"
    r"liquidations?\b",
    re.IGNORECASE,
)

# ---- flows

_FLOW = re.compile(
    r"\b(?P<inward>inflows?|attract(?:s|ed|ing)?|pull(?:s|ed|ing)?\sin|dr[ae]w(?:s|ing|n)?(?:\sin)?|"
    r"br(?:ing|ings|inging|ought)\sin|t(?:ake|akes|aking|ook)\sin|add(?:s|ed|ing)?|"
    r"absorb(?:s|ed|ing)?|rak(?:e|es|ed|ing)\sin|pour(?:s|ed|ing)?\sinto|flow(?:s|ed|ing)?\sinto|"
    r"new\sinvestments)\b"
    r"|\b(?P<outward>outflows?|redemptions?|leav(?:e|es|ing)|shed(?:s|ding)?|los(?:e|es|t|ing)|bleed(?:s|ing)?|bled|"
    r"withdr[ae]w\w*|pull(?:s|ed|ing)?\s(?:out|from)|exit(?:s|ed|ing)?|"
    r"flow(?:s|ed|ing)?\sout|hemorrhag\w+)\b",
)
_FLOW_NOUN = re.compile(r"\b(?:in|out)flows?\b|\bredemptions?\b", re.IGNORECASE)
_FUND = re.compile(
    r"\b(?:ETFs?|ETPs?|exchange[\s-]traded|funds?|"
    r"(?:investment|crypto|bitcoin|ether|ethereum|solana|XRP|BTC|ETH|SOL)\sproducts|IBIT|FBTC|GBTC|ARKB|BITB|"
    r"ETHA|ETHE|FETH|trusts?)\b",
    re.IGNORECASE,
)
_ETF = re.compile(
    r"\b(?:ETFs?|ETPs?|ETNs?|exchange[\s-]traded|(?:investment|asset)\sproducts|"
    r"(?:crypto|bitcoin|ether|ethereum|solana|XRP|BTC|ETH|SOL)\s(?:products|funds)|"
    r"IBIT|FBTC|GBTC|ARKB|BITB|ETHA|ETHE|FETH)\b",
    re.IGNORECASE,
)
_OF_THE_MARKET = re.compile(
    r"\b(?:crypto|cryptocurrency|digital[\s-]asset)\s(?:investment\s)?(?:funds|products|ETFs|ETPs)\b",
    re.IGNORECASE,
)
_THEY = re.compile(r"\b(?:they|the\s(?:funds|products|vehicles))\b", re.IGNORECASE)
_SINCE_LAUNCH = re.compile(
    r"\b(?:cumulative\w*|since\s(?:launch\w*|inception|their|its|january\s2024)|so\sfar|to\sdate|"
    r"overall|lifetime|all-time|total|historical|assets|aum|in\s(?:total|all)|"
    r"this\syear|year-to-date|ytd|in\s20\d\d|expect\w*|could|would|may|might|project\w*|volumes?|"
    r"market\scap\w*|shares?|holds?|holding|holdings)\b",
    re.IGNORECASE,
)

# ---- funding

# Without "rate" the word means money raised, unless the market of swaps stands beside it.
_FUNDING_RATE = re.compile(
    r"\bfunding\srates?\b|\bfunding\b(?!\s(?:rounds?|of\s\$|raised|package|goal|deal))(?=[^.;]{0,90}\b"
    r"(?:perp\w*|perpetuals?|swaps|longs|shorts|negative|positive|annuali[sz]ed|hours?|h)\b)"
    r"|\b(?:perp\w*|perpetuals?|swaps?)\b[^.;]{0,40}\bfunding\b",
    re.IGNORECASE,
)
_FUNDING_PERIODS = re.compile(
    r"\b(?:(?P<eight>(?:8|eight)[\s-]?h(?:ours?)?)|(?P<year>annuali[sz]ed|annual|per\syear))\b",
    re.IGNORECASE,
)


def market_figures(passage: Passage, previous: Passage | None) -> Iterator[Figure]:
    """The liquidations, flows and funding rates of a sentence; outflows negative.

    A sentence about longs and shorts goes on from one about liquidations before it.
    """
    sums = [amount for amount in passage.amounts if _is_sum(amount)]
    if sums:
        yield from _sum_figures(passage, previous, sums)
    funds = _FUNDING_RATE.search(passage.text) if "unding" in passage.text else None
    if funds is not None:
        for amount in passage.amounts:
            figure = _funding(passage, amount, funds.start()) if amount.unit == PERCENT else None
            if figure is not None:
                yield figure


def _sum_figures(
    passage: Passage, previous: Passage | None, sums: list[WrittenAmount]
) -> Iterator[Figure]:
    text = passage.text
    liquidates = _tells_liquidation(passage) or (
        previous is not None and _GOES_ON.search(text) is not None and _tells_liquidation(previous)
    )
    flows = _FLOW.search(text.lower()) is not None and (
        _FUND.search(text) is not None or _goes_on_about_funds(text, previous)
    )
    for amount in sums:
        figure = _liquidation(passage, amount) if liquidates else None
        figure = figure or (_flow(passage, amount) if flows else None)
        if figure is not None:
            yield figure


def _goes_on_about_funds(text: str, previous: Passage | None) -> bool:
    """Whether "they" are the funds of the sentence before, whose flows it told."""
    if previous is None or not _THEY.search(text):
        return False
    return _ETF.search(previous.text) is not None and _FLOW_NOUN.search(previous.text) is not None


def _is_sum(amount: WrittenAmount) -> bool:
    return amount.is_money and _SMALLEST_SUM <= amount.value <= _LARGEST_SUM


def _tells_liquidation(passage: Passage) -> bool:
    text = passage.text
    if _COMPANY_IN_LIQUIDATION.search(text):
        return False
    return bool(_LIQUIDATED.search(text) or (_WIPED_OUT.search(text) and _POSITIONS.search(text)))


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of an amount's own clause, to its left and to its right."""
    left = behind_last(_CLAUSE_BEFORE, text[max(0, start - _REACH) : start])
    return left, _CLAUSE_BEHIND.split(text[end : end + _REACH], maxsplit=1)[0]


def _liquidation(passage: Passage, amount: WrittenAmount) -> Figure | None:
    left, right = _clause(passage.text, amount.start, amount.end)
    is_named = _NAMED_RIGHT.match(right) is not None
    if (
        (_OTHER_SUM.search(left) and not is_named)
        or _OTHER_SUM.search(right[:40])
        or _FEARED.search(left + right)
    ):
        return None
    near = passage.text[max(0, amount.start - _REACH) : amount.end + _REACH]
    if not _POSITIONS.search(near):
        return None
    begin, stop = amount.start - len(left), amount.end + len(right)
    asset = _liquidated_asset(passage, amount, begin, stop)
    return _figure(
        FigureKind.LIQUIDATION, amount, asset, amount.value, period_beside(passage, amount)
    )


def _liquidated_asset(
    passage: Passage, amount: WrittenAmount, begin: int, stop: int
) -> Asset | None:
    """The asset whose positions they were, where the clause says so; None for the market's."""
    for subject in passage.subjects:
        if subject.asset is None or not begin <= subject.start < stop:
            continue
        if passage.text[subject.end : amount.start] == " (":  # "ETH ($73 million)"
            return subject.asset
        if _OWN_LIQUIDATIONS.match(passage.text, subject.end):
            return subject.asset
        held = _HELD_POSITION.match(passage.text, subject.end) is not None
        before = passage.text[max(0, subject.start - 12) : subject.start].rstrip()
        direct = before.endswith((" in", " on", "shorting", "longing"))
        owned = passage.text.startswith(("'s", "\u2019s"), subject.end)
        if held or (direct and not owned and subject.start >= amount.end):
            return subject.asset
    return None


def _flow(passage: Passage, amount: WrittenAmount) -> Figure | None:
    text = passage.text
    left = text[max(0, amount.start - _FLOW_REACH) : amount.start]
    left_clause, right = _clause(text, amount.start, amount.end)
    words = _nearest_flow(left, right[:_FLOW_REACH])
    if words is None or _SINCE_LAUNCH.search(left_clause) or _SINCE_LAUNCH.search(right[:40]):
        return None
    is_fund = _ETF.search(text) or _THEY.search(text)
    if not is_fund and not _FLOW_NOUN.search(left_clause + right):
        return None
    value = -amount.value if words["outward"] else amount.value
    asset = _fund_asset(passage, amount, len(_own_words(passage, amount, right)))
    return _figure(FigureKind.FLOW, amount, asset, value, period_beside(passage, amount))


def _own_words(passage: Passage, amount: WrittenAmount, right: str) -> str:
    """What follows an amount up to the next: "€410 million and ether products €150 million"."""
    stop = amount.end + len(right)
    goes_on = any(amount.end <= other.start < stop for other in passage.amounts if other.is_money)
    return right.partition(" and ")[0] if goes_on else right


def _nearest_flow(left: str, right: str) -> re.Match[str] | None:
    """The word of flowing nearest to an amount between these texts."""
    behind, before = _FLOW.search(lowered(right)), last_place(_FLOW, left)
    if behind is None or before is None:
        return behind or before
    return behind if behind.start() <= len(left) - before.end() + 12 else before


def _fund_asset(passage: Passage, amount: WrittenAmount, right_length: int) -> Asset | None:
    """The asset of the fund: named behind in the clause, or nearest before."""
    behind = {
        s.asset.id: s.asset
        for s in passage.subjects
        if s.asset and amount.end <= s.start < amount.end + right_length
    }
    if behind:
        return next(iter(behind.values())) if len(behind) == 1 else None
    before = [s for s in passage.subjects if s.end <= amount.start and s.asset]
    if before:
        return None if _are_joined(passage, before) else before[-1].asset
    if passage.subjects or _OF_THE_MARKET.search(passage.text):
        return None
    return only_asset(passage) or passage.about


def _are_joined(passage: Passage, subjects: list[Subject]) -> bool:
    """Whether the last two are told together: "bitcoin and ether ETFs"."""
    if len(subjects) == 1 or subjects[-1].asset is subjects[-2].asset:
        return False
    return passage.text[subjects[-2].end : subjects[-1].start].strip() in {"and", "&", "/"}


def _funding(passage: Passage, amount: WrittenAmount, place: int) -> Figure | None:
    left, _ = _clause(passage.text, amount.start, amount.end)
    if amount.value > _MOST_FUNDING or not -40 <= amount.start - place <= _REACH:  # noqa: PLR2004 - a few words
        return None
    found = _FUNDING_PERIODS.search(passage.text)
    period = None if found is None else "8h" if found["eight"] else "1y"
    before = [s.asset for s in passage.subjects if s.end <= amount.start and s.asset]
    asset = before[-1] if before else only_asset(passage)
    negative = amount.negative or "negative" in left
    value = -amount.value if negative else amount.value
    return _figure(FigureKind.FUNDING, amount, asset, value, period)


def period_beside(passage: Passage, amount: WrittenAmount) -> str | None:
    """The period that stands nearest to a sum, before or behind it."""
    right = RECORD.sub(" ", passage.text[amount.end : amount.end + _REACH])
    left = RECORD.sub(" ", passage.text[max(0, amount.start - _REACH) : amount.start])
    behind, before = PERIODS.search(lowered(right)), last_place(PERIODS, left)
    nearest = behind or before
    if behind and before and len(left) - before.end() < behind.start():
        nearest = before
    return PERIOD_NAMES[nearest.lastgroup or ""] if nearest else None


def _figure(
    kind: FigureKind,
    amount: WrittenAmount,
    asset: Asset | None,
    value: Decimal,
    period: str | None,
) -> Figure:
    return Figure(
        kind,
        value,
        amount.unit or "USD",
        amount.words,
        asset.id if asset else None,
        asset.symbol if asset else None,
        period=period,
    )
