"""The two sample articles, and what must come out of them.

They lie in the folder `seeds` beside the corpus; without it there are no rows of figures. One
has its title and description in front of its body, the other is a body alone.
"""

import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from bot.domain.articles import FeedItem, Figure, FigureKind, FigureRole, Mention, Role
from bot.news.assets.mentions import MentionFinder
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.cleaning.text import tidy_text
from bot.news.figures.finding import figures_of
from bot.news.understanding import Understanding
from tests.quality.table import Row

_MOST_MILLISECONDS = 10.0
_TIMED_ARTICLES = 60
_ROUNDS = 5
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FIELD = re.compile(r"^(\w+): '(.*)'$", re.MULTILINE)


@dataclass(frozen=True)
class Expected:
    """A figure that an article must give: one of the kinds, in one of the roles."""

    kinds: frozenset[FigureKind]
    symbol: str | None
    value: int | str
    roles: frozenset[FigureRole | None] = frozenset({None})
    period: str | None = None

    def is_met(self, figures: Iterable[Figure]) -> bool:
        """Whether one of the figures is this one."""
        return any(
            figure.kind in self.kinds
            and figure.symbol == self.symbol
            and figure.value == Decimal(self.value)
            and figure.role in self.roles
            and (self.period is None or figure.period == self.period)
            for figure in figures
        )


_PRICE = frozenset({FigureKind.PRICE})
_LEVEL = frozenset({FigureKind.LEVEL})
_EITHER = _PRICE | _LEVEL
_MOVE = frozenset({FigureKind.MOVE})
_LIQUIDATION = frozenset({FigureKind.LIQUIDATION})
_REACHED = frozenset({FigureRole.REACHED})
_RESISTANCE = frozenset({FigureRole.RESISTANCE})

RALLY = (
    Expected(_PRICE, "BTC", 93_000, _REACHED),
    Expected(_LIQUIDATION, None, 260_000_000),
)
BREAKOUT = (
    Expected(_PRICE, "BTC", 97_800, _REACHED),
    Expected(_LEVEL, "BTC", 95_000, _RESISTANCE),
    Expected(_PRICE, "ETH", 3_380, _REACHED),
    Expected(_LEVEL, "ETH", 3_300, _RESISTANCE | {None}),
    Expected(_LEVEL, "ETH", 3_500, _RESISTANCE | {FigureRole.TARGET}),
    Expected(_LEVEL, "BTC", 100_000, frozenset({FigureRole.TARGET})),
    Expected(_EITHER, "BTC", 126_000, frozenset({FigureRole.ALL_TIME_HIGH})),
    Expected(_MOVE, "BTC", "3.5", period="24h"),
    Expected(_MOVE, "ETH", 5, period="24h"),
    Expected(_LIQUIDATION, None, 700_000_000),
    Expected(_LIQUIDATION, "BTC", 380_000_000),
    Expected(_LIQUIDATION, "ETH", 250_000_000),
)


class _Reader:
    """What reads an article, loaded once."""

    def __init__(self) -> None:
        assets = load_registry()
        self._finder = MentionFinder(assets)
        self._names = AssetNames(assets)

    def primary(self, title: str, summary: str, body: str) -> list[Mention]:
        """The assets that an article is about."""
        mentions = self._finder.mentions(title, summary, body)
        return [mention for mention in mentions if mention.role is Role.PRIMARY]

    def figures(
        self, title: str, summary: str, body: str, primary: Sequence[Mention]
    ) -> tuple[Figure, ...]:
        """The figures of an article that is about these assets."""
        return figures_of(title, summary, body, self._names, primary)


def rows(corpus: Path) -> list[Row]:
    """A row for each sample article, one for levels nobody named, one for the CPU's time."""
    reader = _Reader()
    found = []
    folder = corpus.parent / "seeds"
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        found += _sample_rows(path, reader)
    return [*found, _time_row(corpus)]


def _sample_rows(path: Path, reader: _Reader) -> list[Row]:
    text = path.read_text(encoding="utf-8")
    front = _FRONT.match(text)
    fields = dict(_FIELD.findall(front[1])) if front else {}
    title, summary = tidy_text(fields.get("title", "")), tidy_text(fields.get("description", ""))
    body = tidy_text(text[front.end() :] if front else text)
    figures = reader.figures(title, summary, body, reader.primary(title, summary, body))
    expected = RALLY if front else BREAKOUT
    name = "sample of a news API" if front else "sample of a news site"
    missing = [str(e.value) for e in expected if not e.is_met(figures)]
    told = {Decimal(e.value) for e in expected if e.kinds <= _EITHER}
    wrong = [f.words for f in figures if f.kind in _EITHER and f.value not in told]
    met = len(expected) - len(missing)
    return [
        Row(
            f"figures, {name}" + (f" (misses {', '.join(missing)})" if missing else ""),
            f"{met} of {len(expected)}",
            "all",
            not missing,
        ),
        Row(f"levels nobody named, {name}", ", ".join(wrong) or "none", "none", not wrong),
    ]


def _time_row(corpus: Path) -> Row:
    """The CPU's time for all that is understood of articles of 6,000 characters."""
    path = corpus / "labelled" / "article-categories.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    items = [
        FeedItem(str(line["id"]), line["title"], body=tidy_text(line["body"])[:6_000])
        for line in lines
        if len(line["body"]) > 6_000
    ][:_TIMED_ARTICLES]
    understanding, now = Understanding(load_registry()), datetime.now(UTC)
    best = sum(min(_seconds(understanding, item, now) for _ in range(_ROUNDS)) for item in items)
    milliseconds = best / max(len(items), 1) * 1000
    return Row(
        f"CPU of understanding one article, mean of {len(items)} long ones",
        f"{milliseconds:.1f} ms",
        f"<= {_MOST_MILLISECONDS:.0f} ms",
        milliseconds <= _MOST_MILLISECONDS,
    )


def _seconds(understanding: Understanding, item: FeedItem, now: datetime) -> float:
    start = time.process_time()
    understanding.article_of(item, "sample", now)
    return time.process_time() - start
