"""What differs between two headlines, and how their acts stand to each other.

Owns the measures of difference; what each weighs is the matter of likeness. Pure. A difference
here excludes nothing by itself: what does so is the matter of clashes.
"""

from dataclasses import dataclass
from itertools import product
from math import fsum

from bot.news.stories.acts import INTENTS, first_act
from bot.news.stories.amounts import agree, any_agree
from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import Kind, load_lexicon, related
from bot.news.stories.revisions import may_follow
from bot.news.stories.slots import side_by_side
from bot.news.stories.wording import Word

_TELLING = 2.0
_KNOWN = 3.4
_NAMED = frozenset({Kind.NAME, Kind.ASSET})
_IN_LEAD = 0.5
_ONLY_IN_LEAD = 0.3
_SOME_OF_A_CLASS = 0.3
_WIDEST_SLOT = 12.0
_LONG_TITLE = 40.0


@dataclass(frozen=True, slots=True)
class Contrasts:
    """What tells two headlines apart, each measure about 0 to 1; most are 0 or 1.

    `names_apart` and `acts_apart` are the weight of what only one tells, of the side with less
    of it: where both tell something else. `parties_apart`: both name somebody alone. `slot_apart`
    is the weight of what stands in one's place in the other. `heads` is how much of the one main
    clause the other title tells, `heads_least` of the other; `in_aside` how much of what both
    tell is news in the one and passing in the other. `acts` and `head_acts` say how their first
    acts stand: 1 the same, 0.5 taken for one another, 0 one has none, -0.5 one comes of the
    other, -1 of two sorts. `case_apart` and `law_apart` are steps of one matter;
    product, role, place and result are words of which an event has one. `length` is that of the
    shorter title, for which shares come easily.
    """

    names_apart: float
    acts_apart: float
    numbers_apart: float
    parties_apart: float
    heads: float
    heads_least: float
    in_aside: float
    head_acts: float
    acts: float
    future_apart: float
    series_apart: float
    product_apart: float
    product_shared: float
    role_apart: float
    place_apart: float
    result_apart: float
    case_apart: float
    law_apart: float
    follows: float
    objects: float
    slot_apart: float
    strangers: float
    same_subject: float
    length: float


def contrasts(one: Headline, other: Headline) -> Contrasts:
    """What tells two headlines apart that do not clash; the same either way round."""
    only = _only(one, other), _only(other, one)
    heads = sorted((_head_share(one, other), _head_share(other, one)))
    classes = load_lexicon().classes
    return Contrasts(
        names_apart=min(_names_weight(side) for side in only) / 10,
        acts_apart=_acts_apart(one, other),
        numbers_apart=float(_numbers_apart(one, other)),
        parties_apart=float(all(_has_party(side) for side in only)),
        heads=heads[1],
        heads_least=heads[0],
        in_aside=_in_aside(one, other),
        head_acts=_act_relation(_head_act(one), _head_act(other)),
        acts=_act_relation(first_act(one), first_act(other)),
        future_apart=float(one.is_future != other.is_future),
        series_apart=float(one.series != other.series),
        product_apart=_class_apart(one, other, classes["product"]),
        product_shared=float(bool(one.words.keys() & other.words.keys() & classes["product"])),
        role_apart=_class_apart(one, other, classes["role"]),
        place_apart=_class_apart(one, other, classes["place"]),
        result_apart=_class_apart(one, other, classes["result"]),
        case_apart=float(_steps_apart(one, other, "case")),
        law_apart=float(_steps_apart(one, other, "law")),
        follows=float(_follows(one, other)),
        objects=_object_share(one, other),
        slot_apart=_slot(one, other) / 6,
        strangers=float(_are_strangers(one, other)),
        same_subject=float(bool(_subject(one) & _subject(other))),
        length=min(1.0, min(one.total, other.total) / _LONG_TITLE),
    )


_Only = list[tuple[Word, float]]


def _only(one: Headline, other: Headline) -> _Only:
    """What only the one title tells, numbers aside; less of it where the other's lead does."""
    found = {
        word.key: (word, word.weight * (_ONLY_IN_LEAD if word.key in other.lead else 1.0))
        for word in one.order
        if word.kind is not Kind.AMOUNT and word.key not in other.words
    }
    return list(found.values())


def _names_weight(only: _Only) -> float:
    return fsum(weight for word, weight in only if word.kind is Kind.NAME)


def _has_party(only: _Only) -> bool:
    return any(
        word.kind in _NAMED and weight >= _KNOWN and word.key not in load_lexicon().scenes
        for word, weight in only
    )


def _acts_apart(one: Headline, other: Headline) -> float:
    """The weight of acts that only one tells and that nothing on the other side is taken for."""
    mine, theirs = one.actions - INTENTS, other.actions - INTENTS
    sides = (mine - theirs, theirs, one), (theirs - mine, mine, other)
    return min(_unmatched(*side) for side in sides) / 5


