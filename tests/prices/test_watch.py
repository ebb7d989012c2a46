"""The watch: what it polls and when, how it rings, and how it fails."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.domain.alerts import Direction
from bot.domain.chats import ChatKind, ChatSeen
from bot.domain.errors import StorageError
from bot.domain.markets import Market
from bot.domain.topics import Topic, TopicKind
from storage.chats import destination, see_chat
from storage.schema import alerts
from storage.subscriptions import subscribe

if TYPE_CHECKING:
    from storage.database import Database
    from tests.prices.conftest import PriceWorld

BITCOIN, ETHEREUM = Market("bitcoin"), Market("ethereum")


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


# ---- polling


async def test_a_poll_rings_once_when_the_price_crosses(prices: PriceWorld) -> None:
    watch = prices.watch()
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    fired = counted("coinbell_alerts_fired_total")
    accepted = counted("coinbell_ticks_accepted_total")
    for price in (94000, 95100, 95200, 94000, 95100):
        await prices.poll(watch, price)
    assert [row[2] for row in await prices.firings()] == [Decimal(95100)]
    assert prices.bell.rings == 1
    assert await prices.owed() == 1
    assert counted("coinbell_alerts_fired_total") == fired + 1
    assert counted("coinbell_ticks_accepted_total") == accepted + 2  # done: nobody watches then


async def test_nothing_watched_asks_nothing(prices: PriceWorld) -> None:
    watch = prices.watch()
    await watch.poll()
    assert prices.gecko.asked == []
    assert watch.next_poll_seconds() == 5
    assert watch.state().watched == 0


async def test_everything_watched_goes_into_one_request_a_currency(prices: PriceWorld) -> None:
    for asset_id in ("bitcoin", "ethereum", "solana"):
        await prices.add_alert(Direction.ABOVE, 10, 9, market=Market(asset_id))
    await prices.add_alert(Direction.ABOVE, 10, 9, market=Market("bitcoin", "EUR"))
    watch = prices.watch(requests_per_minute=5)
    await watch.poll()
    asked = [(request.query["vs_currency"], request.query["ids"]) for request in prices.gecko.asked]
    assert asked == [("usd", "bitcoin,ethereum,solana"), ("eur", "bitcoin")]
    assert watch.next_poll_seconds() == 30
    assert watch.state().poll_seconds == 30
    assert watch.state().requests_left == 3


async def test_subscribed_assets_are_polled_in_our_currency(prices: PriceWorld) -> None:
    async with prices.database.writing() as tx:
        await see_chat(tx, ChatSeen(7, ChatKind.PRIVATE), prices.clock())
        place = await destination(tx, 7)
        await subscribe(tx, place.id, Topic(TopicKind.ASSET, "solana"), 7, prices.clock())
    await prices.watch().poll()
    assert prices.gecko.asked_ids() == [["solana"]]


async def test_what_somebody_asked_for_stays_watched_for_an_hour(prices: PriceWorld) -> None:
    watch = prices.watch()
    prices.gecko.set_price(3200, asset_id="ethereum")
    await watch.ticks([ETHEREUM])
    prices.advance(3599)
    await watch.poll()
    assert prices.gecko.asked_ids()[1:] == [["ethereum"]]
    prices.advance(2)
    await watch.poll()
    assert len(prices.gecko.asked) == 2


async def test_a_round_larger_than_the_quota_goes_on_when_requests_may_leave(
    prices: PriceWorld,
) -> None:
    for quote in ("USD", "EUR", "GBP"):
        await prices.add_alert(Direction.ABOVE, 10, 9, market=Market("bitcoin", quote))
    watch = prices.watch(requests_per_minute=2)
    await watch.poll()
    assert [request.query["vs_currency"] for request in prices.gecko.asked] == ["usd", "eur"]
    assert watch.next_poll_seconds() == 61
    await watch.poll()
    assert len(prices.gecko.asked) == 2
    prices.advance(61)
    await watch.poll()
    assert [request.query["vs_currency"] for request in prices.gecko.asked][2:] == ["gbp"]
    assert watch.next_poll_seconds() == pytest.approx(180 - 61)


async def test_the_first_poll_is_due_at_once(prices: PriceWorld) -> None:
    assert prices.watch().next_poll_seconds() == 0


async def test_no_request_is_made_inside_a_transaction(prices: PriceWorld) -> None:
    """While the market's server thinks, the database can be written."""
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    prices.gecko.set_price(96000)
    prices.gecko.gate.clear()
    polling = asyncio.create_task(prices.watch().poll())
    await prices.gecko.reached.wait()
    await prices.add_alert(Direction.ABOVE, 95500, 94000)
    prices.gecko.gate.set()
    await polling
    assert len(await prices.firings()) == 2


