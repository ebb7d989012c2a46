"""Words that are looked for before a pattern is.

Owns the test that spares most texts a long pattern: whatever a pattern of a hundred turns of
phrase finds holds one of a few words, and to look for all of them at once costs a twentieth of
trying the pattern at every place. Refuses to find anything itself: a word that is there only
means that the pattern must be tried.
"""

from collections.abc import Mapping

import ahocorasick

OPENING = "^"  # before a word, and before a text, of which it is the beginning


class Screen:
    """For each of several patterns the words of which whatever it finds holds one.

    Words are in lower case with `;` between; one with `^` in front counts where the text that
    is looked at opens with it, `^` in front of it as well.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        passing: dict[str, set[str]] = {}
        for name, listed in words.items():
            for word in listed.split(";"):
                passing.setdefault(word, set()).add(name)
        self._finder = ahocorasick.Automaton()
        for word, names in passing.items():
            self._finder.add_word(word, frozenset(names))
        self._finder.make_automaton()

    def passed(self, lower: str) -> set[str]:
        """The names of the patterns that may find something in a text in lower case."""
        return set().union(*{names for _, names in self._finder.iter(lower)})


class WordScreen:
    """The same for a single pattern."""

    def __init__(self, words: str) -> None:
        self._finder = ahocorasick.Automaton()
        for word in words.split(";"):
            self._finder.add_word(word, word)
        self._finder.make_automaton()

    def passes(self, lower: str) -> bool:
        """Whether the pattern may find something in a text in lower case."""
        return next(self._finder.iter(lower), None) is not None
