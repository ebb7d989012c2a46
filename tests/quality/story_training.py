"""Learns what the evidence on two headlines weighs, and writes it to bot/news/stories/weights.json.

Run as `python -m tests.quality.story_training`. Owns the material, the fitting, the folds and the
choice of the threshold. It learns from the labelled pairs and from the scenes
(`tests/data/story_scenes.json`): some events of one matter each, told in two or three ways, so
that two titles of an event are a pair and two of different events a near miss. Pairs that
exclude each other are left out. What can only speak for an event may not weigh against it, and
the other way round. The folds keep pairs that share a headline or a scene together. Only weights
are written, no texts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# scipy ships no types
from scipy.optimize import minimize  # type: ignore[import-untyped]

import bot.news.stories
from bot.domain.stories import Told
from bot.news.stories.clashes import clash
from bot.news.stories.headlines import Form, Headline, headline
from bot.news.stories.likeness import measures

PAIRS = Path(__file__).parents[1] / "data" / "story_pairs.jsonl"
SCENES = PAIRS.with_name("story_scenes.json")
OUTPUT = Path(bot.news.stories.__path__[0]) / "weights.json"
STRENGTH = 0.1
FOLDS = 8
# Scenes are harder than the news: nearly all of their pairs are near misses.
PRECISIONS = {"pairs": 0.98, "scenes": 0.945}
# Of a scene nearly all pairs are near misses; in the news few are.
NEAR_MISS_WEIGHT = 0.35
LEAD_WEIGHT = 0.5
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
# What tells headlines apart may weigh but against them, all else but for them.
AGAINST = frozenset(
    {
        "one_negated", "only_who", "names_apart", "acts_apart", "numbers_apart", "parties_apart",
        "in_aside", "future_apart", "series_apart", "product_apart", "role_apart", "place_apart",
        "result_apart", "stage_apart", "case_apart", "law_apart", "slot_apart", "strangers",
    }
)  # fmt: skip

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """A labelled pair: what is measured of it, None where facts exclude each other."""

    same: bool
    measures: dict[str, float] | None
    titles: tuple[str, str]
    scene: str = ""
    weight: float = 1.0


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """Every labelled pair with its evidence."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [
        pair_of(
            _told(line["a"], line.get("a_lead", "")),
            _told(line["b"], line.get("b_lead", "")),
            same=line["same"],
        )
        for line in lines
    ]


def read_scenes(path: Path = SCENES) -> list[Pair]:
    """Every pair of headlines of one scene, those whose label is unclear left out.

    Each pair comes a second time with leads, where its events have titles to spare for them.
    """
    found: list[Pair] = []
    for number, scene in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        told: list[tuple[int, int, str, str]] = []
        base = 0
        for event, part in enumerate(scene):
            base = event if part["is"] == "other" else base
            told += [(event, base, part["is"], title) for title in part["titles"]]
        for (event, base, kind, one), (its_event, its_base, its_kind, other) in combinations(
            told, 2
        ):
            is_further = kind == "other" and its_kind == "further"
            if base == its_base and event != its_event and not is_further:
                continue
            spare = [
                [title for title in scene[n]["titles"] if title not in {one, other}]
                for n in (event, its_event)
            ]
            found += _scene_pairs(one, other, spare, f"scene {number}", same=base == its_base)
    return found


def _scene_pairs(
    one: str, other: str, spare: list[list[str]], scene: str, *, same: bool
) -> list[Pair]:
    weight = 1.0 if same else NEAR_MISS_WEIGHT
    bare = pair_of(_told(one), _told(other), same=same, scene=scene, weight=weight)
    leads = ["".join(titles[:1]) for titles in spare]
    if not all(leads):
        return [bare]
    told = _told(one, leads[0]), _told(other, leads[1] if leads[1] != leads[0] else "")
    return [bare, pair_of(*told, same=same, scene=scene, weight=weight * LEAD_WEIGHT)]


def _told(title: str, lead: str = "") -> Headline:
    return headline(Told(title, NOW, lead))


def pair_of(
    one: Headline, other: Headline, *, same: bool, scene: str = "", weight: float = 1.0
) -> Pair:
    """A pair with its label and what is measured of it."""
    excluded = clash(one, other) is not None or one.form is Form.ROUND_UP
    titles = (one.told.title, other.told.title)
    return Pair(same, None if excluded else measures(one, other), titles, scene, weight)


