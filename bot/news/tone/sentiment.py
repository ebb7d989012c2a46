"""Whether news is good or bad for what it is about, and the words that decided it.

Owns the label and the score of a headline: a linear model over its words, pairs of words, and
what `valence` makes of the words with a value. Its weights (`sentiment.json`) were learned by
tests/quality/sentiment_training.py. Refuses what it cannot explain: each feature belongs to
words of the text. Pure functions of strings, but for the one reading of the files.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from bot.domain.articles import Sentiment, Tone
from bot.news.tone.valence import UNCLEAR, Hit, hits_of
from bot.news.tone.wording import EDGE, Lexicon, Span, Token, stem, tokens_of

CLASSES = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)

_MOST_VALUE = 3.0
_CLEAR_VALUE = 0.4
_SUMMARY_SHARE = 0.35
_KNOWN_SHARE = 0.34
_NAMED_WORDS = 4
_SMALL_PULL = 0.3
_SMALL_SHARE = 0.2
_CLEAR_PULL = 0.3
_SURE_SCORE = 0.2
# What a mark needs: how far apart good and bad are, and one thing said that leans its way.
_CLEAR_SCORE = 0.12
_DECIDING_PULL = 0.5
_MAX_LENGTH = 2_000
_TURNED_SCORE = 0.25
_TURNED_GOOD, _TURNED_BAD = "g:turned+", "g:turned-"
_UNCLEAR_FEATURE = f"g:{UNCLEAR}"
# They hold a sentence together and say nothing; nor do its figures, but for sums of money.
_FILLERS = frozenset(
    stem(word)
    for word in re.findall(
        r"\w+",
        "a about after all also amid an and any are as at be been before being between both but "
        "by did do does during each even for from had has have he her here his i if in into is "
        "it its just of off on only onto or our out over own per s she so some such t than that "
        "the their them then there these they this those through to under us via was we were "
        "while who which will with within",
    )
) | {"#num", "#pct"}

NOT_UNDERSTOOD = "no words known"
NOTHING_SAID = "no words that tell good from bad"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a text: its name, its amount, and the words it was read from."""

    name: str
    amount: float
    words: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What a linear model learned: a number for each of `CLASSES`, and for each of a feature."""

    intercepts: tuple[float, ...]
    features: Mapping[str, tuple[float, ...]]


def features_of(text: str, lexicon: Lexicon) -> tuple[Feature, ...]:
    """What the model sees of a headline; a name stands once for each of its words at most.

    `w:` words, `b:` pairs of words, `g:` groups of words with a value, `lex+` and `lex-` how
    much good and bad they say, `net:` which prevails. Names of assets, firms, officials and
    places are one word each, for news of one is news of the other.
    """
    return _features(*_read(text, lexicon))


_Reading = tuple[tuple[Token, ...], tuple[Span, ...]]


def _read(text: str, lexicon: Lexicon) -> _Reading:
    """The tokens of a text, and which of them the list knows."""
    tokens = tokens_of(text[:_MAX_LENGTH])
    return tokens, lexicon.spans(tokens)


def _features(tokens: Sequence[Token], spans: Sequence[Span]) -> tuple[Feature, ...]:
    hits = hits_of(tokens, spans)
    return (*_said(tokens, hits), *_net(tokens, hits), *_worded(tokens, spans, hits))


def _words(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end] if token.stem != EDGE)


def _said(tokens: Sequence[Token], hits: Iterable[Hit]) -> list[Feature]:
    """The groups that were hit, and the sums of good and bad, each word with its part of them."""
    found, seen = [], set()
    good = sum(hit.value for hit in hits if hit.value > 0)
    bad = -sum(hit.value for hit in hits if hit.value < 0)
    for hit in hits:
        words = _words(tokens, hit.start, hit.end)
        turned = _TURNED_GOOD if hit.value > 0 else _TURNED_BAD
        name = turned if hit.turned else f"g:{hit.group}"
        if name not in seen and name != _UNCLEAR_FEATURE:
            found.append(Feature(name, 1.0, words))
            seen.add(name)
        if hit.value > 0:
            found.append(Feature("lex+", hit.value * min(1.0, _MOST_VALUE / good), words))
        elif hit.value < 0:
            found.append(Feature("lex-", -hit.value * min(1.0, _MOST_VALUE / bad), words))
    return found


def _net(tokens: Sequence[Token], hits: Sequence[Hit]) -> list[Feature]:
    total = sum(hit.value for hit in hits)
    if abs(total) <= _CLEAR_VALUE:
        return [Feature("net:even" if any(hit.value for hit in hits) else "net:none", 1.0, "")]
    name = "net:good" if total > 0 else "net:bad"
    deciding = [hit for hit in hits if hit.value * total > 0]
    whole = sum(hit.value for hit in deciding)
    return [Feature(name, h.value / whole, _words(tokens, h.start, h.end)) for h in deciding]


def _worded(
    tokens: Sequence[Token], spans: Iterable[Span], hits: Iterable[Hit]
) -> Iterable[Feature]:
    labels = _labels(tokens, spans, hits)
    seen = set()
    found = [(f"w:{label}", words) for label, words in labels if label not in _FILLERS]
    found += [
        (f"b:{a} {b}", f"{a_words} {b_words}")
        for (a, a_words), (b, b_words) in pairwise(labels)
        if _FILLERS.isdisjoint((a, b))
    ]
    for name, words in found:
        if name not in seen:
            seen.add(name)
            yield Feature(name, 1.0, words)


def _labels(
    tokens: Sequence[Token], spans: Iterable[Span], hits: Iterable[Hit]
) -> list[tuple[str, str]]:
    """Words with their text; phrases and names as one, and none of what other words changed."""
    labels: dict[int, tuple[str, str]] = {
        at: (token.stem, token.text) for at, token in enumerate(tokens) if token.stem != EDGE
    }
    for span in spans:
        name = next((sense.group for sense in span.senses if sense.kind == "name"), None)
        if name is None and span.end - span.start == 1:
            continue
        stems = "_".join(token.stem for token in tokens[span.start : span.end])
        words = _words(tokens, span.start, span.end)
        for at in range(span.start, span.end):
            labels.pop(at, None)
        labels[span.start] = (name or stems, words)
    for hit in hits:
        if hit.turned or hit.group == UNCLEAR:
            for at in range(hit.start, hit.end):
                labels.pop(at, None)
    return [labels[at] for at in sorted(labels)]


class ToneFinder:
    """Finds the tone of articles with one model, whose files are read once."""

    def __init__(self, weights: Weights, lexicon: Lexicon) -> None:
        self._weights = weights
        self._lexicon = lexicon
        self._vocabulary = _FILLERS | frozenset(
            name[2:] for name in weights.features if name.startswith("w:") and name[2:3] != "#"
        )

    @classmethod
    def load(cls) -> "ToneFinder":
        """The finder with the weights that ship with Coinbell; the files are read at first use."""
        return _shipped()

    def tone(self, title: str, summary: str = "", own: Sentiment | None = None) -> Tone:
        """The tone of an article in English; NEUTRAL with 0 where its words are not known.

        The title decides, the summary (or the text without a title) adds what its words with a
        value say. The score runs from -1 to 1, the probability of good less that of bad; its
        sign never contradicts the label. `own` is the source's judgement, which then is the
        label. The reason names the words that decided, with their weight for good, below 0 for
        bad.
        """
        found = self._judged(title, summary) if title.strip() else self._judged(summary, "")
        if own is None:
            return found
        return Tone(own, _score_for(own, found.score), f"source: {own.value}")

    def _judged(self, title: str, summary: str) -> Tone:
        tokens, spans = _read(title, self._lexicon)
        if not self._is_known(tokens, spans):
            return Tone(Sentiment.NEUTRAL, 0.0, NOT_UNDERSTOOD)
        features = list(_features(tokens, spans))
        told, told_spans = _read(summary, self._lexicon)
        features += [
            Feature(f.name, f.amount * _SUMMARY_SHARE, f.words)
            for f in _said(told, hits_of(told, told_spans))
            if f.name in ("lex+", "lex-")
        ]
        chances = probabilities(features, self._weights)
        score = round(chances[2] - chances[0], 3)
        signed, neutral = self._pulls(features)
        label = CLASSES[chances.index(max(chances))]
        if label is Sentiment.NEUTRAL:
            label = _turned_to(score, features) or label
        elif not _is_shown(score, signed):
            label = Sentiment.NEUTRAL
        return Tone(label, score, _reason(label, signed, neutral))

    def _is_known(self, tokens: Sequence[Token], spans: Sequence[Span]) -> bool:
        """Whether enough of a text's words are of the language that the model has learned."""
        named = {at for s in spans if s.is_("name") for at in range(s.start, s.end)}
        listed = {at for s in spans for at in range(s.start, s.end)} - named
        words = [at for at, t in enumerate(tokens) if t.text[0].isalpha() and at not in named]
        known = sum(at in listed or tokens[at].stem in self._vocabulary for at in words)
        return bool(known) and known >= _KNOWN_SHARE * len(words)

    def _pulls(self, features: Iterable[Feature]) -> tuple[dict[str, float], dict[str, float]]:
        """For each of the words, how far they pull to good, and how far to neither."""
        signed: dict[str, float] = defaultdict(float)
        neutral: dict[str, float] = defaultdict(float)
        for feature in features:
            weights = self._weights.features.get(feature.name)
            if weights is not None and feature.words:
                bad, neither, good = (weight * feature.amount for weight in weights)
                signed[feature.words] += good - bad
                neutral[feature.words] += neither - (good + bad) / 2
        return signed, neutral


