"""`make chaos`: the long run. `python -m tests.chaos [--kills 100] [--chats 500] [--seed 1]`.

Prints the ledger and fails unless nothing was lost and nothing came twice but what was on the
wire when the process was killed.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot import logs
from tests.chaos.ledger import Result
from tests.chaos.scenarios import killed
from tests.chaos.stage import Stage


def _report(result: Result, place: Stage, seconds: float) -> None:
    print("\n".join(result.lines()))
    starts = place.process.start_seconds
    for name in ("stories", "firings", "broadcasts", "updates"):
        print(f"{name:<30}{_count(place, name):6,}")
    print(f"refused over limit            {len(place.server.over_limit):6,}")
    for one in place.server.over_limit:
        print(f"  {one.method} to {one.params.get('chat_id')}: {one.description}")
    print(f"start to getMe, median        {statistics.median(starts):6.2f} s")
    print(f"the whole run                 {seconds:6.0f} s")
    for name in ("lost", "repeats", "uncalled"):
        for key, count in list(getattr(result, name).items())[:20]:
            print(f"  {name}: {key}, {count} times")
    for key in (*result.judged.unexplained[:20], *result.judged.again[:20]):
        print(f"  against the rules: {key}")


def _count(place: Stage, name: str) -> int:
    """How many of a kind the run had, for whoever doubts that enough went on."""
    table = "inbox" if name == "updates" else name
    return int(place.process.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608  # ours


async def _run(options: argparse.Namespace) -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result, place = await killed(
            Path(folder),
            kills=options.kills,
            chats=options.chats,
            seed=options.seed,
            tell=lambda line: print(line, file=sys.stderr, flush=True),
        )
        _report(result, place, time.monotonic() - started)
        if options.keep_log:
            options.keep_log.write_text(place.process.log_text())
    return 0 if result.keeps_promise else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-log", type=Path, help="where the bot's log is kept")
    logs.configure("error")
    sys.exit(asyncio.run(_run(parser.parse_args())))
