"""The indexes: what is asked often is a walk along one of them, however much is stored."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from bot.domain.articles import Article
from bot.domain.candles import Timeframe
from bot.domain.markets import Market
from bot.domain.outbox import MessageState, Priority, Result
from bot.domain.topics import EVERYTHING, Topic, TopicKind
from storage.articles import prune_articles, unknown_articles
from storage.candles import Span, candles_at, candles_since, newest_opened, prune_candles
from storage.chat_moves import migrate_chat
from storage.chats import drop_forgotten, forget_chat
from storage.database import Database
from storage.inbox import unhandled_updates
from storage.move_stories import late_story, stories_between, told_beside
from storage.outbox import candidates, record_results
from storage.outbox_upkeep import free_leases, next_due_at, prune_messages, waiting_counts
from storage.owing import owe_move_story, owe_story
from storage.schema import metadata
from storage.story_pages import count_stories_since, latest_stories
from storage.subscriptions import subscriptions_of
from storage.tellings import told_of
from storage.touching import (
    Swing,
    locked_alerts,
    quiet_spans,
    touched_ids,
    watched_measures,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from storage.database import Transaction
    from tests.storage.conftest import Given

BITCOIN = Market("bitcoin")

# Few rows whatever is stored, or read in whole on purpose.
SMALL = {"sources", "broadcasts", "filters", "facts"}


@contextmanager
def _statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collects what is sent to the database."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        sent.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def _plans(tx: Transaction, sent: list[tuple[str, Any]]) -> list[str]:
    """The steps of SQLite's plans for statements."""
    steps: list[str] = []
    for statement, values in list(sent):
        if statement.startswith(("BEGIN", "PRAGMA", "EXPLAIN")):
            continue
        row = values[0] if isinstance(values, list) else values
        found = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", row)
        steps += [step.detail for step in found]
    return steps


HOT: dict[str, Callable[[Transaction, datetime], Awaitable[Any]]] = {
    "the drain": lambda tx, now: candidates(tx, now, 10, {}),
    "when to wake": lambda tx, _now: next_due_at(tx),
    "results": lambda tx, now: record_results(tx, [Result(1, MessageState.SENT, "", 7)], now),
    "leases": lambda tx, now: free_leases(tx, now, all_owners=False),
    "what waits": lambda tx, _now: waiting_counts(tx),
    "owing": lambda tx, now: owe_story(tx, 1, 1, [1], now),
    "ticks": lambda tx, _now: touched_ids(tx, [Swing(BITCOIN, "price", Decimal(1), Decimal(2))]),
    "alerts to move": lambda tx, _now: locked_alerts(tx, [1, 2]),
    "where it is quiet": lambda tx, _now: quiet_spans(tx, [(BITCOIN, "price")]),
    "what is looked at": lambda tx, _now: watched_measures(tx, [BITCOIN]),
    "whether there are stories": lambda tx, now: told_of(tx, ["bitcoin"], now, now),
    "candles that grow": lambda tx, now: candles_at(tx, [Span(BITCOIN, Timeframe.HOUR, now)]),
    "a chart": lambda tx, now: candles_since(tx, BITCOIN, Timeframe.HOUR, now),
    "gaps": lambda tx, _now: newest_opened(tx, [BITCOIN], Timeframe.MINUTE),
    "old candles": prune_candles,
    "stories near": lambda tx, now: stories_between(tx, "bitcoin", now, now),
    "stories beside": lambda tx, _now: told_beside(tx, 1),
    "a late story": lambda tx, _now: late_story(tx, 1),
    "replies": lambda tx, now: owe_move_story(tx, 1, now, ["bitcoin"], now, muted_ids=[1]),
    "everything": lambda tx, _now: latest_stories(tx, EVERYTHING, 5),
    "an asset": lambda tx, _now: latest_stories(tx, Topic(TopicKind.ASSET, "a"), 5),
    "a category": lambda tx, _now: latest_stories(tx, Topic(TopicKind.CATEGORY, "a"), 5),
    "a source": lambda tx, _now: latest_stories(tx, Topic(TopicKind.SOURCE, "wire"), 5),
    "a phrase": lambda tx, _now: latest_stories(tx, Topic(TopicKind.WORDS, "title"), 5),
    "a week": lambda tx, now: count_stories_since(tx, Topic(TopicKind.ASSET, "a"), now),
    "new items": lambda tx, now: unknown_articles(tx, 1, [Article("wire", "g9", "T", now)]),
    "the inbox": lambda tx, _now: unhandled_updates(tx),
    "a list": lambda tx, _now: subscriptions_of(tx, 1),
    "the forgotten": lambda tx, _now: drop_forgotten(tx),
    "old messages": prune_messages,
    "old articles": prune_articles,
    "a move": lambda tx, now: migrate_chat(tx, 1, 2, now),
    "a goodbye": lambda tx, _now: forget_chat(tx, 1),
}
# These indexes hold only what is under way, and walking them is what they are for.
PARTIAL = {
    "ix_chats_unreachable",
    "ix_inbox_unhandled",
    "ix_messages_due",
    "ix_messages_wire",
    "ix_notifications_owed",
}
# Walked from the newest on until the page is full; stories are few beside what is owed, and
# markets beside candles.
WALKED = {
    "old candles": "markets",
    "a phrase": "ix_articles_published_at_id",
    "everything": "ix_articles_published_at_id",
    "a move": "stories",
    "a goodbye": "stories",
}


@pytest.mark.parametrize("name", HOT)
async def test_no_table_is_read_from_end_to_end(
    sqlite_path: Any, giver: type[Given], now: datetime, name: str
) -> None:
    database = Database(f"sqlite:///{sqlite_path}")
    given = giver(database, now)
    for chat_id in (1, 2):
        await given.subscriber(chat_id)
    await given.story(published_at=now - timedelta(days=1))
    async with database.writing() as tx:
        with _statements(database) as sent:
            await HOT[name](tx, now)
        steps = await _plans(tx, sent)
    await database.close()
    assert steps
    tables = set(metadata.tables) - SMALL
    whole = [step for step in steps if step.startswith("SCAN ") and step.split()[1] in tables]
    allowed = PARTIAL | {WALKED.get(name, "none")}
    assert [step for step in whole if not any(word in step for word in allowed)] == []


@pytest.mark.postgres
async def test_postgresql_finds_what_is_due_by_the_same_indexes(
    postgres_databases: Any, postgres_template: str, now: datetime
) -> None:
    """Reading so small a table whole would be cheaper, and is forbidden to it here."""
    url = postgres_databases.make(postgres_template)
    database = Database(url)
    async with database.writing() as tx:
        await tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        await tx.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        with _statements(database) as sent:
            await candidates(tx, now, 10, {})
            await next_due_at(tx)
        plans = [
            "\n".join(row[0] for row in await tx.exec_driver_sql(f"EXPLAIN {statement}", values))
            for statement, values in list(sent)
        ]
    await database.close()
    postgres_databases.drop(url)
    due = [plan for plan in plans if "ix_messages_due" in plan]
    owed = [plan for plan in plans if "ix_notifications_owed" in plan]
    assert len(due) == len(Priority) + 1
    assert len(due) + len(owed) == len(plans)
    assert not [plan for plan in due[:-1] + owed if "Sort" in plan]
