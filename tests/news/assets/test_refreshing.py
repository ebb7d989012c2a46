"""The registry brought up to date from CoinGecko."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.assets import Asset, Assets
from bot.domain.errors import HttpStatusError, ParseError
from bot.http import GuardedClient
from bot.news.assets.refreshing import markets_page_url, merged_assets, refresh_assets
from bot.news.assets.registry import load_registry
from storage.database import Database
from storage.registry import store_registry, stored_registry

ACORN = Asset("acorn", "ACRN", "Acorn", ("Oak",), rank=1, ambiguous_names=("Acorn",))
BIRCH = Asset("birch", "FIR", "Birch", rank=2, ambiguous=True)
KNOWN = Assets([ACORN, BIRCH])


def coin(coin_id: str, symbol: str, name: str) -> dict[str, object]:
    return {"id": coin_id, "symbol": symbol, "name": name, "market_cap_rank": None}


def merged(*rows: object) -> dict[str, Asset]:
    return {asset.id: asset for asset in merged_assets(KNOWN, [list(rows)])[0]}


def test_new_coins_come_in_and_those_that_fell_out_stay_behind() -> None:
    assets, summary = merged_assets(
        KNOWN, [[coin("cedar", "cdr", "Cedar1")], [coin("birch", "fir", "Birch")]]
    )
    assert [(asset.id, asset.rank) for asset in assets] == [
        ("cedar", 1),
        ("birch", 2),
        ("acorn", 3),
    ]
    assert (summary.added, summary.renamed, summary.moved, summary.total) == (("CDR",), (), 1, 3)


def test_what_was_curated_is_kept() -> None:
    assets = merged(coin("birch", "fir", "BIRCH"), coin("acorn", "acrn", "Acorn"))
    assert assets["acorn"] == Asset(
        "acorn", "ACRN", "Acorn", ("Oak",), rank=2, ambiguous_names=("Acorn",)
    )
    assert assets["birch"] == Asset("birch", "FIR", "Birch", rank=1, ambiguous=True)


def test_a_coin_that_was_renamed_keeps_its_old_names_as_aliases() -> None:
    """The old symbol was a word, and stays one; the new name may be one."""
    birch = merged(coin("birch", "btc9", "Poplar"))["birch"]
    assert (birch.symbol, birch.name, birch.ambiguous) == ("BTC9", "Poplar", False)
    assert birch.aliases == ("FIR", "Birch")
    assert birch.ambiguous_names == ("FIR", "Poplar")


def test_a_symbol_that_comes_back_is_no_alias_of_itself() -> None:
    once, _ = merged_assets(KNOWN, [[coin("birch", "brc9", "Birch")]])
    again, _ = merged_assets(Assets(once), [[coin("birch", "fir", "Birch")]])
    birch = next(asset for asset in again if asset.id == "birch")
    assert (birch.symbol, birch.aliases) == ("FIR", ("BRC9",))


@pytest.mark.parametrize(
    ("symbol", "name", "ambiguous", "ambiguous_names"),
    [
        ("elm", "Elm", True, ("Elm",)),
        ("tr", "Tree9", True, ()),
        ("carbn", "Carbonate Finance", True, ()),
        ("crbnt9", "CarboNate", False, ()),
        ("grndl", "Old World", False, ("Old World",)),
        ("gwthspc", "GROWTH", False, ("GROWTH",)),
        ("acrn", "Acorn Network", True, ()),
        ("trnk", "Oak", False, ("Oak",)),
    ],
)
def test_new_words_are_ambiguous_by_rule(
    symbol: str, name: str, ambiguous: bool, ambiguous_names: tuple[str, ...]
) -> None:
    """What can be spoken may be a word; so may a plain name; what another asset has clashes."""
    new = merged(coin("new", symbol, name))["new"]
    assert (new.ambiguous, new.ambiguous_names) == (ambiguous, ambiguous_names)


@pytest.mark.parametrize(
    "row",
    [
        None,
        "acorn",
        {},
        coin("", "new", "New"),
        coin("new", "", "New"),
        coin("new", "new", " "),
        coin("new", "new", "N" * 81),
        coin("new", "a symbol", "New"),
        {"id": "new", "symbol": 7, "name": "New"},
        coin("acorn-2", "acrn", "Wrapped Acorn"),
        coin("acorn-2", "acrn", "Acorn (Binance-Peg)"),
    ],
)
def test_rows_that_cannot_be_used_and_copies_are_left_out(row: object) -> None:
    assert set(merged(row, coin("birch", "fir", "Birch"))) == {"acorn", "birch"}


def test_a_coin_on_two_pages_comes_once() -> None:
    page = [coin("birch", "fir", "Birch")]
    assert len(merged_assets(KNOWN, [page, page])[0]) == 2


@pytest.mark.parametrize("pages", [[], [[]], [{"error": "limit"}], [[{}]], ["none"]])
def test_answers_without_coins_are_refused(pages: list[object]) -> None:
    with pytest.raises(ParseError, match="CoinGecko gave"):
        merged_assets(KNOWN, pages)


def test_the_bundled_registry_merged_with_itself_stays_as_it_is() -> None:
    known = load_registry()
    rows = [coin(asset.id, asset.symbol.lower(), asset.name) for asset in known]
    assets, summary = merged_assets(known, [rows])
    assert assets == list(known)
    assert (summary.added, summary.renamed, summary.moved) == ((), (), 0)


def test_the_summary_as_lines() -> None:
    rows = [coin(f"new-{n}", f"n{n}x", "New") for n in range(11)]
    _, summary = merged_assets(KNOWN, [[*rows, coin("birch", "brch", "Birch")]])
    assert summary.lines == [
        "11 added: N0X, N1X, N2X, N3X, N4X, N5X, N6X, N7X, N8X, N9X …",
        "1 renamed: FIR to BRCH",
        "2 changed rank",
        "13 in all",
    ]


class Gecko:
    """CoinGecko's list of markets, on this machine."""

    def __init__(self) -> None:
        self.pages: dict[str, object] = {
            "1": [coin("bitcoin", "btc", "Bitcoin"), coin("cedar", "cdr9", "Cedar Network")],
            "2": [coin("ethereum", "eth", "Ethereum")],
        }
        self.status = 200
        self.asked: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        return web.json_response(self.pages[request.query["page"]], status=self.status)


