"""The figures of an article: prices, levels, moves, liquidations, flows, funding rates.

Owns the way from an article's sentences to its figures, and the choice among those told twice.
What a single amount means is judged by `bot.news.figures.prices`, `bot.news.figures.moves` and
`bot.news.figures.markets`. Pure; about three milliseconds for an article of 6,000 characters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from bot.domain.articles import Figure, FigureKind, FigureRole, Mention
from bot.domain.assets import Asset
from bot.news.assets.naming import AssetNames
from bot.news.figures.amounts import PERCENT, WrittenAmount
from bot.news.figures.bounds import is_plausible_price
from bot.news.figures.exchange_flows import exchange_flows
from bot.news.figures.markets import market_figures
from bot.news.figures.move_words import OTHER_MEASURE
from bot.news.figures.moves import move_figures
from bot.news.figures.prices import price_reading
from bot.news.figures.readings import PriceReading, surroundings
from bot.news.figures.subjects import Passage, owner_of, passages_of

MOST_FIGURES = 60

_LISTED = re.compile(
    r"(?:\s\([^()]{1,60}\))?(?:,?\s(?:and|or|then|followed\sby)\s"
    r"(?:(?:even|then|possibly|potentially|about|at|to)\s){0,2}|,\s)"
)
# What a bare number would count; after a price comes an adverb, a preposition or nothing.
_COUNTED = re.compile(
    r"\s(?!(?:in|on|as|at|after|amid|before|by|for|from|again|and|or|but|while|with|this|today|"
    r"level|mark|support|resistance|target|range|zone|area|threshold|barrier|if|when|since|next|"
    r"despite|during|following|early|late|late|over|now|ahead|is|was|are|could|would|may|will|"
    r"first|briefly|yet|once|to|then)\b)[a-zA-Z]"
)
_COUNTED_REACH = 60
_COUNT_OF = re.compile(r"(?<![\d.,])(?!1\s)\d[\d.,]*(?:\s(?:thousand|million))?\s\$?\Z")
_COUNT_REACH = 24
# "the mid-$50,000s", "in the low $60,000": no line at all.
_VAGUE = re.compile(r"\b(?:mid|(?:the|in|to)\s(?:low|high|mid))[\s-]\Z")
# A million is a price of bitcoin's only where somebody names it as a target.
_MILLION_TARGET_BOUND = 10_000_000
_FROM = re.compile(
    r"(?<!ranging )(?<!range )(?<!ranges )(?<!ranged )\bfrom\s"
    r"(?:(?:a|the|its|about|around|nearly|over|just)\s)*\Z",
    re.IGNORECASE,
)
_ROLES = (
    FigureRole.ALL_TIME_HIGH,
    FigureRole.RESISTANCE,
    FigureRole.SUPPORT,
    FigureRole.TARGET,
    FigureRole.REACHED,
    None,
)
_OF_CHARTS = frozenset({FigureRole.SUPPORT, FigureRole.RESISTANCE, FigureRole.TARGET})
_OF_PRICES = frozenset({FigureKind.PRICE, FigureKind.LEVEL})


def figures_of(
    title: str, summary: str, body: str, names: AssetNames, primary: Sequence[Mention]
) -> tuple[Figure, ...]:
    """The figures of an article, those of the title first, at most 60.

    All texts are plain. Each figure belongs to the asset of its sentence, to the one that the
    sentences before speak of, or to the only one that the article is about (`primary`); moves,
    liquidations and flows may belong to none. A price and a level of an asset at one value are
    one figure, in its best role. Empty when the texts give none.
    """
    found: list[Figure] = []
    previous: Passage | None = None
    for passage in passages_of(title, summary, body, names, primary):
        if passage.amounts:
            found.extend(_price_figures(passage))
            found.extend(move_figures(passage, previous))
            found.extend(market_figures(passage, previous))
            found.extend(exchange_flows(passage))
        previous = passage
    return _deduplicated(found)[:MOST_FIGURES]


def _price_figures(passage: Passage) -> Iterator[Figure]:
    """The prices and levels of a sentence."""
    previous: tuple[WrittenAmount, PriceReading] | None = None
    if passage.sells:
        return
    for index, amount in enumerate(passage.amounts):
        if not _may_be_price(passage, index):
            continue
        asset = _owner(passage, index)
        if asset is None and (passage.subjects or passage.about is None):
            continue
        reading = _reading(passage, index)
        if reading is None and previous is not None:
            reading = _continued(passage, previous, amount)
        if asset is None and reading is not None:
            asset = _owner_of_line(passage, amount, reading)
        if reading is None or asset is None or not _is_sized(amount, reading, asset):
            continue
        previous = (amount, reading)
        yield Figure(
            reading.kind,
            amount.value,
            amount.unit or "USD",
            amount.words,
            asset.id,
            asset.symbol,
            reading.role,
        )


def _owner(passage: Passage, index: int) -> Asset | None:
    """Whose price an amount would be; both ends of "$320-$360 SOL" are Solana's."""
    amounts = passage.amounts
    owner = owner_of(passage, amounts[index], partial(_fits, amounts[index]))
    if owner is None and index + 1 < len(amounts) and amounts[index + 1].upper:
        return owner_of(passage, amounts[index + 1], partial(_fits, amounts[index]))
    return owner


