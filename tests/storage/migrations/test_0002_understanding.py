"""A database that the first version filled is read, and worked with, after the upgrade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.alerts import AlertState, Direction, Line
from bot.domain.articles import Article, Category, Importance, Mention, Role
from bot.domain.chats import ChatState
from bot.domain.markets import Market
from bot.domain.outbox import MessageState, Pictures, Result, Subject
from bot.domain.sources import PollResult, SourceOrigin, SourceState
from bot.domain.topics import EVERYTHING, Filter, Topic, TopicKind
from storage.alerts import alerts_of
from storage.articles import Place, add_article, amend_article, mark_changed
from storage.broadcasts import open_broadcasts
from storage.chats import chat, known_destination
from storage.database import Database
from storage.edits import plan_edits
from storage.firings import firing_with_alert
from storage.inbox import unhandled_updates
from storage.markets import stored_market
from storage.mutes import mute_topic, mutes_of
from storage.outbox import candidates, record_results
from storage.owing import owe_story
from storage.schema import facts, metadata
from storage.settings import pictures_of
from storage.sources import due_sources, known_sources, record_poll
from storage.stories import recent_told
from storage.story_pages import latest_stories, story_members
from storage.subscriptions import asked_topics, interned_topic, subscriptions_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BITCOIN = Topic(TopicKind.ASSET, "bitcoin")

# Written by hand, not by the code of today; ids are the databases' own, each table's from 1 on.
# AT stands for a time.
_ROWS = """
INSERT INTO facts (key, value) VALUES ('bot_id', '42');
INSERT INTO chats (telegram_chat_id, kind, title, language, state, state_at, created_at, seen_at)
 VALUES (7, 'private', 'Ann''s', 'de', 'active', AT, AT, AT),
        (-100, 'supergroup', '', NULL, 'gone', AT, AT, AT);
INSERT INTO destinations (telegram_chat_id, thread_id) VALUES (7, 0), (-100, 3);
INSERT INTO topics (kind, value) VALUES ('all', ''), ('asset', 'bitcoin');
INSERT INTO filters (value) VALUES ('');
INSERT INTO subscriptions (destination_id, topic_id, filter_id, created_at)
 VALUES (1, 1, 1, AT), (1, 2, 1, AT), (2, 1, 1, AT);
INSERT INTO sources (key, name, kind, url, state, etag, body_hash, failures, first_polled_at,
  last_polled_at, last_success_at, next_poll_at, last_error)
 VALUES ('wire', 'The Wire', 'feed', 'https://wire.example/rss', 'active', '"1"', 'ab', 0,
   AT, AT, AT, AT, NULL),
  ('old', 'Old', 'feed', 'https://old.example/rss', 'removed', NULL, NULL, 3, NULL, AT, NULL,
   NULL, 'gone');
INSERT INTO stories (published_at, created_at, pushed_at) VALUES (AT, AT, AT),
 (AT, AT, NULL);
INSERT INTO articles (story_id, source_id, guid, url, canonical_url, title, summary, body,
  language, published_at, created_at)
 VALUES (1, 1, 'a', 'https://wire.example/a?utm_source=rss', 'https://wire.example/a',
   'Bitcoin climbs', 'It did.', 'It did. Why, nobody knows.', 'en', AT, AT),
  (2, 2, 'b', NULL, NULL, 'بيتكوين', '', '', NULL, AT, AT);
INSERT INTO article_assets (article_id, asset_id, symbol, role, reason, published_at)
 VALUES (1, 'bitcoin', 'BTC', 'primary', 'title', AT);
INSERT INTO article_categories (article_id, name, reason, published_at)
 VALUES (1, 'macro', 'words', AT);
INSERT INTO markets (asset_id, quote, price, provider, provider_at, received_at)
 VALUES ('bitcoin', 'USD', '96400.10', 'coingecko', AT, AT);
