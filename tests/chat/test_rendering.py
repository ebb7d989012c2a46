"""What is owed as a message: fired alerts, and what the renderer reads for each subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.chat.rendering import firing_message
from bot.demo.telegram_html import parse_html
from bot.domain.alerts import AlertState, Direction, Line, Side, Watch
from bot.domain.markets import Market, Tick
from bot.domain.outbox import Pictures, Subject, View
from storage import (
    alerts,
    article_prices,
    articles,
    broadcasts,
    chats,
    firings,
    markets,
    sources,
)
from storage.alert_rows import StoredAlert
from storage.alerts import NewAlert
from storage.firings import Firing
from tests.chat.conftest import ASSETS, NOW, about

if TYPE_CHECKING:
    from bot.chat.catalogue import Voice
    from tests.chat.conftest import Lobby

MINUTE = timedelta(minutes=1)
ALERT = StoredAlert(
    3,
    1,
    Market("bitcoin"),
    Line(Direction.ABOVE, Decimal(95000)),
    Watch(AlertState.DONE, Side.UNDER, 1, fired=True),
    Decimal(91000),
    NOW,
)
FIRING = Firing(
    alert_id=3,
    arming=1,
    price=Decimal("95120.4"),
    price_at=NOW - timedelta(seconds=8),
    fired_at=NOW,
    previous_price=Decimal(94900),
    previous_at=NOW - timedelta(seconds=68),
    change_1h=Decimal("1.2"),
    change_24h=Decimal("-0.3"),
    id=5,
)


def fired(
    firing: Firing, alert: StoredAlert, voice: Voice, latest: Tick | None = None
) -> list[str]:
    """The lines that tell the crossing; the stories beside it stand below an empty one."""
    rendered = firing_message(firing, alert, latest, ASSETS, voice, NOW)
    return parse_html(rendered.text_html)[0].split("\n\n")[0].split("\n")


def test_a_fired_alert_says_what_crossed_where_and_when(voice: Voice) -> None:
    assert fired(FIRING, ALERT, voice) == [
        "🔔 BTC rose through $95,000",
        "$95,120 at 11:59 UTC",
        "1 h +1.2\u00a0% · 24 h \u22120.3\u00a0%",
    ]


def test_buttons_set_it_again_or_stop_one_that_repeats(voice: Voice) -> None:
    once = firing_message(FIRING, ALERT, None, ASSETS, voice, NOW)
    assert [b.data for b in once.rows[0]] == ["1:again:3:0", "1:alerts:0:0"]
    repeating = replace(ALERT, condition=replace(ALERT.condition, repeat=True))
    again = firing_message(FIRING, repeating, None, ASSETS, voice, NOW)
    assert [b.data for b in again.rows[0]] == ["1:stop_alert:3:0", "1:snooze:3:-8", "1:alerts:0:0"]


def test_what_crossed_while_the_bot_was_down_says_so(voice: Voice) -> None:
    long_ago = replace(FIRING, previous_at=NOW - timedelta(hours=13), price_at=NOW - 79 * MINUTE)
    latest = Tick(Market("bitcoin"), Decimal(96000), "x", NOW, NOW)
    lines = fired(long_ago, ALERT, voice, latest)
    assert lines[1] == "$95,120 at 10:41 UTC"
    assert lines[3:] == [
        "Now $96,000",
        "It crossed between 13\u00a0Mar\u00a023:00 and 10:41 UTC, while I was away.",
    ]


@pytest.mark.parametrize(
    ("direction", "previous", "price", "way"),
    [
        (Direction.ABOVE, None, "95000", "rose"),
        (Direction.BELOW, None, "95000", "fell"),
        (Direction.CROSS, "94000", "95100", "rose"),
        (Direction.CROSS, "96000", "94000", "fell"),
        (Direction.CROSS, "96000", "95000", "fell"),
        (Direction.CROSS, "95000", "95100", "rose"),
        (Direction.CROSS, None, "94999", "fell"),
    ],
)
def test_which_way_it_went(
    voice: Voice, direction: Direction, previous: str | None, price: str, way: str
) -> None:
    alert = replace(ALERT, condition=Line(direction, Decimal(95000)))
    before = None if previous is None else Decimal(previous)
    firing = replace(FIRING, price=Decimal(price), previous_price=before)
    assert fired(firing, alert, voice)[0] == f"🔔 BTC {way} through $95,000"


def test_moves_that_nobody_told_are_left_out(voice: Voice) -> None:
    lines = fired(replace(FIRING, change_1h=None, change_24h=None), ALERT, voice)
    assert len(lines) == 2


async def test_the_renderer_reads_what_the_outbox_names(lobby: Lobby, now: datetime) -> None:
    """A story, a firing and a broadcast are rendered from the database; gone ones are None."""
    renderer = lobby.renderer
    story_id = await lobby.publish("Read me", url="https://news.example/1")
    person = lobby.person()
    await lobby.say(person, "/start")
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, person.id)
        new = NewAlert(here.id, ALERT.market, ALERT.condition, ALERT.watch, None, person.id)
        alert_id = await alerts.add_alert(tx, new, now)
        firing_id = await firings.add_firing(tx, replace(FIRING, alert_id=alert_id))
        tick = Tick(ALERT.market, Decimal(97000), "x", now + 5 * MINUTE, now)
        await markets.store_tick(tx, tick)
        broadcast_id = await broadcasts.add_broadcast(tx, 1, here.id, "<b>hi</b> &amp; bye", now)
    assert firing_id is not None
    story = await renderer.rendered(Subject.STORY, story_id, 1, View("en"))
    firing = await renderer.rendered(Subject.FIRING, firing_id, 1, View())
    broadcast = await renderer.rendered(Subject.BROADCAST, broadcast_id, 1, View("xx"))
    assert story is not None
    assert firing is not None
    assert broadcast is not None
    assert "Read me" in story.text_html
    assert "Now $97,000" in firing.text_html
    assert broadcast.text_html == "<b>hi</b> &amp; bye"
    async with lobby.database.writing() as tx:
        await alerts.remove_alert(tx, alert_id, here.id)
        await articles.prune_articles(tx, now + MINUTE)
    for subject, subject_id in (
        (Subject.STORY, story_id),
        (Subject.FIRING, firing_id),
        (Subject.BROADCAST, 999),
    ):
        assert await renderer.rendered(subject, subject_id, 1, View("en")) is None


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(minutes=2), None),
        (timedelta(minutes=14), "⏳ Late: it fired 14 min ago, at 11:46 UTC"),
        (timedelta(hours=23), "⏳ Late: it fired 23 h ago, at 13\u00a0Mar\u00a013:00 UTC"),
        (timedelta(days=2), "⏳ Late: it fired at 12\u00a0Mar\u00a012:00 UTC"),
    ],
)
def test_an_alert_that_is_sent_late_says_when_it_fired(
    voice: Voice, age: timedelta, told: str | None
) -> None:
    firing = replace(FIRING, fired_at=NOW - age, price_at=NOW - age, previous_at=None)
    assert fired(firing, ALERT, voice)[3:] == ([] if told is None else [told])


async def test_a_push_tells_the_price_now_and_the_move_since_it_came(
    lobby: Lobby, now: datetime
) -> None:
    """From the last tick that is stored; a stale one tells nothing."""
    market = Market("bitcoin")
    story_id = await lobby.publish("Read me", mentions=(about("bitcoin", "BTC"),))
    async with lobby.database.writing() as tx:
        (source,) = await sources.known_sources(tx)
        await article_prices.note_prices(tx, source.id, "Read me", {market: Decimal(90000)})
        await markets.store_tick(tx, Tick(market, Decimal(91620), "x", now, now))

    async def told(pictures: Pictures = Pictures.LARGE) -> str:
        view = View("en", pictures)
        rendered = await lobby.renderer.rendered(Subject.STORY, story_id, 1, view)
        assert rendered is not None
        return parse_html(rendered.text_html)[0]

    assert "BTC $91,620, +1.8\u00a0% since" in await told()
    lobby.clock.advance(3600)
    assert "BTC $" not in await told()
