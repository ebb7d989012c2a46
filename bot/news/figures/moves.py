"""Moves of prices in percent, with their period.

Owns the judgement over a percentage. Refuses those of anything but a price: shares, rates,
chances, volumes, and moves that somebody only expects.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.articles import Figure, FigureKind
from bot.domain.assets import Asset
from bot.news.cleaning.text import lowered
from bot.news.figures.amounts import PERCENT, WrittenAmount
from bot.news.figures.move_words import (
    ANY_TIME,
    APPOSITION,
    BESIDE_COIN,
    BRACKETED,
    CUTS_TIME,
    FALL_IN,
    GOES_ON,
    IN_ASSET,
    LISTED_MOVE,
    MARKET,
    MOVE_CLAUSE,
    OF_SOMETHING,
    OTHER_MEASURE,
    OTHER_MEASURE_RIGHT,
    PERIOD_NAMES,
    PERIODS,
    POSSESSED,
    RECORD,
    UNREAL_VERB,
    VERB_LEFT,
    VERB_RIGHT,
)
from bot.news.figures.places import behind_last, last_place
from bot.news.figures.subjects import Passage, is_priced, respective_asset

_LEFT = 90
_RIGHT = 70
_IN_ASSET_REACH = 45
_LIST_REACH = 60
_MOST_PERCENT = 20_000

# What a sentence is about, where more is told of it in between: "The tally, which fell, is".
_HEAD = re.compile(r"[^,]{1,80}, (?:which|who)\b[^,]*, ")

_Move = tuple[Figure, WrittenAmount]


def move_figures(passage: Passage, previous: Passage | None) -> Iterator[Figure]:
    """The moves of a sentence in percent, falls negative; of an asset, or of the whole market.

    A move without a time of its own takes that of its neighbour in a list, or of the sentence
    before, when it goes on from there ("Meanwhile, …").
    """
    found: list[_Move] = []
    if passage.sells:
        return
    for index, amount in enumerate(passage.amounts):
        if amount.unit != PERCENT or amount.value > _MOST_PERCENT or amount.upper:
            continue
        direction = _direction(passage, amount) or _listed_direction(passage, index, found)
        owned, asset = _owner(passage, amount) if direction else (False, None)
        if owned:
            figure = Figure(
                FigureKind.MOVE,
                amount.value * direction,
                PERCENT,
                amount.words,
                asset.id if asset else None,
                asset.symbol if asset else None,
                period=_own_period(passage, index),
            )
            found.append((figure, amount))
    for figure, _ in _with_periods(found, passage, previous):
        yield figure


def _direction(passage: Passage, amount: WrittenAmount) -> int:
    """1 for a rise of a price, -1 for a fall, 0 for anything else."""
    left = passage.text[max(0, amount.start - _LEFT) : amount.start]
    right = passage.text[amount.end : amount.end + _RIGHT]
    if OF_SOMETHING.match(right) or OTHER_MEASURE_RIGHT.match(right):
        return 0
    if amount.signed and _is_beside(passage, amount):
        return -1 if amount.negative else 1
    if amount.signed and BRACKETED.search(left):
        return 0
    clause = behind_last(MOVE_CLAUSE, left)
    if APPOSITION.match(clause):
        clause = left
    clause = clause.lower()
    if OTHER_MEASURE.search(clause) or UNREAL_VERB.search(clause):
        return 0
    verb = VERB_LEFT.search(clause) or _noun_behind(passage, amount, right)
    if verb is None:
        return 0
    return 1 if verb["rise"] else -1


def _is_beside(passage: Passage, amount: WrittenAmount) -> bool:
    """Whether a signed move stands beside its coin, or beside its price: "BTC $92,400 +1.8%"."""
    return any(
        subject.end <= amount.start
        and BESIDE_COIN.fullmatch(passage.text, subject.end, amount.start) is not None
        for subject in passage.subjects
    )


def _noun_behind(passage: Passage, amount: WrittenAmount, right: str) -> re.Match[str] | None:
    """The noun of "a 5% gain", unless it is a gain in something else than a price."""
    verb = VERB_RIGHT.match(right)
    if verb is None or not FALL_IN.match(right, verb.end()):
        return verb
    stop = amount.end + verb.end() + len(" in the ")
    return verb if any(amount.end <= s.start <= stop for s in passage.subjects) else None


def _listed_direction(passage: Passage, index: int, found: list[_Move]) -> int:
    """The direction of the move before, for a percentage that only adds another period."""
    amount = passage.amounts[index]
    figure, before = found[-1] if found else (None, amount)
    if figure is None or not LISTED_MOVE.fullmatch(passage.text, before.end, amount.start):
        return 0
    if OTHER_MEASURE_RIGHT.match(passage.text, amount.end):
        return 0
    if _own_period(passage, index) is None and respective_asset(passage, amount) is None:
        return 0
    return 1 if figure.value > 0 else -1


def _owner(passage: Passage, amount: WrittenAmount) -> tuple[bool, Asset | None]:
    """Whether the move counts, and whose it is: "a 5% gain in ether", "bitcoin rose 5%"."""
    behind = next((s for s in passage.subjects if s.start >= amount.end), None)
    if behind is not None and behind.start - amount.end <= _IN_ASSET_REACH:
        between = passage.text[amount.end : behind.start]
        if IN_ASSET.fullmatch(between):
            return is_priced(behind), behind.asset
    respective = respective_asset(passage, amount)
    if respective is not None:
        return True, respective
    before = [s for s in passage.subjects if s.end <= amount.start]
    if before and POSSESSED.fullmatch(passage.text, before[-1].end, amount.start):
        return before[-1].asset is not None, before[-1].asset
    before = [s for s in before if not s.compared]
    nearest = before[-1] if before else None
    market = MARKET.search(passage.text, nearest.end if nearest else 0, amount.start)
    if market is not None and amount.start - market.end() <= _LIST_REACH:
        return True, None
    if nearest is not None:
        return is_priced(nearest), nearest.asset
    # What is named behind only is seldom what moved: "3% were lost as bitcoin …".
    asset = passage.inherited if not any(s.asset for s in passage.subjects) else None
    head = _HEAD.match(passage.text, 0, amount.start)
    if head is not None and OTHER_MEASURE.search(head[0].lower()):
        return False, None
    return asset is not None, asset


def _own_period(passage: Passage, index: int) -> str | None:
    """The period that stands behind a move, else before it, up to the next percentage."""
    amounts = passage.amounts
    start, end = amounts[index].start, amounts[index].end
    percents = [a for a in amounts if a.unit == PERCENT]
    stop = min((a.start for a in percents if a.start >= end), default=end + _RIGHT)
    begin = max((a.end for a in percents if a.end <= start), default=start - _LEFT)
    right = CUTS_TIME.split(RECORD.sub(" ", passage.text[end : min(stop, end + _RIGHT)]))[0]
    found = PERIODS.search(lowered(right))
    if found is not None and not ANY_TIME.search(right, 0, found.start()):
        return PERIOD_NAMES[found.lastgroup or ""]
    if ANY_TIME.search(right):
        return None
    left = RECORD.sub(" ", passage.text[max(0, begin, start - _LEFT) : start])
    last = last_place(PERIODS, left)
    return PERIOD_NAMES[last.lastgroup or ""] if last else None


def _with_periods(moves: list[_Move], passage: Passage, previous: Passage | None) -> list[_Move]:
    """The moves with the periods that they share with their neighbours."""
    done = list(moves)
    backward = range(len(done) - 1, 0, -1)
    for index, other in [(i - 1, i) for i in backward] + [(i, i - 1) for i in range(1, len(done))]:
        (figure, amount), (near, place) = done[index], done[other]
        first, second = sorted((amount, place), key=lambda a: a.start)
        between = passage.text[first.end : second.start]
        is_list = len(between) <= _LIST_REACH and not ANY_TIME.search(between)
        if figure.period is None and near.period is not None and is_list:
            done[index] = (replace(figure, period=near.period), amount)
    if previous is not None and done and all(figure.period is None for figure, _ in done):
        period = _period_before(passage, previous)
        done = [(replace(figure, period=period), amount) for figure, amount in done]
    return done


def _period_before(passage: Passage, previous: Passage) -> str | None:
    text = RECORD.sub(" ", passage.text)
    if not GOES_ON.match(text) or ANY_TIME.search(text):
        return None
    return next((f.period for f in move_figures(previous, None) if f.period), None)
