"""How what two headlines differ in is told in words.

Owns the wording that the reasons of clashes share. Pure.
"""

from collections.abc import Iterable


def listed(keys: Iterable[str]) -> str:
    """The keys in the order of the alphabet: "a and b"; empty for none."""
    return " and ".join(sorted(keys))


def rather_than(mine: Iterable[str], theirs: Iterable[str]) -> str:
    """What the one tells and what the other has instead: "a and b, not c"."""
    return f"{listed(mine)}, not {listed(theirs)}"