@pytest.fixture
def gecko() -> Gecko:
    return Gecko()


@pytest.fixture
async def gecko_url(gecko: Gecko) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/api/v3/coins/markets", gecko.answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/api/v3"))


async def test_a_refresh_is_stored_and_read_at_the_next_start(
    database: Database, gecko: Gecko, gecko_url: str
) -> None:
    async with GuardedClient() as client:
        summary = await refresh_assets(database, client, gecko_url, "secret")
    assert summary.added == ("CDR9",)
    assert [(r.query["page"], r.query["per_page"]) for r in gecko.asked] == [
        ("1", "250"),
        ("2", "250"),
    ]
    assert {request.headers["x-cg-demo-api-key"] for request in gecko.asked} == {"secret"}
    async with database.reading() as tx:
        assets = load_registry(await stored_registry(tx))
    assert [asset.id for asset in assets][:3] == ["bitcoin", "cedar", "ethereum"]
    assert len(assets) == len(load_registry()) + 1


async def test_a_second_refresh_builds_on_the_first(
    database: Database, gecko: Gecko, gecko_url: str
) -> None:
    async with GuardedClient() as client:
        await refresh_assets(database, client, gecko_url)
        gecko.pages["1"] = [coin("bitcoin", "btc", "Bitcoin")]
        summary = await refresh_assets(database, client, gecko_url)
    assert summary.added == ()
    assert summary.total == len(load_registry()) + 1
    assert all("x-cg-demo-api-key" not in request.headers for request in gecko.asked)


@pytest.mark.parametrize("status", [429, 500])
async def test_a_refresh_that_fails_leaves_the_registry_as_it_was(
    database: Database, gecko: Gecko, gecko_url: str, status: int
) -> None:
    async with database.writing() as tx:
        await store_registry(tx, "[]")
    gecko.status = status
    async with GuardedClient() as client:
        with pytest.raises(HttpStatusError):
            await refresh_assets(database, client, gecko_url)
    async with database.reading() as tx:
        assert await stored_registry(tx) == "[]"


async def test_an_answer_that_is_no_list_is_refused(
    database: Database, gecko: Gecko, gecko_url: str
) -> None:
    gecko.pages["2"] = {"status": {"error_code": 1020}}
    async with GuardedClient() as client:
        with pytest.raises(ParseError, match="instead of a list"):
            await refresh_assets(database, client, gecko_url)


def test_the_address_holds_no_key() -> None:
    assert markets_page_url("https://gecko.example/api/", 2) == (
        "https://gecko.example/api/coins/markets"
        "?vs_currency=usd&order=market_cap_desc&per_page=250&page=2"
    )
