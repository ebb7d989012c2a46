"""The two or three sentences that tell an article.

Owns the choice: the publisher's own summary where it is whole, completed from the body, else
the sentences of the body that tell most; each stands in the article word for word. Pure, needs
no model, takes about a millisecond. Refuses what an editor would: `summaries.faults` says what.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.news.summaries.cutting import cut_at_clause, hangs
from bot.news.summaries.faults import fault_of, is_ended, shouts
from bot.news.summaries.passages import MAX_READ, Passage, passages
from bot.news.summaries.references import Reference, names_a_person, reference_of, thing_of

MAX_LENGTH = 420

_MOST_SENTENCES = 3
_ROOM_FOR_THIRD = 370
_ENOUGH = 230
_LONGEST_LINE = 150  # a longer one without a full stop was cut by a limit
_SAME_BEGINNING = 50
_FARTHEST_LEAD = 6
_FARTHEST_NEXT = 14
_STEM = 6
_LEAST_NEW = 3
_LEAST_NEW_SHARE = 0.4
_LEAST_COMMON = 3
_MOST_ALIKE = 0.36

_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_WIDE_ENDS = ("\u3002", "\uff01", "\uff1f", "」", "』")
_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_DIGIT = re.compile(r"\d")
_FIGURE = re.compile(
    r"[$€£¥₿]\s?\d|\d[\d.,]*\s?(?:%|percent|million|billion|trillion|[kKmMbB]n?\b)"
)
_NAME = re.compile(r"(?<=[^.!?:\"“] )[A-Z][\w&]+")
_LOWER = re.compile(r"\b[a-z]{3,}\b")
_SPEAKER = re.compile(
    r"(?:\A|[,.”\"] |\b(?:as|and|but|to) )([A-Z][a-z]+)(?= (?:said|says|added|noted|told|explained|"
    r"wrote|argued|revealed|stated|claimed|warned|pointed|emphasi[sz]ed|believes|thinks|expects|"
    r"also|predicts|predicted|suggested|suggests|is|was|has|had|will)\b|['\u2019]s\b)"
    r"|\b(?:said|says|added|noted|told|to|from|by|with) ([A-Z][a-z]+)(?=[.,])"
)
_GRAVE = re.compile(r"\b(?:we|our|us|you|your|I|my)\b(?![^“]*”)|!", re.IGNORECASE)
_BLEMISHES = (
    re.compile(r"\A[\"“\u2018]"),
    re.compile(
        r"\A(?:in (?:the (?:world|realm|landscape)|recent years|an era)|as the (?:world|crypto)|"
        r"imagine|amid the|as discussions|for years|once again|it is (?:worth|important))\b",
        re.IGNORECASE,
    ),
    re.compile(r"\((?:@|https?)|\bAI-generated\b"),
    # Definitions: the reader knows.
    re.compile(
        r"\b(?:is|are) (?:an? )?(?:decentrali[sz]ed|digital|popular|leading|blockchain|crypto|"
        r"type of|kind of|form of|cryptocurrenc\w+ (?:whose|that|which))\b|\brefers? to\b"
    ),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences that are shown, empty where there are none, and how they were come by."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may be shown; `worth` is what it has wherever it stands."""

    passage: Passage
    stems: frozenset[str]
    reference: Reference
    worth: float

    @property
    def place(self) -> int:
        return self.passage.place

    @property
    def text(self) -> str:
        return self.passage.text


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    stems: frozenset[str]
    known_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Source:
    """A text to choose from; `preferred` are the places that the publisher's summary quotes."""

    name: str
    passages: tuple[Passage, ...]
    candidates: tuple[_Candidate, ...]
    preferred: range = range(0)


def summary_of(title: str, summary: str, body: str) -> Summary:
    """Two or three whole sentences of an article, at most 420 characters (wide ones count double).

    Takes plain texts. The publisher's `summary` is preferred, what it cuts is completed from the
    `body`, and what it leaves room for is added from there. Fewer sentences where there is no
    more to tell than the title does. When no whole sentence is fit, the first is cut at a clause
    and marked with …; empty for a text of tables, teasers or promotions only.
    """
    # Words in lower case tell a heading from a name.
    known = frozenset(_LOWER.findall(f"{summary[:MAX_READ]} {body[:MAX_READ]}"))
    title = title[:MAX_READ]
    headline = _Title(title, _stems(title), known)
    own = _source("the publisher's summary", passages(summary, title), headline)
    longer = _source("the body", passages(body, title), headline)
    quoted = _quoted_places(own, longer)
    if quoted or not own.passages:
        own, longer = replace(longer, preferred=quoted), _source("the body", [], headline)
    own = _completed(own, longer, headline)
    chosen = _chosen(own, headline, [])
    lede = _lede(longer, headline, chosen)
    if lede:
        return Summary(_joined([*lede, *chosen]), _reason((longer, lede), (own, chosen)))
    enough = _length(_joined(chosen)) >= _ENOUGH
    added = [] if enough else _chosen(longer, headline, chosen)
    if chosen or added:
        return Summary(_joined([*chosen, *added]), _reason((own, chosen), (longer, added)))
    return _makeshift(headline, own, longer)


