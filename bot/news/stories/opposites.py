"""Acts of two headlines that exclude each other.

Owns the opposites: approves and rejects, an act told and denied, acts of two sorts of news, two
of a kind of which an event has one. Which words they are is the lexicon's matter. Pure. Acts
that follow on one another weeks apart are the matter of steps.
"""

from bot.news.stories.acts import INTENTS, first_act
from bot.news.stories.amounts import any_agree
from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import Kind, load_lexicon, related
from bot.news.stories.reasons import listed, rather_than
from bot.news.stories.revisions import may_follow

# What is said, meant or held, beside which nearly any act may stand.
_NO_DEEDS = INTENTS | {"decide", "talk", "predict", "own"}


def opposite_acts(one: Headline, other: Headline) -> str | None:
    """Acts of two main clauses that are opposites, where neither tells one of the other's side."""
    for groups in load_lexicon().axes:
        mine = {number for number, group in enumerate(groups) if group & one.head_actions}
        theirs = {number for number, group in enumerate(groups) if group & other.head_actions}
        if not mine or not theirs or mine & theirs:
            continue
        if groups[0] == {"buy"} and _sides_change(one, other):
            continue
        mine_words = frozenset().union(*(groups[n] & one.head_actions for n in mine))
        their_words = frozenset().union(*(groups[n] & other.head_actions for n in theirs))
        return f"{listed(mine_words)} against {listed(their_words)}"
    return None


def _sides_change(one: Headline, other: Headline) -> bool:
    """Whether one buys from whom, in the other's words, sells to it."""
    theirs = [word.key for word in other.order if word.kind is Kind.NAME and word.key in one.names]
    mine = [word.key for word in one.order if word.key in theirs]
    return len(set(mine)) > 1 and mine[0] != theirs[0]


def opposite_beginnings(one: Headline, other: Headline) -> str | None:
    """Opposites by which of them a title tells first: to apply, so as to launch, is to apply."""
    for groups in load_lexicon().first_axes:
        mine, theirs = _first_of(one, groups), _first_of(other, groups)
        if mine and theirs and not any({mine, theirs} <= group for group in groups):
            return f"{mine} against {theirs}"
    return None


def _first_of(headline: Headline, groups: tuple[frozenset[str], ...]) -> str | None:
    acts = frozenset().union(*groups)
    keys = (word.key for word in headline.order if word.kind is Kind.ACTION)
    return next((key for key in keys if key in acts), None)


def denied_act(one: Headline, other: Headline) -> str | None:
    """An act that the one tells, and that the other says was not or will not be."""
    denied = (one.negated ^ other.negated) & one.actions & other.actions - _NO_DEEDS
    return f"not {listed(denied)}" if denied else None


def other_domain(one: Headline, other: Headline) -> str | None:
    """First acts of two sorts of news, as a hack and an appointment are, and no fact shared."""
    mine, theirs = first_act(one), first_act(other)
    if mine is None or theirs is None or (one.actions & other.actions) - _NO_DEEDS:
        return None
    if may_follow(mine, theirs) or related(mine, theirs):
        return None
    domains = load_lexicon().domains
    my_domain = next((domain for domain in domains if mine in domain), None)
    its_domain = next((domain for domain in domains if theirs in domain), None)
    if my_domain is None or its_domain is None or my_domain == its_domain:
        return None
    if any_agree(one.amounts, other.amounts):
        return None
    return f"{mine}, not {theirs}"


def other_kind(one: Headline, other: Headline) -> str | None:
    """Two of a kind: the testnet and the mainnet, the inflation and the jobs of a month."""
    for group in load_lexicon().exclusive:
        mine, theirs = group & one.words.keys(), group & other.words.keys()
        if mine and theirs and not mine & theirs:
            return rather_than(mine, theirs)
    return None
