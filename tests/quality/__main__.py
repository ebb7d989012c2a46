"""`make quality`: how well news is understood, on real articles, as one table.

Each module beside this one measures one part and says what it must reach. Needs the corpus
that COINBELL_CORPUS names; exits with 1 when a measure misses its target.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.quality.table import Row, printed

PARTS = ("sentiment", "assets", "stories", "seeds", "summaries", "sources")


def main(parts: Sequence[str]) -> int:
    """Print the rows of these parts (none: of all) and return the exit code."""
    corpus = Path(os.environ.get("COINBELL_CORPUS", ""))
    if not os.environ.get("COINBELL_CORPUS") or not corpus.is_dir():
        print("COINBELL_CORPUS names no folder: there is nothing to measure on", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for part in parts or PARTS:
        rows += importlib.import_module(f"tests.quality.{part}").rows(corpus)
    print(printed(rows))
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
