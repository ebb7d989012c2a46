"""CoinGlass' liquidations: what its answers hold, and how often it is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.assets import Assets
from bot.domain.conditions import Side
from bot.domain.errors import CoinbellError, HttpStatusError, ParseError
from bot.domain.markets import Market
from bot.prices.coinglass import CoinGlass, coins_from, data_of, sums_from
from tests.prices.conftest import ASSETS, Seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.http import GuardedClient
    from tests.conftest import StandingClock

BTC = Market("bitcoin")
HOUR = (BTC, "liquidations:both:3600")


def row(longs: object, shorts: object, both: object, exchange: str = "All") -> dict[str, object]:
    return {
        "exchange": exchange,
        "liquidation_usd": both,
        "long_liquidation_usd": longs,
        "short_liquidation_usd": shorts,
    }


def test_the_sums_are_those_of_all_exchanges() -> None:
    """Amounts come as numbers or as texts."""
    found = sums_from([row(1, 2, 3, "Bybit"), row(Decimal("10.6"), "5.4", 16)])
    assert found == {Side.LONGS: 11, Side.SHORTS: 5, Side.BOTH: 16}


def test_the_fields_go_by_another_name_too() -> None:
    found = sums_from(
        [
            {
                "exchange": "All",
                "liquidation_usd": 3,
                "longLiquidation_usd": 1,
                "shortLiquidation_usd": 2,
            }
        ]
    )
    assert found[Side.SHORTS] == 2


@pytest.mark.parametrize(
    "data",
    [
        None,
        "<html>",
        [],
        {},
        [row(1, 2, 3, "Bybit")],
        [row(1, 2, 3), row(1, 2, 3)],
        [row(None, 2, 3)],
        [row(-1, 4, 3)],
        [row("NaN", 2, 3)],
        [row(1, 2, None)],
        [row(1, 2, 3000)],
        [row(10**12, 2, 10**12)],
        [{"exchange": "All"}],
    ],
)
def test_what_is_no_sum_of_all_is_refused(data: object) -> None:
    with pytest.raises(ParseError):
        sums_from(data)


@pytest.mark.parametrize("answer", [None, [], "<html>", {}, {"code": True}, {"data": []}])
def test_what_is_no_answer_is_refused(answer: object) -> None:
    with pytest.raises(ParseError):
        data_of(answer)


@pytest.mark.parametrize(("code", "status"), [("401", 401), (429, 429), ("odd", 500)])
def test_a_code_is_an_error_like_a_status(code: object, status: int) -> None:
    with pytest.raises(HttpStatusError) as caught:
        data_of({"code": code, "msg": "Upgrade plan", "data": None})
    assert caught.value.status == status


def test_coins_are_a_list_of_symbols() -> None:
    assert coins_from(["BTC", 7, "ETH"]) == {"BTC", "ETH"}
    bad: list[object] = [None, [], {}, [7]]
    for data in bad:
        with pytest.raises(CoinbellError):
            coins_from(data)


class Glass:
    """CoinGlass on loopback."""

    def __init__(self) -> None:
        self.coins: Any = ["BTC", "ETH"]
        self.data: Any = [row(10, 5, 15)]
        self.asked: list[tuple[str, str]] = []
        self.keys: set[str | None] = set()
        self.refusal: tuple[int, str] | None = None

    async def listed(self, request: web.Request) -> web.Response:
        return self._answer(request, self.coins)

    async def sums(self, request: web.Request) -> web.Response:
        return self._answer(request, self.data)

    def _answer(self, request: web.Request, data: Any) -> web.Response:
        self.asked.append((request.query.get("symbol", ""), request.query.get("range", "")))
        self.keys.add(request.headers.get("CG-API-KEY"))
        if self.refusal is not None:
            return web.Response(status=self.refusal[0], text=self.refusal[1])
        return web.json_response({"code": "0", "msg": "success", "data": data})


class World:
    def __init__(self, glass: Glass, teller: CoinGlass, clock: Any, seconds: Seconds) -> None:
        self.glass = glass
        self.teller = teller
        self.clock = clock
        self.seconds = seconds

    async def told(self, *keys: tuple[Market, str], times: int = 1) -> dict[str, Decimal]:
        """What is told in so many calls, a second from one to the next."""
        found: dict[str, Decimal] = {}
        for _ in range(times):
            wanted = [key for key in keys if self.teller.takes(*key)]
            for _, reading in await self.teller.tell(wanted, {}):
                assert not reading.is_partial
                found[reading.measure] = reading.value
            self.seconds.now += 1
        return found


@pytest.fixture
async def world(client: GuardedClient, clock: StandingClock) -> AsyncIterator[World]:
    glass, seconds = Glass(), Seconds()
    app = web.Application()
    app.router.add_get("/api/futures/supported-coins", glass.listed)
    app.router.add_get("/api/futures/liquidation/exchange-list", glass.sums)
    async with TestServer(app) as server:
        teller = CoinGlass(
            client=client,
            api_url=str(server.make_url("")),
            api_key="secret",
            assets=Assets(ASSETS),
            clock=clock,
            monotonic=seconds,
        )
        yield World(glass, teller, clock, seconds)


async def test_one_question_answers_every_side(world: World) -> None:
    """The key goes along, and the coins are learnt first."""
    keys = [(BTC, f"liquidations:{side}:3600") for side in ("both", "longs", "shorts")]
    assert await world.told(*keys, times=2) == {
        "liquidations:both:3600": 15,
        "liquidations:longs:3600": 10,
        "liquidations:shorts:3600": 5,
    }
    assert world.glass.asked == [("", ""), ("BTC", "1h")]
    assert world.glass.keys == {"secret"}


async def test_nothing_is_asked_while_nothing_is_wanted(world: World) -> None:
    assert await world.told(times=3) == {}
    assert world.glass.asked == []


async def test_questions_take_turns_every_twenty_seconds(world: World) -> None:
    """As the pace allows: no more than twenty a minute."""
    day = (BTC, "liquidations:both:86400")
    await world.told(HOUR, day, times=3)
    assert world.glass.asked == [("", ""), ("BTC", "1h"), ("BTC", "24h")]
    await world.told(HOUR, day, times=15)
    assert len(world.glass.asked) == 3
    await world.told(HOUR, day, times=10)
    assert world.glass.asked[3:] == [("BTC", "1h"), ("BTC", "24h")]


async def test_windows_and_coins_that_it_does_not_count_are_left(world: World) -> None:
    """About a coin that it does not list it might tell the sums of all."""
    takes = world.teller.takes
    assert takes(*HOUR)
    assert takes(Market("solana"), HOUR[1])
    assert not takes(BTC, "liquidations:both:1800")
    assert not takes(BTC, "volume")
    assert not takes(Market("wrapped-solana"), HOUR[1])
    await world.told(HOUR)
    assert not takes(Market("solana"), HOUR[1])


@pytest.mark.parametrize(
    "refusal", [(401, "no key"), (429, "slow down"), (500, "x"), (200, "<html>busy</html>")]
)
async def test_a_refusal_tells_nothing_and_holds_questions_back(
    world: World, refusal: tuple[int, str]
) -> None:
    await world.told(HOUR, times=2)
    world.glass.refusal = refusal
    assert await world.told(HOUR, times=30) == {}
    assert len(world.glass.asked) == 3
    world.glass.refusal = None
    world.seconds.now += 600
    assert await world.told(HOUR) == {HOUR[1]: 15}