def _unmatched(acts: frozenset[str], others: frozenset[str], side: Headline) -> float:
    return fsum(
        side.words[act]
        for act in acts
        if not any(related(act, its) or may_follow(act, its) for its in others)
    )


def _numbers_apart(one: Headline, other: Headline) -> bool:
    mine = [amount for amount in one.amounts if amount.unit != "calendar"]
    theirs = [amount for amount in other.amounts if amount.unit != "calendar"]
    return bool(mine and theirs) and not any_agree(mine, theirs)


def _head(headline: Headline) -> tuple[Word, ...]:
    return headline.order[: headline.head_end or len(headline.order)]


def _head_share(one: Headline, other: Headline) -> float:
    """How much of the weight of a main clause the other title, or its lead, tells."""
    total = shared = 0.0
    for word in _head(one):
        total += word.weight
        if word.amount:
            shared += word.weight * any(agree(word.amount, its) for its in other.amounts)
        elif word.key in other.words:
            shared += word.weight
        elif word.key in other.lead:
            shared += word.weight * _IN_LEAD
    return shared / total if total else 0.0


def _in_aside(one: Headline, other: Headline) -> float:
    """How much of what both tell, but for names, the one tells as news and the other in passing."""
    who = one.names | one.assets | other.names | other.assets | INTENTS
    shared = [
        (key, key, w) for key, w in one.words.items() if key in other.words and key not in who
    ]
    shared += [
        (word.key, its.key, min(word.weight, its.weight))
        for word, its in product(one.order, other.order)
        if word.amount and its.amount and agree(word.amount, its.amount)
    ]
    total = fsum(weight for _, _, weight in shared)
    passing = fsum(w for mine, its, w in shared if _is_aside(one, mine) != _is_aside(other, its))
    return passing / total if total else 0.0


def _is_aside(headline: Headline, key: str) -> bool:
    return bool(headline.head_end) and all(word.key != key for word in _head(headline))


def _head_act(headline: Headline) -> str | None:
    return next((word.key for word in _head(headline) if word.kind is Kind.ACTION), None)


def _act_relation(mine: str | None, theirs: str | None) -> float:
    if mine is None or theirs is None:
        return 0.0
    if mine == theirs:
        return 1.0
    if related(mine, theirs):
        return 0.5
    return -0.5 if may_follow(mine, theirs) else -1.0


def _class_apart(one: Headline, other: Headline, keys: frozenset[str]) -> float:
    """1 where both tell of a class, and not the same; less where they share but part of it."""
    mine, theirs = keys & one.words.keys(), keys & other.words.keys()
    if not mine or not theirs:
        return 0.0
    if mine & theirs:
        return _SOME_OF_A_CLASS if mine - theirs and theirs - mine else 0.0
    return 1.0


def _steps_apart(one: Headline, other: Headline, name: str) -> bool:
    """Whether the latest step that each tells of a matter's way is another."""
    chain = load_lexicon().chains[name]
    mine = [chain[act] for act in one.actions if act in chain]
    theirs = [chain[act] for act in other.actions if act in chain]
    return bool(mine and theirs) and max(mine) != max(theirs)


def _follows(one: Headline, other: Headline) -> bool:
    pairs = product(one.actions - other.actions, other.actions - one.actions)
    return any(may_follow(mine, theirs) for mine, theirs in pairs)


def _object_share(one: Headline, other: Headline) -> float:
    """How much of what follows the first act both have there, of the side with less."""
    mine, theirs = _after_act(one), _after_act(other)
    if not mine or not theirs:
        return 0.0
    shared = fsum(weight for key, weight in mine.items() if key in theirs)
    return shared / max(1.0, min(fsum(mine.values()), fsum(theirs.values())))


def _after_act(headline: Headline) -> dict[str, float]:
    acts = (n for n, word in enumerate(headline.order) if word.kind is Kind.ACTION)
    start = next(acts, -1) + 1
    return {w.key: w.weight for w in headline.order[start:] if w.weight >= _TELLING}


def _slot(one: Headline, other: Headline) -> float:
    """The weight of the weightiest that stands in the place of something else."""
    sides = side_by_side(one, other)
    found = 0.0
    for mine, theirs in sides.swaps:
        lost, new = (
            fsum(word.weight for word in side if word.key not in sides.shared)
            for side in (mine, theirs)
        )
        found = max(found, min(lost, new))
    return min(_WIDEST_SLOT, found)


def _are_strangers(one: Headline, other: Headline) -> bool:
    """Whether both name somebody, and nobody that the other names."""
    mine, theirs = one.names | one.assets, other.names | other.assets
    return bool(mine and theirs) and not mine & theirs


def _subject(headline: Headline) -> frozenset[str]:
    """Those named before the first act."""
    found: set[str] = set()
    for word in headline.order:
        if word.kind is Kind.ACTION:
            break
        if word.kind in _NAMED:
            found.add(word.key)
    return frozenset(found)
