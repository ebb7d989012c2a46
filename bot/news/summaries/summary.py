"""The two or three sentences that tell an article.

Owns the choice: the publisher's own summary where it is whole, completed from the body, else
the sentences of the body that tell most; each stands in the article word for word. Pure, needs
no model, takes about a millisecond. Refuses what an editor would: `summaries.faults` says what.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.news.summaries.candidates import (
    Candidate,
    Source,
    Title,
    candidate_of,
    is_whole,
    length_of,
    source_of,
    stems_of,
    tells_title,
)
from bot.news.summaries.cutting import cut_at_clause
from bot.news.summaries.faults import fault_of, is_ended
from bot.news.summaries.leanings import entities_leaned_on, events_leaned_on
from bot.news.summaries.passages import MAX_READ, Passage, passages
from bot.news.summaries.references import (
    Reference,
    is_caller,
    names_a_person,
    thing_of,
)

MAX_LENGTH = 420

_MOST_SENTENCES = 3
_ROOM_FOR_THIRD = 370
_ENOUGH = 230
_SAME_BEGINNING = 50
_FARTHEST_LEAD = 6
_FARTHEST_NEXT = 14
_LEAST_NEW = 3
_LEAST_NEW_SHARE = 0.4
_LEAST_COMMON = 3
_MOST_ALIKE = 0.36
# More than a place or two further down costs, less than what makes a sentence news.
_LEVEL_WORTH = 1.2
_LEVEL_WORTH_AT_LAST = 1.6  # what is not told by then is told no more

# Who was told of payments knows of "the transfers".
_PAID = stems_of("payment remittance settle transfer transaction")

_WIDE_ENDS = ("\u3002", "\uff01", "\uff1f", "」", "』")
_DIGIT = re.compile(r"\d")
_LOWER = re.compile(r"\b[a-z]{3,}\b")
_SPEAKER = re.compile(
    r"(?:\A|[,.”\"] |\b(?:as|and|but|to) )([A-Z][a-z]+)(?= (?:said|says|added|noted|told|explained|"
    r"wrote|argued|revealed|stated|claimed|warned|pointed|emphasi[sz]ed|believes|thinks|expects|"
    r"also|predicts|predicted|suggested|suggests|is|was|has|had|will)\b|['\u2019]s\b)"
    r"|\b(?:said|says|added|noted|told|to|from|by|with) ([A-Z][a-z]+)(?=[.,])"
)


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences that are shown, empty where there are none, and how they were come by."""

    text: str
    reason: str


def summary_of(
    title: str, summary: str, body: str, levels: frozenset[str] = frozenset()
) -> Summary:
    """Two or three whole sentences of an article, at most 420 characters (wide ones count double).

    Takes plain texts. The publisher's `summary` is preferred, what it cuts is completed from the
    `body`, and what it leaves room for is added from there. Fewer sentences where there is no
    more to tell than the title does. When no whole sentence is fit, the first is cut at a clause
    and marked with …; empty for a text of tables, teasers or promotions only. Among sentences
    that tell as much, one is preferred that names one of `levels`: the price lines that are
    offered beside the summary, as the article writes them.
    """
    # Words in lower case tell a heading from a name.
    known = frozenset(_LOWER.findall(f"{summary[:MAX_READ]} {body[:MAX_READ]}"))
    title = title[:MAX_READ]
    headline = Title(title, stems_of(title), known, levels)
    own = source_of("the publisher's summary", passages(summary, title), headline)
    longer = source_of("the body", passages(body, title), headline)
    quoted = _quoted_places(own, longer)
    if quoted or not own.passages:
        own, longer = replace(longer, preferred=quoted), source_of("the body", [], headline)
    own = _completed(own, longer, headline)
    chosen = _chosen(own, headline, [])
    lede = _lede(longer, headline, chosen)
    if lede:
        return Summary(_joined([*lede, *chosen]), _reason((longer, lede), (own, chosen)))
    enough = length_of(_joined(chosen)) >= _ENOUGH
    added = [] if enough else _chosen(longer, headline, chosen)
    if chosen or added:
        return Summary(_joined([*chosen, *added]), _reason((own, chosen), (longer, added)))
    return _makeshift(headline, own, longer)


def _quoted_places(own: Source, longer: Source) -> range:
    """Where in the body the summary stands, which many systems make of its first words."""
    beginning = _beginning(own.passages[0]) if own.passages else ""
    for passage in longer.passages[:_FARTHEST_LEAD]:
        if beginning and passage.text.startswith(beginning):
            return range(passage.place, passage.place + len(own.passages))
    return range(0)


def _beginning(passage: Passage) -> str:
    return passage.text[:_SAME_BEGINNING].rstrip(" .…")


