"""What the words of a headline say together: good or bad, with direction and negation.

Owns the rules by which one word turns another: what should shrink and does is good ("outflows
slow", "shorts liquidated", "lawsuit dismissed"), what should grow and does not is bad ("rally
stalls"), what is denied counts the other way round ("fails to break"), a wrong that is put right
is good ("hacked funds recovered"), and what came before weighs nothing ("rebounds after the
crash"), and what moves elsewhere says nothing of a coin ("its stock jumps", "gold climbs").
Refuses to weigh: it gives hits, `sentiment` makes a label of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.news.tone.wording import EDGE, Span, Token

# The group of a word that moves something of which nothing is known, or what is no coin.
UNCLEAR = "unclear"

_MARKS = frozenset(",:;.!?()[]|-\u2013\u2014")
_EDGES = _MARKS | {"as", "amid", "while", "but", "despite", "when", "because", "though"}
_BEFORE = frozenset(("after", "following", "from", "since", "despite", "amid"))
_SIZES = frozenset(("deep", "deeper", "fresh", "further", "new", "potential", "sharp", "steep"))
_HEIGHTS = frozenset(("lows", "record"))
_MOVES = frozenset(("soars", "rises", "recovers", "tops", "falls", "dives"))
_MEANWHILE = frozenset(("as", "while", "although", "though"))
_FEARS = "fears"
_ABOUT = frozenset(("to", "of", "for", "over", "about"))
_OF = frozenset(("against", "on", "of", "for", "from", "over", "into", "at", "in", "with", "by"))
_PREPOSITIONS = _EDGES | _OF | {"after", "to", "and", "since", "before", "than"}
_ADVERBS = frozenset(
    (
        "again", "ahead", "almost", "another", "back", "below", "beneath", "by", "down", "during",
        "even", "further", "hard", "just", "less", "lower", "monday", "more", "most", "near", "off",
        "often", "on", "out", "over", "past", "so", "still", "sunday", "then", "this", "today",
        "tomorrow", "too", "toward", "towards", "under", "until", "up", "within", "without",
    )
)  # fmt: skip
_TIMES = frozenset(("after", "following", "since", "before", "until", "once"))
_ARTICLES = frozenset(("the", "its", "their", "a", "an"))
_SINGULAR = frozenset(("has", "is", "was"))
_PLURAL = frozenset(("have", "are", "were"))
_MARKET = frozenset(("market", "markets", "stocks", "shares", "token", "tokens", "crypto"))
# What has markets of its own; shares move there when a company owns them.
_GOODS = frozenset(("gold", "silver", "oil"))
_SHARES = frozenset(("stock", "shares"))
_OWNERS = frozenset(("its", "their", "miner", "miners", "company", "firm"))
_PARTICIPLE = re.compile(r"(?:ed|out|en|down|off|lost|fell|shut|cut)$")

_TURNED_VALUE = 2.0
_SUBJECT_DISTANCE = 3
_OBJECT_DISTANCE = 4
_WORTH_KEEPING = 0.5
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
        self._names = names
        market = {at for at, word in enumerate(self._words) if word in _MARKET}
        # "Lawsuit against Ripple dismissed": what hangs on a preposition is not the subject.
        self._actors = {
            at for at in names | market if at - 1 not in names | market and not self._hangs(at)
        }

    def hits(self) -> tuple[Hit, ...]:
        """What the text says, in its order, once every rule has gone over it."""
        self._right_wrongs()
        self._turn_by_direction()
        self._negate()
        for _, span in self._free():
            if self._has_other_object(span) or self._moves_elsewhere(span):
                self._found.append(Hit(UNCLEAR, 0.0, span.start, span.end))
            elif not span.is_("name"):
                self._found.append(Hit(span.main.group, span.main.value, span.start, span.end))
        self._found.sort(key=lambda hit: hit.start)
        kept = (hit for hit in self._found if not self._is_background(hit))
        return tuple(self._weighed(hit) for hit in kept if not self._is_endangered(hit))

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
            if index in self._used or not span.is_("up", "down", "stop", "lift"):
                continue
            subject = self._turned_subject(index)
            if subject is not None:
                value = self._turned_value(index, subject)
                self._take(value, index, subject, *self._compound(subject))
                self._extend(index)

    def _turned_subject(self, index: int) -> int | None:
        """The word whose direction a verb gives: after it as its object, else before it."""
        verb = self._spans[index]
        following = index + 1
        while following < len(self._spans) and _says_nothing(self._spans[following]):
            following += 1
        nearest: list[int] = [following, *range(index - 1, index - 5, -1)]
        for other in nearest:
            if not 0 <= other < len(self._spans) or other in self._used:
                continue
            noun = self._spans[other]
            if noun.is_("bad") and not verb.is_("bad") and self._governs(verb, noun):
                return other
            ends = verb.is_("stop") and noun.main.value >= _WORTH_KEEPING
            said = other < index or ends or self._is_of(verb, noun)
            is_gain = noun.is_("good") and not verb.is_("up", "lift") and said
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
            if self._is_of(verb, noun):
                return True
            if not verb.is_("stop", "lift"):
                return not between
            between = range(self._after_sum(verb.end), noun.start)
            return len(between) <= _OBJECT_DISTANCE and not any(
                self._words[at] in _PREPOSITIONS for at in between
            )
        between = range(noun.end, verb.start)
        if self._is_noun(verb, between) or self._disagrees(noun, between):
            return False
        steps = [at for at in between if not self._hangs(at) and self._words[at] not in _OF]
        if len(steps) > _SUBJECT_DISTANCE or not self._is_open(between):
            return False
        return verb.is_("down", "up") or self._is_passive(verb)

    def _is_of(self, verb: Span, noun: Span) -> bool:
        """Whether the noun behind is what moves: "a drop in fees", "growth of the reserve"."""
        words = self._words[verb.end : noun.start]
        is_near = 0 < len(words) <= _OBJECT_DISTANCE and words[0] in ("in", "of")
        return is_near and verb.is_("up", "down") and _PREPOSITIONS.isdisjoint(words[1:])

    def _is_noun(self, verb: Span, between: range) -> bool:
        """Whether it only names a fall or a height: "risk a drop", "rebounds from a low"."""
        words = self._words[between.start : between.stop]
        if verb.main.group in _HEIGHTS:
            return "from" in words or "off" in words
        while words and words[-1] in _SIZES:
            words.pop()
        return words[-1:] in (["a"], ["an"])

    def _disagrees(self, noun: Span, between: range) -> bool:
        """Whether one is told of many or many of one: "the pool that takes fees has grown"."""
        word = self._words[noun.end - 1]
        is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
        auxiliary = self._words[between.stop - 1] if between else ""
        if auxiliary in _SINGULAR:
            return is_plural
        listed = self._words[noun.start - 1 : noun.start] == ["and"]
        return auxiliary in _PLURAL and not is_plural and not listed

    def _after_sum(self, at: int) -> int:
        """Where the thing begins that a sum counts: "$400 million of shorts"."""
        if [token.stem for token in self._tokens[at : at + 1]] != ["#money"]:
            return at
        return at + 1 + (self._words[at + 1 : at + 2] in (["of"], ["in"], ["worth"]))

    def _has_other_object(self, verb: Span) -> bool:
        """Whether what else falls by itself is done here to something: "drops its own feeds"."""
        return verb.is_("down") and verb.is_("stop") and self._has_object(verb)

    def _moves_elsewhere(self, verb: Span) -> bool:
        """Whether the nearest thing before a move is no coin: "its stock jumps", "gold climbs"."""
        if not verb.is_("up", "down"):
            return False
        for at in range(verb.start - 1, max(-1, verb.start - 2 - _SUBJECT_DISTANCE), -1):
            if self._words[at] in _EDGES or self._words[at] == "and" or at in self._names:
                return False
            if self._words[at] in _GOODS or self._is_owned_share(at):
                return not self._is_one_of_several(at)
        return False

    def _is_owned_share(self, at: int) -> bool:
        owner = self._words[at - 1] if at else ""
        is_owner = owner in _OWNERS or owner.endswith(("'s", "s'"))
        return self._words[at] in _SHARES and is_owner

    def _is_one_of_several(self, at: int) -> bool:
        """Whether a coin moves with it: "bitcoin and gold climb"."""
        return self._words[at - 1 : at] == ["and"] and at - 2 in self._names

    def _has_object(self, verb: Span) -> bool:
        if verb.end >= len(self._tokens):
            return False
        following = self._tokens[verb.end]
        if following.stem.startswith("#") or following.stem in (EDGE, "?"):
            return False
        word = following.text
        return not (word in _PREPOSITIONS or word in _ADVERBS or word.endswith("ly"))

    def _is_open(self, between: range) -> bool:
        closed = _EDGES | _TIMES
        return not any(at in self._actors or self._words[at] in closed for at in between)

    def _is_passive(self, verb: Span) -> bool:
        """Whether it tells what was done to its subject: not in "Hack wiped out $100 million"."""
        following = self._tokens[verb.end].stem if verb.end < len(self._tokens) else ""
        if following in ("#money", "#num") or verb.end in self._actors:
            return False
        done = _PARTICIPLE.search(self._words[verb.end - 1])
        return bool(done) or not self._has_object(verb)

    def _extend(self, index: int) -> None:
        """What the same movement reached goes with it: "fees fall to a five-year low"."""
        following = index + 1
        while following < len(self._spans) and self._spans[following].is_("name"):
            following += 1
        if following >= len(self._spans) or following in self._used:
            return
        verb, reached = self._spans[index], self._spans[following]
        distance = reached.start - verb.end
        near = distance <= _BACKGROUND_DISTANCE and self._one_clause(verb.end, reached.start)
        added = distance <= _OBJECT_DISTANCE + 3 and self._is_added(verb.end, reached.start)
        alike = verb.is_("up") == reached.is_("up") and reached.is_("up", "down")
        if (near or added) and alike:
            self._used.add(following)

    def _is_added(self, start: int, end: int) -> bool:
        """Whether only a comma parts a movement from its measure: "to 0.06 gwei, the lowest"."""
        words = self._words[start:end]
        return words[-2:-1] == [","] and words[-1] in _ARTICLES and words.count(",") == 1

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
                break
            if span.main.value and self._one_clause(negator.end, span.start):
                return other
        return self._disarmed(index)

    def _disarmed(self, index: int) -> int | None:
        """The wrong that is said to do no harm: "a bug can no longer stop the network"."""
        if not 0 < index < len(self._spans) - 1 or index - 1 in self._used:
            return None
        wrong, negator, harm = self._spans[index - 1 : index + 2]
        near = negator.start - wrong.end <= _OBJECT_DISTANCE + 1
        is_harm = harm.start == negator.end and harm.is_("stop")
        is_wrong = wrong.main.value < 0 and self._one_clause(wrong.end, negator.start)
        return index - 1 if near and is_harm and is_wrong else None

    # ---- what came before

    def _is_background(self, hit: Hit) -> bool:
        """Whether a hit only says what came before: "rebounds after the crash"."""
        before = self._words[max(0, hit.start - _BACKGROUND_DISTANCE) : hit.start]
        if any(part in before for part in ".;:") or not _BEFORE.intersection(before):
            return False
        return any(h.start < hit.start and h.value * hit.value < 0 for h in self._found)

    def _is_endangered(self, hit: Hit) -> bool:
        """Whether a good thing is only what a fear is about: "risks to financial resilience"."""
        return hit.value > 0 and any(
            fear.main.group == _FEARS
            and 0 < hit.start - fear.end <= _OBJECT_DISTANCE
            and self._words[fear.end] in _ABOUT
            and self._one_clause(fear.end, hit.start)
            for fear in self._spans
        )

    def _weighed(self, hit: Hit) -> Hit:
        """A hit beside a move of the price weighs half: "climbs as fears grow"."""
        before = self._words[: hit.start]
        at = next((at for at in range(len(before) - 1, 0, -1) if before[at] in _MEANWHILE), 0)
        moves = (h for h in self._found if h.end <= at and h.group in _MOVES)
        if any(move.value * hit.value < 0 for move in moves):
            return replace(hit, value=hit.value / 2)
        return hit


def _says_nothing(span: Span) -> bool:
    return span.is_("name") or not (span.main.value or span.main.kind)
