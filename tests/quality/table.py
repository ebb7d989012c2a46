"""The table that `make quality` prints: a row for each measure, with what it must reach."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measure as it came out, and whether it reaches its target."""

    measure: str
    value: str
    target: str
    ok: bool


def printed(rows: Iterable[Row]) -> str:
    """The rows as a table of Markdown."""
    lines = ["| measure | value | must reach | |", "|---|---|---|---|"]
    for row in rows:
        verdict = "ok" if row.ok else "MISSES"
        lines.append(f"| {row.measure} | {row.value} | {row.target} | {verdict} |")
    return "\n".join(lines)