def events(pairs: Sequence[Pair]) -> list[int]:
    """The event of each pair: equal for those that are linked by a headline or a scene."""
    parents: dict[str, str] = {}

    def root(title: str) -> str:
        while parents.setdefault(title, title) != title:
            title = parents[title]
        return title

    for pair in pairs:
        parents[root(pair.titles[0])] = root(pair.titles[1])
        if pair.scene:
            parents[root(pair.titles[0])] = root(pair.scene)
    return [crc32(root(pair.titles[0]).encode()) for pair in pairs]


@dataclass(frozen=True)
class Model:
    """A logistic regression: the bias, and what each measure weighs."""

    bias: float
    weights: dict[str, float] = field(default_factory=dict)

    def score(self, measured: dict[str, float]) -> float:
        """The likelihood that a pair is of one event."""
        total = self.bias + sum(measured[name] * w for name, w in self.weights.items())
        return float(1.0 / (1.0 + np.exp(-total)))


def fitted(pairs: Sequence[Pair]) -> Model:
    """A model of those pairs that exclude nothing of each other."""
    seen = [(pair, pair.measures) for pair in pairs if pair.measures is not None]
    names = list(seen[0][1])
    raw = np.array([[measured[name] for name in names] for _, measured in seen])
    mean, scale = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    scaled = (raw - mean) / scale
    signs = np.array([1.0 if pair.same else -1.0 for pair, _ in seen])
    shares = np.array([pair.weight for pair, _ in seen])

    def loss(values: Floats) -> tuple[float, Floats]:
        margins = signs * (scaled @ values[:-1] + values[-1])
        slopes = -signs * shares / (1.0 + np.exp(margins))
        total = (shares * np.logaddexp(0.0, -margins)).sum()
        total += (values[:-1] ** 2).sum() / 2 / STRENGTH
        return float(total), np.append(scaled.T @ slopes + values[:-1] / STRENGTH, slopes.sum())

    bounds = [*(_bound(name) for name in names), (None, None)]
    start = np.zeros(len(names) + 1)
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[:-1] / scale
    bias = float(found[-1] - (weights * mean).sum())
    return Model(bias, {n: float(w) for n, w in zip(names, weights, strict=True)})


def _bound(name: str) -> tuple[float | None, float | None]:
    return (None, 0.0) if name in AGAINST else (0.0, None)


def held_out_scores(pairs: Sequence[Pair]) -> list[float]:
    """The likelihood of each pair by a model that saw no pair of its event; 0 where excluded."""
    folds = [event % FOLDS for event in events(pairs)]
    models = {
        fold: fitted([pair for pair, its in zip(pairs, folds, strict=True) if its != fold])
        for fold in set(folds)
    }
    return [
        models[fold].score(pair.measures) if pair.measures is not None else 0.0
        for pair, fold in zip(pairs, folds, strict=True)
    ]


def at_threshold(
    pairs: Sequence[Pair], scores: Sequence[float], least: float
) -> tuple[float, float]:
    """Precision, by the weight of the pairs, and recall of those that score at least so much."""
    found = [pair for pair, score in zip(pairs, scores, strict=True) if score >= least]
    right = sum(pair.weight for pair in found if pair.same)
    there = sum(pair.weight for pair in pairs if pair.same)
    return right / max(1.0, sum(pair.weight for pair in found)), right / max(1.0, there)


def threshold(lots: Sequence[tuple[Sequence[Pair], Sequence[float], float]]) -> float:
    """The lowest likelihood, in hundredths, from which each lot's precision is what it must be."""
    held = (
        n
        for n in range(30, 100)
        if all(at_threshold(pairs, scores, n / 100)[0] >= least for pairs, scores, least in lots)
    )
    return next(held, 99) / 100


def held_out_lots() -> dict[str, tuple[list[Pair], list[float]]]:
    """The pairs and the scenes, each with the likelihoods of its pairs, learned without them."""
    lots = {"pairs": read_pairs(), "scenes": read_scenes()}
    scores = held_out_scores([pair for lot in lots.values() for pair in lot])
    found: dict[str, tuple[list[Pair], list[float]]] = {}
    for name, lot in lots.items():
        found[name] = (lot, scores[: len(lot)])
        scores = scores[len(lot) :]
    return found


def main() -> None:
    """Learn, tell how well that is held out, and write the weights."""
    lots = held_out_lots()
    least = threshold([(*lots[name], precision) for name, precision in PRECISIONS.items()])
    print(f"threshold {least:.2f}")
    for name, (pairs, scores) in lots.items():
        precision, recall = at_threshold(pairs, scores, least)
        print(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
    model = fitted([pair for pairs, _ in lots.values() for pair in pairs])
    weights = {name: round(weight, 3) for name, weight in model.weights.items() if round(weight, 3)}
    written = {"same_from": least, "bias": round(model.bias, 3), "weights": weights}
    OUTPUT.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
