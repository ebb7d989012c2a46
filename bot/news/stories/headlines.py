"""A headline as it is compared: its names, acts, amounts and days, and what form it has.

Owns what is read once in each article, so that comparing it with hundreds is cheap. Pure.
Refuses to compare: that is the matter of likeness.
"""

import re
from dataclasses import dataclass
from enum import Enum

from bot.domain.stories import Told
from bot.news.stories.amounts import Amount, periods_in, valuations_in
from bot.news.stories.lexicon import Kind, load_lexicon
from bot.news.stories.openings import Opening, opening
from bot.news.stories.wording import Word, words_in

_LEAD_LENGTH = 400
_MOST_TITLE = 600
_MOST_LEAD_WORDS = 60


class Form(Enum):
    """What an article is by the form of its title; only NEWS tells an event."""

    NEWS = "news"
    QUESTION = "question"
    EXPLAINER = "explainer"
    OPINION = "opinion"
    ROUND_UP = "round-up"


_FORMS = (
    (
        Form.ROUND_UP,
        re.compile(
            r"\b(?:daybook|round-?up|(?:the )?week in (?:crypto|bitcoin|review|charts?|defi|"
            r"ethereum|web3|numbers|pictures|tech|ai|markets?|policy|nfts?)\b|"
            r"(?:day|month|year) in (?:crypto|review)|"
            r"recap|newsletter|podcast|digest:|week(?:ly)? (?:in )?review|"
            r"morning (?:minute|brief\w*)|evening (?:brief\w*)|the daily|daily (?:brief|digest)|"
            r"markets? (?:today|wrap|update)|(?:what|everything that|all that) happened|"
            r"and more\b|top stories|biggest \w+ stories|performance update|"
            r"prices? (?:today|update|watch)|(?:coins?|tokens?|altcoins|cryptos?) to (?:watch|buy)|"
            r"(?:top|best) \d+\b|\d+ (?:best|top)\b|things to (?:know|watch)|this week in|"
            r"most influential|token unlocks)|!.*!",
            re.IGNORECASE,
        ),
    ),
    (
        Form.EXPLAINER,
        re.compile(
            r"^(?:how|why|what|who|where|when|here'?s (?:why|how|what)|"
            r"inside|explained|guide|a guide)\b"
            r"|\bexplain(?:ed|er)\b|\b(?:here|this|that)[\u2019']?s (?:why|how|what)\b"
            r"|\bwhat to know\b|:\s*what (?:you|to|we)\b"
            r"|\bwhat (?:it|this|that) means\b",
            re.IGNORECASE,
        ),
    ),
    (
        Form.QUESTION,
        re.compile(r"\?\W*$|^(?:will|can|could|should|is|are|does|do|did|has) .*\?", re.IGNORECASE),
    ),
    (
        Form.OPINION,
        re.compile(
            r"^(?:opinion|op-ed|editorial|interview|analysis|letter|review)\b"
            r"|: .*\b(?:could|may|might|will)"
            r" (?:push|send|drive|lift|take|spark|fuel|boost|trigger)\b"
            r"|\bprice (?:prediction|analysis|forecast)|\bopinion\b|\bop-ed\b",
            re.IGNORECASE,
        ),
    ),
)
_NEGATION = re.compile(
    r"\b(?:rule[sd]? out|not|no(?!-action)|never|without|cannot|unlikely|"
    r"(?:wo|is|are|does|do|did|ca|has)n['\u2019]?t)\b(?P<what>(?:\W+\w+){1,4})",
    re.IGNORECASE,
)


