"""The watch over two providers: Binance as ccxt asks it, and CoinGecko, both on loopback."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.alerts import AlertState, Direction
from bot.domain.markets import Market
from bot.domain.providers import Trouble
from bot.prices import coingecko
from bot.states import Reporter
from bot.web.health import readiness
from storage.markets import stored_market

if TYPE_CHECKING:
    from bot.domain.markets import Tick
    from bot.prices.exchanges import Exchange
    from bot.prices.watch import PriceWatch
    from tests.prices.conftest import PriceWorld
    from tests.prices.local_binance import Binance

BITCOIN = Market("bitcoin")


@dataclass
class Bourse:
    """A watch over both providers, which polls for as many seconds as a test says."""

    prices: PriceWorld
    binance: Binance
    watch: PriceWatch

    async def run(self, seconds: float, binance: object = None, gecko: object = None) -> None:
        """Poll whenever the watch says that it is due, with bitcoin at these prices."""
        end = self.prices.seconds() + seconds
        if binance is not None:
            self.binance.pairs["BTC/USDT"] = binance
        while True:
            if gecko is not None:
                self.prices.gecko.set_price(gecko, age=30)
            if self.watch.next_poll_seconds() <= 0:
                await self.watch.poll()
            if self.prices.seconds() >= end:
                return
            self.prices.advance(min(max(1, self.watch.next_poll_seconds()), 5))

    async def stored(self, market: Market = BITCOIN) -> Tick:
        async with self.prices.database.reading() as tx:
            found = (await stored_market(tx, market)).tick
        assert found is not None
        return found

    def told(self) -> list[tuple[str, Trouble | None]]:
        return [(news.provider, news.trouble) for news in self.prices.reports.told]

    def troubles(self) -> dict[str, Trouble | None]:
        return {one.name: one.trouble for one in self.watch.state().providers}


@pytest.fixture
def bourse(prices: PriceWorld, exchange: Exchange, binance: Binance) -> Bourse:
    binance.pairs = {"BTC/USDT": 95000}
    return Bourse(prices, binance, prices.watch_with(exchange))


async def test_the_preferred_provider_is_asked_and_the_next_for_what_it_lacks(
    bourse: Bourse,
) -> None:
    prices = bourse.prices
    await prices.add_alert(Direction.ABOVE, 96000, 95000)
    await prices.add_alert(Direction.ABOVE, 300, 200, market=Market("monero"))
    prices.gecko.set_price(250, asset_id="monero")
    await bourse.run(20, 95000, 95010)
    assert (await bourse.stored()).provider == "binance"
    assert (await bourse.stored(Market("monero"))).provider == "coingecko"
    assert bourse.watch.state().provider == "binance"
    await bourse.run(10, 96100)
    assert [row[2] for row in await prices.firings()] == [Decimal(96100)]
    assert bourse.told() == []


async def test_what_an_exchange_does_not_tell_comes_from_coingecko(bourse: Bourse) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 96000, 95000)
    bourse.prices.gecko.set_price(95000, age=30)
    row = bourse.prices.gecko.rows["bitcoin", "USD"]
    row |= {"price_change_percentage_1h_in_currency": 0.5}
    await bourse.watch.poll()
    bourse.prices.advance(6)
    await bourse.watch.poll()
    tick = await bourse.stored()
    assert (tick.provider, tick.change_1h) == ("binance", Decimal("0.5"))
    assert tick.change_24h == Decimal("-1.250")


async def test_a_blocked_region_is_told_once_and_the_next_provider_takes_over(
    bourse: Bourse,
) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 96000, 95000)
    bourse.binance.refusal = (451, '{"code": 0, "msg": "restricted location"}', {})
    await bourse.run(60, None, 95000)
    assert (await bourse.stored()).provider == "coingecko"
    assert bourse.told() == [("binance", Trouble.BLOCKED)]
    assert bourse.troubles() == {"binance": Trouble.BLOCKED, "coingecko": None}
    assert len(bourse.binance.asked) == 1
    state = bourse.watch.state()
    assert (state.provider, state.last_error) == ("coingecko", None)
    await bourse.run(60, None, 96100)
    assert len(await bourse.prices.firings()) == 1


async def test_one_that_fails_is_set_aside_tried_again_and_comes_back(bourse: Bourse) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 99000, 95000)
    await bourse.run(10, 95000, 95010)
    bourse.binance.refusal = (503, "", {})
    await bourse.run(90, None, 95010)
    assert (await bourse.stored()).provider == "coingecko"
    assert bourse.troubles()["binance"] is Trouble.FAILING
    bourse.binance.refusal = None
    await bourse.run(180, None, 95010)
    assert (await bourse.stored()).provider == "binance"
    assert bourse.told() == [("binance", Trouble.FAILING), ("binance", None)]
    assert bourse.troubles() == {"binance": None, "coingecko": None}


async def test_one_whose_time_stands_still_is_set_aside(bourse: Bourse) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 99000, 95000)
    await bourse.run(10, 95000, 95010)
    for _ in range(40):
        bourse.binance.age += 10
        await bourse.run(10, None, 95020)
    assert (await bourse.stored()).provider == "coingecko"
    assert bourse.told() == [("binance", Trouble.STALE)]
    assert await bourse.prices.firings() == []


async def test_a_price_that_is_off_is_set_aside_for_its_market_until_it_agrees(
    bourse: Bourse,
) -> None:
    """Both agree, then the exchange drifts by 8 % in small steps that no wild tick betrays."""
    await bourse.prices.add_alert(Direction.ABOVE, 199000, 95000)
    await bourse.run(130, 95000, 95010)
    await bourse.run(420, 102600, 95010)
    assert bourse.told() == [("binance", Trouble.OFF)]
    (news,) = bourse.prices.reports.told
    assert news.detail == "bitcoin in USD at 102,600, but 95,010 from coingecko"
    assert (await bourse.stored()).provider == "coingecko"
    assert [one.off for one in bourse.watch.state().providers] == [1, 0]
    await bourse.run(300, 95020, 95010)
    assert (await bourse.stored()).provider == "binance"
    assert bourse.told() == [("binance", Trouble.OFF), ("binance", None)]


async def test_a_crash_that_both_see_sets_nobody_aside(bourse: Bourse) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 199000, 95000)
    await bourse.run(130, 95000, 95010)
    await bourse.run(60, 88000, 95010)
    await bourse.run(600, 88000, 88010)
    assert bourse.told() == []
    assert (await bourse.stored()).provider == "binance"


async def test_a_switch_alone_fires_nothing(bourse: Bourse) -> None:
    """A line between the two prices is not crossed by the first tick after either switch."""
    await bourse.prices.add_alert(Direction.ABOVE, 95020, 95000)
    await bourse.run(10, 95000)
    bourse.binance.refusal = (451, "", {})
    bourse.prices.gecko.set_price(95030)
    bourse.prices.advance(5)
    while (await bourse.stored()).provider == "binance":
        await bourse.watch.poll()
        bourse.prices.gecko.set_price(95030)
        bourse.prices.advance(1)
    assert await bourse.prices.firings() == []
    await bourse.run(40, None, 95000)
    assert await bourse.prices.firings() == []


async def test_what_was_crossed_at_a_switch_fires_with_the_next_tick(bourse: Bourse) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 97000, 95000)
    await bourse.run(10, 95000)
    bourse.binance.refusal = (451, "", {})
    await bourse.run(60, None, 98000)
    ((_, _, price, _),) = await bourse.prices.firings()
    assert price == 98000


async def test_a_question_goes_on_to_the_next_provider_at_once(bourse: Bourse) -> None:
    monero = Market("monero")
    bourse.prices.gecko.set_price(250, asset_id="monero")
    bourse.prices.gecko.set_price(95100)
    found = await bourse.watch.ticks([monero, BITCOIN])
    assert {market.asset_id: tick.provider for market, tick in found.items()} == {
        "monero": "coingecko",
        "bitcoin": "binance",
    }
    bourse.prices.advance(60)
    bourse.binance.refusal = (500, "", {})
    bourse.prices.gecko.set_price(95200)
    assert (await bourse.watch.ticks([BITCOIN]))[BITCOIN].price == 95200


async def test_with_everybody_away_what_is_stored_is_given_and_both_come_back(
    bourse: Bourse,
) -> None:
    await bourse.prices.add_alert(Direction.ABOVE, 97000, 95000)
    await bourse.run(10, 95000, 95010)
    bourse.binance.refusal = (503, "", {})
    bourse.prices.gecko.refusal = (503, {})
    await bourse.run(900)
    assert (await bourse.watch.ticks([BITCOIN]))[BITCOIN].price in {95000, 95010}
    assert bourse.watch.state().last_error is not None
    assert await bourse.prices.firings() == []
    bourse.binance.refusal = bourse.prices.gecko.refusal = None
    await bourse.run(10, 97100, 97110)
    assert len(await bourse.prices.firings()) == 1


async def ready(prices: PriceWorld, watch: PriceWatch) -> dict[str, Any]:
    """What `/readyz` tells of prices."""
    reporter = Reporter(prices.database, prices.clock)
    reporter.migrated = reporter.telegram_reached = True
    reporter.prices = watch
    status, document = readiness(await reporter.states())
    assert status == HTTPStatus.OK, "prices alone never make the bot unready"
    found: dict[str, Any] = document["parts"]["prices"]
    return found


async def test_one_that_answers_nothing_for_an_hour_is_replaced_and_rings_nothing_false(
    prices: PriceWorld, exchange: Exchange, binance: Binance
) -> None:
    """The health page tells why, operators hear of it once, and a real crossing rings."""
    bourse = Bourse(prices, binance, prices.watch_with(exchange, poll_seconds=60))
    near = await prices.add_alert(Direction.ABOVE, 96_000, 95_000)
    await prices.add_alert(Direction.BELOW, 90_000, 95_000)
    await bourse.run(130, 95_000, 95_010)
    exchange._client.timeout = 50  # milliseconds
    binance.gate.clear()
    before = len(binance.asked)
    for price in (95_010, 95_700, 94_100):
        await bourse.run(20 * 60, None, price)
        tick = await bourse.stored()
        assert (tick.provider, tick.price) == ("coingecko", Decimal(price))
        assert not bourse.watch.is_stale(tick, prices.clock())
        assert await prices.firings() == []
    assert len(binance.asked) - before < 15, "it is asked ever more seldom"
    assert bourse.told() == [("binance", Trouble.FAILING)]
    told = await ready(prices, bourse.watch)
    assert (told["state"], told["provider"]) == ("ok", "coingecko")
    assert told["binance_set_aside"] == "failing: binance did not answer in time"
    await bourse.run(130, None, 96_100)
    assert [row[0] for row in await prices.firings()] == [near]
    exchange._client.timeout = 10_000
    binance.gate.set()
    await bourse.run(45 * 60, 95_900, 95_910)
    assert (await bourse.stored()).provider == "binance"
    assert bourse.told() == [("binance", Trouble.FAILING), ("binance", None)]
    assert len(await prices.firings()) == 1


async def test_the_only_one_that_answers_nothing_for_an_hour_leaves_a_stale_price(
    prices: PriceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing rings on it; what was crossed meanwhile rings once when it is back."""
    monkeypatch.setattr(coingecko, "_TIMEOUT_SECONDS", 0.05)
    watch = prices.watch(poll_seconds=60)
    alert = await prices.add_alert(Direction.ABOVE, 96_000, 95_000)
    await prices.poll(watch, 95_000)
    prices.gecko.gate.clear()
    for _ in range(60):
        prices.advance(60)
        await watch.poll()
    assert await prices.firings() == []
    tick = (await watch.ticks([BITCOIN]))[BITCOIN]
    assert tick.price == 95_000
    assert watch.is_stale(tick, prices.clock())
    told = await ready(prices, watch)
    assert told["state"] == "failing"
    assert "within 0.05 s" in told["error"]
    prices.gecko.gate.set()
    prices.advance(3600)
    prices.gecko.set_price(96_500)
    await watch.poll()
    assert [(row[0], row[2]) for row in await prices.firings()] == [(alert, Decimal(96_500))]
    assert (await ready(prices, watch))["state"] == "ok"


