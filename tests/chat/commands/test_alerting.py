"""/alert: what is set, and what its owner reads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.chat.alert_texts import distance
from bot.domain.alerts import AlertState, Direction, Line, Side, Watch
from bot.domain.articles import Article, Figure, FigureKind
from bot.domain.markets import Market
from storage import alerts, articles, chats, sources
from storage.alert_rows import StoredAlert
from storage.alerts import NewAlert
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from tests.chat.conftest import Lobby

PERCENT = "\u00a0%"
BEYOND = "It is at $91,200, beyond that line already. I wait until it has come back "
NO_PRICE = "I have no fresh price of {} at the moment; I begin with the first one that comes."


async def alerts_of(lobby: Lobby, user: User) -> list[StoredAlert]:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, user.id)
        return await alerts.alerts_of(tx, here.id) if here else []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "/alert BTC > 95k",
            ["🔔 I ring when BTC rises through $95,000.", f"It is at $91,200, 4.2{PERCENT} away."],
        ),
        (
            "/alert BTC < 90,000",
            ["🔔 I ring when BTC falls through $90,000.", f"It is at $91,200, 1.3{PERCENT} away."],
        ),
        (
            "/alert BTC 91.3k",
            ["🔔 I ring when BTC crosses $91,300.", f"It is at $91,200, 0.11{PERCENT} away."],
        ),
        (
            "/alert BTC > 90k",
            ["BTC ↗ $90,000: BTC is at $91,200, beyond that already. Ring when it"],
        ),
        (
            "/alert BTC < 95k repeat",
            ["BTC ↘ $95,000 🔁: BTC is at $91,200, beyond that already. Ring when it"],
        ),
        (
            "/alert BTC 91200",
            [
                "🔔 I ring when BTC crosses $91,200.",
                "It stands at exactly $91,200. I begin once it has left the line.",
            ],
        ),
        (
            "/alert SOL > 200",
            [
                "🔔 I ring when SOL rises through $200.",
                NO_PRICE.format("SOL"),
            ],
        ),
        ("/alert UNI > 0.000012345", ["Several coins go by UNI. Which one?"]),
        (
            "/alert uniswap > 0.000012345",
            ["🔔 I ring when UNI rises through $0.000012345.", NO_PRICE.format("UNI")],
        ),
    ],
)
async def test_the_answer_repeats_how_it_was_read(
    lobby: Lobby, text: str, lines: list[str]
) -> None:
    (answer,) = await lobby.say(lobby.person(), text)
    assert answer["text"].split("\n") == lines


async def test_it_begins_at_the_price_it_was_set_at(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/alert BTC > 95k")
    (stored,) = await alerts_of(lobby, alice)
    assert stored.market == Market("bitcoin", "USD")
    assert stored.condition == Line(Direction.ABOVE, Decimal(95000))
    assert stored.watch == Watch(AlertState.ARMED, Side.UNDER, 1)
    assert stored.set_price == Decimal(91200)


async def test_a_stale_price_starts_nothing(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("bitcoin", "91200", at=lobby.clock() - timedelta(hours=1))
    (answer,) = await lobby.say(alice, "/alert BTC > 95k")
    assert "no fresh price" in answer["text"]
    (stored,) = await alerts_of(lobby, alice)
    assert (stored.watch.state, stored.set_price) == (AlertState.WAITING, None)


async def test_another_currency_asks_for_its_market(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.set("bitcoin", "84000", quote="EUR")
    lobby.prices.set("ethereum", "0.0348", quote="BTC")
    (euro,) = await lobby.say(alice, "/alert BTC > €90k")
    assert "€90,000.\nIt is at €84,000" in euro["text"]
    (pair,) = await lobby.say(alice, "/alert ETH/BTC > 0.05")
    assert "ETH/BTC rises through ₿0.05.\nIt is at ₿0.0348" in pair["text"]


async def test_a_duplicate_is_said_and_not_set(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/alert BTC > 95k")
    (again,) = await lobby.say(alice, "/alert bitcoin above 95,000.00")
    assert again["text"] == "You have that alert already: BTC ↗ $95,000"
    assert len(await alerts_of(lobby, alice)) == 1


async def test_a_chat_can_have_only_so_many(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/start")
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, alice.id)
        for level in range(1, 200 + 1):
            line = Line(Direction.ABOVE, Decimal(level))
            watch = Watch(AlertState.WAITING)
            new = NewAlert(here.id, Market("bitcoin"), line, watch, None, alice.id)
            await alerts.add_alert(tx, new, lobby.clock())
    (refused,) = await lobby.say(alice, "/alert BTC > 95k")
    assert refused["text"] == (
        "This chat has 200 alerts, the most it can have. Remove some first: /alerts"
    )
    assert len(await alerts_of(lobby, alice)) == 200


async def test_an_alert_can_be_taken_back_at_once(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/alert BTC > 95k")
    (edited,) = await lobby.press(alice, answer, "Remove")
    assert (edited["message_id"], edited["text"]) == (
        answer["message_id"],
        "Removed: BTC ↗ $95,000",
    )
    assert await alerts_of(lobby, alice) == []
    data = buttons_of(answer)["✖️ Remove"]
    assert await lobby.press_data(alice, answer, data) == []
    assert lobby.server.answered[-1].text == "This alert was removed before."


async def fire(lobby: Lobby, user: User) -> StoredAlert:
    """Let the person's one alert be done, as a firing leaves it."""
    (stored,) = await alerts_of(lobby, user)
    async with lobby.database.writing() as tx:
        done = Watch(AlertState.DONE, Side.UNDER, 1, fired=True)
        await alerts.set_watches(tx, [(stored, done)])
    return stored


