"""Steps of one matter that are told weeks apart, each news of its own.

Owns which steps exclude each other: what is agreed and what is closed, a verdict and the appeal
against it, what is planned and what is called off, the first time and the next. Pure. What comes
of an accident is no matter of it: that is one story, further on.
"""

from bot.news.stories.acts import ACCIDENTS
from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import load_lexicon
from bot.news.stories.reasons import listed

# The chains of which two steps exclude each other. Those of a law only count against an event,
# as a contrast: it may be amended, passed and signed within hours.
_MATTERS = ("deal", "job", "case")
# Steps that are told in one breath with another of their chain exclude nothing: the talks with
# the deal, who goes with who comes, an arrest or a seizure with the charge. To override a veto
# is a turn, which `undone` knows.
_ALONGSIDE = frozenset({"talk", "decide", "resign", "arrest", "seize", "override"})


def other_step(one: Headline, other: Headline) -> str | None:
    """Two steps of one matter that lie weeks apart, as a sentence and the appeal against it."""
    if one.actions & ACCIDENTS or other.actions & ACCIDENTS:
        return None
    is_ended = "dismiss" in one.actions & other.actions
    for name in _MATTERS:
        chain = load_lexicon().chains[name]
        mine, theirs = _last(one.actions, chain), _last(other.actions, chain)
        if mine and theirs and chain[mine] != chain[theirs] and not is_ended:
            return f"{mine}, not {theirs}"
    return None


# What undoes or puts off, and what it undoes.
_UNDONE = {
    "withdraw_plan": frozenset(
        ["file", "seek", "plan", "propose", "launch", "buy", "raise", "ipo"]
    ),
    "delay": frozenset(["launch", "schedule", "vote", "list", "propose", "plan", "file"]),
    "reverse": frozenset(["hike", "propose"]),
}
# Turns that nobody leaves out who tells of them.
_TURNS = frozenset({"struck", "override", "amend"})
_UNDOING = frozenset(
    [
        "withdraw_plan",
        "delay",
        "reverse",
        "reject",
        "kill",
        "close",
        "fail",
        "deny",
        "halt",
        "dismiss",
        "ban",
        "steady",
        "fall",
        "cut",
    ]
)


def undone(one: Headline, other: Headline) -> str | None:
    """What the one says is off, and the other that it is on."""
    for mine, theirs in ((one, other), (other, one)):
        if alone := mine.actions & _TURNS - theirs.actions:
            return f"{listed(alone)}, which the other does not tell"
        if theirs.actions & _UNDOING or theirs.is_negated:
            continue
        for act, others in _UNDONE.items():
            if act in mine.actions and theirs.actions & others:
                return f"{act} against {listed(theirs.actions & others)}"
        if "withdraw_plan" in mine.actions:
            return "called off, which the other does not tell"
    return None


def _last(acts: frozenset[str], chain: dict[str, int]) -> str | None:
    steps = sorted(act for act in acts - _ALONGSIDE if act in chain)
    return max(steps, key=lambda act: chain[act], default=None)


_AGAIN = frozenset({"again", "another", "second", "third", "fourth", "fifth"})


def other_time(one: Headline, other: Headline) -> str | None:
    """The first time, and the next."""
    for mine, theirs in ((one, other), (other, one)):
        if "first" in mine.series and theirs.series & _AGAIN and "first" not in theirs.series:
            return "the first, not the next"
    return None


def other_side(one: Headline, other: Headline) -> str | None:
    """Before and after: what is yet to come in the one is what the other tells."""
    for mine, theirs in ((one, other), (other, one)):
        come = mine.pending & theirs.words.keys()
        if come and not theirs.pending and not theirs.is_future:
            return f"before and after {listed(come)}"
    return None
