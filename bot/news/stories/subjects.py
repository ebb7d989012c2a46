"""Who two headlines are about, and whether it can be the same.

Owns the clashes of assets, names and parts: another coin, another company, nobody in particular
shared, miners and holders, the two sides of a suit the other way round. Pure. What they do is
the matter of opposites and steps.
"""

from bot.domain.stories import Told
from bot.news.stories.acts import LEVELS
from bot.news.stories.amounts import any_agree
from bot.news.stories.headlines import Headline
from bot.news.stories.lexicon import Kind, load_lexicon
from bot.news.stories.reasons import listed, rather_than

_RARE = 4.5
_EVERYDAY = 3.5
_DIRECTED = frozenset(
    {"sue", "buy", "invest", "criticize", "beat", "rise", "charge", "hack", "sell", "vote"}
)


def other_asset(one: Headline, other: Headline) -> str | None:
    """Assets that only one title tells on each side, and that no lead tells, or none shared."""
    mine = one.assets - other.assets - other.lead.keys()
    theirs = other.assets - one.assets - one.lead.keys()
    if mine and theirs:
        return rather_than(mine, theirs)
    if one.assets and other.assets and not one.assets & other.assets:
        return rather_than(one.assets, other.assets)
    return None


def other_name(one: Headline, other: Headline) -> str | None:
    """Names on both sides and none shared, or another subject on each side."""
    scenes = load_lexicon().scenes
    mine, theirs = one.names - scenes, other.names - scenes
    if not mine or not theirs or _share_level(one, other):
        return None
    if not mine & theirs and not _is_told_by(mine, other) and not _is_told_by(theirs, one):
        return rather_than(mine, theirs)
    mine, theirs = one.subjects - scenes, other.subjects - scenes
    if mine and theirs and not mine & other.names and not theirs & one.names:
        if _is_told_by(mine, other) or _is_told_by(theirs, one):
            return None
        return rather_than(mine, theirs)
    return None


def _share_level(one: Headline, other: Headline) -> bool:
    """Whether both tell that an asset crossed a price, whatever moved it."""
    mine, theirs = ([a for a in x.amounts if a.unit == "USD"] for x in (one, other))
    is_crossed = one.actions & other.actions & LEVELS and one.assets & other.assets
    return bool(is_crossed) and any_agree(mine, theirs)


def _is_told_by(names: frozenset[str], other: Headline) -> bool:
    return bool(names & (other.lead_names | other.words.keys() | other.lead.keys()))


def other_entity(one: Headline, other: Headline) -> str | None:
    """Somebody in particular on each side, and none shared but those of everyday news."""
    mine, theirs = _entities(one), _entities(other)
    if _share_level(one, other):
        return None
    if any(one.words[key] > _EVERYDAY for key in mine & theirs):
        return None
    shared = (one.words.keys() & other.words.keys()) - mine - theirs - one.actions
    if any(one.words[key] >= _RARE for key in shared):
        return None
    alone = _particular(one, mine - theirs, other), _particular(other, theirs - mine, one)
    return rather_than(alone[0], alone[1]) if all(alone) else None


def _entities(headline: Headline) -> frozenset[str]:
    return headline.names | headline.assets


def _particular(headline: Headline, keys: frozenset[str], other: Headline) -> frozenset[str]:
    return frozenset(
        key
        for key in keys
        if headline.words[key] >= _RARE and key not in other.words and key not in other.lead
    )


def share_rare(one: Headline, other: Headline) -> bool:
    """Whether both name somebody in particular, by a word that few headlines have."""
    shared = one.words.keys() & other.words.keys()
    return bool(one.names & other.names) or any(one.words[key] >= _RARE for key in shared)


def other_actor(one: Headline, other: Headline) -> str | None:
    """Others that act, where both name but what sort of people that is."""
    mine, theirs = _actors(one), _actors(other)
    if mine and theirs and not mine & theirs and not one.names & other.names:
        return rather_than(mine, theirs)
    return None


# Who acts where nobody is named: what miners do, holders need not.
_ACTORS = frozenset(
    {"mine", "investor", "lender", "developer", "validator", "regulator", "lawmaker"}
)


def _actors(headline: Headline) -> frozenset[str]:
    """Those before the first act."""
    found = []
    for word in headline.order:
        if word.kind is Kind.ACTION:
            break
        if word.key in _ACTORS:
            found.append(word.key)
    return frozenset(found)


def other_way_round(one: Headline, other: Headline) -> str | None:
    """The same two named on either side of the same act, with their parts exchanged."""
    for act in one.actions & other.actions & _DIRECTED:
        mine, theirs = _sides(one, act), _sides(other, act)
        if mine is None or theirs is None:
            continue
        if mine[0] & theirs[1] and mine[1] & theirs[0] and not mine[0] & theirs[0]:
            return f"{listed(mine[0])} {act} {listed(mine[1])}, not the other way round"
    return None


def _sides(headline: Headline, act: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The names before and after an act, exchanged in "X was sued by Y"."""
    at = next((n for n, word in enumerate(headline.order) if word.key == act), None)
    if at is None:
        return None
    named = {Kind.NAME, Kind.ASSET}
    before = frozenset(word.key for word in headline.order[:at] if word.kind in named)
    after = frozenset(word.key for word in headline.order[at + 1 :] if word.kind in named)
    if not before or not after:
        return None
    return (after, before) if _is_passive(headline.told) else (before, after)


def _is_passive(told: Told) -> bool:
    return " by " in told.title.lower()