def _is_shown(score: float, signed: Mapping[str, float]) -> bool:
    """Whether a score is clear, and something that was said leans its way by itself."""
    if abs(score) < _CLEAR_SCORE:
        return False
    side = math.copysign(1.0, score)
    return any(pull * side >= _DECIDING_PULL for pull in signed.values())


def _reason(label: Sentiment, signed: Mapping[str, float], neutral: Mapping[str, float]) -> str:
    strong = _strongest(signed)
    named = ", ".join(f'"{words}" {pull:+.1f}' for words, pull in strong)
    if label is not Sentiment.NEUTRAL:
        return f"words: {named}" if named else NOTHING_SAID
    calm = [(words, pull) for words, pull in _strongest(neutral) if pull >= _CLEAR_PULL]
    if calm:
        return "words for neither: " + ", ".join(f'"{w}" {pull:.1f}' for w, pull in calm)
    in_balance = strong and abs(strong[0][1]) >= _CLEAR_PULL
    return f"words in balance: {named}" if in_balance else NOTHING_SAID


def _turned_to(score: float, features: Iterable[Feature]) -> Sentiment | None:
    """The label of a clear direction, "inflation cools": it outweighs words that say nothing."""
    turned = {feature.name for feature in features} & {_TURNED_GOOD, _TURNED_BAD}
    if score >= _TURNED_SCORE and turned == {_TURNED_GOOD}:
        return Sentiment.POSITIVE
    if score <= -_TURNED_SCORE and turned == {_TURNED_BAD}:
        return Sentiment.NEGATIVE
    return None


