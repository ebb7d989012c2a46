"""Facts of two headlines that cannot belong to the same event.

Owns the opposites: approves and rejects, another coin, another company, another sum, another
day, the two sides of a suit the other way round. Each is told in words. Pure. No measure of
similar letters can see these.
"""

from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import product

from bot.domain.stories import Told
from bot.news.stories.amounts import Amount, agree, differing_period
from bot.news.stories.headlines import Form, Headline
from bot.news.stories.lexicon import Kind, load_lexicon, related
from bot.news.stories.revisions import may_follow
from bot.news.stories.steps import ACCIDENTS, other_side, other_step, other_time, undone
from bot.news.stories.wording import TIMES, Word

# Of the same event these sums grow, or are told differently by everyone who counts.
_GROWING = frozenset({"hack", "lose", "seize", "halt", "arrest", "charge"})
# Names so common as the scene of news that they tell no two subjects apart.
_SCENES = frozenset({"us", "eu", "uk", "new_york", "white_house", "senat", "congress", "hous"})
_SOFT = frozenset({"say", "plan", "propose", "decide", "talk", "predict", "own"})
_LEVELS = frozenset({"above", "below"})
_INTENTS = frozenset({"say", "plan", "propose"})
_RARE = 4.5
_EVERYDAY = 3.5
_MOST_GROWTH = 5.0
_LARGEST_PRICE = 1_000_000
_ALIKE = 0.5
_QUITE_ALIKE = 0.6
_VERY_ALIKE = 0.65
_LONGEST_SLOT = 2
_TELLING = 1.5
_TELLING_WORD = 4.0
_DIRECTED = frozenset(
    {"sue", "buy", "invest", "criticize", "beat", "rise", "charge", "hack", "sell", "vote"}
)


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


def _other_asset(one: Headline, other: Headline) -> str | None:
    mine = one.assets - other.assets - other.lead.keys()
    theirs = other.assets - one.assets - one.lead.keys()
    if mine and theirs:
        return f"{_listed(mine)}, not {_listed(theirs)}"
    if one.assets and other.assets and not one.assets & other.assets:
        return f"{_listed(one.assets)}, not {_listed(other.assets)}"
    return None


def _other_name(one: Headline, other: Headline) -> str | None:
    """Names on both sides and none shared, or another subject on each side."""
    mine, theirs = one.names - _SCENES, other.names - _SCENES
    if not mine or not theirs or _share_level(one, other):
        return None
    if not mine & theirs and not _is_told_by(mine, other) and not _is_told_by(theirs, one):
        return f"{_listed(mine)}, not {_listed(theirs)}"
    mine, theirs = one.subjects - _SCENES, other.subjects - _SCENES
    if mine and theirs and not mine & other.names and not theirs & one.names:
        if _is_told_by(mine, other) or _is_told_by(theirs, one):
            return None
        return f"{_listed(mine)}, not {_listed(theirs)}"
    return None


def _share_level(one: Headline, other: Headline) -> bool:
    """Whether both tell that an asset crossed a price, whatever moved it."""
    mine, theirs = ([a for a in x.amounts if a.unit == "USD"] for x in (one, other))
    is_crossed = one.actions & other.actions & _LEVELS and one.assets & other.assets
    return bool(is_crossed) and _any_agree(mine, theirs)


def _other_entity(one: Headline, other: Headline) -> str | None:
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
    return f"{_listed(alone[0])}, not {_listed(alone[1])}" if all(alone) else None


def _entities(headline: Headline) -> frozenset[str]:
    return headline.names | headline.assets


def _particular(headline: Headline, keys: frozenset[str], other: Headline) -> frozenset[str]:
    return frozenset(
        key
        for key in keys
        if headline.words[key] >= _RARE and key not in other.words and key not in other.lead
    )


# Who acts where nobody is named: what miners do, holders need not.
_ACTORS = frozenset(
    {"mine", "investor", "lender", "developer", "validator", "regulator", "lawmaker"}
)