def _completed(own: Source, longer: Source, headline: Title) -> Source:
    """The source with a last sentence that breaks off replaced by the body's whole one."""
    if not own.passages or is_whole(own.passages[-1], own.passages):
        return own
    *first, last = own.passages
    beginning = _beginning(last)
    for passage in longer.passages:
        if len(beginning) > _LEAST_NEW and passage.text.startswith(beginning):
            whole = [*first, replace(passage, place=last.place)]
            return source_of(f"{own.name}, completed from the body", whole, headline)
    return own


def _lede(longer: Source, headline: Title, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The body's first sentence where the summary needs it to be understood, else nothing."""
    first = next(iter(longer.candidates), None)
    if first is None or first.place or first.reference is not Reference.NOTHING:
        return []
    needs_it = bool(chosen) and (
        chosen[0].reference is not Reference.NOTHING or _leans_alone(chosen[0], headline)
    )
    together = [first, *chosen]
    has_room = len(together) <= _MOST_SENTENCES and length_of(_joined(together)) <= MAX_LENGTH
    is_new = all(_tells_more(candidate, headline, [first]) for candidate in chosen)
    return [first] if needs_it and has_room and is_new else []


def _leans_alone(candidate: Candidate, headline: Title) -> bool:
    """Whether a first sentence speaks of what neither it nor the title has told."""
    things = events_leaned_on(candidate.text) | entities_leaned_on(candidate.text)
    return any(not stems_of(thing) <= headline.stems for thing in things)


# ---- the choice


def _chosen(source: Source, headline: Title, before: Sequence[Candidate]) -> list[Candidate]:
    """The sentences to show of a source in its order, beside those shown `before`."""
    taken: list[Candidate] = []
    while len(before) + len(taken) < _MOST_SENTENCES:
        shown = [*before, *taken]
        fitting = [
            candidate
            for candidate in _reachable(source, taken, is_addition=bool(before))
            if _fits(candidate, shown, headline)
            and _stands(candidate, taken, shown, headline)
            and not _has_stranger(candidate, source, shown, headline)
        ]
        if not fitting:
            break
        start = taken[-1].place + 1 if taken else 0
        telling = not shown and any(tells_title(c, headline) for c in fitting)
        taken.append(
            max(fitting, key=lambda c: _worth_at(c, start, source, shown, telling=telling))
        )
    return taken


def _worth_at(
    candidate: Candidate,
    start: int,
    source: Source,
    shown: Sequence[Candidate],
    *,
    telling: bool,
) -> float:
    """How much a sentence is worth showing after what stands before `start`.

    `telling` says that another one would open with the news: a general one is worth less then.
    A level makes no opening: one that is not told yet counts from the second sentence on, and
    what explains the news right after what it explains, or at last.
    """
    near = 3.0 / (1 + 0.4 * (candidate.place - start))
    dull = 2.0 * (telling and candidate.general)
    has_level = not candidate.levels <= {lv for one in shown for lv in one.levels}
    is_last = len(shown) == _MOST_SENTENCES - 1
    is_due = is_last or candidate.place == start
    explains = bool(shown) and (has_level or (candidate.explains and is_due))
    return (
        candidate.worth
        + near
        - dull
        + explains * (_LEVEL_WORTH_AT_LAST if is_last else _LEVEL_WORTH)
        + 1.5 * (candidate.place in source.preferred)
    )


def _reachable(source: Source, taken: Sequence[Candidate], *, is_addition: bool) -> list[Candidate]:
    # After a summary that stands alone the body's first sentence would say it again.
    first = taken[-1].place + 1 if taken else int(is_addition)
    reach = _FARTHEST_NEXT if taken or is_addition else _FARTHEST_LEAD
    later = [candidate for candidate in source.candidates if candidate.place >= first]
    return [candidate for candidate in later if candidate.place < first + reach] or later[:1]


def _fits(candidate: Candidate, shown: Sequence[Candidate], headline: Title) -> bool:
    room = _ROOM_FOR_THIRD if len(shown) == _MOST_SENTENCES - 1 else MAX_LENGTH
    has_room = length_of(_joined([*shown, candidate])) <= room
    is_worth_adding = not shown or candidate.worth >= 0
    return has_room and is_worth_adding and _tells_more(candidate, headline, shown)


def _stands(
    candidate: Candidate,
    taken: Sequence[Candidate],
    shown: Sequence[Candidate],
    headline: Title,
) -> bool:
    """Whether what a sentence refers back to is there to be read."""
    follows = bool(taken) and taken[-1].place == candidate.place - 1
    if not follows and _leans(candidate, shown, headline):
        return False
    if candidate.reference is Reference.NOTHING:
        return True
    if candidate.reference is Reference.PERSON:
        return follows and names_a_person(taken[-1].text)
    thing = thing_of(candidate.text)
    if thing and is_caller(thing):
        read = " ".join([headline.text, *(one.text for one in shown)])
        return follows or names_a_person(read)
    if thing and stems_of(thing) <= headline.stems.union(*(one.stems for one in shown)):
        return True
    opens = not shown and candidate.place == 0 and bool(headline.text)
    return follows or (opens and candidate.reference is Reference.THING)


def _leans(candidate: Candidate, shown: Sequence[Candidate], headline: Title) -> bool:
    """Whether a sentence speaks of "the deal" or "the firm" that nothing shown has told.

    The first sentence of a text leans on nothing but its title.
    """
    if candidate.place == 0 and not shown:
        return False
    known = headline.stems.union(*(one.stems for one in shown))
    if not known.isdisjoint(_PAID):
        known |= _PAID
    if any(not stems_of(thing) <= known for thing in events_leaned_on(candidate.text)):
        return True
    entities = () if shown else entities_leaned_on(candidate.text)
    return any(not stems_of(thing) <= known for thing in entities)


def _has_stranger(
    candidate: Candidate, source: Source, shown: Sequence[Candidate], headline: Title
) -> bool:
    """Whether a sentence calls someone by a last name who was introduced in one not shown."""
    for name, start in _speakers(candidate.text):
        read = [headline.text, *(one.text for one in shown), candidate.text[:start]]
        if re.search(rf"\b{name}\b", " ".join(read)):
            continue
        before = " ".join(passage.text for passage in source.passages[: candidate.place])
        if re.search(rf"\b(?!The\b|A\b|In\b)[A-Z][\w.]*[^\W\d]\.? {name}\b", before):
            return True
    return False


@lru_cache(maxsize=64)  # each sentence is weighed against several
def _speakers(sentence: str) -> tuple[tuple[str, int], ...]:
    """The names of those who speak in a sentence, and where each is named."""
    return tuple((found[1] or found[2], found.start()) for found in _SPEAKER.finditer(sentence))


def _tells_more(candidate: Candidate, headline: Title, shown: Sequence[Candidate]) -> bool:
    """Whether a sentence adds enough to the title and to what is shown."""
    stems = candidate.stems
    if any(_are_alike(stems, other.stems) for other in shown):
        return False
    new = stems.difference(headline.stems, *(other.stems for other in shown))
    has_figure = _DIGIT.search(" ".join(new)) is not None
    # A news story's first sentence does repeat the title, with more around it.
    least_share = _LEAST_NEW_SHARE - 0.15 * (has_figure or not shown)
    return len(new) >= min(_LEAST_NEW, len(stems)) and len(new) >= least_share * len(stems)


def _are_alike(stems: frozenset[str], others: frozenset[str]) -> bool:
    common = len(stems & others)
    return common >= _LEAST_COMMON and common > _MOST_ALIKE * min(len(stems), len(others))


# ---- what comes out


def _joined(shown: Iterable[Candidate]) -> str:
    joined = ""
    for candidate in shown:
        if joined and not is_ended(joined):
            joined = f"{joined.rstrip(' ,;:')}."
        space = "" if not joined or joined.endswith(_WIDE_ENDS) else " "
        joined += space + _closed(candidate.passage)
    return joined


def _closed(passage: Passage) -> str:
    """The passage with a full stop where a bullet had none."""
    text = passage.text
    if is_ended(text) or not passage.listed:
        return text
    return f"{text.rstrip(' ,;:')}."


def _reason(*parts: tuple[Source, Sequence[Candidate]]) -> str:
    return " and ".join(
        f"{len(chosen)} of {len(source.passages)} sentences of {source.name}"
        for source, chosen in parts
        if chosen
    )


def _makeshift(headline: Title, *sources: Source) -> Summary:
    """The first sentence that is fit but for being long or cut, cut at a clause, else nothing."""
    faults: set[str] = set()
    for source in sources:
        for passage in source.passages[:_FARTHEST_LEAD]:
            fault = _makeshift_fault(passage, headline)
            if fault:
                faults.add(fault)
            elif is_ended(passage.text) and length_of(passage.text) <= MAX_LENGTH:
                return Summary(passage.text, f"a sentence of {source.name} that needs the title")
            else:
                return Summary(cut_at_clause(passage.text), f"the beginning of {source.name}, cut")
    if not faults:
        return Summary("", "no text beyond the title")
    return Summary("", f"nothing to show: {', '.join(sorted(faults))}")


def _makeshift_fault(passage: Passage, headline: Title) -> str | None:
    text = passage.text
    bare = text if is_ended(text) else text.rstrip(" .…")
    fault = fault_of(bare, headline.known_words)
    if fault:
        return fault
    candidate = candidate_of(Passage(bare, 0), headline)
    if not _tells_more(candidate, headline, []):
        return "the title over again"
    if candidate.reference is Reference.NOTHING:
        return None
    is_person = candidate.reference is Reference.PERSON
    is_told = names_a_person(headline.text) if is_person else bool(headline.text)
    is_torn = passage.place > 0 or candidate.reference is Reference.TRAIN
    return "a sentence torn from its place" if is_torn or not is_told else None
