"""A line that is named as one: "the next level that matters is", "$95,000 holds".

Owns the judgement by nouns of lines, by phrases before an amount and by what is said of it
behind. Refuses plain verbs and prepositions, which are for `bot.news.figures.prices`.
"""

from bot.news.figures.level_words import (
    AHEAD,
    AHEAD_RIGHT,
    AS_HIGH_AS,
    BOUNCED_OFF,
    BREAK_OF,
    CAPS_RIGHT,
    COND_LEFT,
    COND_RIGHT,
    DEALT_AT,
    DEFENCE_OF,
    GOES_ON_RIGHT,
    HOLDS_RIGHT,
    LEADING,
    LIES_AT,
    LINE_LEFT,
    LOSS_OF,
    MAX_PAIN,
    MOVE_NOUN,
    STRIKE_RIGHT,
    TEST_OF,
    TO_BREAK,
    TO_HOLD,
    TURNED_BACK,
    VOIDED,
    WAITING_LEFT,
    WATCHED,
)
from bot.news.figures.price_words import MOVES, STANDS
from bot.news.figures.readings import (
    LINE,
    PAID,
    REACHED,
    RESISTANCE,
    SUPPORT,
    TARGET,
    PriceReading,
    Surroundings,
    core,
)


def told_behind(words: Surroundings) -> PriceReading | None:
    """What is said of an amount behind it: "holds", "comes into play"; None without that."""
    if STRIKE_RIGHT.match(words.right):
        return LINE
    if HOLDS_RIGHT.match(words.right):
        return SUPPORT
    if CAPS_RIGHT.match(words.right):
        return RESISTANCE
    return TARGET if AHEAD_RIGHT.match(words.right) else None


def told_before(words: Surroundings) -> PriceReading | None:
    """What the phrase before an amount makes of it: "exposes", "as high as"; None without one."""
    kept = core(words.clause)
    waiting = WAITING_LEFT.search(words.tail)
    if waiting is not None:
        return SUPPORT if waiting["buyers"] else RESISTANCE
    extreme = AS_HIGH_AS.search(words.clause)
    if extreme is not None:
        verb = words.clause[: extreme.start()].rstrip()
        is_told = MOVES.search(verb) or STANDS.search(verb)
        return None if not is_told else TARGET if words.is_unreal else REACHED
    voided = VOIDED.search(kept)
    if voided is not None:
        return RESISTANCE if voided["above"] else SUPPORT
    if LOSS_OF.search(kept):
        return SUPPORT if COND_RIGHT.match(words.right) else None
    for pattern, reading in _PHRASES:
        if pattern.search(kept):
            return reading
    leading = LEADING.fullmatch(words.tail) or LEADING.search(words.tail)
    if leading is not None and GOES_ON_RIGHT.match(words.right):
        return RESISTANCE if leading["above"] else SUPPORT
    return None


_PHRASES = (
    (AHEAD, TARGET),
    (BOUNCED_OFF, SUPPORT),
    (TURNED_BACK, RESISTANCE),
    (DEALT_AT, PAID),
    (WATCHED, LINE),
    (LIES_AT, LINE),
    (TEST_OF, LINE),
    (BREAK_OF, RESISTANCE),
    (DEFENCE_OF, SUPPORT),
)


def named_line(words: Surroundings) -> PriceReading | None:
    """What the noun of a line before an amount makes of it; None where there is none."""
    line = LINE_LEFT.search(words.tail)
    if line is None:
        return LINE if MAX_PAIN.search(words.tail) else None
    if line["links"].endswith(" of") and words.is_unreal:
        return None
    if TO_HOLD.search(line["links"]):
        return SUPPORT
    return RESISTANCE if TO_BREAK.search(line["links"]) else LINE


def is_conditional(words: Surroundings, before: str) -> bool:
    """Whether the move past an amount is only thought of: "if it rises", "a move … could".

    `before` is what its clause has in front of "above" or "below".
    """
    if COND_LEFT.search(words.before) is not None:
        return True
    return MOVE_NOUN.search(before) is not None and COND_RIGHT.match(words.right) is not None
