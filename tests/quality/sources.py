"""How sources hold up: hostile feeds, what their files expect, and the price of an idle round."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.articles import FeedItem
from bot.domain.errors import ParseError
from bot.domain.sources import Source, SourceKind, SourceNews, SourceSettings
from bot.http import GuardedClient
from bot.news.feeds.feed import parsed_feed
from bot.news.sources.cadence import Pace
from bot.news.sources.poller import NewsPoller
from storage.database import Database, Transaction
from storage.migrating import migrate
from storage.sources import active_sources, configure_sources
from tests.quality.expectations import compared_values
from tests.quality.table import Row

_FILES = 700
_FILE_SECONDS = 1.0
_FEEDS = 1000
_ROUND_SECONDS = 10.0

# A value that one of feedparser's files states and that we give otherwise, on purpose.
_OTHERWISE = {
    "base__http_entry_id_base_docuri": (
        "an id is kept as it stands: it must not change with the address it was fetched from"
    ),
    "lang__entry_summary_xml_lang_inherit_3": "an item has one language: its title's",
    "sanitize__xml_malicious_comment": (
        "a comment that is not closed runs to the end, as in the HTML standard"
    ),
    "sanitize__item_content_encoded_script_nested_cdata": (
        "a CDATA section inside a text is markup, and goes"
    ),
}


def rows(corpus: Path) -> list[Row]:
    """The measures of sources, on the feeds of `corpus` and on 1,000 local ones."""
    hostile = corpus / "feeds" / "hostile"
    return [*_hostile_rows(hostile), _stated_row(hostile), _idle_row()]


def _hostile_rows(folder: Path) -> Iterator[Row]:
    seconds, refused, broken = [], 0, []
    files = sorted(folder.glob("*"))
    for path in files:
        body = path.read_bytes()
        started = time.perf_counter()
        try:
            parsed_feed(body, None, "https://hostile.example/feed")
        except ParseError as error:
            refused += 1
            if not error.log_text:
                broken.append(path.name)
        except Exception as error:  # noqa: BLE001 - that none is of another kind is what is measured
            broken.append(f"{path.name}: {type(error).__name__}")
        seconds.append(time.perf_counter() - started)
    read = len(files) - refused - len(broken)
    yield Row(
        "hostile feeds read or refused with a reason",
        f"{read} + {refused} of {len(files)}" + "".join(f"; {name}" for name in broken),
        f"all of {_FILES}",
        len(files) >= _FILES and not broken,
    )
    slowest = max(seconds, default=0.0)
    yield Row(
        "slowest hostile feed",
        f"{slowest:.2f} s",
        f"< {_FILE_SECONDS:g} s",
        slowest < _FILE_SECONDS,
    )


def _stated_row(folder: Path) -> Row:
    compared = list(compared_values(folder))
    others = [one for one in compared if not one.agrees]
    surprises = [
        f"{one.file}: {one.field} is {one.given!r}, not {one.stated!r}"
        for one in others
        if not any(name in one.file for name in _OTHERWISE)
    ]
    reasons = [reason for name, reason in _OTHERWISE.items() if any(name in o.file for o in others)]
    text = f"{len(compared) - len(others)} of {len(compared)}"
    if reasons:
        text += f"; on purpose otherwise: {'; '.join(reasons)}"
    if surprises:
        text += f"; differ: {'; '.join(surprises)}"
    target = "all but those on purpose"
    return Row(
        "values that feedparser's files state", text, target, bool(compared) and not surprises
    )


# ---- 1,000 unchanged feeds

# In a process of its own, so that the poller's CPU is counted alone.
_SERVER = """
import asyncio
from aiohttp import web

BODY = b"<rss version='2.0'><channel><title>t</title><item><title>T</title></item></channel></rss>"

async def serve(request):
    if "If-None-Match" in request.headers:
        return web.Response(status=304)
    return web.Response(body=BODY, headers={"ETag": '"a"'})

async def main():
    app = web.Application()
    app.router.add_get("/{name}", serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


class _NoNewsroom:
    async def take(self, source: Source, items: Sequence[FeedItem]) -> int:
        """Keep nothing; the number of items that were new."""
        del source
        return len(items)


class _NoReports:
    async def report(self, tx: Transaction, source: Source, news: SourceNews) -> None:
        """Fail: a source that answers as it should has nothing to report."""
        del tx
        raise AssertionError(f"{source.key} is {news}")


def _idle_row() -> Row:
    with _server() as port:
        seconds, unchanged = asyncio.run(_idle_round(port))
    return Row(
        f"{_FEEDS} unchanged feeds polled, CPU",
        f"{seconds:.1f} s, {unchanged} unchanged",
        f"<= {_ROUND_SECONDS:g} s",
        seconds <= _ROUND_SECONDS and unchanged == _FEEDS,
    )


@contextmanager
def _server() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


async def _idle_round(port: int) -> tuple[float, int]:
    """The CPU seconds of a round through feeds that were read before, and how many came quiet."""
    now = datetime.now(UTC)
    clock = {"now": now}
    settings = [
        SourceSettings(f"s{n}", f"S{n}", SourceKind.FEED, f"http://127.0.0.1:{port}/{n}")
        for n in range(_FEEDS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/coinbell.db")
        await migrate(database)
        async with database.writing() as tx:
            await configure_sources(tx, settings)
        async with GuardedClient() as client:
            poller = NewsPoller(
                database,
                client,
                _NoNewsroom(),
                lambda: clock["now"],
                _NoReports(),
                pace=Pace(60, 900),
                api_keys={},
            )
            await poller.poll_due()
            clock["now"] += timedelta(hours=1)
            before = time.process_time()
            await poller.poll_due()
            seconds = time.process_time() - before
        async with database.reading() as tx:
            unchanged = sum(source.quiet_polls == 1 for source in await active_sources(tx))
        await database.close()
    return seconds, unchanged