def _other_slot(one: Headline, other: Headline) -> str | None:
    """One word in the place of another, in two titles that are built alike.

    Two writers rarely build a sentence alike; where they seem to, the word that differs is the
    news: "Trump raises tariffs on China", "Trump lowers tariffs on China".
    """
    # In one order, for the matcher's finds depend on which comes first.
    mine, theirs = sorted((_meanings(one), _meanings(other)), key=_in_keys)
    longer = max(len(mine), len(theirs))
    if not longer or len(one.words.keys() & other.words.keys()) < _ALIKE * longer:
        return None
    matcher = SequenceMatcher(None, _in_keys(mine), _in_keys(theirs), autojunk=False)
    changes = matcher.get_opcodes()
    alike = sum(end - start for tag, start, end, _, _ in changes if tag == "equal") / longer
    for tag, start, end, start_2, end_2 in changes:
        if tag != "replace" or max(end - start, end_2 - start_2) > _LONGEST_SLOT:
            continue
        word = max(mine[start:end], key=_by_weight)
        instead = max(theirs[start_2:end_2], key=_by_weight)
        is_one = end - start == end_2 - start_2 == 1
        is_moved = word.key in _in_keys(theirs) or instead.key in _in_keys(mine)
        if not is_moved and _excludes(word, instead, alike, is_one=is_one):
            return f"{word.key}, not {instead.key}"
    return None


def _meanings(headline: Headline) -> list[Word]:
    """The words that count when two titles are laid side by side, numbers left out."""
    return [word for word in headline.order if word.kind is not Kind.AMOUNT and word.weight > 0]


def _in_keys(words: list[Word]) -> list[str]:
    return [word.key for word in words]


def _by_weight(word: Word) -> tuple[float, str]:
    return word.weight, word.key


def _excludes(word: Word, instead: Word, alike: float, *, is_one: bool) -> bool:
    if alike < _ALIKE or min(word.weight, instead.weight) < _TELLING:
        return False
    kinds = {word.kind, instead.kind}
    if alike < _VERY_ALIKE and (not is_one or kinds == {Kind.ACTION}):
        return False
    if kinds == {Kind.ACTION} and is_one:
        return not related(word.key, instead.key) and not may_follow(word.key, instead.key)
    if not is_one or Kind.WORD in kinds:
        if Kind.ACTION in kinds:
            return False
        is_time = bool({word.key, instead.key} & (load_lexicon().calendar | TIMES))
        return (
            not is_time
            and alike >= _QUITE_ALIKE
            and min(word.weight, instead.weight) >= _TELLING_WORD
        )
    return kinds <= {Kind.NAME, Kind.ASSET}


def _other_kind(one: Headline, other: Headline) -> str | None:
    """Two of a kind: the testnet and the mainnet, the inflation and the jobs of a month."""
    for group in load_lexicon().exclusive:
        mine, theirs = group & one.words.keys(), group & other.words.keys()
        if mine and theirs and not mine & theirs:
            return f"{_listed(mine)}, not {_listed(theirs)}"
    return None


def _opposite_beginnings(one: Headline, other: Headline) -> str | None:
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


def _other_domain(one: Headline, other: Headline) -> str | None:
    """First acts of two sorts of news, as a hack and an appointment are, and no fact shared."""
    mine, theirs = first_act(one), first_act(other)
    if mine is None or theirs is None or (one.actions & other.actions) - _SOFT:
        return None
    if may_follow(mine, theirs) or related(mine, theirs):
        return None
    domains = load_lexicon().domains
    my_domain = next((domain for domain in domains if mine in domain), None)
    its_domain = next((domain for domain in domains if theirs in domain), None)
    if my_domain is None or its_domain is None or my_domain == its_domain:
        return None
    if _any_agree([*one.amounts], [*other.amounts]):
        return None
    return f"{mine}, not {theirs}"


def first_act(headline: Headline) -> str | None:
    """The first act that a title tells, or None; saying, planning and the like are none."""
    acts = (w.key for w in headline.order if w.kind is Kind.ACTION and w.key not in _INTENTS)
    return next(acts, None)


def _other_actor(one: Headline, other: Headline) -> str | None:
    mine, theirs = _actors(one), _actors(other)
    if mine and theirs and not mine & theirs and not one.names & other.names:
        return f"{_listed(mine)}, not {_listed(theirs)}"
    return None


def _actors(headline: Headline) -> frozenset[str]:
    """Those before the first act."""
    found = []
    for word in headline.order:
        if word.kind is Kind.ACTION:
            break
        if word.key in _ACTORS:
            found.append(word.key)
    return frozenset(found)


def _is_told_by(names: frozenset[str], other: Headline) -> bool:
    return bool(names & (other.lead_names | other.words.keys() | other.lead.keys()))


def _opposite_acts(one: Headline, other: Headline) -> str | None:
    for groups in _axes():
        mine = {number for number, group in enumerate(groups) if group & one.head_actions}
        theirs = {number for number, group in enumerate(groups) if group & other.head_actions}
        if not mine or not theirs or mine & theirs:
            continue
        if groups[0] == {"buy"} and _sides_change(one, other):
            continue
        mine_words = frozenset().union(*(groups[n] & one.head_actions for n in mine))
        their_words = frozenset().union(*(groups[n] & other.head_actions for n in theirs))
        return f"{_listed(mine_words)} against {_listed(their_words)}"
    return None


