"""Sorts of acts that several judgements ask for.

Owns the acts that are mere intents, the crossing of levels, the accidents, and which act a title
tells first. Pure. Which acts are opposites, relatives or steps of one matter is the lexicon's.
"""

from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import Kind

# Saying, planning and proposing are told of nearly everything: they tell no deed.
INTENTS = frozenset({"say", "plan", "propose"})
LEVELS = frozenset({"above", "below"})
# What comes of these is told for days, and is one story.
ACCIDENTS = frozenset({"hack", "halt", "depeg", "bankrupt"})


def first_act(headline: Headline) -> str | None:
    """The first act that a title tells, or None; saying, planning and proposing are none."""
    acts = (w.key for w in headline.order if w.kind is Kind.ACTION and w.key not in INTENTS)
    return next(acts, None)
