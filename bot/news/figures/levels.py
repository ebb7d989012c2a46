"""A line that is named as one: "the next level that matters is", "$95,000 holds".

Owns the judgement by nouns of lines, by phrases before an amount and by what is said of it
behind. Refuses plain verbs and prepositions, which are for `bot.news.figures.prices`.
"""

from bot.news.cleaning.text import lowered
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
from bot.news.figures.price_words import MOVES, STANDS, TICKED
from bot.news.figures.readings import (
    LINE,
    PAID,
    REACHED,
    RESISTANCE,
    SUPPORT,
    TARGET,
    PriceReading,
    Surroundings,
)


def told_behind(words: Surroundings) -> PriceReading | None:
    """What is said of an amount behind it: "holds", "comes into play"; None without that.

    A move in percent behind a price that stands beside its coin says what was paid.
    """
    if words.beside_asset and TICKED.match(words.right) and not words.between.strip(" :("):
        return PAID
    if STRIKE_RIGHT.match(words.right):
        return LINE
    if HOLDS_RIGHT.match(words.right):
        return SUPPORT
    if CAPS_RIGHT.match(words.right):
        return RESISTANCE
    return TARGET if AHEAD_RIGHT.match(words.right) else None


def told_before(words: Surroundings) -> PriceReading | None:
    """What the phrase before an amount makes of it: "exposes", "as high as"; None without one."""
    kept, screened = words.kept.lower(), words.screened
    waiting = WAITING_LEFT.search(words.tail.lower()) if "waiting" in screened else None
    if waiting is not None:
        return SUPPORT if waiting["buyers"] else RESISTANCE
    extreme = AS_HIGH_AS.search(words.clause) if "extreme" in screened else None
    if extreme is not None:
        verb = words.clause[: extreme.start()].rstrip()
        is_told = MOVES.search(verb) or STANDS.search(verb)
        return None if not is_told else TARGET if words.is_unreal else REACHED
    voided = VOIDED.search(kept) if "voided" in screened else None
    if voided is not None:
        return RESISTANCE if voided["above"] else SUPPORT
    if "loss" in screened and LOSS_OF.search(kept):
        return SUPPORT if COND_RIGHT.match(words.right) else None
    for name, pattern, reading in _PHRASES:
        if name in screened and pattern.search(kept):
            return reading
    return _leading(words) if "leading" in screened else None


def _leading(words: Surroundings) -> PriceReading | None:
    """What a line is that opens a clause: "But below $3,150 the breakout has failed"."""
    tail = words.tail.lower()
    leading = LEADING.fullmatch(tail) or LEADING.search(tail)
    if leading is not None and GOES_ON_RIGHT.match(words.right):
        return RESISTANCE if leading["above"] else SUPPORT
    return None


_PHRASES = (
    ("ahead", AHEAD, TARGET),
    ("bounced", BOUNCED_OFF, SUPPORT),
    ("turned_back", TURNED_BACK, RESISTANCE),
    ("dealt", DEALT_AT, PAID),
    ("watched", WATCHED, LINE),
    ("lies", LIES_AT, LINE),
    ("test", TEST_OF, LINE),
    ("break", BREAK_OF, RESISTANCE),
    ("defence", DEFENCE_OF, SUPPORT),
)


def named_line(words: Surroundings) -> PriceReading | None:
    """What the noun of a line before an amount makes of it; None where there is none."""
    line = LINE_LEFT.search(lowered(words.tail)) if "line" in words.screened else None
    if line is None:
        return LINE if "max_pain" in words.screened and MAX_PAIN.search(words.tail) else None
    links = words.tail[line.start("links") : line.end("links")]
    if links.endswith(" of") and words.is_unreal:
        return None
    if TO_HOLD.search(links):
        return SUPPORT
    return RESISTANCE if TO_BREAK.search(links) else LINE


def is_conditional(words: Surroundings, before: str) -> bool:
    """Whether the move past an amount is only thought of: "if it rises", "a move … could".

    `before` is what its clause has in front of "above" or "below".
    """
    if COND_LEFT.search(words.before) is not None:
        return True
    return MOVE_NOUN.search(before) is not None and COND_RIGHT.match(words.right) is not None
