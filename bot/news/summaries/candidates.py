"""Sentences that a summary may show, with what they are worth.

Owns the reading of a text into sources and candidates: the words that carry a sentence, what it
refers back to, how much of the news it tells wherever it stands. Pure. Refuses to choose: that
is `bot.news.summaries.summary`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.news.summaries.cutting import hangs
from bot.news.summaries.faults import PROMOTION, fault_of, is_ended, shouts
from bot.news.summaries.passages import Passage
from bot.news.summaries.references import Reference, reference_of, without_connective

_STEM = 6
_LONGEST_LINE = 150  # a longer one without a full stop was cut by a limit
_LEAST_TITLE_SHARE = 0.25
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_DIGIT = re.compile(r"\d")
_FIGURE = re.compile(
    r"[$€£¥₿]\s?\d|\d[\d.,]*\s?(?:%|percent|million|billion|trillion|[kKmMbB]n?\b)"
)
_AMOUNT_ENDS = r"(?![.,]?\d|\s?(?:%|million|billion|trillion|[mbt]n?\b))"
_NAME = re.compile(r"(?<=[^.!?:\"“] )[A-Z][\w&]+")
_LOWER = re.compile(r"\b[a-z]{3,}\b")
# "US" is a country.
_GRAVE = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|[Yy]ou|[Yy]our|I|[Mm]y)\b(?![^“]*”)|!")
_OFFERED = re.compile(r"([A-Z]\w+(?: [A-Z]\w+)?) \(\$?([A-Z]{3,10})\)")
# Promotions name these beside what they sell; only what is said of them stays.
_RENOWNED = frozenset(
    re.findall(
        r"\w+",
        "BTC ETH SOL XRP ADA BNB DOGE SHIB PEPE TRX LINK AVAX LTC DOT SUI TON POL HYPE BCH XLM "
        "HBAR UNI NEAR APT ARB MATIC ZEC XMR TAO ENA AAVE ATOM ICP FIL CRO MNT USDT USDC",
    )
)
_RENOWNED_NAME = re.compile(
    rf"\b(?:{'|'.join(sorted(_RENOWNED))}|Bitcoin|Ethereum|Ether|Solana|Cardano|Dogecoin|Ripple|"
    r"Shiba Inu|Chainlink|Avalanche|Litecoin|Polkadot|Hyperliquid|Stellar|Binance|Tron)\b"
)
_CHOICE = re.compile(
    r"\b(?:picked|chose|chosen|selected|opted for|settled on|went with|gone with) (?:the )?"
    r"(?=[A-Z])"
)
# What went wrong, in a title; and the sentence that says how.
_MISHAP = re.compile(
    r"\b(?:hack\w*|exploit\w*|drain\w*|stolen|steals?|theft|breach\w*|outage|halt\w*|de-?peg\w*|"
    r"loses?|lost|attack\w*|glitch|bug|flaw|fails?|failed|down)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\A(?:The|Its) (?:\w+ )?(?:cause|culprit|hole|loophole|flaw|bug|fault|weakness|mistake|error|"
    r"problem|vulnerability|glitch) (?:was|is|lay|lies|sat|came|turned out|stemmed|arose)\b"
)
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
class Candidate:
    """A passage that may be shown; `worth` is what it has wherever it stands.

    `general` is one that could open many an article: it names nothing, counts nothing and says
    next to nothing of the title. `levels` are those of the offered price lines that it names and
    the title does not. `explains` is one that says what went wrong in what the title tells, or
    which coins, not of the title, somebody chose.
    """

    passage: Passage
    stems: frozenset[str]
    reference: Reference
    worth: float
    general: bool = False
    levels: frozenset[str] = frozenset()
    explains: bool = False

    @property
    def place(self) -> int:
        """Its place among the passages of its source, from 0."""
        return self.passage.place

    @property
    def text(self) -> str:
        """The sentence as it would be shown."""
        return self.passage.text


@dataclass(frozen=True, slots=True)
class Title:
    """A title with its stems, and what its article says beside it.

    `known_words` are the words that the article writes in lower case, `levels` the amounts of
    the price lines that are offered below its summary, as the article writes them.
    """

    text: str
    stems: frozenset[str]
    known_words: frozenset[str]
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """A text to choose from; `preferred` are the places that the publisher's summary quotes."""

    name: str
    passages: tuple[Passage, ...]
    candidates: tuple[Candidate, ...]
    preferred: range = range(0)


