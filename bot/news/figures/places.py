"""Where a pattern last stands in a text, and what follows it.

Owns the two ways of looking back from an amount. Linear in the text, whatever the pattern.
Patterns are written in lower case, and are looked for in the text in lower case: with a flag
that ignores the case each would take three times as long.
"""

import re
from collections import deque

from bot.news.cleaning.text import lowered


def last_place(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last match of a pattern in a text; None when there is none."""
    found = deque(pattern.finditer(lowered(text)), maxlen=1)
    return found[0] if found else None


def behind_last(pattern: re.Pattern[str], text: str) -> str:
    """What follows the last place of a pattern that begins with `.*`; the text when it has none.

    Matched once from the start: substituting would begin anew at every character.
    """
    found = pattern.match(lowered(text))
    return text[found.end() :] if found else text
