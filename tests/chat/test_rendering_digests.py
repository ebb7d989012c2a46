"""What comes late, many in one message, as it looks and as it must never look."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.catalogue import Catalogue, Voice
from bot.chat.fitting import utf16_length
from bot.chat.rendering import firings_digest, stories_digest
from bot.demo.telegram_html import parse_html
from bot.domain.alerts import AlertState, Direction, Line, Side, Watch
from bot.domain.articles import Article
from bot.domain.markets import Market
from bot.domain.outbox import Fold, Priority, Subject, View
from storage import alerts, articles, chats, firings, outbox, owing
from storage.alert_rows import StoredAlert
from storage.alerts import NewAlert
from storage.firings import Firing
from storage.folding import backlogs, fold_owed
from storage.story_pages import StoredStory
from storage.subscriptions import asked_topics
from tests.chat.conftest import ASSETS, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chat.conftest import Lobby

MINUTE = timedelta(minutes=1)
_TEXT = st.text(max_size=6000)
_CATALOGUE = Catalogue.load()
WATCH = Watch(AlertState.DONE, Side.UNDER, 1, fired=True)
ALERT = StoredAlert(
    3, 1, Market("bitcoin"), Line(Direction.ABOVE, Decimal(95000)), WATCH, Decimal(91000), NOW
)
FIRING = Firing(alert_id=3, arming=1, price=Decimal("95120.4"), price_at=NOW, fired_at=NOW, id=5)


def several(story: Callable[..., StoredStory], count: int, **facts: Any) -> list[StoredStory]:
    """Stories a minute apart, newest first."""
    return [
        story(
            **{
                "title": f"Story {n}",
                "url": f"https://news.example/{n}",
                "published_at": NOW - n * MINUTE,
                **facts,
            }
        )
        for n in range(1, count + 1)
    ]


def test_late_stories_are_a_line_each(story: Callable[..., StoredStory], voice: Voice) -> None:
    stories = [*several(story, 2), story(title="<No> address", url=None)]
    rendered = stories_digest(stories, 3, voice, NOW)
    assert rendered.text_html == (
        "<b>3 stories while I was catching up</b>\n"
        "\n"
        '• <a href="https://news.example/1">Story 1</a> · CoinDesk · 1 min ago\n'
        '• <a href="https://news.example/2">Story 2</a> · CoinDesk · 2 min ago\n'
        "• &lt;No&gt; address · CoinDesk · 12 min ago"
    )
    assert [b.data for b in rendered.rows[0]] == ["1:list:0:0"]
    assert rendered.preview_url is None


def test_of_many_late_stories_the_older_unfold(
    story: Callable[..., StoredStory], voice: Voice
) -> None:
    """Fifteen in sight, all named, none twice."""
    rendered = stories_digest(several(story, 50), 50, voice, NOW)
    text, entities = parse_html(rendered.text_html)
    assert [line for line in text.splitlines() if line.startswith("•")] == [
        f"• Story {n} · CoinDesk · {n} min ago" for n in range(1, 51)
    ]
    (quote,) = [one for one in entities if one["type"] == "expandable_blockquote"]
    quoted = text.encode("utf-16-le")[quote["offset"] * 2 :].decode("utf-16-le")
    assert quoted.startswith("• Story 16 ")
    assert len(entities) <= 100


def test_what_does_not_fit_is_counted(story: Callable[..., StoredStory], voice: Voice) -> None:
    rendered = stories_digest(several(story, 90, title="A long title " * 20), 120, voice, NOW)
    text, _ = parse_html(rendered.text_html)
    shown = text.count("•")
    assert 20 < shown < 90
    assert text.startswith("120 stories")
    assert text.endswith(f"\n\nand {120 - shown} more: /news")
    assert utf16_length(text) <= 4096


@given(_TEXT, _TEXT, st.none() | st.text().map(str), st.integers(1, 40))
def test_whatever_late_stories_say_telegram_takes_it(
    title: str, source: str, tail: str | None, count: int
) -> None:
    url = None if tail is None else f"https://x.example/{tail}"
    stored = StoredStory(1, 1, Article("x", "g", title, NOW, url=url), source)
    rendered = stories_digest([stored] * count, count + 3, Voice(_CATALOGUE, "en"), NOW)
    text, _ = parse_html(rendered.text_html)
    assert utf16_length(text) <= 4096
    assert len(rendered.text_html.encode()) <= 32768
    assert f"and {count + 3 - text.count('•')} more" in text or "•" in title + source


def test_late_alerts_are_a_line_each_with_their_time(voice: Voice) -> None:
    firings = [(replace(FIRING, fired_at=NOW - n * MINUTE), ALERT) for n in (14, 20)]
    rendered = firings_digest(firings, 9, ASSETS, voice, NOW)
    assert parse_html(rendered.text_html)[0] == (
        "9 alerts that come late\n"
        "\n"
        "🔔 BTC rose through $95,000 · $95,120 14 min ago, at 11:46 UTC\n"
        "🔔 BTC rose through $95,000 · $95,120 20 min ago, at 11:40 UTC\n"
        "\n"
        "and 7 more: /alerts"
    )
    assert [b.data for b in rendered.rows[0]] == ["1:alerts:0:0"]


async def late_alerts(lobby: Lobby, destination_id: int, now: datetime) -> None:
    """Owe a chat two fired alerts."""
    async with lobby.database.writing() as tx:
        for n in range(2):
            line = Line(Direction.ABOVE, Decimal(90000 + n))
            new = NewAlert(destination_id, ALERT.market, line, ALERT.watch, None, 1)
            alert_id = await alerts.add_alert(tx, new, now)
            firing_id = await firings.add_firing(tx, replace(FIRING, alert_id=alert_id))
            await owing.owe_firings(tx, [firing_id or 0], now)


async def test_a_digest_tells_what_points_to_it(lobby: Lobby, now: datetime) -> None:
    """Stories, or alerts; None once all of them are gone."""
    renderer = lobby.renderer
    person = lobby.person()
    await lobby.say(person, "/subscribe all")
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, person.id)
        topics = [one.id for one in await asked_topics(tx)]
    await late_alerts(lobby, here.id, now)
    for title in ("Piece 0", "Piece 1"):
        story_id = await lobby.publish(title)
        async with lobby.database.writing() as tx:
            await owing.owe_story(tx, story_id, 1, topics, now)
    async with lobby.database.writing() as tx:
        for priority in (Priority.NEWS, Priority.ALERT):
            (backlog,) = await backlogs(tx, priority, here.id, here.id)
            owed = tuple(one.notification_id for one in backlog.owed)
            fold = Fold(here.id, owed, now)
            assert await fold_owed(tx, priority, [fold], now, now + MINUTE) == 2
        bell, news = await outbox.candidates(tx, now, 10, {})

    async def text(message_id: int) -> str | None:
        found = await renderer.rendered(Subject.DIGEST, message_id, 1, View("en"))
        return None if found is None else parse_html(found.text_html)[0]

    told = await text(news.id) or ""
    assert told.startswith("2 stories while I was catching up")
    assert {"Piece 0", "Piece 1"} <= set(re.findall(r"Piece \d", told))
    assert (await text(bell.id) or "").startswith("2 alerts that come late")
    async with lobby.database.writing() as tx:
        await chats.forget_chat(tx, person.id)
        await articles.prune_articles(tx, now + MINUTE)
    assert [await text(news.id), await text(bell.id)] == [None, None]
