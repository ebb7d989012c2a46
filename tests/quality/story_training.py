"""Learns what the evidence on two headlines weighs, and writes it to bot/news/stories/weights.json.

Run as `python -m tests.quality.story_training`. Owns the fitting, the folds and the choice of
the threshold. It learns from the labelled pairs that exclude nothing of each other, half b of
the last lot left out: that half is only measured. The folds keep pairs that share a headline
together. Only weights are written, no texts.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

# scikit-learn ships no types
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline, make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

import bot.news.stories
from bot.domain.stories import Told
from bot.news.stories.clashes import clash
from bot.news.stories.evidence import Evidence, evidence
from bot.news.stories.headlines import Form, headline

PAIRS = Path(__file__).parents[1] / "data" / "story_pairs.jsonl"
OUTPUT = Path(bot.news.stories.__path__[0]) / "weights.json"
FIELDS = tuple(field.name for field in fields(Evidence))
STRENGTH = 0.1
FOLDS = 8
PRECISION = 0.98
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Pair:
    """A labelled pair: what the evidence measures, None where facts exclude each other."""

    same: bool
    measures: tuple[float, ...] | None
    titles: tuple[str, str]
    half: str


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """Every labelled pair with its evidence."""
    return [_pair(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _pair(line: dict[str, str | bool]) -> Pair:
    one = headline(Told(str(line["a"]), NOW, str(line.get("a_lead", ""))))
    other = headline(Told(str(line["b"]), NOW, str(line.get("b_lead", ""))))
    excluded = clash(one, other) is not None or one.form is Form.ROUND_UP
    measures = None if excluded else tuple(asdict(evidence(one, other)).values())
    titles = (one.told.title, other.told.title)
    return Pair(bool(line["same"]), measures, titles, str(line.get("half", "")))


def events(pairs: Sequence[Pair]) -> list[int]:
    """The event of each pair: equal for those that are linked by a headline."""
    parents: dict[str, str] = {}

    def root(title: str) -> str:
        while parents.setdefault(title, title) != title:
            title = parents[title]
        return title

    for pair in pairs:
        parents[root(pair.titles[0])] = root(pair.titles[1])
    return [crc32(root(pair.titles[0]).encode()) for pair in pairs]


def fitted(pairs: Sequence[Pair]) -> Pipeline:
    """A model of those pairs that exclude nothing of each other."""
    seen = [pair for pair in pairs if pair.measures is not None]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=3_000))
    model.fit([pair.measures for pair in seen], [pair.same for pair in seen])
    return model


def held_out_scores(pairs: Sequence[Pair]) -> list[float]:
    """The likelihood of each pair by a model that saw no pair of its event; 0 where excluded."""
    folds = [event % FOLDS for event in events(pairs)]
    models = {
        fold: fitted([pair for pair, its in zip(pairs, folds, strict=True) if its != fold])
        for fold in set(folds)
    }
    return [
        float(models[fold].predict_proba([pair.measures])[0][1]) if pair.measures else 0.0
        for pair, fold in zip(pairs, folds, strict=True)
    ]


def at_threshold(
    pairs: Sequence[Pair], scores: Sequence[float], least: float
) -> tuple[float, float]:
    """Precision and recall of those that score at least so much."""
    found = [pair.same for pair, score in zip(pairs, scores, strict=True) if score >= least]
    return sum(found) / max(1, len(found)), sum(found) / max(1, sum(p.same for p in pairs))


def threshold(pairs: Sequence[Pair], scores: Sequence[float]) -> float:
    """The lowest likelihood from which on precision holds, in hundredths."""
    held = (n for n in range(30, 100) if at_threshold(pairs, scores, n / 100)[0] >= PRECISION)
    return next(held, 99) / 100


def learned_weights(pairs: Sequence[Pair]) -> tuple[float, dict[str, float]]:
    """The bias, and what each measure weighs, unscaled."""
    scaler, model = (step for _, step in fitted(pairs).steps)
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - (weights * scaler.mean_).sum())
    return bias, {name: round(float(w), 3) for name, w in zip(FIELDS, weights, strict=True)}


def main() -> None:
    """Learn, tell how well that is held out, and write the weights."""
    pairs = read_pairs()
    learned = [pair for pair in pairs if pair.half != "b"]
    scores = held_out_scores(learned)
    least = threshold(learned, scores)
    print(f"threshold {least:.2f}")
    for name, halves in {"all": "a", "older lots": "", "half a": "a"}.items():
        some = [
            (pair, score)
            for pair, score in zip(learned, scores, strict=True)
            if name == "all" or pair.half == halves
        ]
        precision, recall = at_threshold([p for p, _ in some], [s for _, s in some], least)
        print(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
    bias, weights = learned_weights(learned)
    written = {"same_from": least, "bias": round(bias, 3), "weights": weights}
    OUTPUT.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
