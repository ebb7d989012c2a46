"""Metrics as Prometheus' own parser reads them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from bot.web import metrics
from bot.web.metrics import (
    Gauge,
    failing_sources,
    known_chats,
    last_poll_age,
    metrics_routes,
    metrics_text,
    waiting_messages,
)

Serve = Callable[[Iterable[web.AbstractRouteDef]], Awaitable[str]]
Sample = tuple[str, tuple[tuple[str, str], ...]]


def _samples(text: str) -> dict[Sample, float]:
    return {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _giving(values: Mapping[str, float]) -> Callable[[], Awaitable[Mapping[str, float]]]:
    async def _read() -> Mapping[str, float]:
        return values

    return _read


async def _two() -> int:
    return 2


async def test_a_scrape_gives_the_gauges_and_the_process(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    gauges = [
        waiting_messages(_giving({"alert": 1, "news": 20})),
        known_chats(_giving({"active": 5, "gone": 1})),
        failing_sources(_two),
        last_poll_age(_giving({"coindesk": 12.5, 'odd"\\\nkey': 3})),
    ]
    async with client.get(await serve(metrics_routes(gauges)) + "/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        samples = _samples(await answer.text())
    expected: dict[Sample, float] = {
        ("coinbell_messages_waiting", (("priority", "alert"),)): 1,
        ("coinbell_messages_waiting", (("priority", "news"),)): 20,
        ("coinbell_chats", (("state", "active"),)): 5,
        ("coinbell_chats", (("state", "gone"),)): 1,
        ("coinbell_sources_failing", ()): 2,
        ("coinbell_last_poll_age_seconds", (("source", "coindesk"),)): 12.5,
        ("coinbell_last_poll_age_seconds", (("source", 'odd"\\\nkey'),)): 3,
    }
    assert {key: samples.get(key) for key in expected} == expected
    assert samples["python_info", tuple(_only(samples, "python_info"))] == 1


def _only(samples: Mapping[Sample, float], name: str) -> tuple[tuple[str, str], ...]:
    (labels,) = [labels for sample, labels in samples if sample == name]
    return labels


async def test_each_scrape_reads_anew_and_a_label_that_is_gone_leaves_nothing() -> None:
    values: dict[str, float] = {"news": 7, "alert": 1}
    gauge = waiting_messages(_giving(values))
    before = _samples((await metrics_text([gauge])).decode())
    values.clear()
    values["news"] = 8
    after = _samples((await metrics_text([gauge])).decode())
    news = ("coinbell_messages_waiting", (("priority", "news"),))
    alert = ("coinbell_messages_waiting", (("priority", "alert"),))
    assert (before[news], before[alert]) == (7, 1)
    assert after[news] == 8
    assert alert not in after


async def test_a_gauge_that_fails_or_hangs_is_left_out_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "_READING_SECONDS", 0.05)

    async def _broken() -> Mapping[str, float]:
        raise OSError("no database")

    async def _hanging() -> Mapping[str, float]:
        await asyncio.Event().wait()
        return {}

    gauges = [
        Gauge("coinbell_test_broken", "Breaks.", _broken),
        Gauge("coinbell_test_hanging", "Hangs.", _hanging),
        failing_sources(_two),
    ]
    with capture_logs() as logs:
        await metrics_text(gauges)
        samples = _samples((await metrics_text(gauges)).decode())
    assert samples["coinbell_sources_failing", ()] == 2
    assert not [name for name, _ in samples if name in {g.name for g in gauges[:2]}]
    for name in ("coinbell_test_broken", "coinbell_test_hanging"):
        # Of both scrapes: the registry is rendered after the gauges were read.
        assert samples["coinbell_metric_failures_total", (("metric", name),)] == 2
    assert {entry["metric"] for entry in logs} == {g.name for g in gauges[:2]}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
async def test_a_value_that_is_no_finite_number_is_left_out(value: float) -> None:
    text = (await metrics_text([known_chats(_giving({"active": value, "gone": 2}))])).decode()
    assert 'coinbell_chats{state="gone"} 2.0' in text
    assert 'state="active"' not in text


def test_the_documentation_lists_every_metric_of_the_program() -> None:
    """Prometheus adds `_total` to a counter's name where it is missing."""
    root = Path(__file__).parent.parent.parent
    defined = re.compile(r'\b(Counter|Gauge|Histogram|Summary)\(\s*"(coinbell_\w+)"')
    sources = [path.read_text("utf-8") for path in (root / "bot").rglob("*.py")]
    names = {
        f"{name.removesuffix('_total')}_total" if kind == "Counter" else name
        for source in sources
        for kind, name in defined.findall(source)
    }
    text = (root / "docs" / "operations.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(coinbell_\w+)` \|", text, re.MULTILINE))
    assert {"coinbell_chats", "coinbell_metric_failures_total"} <= names
    assert listed == names
