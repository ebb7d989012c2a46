"""How each part is doing, read for `/readyz` and `/metrics`.

Owns the reading; the verdict and the format are `bot.web`'s.
"""

from collections.abc import Mapping

from bot.chat.receiving import Poller
from bot.delivery.drain import Drain
from bot.domain.errors import StorageError
from bot.domain.ports import Clock
from bot.domain.sources import Source
from bot.prices.watch import PriceWatch
from bot.web.health import PartState, State, States
from bot.web.metrics import Gauge, failing_sources, known_chats, last_poll_age, waiting_messages
from storage.chats import chat_counts
from storage.database import Database
from storage.outbox_upkeep import waiting_counts
from storage.sources import active_sources


class Reporter:
    """Reads the states of all parts; those that are not built yet are unknown."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.migrated = False
        self.telegram_reached = False
        self.telegram_trouble: str | None = None
        self.prices: PriceWatch | None = None
        self.drain: Drain | None = None
        self.poller: Poller | None = None

    async def states(self) -> States:
        """Every part's state now; a database that does not answer is a failing one."""
        try:
            async with self._database.reading() as tx:
                sources = await active_sources(tx) if self.migrated else []
                waiting = await waiting_counts(tx) if self.migrated else {}
            database = PartState(State.OK)
        except StorageError as error:
            sources, waiting = [], {}
            database = PartState(State.FAILING, error_text=error.log_text)
        migrations = PartState(State.OK if self.migrated else State.UNKNOWN)
        return {
            "database": database,
            "migrations": migrations,
            "telegram": self._telegram(),
            "sources": {source.key: _source_state(source) for source in sources},
            "prices": self._prices(),
            "outbox": self._outbox(sum(waiting.values())),
        }

    def _telegram(self) -> PartState:
        trouble = self.telegram_trouble
        if trouble is None and self.poller is not None:
            trouble = self.poller.trouble
        if not self.telegram_reached:
            state = State.UNKNOWN if trouble is None else State.FAILING
            return PartState(state, error_text=trouble)
        # Once reached it counts as reached: a bot that waits out an outage is not to be killed.
        return PartState(State.OK, error_text=trouble)

    def _prices(self) -> PartState:
        if self.prices is None:
            return PartState(State.UNKNOWN)
        now = self.prices.state()
        aside = {
            f"{one.name}_set_aside": f"{one.trouble.value}: {one.detail}"
            for one in now.providers
            if one.trouble is not None
        }
        off = {f"{one.name}_off_in_markets": one.off for one in now.providers if one.off}
        streamed = {f"{one.name}_streamed": one.streamed for one in now.providers if one.streamed}
        details: dict[str, int | float | str | bool | None] = {
            "provider": now.provider,
            "watched": now.watched,
            "poll_seconds": round(now.poll_seconds, 1),
            "held": len(now.held),
            **aside,
            **off,
            **streamed,
        }
        if now.last_error is not None:
            return PartState(State.FAILING, now.last_error_at, now.last_error, details)
        state = State.OK if now.last_success_at else State.UNKNOWN
        return PartState(state, details=details)

    def _outbox(self, waiting: int) -> PartState:
        if self.drain is None:
            return PartState(State.UNKNOWN, details={"waiting": waiting})
        trouble = self.drain.trouble
        state = State.OK if trouble is None else State.FAILING
        return PartState(state, error_text=trouble, details={"waiting": waiting})

    def gauges(self) -> list[Gauge]:
        """The gauges that are read at a scrape."""
        return [
            waiting_messages(self._waiting),
            known_chats(self._chats),
            failing_sources(self._failing),
            last_poll_age(self._poll_ages),
        ]

    async def _waiting(self) -> Mapping[str, float]:
        async with self._database.reading() as tx:
            counts = await waiting_counts(tx)
        return {priority.name.lower(): float(count) for priority, count in counts.items()}

    async def _chats(self) -> Mapping[str, float]:
        counts: dict[str, float] = {}
        async with self._database.reading() as tx:
            for (_, state), count in (await chat_counts(tx)).items():
                counts[state] = counts.get(state, 0.0) + count
        return counts

    async def _failing(self) -> int:
        async with self._database.reading() as tx:
            return sum(1 for source in await active_sources(tx) if source.failures)

    async def _poll_ages(self) -> Mapping[str, float]:
        now = self._clock()
        async with self._database.reading() as tx:
            return {
                source.key: (now - source.last_polled_at).total_seconds()
                for source in await active_sources(tx)
                if source.last_polled_at is not None
            }


def _source_state(source: Source) -> PartState:
    details = {"failures": source.failures} if source.failures else {}
    if source.last_error is not None:
        return PartState(State.FAILING, source.last_success_at, source.last_error, details)
    state = State.UNKNOWN if source.last_success_at is None else State.OK
    return PartState(state, source.last_success_at)
