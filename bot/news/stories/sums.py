"""Sums that cannot be of one event.

Owns when two titles' amounts exclude each other, and when they do not: a loss that is counted
anew, a price beside a sum, a valuation beside what was raised. Pure. When two amounts agree is
the matter of amounts.
"""

from bot.news.stories.acts import ACCIDENTS
from bot.news.stories.amounts import Amount, any_agree
from bot.news.stories.headlines import Headline
from bot.news.stories.subjects import share_rare

# Of the same event these sums grow, or are told differently by everyone who counts.
_GROWING = frozenset({"hack", "lose", "seize", "halt", "arrest", "charge"})
_MOST_GROWTH = 5.0


def other_sum(one: Headline, other: Headline) -> str | None:
    """Amounts of the same unit in both titles, none of which agree, nor with the leads."""
    acts = one.actions | other.actions
    is_of_funds = "etf" in one.words and "etf" in other.words
    may_grow = acts & _GROWING and share_rare(one, other) and not is_of_funds
    # Liquidations are told by the hour: only of one fall, which another number shows, they grow.
    may_grow = may_grow or ("liquidate" in acts and any_agree(one.amounts, other.amounts))
    # What is given back is another sum than what was taken.
    if acts & ACCIDENTS and ("recover" in one.actions) != ("recover" in other.actions):
        return None
    for unit in sorted({a.unit for a in one.amounts} & {a.unit for a in other.amounts}):
        mine = [amount for amount in one.amounts if amount.unit == unit]
        theirs = [amount for amount in other.amounts if amount.unit == unit]
        valued = [amount.value in one.valuations for amount in mine]
        # A company's value is another sum than what it raised at that.
        its_valued = [amount.value in other.valuations for amount in theirs]
        is_counted_anew = may_grow and _may_have_grown(mine, theirs)
        if is_counted_anew or _are_price_and_sum(mine, theirs, acts) or _differ(valued, its_valued):
            continue
        if any_agree(mine, theirs):
            continue
        # What a sentence follows stands beside it in the lead: what was asked, what others got.
        is_term = "sentence" in acts and unit in {"year", "month"}
        in_leads = any_agree(mine, other.lead_amounts) or any_agree(theirs, one.lead_amounts)
        if is_term or not in_leads:
            return f"{mine[0].value:g} {unit}, not {theirs[0].value:g}"
    return None


def _are_price_and_sum(mine: list[Amount], theirs: list[Amount], acts: frozenset[str]) -> bool:
    """Whether one tells a price and the other a sum: what a share costs, what was raised."""
    if mine[0].unit != "USD" or acts & ACCIDENTS:
        return False
    return _differ([amount.is_price for amount in mine], [amount.is_price for amount in theirs])


def _differ(mine: list[bool], theirs: list[bool]) -> bool:
    """Whether all of the one's amounts are of a sort, and none of the other's."""
    return (all(mine) and not any(theirs)) or (all(theirs) and not any(mine))


def _may_have_grown(mine: list[Amount], theirs: list[Amount]) -> bool:
    """Whether the first count of a loss may have become the other."""
    largest = max(amount.value for amount in mine), max(amount.value for amount in theirs)
    return max(largest) <= _MOST_GROWTH * min(largest)