def _fits(amount: WrittenAmount, asset: Asset) -> bool:
    return is_plausible_price(asset, amount.value, amount.unit)


def _may_be_price(passage: Passage, index: int) -> bool:
    """Whether an amount is money, or a bare number that counts nothing, outside of tables."""
    amount = passage.amounts[index]
    if amount.unit is None:
        return amount.thousands and not _counts_something(passage, amount)
    if not amount.is_money or _is_in_table(passage, index):
        return False
    return _VAGUE.search(passage.text, max(0, amount.start - 12), amount.start) is None


def _is_in_table(passage: Passage, index: int) -> bool:
    """Whether another amount stands a blank away; the end of a range and a signed move may."""
    near = passage.amounts[max(0, index - 1) : index + 2]
    return any(
        second.start - first.end == 1
        and not second.upper
        and not (second.unit == PERCENT and second.signed)
        for first, second in pairwise(near)
    )


def _counts_something(passage: Passage, amount: WrittenAmount) -> bool:
    """Whether a bare number counts addresses, users or coins.

    It goes on counting in a sentence that has counted coins: "holds 3,120 BTC, up from 2,640".
    """
    text = passage.text
    counted = (s for s in passage.subjects if s.asset and s.end <= amount.start)
    if any(_COUNT_OF.search(text, max(0, s.start - _COUNT_REACH), s.start) for s in counted):
        return True
    left = text[max(0, amount.start - _COUNTED_REACH) : amount.start].lower()
    return OTHER_MEASURE.search(left) is not None or _COUNTED.match(text, amount.end) is not None


def _reading(passage: Passage, index: int) -> PriceReading | None:
    """What the words around make of an amount; both ends of a range share theirs."""
    amounts = passage.amounts
    amount = amounts[index]
    upper = amount.upper and index > 0 and not _is_move(passage, index)
    first = amounts[index - 1] if upper else amount
    lower = index + 1 < len(amounts) and amounts[index + 1].upper
    lower = lower and not _is_move(passage, index + 1)
    last = amounts[index + 1] if lower else amount
    ends = [
        s.end for s in passage.subjects if s.end <= first.start and s.asset and not s.attributed
    ]
    words = surroundings(
        passage.text,
        first.start,
        last.end,
        max(ends, default=-1),
        upper=upper,
        lower=lower,
    )
    return price_reading(words)


def _is_move(passage: Passage, index: int) -> bool:
    """Whether an upper end is where a price went: "from $3,100 to $3,250" is no range."""
    low, high = passage.amounts[index - 1], passage.amounts[index]
    is_to = passage.text[low.end : high.start].strip() == "to"
    return is_to and _FROM.search(passage.text, max(0, low.start - 40), low.start) is not None


def _continued(
    passage: Passage, previous: tuple[WrittenAmount, PriceReading], amount: WrittenAmount
) -> PriceReading | None:
    """The reading of the amount before, in a list: "at $0.40 and $0.50"."""
    before, reading = previous
    return reading if _LISTED.fullmatch(passage.text, before.end, amount.start) else None


def _owner_of_line(passage: Passage, amount: WrittenAmount, reading: PriceReading) -> Asset | None:
    """The article's asset for a line that only a chart has, whatever was spoken of before."""
    about = passage.about
    is_line = reading.kind is FigureKind.LEVEL and reading.role in _OF_CHARTS
    return about if about is not None and is_line and _fits(amount, about) else None


def _is_sized(amount: WrittenAmount, reading: PriceReading, asset: Asset) -> bool:
    """Whether it is below a million, or a target of bitcoin's."""
    if not amount.large:
        return True
    return (
        asset.id == "bitcoin"
        and reading.role is FigureRole.TARGET
        and amount.value <= _MILLION_TARGET_BOUND
    )


def _deduplicated(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Each figure once, in the place of the first, in the role that is told most, any period."""
    same: dict[tuple[str, str | None, object, str], list[Figure]] = {}
    for figure in figures:
        kind = "price" if figure.kind in _OF_PRICES else figure.kind
        same.setdefault((kind, figure.asset_id, figure.value, figure.unit), []).append(figure)
    return tuple(told[0] if len(told) == 1 else _best(told) for told in same.values())


def _best(told: Sequence[Figure]) -> Figure:
    counts = Counter(figure.role for figure in told)
    role = min(counts, key=lambda role: (_ranks(role), -counts[role], _ROLES.index(role)))
    best = next(figure for figure in told if figure.role is role)
    return replace(best, period=next((f.period for f in told if f.period), None))


def _ranks(role: FigureRole | None) -> int:
    """A record before the lines of a chart, those before what was reached; the rest last."""
    if role in _OF_CHARTS:
        return 1
    return {FigureRole.ALL_TIME_HIGH: 0, FigureRole.REACHED: 2}.get(role, 3) if role else 3
