"""Coins that news concerns though its title does not name them, told by its text alone.

Owns three turns of phrase: a coin that takes most of what the news counts ("Bitcoin took 71% of
it"), the coins that a rule is said to fit ("Bitcoin and ether are the only two that meet the
test"), and those that somebody chose to run something on ("The bank picked Ethereum and Solana
to carry the transfers"). Refuses shares of the market's value, which say how large a coin is and
not what happened. Whether the title names coins of its own is for `bot.news.assets.mentions`.
"""

import re
from collections.abc import Iterator, Sequence

from bot.news.assets.naming import Naming

_MOST = 50
_OF_FUNDS = r"(?:['\u2019]s)?(?:\s(?:funds?|products?|notes?|ETFs?|ETPs?|ETNs?|trusts?))?"
_SHARE = re.compile(
    rf"{_OF_FUNDS}\s(?:alone\s)?(?:took|takes|accounted\sfor|accounts\sfor|made\sup|makes\sup|drew|"
    r"attracted|received|got)\s(?:in\s)?(?:(?:about|around|roughly|nearly|almost|over|some|more\sthan)\s)?"
    r"(?:(?P<share>\d{2,3})(?:\.\d+)?\s?(?:%|percent|per\scent)|most|the\s(?:bulk|lion['\u2019]s\sshare)|"
    r"two[\s-]thirds|three[\s-]quarters|four[\s-]fifths)\sof\b"
)
_OF_VALUE = re.compile(
    r"\bmarket\s(?:cap|value|share)|\bcapitali[sz]ation\b|\bdominance\b|\bsupply\b", re.IGNORECASE
)
_JOINED = re.compile(r"(?:,\s|,?\sand\s)")
_FITS = re.compile(
    r"\s(?:(?:are|were|is|was|would\sbe|remains?)\s(?:so\sfar\s|currently\s|today\s)?the\s(?:only|sole|first)\b"
    r"|(?:alone\s|both\s)?(?:would\s)?(?:qualif(?:y|ies|ied)|meets?|fulfils?|satisf(?:y|ies))\b)"
)
_CHOSE = re.compile(
    r"\b(?:picked|chose|chosen|selected|opted\sfor|settled\son|went\swith|gone\swith)\s(?:the\s)?\Z"
)
_USE = re.compile(
    r"(?:\s(?:network|networks|blockchain|blockchains|ledger|chain|chains))?\s(?:to|for)\s"
    r"(?:carry|settle|run|host|issue|move|process|handle|record|support|power|launch|anchor|"
    r"carrying|settling|running|hosting|issuing|moving|processing|handling|recording)\b"
)
_BEGINS_WITHIN = 4  # "Only "


def concerned(sentence: str, start: int, namings: Sequence[Naming]) -> Iterator[tuple[Naming, str]]:
    """The places in a sentence that name a coin it concerns, each with the words that tell so.

    `start` is where the sentence begins in its text, to which the places of `namings` refer.
    Empty when the sentence speaks of the market's value.
    """
    inside = [n for n in namings if start <= n.start < start + len(sentence)]
    if not inside or _OF_VALUE.search(sentence):
        return
    for naming in inside:
        found = _SHARE.match(sentence, naming.end - start)
        if found is not None and int(found["share"] or _MOST) >= _MOST:
            yield naming, sentence[naming.start - start : found.end()]
    together = _opening_list(sentence, start, sorted(inside, key=lambda n: n.start))
    fits = _FITS.match(sentence, together[-1].end - start) if together else None
    if fits is not None:
        words = sentence[together[0].start - start : fits.end()].rstrip()
        yield from ((naming, words) for naming in together)


def chosen(sentence: str, start: int, namings: Sequence[Naming]) -> Iterator[tuple[Naming, str]]:
    """The places in a sentence that name a coin somebody chose to run something on.

    Each comes with the words that tell so; `start` is as in `concerned`. Empty when the sentence
    tells of no such choice.
    """
    end = start + len(sentence)
    inside = sorted((n for n in namings if start <= n.start < end), key=lambda n: n.start)
    for at, first in enumerate(inside):
        verb = _CHOSE.search(sentence, 0, first.start - start)
        together = _list_from(sentence, start, inside[at:]) if verb else []
        use = _USE.match(sentence, together[-1].end - start) if together else None
        if verb and use:
            words = sentence[verb.start() : use.end()]
            yield from ((naming, words) for naming in together)


def _opening_list(sentence: str, start: int, inside: Sequence[Naming]) -> list[Naming]:
    """The coins that a sentence begins with: "Bitcoin and ether are"."""
    if inside[0].start - start > _BEGINS_WITHIN + 1:
        return []
    return _list_from(sentence, start, inside)


def _list_from(sentence: str, start: int, inside: Sequence[Naming]) -> list[Naming]:
    """The first of the coins, and those that it is listed with."""
    together = [inside[0]]
    for naming in inside[1:]:
        if not _JOINED.fullmatch(sentence, together[-1].end - start, naming.start - start):
            break
        together.append(naming)
    return together