async def test_a_fired_alert_is_set_again_with_one_tap(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/alert BTC > 95k")
    fired = await fire(lobby, alice)
    lobby.prices.set("bitcoin", "95300")
    (answer,) = await lobby.press_data(alice, shown, f"1:again:{fired.id}:0")
    assert BEYOND + "under $95,000" in answer["text"].replace("95,300", "91,200")
    (stored,) = await alerts_of(lobby, alice)
    assert stored.id != fired.id
    assert stored.condition == fired.condition
    (twice,) = await lobby.press_data(alice, shown, f"1:again:{fired.id}:0")
    assert "already" in twice["text"]


async def test_a_repeating_one_is_stopped_and_its_message_stays(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/alert BTC > 95k repeat")
    (stored,) = await alerts_of(lobby, alice)
    (answer,) = await lobby.press_data(alice, shown, f"1:stop_alert:{stored.id}:0")
    assert answer["message_id"] != shown["message_id"]
    assert answer["text"] == "Removed: BTC ↗ $95,000 🔁"


@pytest.mark.parametrize("action", ["again", "stop_alert", "undo_alert"])
async def test_a_forged_button_touches_nothing_of_others(lobby: Lobby, action: str) -> None:
    alice, mallory = lobby.person(), lobby.person("Mallory")
    await lobby.say(alice, "/alert BTC > 95k")
    (stored,) = await alerts_of(lobby, alice)
    (shown,) = await lobby.say(mallory, "/start")
    assert await lobby.press_data(mallory, shown, f"1:{action}:{stored.id}:0") == []
    assert lobby.server.answered[-1].text == "This alert was removed before."
    assert await alerts_of(lobby, alice) == [stored]
    assert await alerts_of(lobby, mallory) == []


@pytest.mark.parametrize(
    "data", ["1:level:0:0", "1:level:55:90000", "1:level:0:9999999999999", "1:suggest:55:0"]
)
async def test_a_forged_level_sets_nothing(lobby: Lobby, data: str) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/start")
    assert await lobby.press_data(alice, shown, data) == []
    assert await alerts_of(lobby, alice) == []


async def test_without_a_price_no_level_is_suggested(lobby: Lobby) -> None:
    alice = lobby.person()
    lobby.prices.known.clear()
    (welcome,) = await lobby.say(alice, "/start")
    (answer,) = await lobby.press(alice, welcome, "Ring on")
    assert "Name one yourself: /alert BTC > 95k" in answer["text"]


@pytest.mark.parametrize(
    ("price", "level", "percent"), [("100", "105", "5"), ("100", "95", "5"), ("100", "100", "0")]
)
def test_a_distance_is_in_percent_of_the_price(price: str, level: str, percent: str) -> None:
    assert distance(Decimal(price), Decimal(level)) == Decimal(percent)


async def levelled(lobby: Lobby, *values: str) -> int:
    """A story about bitcoin that names these levels."""
    figures = tuple(
        Figure(FigureKind.LEVEL, Decimal(value), "USD", value, "bitcoin", "BTC") for value in values
    )
    return await lobby.publish(mentions=(about("bitcoin", "BTC"),), figures=figures)


@pytest.mark.parametrize(
    ("label", "price", "line"),
    [
        ("100,000", "91200", Line(Direction.ABOVE, Decimal(100000))),
        ("90,000", "91200", Line(Direction.BELOW, Decimal(90000))),
        ("90,000", "90000", Line(Direction.CROSS, Decimal(90000))),
        ("100,000", None, Line(Direction.CROSS, Decimal(100000))),
    ],
)
async def test_a_level_that_a_story_names_becomes_an_alert(
    lobby: Lobby, label: str, price: str | None, line: Line
) -> None:
    """The crossing that is watched is the one that has not happened, and the answer says so."""
    alice = lobby.person()
    await lobby.say(alice, "/start")
    if price is None:
        lobby.prices.known.clear()
    else:
        lobby.prices.set("bitcoin", price)
    push = await lobby.push(alice, await levelled(lobby, "100000", "90000"))
    (answer,) = await lobby.press(alice, push, f"🔔 {label}")
    way = {Direction.ABOVE: "rises through", Direction.BELOW: "falls through"}
    said = f"I ring when BTC {way.get(line.direction, 'crosses')} ${label}."
    assert said in answer["text"]
    assert "✖️ Remove" in buttons_of(answer)
    (stored,) = await alerts_of(lobby, alice)
    assert (stored.market, stored.condition) == (Market("bitcoin"), line)
    (twice,) = await lobby.press(alice, push, f"🔔 {label}")
    assert "already" in twice["text"]


async def test_the_level_of_an_older_push_is_still_its_own(lobby: Lobby) -> None:
    """What was understood better since has moved the figures; the button means what it said."""
    alice = lobby.person()
    await lobby.say(alice, "/start")
    story_id = await levelled(lobby, "100000")
    push = await lobby.push(alice, story_id)
    async with lobby.database.writing() as tx:
        (source,) = await sources.known_sources(tx)
        figures = tuple(
            Figure(FigureKind.LEVEL, Decimal(value), "USD", value, "bitcoin", "BTC")
            for value in ("80000", "90000", "100000")
        )
        better = Article(
            "coindesk", "Bitcoin climbs", "Bitcoin climbs", lobby.clock(), figures=figures
        )
        assert await articles.amend_article(tx, source.id, better) == story_id
    (answer,) = await lobby.press(alice, push, "🔔 100,000")
    assert "rises through $100,000" in answer["text"]


async def test_a_level_that_no_story_names_sets_nothing(lobby: Lobby) -> None:
    alice = lobby.person()
    (shown,) = await lobby.say(alice, "/start")
    story_id = await levelled(lobby, "100000")
    for data, told in (
        (f"1:story_level:{story_id}:12345", "no longer works"),
        ("1:story_level:999:12345", "no longer kept"),
    ):
        assert await lobby.press_data(alice, shown, data) == []
        assert told in (lobby.server.answered[-1].text or "")
    assert await alerts_of(lobby, alice) == []
