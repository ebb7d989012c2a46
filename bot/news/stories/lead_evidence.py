"""What the leads of two articles add to their titles.

Owns the measures that need a lead: the title of the one may name what only the lead of the other
does. Pure. What titles share by themselves is the matter of evidence, and what excludes an event
that of clashes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import fsum

from bot.news.stories.acts import INTENTS
from bot.news.stories.amounts import Amount, agree
from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import load_lexicon, related

_PARTICULAR = 4.0
_TELLING_DIGITS = 2
_EXACT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class LeadEvidence:
    """What two articles share by their leads' first sentences, each measure 0 to about 3.

    `names_across` is the weight of the names that stand in the title of the one and in the lead
    of the other, `names_within` of those in both leads alone. The others are 0 or 1:
    `particular_across` for a name there that few headlines have, `particular_act` for such a
    name beside an act of both, `act_across` for an act of a title in the other's lead,
    `kindred` for acts that are taken for one another, `sum_across` and `sum_within` for a sum or
    a count, `number_across` for a price or share beside a particular name, `nobody_shared` where
    the articles share no particular name, `one_lead` and `both_leads`.
    """

    names_across: float
    names_within: float
    particular_across: float
    particular_act: float
    act_across: float
    kindred: float
    sum_across: float
    sum_within: float
    number_across: float
    nobody_shared: float
    one_lead: float
    both_leads: float


def has_lead(one: Headline, other: Headline) -> bool:
    """Whether either article has a lead, so that there is something to measure."""
    return bool(one.told.summary or other.told.summary)


def lead_evidence(one: Headline, other: Headline) -> LeadEvidence:
    """What the leads say for two articles telling the same; the same either way round."""
    across, within, both = _shared_names(one, other)
    particular = {key for key, weight in across.items() if weight >= _PARTICULAR}
    somebody = particular | {k for k, w in (within | both).items() if w >= _PARTICULAR}
    acts = (_all_acts(one) & _all_acts(other)) - INTENTS
    sums = _Sums.of(one, other)
    return LeadEvidence(
        names_across=fsum(across.values()) / 10,
        names_within=fsum(within.values()) / 10,
        particular_across=float(bool(particular)),
        particular_act=float(bool(particular and acts)),
        act_across=float(bool((acts & (one.actions | other.actions)) - _both_titles(one, other))),
        kindred=float(not acts and _have_kindred(one, other)),
        sum_across=float(sums.across),
        sum_within=float(sums.within),
        number_across=float(sums.number_across and bool(somebody)),
        nobody_shared=float(not somebody),
        one_lead=float(has_lead(one, other)),
        both_leads=float(bool(one.opening.words and other.opening.words)),
    )


def _shared_names(
    one: Headline, other: Headline
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """The names of both by their weight: across title and lead, in the leads, in the titles."""
    mine, theirs = _all_names(one), _all_names(other)
    across: dict[str, float] = {}
    within: dict[str, float] = {}
    both: dict[str, float] = {}
    for key in (mine & theirs) - _common_names():
        is_mine, is_theirs = key in one.words, key in other.words
        found = both if is_mine and is_theirs else across if is_mine or is_theirs else within
        found[key] = min(_weight(one, key), _weight(other, key))
    return across, within, both


def _common_names() -> frozenset[str]:
    lexicon = load_lexicon()
    return lexicon.scenes | lexicon.classes["place"] | lexicon.calendar


def _all_names(headline: Headline) -> frozenset[str]:
    return headline.names | headline.assets | headline.opening.names


def _all_acts(headline: Headline) -> frozenset[str]:
    return headline.actions | headline.opening.actions


def _both_titles(one: Headline, other: Headline) -> frozenset[str]:
    return one.actions & other.actions


def _weight(headline: Headline, key: str) -> float:
    return headline.words.get(key) or headline.opening.words.get(key, 0.0)


def _have_kindred(one: Headline, other: Headline) -> bool:
    pairs = product(_all_acts(one) - INTENTS, _all_acts(other) - INTENTS)
    return any(related(mine, its) for mine, its in pairs)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Whether a number of one title stands in the other's lead, or one in both leads.

    None counts where the titles share a number already.
    """

    across: bool
    within: bool
    number_across: bool

    @classmethod
    def of(cls, one: Headline, other: Headline) -> "_Sums":
        """What the numbers of two articles have in common beyond their titles."""
        mine, theirs = _counted(one.amounts), _counted(other.amounts)
        if any(_agreeing(mine, theirs)):
            return cls(False, False, False)
        across = [
            *_agreeing(mine, other.opening.amounts),
            *_agreeing(theirs, one.opening.amounts),
        ]
        within = _agreeing(one.opening.amounts, other.opening.amounts)
        is_sum = any(_is_telling(amount) for amount in across)
        return cls(
            across=is_sum,
            within=not across and any(_is_telling(amount) for amount in within),
            number_across=bool(across) and not is_sum,
        )


def _counted(amounts: Iterable[Amount]) -> list[Amount]:
    return [amount for amount in amounts if amount.unit != "calendar"]


def _agreeing(mine: Iterable[Amount], theirs: Iterable[Amount]) -> list[Amount]:
    theirs = list(theirs)
    return [amount for amount in mine if any(agree(amount, its) for its in theirs)]


def _is_telling(amount: Amount) -> bool:
    """Whether a number is one of this event: a sum or a count, no price that all news tells."""
    if amount.digits >= _EXACT_DIGITS:
        return True
    return amount.digits >= _TELLING_DIGITS and amount.unit != "%" and not amount.is_price
