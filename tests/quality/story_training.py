"""Learns what the evidence on two headlines weighs, and writes it to bot/news/stories/weights.json.

Run as `python -m tests.quality.story_training`. Owns the material, the fitting, the folds and the
choice of the threshold. It learns from the labelled pairs, from the scenes
(`tests/data/story_scenes.json`): some events of one matter each, told in two or three ways, so
that two titles of an event are a pair and two of different events a near miss; and from matters
told with leads (`tests/data/story_leads.json`), where also two articles of different matters
that share words are a pair, of strangers. Pairs that exclude each other are left out. Titles
alone are weighed by one model, articles of which one has a lead by another. What can only speak
for an event may not weigh against it, and the other way round. The folds keep pairs that share a
headline or a scene together. Only weights are written, no texts.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# scipy ships no types
from scipy.optimize import minimize  # type: ignore[import-untyped]

import bot.news.stories
from bot.domain.stories import Told, told_by
from bot.news.assets.registry import load_registry
from bot.news.inspection import article_items
from bot.news.stories.clashes import clash
from bot.news.stories.headlines import Form, Headline, headline
from bot.news.stories.lead_evidence import has_lead
from bot.news.stories.likeness import measures
from bot.news.understanding import Understanding

PAIRS = Path(__file__).parents[1] / "data" / "story_pairs.jsonl"
SCENES = PAIRS.with_name("story_scenes.json")
LEADS = PAIRS.with_name("story_leads.json")
OUTPUT = Path(bot.news.stories.__path__[0]) / "weights.json"
STRENGTH = 0.1
FOLDS = 8
# Scenes and matters are harder than the news: nearly all of their pairs are near misses.
TITLES_PRECISION = {"pairs": 0.98, "scenes": 0.96}
LEADS_PRECISION = {"scenes": 0.877, "leads": 0.865}
# Of a scene nearly all pairs are near misses; in the news few are.
NEAR_MISS_WEIGHT = 0.35
LEAD_WEIGHT = 0.5
# With leads nearly all that is compared is of strangers, as it is in the news.
STRANGERS_WEIGHT = 0.6
STRANGERS_SHARE = 2
# What titles alone show is true of articles with leads, too, if less so.
TITLES_WEIGHT = 0.7
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
# What tells headlines apart may weigh but against them, all else but for them.
AGAINST = frozenset(
    {
        "one_negated", "only_who", "names_apart", "acts_apart", "numbers_apart", "parties_apart",
        "in_aside", "future_apart", "series_apart", "product_apart", "role_apart", "place_apart",
        "result_apart", "case_apart", "law_apart", "slot_apart", "strangers",
        "nobody_shared", "one_lead", "both_leads",
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
    has_lead: bool = False


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


def read_leads(path: Path = LEADS) -> list[Pair]:
    """Every pair of articles of one matter, and those of two that share words but no fact.

    Those of two matters come a second time by their titles alone.
    """
    matters = json.loads(path.read_text(encoding="utf-8"))
    told = [
        (f"matter {matter}", event, title, lead)
        for matter, events_ in enumerate(matters)
        for event, articles in enumerate(events_)
        for title, lead in articles
    ]
    read = understood({"title": title, "summary": lead} for _, _, title, lead in told)
    headlines = [headline(replace(one, published_at=NOW)) for one in read]
    found: list[Pair] = []
    for (mine, one), (its, other) in combinations(zip(told, headlines, strict=True), 2):
        if mine[0] == its[0]:
            same = mine[1] == its[1]
            weight = 1.0 if same else LEAD_WEIGHT
            found.append(pair_of(one, other, same=same, scene=mine[0], weight=weight))
        elif len(_keys(one) & _keys(other)) >= STRANGERS_SHARE:
            found.append(_strangers(one, other, mine[0]))
        if mine[0] != its[0] and len(one.words.keys() & other.words.keys()) >= STRANGERS_SHARE:
            found.append(_strangers(_bare(one), _bare(other), mine[0]))
    return [pair for pair in found if pair.same or pair.measures is not None]


def _strangers(one: Headline, other: Headline, scene: str) -> Pair:
    """A pair of two matters, which stays in the fold of the first."""
    pair = pair_of(one, other, same=False, scene=scene, weight=STRANGERS_WEIGHT)
    return replace(pair, titles=(pair.titles[0], pair.titles[0]))


def _bare(read: Headline) -> Headline:
    return headline(replace(read.told, summary=""))


def _keys(read: Headline) -> set[str]:
    return read.words.keys() | read.opening.words.keys()


def understood(articles: Iterable[dict[str, str]]) -> list[Told]:
    """What articles tell, understood as the bot does it."""
    understanding = Understanding(load_registry())
    now = datetime(2027, 1, 1, tzinfo=UTC)
    lines = [json.dumps(article).encode() for article in articles]
    items = article_items(lines)
    return [told_by(understanding.article_of(item, source, now)) for _, item, source in items]


def _told(title: str, lead: str = "") -> Headline:
    return headline(Told(title, NOW, lead))


def pair_of(
    one: Headline, other: Headline, *, same: bool, scene: str = "", weight: float = 1.0
) -> Pair:
    """A pair with its label and what is measured of it."""
    excluded = clash(one, other) is not None or one.form is Form.ROUND_UP
    titles = (one.told.title, other.told.title)
    found = None if excluded else measures(one, other)
    return Pair(same, found, titles, scene, weight, has_lead(one, other))


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
        total = self.bias + sum(measured.get(name, 0.0) * w for name, w in self.weights.items())
        return float(1.0 / (1.0 + np.exp(-total)))


def fitted(pairs: Sequence[Pair]) -> Model:
    """A model of those pairs that exclude nothing of each other; 0 where a pair lacks a measure."""
    seen = [(pair, pair.measures) for pair in pairs if pair.measures is not None]
    names = max((list(measured) for _, measured in seen), key=len)
    raw = np.array([[measured.get(name, 0.0) for name in names] for _, measured in seen])
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


def fitted_apart(pairs: Sequence[Pair]) -> tuple[Model, Model]:
    """A model of titles alone, and one of articles of which one has a lead."""
    titles = [pair for pair in pairs if not pair.has_lead]
    leads = [pair for pair in pairs if pair.has_lead]
    leads += [replace(pair, weight=pair.weight * TITLES_WEIGHT) for pair in titles]
    return fitted(titles), fitted(leads)


def held_out_scores(pairs: Sequence[Pair]) -> list[float]:
    """The likelihood of each pair by a model that saw no pair of its event; 0 where excluded."""
    folds = [event % FOLDS for event in events(pairs)]
    models = {
        fold: fitted_apart([pair for pair, its in zip(pairs, folds, strict=True) if its != fold])
        for fold in set(folds)
    }
    return [
        models[fold][pair.has_lead].score(pair.measures) if pair.measures is not None else 0.0
        for pair, fold in zip(pairs, folds, strict=True)
    ]


def at_threshold(
    pairs: Sequence[Pair], scores: Sequence[float], least: Sequence[float]
) -> tuple[float, float]:
    """Precision, by the weight of the pairs, and recall of those that score at least so much.

    `least` is for pairs of titles alone, and for those of which one has a lead.
    """
    scored = zip(pairs, scores, strict=True)
    found = [pair for pair, score in scored if score >= least[pair.has_lead]]
    right = sum(pair.weight for pair in found if pair.same)
    there = sum(pair.weight for pair in pairs if pair.same)
    return right / max(1.0, sum(pair.weight for pair in found)), right / max(1.0, there)


Lot = tuple[list[Pair], list[float]]
Lots = dict[str, Lot]


def thresholds(lots: Lots) -> tuple[float, float]:
    """The likelihoods from which titles, and articles with leads, are of one event."""
    titles = [(_part(lots[name], False), least) for name, least in TITLES_PRECISION.items()]
    leads = [(_part(lots[name], True), least) for name, least in LEADS_PRECISION.items()]
    return _threshold(titles), _threshold(leads)


def _part(lot: Lot, has_lead: bool) -> Lot:
    pairs = [(pair, score) for pair, score in zip(*lot, strict=True) if pair.has_lead == has_lead]
    return [pair for pair, _ in pairs], [score for _, score in pairs]


def _threshold(lots: Sequence[tuple[Lot, float]]) -> float:
    """The lowest likelihood, in hundredths, by which each lot's precision is what it must be.

    Precision is jagged: what counts is where each lot first reaches its own.
    """
    return max(_first_precise(lot, least) for lot, least in lots) / 100


def _first_precise(lot: Lot, least: float) -> int:
    held = (n for n in range(30, 100) if at_threshold(*lot, (n / 100, n / 100))[0] >= least)
    return next(held, 99)


def held_out_lots() -> Lots:
    """Each lot's pairs with their likelihoods, learned without those of the same event."""
    lots = {"pairs": read_pairs(), "scenes": read_scenes(), "leads": read_leads()}
    scores = held_out_scores([pair for lot in lots.values() for pair in lot])
    found: Lots = {}
    for name, lot in lots.items():
        found[name] = (lot, scores[: len(lot)])
        scores = scores[len(lot) :]
    return found


def main() -> None:
    """Learn, tell how well that is held out, and write the weights."""
    lots = held_out_lots()
    least = thresholds(lots)
    print(f"thresholds {least}")
    for name, (pairs, scores) in lots.items():
        precision, recall = at_threshold(pairs, scores, least)
        print(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
    models = fitted_apart([pair for pairs, _ in lots.values() for pair in pairs])
    written = {
        name: {
            "same_from": least[number],
            "bias": round(model.bias, 3),
            "weights": {key: round(w, 3) for key, w in model.weights.items() if round(w, 3)},
        }
        for number, (name, model) in enumerate(zip(("titles", "leads"), models, strict=True))
    }
    OUTPUT.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