def _axes() -> tuple[tuple[frozenset[str], ...], ...]:
    return load_lexicon().axes


def _sides_change(one: Headline, other: Headline) -> bool:
    """Whether one buys from whom, in the other's words, sells to it."""
    theirs = [word.key for word in other.order if word.kind is Kind.NAME and word.key in one.names]
    mine = [word.key for word in one.order if word.key in theirs]
    return len(set(mine)) > 1 and mine[0] != theirs[0]


def _other_sum(one: Headline, other: Headline) -> str | None:
    """Amounts of the same unit in both titles, none of which agree, nor with the leads."""
    acts = one.actions | other.actions
    is_of_funds = "etf" in one.words and "etf" in other.words
    may_grow = acts & _GROWING and share_rare(one, other) and not is_of_funds
    # Liquidations are told by the hour: only of one fall, which another number shows, they grow.
    may_grow = may_grow or ("liquidate" in acts and _any_agree([*one.amounts], [*other.amounts]))
    # What is given back is another sum than what was taken.
    if acts & ACCIDENTS and ("recover" in one.actions) != ("recover" in other.actions):
        return None
    for unit in sorted({a.unit for a in one.amounts} & {a.unit for a in other.amounts}):
        mine = [amount for amount in one.amounts if amount.unit == unit]
        theirs = [amount for amount in other.amounts if amount.unit == unit]
        if _are_of_two_sorts(mine, theirs, acts) or (may_grow and _may_have_grown(mine, theirs)):
            continue
        if _any_agree(mine, theirs):
            continue
        # What a sentence follows stands beside it in the lead: what was asked, what others got.
        is_term = "sentence" in acts and unit in {"year", "month"}
        in_leads = _any_agree(mine, [*other.lead_amounts]) or _any_agree(
            theirs, [*one.lead_amounts]
        )
        if is_term or not in_leads:
            return f"{mine[0].value:g} {unit}, not {theirs[0].value:g}"
    return None


def _are_of_two_sorts(mine: list[Amount], theirs: list[Amount], acts: frozenset[str]) -> bool:
    """Whether one tells a price and the other a sum: what a share costs, what was raised."""
    if mine[0].unit != "USD" or acts & ACCIDENTS:
        return False
    prices, sums = sorted((mine, theirs), key=lambda side: max(a.value for a in side))
    return (
        max(amount.value for amount in prices) < _LARGEST_PRICE
        and min(amount.value for amount in sums) >= _LARGEST_PRICE
    )


def _may_have_grown(mine: list[Amount], theirs: list[Amount]) -> bool:
    """Whether the first count of a loss may have become the other."""
    largest = max(amount.value for amount in mine), max(amount.value for amount in theirs)
    return max(largest) <= _MOST_GROWTH * min(largest)


def share_rare(one: Headline, other: Headline) -> bool:
    """Whether both name somebody in particular, by a word that few headlines have."""
    shared = one.words.keys() & other.words.keys()
    return bool(one.names & other.names) or any(one.words[key] >= _RARE for key in shared)


def _any_agree(mine: list[Amount], theirs: list[Amount]) -> bool:
    return any(agree(one, other) for one, other in product(mine, theirs))


def _denied_act(one: Headline, other: Headline) -> str | None:
    """An act that the one tells, and that the other says was not or will not be."""
    denied = (one.negated ^ other.negated) & one.actions & other.actions - _SOFT
    return f"not {_listed(denied)}" if denied else None


def _other_period(one: Headline, other: Headline) -> str | None:
    return differing_period(one.periods, other.periods)


def _other_way_round(one: Headline, other: Headline) -> str | None:
    """The same two named on either side of the same act, with their parts exchanged."""
    for act in one.actions & other.actions & _DIRECTED:
        mine, theirs = _sides(one, act), _sides(other, act)
        if mine is None or theirs is None:
            continue
        if mine[0] & theirs[1] and mine[1] & theirs[0] and not mine[0] & theirs[0]:
            return f"{_listed(mine[0])} {act} {_listed(mine[1])}, not the other way round"
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


def _listed(keys: frozenset[str]) -> str:
    return " and ".join(sorted(keys))


_CLASHES: tuple[Callable[[Headline, Headline], str | None], ...] = (
    _other_form,
    _other_asset,
    _other_period,
    _opposite_acts,
    _opposite_beginnings,
    _denied_act,
    _other_way_round,
    _other_name,
    _other_entity,
    _other_kind,
    other_step,
    undone,
    other_time,
    other_side,
    _other_domain,
    _other_actor,
    _other_slot,
    _other_sum,
)