# What follows these words is what the news is set against, not the news.
_ASIDE = re.compile(
    r"\s(?:after|amid|ahead of|before|following|despite|while|because|due to|thanks to|in wake of|"
    r"even as|as (?!an?\b|its?\b|the\b|new\b|ceo|chief|chair|head|co-|director|president|"
    r"part\b|much|many|well|first|legal|low|high|soon|early))\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\bto (?!\$?\d|an?\b|the\b|its?\b|record|new\b|all|near|about|over|under|below|above|us\b)"
    r"[a-z]{3,}|\b(?:will|plans?|planned|planning|prepares?|set to|eyes|weighs?|considers?|mulls?|"
    r"could|may|might|would|proposes?|proposed|proposal|seeks?|targets?|aims?|ahead of|upcoming|"
    r"next (?:week|month|year|quarter))\b"
)
_SERIES = re.compile(
    r"\b(again|another|second|third|fourth|fifth|sixth|resum\w+|extends?|latest|re-?opens?|"
    r"first|debut|final|last)\b",
    re.IGNORECASE,
)
_SHORTEST_HEAD = 12
# What follows these words is yet to come.
_AHEAD = re.compile(
    r"\b(?:ahead of|before|awaits?|awaiting|waits? for|brace[sd]? for|bracing for|eve of|"
    r"into(?= (?:the |sunday.s |weekly )*close)|looms?|prior to|ready for|run-?up to)\b"
    r"(?P<what>(?:\W+\w+){1,5})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Headline:
    """What is compared of an article; `told` is the article itself.

    Of the title: `form` is what sort of article it is, `plain_title` its words in lower case.
    `order` are the telling words as they stand, of which the first `head_end` are its main clause
    (0: all are). `words` gives each key but of amounts its weight, `words_total` is the sum of
    those and `total` that with the amounts. `names`, `assets`, `actions` and `amounts` are the
    keys of each kind; `subjects` the names before the first act, `head_actions` the acts of the
    main clause, of the whole title where it has none, `valuations` the amounts that companies
    are valued at. `periods` are the days and months by their kind, `pending` the keys of what is
    yet to come, `series` the words that say which time it is, `negated` the acts that it says
    were or will not be; `is_negated` and `is_future` whether anything is.

    Of the lead: `lead` gives the keys that the title has not their weight, `lead_names`,
    `lead_actions` and `lead_amounts` are all of each; `opening` is what its first sentence tells.
    """

    told: Told
    form: Form
    order: tuple[Word, ...]
    words: dict[str, float]
    names: frozenset[str]
    subjects: frozenset[str]
    assets: frozenset[str]
    actions: frozenset[str]
    head_actions: frozenset[str]
    amounts: tuple[Amount, ...]
    valuations: frozenset[float]
    lead: dict[str, float]
    lead_names: frozenset[str]
    lead_actions: frozenset[str]
    lead_amounts: tuple[Amount, ...]
    opening: Opening
    periods: dict[str, frozenset[str]]
    head_end: int
    pending: frozenset[str]
    is_future: bool
    series: frozenset[str]
    is_negated: bool
    negated: frozenset[str]
    words_total: float
    total: float
    plain_title: str


def headline(told: Told) -> Headline:
    """The headline of an article; costs a fifth of a millisecond, so keep it."""
    title = told.title[:_MOST_TITLE]
    meant = {symbol.lower(): symbol for symbol in told.symbols}
    meant |= dict(zip(told.assets, told.symbols, strict=False))
    order = _composed(words_in(title, meant))
    lead = words_in(told.summary[:_LEAD_LENGTH], meant)[:_MOST_LEAD_WORDS]
    words = _weights(order)
    head_end = _head_end(title, meant)
    head_actions = _keys(order[:head_end], Kind.ACTION)
    return Headline(
        told=told,
        form=_form(title),
        order=order,
        words=words,
        names=_keys(order, Kind.NAME),
        subjects=_subjects(order),
        assets=_keys(order, Kind.ASSET),
        actions=_keys(order, Kind.ACTION),
        head_actions=head_actions or _keys(order, Kind.ACTION),
        amounts=tuple(word.amount for word in order if word.amount),
        valuations=valuations_in(title),
        lead={key: weight for key, weight in _weights(lead).items() if key not in words},
        lead_names=_keys(lead, Kind.NAME),
        lead_actions=_keys(lead, Kind.ACTION),
        lead_amounts=tuple(word.amount for word in lead if word.amount),
        opening=opening(told.summary, words, meant),
        periods=periods_in(title),
        head_end=head_end,
        pending=_pending(title, meant),
        is_future=bool(_FUTURE.search(title[: _head_cut(title) or None])),
        series=frozenset(found.lower() for found in _SERIES.findall(title)),
        is_negated=bool(_NEGATION.search(title)),
        negated=_negated(title),
        words_total=sum(words.values()),
        total=sum(words.values()) + sum({w.key: w.weight for w in order if w.amount}.values()),
        plain_title=" ".join(re.findall(r"\w+", title.casefold())),
    )


def _weights(words: tuple[Word, ...] | list[Word]) -> dict[str, float]:
    return {word.key: word.weight for word in words if word.kind is not Kind.AMOUNT}


def _keys(words: tuple[Word, ...] | list[Word], kind: Kind) -> frozenset[str]:
    return frozenset(word.key for word in words if word.kind is kind)


def _subjects(order: tuple[Word, ...]) -> frozenset[str]:
    found: list[str] = []
    for word in order:
        if word.kind is Kind.ACTION and found:
            break
        if word.kind is Kind.NAME:
            found.append(word.key)
    return frozenset(found)


def _form(title: str) -> Form:
    for form, pattern in _FORMS:
        if pattern.search(title):
            return form
    return Form.NEWS


def _negated(title: str) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for negation in _NEGATION.finditer(title):
        found |= _keys(words_in(negation["what"]), Kind.ACTION)
    return found


def _head_cut(title: str) -> int:
    """Where a title's main clause ends, 0 where it has no other clause."""
    aside = _ASIDE.search(title, _SHORTEST_HEAD)
    return aside.start() if aside else 0


def _head_end(title: str, meant: dict[str, str]) -> int:
    """How many of a title's words its main clause has, 0 where it is all of them."""
    cut = _head_cut(title)
    return len(words_in(title[:cut], meant)) if cut else 0


def _pending(title: str, meant: dict[str, str]) -> frozenset[str]:
    """The words of what a title says is yet to come."""
    found: frozenset[str] = frozenset()
    for ahead in _AHEAD.finditer(title):
        found |= frozenset(word.key for word in words_in(ahead["what"], meant))
    return found


def _composed(words: list[Word]) -> tuple[Word, ...]:
    """The words, with the act that two of them make together: what is signed is enacted."""
    lexicon = load_lexicon()
    keys = {word.key for word in words}
    for parts, act in lexicon.composed:
        if parts <= keys:
            at = next(n for n, word in enumerate(words) if word.key in parts)
            words.insert(at, Word(act, Kind.ACTION, lexicon.weight(act, Kind.ACTION)))
            keys.add(act)
    return tuple(words)
