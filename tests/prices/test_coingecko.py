"""CoinGecko's answers: what is believed, what is left out, what is asked and with which key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from yarl import URL

from bot.demo.sample_gecko import Fault
from bot.demo.sample_market import SampleMarket
from bot.domain.errors import HttpStatusError, ParseError
from bot.domain.markets import Market
from bot.prices.coingecko import CoinGecko, id_batches, markets_url, ticks_from

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.http import GuardedClient
    from tests.conftest import StandingClock
    from tests.prices.conftest import Gecko

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
KEY = "CG-made-up-key"


def row(**changed: object) -> dict[str, object]:
    """A row as the API gives it; changes replace fields, `...` takes one away."""
    whole: dict[str, object] = {
        "id": "bitcoin",
        "symbol": "btc",
        "current_price": Decimal("94180.25"),
        "high_24h": 95010,
        "low_24h": Decimal("92999.5"),
        "last_updated": "2026-03-14T11:59:21.599Z",
        "price_change_percentage_1h_in_currency": Decimal("0.58"),
        "price_change_percentage_24h_in_currency": Decimal("-0.95"),
        "price_change_percentage_7d_in_currency": 4,
    }
    return {name: value for name, value in (whole | changed).items() if value is not ...}


def test_a_whole_row_becomes_a_tick() -> None:
    ticks, refused = ticks_from([row()], ["bitcoin"], "USD", NOW)
    assert refused == []
    (tick,) = ticks
    assert tick.market == Market("bitcoin", "USD")
    assert tick.price == Decimal("94180.25")
    assert tick.provider == "coingecko"
    assert tick.provider_at == datetime(2026, 3, 14, 11, 59, 21, 599000, tzinfo=UTC)
    assert tick.received_at == NOW
    assert (tick.change_1h, tick.change_24h, tick.change_7d) == (
        Decimal("0.58"),
        Decimal("-0.95"),
        Decimal(4),
    )
    assert (tick.high_24h, tick.low_24h) == (Decimal(95010), Decimal("92999.5"))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(current_price=...), "price_missing"),
        (row(current_price=None), "price_missing"),
        (row(current_price="94180"), "price_no_number"),
        (row(current_price=True), "price_no_number"),
        (row(current_price=94180.25), "price_no_number"),
        (row(current_price={"usd": 94180}), "price_no_number"),
        (row(current_price=[94180]), "price_no_number"),
        (row(current_price=Decimal("NaN")), "price_no_number"),
        (row(current_price=Decimal("sNaN")), "price_no_number"),
        (row(current_price=Decimal("Infinity")), "price_no_number"),
        (row(current_price=Decimal("0." + "1" * 61)), "price_no_number"),
        (row(current_price=10**70 + 1), "price_no_number"),
        (row(current_price=0), "price_not_positive"),
        (row(current_price=Decimal("0.0")), "price_not_positive"),
        (row(current_price=-1), "price_not_positive"),
        (row(current_price=Decimal("-1E-8")), "price_not_positive"),
        (row(current_price=10**15), "price_absurd"),
        (row(current_price=Decimal("1E+999999")), "price_absurd"),
        (row(current_price=Decimal("1E-31")), "price_absurd"),
        (row(last_updated=...), "time_unreadable"),
        (row(last_updated=None), "time_unreadable"),
        (row(last_updated=1773489561), "time_unreadable"),
        (row(last_updated="yesterday"), "time_unreadable"),
        (row(last_updated=""), "time_unreadable"),
        (row(last_updated="2026-03-14T11:59:21"), "time_unreadable"),
        (row(last_updated="2026-02-30T11:59:21Z"), "time_unreadable"),
        (row(last_updated="0001-01-01T00:00:00+14:00"), "time_unreadable"),
        (row(last_updated="2026-03-14T12:01:01Z"), "time_ahead"),
        (row(id="dogecoin"), "not_asked"),
        (row(id="Bitcoin"), "not_asked"),
        (row(id=None), "no_row"),
        (row(id=["bitcoin"]), "no_row"),
        (row(id=...), "no_row"),
        (None, "no_row"),
        ("bitcoin", "no_row"),
        ([], "no_row"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_the_others_stay(bad: Any, reason: str) -> None:
    answer = [bad, row(id="ethereum")]
    ticks, refused = ticks_from(answer, ["bitcoin", "ethereum"], "USD", NOW)
    assert [tick.market.asset_id for tick in ticks] == ["ethereum"]
    assert [one.reason for one in refused] == [reason]


def test_of_two_rows_for_an_asset_the_first_good_one_counts() -> None:
    answer = [row(current_price=None), row(current_price=1), row(current_price=2)]
    ticks, refused = ticks_from(answer, ["bitcoin"], "USD", NOW)
    assert [tick.price for tick in ticks] == [Decimal(1)]
    assert [one.reason for one in refused] == ["price_missing", "duplicate"]


def test_an_offset_is_brought_to_utc_and_a_minute_ahead_is_borne() -> None:
    (tick,), _ = ticks_from(
        [row(last_updated="2026-03-14T13:01:00+01:00")], ["bitcoin"], "USD", NOW
    )
    assert tick.provider_at == datetime(2026, 3, 14, 12, 1, tzinfo=UTC)
    assert tick.provider_at.tzinfo is UTC


@pytest.mark.parametrize(
    "changed",
    [
        {"price_change_percentage_1h_in_currency": None, "high_24h": None},
        {"price_change_percentage_1h_in_currency": "0.58", "high_24h": "95010"},
        {"price_change_percentage_1h_in_currency": -101, "high_24h": 0},
        {"price_change_percentage_1h_in_currency": Decimal("NaN"), "high_24h": -1},
        {"price_change_percentage_1h_in_currency": 10**9, "high_24h": True},
        {"price_change_percentage_1h_in_currency": ..., "high_24h": ...},
    ],
)
def test_senseless_side_figures_are_unknown_and_the_price_still_counts(
    changed: dict[str, Any],
) -> None:
    (tick,), refused = ticks_from([row(**changed)], ["bitcoin"], "USD", NOW)
    assert tick.change_1h is None
    assert tick.high_24h is None
    assert tick.change_24h == Decimal("-0.95")
    assert refused == []


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (None, "type NoneType"),
        ({}, "type dict"),
        ("[]", "type str"),
        (5, "type int"),
        ({"status": {"error_code": 429, "error_message": "slow down"}}, "an error (429)"),
        ({"status": "bad"}, "type dict"),
    ],
)
def test_an_answer_that_is_no_list_is_refused_whole(answer: object, shown: str) -> None:
    with pytest.raises(ParseError) as refused:
        ticks_from(answer, ["bitcoin"], "USD", NOW)
    assert shown in refused.value.log_text


def test_an_empty_list_is_no_ticks() -> None:
    assert ticks_from([], ["bitcoin"], "USD", NOW) == ([], [])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["bitcoin", "2026-03-14T11:59:21Z"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "current_price", "last_updated", "high_24h"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=5))
def test_no_row_whatever_it_holds_breaks_the_parser(answer: list[object]) -> None:
    ticks, refused = ticks_from(answer, ["bitcoin"], "USD", NOW)
    assert len(ticks) + len(refused) == len(answer)
    assert all(tick.price > 0 for tick in ticks)


# ---- requests

some_ids = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))


@given(some_ids, st.integers(min_value=1, max_value=9), st.integers(min_value=40, max_value=200))
def test_batches_hold_every_id_once_within_both_limits(
    ids: list[str], max_ids: int, max_characters: int
) -> None:
    batches = id_batches(ids, max_ids, max_characters)
    flat = [asset_id for batch in batches for asset_id in batch]
    fitting = {one for one in ids if len(quote(one, safe="")) < max_characters}
    assert flat == sorted(fitting)
    for batch in batches:
        assert 1 <= len(batch) <= max_ids
        query = markets_url("", batch, "USD").partition("&ids=")[2]
        assert len(query) <= max_characters


def test_as_few_requests_as_the_api_allows() -> None:
    assert id_batches([]) == []
    assert id_batches(["b", "a", "b"]) == [("a", "b")]
    ids = [f"coin-{number:03}" for number in range(501)]
    assert [len(batch) for batch in id_batches(ids)] == [250, 250, 1]
    long = [f"{number:03}-{'x' * 96}" for number in range(100)]
    assert [len(batch) for batch in id_batches(long)] == [59, 41]


def test_an_id_too_long_for_any_request_and_an_empty_one_are_left_out() -> None:
    assert id_batches(["a" * 6000, "", "bitcoin"]) == [("bitcoin",)]


def test_the_address_names_currency_ids_and_changes() -> None:
    url = URL(markets_url("https://api.example/api/v3", ["a b", "c&d", "é,"], "EUR"))
    assert url.path == "/api/v3/coins/markets"
    assert dict(url.query) == {
        "vs_currency": "eur",
        "per_page": "250",
        "price_change_percentage": "1h,24h,7d",
        "precision": "full",
        "ids": "a b,c&d,é,",
    }


@pytest.mark.parametrize("path", ["", "/"])
async def test_ticks_come_over_http_with_every_digit(
    client: GuardedClient, gecko: Gecko, api_url: str, clock: StandingClock, path: str
) -> None:
    gecko.set_price(0.1, age=20)
    gecko.set_price(1.2e-07, asset_id="pepe", age=20)
    coins = CoinGecko(client, api_url + path)
    ticks = await coins.fetch_ticks(["pepe", "bitcoin", "nobody"], "USD", clock())
    assert {tick.market.asset_id: str(tick.price) for tick in ticks} == {
        "bitcoin": "0.1",
        "pepe": "1.2E-7",
    }
    assert {tick.provider_at for tick in ticks} == {clock() - timedelta(seconds=20)}
    assert gecko.asked_ids() == [["bitcoin", "nobody", "pepe"]]


async def test_more_ids_than_fit_are_fetched_by_several_requests(
    client: GuardedClient, gecko: Gecko, api_url: str, clock: StandingClock
) -> None:
    ids = [f"coin-{number:03}" for number in range(300)]
    for asset_id in ids:
        gecko.set_price(1, asset_id=asset_id)
    ticks = await CoinGecko(client, api_url).fetch_ticks(ids, "USD", clock())
    assert len(ticks) == 300
    assert [len(asked) for asked in gecko.asked_ids()] == [250, 50]


async def test_the_key_goes_into_the_demo_header_and_nowhere_else(
    client: GuardedClient, gecko: Gecko, api_url: str, clock: StandingClock
) -> None:
    gecko.set_price(None)
    coins = CoinGecko(client, api_url, KEY)
    with capture_logs() as logs:
        await coins.fetch_ticks(["bitcoin"], "USD", clock())
    (asked,) = gecko.asked
    assert asked.headers["x-cg-demo-api-key"] == KEY
    assert "x-cg-pro-api-key" not in asked.headers
    assert KEY not in str(asked.url)
    assert [entry["event"] for entry in logs] == ["rows_refused"]
    assert KEY not in f"{logs} {coins!r}"


async def test_without_a_key_no_header_is_sent(
    client: GuardedClient, gecko: Gecko, api_url: str, clock: StandingClock
) -> None:
    await CoinGecko(client, api_url).fetch_ticks(["bitcoin"], "USD", clock())
    assert not [name for name in gecko.asked[0].headers if "x-cg" in name.lower()]


@pytest.mark.parametrize(
    ("api_url", "header"),
    [
        ("https://pro-api.coingecko.com/api/v3", "x-cg-pro-api-key"),
        ("https://PRO-API.coingecko.com/api/v3/", "x-cg-pro-api-key"),
        ("https://api.coingecko.com/api/v3", "x-cg-demo-api-key"),
        ("https://pro-api.coingecko.com.example/api/v3", "x-cg-demo-api-key"),
    ],
)
def test_the_plan_of_a_key_is_known_by_the_host(
    client: GuardedClient, api_url: str, header: str
) -> None:
    assert CoinGecko(client, api_url, KEY)._headers == {header: KEY}


@pytest.mark.parametrize("body", ["<html>Just a moment</html>", "[{", '[{"id": NaN}]', "null"])
async def test_a_body_that_is_no_list_of_markets_is_an_error(
    client: GuardedClient, gecko: Gecko, api_url: str, clock: StandingClock, body: str
) -> None:
    gecko.body = body
    with pytest.raises(ParseError):
        await CoinGecko(client, api_url, KEY).fetch_ticks(["bitcoin"], "USD", clock())


# ---- against the sample market


@pytest.fixture
async def market(clock: StandingClock) -> AsyncIterator[tuple[SampleMarket, str]]:
    sample = SampleMarket(7, clock, requests_per_minute=3)
    app = web.Application()
    app.add_routes(sample.routes())
    async with TestServer(app) as server:
        yield sample, str(server.make_url("/api/v3"))


async def test_the_sample_market_is_understood(
    client: GuardedClient, market: tuple[SampleMarket, str], clock: StandingClock
) -> None:
    sample, url = market
    sample.set_price("bitcoin", Decimal(95001))
    ticks = await CoinGecko(client, url).fetch_ticks(["bitcoin", "dogecoin"], "USD", clock())
    by_id = {tick.market.asset_id: tick for tick in ticks}
    assert by_id["bitcoin"].price == 95001
    assert by_id["bitcoin"].change_24h is not None
    assert by_id["dogecoin"].low_24h is not None


async def test_a_full_minute_is_an_error_with_its_time_to_wait(
    client: GuardedClient, market: tuple[SampleMarket, str], clock: StandingClock
) -> None:
    coins = CoinGecko(client, market[1])
    for _ in range(3):
        await coins.fetch_ticks(["bitcoin"], "USD", clock())
    with pytest.raises(HttpStatusError) as refused:
        await coins.fetch_ticks(["bitcoin"], "USD", clock())
    assert refused.value.status == 429
    assert refused.value.retry_after_seconds == 60


@pytest.mark.parametrize(
    "fault", [Fault.NULL_PRICE, Fault.NEGATIVE_PRICE, Fault.WRONG_TYPE, Fault.OTHER_COIN]
)
async def test_faulty_prices_give_no_tick(
    client: GuardedClient, market: tuple[SampleMarket, str], clock: StandingClock, fault: Fault
) -> None:
    sample, url = market
    sample.fault = fault
    assert await CoinGecko(client, url).fetch_ticks(["bitcoin"], "USD", clock()) == []
