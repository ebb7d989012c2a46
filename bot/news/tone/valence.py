"""What the words of a headline say together: good or bad, with direction and negation.

Owns the rules by which one word turns another: what should shrink and does is good ("outflows
slow", "shorts liquidated", "lawsuit dismissed"), what should grow and does not is bad ("rally
stalls"), what is denied counts the other way round ("fails to break"), a wrong that is put right
is good ("hacked funds recovered"), and what came before weighs nothing ("rebounds after the
crash"). Refuses to weigh: it gives hits, `sentiment` makes a label of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.news.tone.wording import Span, Token

_MARKS = frozenset(",:;.!?()[]|-\u2013\u2014")
_EDGES = _MARKS | {"as", "amid", "while", "but", "despite", "when", "because", "though"}
_BEFORE = frozenset(("after", "following", "from", "since", "despite", "amid"))
_OF = frozenset(("against", "on", "of", "for", "from", "over", "into", "at", "in", "with", "by"))
_PREPOSITIONS = _EDGES | _OF | {"after", "to", "and", "since", "before", "than"}
_MARKET = frozenset(("market", "markets", "stocks", "shares", "token", "tokens", "crypto"))
_PARTICIPLE = re.compile(r"(?:ed|out|en|down|off|lost|fell|shut|cut)$")

_TURNED_VALUE = 1.5
_SUBJECT_DISTANCE = 3
_OBJECT_DISTANCE = 2
_NEGATION_DISTANCE = 2
_RIGHTING_DISTANCE = 8
_BACKGROUND_DISTANCE = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """Words with a value, tokens `start` to before `end`; turned where other words changed it."""

    group: str
    value: float
    start: int
    end: int
    turned: bool = False


def hits_of(tokens: Sequence[Token], spans: Sequence[Span]) -> tuple[Hit, ...]:
    """What the known words of a text say, in order of the text.

    Words of value 0 are hits too; names of assets, firms and places are none.
    """
    return _Reading(tokens, spans).hits()


class _Reading:
    """One text while the rules go over it: which spans are spoken for, and what was found."""

    def __init__(self, tokens: Sequence[Token], spans: Sequence[Span]) -> None:
        self._tokens = tokens
        self._words = [token.text for token in tokens]
        self._spans = spans
        self._used: set[int] = set()
        self._found: list[Hit] = []
        names = {at for span in spans if span.is_("name") for at in range(span.start, span.end)}
        market = {at for at, word in enumerate(self._words) if word in _MARKET}
        # "Lawsuit against Ripple dismissed": what hangs on a preposition is not the subject.
        self._actors = {
            at for at in names | market if at - 1 not in names | market and not self._hangs(at)
        }

    def hits(self) -> tuple[Hit, ...]:
        self._right_wrongs()
        self._turn_by_direction()
        self._negate()
        for _, span in self._free():
            if not span.is_("name"):
                self._found.append(Hit(span.main.group, span.main.value, span.start, span.end))
        self._found.sort(key=lambda hit: hit.start)
        return tuple(hit for hit in self._found if not self._is_background(hit))

    def _free(self) -> Iterator[tuple[int, Span]]:
        return ((i, span) for i, span in enumerate(self._spans) if i not in self._used)

    def _take(self, value: float, *indices: int) -> None:
        self._used.update(indices)
        spans = [self._spans[index] for index in indices]
        start, end = min(s.start for s in spans), max(s.end for s in spans)
        self._found.append(Hit(spans[0].main.group, value, start, end, turned=True))

    def _hangs(self, at: int) -> bool:
        before = self._words[max(0, at - 2) : at]
        return bool(before) and (before[-1] in _OF or (before[0] in _OF and before[-1] == "the"))

    def _one_clause(self, start: int, end: int) -> bool:
        return not any(word in _EDGES for word in self._words[start:end])

    # ---- a wrong put right

    def _right_wrongs(self) -> None:
        for index, span in self._free():
            if not span.is_("restore"):
                continue
            wrongs = [
                i for i, other in self._free() if i != index and self._is_righted(span, other)
            ]
            if wrongs:
                self._take(_TURNED_VALUE, index, *wrongs)

    def _is_righted(self, by: Span, wrong: Span) -> bool:
        if wrong.main.value >= 0 or wrong.is_("down"):
            return False
        first, second = sorted((by, wrong), key=lambda span: span.start)
        distance = second.start - first.end
        return distance <= _RIGHTING_DISTANCE and self._one_clause(first.end, second.start)

    # ---- direction

    def _turn_by_direction(self) -> None:
        for index, span in enumerate(self._spans):
            if index in self._used or not span.is_("up", "down", "stop"):
                continue
            subject = self._turned_subject(index)
            if subject is not None:
                value = self._turned_value(index, subject)
                self._take(value, index, subject, *self._compound(subject))
                self._extend(index)

    def _turned_subject(self, index: int) -> int | None:
        """The word whose direction a verb gives: after it as its object, else before it."""
        verb = self._spans[index]
        nearest: list[int] = [index + 1, *range(index - 1, index - 5, -1)]
        for other in nearest:
            if not 0 <= other < len(self._spans) or other in self._used:
                continue
            noun = self._spans[other]
            if noun.is_("bad") and not verb.is_("bad") and self._governs(verb, noun):
                return other
            is_gain = noun.is_("good") and not verb.is_("up") and other < index
            if is_gain and self._governs(verb, noun):
                return other
        return None

    def _compound(self, subject: int) -> tuple[int, ...]:
        """The noun right before a subject, where both are bad: "recession fears"."""
        noun, before = self._spans[subject], self._spans[max(0, subject - 1)]
        joined = before.end == noun.start and before.is_("bad") and noun.is_("bad")
        return (subject - 1,) if joined and subject - 1 not in self._used else ()

    def _turned_value(self, index: int, subject: int) -> float:
        noun = self._spans[subject]
        size = max(_TURNED_VALUE, abs(noun.main.value))
        grows = self._spans[index].is_("up")
        return size if noun.is_("bad") != grows else -size

    def _governs(self, verb: Span, noun: Span) -> bool:
        if noun.start >= verb.end:
            between = range(verb.end, noun.start)
            if not verb.is_("stop"):
                return not between
            between = range(self._after_sum(verb.end), noun.start)
            return len(between) <= _OBJECT_DISTANCE and self._is_open(between, strict=True)
        between = range(noun.end, verb.start)
        steps = [at for at in between if not self._hangs(at) and self._words[at] not in _OF]
        if len(steps) > _SUBJECT_DISTANCE or not self._is_open(between, strict=False):
            return False
        return verb.is_("down", "up") or self._is_passive(verb)

    def _after_sum(self, at: int) -> int:
        """Where the thing begins that a sum counts: "$400 million of shorts"."""
        if [token.stem for token in self._tokens[at : at + 1]] != ["#money"]:
            return at
        return at + 1 + (self._words[at + 1 : at + 2] in (["of"], ["in"], ["worth"]))

    def _is_open(self, between: range, *, strict: bool) -> bool:
        closed = _PREPOSITIONS if strict else _EDGES | {"after", "following", "since"}
        return not any(at in self._actors or self._words[at] in closed for at in between)

    def _is_passive(self, verb: Span) -> bool:
        """Whether it tells what was done to its subject: not in "Hack wiped out $100 million"."""
        following = self._tokens[verb.end].stem if verb.end < len(self._tokens) else ""
        done = _PARTICIPLE.search(self._words[verb.end - 1])
        return bool(done) and following not in ("#money", "#num") and verb.end not in self._actors

    def _extend(self, index: int) -> None:
        """What the same movement reached goes with it: "fees fall to a five-year low"."""
        following = index + 1
        while following < len(self._spans) and self._spans[following].is_("name"):
            following += 1
        if following >= len(self._spans) or following in self._used:
            return
        verb, reached = self._spans[index], self._spans[following]
        near = reached.start - verb.end <= _BACKGROUND_DISTANCE
        alike = verb.is_("up") == reached.is_("up") and reached.is_("up", "down")
        if near and alike and self._one_clause(verb.end, reached.start):
            self._used.add(following)

    # ---- negation

    def _negate(self) -> None:
        for index, span in enumerate(self._spans):
            if index in self._used or not span.is_("negator"):
                continue
            denied = self._denied(index)
            if denied is not None:
                self._take(-0.8 * self._spans[denied].main.value, denied, index)

    def _denied(self, index: int) -> int | None:
        negator = self._spans[index]
        for other in (index + 1, index + 2):
            if other >= len(self._spans) or other in self._used:
                continue
            span = self._spans[other]
            if span.start - negator.end > _NEGATION_DISTANCE:
                return None
            if span.main.value and self._one_clause(negator.end, span.start):
                return other
        return None

    # ---- what came before

    def _is_background(self, hit: Hit) -> bool:
        """Whether a hit only says what came before: "rebounds after the crash"."""
        before = self._words[max(0, hit.start - _BACKGROUND_DISTANCE) : hit.start]
        if any(part in before for part in ".;:") or not _BEFORE.intersection(before):
            return False
        return any(h.start < hit.start and h.value * hit.value < 0 for h in self._found)
