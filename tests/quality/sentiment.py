"""How well the sentiment of headlines is found, measured on headlines that it did not learn."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from bot.domain.articles import Sentiment
from bot.news.tone.sentiment import CLASSES, ToneFinder, Weights, read_weights
from bot.news.tone.wording import Lexicon
from tests.quality.sentiment_training import (
    OUTPUT,
    OWN,
    STRENGTHS,
    Labelled,
    corpus_headlines,
    f1,
    fitted_weights,
    folds_of,
    groups_of,
    macro_f1,
    read_labelled,
    tones,
)
from tests.quality.table import Row

TARGET = 0.65
FOLDS = 5
INNER_FOLDS = 3
WORDS_PER_CLASS = "{:.2f} negative, {:.2f} neutral, {:.2f} positive"


def rows(corpus: Path) -> list[Row]:
    """Macro-F1 over the folds, of the shipped weights, and whether training gives them again."""
    lexicon = Lexicon.load()
    headlines = corpus_headlines(corpus, lexicon)
    own = read_labelled(OWN, lexicon)
    groups = groups_of(headlines)
    given, by_fold = cross_validated(headlines, own, groups, lexicon)
    expected = [headline.label for headline in headlines]
    score = macro_f1(expected, given)
    classes = WORDS_PER_CLASS.format(*(f1(label, expected, given) for label in CLASSES))
    shipped = ToneFinder.load()
    seen = macro_f1(expected, [shipped.tone(h.text).sentiment for h in headlines])
    apart = furthest_apart(
        fitted_weights(headlines, own), read_weights(OUTPUT.read_text(encoding="utf-8"))
    )
    return [
        Row(
            f"sentiment macro-F1, {FOLDS} folds, tuned inside each",
            f"{score:.3f} ({classes}; folds {min(by_fold):.3f} to {max(by_fold):.3f})",
            f"≥ {TARGET}",
            score >= TARGET,
        ),
        Row(
            "sentiment macro-F1 of the shipped weights, on what they learned",
            f"{seen:.3f}",
            f"≥ {TARGET}",
            seen >= TARGET,
        ),
        Row("shipped weights, from those trained again", f"{apart:.3f}", "≤ 0.005", apart <= 0.005),
    ]


def cross_validated(
    headlines: Sequence[Labelled],
    own: Sequence[Labelled],
    groups: Sequence[int],
    lexicon: Lexicon,
    seed: int = 0,
) -> tuple[list[Sentiment], list[float]]:
    """A label for each headline by a model that did not see it, and the macro-F1 of each fold."""
    given = [Sentiment.NEUTRAL] * len(headlines)
    by_fold = []
    for learned, measured in folds_of(headlines, groups, FOLDS, seed):
        known = [headlines[i] for i in learned]
        strength = best_strength(known, own, [groups[i] for i in learned], lexicon)
        weights = fitted_weights(known, own, strength)
        labels = tones([headlines[i] for i in measured], weights, lexicon)
        for i, label in zip(measured, labels, strict=True):
            given[i] = label
        by_fold.append(macro_f1([headlines[i].label for i in measured], labels))
    return given, by_fold


def best_strength(
    headlines: Sequence[Labelled], own: Sequence[Labelled], groups: Sequence[int], lexicon: Lexicon
) -> float:
    """The strength of the fit that does best on folds of these headlines alone."""
    folds = list(folds_of(headlines, groups, INNER_FOLDS))

    def score(strength: float) -> float:
        """The mean macro-F1 over the inner folds at one strength."""
        scores = []
        for learned, measured in folds:
            weights = fitted_weights([headlines[i] for i in learned], own, strength)
            kept_aside = [headlines[i] for i in measured]
            given = tones(kept_aside, weights, lexicon)
            scores.append(macro_f1([h.label for h in kept_aside], given))
        return mean(scores)

    return max(STRENGTHS, key=score)


def furthest_apart(one: Weights, other: Weights) -> float:
    """The largest difference of a weight; a feature that only one has counts whole."""
    nothing = (0.0,) * len(CLASSES)
    pairs = [(one.intercepts, other.intercepts)]
    pairs += [
        (one.features.get(name, nothing), other.features.get(name, nothing))
        for name in one.features.keys() | other.features.keys()
    ]
    return max(abs(a - b) for first, second in pairs for a, b in zip(first, second, strict=True))
