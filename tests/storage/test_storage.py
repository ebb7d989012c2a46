"""What holds for every function of the package: a locked database is met with one clear error."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import storage
from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.articles import Article
from bot.domain.audiences import EVERYBODY
from bot.domain.candles import Candle, Timeframe
from bot.domain.chats import ChatKind, ChatSeen, ChatState
from bot.domain.errors import DatabaseLocked
from bot.domain.feeds import ListedFeed
from bot.domain.markets import Market, Tick
from bot.domain.measures import Reading
from bot.domain.move_stories import Beside, NearStory
from bot.domain.outbox import Fold, MessageState, Pictures, Priority, Rendered, Reply, Result
from bot.domain.sources import PollResult, SourceKind, SourceSettings
from bot.domain.topics import EVERYTHING, words_topic
from storage.alert_rows import StoredAlert
from storage.alerts import NewAlert
from storage.article_prices import StartingPrice
from storage.articles import mark_changed, mark_pushed
from storage.broadcasts import BroadcastState, add_broadcast, move_broadcast
from storage.candles import Span, put_candles
from storage.chats import destination, say_goodbye, see_chat
from storage.database import Database
from storage.firings import Firing
from storage.inbox import Received
from storage.markets import StoredMarket, ask_markets
from storage.outbox import add_reply, plan_messages
from storage.owing import owe_story
from storage.pictures import add_picture
from storage.schema import metadata
from storage.touching import Swing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.storage.conftest import Given

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LINE = Line(Direction.ABOVE, Decimal(100))
WATCH = started_watch(LINE, Decimal(90))
BITCOIN = Market("bitcoin")
TICK = Tick(BITCOIN, Decimal(95), "coingecko", NOW, NOW)
STORED = StoredAlert(1, 1, BITCOIN, LINE, WATCH, None, NOW)
FIRING = Firing(1, 1, Decimal(100), NOW, NOW)
SPAN = Span(BITCOIN, Timeframe.MINUTE, NOW)
CANDLE = Candle(NOW, *(Decimal(95) for _ in range(4)))

# What to call functions with, by the names of their arguments.
VALUES: dict[str, Any] = {
    "published_since": NOW,
    "listed": [Article("wire", "g1", "Title g1", datetime(2099, 1, 1, tzinfo=UTC))],
    "after_id": 0,
    "alert_id": 1,
    "all_owners": True,
    "armed_until": NOW,
    "article": Article("wire", "unknown", "Title", NOW),
    "asked": [BITCOIN],
    "asked_since": NOW,
    "audience": EVERYBODY,
    "bot_id": 123456,
    "bound": 1,
    "broadcast_id": 1,
    "asset_id": "bitcoin",
    "asset_ids": ["bitcoin"],
    "budget": 5,
    "chosen": [Beside(NearStory(1, NOW, 60, True), 80.0, "near")],
    "configured": [SourceSettings("new", "New", SourceKind.FEED, "https://new.example")],
    "created_by": 42,
    "destination_id": 1,
    "error": "words",
    "expires": {},
    "expires_at": NOW,
    "farthest": timedelta(days=1),
    "feeds": [ListedFeed("https://listed.example/rss", "Listed")],
    "fired": [FIRING],
    "file_id": "AgACAgI",
    "firing": FIRING,
    "firing_id": 1,
    "firing_ids": [1],
    "first_id": 1,
    "folds": [Fold(1, (1,), NOW)],
    "found": [Article("wire", "unknown", "Title", NOW)],
    "guid": "g1",
    "high": Decimal(100),
    "ids": [1],
    "key": "bitcoin/USD 24h 100",
    "kind": ChatKind.PRIVATE,
    "limit": 5,
    "last_id": 10,
    "low": Decimal(90),
    "late_at_least": 2,
    "lowest": Priority.NEWS,
    "notification_ids": [1],
    "condition": LINE,
    "market": BITCOIN,
    "measure": "funding",
    "message_id": 1,
    "moved": [(STORED, WATCH)],
    "model_text": "{}",
    "new": NewAlert(1, BITCOIN, LINE, WATCH, None, None),
    "new_id": -100,
    "now": NOW,
    "old_id": 1,
    "owner": "me",
    "planned": {1: NOW},
    "picture_id": 1,
    "png": b"\x89PNG",
    "price": Decimal(100),
    "settled": [StoredMarket(BITCOIN, None, quiet=(1.0, 2.0), measures=())],
    "stored": STORED,
    "value": Decimal(100),
    "pictures": Pictures.OFF,
    "owed_at": NOW,
    "prices": {BITCOIN: Decimal(1)},
    "priority": Priority.NEWS,
    "producer_key": "update:7",
    "proposed": SourceSettings("proposed", "New", SourceKind.FEED, "https://other.example"),
    "put": [(SPAN, CANDLE)],
    "quote": "USD",
    "reason": "blocked",
    "reply": Reply(1, Rendered("x")),
    "result": PollResult(NOW, NOW),
    "results": [Result(1, MessageState.SENT, "", 7)],
    "revision": 2,
    "row_id": 1,
    "score": 99,
    "series": [(BITCOIN, "price")],
    "swings": [Swing(BITCOIN, "price", Decimal(90), Decimal(100))],
    "secret": "a secret",
    "seen": ChatSeen(7, ChatKind.PRIVATE),
    "since": NOW,
    "source_id": 1,
    "spans": [SPAN],
    "state": ChatState.GONE,
    "story_id": 1,
    "story_ids": [1],
    "subscription_id": 1,
    "telegram_chat_id": 1,
    "telegram_message_id": 1,
    "text": "[]",
    "text_html": "x",
    "told_times": {1: NOW},
    "thread_id": 3,
    "tick": TICK,
    "told_at": NOW,
    "times": [NOW],
    "ticks": [TICK],
    "timeframe": Timeframe.HOUR,
    "topic": EVERYTHING,
    "topic_id": 1,
    "topic_ids": [1],
    "until": NOW,
    "until_at": NOW,
    "up_to": 1,
    "update_id": 1,
    "updates": [Received(7, 1, "{}")],
    "wanted": [BITCOIN],
    "watch": WATCH,
}
# Where a name means something else, or those values would leave nothing to be written.
SPECIAL: dict[str, dict[str, Any]] = {
    "article_prices.note_awaited": {"found": [StartingPrice(1, "bitcoin", Decimal(95))]},
    "articles.prune_articles": {"before": NOW + timedelta(days=1)},
    "broadcasts.note_report": {"reported": "running:1:0:0:0"},
    "broadcasts.move_broadcast": {
        "before": BroadcastState.DRAFT,
        "after": BroadcastState.RUNNING,
    },
    "chats.destination": {"telegram_chat_id": 8},
    "folding.destinations_behind": {"before": NOW, "alone_since": NOW},
    "folding.fold_owed": {"folds": [Fold(1, (1, 2), NOW)]},
    "inbox.prune_inbox": {"before": NOW},
    "outbox.defer_messages": {"until": {1: NOW}},
    "outbox.lease_messages": {"until": NOW},
    "outbox_upkeep.prune_messages": {"before": NOW},
    "candles.prune_candles": {"now": NOW + timedelta(days=3)},
    "readings.put_readings": {"put": [(BITCOIN, Reading("funding", Decimal(1), NOW))]},
    "pictures.prune_pictures": {"before": NOW + timedelta(days=1)},
    "source_admin.drop_old_proposals": {"before": NOW},
    "subscriptions.interned_topic": {"topic": words_topic("never asked for")},
}
READERS = {
    "listings.count_arrivals",
    "alerts.alert",
    "alerts.alert_counts",
    "alerts.alerts_of",
    "alerts.armed_alerts",
    "alerts.count_alerts_of_chat",
    "alerts.same_alert",
    "article_prices.awaited_prices",
    "asked_markets.asked_markets",
    "article_rows.about_articles",
    "articles.article_counts",
    "articles.unknown_articles",
    "audiences.audience_count",
    "broadcasts.broadcast",
    "broadcasts.broadcast_progress",
    "broadcasts.drafts_not_shown",
    "broadcasts.lock_queue",
    "broadcasts.open_broadcasts",
    "broadcasts.shown_message",
    "candles.candles_at",
    "candles.candles_since",
    "candles.newest_opened",
    "candles.opened_since",
    "chats.caretakers",
    "chats.chat",
    "chats.chat_counts",
    "chats.known_destination",
    "firings.firing_with_alert",
    "folding.backlogs",
    "folding.destinations_behind",
    "folding.digest_firing_ids",
    "folding.digest_stories",
    "folding.oldest_owed_at",
    "hubs.hub_of",
    "hubs.usable_hubs",
    "inbox.unhandled_updates",
    "mutes.muted_topics",
    "mutes.mutes_of",
    "markets.stored_market",
    "markets.stored_markets",
    "markets.watched_markets",
    "migrating.schema_revision",
    "move_stories.late_story",
    "move_stories.stories_about",
    "move_stories.stories_between",
    "move_stories.told",
    "move_stories.told_beside",
    "move_stories.wide_stories",
    "owing.owed_ids",
    "chart_edits.is_on_its_way",
    "chart_edits.plan_charts",  # nothing in these rows wants a chart
    "chart_edits.wanted_charts",
    "pictures.picture",
    "pictures.picture_with",
    "outbox_upkeep.extras_waiting",
    "outbox_upkeep.waits_more_than",
    "outbox_upkeep.next_due_at",
    "outbox_upkeep.sent_count",
    "outbox_upkeep.waiting_counts",
    "settings.pictures_of",
    "tellings.told_of",
    "touching.locked_alerts",
    "touching.quiet_spans",
    "touching.touched_ids",
    "touching.watched_measures",
    "readings.last_reading",
    "readings.wanted_figures",
    "registry.stored_registry",
    "sources.active_sources",
    "sources.due_sources",
    "sources.known_sources",
    "sources.recorded_sources",
    "stories.recent_told",
    "stories.take_filing_turn",
    "stories.told_by_source",
    "story_pages.count_stories_since",
    "story_pages.latest_stories",
    "story_pages.stories_as_told",
    "story_pages.story",
    "story_pages.story_members",
    "story_pages.story_of_message",
    "story_pages.story_revision",
    "story_pages.story_scores",
    "story_pages.told_story",
    "subscriptions.asked_asset_ids",
    "subscriptions.asked_topics",
    "subscriptions.subscription",
    "subscriptions.subscription_counts",
    "subscriptions.subscriptions_of",
    "subscriptions.topic_of",
}


def _functions() -> dict[str, Callable[..., Any]]:
    """Every public coroutine function of the package, by module and name."""
    found = {}
    for info in pkgutil.iter_modules(storage.__path__):
        module = importlib.import_module(f"storage.{info.name}")
        for name, function in vars(module).items():
            its_own = getattr(function, "__module__", "") == module.__name__
            if its_own and inspect.iscoroutinefunction(function) and not name.startswith("_"):
                found[f"{info.name}.{name}"] = function
    return found


FUNCTIONS = _functions()
WRITERS = sorted(set(FUNCTIONS) - READERS)


async def _called(name: str, database: Database) -> None:
    """Call a function in a transaction that has not asked for a lock yet."""
    function = FUNCTIONS[name]
    first, *names = (
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is inspect.Parameter.empty
        and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    )
    values = VALUES | SPECIAL.get(name, {})
    arguments = {name: values[name] for name in names}
    if first == "database":
        await function(database)
        return
    async with database.reading() as tx:
        await function(tx, **arguments)


async def _fill(path: Path, giver: type[Given]) -> None:
    """Store a row or more of each kind."""
    database = Database(f"sqlite:///{path}")
    given = giver(database, NOW)
    here = await given.subscriber(1)
    await given.firing(await given.alert(here))
    story = await given.story()
    async with database.writing() as tx:
        await owe_story(tx, story, 1, [1], NOW)
        await mark_pushed(tx, story, NOW)
        await mark_changed(tx, story, NOW - timedelta(minutes=1))
        await plan_messages(tx, Priority.NEWS, NOW, 5, {})
        await owe_story(tx, story + 1, 1, [1], NOW)
        await add_reply(tx, Reply(here, Rendered("x")), "update:1", NOW)
        await add_picture(tx, b"x", NOW)
        await ask_markets(tx, [BITCOIN], NOW)
        await put_candles(tx, [(SPAN, CANDLE)])
        await say_goodbye(tx, 9, ChatKind.PRIVATE, 0, NOW)
        await see_chat(tx, ChatSeen(8, ChatKind.PRIVATE), NOW)
        await destination(tx, 1, 3)
        queued = await add_broadcast(tx, 1, here, "x", NOW)
        await move_broadcast(tx, queued, BroadcastState.DRAFT, BroadcastState.QUEUED, NOW)
    await database.close()


@pytest.fixture(scope="module")
def filled_template(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    giver: type[Given],
    apart: Callable[[Any], None],
) -> Path:
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("filled") / "coinbell.db"))
    apart(_fill(path, giver))
    return path


@pytest.fixture
def filled_path(tmp_path: Path, filled_template: Path) -> Path:
    return Path(shutil.copy(filled_template, tmp_path / "filled.db"))


@pytest.fixture
async def filled(filled_path: Path) -> AsyncIterator[Database]:
    """A database that waits for nobody, with rows of each kind."""
    database = Database(f"sqlite:///{filled_path}", busy_timeout_ms=1)
    yield database
    await database.close()


def test_every_function_is_known_to_these_tests() -> None:
    assert set(FUNCTIONS) >= READERS
    assert len(metadata.tables) > 15


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
async def test_each_function_works_while_nobody_holds_the_database(
    filled: Database, name: str
) -> None:
    """Else the tests below would show nothing."""
    await _called(name, filled)


@pytest.mark.parametrize("name", WRITERS)
async def test_each_function_that_writes_meets_another_writer(
    filled: Database, filled_path: Path, name: str
) -> None:
    other = sqlite3.connect(filled_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked, match="database is locked"):
        await _called(name, filled)
    other.close()


@pytest.mark.parametrize("name", sorted(READERS))
async def test_each_function_that_reads_goes_on_beside_a_writer(
    filled: Database, filled_path: Path, name: str
) -> None:
    other = sqlite3.connect(filled_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await _called(name, filled)
    assert other.in_transaction
    other.close()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
async def test_each_function_meets_a_database_that_somebody_holds_alone(
    filled: Database, filled_path: Path, name: str
) -> None:
    """As a backup tool or an editor does: even reading is refused."""
    await filled.close()
    other = sqlite3.connect(filled_path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseLocked, match="database is locked"):
        await _called(name, filled)
    other.close()
