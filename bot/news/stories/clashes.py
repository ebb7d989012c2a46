"""Facts of two headlines that cannot belong to the same event.

Owns the list of what excludes, in the order in which it is asked: whom they are about
(`subjects`), what was done (`opposites`, `steps`), which word stands in another's place
(`slots`), how much (`sums`), and here the form of the article and its days. Each is told in
words. Pure. No measure of similar letters can see these.
"""

from collections.abc import Callable

from bot.news.stories.amounts import differing_period
from bot.news.stories.headlines import Form, Headline
from bot.news.stories.opposites import (
    denied_act,
    opposite_acts,
    opposite_beginnings,
    other_domain,
    other_kind,
)
from bot.news.stories.slots import other_slot
from bot.news.stories.steps import other_side, other_step, other_time, undone
from bot.news.stories.subjects import (
    other_actor,
    other_asset,
    other_entity,
    other_name,
    other_way_round,
)
from bot.news.stories.sums import other_sum


def clash(one: Headline, other: Headline) -> str | None:
    """What the two tell that cannot both be of one event, in words; None when nothing does."""
    for found in _CLASHES:
        if reason := found(one, other):
            return reason
    return None


def _other_form(one: Headline, other: Headline) -> str | None:
    if one.form is other.form:
        return None
    forms = {one.form, other.form}
    if Form.ROUND_UP in forms:
        return "a round-up beside news"
    if forms & {Form.QUESTION, Form.OPINION, Form.EXPLAINER}:
        return f"{one.form.value} beside {other.form.value}"
    return None


def _other_period(one: Headline, other: Headline) -> str | None:
    return differing_period(one.periods, other.periods)


_CLASHES: tuple[Callable[[Headline, Headline], str | None], ...] = (
    _other_form,
    other_asset,
    _other_period,
    opposite_acts,
    opposite_beginnings,
    denied_act,
    other_way_round,
    other_name,
    other_entity,
    other_kind,
    other_step,
    undone,
    other_time,
    other_side,
    other_domain,
    other_actor,
    other_slot,
    other_sum,
)
