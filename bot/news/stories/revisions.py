"""Whether an article that joins a story changes it.

Owns what a material change is: a new figure that goes beyond the old, a confirmation, a denial,
an outcome. Pure. The same told again, or told by another source, changes nothing.
"""

from collections.abc import Sequence

from bot.news.stories.amounts import Amount
from bot.news.stories.headlines import Headline

# What comes of what: each line is an outcome, and the acts that it may follow.
_OUTCOMES: dict[str, frozenset[str]] = {
    "deny": frozenset(),
    "confirm": frozenset(),
    "approve": frozenset({"decide", "file", "plan", "propose", "talk", "delay", "vote"}),
    "pass": frozenset({"decide", "plan", "propose", "talk", "delay", "vote", "agree"}),
    "reject": frozenset({"decide", "file", "plan", "propose", "talk", "delay", "vote"}),
    "agree": frozenset({"talk", "decide", "plan"}),
    "buy": frozenset({"talk"}),
    "recover": frozenset({"hack", "lose", "halt", "depeg", "mint", "leak"}),
    "resume": frozenset({"halt", "hack", "fall"}),
    "halt": frozenset({"hack", "lose"}),
    "hack": frozenset({"halt", "bug", "probe"}),
    "fix": frozenset({"hack", "halt", "bug"}),
    "arrest": frozenset({"hack", "probe", "lose", "bankrupt"}),
    "charge": frozenset({"arrest", "probe", "hack"}),
    "guilty": frozenset({"charge", "sue", "arrest"}),
    "acquit": frozenset({"charge", "sue", "arrest"}),
    "sentence": frozenset({"guilty", "charge"}),
    "settle": frozenset({"sue", "talk", "probe"}),
    "dismiss": frozenset({"sue", "probe", "charge"}),
    "bankrupt": frozenset({"hack", "halt", "depeg", "lose"}),
}
_WORDS = {
    "deny": "denied",
    "confirm": "confirmed",
    "approve": "approved",
    "pass": "passed",
    "reject": "rejected",
    "agree": "agreed",
    "buy": "bought",
    "recover": "recovered",
    "resume": "resumed",
    "halt": "paused",
    "hack": "hacked",
    "fix": "fixed",
    "arrest": "an arrest",
    "charge": "charged",
    "guilty": "found guilty",
    "acquit": "acquitted",
    "sentence": "sentenced",
    "settle": "settled",
    "dismiss": "dismissed",
    "bankrupt": "bankrupt",
}
# Acts whose sums grow while an event goes on.
_COUNTED = frozenset({"hack", "lose", "liquidate", "seize", "recover"})
_MORE_BY = 1.25


def may_follow(act: str, other: str) -> bool:
    """Whether one of two acts is what may come of the other; anything may be confirmed."""
    for outcome, before in ((act, other), (other, act)):
        if outcome in _OUTCOMES and (not _OUTCOMES[outcome] or before in _OUTCOMES[outcome]):
            return True
    return False


def material_change(article: Headline, members: Sequence[Headline]) -> str | None:
    """What an article changes in a story of these articles, in words; None: nothing.

    `members` are all of the story's articles that are remembered.
    """
    return _outcome(article, members) or _new_sum(article, members)


def _outcome(article: Headline, members: Sequence[Headline]) -> str | None:
    told = frozenset().union(*(member.actions | member.lead_actions for member in members))
    titles = frozenset().union(*(member.actions for member in members))
    for outcome, follows in _OUTCOMES.items():
        if outcome not in article.actions or outcome in article.negated or outcome in told:
            continue
        if not follows or follows & (titles | _bare_words(members)):
            return f"new: {_WORDS[outcome]}"
    return None


def _bare_words(members: Sequence[Headline]) -> frozenset[str]:
    return frozenset().union(*(member.words.keys() for member in members))


def _new_sum(article: Headline, members: Sequence[Headline]) -> str | None:
    """A sum in dollars, of what is lost or seized, well beyond all that was told."""
    if not article.actions & _COUNTED or not any(m.actions & _COUNTED for m in members):
        return None
    told = [amount for m in members for amount in (*m.amounts, *m.lead_amounts)]
    mine, before = _largest(article.amounts), _largest(told)
    if mine is None or before is None or mine.value < before.value * _MORE_BY:
        return None
    return f"new: {mine.value:,.0f} dollars after {before.value:,.0f}"


def _largest(amounts: Sequence[Amount]) -> Amount | None:
    in_dollars = [amount for amount in amounts if amount.unit == "USD"]
    return max(in_dollars, key=lambda amount: amount.value, default=None)