async def test_a_crossing_while_the_bot_was_down_fires_after_the_start(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.BELOW, 90000, 94000)
    await prices.poll(prices.watch(), 94000)
    prices.advance(7200)
    restarted = prices.watch()
    await prices.poll(restarted, 60000)
    await prices.poll(restarted, 59000)
    assert [row[2] for row in await prices.firings()] == [Decimal(60000)]
    assert prices.bell.rings == 1


async def test_a_process_that_dies_before_the_commit_rings_after_its_restart(
    prices: PriceWorld, dying_database: Database
) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    await prices.poll(prices.watch(), 94000)
    dying = prices.watch(dying_database)
    with pytest.raises(SystemExit):
        await prices.poll(dying, 96000)
    assert prices.bell.rings == 0
    assert await prices.firings() == []
    restarted = prices.watch()
    for price in (96000, 96100, 96000):
        await prices.poll(restarted, price)
    assert [row[2] for row in await prices.firings()] == [Decimal(96000)]
    assert await prices.owed() == 1
    assert prices.bell.rings == 1


async def test_a_row_that_cannot_be_read_does_not_silence_the_other_markets(
    prices: PriceWorld,
) -> None:
    broken = await prices.add_alert(Direction.ABOVE, 95000, 94000)
    await prices.add_alert(Direction.ABOVE, 3000, 2900, market=ETHEREUM)
    async with prices.database.writing() as tx:
        await tx.execute(sa.update(alerts).where(alerts.c.id == broken).values(direction="askew"))
    prices.gecko.set_price(96000)
    prices.gecko.set_price(3100, asset_id="ethereum")
    with capture_logs() as logs:
        await prices.watch().poll()
    assert [row[2] for row in await prices.firings()] == [Decimal(3100)]
    failed = [entry for entry in logs if entry["event"] == "tick_failed"]
    assert [(entry["asset_id"], entry["log_level"]) for entry in failed] == [("bitcoin", "error")]


@pytest.mark.parametrize("also_broken", [False, True])
async def test_a_firing_that_cannot_be_stored_is_told_and_fires_with_the_next_tick(
    prices: PriceWorld, *, also_broken: bool
) -> None:
    await prices.add_alert(Direction.ABOVE, 3000, 2900, market=ETHEREUM)
    if also_broken:
        broken = await prices.add_alert(Direction.ABOVE, 95000, 94000)
        async with prices.database.writing() as tx:
            bad = sa.update(alerts).where(alerts.c.id == broken).values(direction="askew")
            await tx.execute(bad)
    async with prices.database.writing() as tx:
        refuse = "BEGIN SELECT RAISE(ABORT, 'no room'); END"
        await tx.execute(sa.text(f"CREATE TRIGGER full BEFORE INSERT ON firings {refuse}"))
    prices.gecko.set_price(96000)
    prices.gecko.set_price(3100, asset_id="ethereum")
    watch = prices.watch()
    with pytest.raises(StorageError):
        await watch.poll()
    assert (await prices.firings(), await prices.owed(), prices.bell.rings) == ([], 0, 0)
    async with prices.database.writing() as tx:
        await tx.execute(sa.text("DROP TRIGGER full"))
    prices.advance(watch.next_poll_seconds())
    await watch.poll()
    assert [row[2] for row in await prices.firings()] == [Decimal(3100)]
    assert prices.bell.rings == 1


async def test_a_database_that_fails_is_told_and_the_next_poll_is_not_at_once(
    prices: PriceWorld,
) -> None:
    watch = prices.watch()
    async with prices.database.writing() as tx:
        await tx.execute(sa.text("ALTER TABLE markets RENAME TO gone"))
    with pytest.raises(StorageError):
        await watch.poll()
    assert watch.next_poll_seconds() == 5


# ---- a provider that fails


