"""Charts for fired alerts: the text goes first, the picture is added when it is drawn.

Owns the order of it: one drawing for all messages with the same line and minute, one of them
edited first, which uploads the picture, and the others when Telegram has a name for it. Nothing
is drawn while delivery is behind. Refuses to choose the messages: `storage.chart_edits` does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.delivery import metrics
from bot.domain.assets import Assets
from bot.domain.charts import FiredLine, asked_charts
from bot.domain.errors import ChartFailed
from bot.domain.outbox import Priority
from bot.domain.ports import Charts, Clock, Signal
from storage.chart_edits import WantedChart, is_on_its_way, plan_charts, wanted_charts
from storage.database import Database
from storage.outbox_upkeep import extras_waiting, waits_more_than
from storage.pictures import add_picture, picture, picture_with

log = structlog.get_logger(__name__)

# As many edits may wait, and as many messages before them, as leave in so many seconds.
_BUDGET_SECONDS = 10
# What could not be drawn may be soon: the candles of a market newly watched are being filled in.
_AGAIN = timedelta(seconds=15)


class Illustrating:
    """Plans the edits that add charts; `outbox` is woken when there are any."""

    def __init__(
        self,
        database: Database,
        charts: Charts,
        assets: Assets,
        clock: Clock,
        outbox: Signal,
        messages_per_second: int,
    ) -> None:
        self._database = database
        self._charts = charts
        self._assets = assets
        self._clock = clock
        self._outbox = outbox
        self._budget = messages_per_second * _BUDGET_SECONDS
        self._undrawn: dict[str, datetime] = {}

    async def run(self) -> int:
        """Plan what is due; returns how many edits. Raises StorageError."""
        now = self._clock()
        self._undrawn = {key: at for key, at in self._undrawn.items() if now - at < _AGAIN}
        planned = 0
        for fired, ids in _together(await self._wanted(now)).items():
            planned += await self._illustrate(fired, ids)
        return planned

    async def _wanted(self, now: datetime) -> list[WantedChart]:
        """The messages to be looked at; none while delivery is behind."""
        async with self._database.reading() as tx:
            if await waits_more_than(tx, self._budget, Priority.NEWS):
                return []
            room = self._budget - await extras_waiting(tx, self._budget)
            found: list[WantedChart] = []
            after_id, more = 0, room > 0
            # What cannot be drawn must not stand before what can: a dozen pages hold all that
            # may leave while a chart is worth sending.
            while more and len(found) < room:
                page = await wanted_charts(tx, now, room, after_id)
                found += [one for one in page if one.fired.key not in self._undrawn]
                more, after_id = len(page) == room, page[-1].notification_id if page else 0
        return found[:room]

    async def _illustrate(self, fired: FiredLine, ids: list[int]) -> int:
        """Plan the edits for messages that share a chart, as many as may leave now."""
        async with self._database.reading() as tx:
            picture_id = await picture_with(tx, fired.key)
        png = await self._drawn(fired) if picture_id is None else None
        if picture_id is None and png is None:
            self._undrawn[fired.key] = self._clock()
            return 0
        async with self._database.writing() as tx:
            if png is not None:
                picture_id = await add_picture(tx, png, self._clock(), fired.key)
            assert picture_id is not None  # noqa: S101  # kept before, or just now
            kept = await picture(tx, picture_id)
            if kept is None or kept.file_id is None:
                # Whoever is first brings the picture to Telegram.
                ids = [] if await is_on_its_way(tx, picture_id) else ids[:1]
            planned = await plan_charts(tx, ids, picture_id, self._clock())
        if planned:
            metrics.CHARTS.inc(planned)
            log.info("charts_planned", messages=planned, chart=fired.key)
            self._outbox.wake()
        return planned

    async def _drawn(self, fired: FiredLine) -> bytes | None:
        """The chart as a PNG; None where too little is known of the market, or it fails."""
        asset = self._assets.by_id(fired.market.asset_id)
        if asset is None:
            return None
        try:
            for asked in asked_charts(fired, asset.symbol):
                if (png := await self._charts.chart(asked)) is not None:
                    return png
        except ChartFailed as error:
            log.warning("chart_left_out", chart=fired.key, error=error.log_text)
        return None


def _together(wanted: Iterable[WantedChart]) -> dict[FiredLine, list[int]]:
    """The notifications of each chart, by what the first of them shows; oldest first."""
    found: dict[str, tuple[FiredLine, list[int]]] = {}
    for one in wanted:
        found.setdefault(one.fired.key, (one.fired, []))[1].append(one.notification_id)
    return dict(found.values())
