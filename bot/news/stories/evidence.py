"""What speaks for and against two headlines telling the same event.

Owns the measures; what each weighs is the matter of likeness. Pure. Headlines that exclude each
other are not its matter: clashes has ended those.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from bot.news.stories.acts import ACCIDENTS, INTENTS, LEVELS
from bot.news.stories.amounts import Amount, agree, any_agree
from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import related
from bot.news.stories.subjects import share_rare
from bot.news.stories.wording import Word

_RARE = 3.6
_RAREST = 4.5
_SCENE = 3.0
_EXACT_DIGITS = 3
_LITTLE = 0.4
_LEAD_SHARE = 0.6
# What comes of an accident: an article on either is about the same event.
_AFTERMATH = ACCIDENTS | {"resume", "recover", "lose", "confirm", "arrest", "fix", "seize"}
_OFFICES = frozenset(
    {"chair", "boss", "founder", "chief", "president", "executive", "giant", "family"}
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two headlines share, each measure from 0 to about 3.

    `shared` is the weight of what both titles tell, `least` and `mean` its share of either and
    of both titles, `amounts` the weight of those; `in_leads` what only the other's lead tells.
    The others are 0 or 1: `named_act` for an act of a rare entity (a name or an
    asset), `rare` for a rare entity, `named_amount`, `deed` for an act of two entities,
    `two_acts`, `level` for a price crossed the same way, `exact` for a number of three digits,
    `accident` for an accident and its aftermath, `only_who` where nothing of what happened is
    shared, `one_negated`.
    """

    shared: float
    least: float
    mean: float
    amounts: float
    one_negated: float
    in_leads: float
    named_act: float
    rare: float
    named_amount: float
    level: float
    accident: float
    only_who: float
    deed: float
    two_acts: float
    exact: float


def evidence(one: Headline, other: Headline) -> Evidence:
    """What speaks for and against two headlines, that do not clash, telling the same."""
    common = _common(one, other)
    entities, acts, amounts = common.entities, common.acts, common.amounts
    rare = [key for key in entities if one.words[key] >= _RARE]
    rarest = [key for key in entities if one.words[key] >= _RAREST]
    any_act = bool(acts) or common.has_kindred
    in_dollars = any(amount.unit == "USD" for amount in one.amounts)
    is_level = in_dollars and acts & LEVELS and one.assets & other.assets
    return Evidence(
        shared=common.weight / 10,
        least=min(common.shares),
        mean=sum(common.shares) / 2,
        amounts=amounts / 5,
        one_negated=float(one.is_negated != other.is_negated),
        in_leads=sum(common.in_leads) / 10,
        named_act=float(bool(acts) and bool(rare)),
        rare=float(bool(rare)),
        named_amount=float(bool(amounts and common.names)),
        level=float(bool(amounts and is_level)),
        accident=float(common.is_accident),
        only_who=float(len(rarest) <= 1 and not (amounts or any_act) and _only_who(one, other)),
        deed=float(len(entities) > 1 and bool(acts)),
        two_acts=float(bool(entities) and len(acts) > 1),
        exact=float(_share_exact(one, other)),
    )


def lacks_fact(one: Headline, other: Headline) -> bool:
    """Whether two headlines share a subject, but no act, no number, and little else."""
    common = _common(one, other)
    return not (common.acts or common.amounts) and sum(common.shares) / 2 < _LITTLE


@dataclass(frozen=True, slots=True)
class _Common:
    """What two headlines share, before it is measured."""

    names: frozenset[str]
    entities: frozenset[str]
    acts: frozenset[str]
    has_kindred: bool
    amounts: float
    weight: float
    in_leads: tuple[float, float]
    shares: tuple[float, float]
    is_accident: bool


def _common(one: Headline, other: Headline) -> _Common:
    names = (one.names & other.words.keys()) | (other.names & one.words.keys())
    acts = (one.actions & other.actions) - INTENTS
    amounts = min(_agreeing(one, other.amounts), _agreeing(other, one.amounts))
    weight = amounts + sum(w for key, w in one.words.items() if key in other.words)
    in_leads = (_only_in_lead(one, other), _only_in_lead(other, one))
    is_accident = _is_accident(one, other)
    # Nobody knows the sum at first: there it says nothing that sums differ.
    is_unsure = is_accident and not amounts
    totals = [side.words_total if is_unsure else side.total for side in (one, other)]
    shares = [
        (weight + _LEAD_SHARE * lead) / max(1.0, t)
        for lead, t in zip(in_leads, totals, strict=True)
    ]
    return _Common(
        names=names,
        entities=names | (one.assets & other.assets),
        acts=acts,
        has_kindred=not acts
        and any(related(mine, its) for mine, its in product(one.actions, other.actions)),
        amounts=amounts,
        weight=weight,
        in_leads=in_leads,
        shares=(shares[0], shares[1]),
        is_accident=is_accident,
    )


def _agreeing(headline_: Headline, amounts: Iterable[Amount]) -> float:
    """The weight of a headline's amounts that agree with any of those."""
    others = list(amounts)
    found = {
        word.key: word.weight
        for word in headline_.order
        if word.amount and any(agree(word.amount, other) for other in others)
    }
    return sum(found.values())


def _only_in_lead(one: Headline, other: Headline) -> float:
    """The weight of what stands in the title of the one and only in the lead of the other."""
    words = sum(
        weight for key, weight in one.words.items() if key not in other.words and key in other.lead
    )
    return words + sum(
        word.weight
        for word in one.order
        if word.amount and _agrees(word, other.lead_amounts) and not _agrees(word, other.amounts)
    )


def _agrees(word: Word, amounts: Iterable[Amount]) -> bool:
    return word.amount is not None and any(agree(word.amount, other) for other in amounts)


def _share_exact(one: Headline, other: Headline) -> bool:
    """Whether both tell a number so exact that it is no chance."""
    sides = ([a for a in x.amounts if a.digits >= _EXACT_DIGITS] for x in (one, other))
    return any_agree(*sides)


def _is_accident(one: Headline, other: Headline) -> bool:
    if not share_rare(one, other) and not any(
        one.words[key] > _SCENE for key in one.assets & other.assets
    ):
        return False
    pairs = ((one, other), (other, one))
    return any(a.actions & ACCIDENTS and b.actions & _AFTERMATH for a, b in pairs)


def _only_who(one: Headline, other: Headline) -> bool:
    """Whether they share who it is about, and nothing of what happened."""
    who = one.names | one.assets | _OFFICES
    return all(key in who for key in one.words.keys() & other.words.keys())
