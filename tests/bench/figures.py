"""A figure with its bound, and the table of them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement; `least` or `most` is what it must reach."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def bound(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:g}" if self.most is not None else ""

    @property
    def verdict(self) -> str:
        if self.least is not None:
            return "ok" if self.value >= self.least else "MISSED"
        if self.most is not None:
            return "ok" if self.value <= self.most else "MISSED"
        return ""

    @property
    def shown(self) -> str:
        digits = 0 if self.value >= 100 else 1 if self.value >= 10 else 3
        return f"{self.value:,.{digits}f} {self.unit}"

    def line(self) -> str:
        return json.dumps(asdict(self))


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = ["| what | measured | bound | |", "|---|---|---|---|"]
    rows += [f"| {f.name} | {f.shown} | {f.bound} | {f.verdict} |" for f in figures]
    return "\n".join(rows)
