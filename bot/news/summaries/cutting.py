"""Where a sentence may be cut when it must be.

Owns the shortening of one sentence, too long or broken off by its source, back to the end of a
clause. Pure. Refuses texts of several sentences: whole ones are chosen in `summaries.summary`.
"""

import re

from bot.news.summaries.faults import is_ended

LONGEST_CUT = 340

_SHORTEST_CUT = 70
_LEAST_SHARE = 0.55
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")
_CLAUSE_END = re.compile(r"[,;:](?=\s(?!\d))|\s[\u2013\u2014-](?=\s)")
_DANGLING = re.compile(
    r"(?:[,;:\u2013\u2014-]|\s(?:the|an?|of|to|and|or|but|in|on|at|for|with|by|from|as|that|which|who|is|are|"
    r"was|were|its|their|his|her|will|has|have|had|be|been|than|into|over|after|before|about|this)"
    r"|\s\S+['\u2019]s)+\Z"
)


def hangs(text: str) -> bool:
    """Whether a text ends on what nothing ends on: a comma, "of the", a genitive."""
    return _DANGLING.search(text) is not None


def cut_at_clause(text: str) -> str:
    """A sentence cut where a clause ends, else at a word, marked with …; at most 341 characters.

    The clause keeps more than half of what fits; a last word that the source may have cut in
    the middle is left out.
    """
    head = text.rstrip(" .…")[:LONGEST_CUT]
    if _WIDE.search(head):
        return f"{head[: LONGEST_CUT // 2]}…"
    clauses = [found.start() for found in _CLAUSE_END.finditer(head)]
    last = clauses[-1] if clauses else 0
    if last >= max(_SHORTEST_CUT, len(head) * _LEAST_SHARE):
        return f"{head[:last].rstrip()}…"
    if " " in head and (not is_ended(text) or len(head) == LONGEST_CUT):
        head = head.rpartition(" ")[0]
    return f"{_DANGLING.sub('', head).rstrip()}…"
