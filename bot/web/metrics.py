"""What Prometheus scrapes.

Owns `/metrics`: the counters of the process's default registry, and gauges that are read anew
at each scrape from functions that `bot.app` gives. Refuses to fail as a whole: a gauge that
cannot be read is left out and counted.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, REGISTRY, CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

_READING_SECONDS: Final = 2.0

READING_FAILURES: Final = Counter(
    "coinbell_metric_failures_total", "Gauges that could not be read at a scrape.", ["metric"]
)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge that is read when it is asked for.

    `read` gives its values by the value of `label`, an empty mapping for none. A gauge
    without a label gives one value, under the empty text.
    """

    name: str
    help_text: str
    read: Callable[[], Awaitable[Mapping[str, float]]]
    label: str = ""


def waiting_messages(read: Callable[[], Awaitable[Mapping[str, float]]]) -> Gauge:
    """The gauge of messages that wait in the outbox, by the name of their priority."""
    return Gauge(
        "coinbell_messages_waiting", "Messages waiting to be sent, by priority.", read, "priority"
    )


def known_chats(read: Callable[[], Awaitable[Mapping[str, float]]]) -> Gauge:
    """The gauge of chats, by state: active, paused, gone."""
    return Gauge("coinbell_chats", "Chats the bot knows, by state.", read, "state")


def failing_sources(read: Callable[[], Awaitable[int]]) -> Gauge:
    """The gauge of sources whose last poll failed."""

    async def _read() -> Mapping[str, float]:
        return {"": await read()}

    return Gauge("coinbell_sources_failing", "Sources whose last poll failed.", _read)


def last_poll_age(read: Callable[[], Awaitable[Mapping[str, float]]]) -> Gauge:
    """The gauge of seconds since each source was last polled, by its key."""
    return Gauge(
        "coinbell_last_poll_age_seconds",
        "Seconds since a source was last polled.",
        read,
        "source",
    )


def metrics_routes(gauges: Iterable[Gauge] = ()) -> list[web.RouteDef]:
    """The route of `/metrics`, in Prometheus' text format 0.0.4."""
    asked = tuple(gauges)

    async def _metrics(_: web.Request) -> web.Response:
        body = await metrics_text(asked)
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4})

    return [web.get("/metrics", _metrics)]


async def metrics_text(gauges: Iterable[Gauge]) -> bytes:
    """The default registry and the gauges as they are now; all gauges are read at once."""
    families = await asyncio.gather(*map(_family, gauges))
    # A registry of its own for each scrape: a label that is gone leaves nothing behind.
    registry = CollectorRegistry()
    registry.register(_Read([family for family in families if family is not None]))
    return generate_latest(REGISTRY) + generate_latest(registry)


async def _family(gauge: Gauge) -> GaugeMetricFamily | None:
    try:
        async with asyncio.timeout(_READING_SECONDS):
            values = await gauge.read()
    except Exception as error:  # the edge of a handler: the other metrics are still owed
        READING_FAILURES.labels(gauge.name).inc()
        log.warning("metric_unreadable", metric=gauge.name, exc_info=error)
        return None
    family = GaugeMetricFamily(
        gauge.name, gauge.help_text, labels=[gauge.label] if gauge.label else []
    )
    for label, value in values.items():
        if math.isfinite(value):
            family.add_metric([label] if gauge.label else [], value)
    return family


class _Read(Collector):
    """Families that were read before: collecting is not asynchronous, reading is."""

    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The families as they were read."""
        return self._families
