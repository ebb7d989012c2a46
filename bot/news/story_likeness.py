"""Whether two articles tell the same event.

Owns the judgement: facts that exclude each other end it (`story_clashes`); else what speaks for
and against (`story_evidence`) is weighed. Pure.
"""

from dataclasses import dataclass, fields
from datetime import timedelta
from itertools import product
from math import exp

from bot.domain.stories import Told
from bot.news.story_amounts import agree
from bot.news.story_clashes import clash
from bot.news.story_evidence import Evidence, evidence
from bot.news.story_headlines import Form, Headline, headline

ONE_EVENT = timedelta(hours=48)

_SAME_FROM = 0.38
# A series brings the same title day after day; the same article comes again within hours.
_SAME_TITLE = timedelta(hours=20)
_MOVES = frozenset({"above", "below", "rise", "fall", "reach"})
_MARKET_MOVE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two articles are of one event, how sure that is from 0 to 1, and why."""

    same: bool
    score: float
    reason: str


# Learned by logistic regression on labelled pairs of headlines that do not clash, then rounded;
# what is rare among these pairs (a level, an accident, only_who, thin) was set by hand.
_WEIGHTS = Evidence(
    shared=2.8,
    least=1.1,
    mean=1.4,
    amounts=0.9,
    names=1.3,
    alone=-0.4,
    one_negated=-0.4,
    in_leads=1.3,
    leads=0.7,
    fact=0.6,
    named_act=0.8,
    kindred_act=0.3,
    astray=-0.3,
    rare=0.2,
    named_amount=0.7,
    level=1.0,
    accident=0.9,
    only_who=-1.5,
    two_entities=0.5,
    deed=0.8,
    two_acts=0.2,
    exact=0.8,
    thin=-1.1,
    other_verb=-0.5,
)
_BIAS = -6.0


def same_event(a: Told, b: Told) -> Likeness:
    """Whether two articles tell the same event; the same either way round.

    Articles more than 48 hours apart never do. The reason names what decided it.
    """
    return likeness(headline(a), headline(b))


def likeness(one: Headline, other: Headline) -> Likeness:
    """The same of headlines that were read already."""
    apart = abs(one.told.published_at - other.told.published_at)
    if apart > ONE_EVENT:
        return Likeness(False, 0.0, "more than 48 hours apart")
    if one.plain_title == other.plain_title and one.plain_title and apart <= _SAME_TITLE:
        return Likeness(True, 1.0, "the same title")
    if reason := clash(one, other):
        return Likeness(False, 0.0, reason)
    if one.form is Form.ROUND_UP:
        return Likeness(False, 0.0, "two round-ups")
    found = evidence(one, other)
    score = _score(found)
    if (
        apart > _MARKET_MOVE
        and one.actions & other.actions & _MOVES
        and not one.names & other.names
    ):
        return Likeness(False, round(score, 3), "a market's move of another day")
    return Likeness(score >= _SAME_FROM, round(score, 3), _shared_words(one, other))


def _score(found: Evidence) -> float:
    total = _BIAS + sum(getattr(found, f) * getattr(_WEIGHTS, f) for f in _FIELDS)
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


_FIELDS = tuple(field.name for field in fields(Evidence))


def _shared_words(one: Headline, other: Headline) -> str:
    shared = {key: weight for key, weight in one.words.items() if key in other.words}
    telling = sorted(shared, key=lambda key: (-shared[key], key))[:5]
    amounts = [
        word.key
        for word, amount in product(one.order, other.amounts)
        if word.amount and agree(word.amount, amount)
    ]
    words = [*telling, *dict.fromkeys(amounts)]
    return f"both tell {', '.join(words)}" if words else "nothing in common"
