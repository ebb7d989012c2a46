"""Learns the weights of the sentiment scorer and writes them to bot/news/tone/sentiment.json.

Run as `python -m tests.quality.sentiment_training CORPUS`, where CORPUS holds
labelled/sentiment-headlines.csv. Owns the features kept, the fitting and the folds. Our own
headlines (tests/data/sentiment_headlines.csv) are learned beside them, for what those rarely say:
prices, direction and negation; they are never measured on. Only single words, pairs of words
and groups with numbers are written, no texts.
"""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# scikit-learn ships no types
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedGroupKFold  # type: ignore[import-untyped]

import bot.news.tone
from bot.domain.articles import Sentiment
from bot.news.tone.sentiment import CLASSES, ToneFinder, Weights, features_of
from bot.news.tone.wording import Lexicon

STRENGTH = 0.06
STRENGTHS = (0.03, 0.06, 0.12)
FEWEST = {"w:": 1, "b:": 2}
ALIKE = 0.6
OUTPUT = Path(bot.news.tone.__path__[0]) / "sentiment.json"
OWN = Path(__file__).parents[1] / "data" / "sentiment_headlines.csv"


@dataclass(frozen=True)
class Labelled:
    """A headline with the label that people gave it, and its features."""

    text: str
    label: Sentiment
    features: dict[str, float]


def read_labelled(path: Path, lexicon: Lexicon) -> list[Labelled]:
    """The labelled headlines of a CSV file with the columns headline and label."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(row["headline"], Sentiment(row["label"]), counted(row["headline"], lexicon))
            for row in csv.DictReader(file)
        ]


def corpus_headlines(corpus: Path, lexicon: Lexicon) -> list[Labelled]:
    """The headlines of the corpus with the labels that people gave them."""
    return read_labelled(corpus / "labelled" / "sentiment-headlines.csv", lexicon)


def counted(text: str, lexicon: Lexicon) -> dict[str, float]:
    """The features of a headline by name, each with its amounts added up."""
    amounts: Counter[str] = Counter()
    for feature in features_of(text, lexicon):
        amounts[feature.name] += feature.amount  # type: ignore[assignment]  # Counter takes floats
    return dict(amounts)


def class_weights(headlines: Sequence[Labelled]) -> list[float]:
    """A weight for each headline, so that the three labels weigh the same together."""
    counts = Counter(headline.label for headline in headlines)
    return [len(headlines) / (len(counts) * counts[h.label]) for h in headlines]


def fitted_weights(
    headlines: Sequence[Labelled], own: Sequence[Labelled], strength: float = STRENGTH
) -> Weights:
    """The weights learned from labelled headlines and our own, rounded to what is shipped."""
    known = Counter(name for h in (*headlines, *own) for name in h.features)
    rows = [
        {k: v for k, v in h.features.items() if known[k] >= FEWEST.get(k[:2], 2)}
        for h in (*headlines, *own)
    ]
    columns = DictVectorizer()
    matrix = columns.fit_transform(rows)
    model = LogisticRegression(C=strength, max_iter=1_000, tol=1e-6)
    labels = [CLASSES.index(h.label) for h in (*headlines, *own)]
    model.fit(matrix, labels, sample_weight=[*class_weights(headlines), *class_weights(own)])
    names = columns.get_feature_names_out()
    learned = {
        str(name): tuple(round(float(weight), 3) for weight in model.coef_[:, at])
        for at, name in enumerate(names)
    }
    kept = {name: weights for name, weights in sorted(learned.items()) if any(weights)}
    return Weights(tuple(round(float(value), 3) for value in model.intercept_), kept)


def printed(weights: Weights) -> str:
    """The file that is shipped: a line for each feature, in the order of their names."""
    lines = [
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(list(values))}"
        for name, values in weights.features.items()
    ]
    intercepts = json.dumps(list(weights.intercepts))
    features = ",\n".join(lines)
    return f'{{"intercepts": {intercepts},\n"features": {{\n{features}\n}}}}\n'


# ---- folds


def groups_of(headlines: Sequence[Labelled]) -> list[int]:
    """A group for each headline, the same for those that share most of their words."""
    words = [frozenset(re.findall(r"[a-z0-9]+", h.text.lower())) for h in headlines]
    groups = list(range(len(headlines)))
    for at, here in enumerate(words):
        for other in range(at):
            shared = len(here & words[other])
            if shared and shared / len(here | words[other]) >= ALIKE:
                groups = [groups[at] if g == groups[other] else g for g in groups]
    return groups


def folds_of(
    headlines: Sequence[Labelled], groups: Sequence[int], count: int, seed: int = 0
) -> Iterator[tuple[list[int], list[int]]]:
    """Indices to learn from and to measure on; labels are spread evenly, groups kept whole."""
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    labels = [h.label.value for h in headlines]
    for learned, measured in folds.split(labels, labels, groups):
        yield [int(i) for i in learned], [int(i) for i in measured]


def macro_f1(expected: Sequence[Sentiment], given: Sequence[Sentiment]) -> float:
    """The mean of the three classes' F1, 0 to 1."""
    return sum(f1(label, expected, given) for label in CLASSES) / len(CLASSES)


def f1(label: Sentiment, expected: Sequence[Sentiment], given: Sequence[Sentiment]) -> float:
    """The F1 of one class, 0 to 1; 0 when nobody gave it."""
    both = sum(e == g == label for e, g in zip(expected, given, strict=True))
    return 2 * both / max(1, expected.count(label) + given.count(label))


def tones(headlines: Sequence[Labelled], weights: Weights, lexicon: Lexicon) -> list[Sentiment]:
    """The label that a model gives each headline."""
    finder = ToneFinder(weights, lexicon)
    return [finder.tone(headline.text).sentiment for headline in headlines]


def main() -> None:
    """Learn from the corpus that the command line names and write the weights."""
    lexicon = Lexicon.load()
    corpus = corpus_headlines(Path(sys.argv[1]), lexicon)
    weights = fitted_weights(corpus, read_labelled(OWN, lexicon))
    OUTPUT.write_text(printed(weights), encoding="utf-8")
    print(f"{len(weights.features)} features to {OUTPUT.name}")


if __name__ == "__main__":
    main()