def _strongest(pulls: Mapping[str, float]) -> list[tuple[str, float]]:
    ranked = sorted(pulls.items(), key=lambda item: (-abs(item[1]), item[0]))
    least = max(_SMALL_PULL, _SMALL_SHARE * abs(ranked[0][1])) if ranked else 0.0
    return [(words, pull) for words, pull in ranked if abs(pull) >= least][:_NAMED_WORDS]


def probabilities(features: Iterable[Feature], weights: Weights) -> tuple[float, ...]:
    """The probability of each of `CLASSES`: the softmax of the weighted sums."""
    sums = list(weights.intercepts)
    for feature in features:
        for at, weight in enumerate(weights.features.get(feature.name, ())):
            sums[at] += weight * feature.amount
    powers = [math.exp(value - max(sums)) for value in sums]
    return tuple(power / sum(powers) for power in powers)


def _score_for(label: Sentiment, score: float) -> float:
    """The score brought to the label's side, for a judgement that is not the model's."""
    if label is Sentiment.POSITIVE:
        return max(score, _SURE_SCORE)
    if label is Sentiment.NEGATIVE:
        return min(score, -_SURE_SCORE)
    return max(-_SURE_SCORE, min(_SURE_SCORE, score))


def read_weights(text: str) -> Weights:
    """The weights of a file as the training writes it."""
    data = json.loads(text)
    features = {name: tuple(weights) for name, weights in data["features"].items()}
    return Weights(tuple(data["intercepts"]), features)


@cache
def _shipped() -> ToneFinder:
    source = resources.files("bot.news.tone").joinpath("sentiment.json")
    return ToneFinder(read_weights(source.read_text(encoding="utf-8")), Lexicon.load())
