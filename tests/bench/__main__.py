"""`make bench`: every benchmark in a process of its own, then one table.

`python -m tests.bench NAME …` runs some of them. Prints figures; fails for none.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot import logs
from tests.bench import alerts, charts, delivery
from tests.bench.figures import Figure, table

Benchmark = Callable[[Path], Awaitable[list[Figure]]]

BENCHMARKS: dict[str, Benchmark] = {
    "throughput": delivery.throughput,
    "aiogram": delivery.beside_aiogram,
    "pace": delivery.pace,
    "overtaking": delivery.overtaking,
    "owing": delivery.owing,
    "memory": delivery.memory,
    "charts": charts.charts,
    "million": alerts.million,
    "crossed": alerts.crossed,
}


def main(names: list[str]) -> None:
    figures: list[Figure] = []
    for name in names or list(BENCHMARKS):
        print(f"… {name}", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench", "--one", name],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        )
        figures += [Figure(**json.loads(line)) for line in done.stdout.splitlines()]
    print(table(figures))


async def one(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for figure in await BENCHMARKS[name](Path(folder)):
            print(figure.line())


if __name__ == "__main__":
    logs.configure("warning")
    if sys.argv[1:2] == ["--one"]:
        asyncio.run(one(sys.argv[2]))
    else:
        main(sys.argv[1:])
