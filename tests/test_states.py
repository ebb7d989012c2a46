"""The states of all parts, as `/readyz` and `/metrics` read them."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from bot.chat.catalogue import Catalogue
from bot.chat.provider_notices import ProviderNotices
from bot.delivery.wakeup import Wakeup
from bot.domain.assets import Assets
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.errors import HttpStatusError
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Rendered, Reply
from bot.domain.providers import Trouble
from bot.domain.sources import PollResult, SourceKind, SourceSettings
from bot.prices.coingecko import CoinGecko
from bot.prices.supplies import Supplies
from bot.prices.supply import Supply
from bot.prices.watch import PriceWatch
from bot.states import Reporter
from bot.web.health import PartState, State, readiness
from storage.chats import destination, see_chat
from storage.database import Database
from storage.outbox import add_reply
from storage.sources import active_sources, configure_sources, record_poll


async def test_before_the_start_nothing_is_ready(database: Database, clock: Any) -> None:
    """Telegram was not reached yet: 503, with the reason once there is one."""
    reporter = Reporter(database, clock)
    status, document = readiness(await reporter.states())
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert document["parts"]["telegram"]["state"] == "unknown"
    reporter.telegram_trouble = "no route"
    _, document = readiness(await reporter.states())
    assert document["parts"]["telegram"] == {"state": "failing", "error": "no route"}


async def test_a_failing_source_is_shown_and_does_not_matter(
    database: Database, clock: Any
) -> None:
    """The bot is ready; the source stands there with its error and since when."""
    now = clock()
    async with database.writing() as tx:
        settings = SourceSettings("wire", "Wire", SourceKind.FEED, "http://x.example/")
        await configure_sources(tx, [settings])
        (source,) = await active_sources(tx)
        later = now + timedelta(minutes=1)
        await record_poll(tx, source.id, PollResult(now, later, error="HTTP 500", failures=3))
    reporter = Reporter(database, clock)
    reporter.migrated = reporter.telegram_reached = True
    status, document = readiness(await reporter.states())
    assert status == HTTPStatus.OK
    found = document["parts"]["sources"]["wire"]
    assert (found["state"], found["error"], found["failures"]) == ("failing", "HTTP 500", 3)


async def test_a_database_that_does_not_answer_is_failing(clock: Any) -> None:
    """Without a database nothing is ready, and the page still answers."""
    broken = Database("sqlite:////no/such/folder/x.db")
    reporter = Reporter(broken, clock)
    reporter.migrated = reporter.telegram_reached = True
    status, document = readiness(await reporter.states())
    await broken.close()
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert document["parts"]["database"]["state"] == "failing"
    assert "/no/such" not in str(document)


async def test_the_gauges_count_what_is_there(database: Database, clock: Any) -> None:
    """Waiting messages by priority, chats by state, failing sources, ages of polls."""
    async with database.writing() as tx:
        await see_chat(tx, ChatSeen(1, ChatKind.PRIVATE), clock())
        where = await destination(tx, 1)
        await add_reply(tx, Reply(where.id, Rendered("Hi")), "k", clock())
    found: dict[str, Mapping[str, float]] = {}
    for gauge in Reporter(database, clock).gauges():
        found[gauge.name] = await gauge.read()
    assert found["coinbell_messages_waiting"] == {"reply": 1.0}
    assert found["coinbell_chats"] == {"active": 1.0}
    assert found["coinbell_sources_failing"] == {"": 0}
    assert found["coinbell_last_poll_age_seconds"] == {}


async def test_a_bot_that_was_ready_stays_so_while_telegram_is_away(
    database: Database, clock: Any
) -> None:
    """An outage is waited out; a restart would not mend it."""
    reporter = Reporter(database, clock)
    reporter.migrated = reporter.telegram_reached = True
    reporter.telegram_trouble = "Bad Gateway"
    part = (await reporter.states())["telegram"]
    assert part == PartState(State.OK, error_text="Bad Gateway")


async def test_a_provider_that_is_set_aside_is_shown_with_the_reason(
    database: Database, clock: Any
) -> None:
    """The next one serves, so that prices are not failing."""
    first, second = (Supply(_Named(name), 5, 5) for name in ("binance", "coingecko"))
    supplies = Supplies([first, second], "coingecko")
    supplies.failed(first, HttpStatusError("HTTP 451", status=451), "USD", clock(), 0)
    second.skip(Market("bitcoin"), Trouble.OFF, 0)
    reporter = Reporter(database, clock)
    reporter.prices = PriceWatch(
        database=database,
        supplies=supplies,
        assets=Assets([]),
        quote="USD",
        clock=clock,
        monotonic=lambda: 0.0,
        outbox=Wakeup(),
        reports=ProviderNotices(Catalogue.load(), (), clock),
    )
    part = (await reporter.states())["prices"]
    assert isinstance(part, PartState)
    assert part.state is State.UNKNOWN
    assert part.details["provider"] == "coingecko"
    assert part.details["binance_set_aside"] == "blocked: HTTP 451"
    assert part.details["coingecko_off_in_markets"] == 1
    assert "coingecko_streamed" not in part.details
    tick = Tick(Market("bitcoin"), Decimal(1), "coingecko", clock(), clock())
    second.note_streamed([tick], clock(), 0)
    part = (await reporter.states())["prices"]
    assert isinstance(part, PartState)
    assert part.details["coingecko_streamed"] == 1


class _Named(CoinGecko):
    """A provider that is never asked."""

    def __init__(self, name: str) -> None:
        self.name = name