def source_of(name: str, found: Sequence[Passage], headline: Title) -> Source:
    """The passages of a text with those that may be shown, in order.

    Left out are faulty ones, ones cut short, and all about what an advertisement among them sells.
    """
    faults = [fault_of(passage.text, headline.known_words) for passage in found]
    sold = _sold(
        passage.text for passage, fault in zip(found, faults, strict=True) if fault == PROMOTION
    )
    fit = (
        passage
        for passage, fault in zip(found, faults, strict=True)
        if fault is None
        and is_whole(passage, found)
        and (sold is None or _is_beside(passage.text, sold))
    )
    candidates = tuple(candidate_of(passage, headline) for passage in fit)
    return Source(name, tuple(found), candidates)


def _sold(promotions: Iterable[str]) -> re.Pattern[str] | None:
    """The names and symbols of tokens that promotions are about; None when there are none."""
    offered = {found.groups() for text in promotions for found in _OFFERED.finditer(text)}
    names = [name for pair in offered if not _RENOWNED.intersection(pair) for name in pair]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b") if names else None


def _is_beside(text: str, sold: re.Pattern[str]) -> bool:
    """Whether a sentence of an advertisement is about a coin of renown alone."""
    return sold.search(text) is None and _RENOWNED_NAME.search(text) is not None


def candidate_of(passage: Passage, headline: Title) -> Candidate:
    """A passage with what it is worth, without a "However," that it can do without."""
    text = without_connective(passage.text)
    cut = text != passage.text
    passage = replace(passage, text=text)
    stems = stems_of(text)
    length = length_of(text)
    has_digit = _DIGIT.search(text) is not None
    has_figure = has_digit and _FIGURE.search(text) is not None
    has_name = _NAME.search(text) is not None
    worth = 2.0 * len(stems & headline.stems) / max(1, len(headline.stems))
    worth -= 0.6 * cut
    worth += 0.4 * has_figure + 0.2 * has_digit + 0.3 * has_name
    worth -= 0.5 * (length < 35) + 0.6 * (length > 260) + 0.8 * (length > 330)  # noqa: PLR2004
    worth -= 2.5 * (bool(_GRAVE.search(text)) or shouts(text, headline.text, headline.known_words))
    worth -= sum(1.2 for blemish in _BLEMISHES if blemish.search(text))
    # Names are told by their capitals, which many scripts do not have.
    is_bare = not (has_figure or has_name) and _LOWER.search(text) is not None
    is_general = is_bare and not _is_about(stems, headline)
    levels = _levels_in(text, headline) if has_digit else frozenset()
    explains = _explains(text, headline)
    return Candidate(passage, stems, reference_of(text), worth, is_general, levels, explains)


def _explains(text: str, headline: Title) -> bool:
    if _CAUSE.match(text):
        return _MISHAP.search(headline.text) is not None
    choice = _CHOICE.search(text)
    named = _RENOWNED_NAME.match(text, choice.end()) if choice else None
    return named is not None and named[0] not in headline.text


def _levels_in(text: str, headline: Title) -> frozenset[str]:
    """The offered price lines that a sentence names and its title does not."""
    named = (level for level in headline.levels if _names(level, text))
    return frozenset(level for level in named if not _names(level, headline.text))


def _names(level: str, text: str) -> bool:
    return re.search(rf"{re.escape(level)}{_AMOUNT_ENDS}", text) is not None


def _is_about(stems: frozenset[str], headline: Title) -> bool:
    """Whether words say more than next to nothing of a title."""
    return len(stems & headline.stems) >= _LEAST_TITLE_SHARE * len(headline.stems)


def is_whole(passage: Passage, among: Sequence[Passage]) -> bool:
    """Whether a passage ends where its source meant it to: a lone line may do without a mark."""
    if is_ended(passage.text):
        return True
    may_lack_mark = passage.listed or (len(among) == 1 and len(passage.text) < _LONGEST_LINE)
    is_open = passage.text.endswith(("…", "...")) or hangs(passage.text)
    return may_lack_mark and not is_open


def tells_title(candidate: Candidate, headline: Title) -> bool:
    """Whether a sentence tells what the title promises, and so might open the summary."""
    return not candidate.general and _is_about(candidate.stems, headline)


def stems_of(text: str) -> frozenset[str]:
    """The words of a text that carry it, cut to their stems; of wide scripts, pairs of signs."""
    found: set[str] = set()
    for token in _TOKEN.findall(text.casefold()):
        if not token.isascii() and _WIDE.search(token):
            found.update(token[place : place + 2] for place in range(len(token) - 1))
        elif len(token) > 3 or token[0].isdigit():  # noqa: PLR2004 - "the", "and"
            found.add(token[:_STEM])
    return frozenset(found)


def length_of(text: str) -> int:
    """The width of a text: wide signs count double."""
    return len(text) + len(_WIDE.findall(text))