INSERT INTO alerts (destination_id, asset_id, quote, direction, level, repeat, band, state, side,
  arming, fired, trigger_high, created_at)
 VALUES (1, 'bitcoin', 'USD', 'above', '100000', TRUE, '0.005', 'armed', 'under', 2, FALSE,
   100000, AT);
INSERT INTO firings (alert_id, arming, price, price_at, fired_at)
 VALUES (1, 1, '100000.5', AT, AT);
INSERT INTO messages (destination_id, method, priority, state, subject, subject_id, producer_key,
  not_before_at, telegram_message_id, created_at, finished_at)
 VALUES (1, 'send', 2, 'sent', 'story', 1, 'n:1', AT, 501, AT, AT),
  (1, 'send', 1, 'waiting', 'firing', 1, 'n:2', AT, NULL, AT, NULL);
INSERT INTO notifications (destination_id, subject, subject_id, revision, priority, state,
  created_at, message_id, telegram_message_id)
 VALUES (1, 'story', 1, 1, 2, 'sent', AT, 1, 501), (1, 'firing', 1, 1, 1, 'planned', AT, 2,
   NULL), (1, 'story', 2, 1, 2, 'owed', AT, NULL, NULL);
INSERT INTO broadcasts (created_by, destination_id, text_html, buttons, audience, state,
  created_at)
 VALUES (7, 1, '<b>Hello</b>', '[]',
   '{"kinds":[],"languages":[],"topics":[],"active_seconds":null}', 'queued', AT);
INSERT INTO inbox (update_id, telegram_chat_id, payload, received_at)
 VALUES (900, 7, '{}', AT)
