"""A headline as it is compared: its names, acts, amounts and days, and what form it has.

Owns what is read once in each article, so that comparing it with hundreds is cheap. Pure.
Refuses to compare: that is the matter of likeness.
"""

import re
from dataclasses import dataclass
from enum import Enum

from bot.domain.stories import Told
from bot.news.stories.amounts import Amount, periods_in
from bot.news.stories.lexicon import Kind
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
            r"\b(?:daybook|round-?up|(?:the )?week in \w+|(?:day|month|year) in (?:crypto|review)|"
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
            r"|\bwhat to know\b"
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


@dataclass(frozen=True, slots=True, eq=False)
class Headline:
    """What is compared of an article; `told` is the article itself.

    `words` and `lead` give each key its weight, the lead without what the title has.
    `order` are the title's words as they stand; `subjects` the names before its first act, and
    `negated` the acts that it says were or will not be.
    """

    told: Told
    form: Form
    order: tuple[Word, ...]
    words: dict[str, float]
    names: frozenset[str]
    subjects: frozenset[str]
    assets: frozenset[str]
    actions: frozenset[str]
    amounts: tuple[Amount, ...]
    lead: dict[str, float]
    lead_names: frozenset[str]
    lead_actions: frozenset[str]
    lead_amounts: tuple[Amount, ...]
    periods: dict[str, frozenset[str]]
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
    order = tuple(words_in(title, meant))
    opening = words_in(told.summary[:_LEAD_LENGTH], meant)[:_MOST_LEAD_WORDS]
    words = _weights(order)
    return Headline(
        told=told,
        form=_form(title),
        order=order,
        words=words,
        names=_keys(order, Kind.NAME),
        subjects=_subjects(order),
        assets=_keys(order, Kind.ASSET),
        actions=_keys(order, Kind.ACTION),
        amounts=tuple(word.amount for word in order if word.amount),
        lead={key: weight for key, weight in _weights(opening).items() if key not in words},
        lead_names=_keys(opening, Kind.NAME),
        lead_actions=_keys(opening, Kind.ACTION),
        lead_amounts=tuple(word.amount for word in opening if word.amount),
        periods=periods_in(title),
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
