"""The stories beside a move as an alert tells them, and the one that comes after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.chat.move_stories import firing_move, reply_message, stories_part
from bot.demo.telegram_html import parse_html
from bot.domain.alerts import AlertState, Direction, Line, Side, Watch
from bot.domain.articles import Sentiment, Tone
from bot.domain.conditions import Figure, Gauge, Way
from bot.domain.markets import Market
from bot.domain.move_stories import Beside, Move, NearStory
from bot.domain.outbox import Subject, View
from storage import alerts, chats, firings, owing
from storage.alert_rows import StoredAlert
from storage.alerts import NewAlert
from storage.firings import Firing
from storage.move_stories import ToldBeside, add_firing_stories
from tests.chat.conftest import ASSETS, NOW, about, buttons_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.catalogue import Voice
    from storage.story_pages import StoredStory
    from tests.chat.conftest import Lobby

MINUTE = timedelta(minutes=1)
MOVE = Move(NOW - MINUTE, NOW)
LINE = Line(Direction.ABOVE, Decimal(95000))
WATCH = Watch(AlertState.DONE, Side.UNDER, 1, fired=True)
ALERT = StoredAlert(3, 1, Market("bitcoin"), LINE, WATCH, Decimal(91000), NOW)
FIRING = Firing(3, 1, Decimal("95120.4"), NOW, NOW, Decimal(94900), NOW - MINUTE, id=5)


def shown(html: str) -> list[str]:
    return parse_html(html)[0].split("\n")


def test_each_story_has_a_line_with_its_source_and_its_age_beside_the_move(
    voice: Voice, story: Callable[..., StoredStory]
) -> None:
    told = [
        ToldBeside(story(title="Funds return"), NOW - 13 * MINUTE),
        ToldBeside(story(title="A <b> & c", url=None), NOW - timedelta(seconds=30)),
        ToldBeside(story(title="Miners sold"), NOW + 95 * MINUTE),
    ]
    html = stories_part(told, MOVE, voice)
    assert shown(html) == [
        "Around the move",
        "• Funds return\u00a0· CoinDesk\u00a0· 12\u00a0min\u00a0before",
        "• A <b> & c\u00a0· CoinDesk\u00a0· at that time",
        "• Miners sold\u00a0· CoinDesk\u00a0· 1\u00a0h\u00a035\u00a0min\u00a0after",
    ]
    assert '<a href="https://news.example/btc?a=1&amp;b=2">Funds return</a>' in html


def test_that_none_was_found_is_said(voice: Voice) -> None:
    assert shown(stories_part([], MOVE, voice)) == ["No story was found around the move."]


def test_a_story_that_comes_later_names_the_move_that_it_may_explain(
    voice: Voice, story: Callable[..., StoredStory]
) -> None:
    one = ToldBeside(story(), NOW + 14 * MINUTE)
    rendered = reply_message(one, FIRING, ALERT, ASSETS, voice, NOW + 20 * MINUTE)
    assert shown(rendered.text_html)[:5] == [
        "💡 May explain the move of BTC to $95,120 at 12:00 UTC",
        "",
        "Bitcoin reclaims $95,000 as funds return",
        "CoinDesk\u00a0· 14\u00a0min\u00a0after",
        "Bitcoin rose for a third day.",
    ]
    assert rendered.preview_url is None
    assert rendered.rows[0][0].url == "https://news.example/btc?a=1&b=2"


GOOD, BAD = Tone(Sentiment.POSITIVE, 0.6, ""), Tone(Sentiment.NEGATIVE, -0.6, "")


def test_news_against_the_move_is_named_as_such(
    voice: Voice, story: Callable[..., StoredStory]
) -> None:
    told = [
        ToldBeside(story(title="Exchange halts", tone=BAD), NOW - 13 * MINUTE),
        ToldBeside(story(title="Funds return", tone=GOOD), NOW - 6 * MINUTE),
    ]
    fall, rise = (replace(MOVE, way=way) for way in (Way.DOWN, Way.UP))
    assert shown(stories_part(told, fall, voice)) == [
        "Around the move",
        "• Exchange halts\u00a0· CoinDesk\u00a0· 12\u00a0min\u00a0before",
        "• Funds return\u00a0· CoinDesk\u00a0· 5\u00a0min\u00a0before\u00a0· good news",
    ]
    assert shown(stories_part(told[::-1], rise, voice)) == [
        "Around the move",
        "• Funds return\u00a0· CoinDesk\u00a0· 5\u00a0min\u00a0before",
        "• Exchange halts\u00a0· CoinDesk\u00a0· 12\u00a0min\u00a0before\u00a0· bad news",
    ]
    assert "news" not in "".join(shown(stories_part(told, MOVE, voice)))


def test_that_none_fits_the_move_is_said(voice: Voice, story: Callable[..., StoredStory]) -> None:
    told = [ToldBeside(story(title="Funds return", tone=GOOD), NOW - 6 * MINUTE)]
    assert shown(stories_part(told, replace(MOVE, way=Way.DOWN), voice)) == [
        "No story that fits the move was found. Told around it:",
        "• Funds return\u00a0· CoinDesk\u00a0· 5\u00a0min\u00a0before\u00a0· good news",
    ]


def test_the_move_of_a_firing_has_the_way_that_its_alert_saw() -> None:
    fell = replace(FIRING, reason="fell to the line")
    assert firing_move(fell, ALERT) == replace(MOVE, way=Way.DOWN)
    assert firing_move(FIRING, ALERT) == MOVE
    funding = replace(ALERT, condition=Gauge(Figure.FUNDING, Direction.CROSS, Decimal(1)))
    assert firing_move(fell, funding) == MOVE


async def fired(lobby: Lobby, person: Any) -> tuple[int, int]:
    """An alert of that person that fired now: its destination and the firing."""
    await lobby.say(person, "/start")
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, person.id)
        new = NewAlert(here.id, ALERT.market, LINE, WATCH, None, person.id)
        alert_id = await alerts.add_alert(tx, new, NOW)
        firing_id = await firings.add_firing(tx, replace(FIRING, alert_id=alert_id))
    assert firing_id is not None
    return here.id, firing_id


async def owe_alert(lobby: Lobby, firing_id: int) -> dict[str, Any]:
    async with lobby.database.writing() as tx:
        await owing.owe_firings(tx, [firing_id], lobby.clock())
    (message,) = await lobby.send()
    return message


async def test_a_fired_alert_is_sent_with_the_stories_that_were_stored_with_it(
    lobby: Lobby,
) -> None:
    """As links, in the order chosen, without a picture; what came later is not among them."""
    _, firing_id = await fired(lobby, lobby.person())
    ids = [await lobby.publish(t, url=f"https://news.example/{n}") for n, t in enumerate("ABC")]
    async with lobby.database.writing() as tx:
        chosen = [
            Beside(NearStory(story_id, NOW - 31 * MINUTE, 60, is_about=True), 1.0, "near")
            for story_id in (ids[1], ids[0])
        ]
        await add_firing_stories(tx, [firing_id], chosen)
        await owing.owe_move_story(tx, ids[2], NOW, ["bitcoin"], NOW)
        await owing.owe_firings(tx, [firing_id], NOW)
    message, _ = await lobby.send()
    assert message["text"].split("\n")[-3:] == [
        "Around the move",
        "• B\u00a0· CoinDesk\u00a0· 30\u00a0min\u00a0before",
        "• A\u00a0· CoinDesk\u00a0· 30\u00a0min\u00a0before",
    ]
    links = [e["url"] for e in message["entities"] if e["type"] == "text_link"]
    assert links == ["https://news.example/1", "https://news.example/0"]
    assert message["sent"]["link_preview_options"]["is_disabled"] is True


async def test_a_fired_alert_without_stories_says_so(lobby: Lobby) -> None:
    _, firing_id = await fired(lobby, lobby.person())
    message = await owe_alert(lobby, firing_id)
    assert message["text"].endswith("\n\nNo story was found around the move.")


async def test_a_late_story_is_a_reply_to_the_alert_with_the_buttons_of_a_story(
    lobby: Lobby,
) -> None:
    alice = lobby.person()
    _, firing_id = await fired(lobby, alice)
    alert = await owe_alert(lobby, firing_id)
    story_id = await lobby.publish("Why it rose", mentions=(about("bitcoin", "BTC"),))
    async with lobby.database.writing() as tx:
        assert await owing.owe_move_story(tx, story_id, NOW, ["bitcoin"], NOW) == 1
    (reply,) = await lobby.send()
    assert reply["reply_to_message"]["message_id"] == alert["message_id"]
    assert reply["text"].startswith("💡 May explain the move of BTC to $95,120 at 12:00 UTC")
    assert any("Mute BTC" in label for label in buttons_of(reply))


async def test_a_reply_whose_alert_or_story_is_gone_is_none(lobby: Lobby) -> None:
    here, firing_id = await fired(lobby, lobby.person())
    ids = [await lobby.publish(title) for title in "AB"]
    async with lobby.database.writing() as tx:
        for story_id in ids:
            await owing.owe_move_story(tx, story_id, NOW, ["bitcoin"], NOW)

    async def rendered(row_id: int) -> bool:
        view = View("en")
        return await lobby.renderer.rendered(Subject.MOVE_STORY, row_id, 1, view) is not None

    assert [await rendered(row_id) for row_id in (1, 2, 3)] == [True, True, False]
    async with lobby.database.writing() as tx:
        found = await firings.firing_with_alert(tx, firing_id)
        assert found is not None
        await alerts.remove_alert(tx, found[1].id, here)
    assert not await rendered(1)