"""


@pytest.fixture
async def upgraded(upgrade: Callable[[str, str], Awaitable[Database]]) -> Database:
    """A database of the first version with a row of everything, brought up to date."""
    return await upgrade("0001", _ROWS)


async def test_no_row_is_lost_and_every_column_can_be_read(upgraded: Database) -> None:
    """Only what this upgrade and later ones bring has no rows yet."""
    async with upgraded.reading() as tx:
        rows = {name: (await tx.execute(sa.select(t))).all() for name, t in metadata.tables.items()}
    assert {name for name, found in rows.items() if not found} == {
        "mutes",
        "candles",
        "firing_stories",
        "pictures",
        "readings",
    }
    assert len(rows["articles"]) == len(rows["stories"]) == len(rows["sources"]) == 2
    assert len(rows["notifications"]) == len(rows["subscriptions"]) == 3


async def test_sources_go_on_where_they_were(upgraded: Database) -> None:
    """They are not polled silently again, and what their servers said is remembered."""
    async with upgraded.writing() as tx:
        (wire,) = await known_sources(tx)
        assert (wire.etag, wire.body_hash, wire.state) == ('"1"', "ab", SourceState.ACTIVE)
        assert (wire.origin, wire.weight, wire.full_text) == (SourceOrigin.SETTINGS, 50, False)
        assert wire.first_polled_at == NOW - timedelta(hours=1)
        assert (wire.skip_hours, wire.hub_url, wire.typical_fresh) == ("", None, None)
        assert await due_sources(tx, NOW, timedelta(days=1), 10) == [wire]
        await record_poll(tx, wire.id, PollResult(NOW, NOW + timedelta(minutes=1), skip_hours="3"))
        assert await due_sources(tx, NOW, timedelta(days=1), 10) == []


async def test_stories_are_shown_as_they_were(upgraded: Database) -> None:
    """What was not understood then is missing, and nothing of it is made up."""
    async with upgraded.reading() as tx:
        (story,) = await latest_stories(tx, BITCOIN, 10)
        assert [s.id for s in await latest_stories(tx, EVERYTHING, 10)] == [2, 1]
        told = {one.story_id: one for one in await recent_told(tx, NOW - timedelta(hours=48))}
        (member,) = await story_members(tx, 1)
    assert (story.article.title, story.importance, story.prices) == ("Bitcoin climbs", 0, ())
    assert (story.article.figures, story.article.tone, story.article.importance) == ((), None, None)
    assert [c.name for c in story.article.categories] == ["macro"]
    assert (told[1].assets, told[1].pushed, told[2].pushed) == (("bitcoin",), True, False)
    assert (member.revision, member.because) == (1, "")


async def test_chats_keep_what_they_asked_for(upgraded: Database) -> None:
    async with upgraded.writing() as tx:
        here = await known_destination(tx, 7)
        assert here is not None
        assert await pictures_of(tx, here.id) is Pictures.LARGE
        asked = [(one.topic, one.filter) for one in await subscriptions_of(tx, here.id)]
        assert set(asked) == {(EVERYTHING, Filter.NONE), (BITCOIN, Filter.NONE)}
        (alert,) = await alerts_of(tx, here.id)
        assert alert.condition == Line(Direction.ABOVE, Decimal(100_000), repeat=True)
        assert alert.watch.state is AlertState.ARMED
        fired = await firing_with_alert(tx, 1)
        assert fired is not None
        assert fired[0].price == Decimal("100000.5")
        market = await stored_market(tx, Market("bitcoin"))
        assert market.tick is not None
        assert market.tick.price == Decimal("96400.1")
        found = await chat(tx, -100)
        assert found is not None
        assert found.state is ChatState.GONE
        topic_id = await interned_topic(tx, BITCOIN)
        await mute_topic(tx, here.id, topic_id, NOW + timedelta(hours=1))
        assert [mute.topic for mute in await mutes_of(tx, here.id, NOW)] == [BITCOIN]


async def test_what_was_owed_is_sent_and_nothing_twice(upgraded: Database) -> None:
    async with upgraded.writing() as tx:
        due = await candidates(tx, NOW, 10, {})
        assert {(m.subject, m.subject_id) for m in due} == {
            (Subject.FIRING, 1),
            (Subject.STORY, 2),
        }
        results = [Result(m.id, MessageState.SENT, "", 600 + m.id) for m in due]
        await record_results(tx, results, NOW)
        assert await candidates(tx, NOW, 10, {}) == []
        topics = [stored.id for stored in await asked_topics(tx)]
        assert await owe_story(tx, 1, 1, topics, NOW) == 0
        assert [one.state.value for one in await open_broadcasts(tx)] == ["queued"]
        assert [one.update_id for one in await unhandled_updates(tx, 10)] == [900]
        assert await tx.scalar(sa.select(facts.c.value)) == "42"


async def test_an_article_of_today_joins_a_story_of_the_first_version(upgraded: Database) -> None:
    """It is known by guid or address as before; the push is edited, and answered."""
    mentions = (Mention("bitcoin", "BTC", Role.PRIMARY, "title"),)
    known = Article("wire", "a", "Bitcoin climbs", NOW)
    moved = Article("wire", "c", "Bitcoin climbs", NOW, canonical_url="https://wire.example/a")
    new = Article(
        "wire", "d", "Bitcoin climbs on", NOW, mentions=mentions, importance=Importance(70, "big")
    )
    async with upgraded.writing() as tx:
        assert await add_article(tx, 1, known, NOW) is None
        assert await add_article(tx, 1, moved, NOW) is None
        place = Place(1, 2, "both tell it")
        assert await add_article(tx, 1, new, NOW, place) == place
        fuller = Article("wire", "a", "Bitcoin climbs", NOW, categories=(Category("etf", "words"),))
        assert await amend_article(tx, 1, fuller) == 1
        await mark_changed(tx, 1, NOW - timedelta(minutes=1))
        assert await owe_story(tx, 1, 2, [1, 2], NOW) == 1
        due = await candidates(tx, NOW, 10, {})
        (push,) = [message for message in due if message.subject_id == 1 and message.revision == 2]
        assert push.reply_to_message_id == 501
        await record_results(tx, [Result(push.id, MessageState.SENT, "", 700)], NOW)
        assert await plan_edits(tx, NOW, budget=10) == 1
        (story,) = await latest_stories(tx, BITCOIN, 10)
    assert (story.revision, story.importance, story.article.title) == (2, 70, "Bitcoin climbs on")
