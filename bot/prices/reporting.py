"""What the operators are told of providers, and how often.

Owns that a provider which comes and goes does not fill a chat: a trouble is told once, not
again within the hour, and its end only after it was told.
"""

from collections.abc import Iterable

from bot.domain.ports import ProviderReports
from bot.domain.providers import ProviderNews, Trouble
from bot.prices.failover import REPORT_AGAIN_SECONDS
from storage.database import Database


class ProviderReporting:
    """Passes news on to `reports`, in a transaction of its own."""

    def __init__(self, database: Database, reports: ProviderReports) -> None:
        self._database = database
        self._reports = reports
        self._told_at: dict[tuple[str, Trouble], float] = {}
        self._open: set[str] = set()

    async def tell(self, news: Iterable[ProviderNews], now: float) -> None:
        """Tell what has not been told; `now` is monotonic seconds. Raises StorageError."""
        due = [one for one in news if self._is_due(one, now)]
        if not due:
            return
        async with self._database.writing() as tx:
            for one in due:
                await self._reports.report(tx, one)
        for one in due:
            if one.trouble is None:
                self._open.discard(one.provider)
            else:
                self._open.add(one.provider)
                self._told_at[one.provider, one.trouble] = now

    def _is_due(self, news: ProviderNews, now: float) -> bool:
        if news.trouble is None:
            return news.provider in self._open
        told_at = self._told_at.get((news.provider, news.trouble), float("-inf"))
        return now - told_at >= REPORT_AGAIN_SECONDS