def _source(name: str, found: Sequence[Passage], headline: _Title) -> _Source:
    fit = (
        passage
        for passage in found
        if _is_whole(passage, found) and not fault_of(passage.text, headline.known_words)
    )
    candidates = tuple(_candidate(passage, headline) for passage in fit)
    return _Source(name, tuple(found), candidates)


def _candidate(passage: Passage, headline: _Title) -> _Candidate:
    text = passage.text
    stems = _stems(text)
    length = _length(text)
    worth = 2.0 * len(stems & headline.stems) / max(1, len(headline.stems))
    worth += (
        0.4 * bool(_FIGURE.search(text))
        + 0.2 * bool(_DIGIT.search(text))
        + 0.3 * bool(_NAME.search(text))
    )
    worth -= 0.5 * (length < 35) + 0.6 * (length > 260) + 0.8 * (length > 330)  # noqa: PLR2004
    worth -= 2.5 * (bool(_GRAVE.search(text)) or shouts(text, headline.text, headline.known_words))
    worth -= sum(1.2 for blemish in _BLEMISHES if blemish.search(text))
    return _Candidate(passage, stems, reference_of(text), worth)


def _is_whole(passage: Passage, among: Sequence[Passage]) -> bool:
    """Whether a passage ends where its source meant it to: a lone line may do without a mark."""
    if is_ended(passage.text):
        return True
    may_lack_mark = passage.listed or (len(among) == 1 and len(passage.text) < _LONGEST_LINE)
    is_open = passage.text.endswith(("…", "...")) or hangs(passage.text)
    return may_lack_mark and not is_open


def _quoted_places(own: _Source, longer: _Source) -> range:
    """Where in the body the summary stands, which many systems make of its first words."""
    beginning = _beginning(own.passages[0]) if own.passages else ""
    for passage in longer.passages[:_FARTHEST_LEAD]:
        if beginning and passage.text.startswith(beginning):
            return range(passage.place, passage.place + len(own.passages))
    return range(0)


def _beginning(passage: Passage) -> str:
    return passage.text[:_SAME_BEGINNING].rstrip(" .…")


def _completed(own: _Source, longer: _Source, headline: _Title) -> _Source:
    """The source with a last sentence that breaks off replaced by the body's whole one."""
    if not own.passages or _is_whole(own.passages[-1], own.passages):
        return own
    *first, last = own.passages
    beginning = _beginning(last)
    for passage in longer.passages:
        if len(beginning) > _LEAST_NEW and passage.text.startswith(beginning):
            whole = [*first, replace(passage, place=last.place)]
            return _source(f"{own.name}, completed from the body", whole, headline)
    return own


def _lede(longer: _Source, headline: _Title, chosen: Sequence[_Candidate]) -> list[_Candidate]:
    """The body's first sentence where the summary needs it to be understood, else nothing."""
    first = next(iter(longer.candidates), None)
    if first is None or first.place or first.reference is not Reference.NOTHING:
        return []
    needs_it = bool(chosen) and chosen[0].reference is not Reference.NOTHING
    together = [first, *chosen]
    has_room = len(together) <= _MOST_SENTENCES and _length(_joined(together)) <= MAX_LENGTH
    is_new = all(_tells_more(candidate, headline, [first]) for candidate in chosen)
    return [first] if needs_it and has_room and is_new else []


# ---- the choice


def _chosen(source: _Source, headline: _Title, before: Sequence[_Candidate]) -> list[_Candidate]:
    """The sentences to show of a source in its order, beside those shown `before`."""
    taken: list[_Candidate] = []
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
        taken.append(max(fitting, key=lambda c: _worth_at(c, start, source)))
    return taken


def _worth_at(candidate: _Candidate, start: int, source: _Source) -> float:
    """How much a sentence is worth showing after what stands before `start`."""
    near = 3.0 / (1 + 0.4 * (candidate.place - start))
    return candidate.worth + near + 1.5 * (candidate.place in source.preferred)


def _reachable(
    source: _Source, taken: Sequence[_Candidate], *, is_addition: bool
) -> list[_Candidate]:
    # After a summary that stands alone the body's first sentence would say it again.
    first = taken[-1].place + 1 if taken else int(is_addition)
    reach = _FARTHEST_NEXT if taken or is_addition else _FARTHEST_LEAD
    later = [candidate for candidate in source.candidates if candidate.place >= first]
    return [candidate for candidate in later if candidate.place < first + reach] or later[:1]


