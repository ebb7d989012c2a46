"""The figures of an article: prices, levels, moves, liquidations, flows, funding rates.

Owns the way from an article's sentences to its figures, and the choice among those told twice.
What a single amount means is judged by `bot.news.figures.prices`, `bot.news.figures.moves` and
`bot.news.figures.markets`. Pure; about three milliseconds for an article of 6,000 characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from bot.domain.articles import Figure, FigureKind, FigureRole, Mention
from bot.domain.assets import Asset
from bot.news.assets.naming import AssetNames
from bot.news.figures.amounts import WrittenAmount
from bot.news.figures.bounds import is_plausible_price
from bot.news.figures.markets import market_figures
from bot.news.figures.move_words import OTHER_MEASURE
from bot.news.figures.moves import move_figures
from bot.news.figures.prices import PriceReading, price_reading, surroundings
from bot.news.figures.subjects import Passage, owner_of, passages_of

MOST_FIGURES = 60

_LISTED = re.compile(
    r",?\s(?:and|or|then|followed\sby)\s(?:(?:even|then|possibly|potentially|about|at|to)\s){0,2}|,\s",
)
# What a bare number would count; after a price comes an adverb, a preposition or nothing.
_COUNTED = re.compile(
    r"\s(?!(?:in|on|as|at|after|amid|before|by|for|from|again|and|or|but|while|with|this|today|"
    r"level|mark|support|resistance|target|range|zone|area|threshold|barrier|if|when|since|next|"
    r"despite|during|following|early|late|late|over|now|ahead|is|was|are|could|would|may|will|"
    r"first|briefly|yet|once|to|then)\b)[a-zA-Z]"
)
_COUNTED_REACH = 60
# "the mid-$50,000s", "in the low $60,000": no line at all.
_VAGUE = re.compile(r"\b(?:mid|(?:the|in|to)\s(?:low|high|mid))[\s-]\Z")
# A million is a price of bitcoin's only where somebody names it as a target.
_MILLION_TARGET_BOUND = 10_000_000
_ROLES = (
    FigureRole.ALL_TIME_HIGH,
    FigureRole.RESISTANCE,
    FigureRole.SUPPORT,
    FigureRole.TARGET,
    FigureRole.REACHED,
    None,
)
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
        asset = owner_of(passage, amount, partial(_fits, amount))
        if asset is None:
            continue
        reading = _reading(passage, index)
        if reading is None and previous is not None:
            reading = _continued(passage, previous, amount)
        if reading is None or (amount.large and not _is_million_target(amount, reading, asset)):
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


def _fits(amount: WrittenAmount, asset: Asset) -> bool:
    return is_plausible_price(asset, amount.value, amount.unit)


def _may_be_price(passage: Passage, index: int) -> bool:
    """Whether an amount is money, or a bare number that counts nothing, outside of tables."""
    amount = passage.amounts[index]
    if amount.unit is None:
        return amount.thousands and not _counts_something(passage.text, amount)
    neighbours = passage.amounts[max(0, index - 1) : index + 2]
    ends = {a.end + 1 for a in neighbours}
    in_table = amount.start in ends or any(a.start == amount.end + 1 for a in neighbours)
    vague = _VAGUE.search(passage.text, max(0, amount.start - 12), amount.start)
    return amount.is_money and not in_table and vague is None


def _counts_something(text: str, amount: WrittenAmount) -> bool:
    """Whether a bare number counts addresses, users or coins."""
    left = text[max(0, amount.start - _COUNTED_REACH) : amount.start]
    return OTHER_MEASURE.search(left) is not None or _COUNTED.match(text, amount.end) is not None


def _reading(passage: Passage, index: int) -> PriceReading | None:
    """What the words around make of an amount; both ends of a range share theirs."""
    amounts = passage.amounts
    amount = amounts[index]
    first = amounts[index - 1] if amount.upper and index else amount
    lower = index + 1 < len(amounts) and amounts[index + 1].upper
    last = amounts[index + 1] if lower else amount
    ends = [
        s.end for s in passage.subjects if s.end <= first.start and s.asset and not s.attributed
    ]
    words = surroundings(
        passage.text,
        first.start,
        last.end,
        max(ends, default=-1),
        upper=amount.upper,
        lower=lower,
    )
    return price_reading(words)


def _continued(
    passage: Passage, previous: tuple[WrittenAmount, PriceReading], amount: WrittenAmount
) -> PriceReading | None:
    """The reading of the amount before, in a list: "at $0.40 and $0.50"."""
    before, reading = previous
    return reading if _LISTED.fullmatch(passage.text, before.end, amount.start) else None


def _is_million_target(amount: WrittenAmount, reading: PriceReading, asset: Asset) -> bool:
    return (
        asset.id == "bitcoin"
        and reading.role is FigureRole.TARGET
        and amount.value <= _MILLION_TARGET_BOUND
    )


def _deduplicated(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Each figure once, in the place of the first, with the best role and any period."""
    kept: dict[tuple[str, str | None, object, str], Figure] = {}
    for figure in figures:
        kind = "price" if figure.kind in _OF_PRICES else figure.kind
        key = (kind, figure.asset_id, figure.value, figure.unit)
        known = kept.get(key)
        kept[key] = figure if known is None else _better(known, figure)
    return tuple(kept.values())


def _better(known: Figure, other: Figure) -> Figure:
    best = other if _ROLES.index(other.role) < _ROLES.index(known.role) else known
    return replace(best, period=known.period or other.period)
