"""Whether two articles tell the same event.

Owns the judgement: facts that exclude each other end it (`clashes`); else what speaks for
and against (`evidence`, `contrasts`, and `lead_evidence` where one has a lead) is weighed. Pure.
"""

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cache
from importlib import resources
from itertools import product
from math import exp

from bot.domain.stories import Told
from bot.news.stories.amounts import agree
from bot.news.stories.clashes import clash
from bot.news.stories.contrasts import Contrasts, contrasts
from bot.news.stories.evidence import Evidence, evidence, lacks_fact
from bot.news.stories.headlines import Form, Headline, headline
from bot.news.stories.lead_evidence import LeadEvidence, has_lead, lead_evidence

# What is further apart is never one event; so long the articles of stories are remembered.
ONE_EVENT = timedelta(hours=48)

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
    learned = load_weights()[has_lead(one, other)]
    score = learned.score(measures(one, other))
    if (
        apart > _MARKET_MOVE
        and one.actions & other.actions & _MOVES
        and not one.names & other.names
    ):
        return Likeness(False, round(score, 3), "a market's move of another day")
    is_same = score >= learned.same_from
    if is_same and not has_lead(one, other) and lacks_fact(one, other):
        return Likeness(False, round(score, 3), "one subject, but no fact in common")
    return Likeness(is_same, round(score, 3), _shared_words(one, other))


def measures(one: Headline, other: Headline) -> dict[str, float]:
    """All that is weighed of two headlines that do not clash, by name; of leads where one has."""
    measured: list[Evidence | Contrasts | LeadEvidence]
    measured = [evidence(one, other), contrasts(one, other)]
    if has_lead(one, other):
        measured.append(lead_evidence(one, other))
    return {field.name: getattr(some, field.name) for some in measured for field in fields(some)}


@dataclass(frozen=True)
class Weights:
    """What each measure of the evidence weighs, and from which likelihood it is one event."""

    same_from: float
    bias: float
    weights: dict[str, float]

    def score(self, found: dict[str, float]) -> float:
        """How likely two headlines of which this was measured are of one event, 0 to 1."""
        total = self.bias + sum(found[name] * weight for name, weight in self.weights.items())
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


@cache
def load_weights() -> tuple[Weights, Weights]:
    """The weights of titles alone, and of articles of which one has a lead.

    They were learned from labelled pairs; reads a bundled file, once.
    """
    text = resources.files("bot.news.stories").joinpath("weights.json").read_text(encoding="utf-8")
    read = json.loads(text)
    titles, leads = (Weights(**read[name]) for name in ("titles", "leads"))
    return titles, leads


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