async def test_a_coin_that_an_exchange_lists_no_more_is_priced_by_the_next(bourse: Bourse) -> None:
    """The other coins of the exchange go on with it after one question that is refused for all."""
    prices, ether = bourse.prices, Market("ethereum")
    alert = await prices.add_alert(Direction.ABOVE, 96_000, 95_000)
    await prices.add_alert(Direction.ABOVE, 9_000, 3_000, market=ether)
    bourse.binance.pairs["ETH/USDT"] = 3_000
    await bourse.run(20, 95_000, 95_010)
    del bourse.binance.pairs["BTC/USDT"]
    await bourse.run(120, None, 95_020)
    assert (await bourse.stored()).provider == "coingecko"
    assert (await bourse.stored(ether)).provider == "binance"
    assert bourse.told() == []
    await bourse.run(60, None, 96_100)
    assert [row[0] for row in await prices.firings()] == [alert]


async def test_alerts_on_a_coin_that_nobody_lists_any_more_wait(bourse: Bourse) -> None:
    """Its last price is told as stale, other coins go on; listed again, it rings."""
    prices, ether = bourse.prices, Market("ethereum")
    alert = await prices.add_alert(Direction.ABOVE, 96_000, 95_000)
    await prices.add_alert(Direction.ABOVE, 9_000, 3_000, market=ether)
    bourse.binance.pairs["ETH/USDT"] = 3_000
    await bourse.run(20, 95_000, 95_010)
    del bourse.binance.pairs["BTC/USDT"]
    prices.gecko.rows.clear()
    await bourse.run(400)
    assert await prices.firings() == []
    assert (await prices.stored_alert(alert)).watch.state is AlertState.ARMED
    tick = (await bourse.watch.ticks([BITCOIN]))[BITCOIN]
    assert tick.price in {95_000, 95_010}
    assert bourse.watch.is_stale(tick, prices.clock())
    fresh = (await bourse.watch.ticks([ether]))[ether]
    assert not bourse.watch.is_stale(fresh, prices.clock())
    assert bourse.watch.state().last_error is None
    await bourse.run(60, 96_100, 96_110)
    assert [row[0] for row in await prices.firings()] == [alert]