async def test_a_refusal_holds_every_request_for_what_the_provider_asked(
    prices: PriceWorld,
) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch()
    prices.gecko.refusal = (429, {"Retry-After": "90"})
    await watch.poll()
    state = watch.state()
    assert watch.next_poll_seconds() == 90
    assert (state.requests_left, state.paused_seconds) == (0, 90)
    assert state.last_error is not None
    assert "429" in state.last_error
    assert state.last_success_at is None
    assert await watch.ticks([BITCOIN]) == {}
    assert len(prices.gecko.asked) == 1
    prices.gecko.refusal = None
    await prices.poll(watch, 96000)
    assert watch.state().last_success_at == prices.clock()
    assert watch.state().last_error is None
    assert len(await prices.firings()) == 1


async def test_refusals_without_a_time_back_off(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch()
    prices.gecko.refusal = (429, {})
    waits = []
    for _ in range(4):
        await prices.poll(watch, 94000)
        waits.append(watch.next_poll_seconds())
    assert waits == [15, 30, 60, 120]


@pytest.mark.parametrize(("status", "wait"), [(500, 5), (503, 5), (401, 15), (403, 15)])
async def test_other_failures_are_shown_and_polls_go_on(
    prices: PriceWorld, status: int, wait: float
) -> None:
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    watch = prices.watch()
    labels = {"provider": "coingecko", "error": "HttpStatusError"}
    failures = counted("coinbell_provider_failures_total", **labels)
    prices.gecko.refusal = (status, {})
    with capture_logs() as logs:
        await watch.poll()
    assert watch.next_poll_seconds() == wait
    assert counted("coinbell_provider_failures_total", **labels) == failures + 1
    (entry,) = logs
    assert (entry["event"], entry["provider"]) == ("provider_failed", "coingecko")


@pytest.mark.parametrize(
    "body", ["<html>", "{}", "null", "[]", '[{"id": "bitcoin", "current_price": -1}]']
)
async def test_bad_data_fires_nothing_and_the_stored_price_stays(
    prices: PriceWorld, body: str
) -> None:
    await prices.add_alert(Direction.BELOW, 90000, 94000)
    watch = prices.watch()
    await prices.poll(watch, 94000)
    prices.gecko.body = body
    await prices.poll(watch, 80000)
    assert await prices.firings() == []
    assert (await watch.ticks([BITCOIN]))[BITCOIN].price == 94000


async def test_one_currency_that_nobody_knows_does_not_stop_the_others(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.ABOVE, 10, 9, market=Market("bitcoin", "ZZZ"))
    watch = prices.watch()
    prices.gecko.refusal = (400, {})
    await watch.poll()
    prices.gecko.refusal = None
    await prices.add_alert(Direction.ABOVE, 95000, 94000)
    await prices.poll(watch, 96000)
    assert [request.query["vs_currency"] for request in prices.gecko.asked] == ["zzz", "usd"]
    assert len(await prices.firings()) == 1
    prices.advance(3601)
    await watch.poll()
    assert prices.gecko.asked[-1].query["vs_currency"] == "zzz"


async def test_a_wild_tick_is_shown_as_held_until_it_is_settled(prices: PriceWorld) -> None:
    await prices.add_alert(Direction.BELOW, 80000, 95000)
    watch = prices.watch()
    held = counted("coinbell_ticks_refused_total", reason="wild")
    await prices.poll(watch, 95000)
    await prices.poll(watch, 950)
    assert watch.state().held == (BITCOIN,)
    assert counted("coinbell_ticks_refused_total", reason="wild") == held + 1
    assert (await watch.ticks([BITCOIN]))[BITCOIN].price == 95000
    await prices.poll(watch, 95010)
    assert watch.state().held == ()
    assert await prices.firings() == []


async def test_a_wild_tick_of_a_market_that_nobody_watches_any_more_is_not_shown(
    prices: PriceWorld,
) -> None:
    """Nobody asks for the tick that would settle it."""
    await prices.add_alert(Direction.BELOW, 80000, 95000)
    watch = prices.watch()
    await prices.poll(watch, 95000)
    await prices.poll(watch, 950)
    assert watch.state().held == (BITCOIN,)
    async with prices.database.writing() as tx:
        await tx.execute(sa.delete(alerts))
    await prices.poll(watch, 950)
    assert watch.state().held == ()
