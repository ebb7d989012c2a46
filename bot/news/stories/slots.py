"""Two titles laid side by side: what stands in the place of what.

Owns the comparison of their words in order, which is made once for a pair, and when a word that
stands in the place of another makes it other news. Pure. What the rest weighs is the matter of
contrasts.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import Kind, load_lexicon, related
from bot.news.stories.revisions import may_follow
from bot.news.stories.wording import TIMES, Word

_ALIKE = 0.5
_QUITE_ALIKE = 0.6
_VERY_ALIKE = 0.65
_LONGEST_SLOT = 2
_TELLING = 1.5
_TELLING_WORD = 4.0


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The words of two titles that count when one is laid beside the other, numbers left out.

    `longer` is how many the longer title has, and `alike` how much of it stands in both in one
    order, 0 to 1. `swaps` are what stands in one's place in the other, and `shared` the keys that
    both have, wherever they stand. Which title comes first does not depend on the order in which
    the two are given.
    """

    longer: int
    shared: frozenset[str]
    swaps: tuple[tuple[tuple[Word, ...], tuple[Word, ...]], ...]
    alike: float


# Clashes and contrasts lay the same pair side by side, one after the other.
@lru_cache(maxsize=1)
def side_by_side(one: Headline, other: Headline) -> SideBySide:
    """Two titles laid side by side; the same either way round."""
    # In one order, for the matcher's finds depend on which comes first.
    first, second = sorted((_meanings(one), _meanings(other)), key=_in_keys)
    matcher = SequenceMatcher(None, _in_keys(first), _in_keys(second), autojunk=False)
    changes = matcher.get_opcodes()
    longer = max(len(first), len(second))
    alike = sum(end - start for tag, start, end, _, _ in changes if tag == "equal")
    return SideBySide(
        longer=longer,
        shared=frozenset(_in_keys(first)) & frozenset(_in_keys(second)),
        swaps=tuple(
            (first[start:end], second[start_2:end_2])
            for tag, start, end, start_2, end_2 in changes
            if tag == "replace"
        ),
        alike=alike / max(1, longer),
    )


def _meanings(headline: Headline) -> tuple[Word, ...]:
    return tuple(w for w in headline.order if w.kind is not Kind.AMOUNT and w.weight > 0)


def _in_keys(words: tuple[Word, ...]) -> list[str]:
    return [word.key for word in words]


def other_slot(one: Headline, other: Headline) -> str | None:
    """One word in the place of another, in two titles that are built alike.

    Two writers rarely build a sentence alike; where they seem to, the word that differs is the
    news: "Trump raises tariffs on China", "Trump lowers tariffs on China".
    """
    sides = side_by_side(one, other)
    if len(one.words.keys() & other.words.keys()) < _ALIKE * sides.longer:
        return None
    for mine, theirs in sides.swaps:
        if max(len(mine), len(theirs)) > _LONGEST_SLOT:
            continue
        word, instead = max(mine, key=_by_weight), max(theirs, key=_by_weight)
        is_one = len(mine) == len(theirs) == 1
        is_moved = {word.key, instead.key} & sides.shared
        if not is_moved and _excludes(word, instead, sides.alike, is_one=is_one):
            return f"{word.key}, not {instead.key}"
    return None


def _by_weight(word: Word) -> tuple[float, str]:
    return word.weight, word.key


def _excludes(word: Word, instead: Word, alike: float, *, is_one: bool) -> bool:
    if alike < _ALIKE or min(word.weight, instead.weight) < _TELLING:
        return False
    kinds = {word.kind, instead.kind}
    if alike < _VERY_ALIKE and (not is_one or kinds == {Kind.ACTION}):
        return False
    if kinds == {Kind.ACTION} and is_one:
        return not related(word.key, instead.key) and not may_follow(word.key, instead.key)
    if not is_one or Kind.WORD in kinds:
        if Kind.ACTION in kinds:
            return False
        is_time = bool({word.key, instead.key} & (load_lexicon().calendar | TIMES))
        return (
            not is_time
            and alike >= _QUITE_ALIKE
            and min(word.weight, instead.weight) >= _TELLING_WORD
        )
    return kinds <= {Kind.NAME, Kind.ASSET}