def _fits(candidate: _Candidate, shown: Sequence[_Candidate], headline: _Title) -> bool:
    room = _ROOM_FOR_THIRD if len(shown) == _MOST_SENTENCES - 1 else MAX_LENGTH
    has_room = _length(_joined([*shown, candidate])) <= room
    is_worth_adding = not shown or candidate.worth >= 0
    return has_room and is_worth_adding and _tells_more(candidate, headline, shown)


def _stands(
    candidate: _Candidate,
    taken: Sequence[_Candidate],
    shown: Sequence[_Candidate],
    headline: _Title,
) -> bool:
    """Whether what a sentence refers back to is there to be read."""
    if candidate.reference is Reference.NOTHING:
        return True
    follows = bool(taken) and taken[-1].place == candidate.place - 1
    if candidate.reference is Reference.PERSON:
        return follows and names_a_person(taken[-1].text)
    thing = thing_of(candidate.text)
    if thing and _stems(thing) <= headline.stems.union(*(one.stems for one in shown)):
        return True
    opens = not shown and candidate.place == 0 and bool(headline.text)
    return follows or (opens and candidate.reference is Reference.THING)


def _has_stranger(
    candidate: _Candidate, source: _Source, shown: Sequence[_Candidate], headline: _Title
) -> bool:
    """Whether a sentence calls someone by a last name who was introduced in one not shown."""
    for found in _SPEAKER.finditer(candidate.text):
        name = found[1] or found[2]
        read = [headline.text, *(one.text for one in shown), candidate.text[: found.start()]]
        if re.search(rf"\b{name}\b", " ".join(read)):
            continue
        before = " ".join(passage.text for passage in source.passages[: candidate.place])
        if re.search(rf"\b(?!The\b|A\b|In\b)[A-Z][\w.]*[^\W\d]\.? {name}\b", before):
            return True
    return False


def _tells_more(candidate: _Candidate, headline: _Title, shown: Sequence[_Candidate]) -> bool:
    """Whether a sentence adds enough to the title and to what is shown."""
    stems = candidate.stems
    if any(_are_alike(stems, other.stems) for other in shown):
        return False
    new = stems.difference(headline.stems, *(other.stems for other in shown))
    has_figure = any(_DIGIT.search(stem) for stem in new)
    # A news story's first sentence does repeat the title, with more around it.
    least_share = _LEAST_NEW_SHARE - 0.15 * (has_figure or not shown)
    return len(new) >= min(_LEAST_NEW, len(stems)) and len(new) >= least_share * len(stems)


def _are_alike(stems: frozenset[str], others: frozenset[str]) -> bool:
    common = len(stems & others)
    return common >= _LEAST_COMMON and common > _MOST_ALIKE * min(len(stems), len(others))


def _stems(text: str) -> frozenset[str]:
    """The words of a text that carry it, cut to their stems; of wide scripts, pairs of signs."""
    found: set[str] = set()
    for token in _TOKEN.findall(text.casefold()):
        if not token.isascii() and _WIDE.search(token):
            found.update(token[place : place + 2] for place in range(len(token) - 1))
        elif len(token) > 3 or token[0].isdigit():  # noqa: PLR2004 - "the", "and"
            found.add(token[:_STEM])
    return frozenset(found)


# ---- what comes out


def _joined(shown: Iterable[_Candidate]) -> str:
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


def _length(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))


def _reason(*parts: tuple[_Source, Sequence[_Candidate]]) -> str:
    return " and ".join(
        f"{len(chosen)} of {len(source.passages)} sentences of {source.name}"
        for source, chosen in parts
        if chosen
    )


def _makeshift(headline: _Title, *sources: _Source) -> Summary:
    """The first sentence that is fit but for being long or cut, cut at a clause, else nothing."""
    faults: set[str] = set()
    for source in sources:
        for passage in source.passages[:_FARTHEST_LEAD]:
            fault = _makeshift_fault(passage, headline)
            if fault:
                faults.add(fault)
            elif is_ended(passage.text) and _length(passage.text) <= MAX_LENGTH:
                return Summary(passage.text, f"a sentence of {source.name} that needs the title")
            else:
                return Summary(cut_at_clause(passage.text), f"the beginning of {source.name}, cut")
    if not faults:
        return Summary("", "no text beyond the title")
    return Summary("", f"nothing to show: {', '.join(sorted(faults))}")


def _makeshift_fault(passage: Passage, headline: _Title) -> str | None:
    text = passage.text
    bare = text if is_ended(text) else text.rstrip(" .…")
    fault = fault_of(bare, headline.known_words)
    if fault:
        return fault
    candidate = _candidate(Passage(bare, 0), headline)
    if not _tells_more(candidate, headline, []):
        return "the title over again"
    if candidate.reference is Reference.NOTHING:
        return None
    is_person = candidate.reference is Reference.PERSON
    is_told = names_a_person(headline.text) if is_person else bool(headline.text)
    is_torn = passage.place > 0 or candidate.reference is Reference.TRAIN
    return "a sentence torn from its place" if is_torn or not is_told else None
