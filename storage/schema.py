"""Every table, as SQLAlchemy Core sees it.

Owns names, keys and indexes. `migrations/` builds the same tables step by step, and a test
holds the two equal. Refuses queries: those stand with their aggregate.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.schema_markets import candles, markets, readings
from storage.schema_news import article_assets, article_categories, articles, sources, stories
from storage.tables import destination_column, id_column, metadata
from storage.types import BigId, DecimalText, PlainText, UtcDateTime

__all__ = [
    "alerts",
    "article_assets",
    "article_categories",
    "articles",
    "broadcasts",
    "candles",
    "chats",
    "destinations",
    "facts",
    "filters",
    "firing_stories",
    "firings",
    "inbox",
    "markets",
    "messages",
    "metadata",
    "mutes",
    "notifications",
    "pictures",
    "readings",
    "sources",
    "stories",
    "subscriptions",
    "topics",
]

# One row a fact about this database itself: whose bot it is, and the like.
facts = Table(
    "facts",
    metadata,
    Column("key", PlainText, primary_key=True),
    Column("value", PlainText, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("telegram_chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("kind", sa.String(16), nullable=False),
    Column("title", PlainText, nullable=False, server_default=""),
    Column("username", PlainText),
    Column("language", PlainText),
    Column("state", sa.String(16), nullable=False),
    Column("state_reason", PlainText),
    Column("state_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "kind", "state"),
)

Index(
    "ix_chats_unreachable",
    chats.c.telegram_chat_id,
    sqlite_where=chats.c.state != sa.text("'active'"),
    postgresql_where=chats.c.state != sa.text("'active'"),
)

# thread_id is NOT NULL, for NULLs would defeat the key.
destinations = Table(
    "destinations",
    metadata,
    id_column(),
    Column("telegram_chat_id", sa.BigInteger, ForeignKey("chats.telegram_chat_id"), nullable=False),
    Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),
    Column("pictures", sa.String(8), nullable=False, server_default="large"),
    UniqueConstraint("telegram_chat_id", "thread_id"),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("telegram_chat_id", sa.BigInteger),
    Column("payload", PlainText, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    Column("attempts", sa.Integer, nullable=False, server_default="0"),
    Column("error", PlainText),
)
Index(
    "ix_inbox_unhandled",
    inbox.c.update_id,
    sqlite_where=inbox.c.handled_at.is_(None),
    postgresql_where=inbox.c.handled_at.is_(None),
)

topics = Table(
    "topics",
    metadata,
    id_column(),
    Column("kind", sa.String(16), nullable=False),
    Column("value", PlainText, nullable=False),
    UniqueConstraint("kind", "value"),
)

# What narrows a topic, as canonical text; the empty text narrows nothing.
filters = Table(
    "filters",
    metadata,
    id_column(),
    Column("value", PlainText, nullable=False, unique=True),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    id_column(),
    Column(
        "destination_id", BigId, ForeignKey("destinations.id", ondelete="CASCADE"), nullable=False
    ),
    Column("topic_id", BigId, ForeignKey("topics.id"), nullable=False),
    Column("filter_id", BigId, ForeignKey("filters.id"), nullable=False),
    Column("created_by", sa.BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("destination_id", "topic_id", "filter_id"),
    Index(None, "topic_id", "filter_id", "destination_id"),
    sqlite_autoincrement=True,
)

# Topics that a destination wants no stories on for a while.
mutes = Table(
    "mutes",
    metadata,
    Column(
        "destination_id",
        BigId,
        ForeignKey("destinations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("topic_id", BigId, ForeignKey("topics.id"), primary_key=True),
    Column("until_at", UtcDateTime, nullable=False),
    Index(None, "topic_id", "until_at"),
)


# The trigger columns hold values of the measure as floats, for the index only; the decision is
# made on the exact texts. `words` are those of a condition that is no line, whose `direction`
# and `level` then say nothing. `from_price` is what a percentage without a window counts from.
alerts = Table(
    "alerts",
    metadata,
    id_column(),
    destination_column(),
    Column("asset_id", PlainText, nullable=False),
    Column("quote", PlainText, nullable=False),
    Column("direction", sa.String(16), nullable=False),
    Column("level", DecimalText, nullable=False),
    Column("repeat", sa.Boolean, nullable=False),
    Column("band", DecimalText, nullable=False),
    Column("state", sa.String(16), nullable=False),
    Column("side", sa.String(16)),
    Column("arming", sa.Integer, nullable=False),
    Column("fired", sa.Boolean, nullable=False),
    Column("trigger_low", sa.Double),
    Column("trigger_high", sa.Double),
    Column("set_price", DecimalText),
    Column("created_by", sa.BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("measure", PlainText, nullable=False, server_default="price"),
    Column("words", PlainText),
    Column("from_price", DecimalText),
    Column("cooldown_seconds", sa.Integer),
    Column("until_at", UtcDateTime),
    Column("rests_until", UtcDateTime),
    Column("armed_at", UtcDateTime),
    Column("note", PlainText, nullable=False, server_default=""),
    Column("told", sa.String(16)),
    Index(None, "asset_id", "quote", "measure", "trigger_low"),
    Index(None, "asset_id", "quote", "measure", "trigger_high"),
    sqlite_autoincrement=True,
)
# Few alerts look at something else than the price, and who asks for figures looks for them.
Index(
    "ix_alerts_measures",
    alerts.c.measure,
    sqlite_where=alerts.c.measure != sa.text("'price'"),
    postgresql_where=alerts.c.measure != sa.text("'price'"),
)

firings = Table(
    "firings",
    metadata,
    id_column(),
    Column("alert_id", BigId, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("arming", sa.Integer, nullable=False),
    Column("price", DecimalText, nullable=False),
    Column("previous_price", DecimalText),
    Column("previous_at", UtcDateTime),
    Column("price_at", UtcDateTime, nullable=False),
    Column("change_1h", DecimalText),
    Column("change_24h", DecimalText),
    Column("fired_at", UtcDateTime, nullable=False, index=True),
    Column("reason", PlainText),
    Column("line", DecimalText),
    Column("value", DecimalText),
    Column("is_partial", sa.Boolean, nullable=False, server_default=sa.false()),
    UniqueConstraint("alert_id", "arming"),
    sqlite_autoincrement=True,
)

# The stories beside a firing, as they were chosen when it was stored, in their order; the late
# ones came after it, each a reply to its message. `told_at` is the story's time as judged.
firing_stories = Table(
    "firing_stories",
    metadata,
    id_column(),
    Column("firing_id", BigId, ForeignKey("firings.id", ondelete="CASCADE"), nullable=False),
    Column(
        "story_id",
        BigId,
        ForeignKey("stories.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("rank", sa.SmallInteger, nullable=False),
    Column("late", sa.Boolean, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
    UniqueConstraint("firing_id", "story_id"),
    # What is owed names a row by its id, so that none may be used again.
    sqlite_autoincrement=True,
)

broadcasts = Table(
    "broadcasts",
    metadata,
    id_column(),
    Column("created_by", sa.BigInteger, nullable=False),
    Column(
        "destination_id", BigId, ForeignKey("destinations.id", ondelete="SET NULL"), nullable=True
    ),
    Column("text_html", PlainText, nullable=False),
    Column("photo", PlainText),
    Column("buttons", PlainText, nullable=False),
    Column("audience", PlainText, nullable=False),
    Column("state", sa.String(16), nullable=False),
    Column("total", sa.Integer, nullable=False, server_default="0"),
    Column("progress_message_id", sa.BigInteger),
    Column("reported", PlainText),
    Column("reported_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    sqlite_autoincrement=True,
)

# Pictures of our own that a message carries, kept until it has long left. One that several
# messages share has a key, and Telegram's id of it once the first has left.
pictures = Table(
    "pictures",
    metadata,
    id_column(),
    Column("png", sa.LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("key", PlainText, unique=True),
    Column("file_id", PlainText),
    sqlite_autoincrement=True,
)

# What goes over the wire. Pruned after `keep_messages_days`.
messages = Table(
    "messages",
    metadata,
    id_column(),
    destination_column(),
    Column("method", sa.String(8), nullable=False),
    Column("priority", sa.SmallInteger, nullable=False),
    Column("state", sa.String(16), nullable=False),
    Column("subject", sa.String(16)),
    Column("subject_id", sa.BigInteger),
    Column("revision", sa.Integer, nullable=False, server_default="1"),
    Column("payload", PlainText),
    Column("producer_key", PlainText, unique=True),
    # What an edit adds to a message; the row of `pictures` goes earlier.
    Column("picture_id", sa.BigInteger),
    Column("not_before_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("owner", sa.String(36)),
    Column("leased_until", UtcDateTime),
    Column("attempts", sa.Integer, nullable=False, server_default="0"),
    Column("reason", PlainText),
    Column("telegram_message_id", sa.BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, index=True),
    sqlite_autoincrement=True,
)
Index(
    "ix_messages_due",
    messages.c.priority,
    messages.c.not_before_at,
    messages.c.id,
    sqlite_where=messages.c.state == sa.text("'waiting'"),
    postgresql_where=messages.c.state == sa.text("'waiting'"),
)
Index(
    "ix_messages_wire",
    messages.c.leased_until,
    sqlite_where=messages.c.state == sa.text("'wire'"),
    postgresql_where=messages.c.state == sa.text("'wire'"),
)

# What is owed, once and for all: the key outlives pruning as long as its subject, and holds
# the Telegram message that later edits and replies need.
notifications = Table(
    "notifications",
    metadata,
    id_column(),
    # No foreign key and no index of its own: with 100,000 subscribers they are half the cost
    # of owing a story, and grow with the table. Ids of destinations are never used again;
    # rows whose destination is gone are swept by `sweep_notifications`.
    Column("destination_id", BigId, nullable=False),
    Column("subject", sa.String(16), nullable=False),
    Column("subject_id", sa.BigInteger, nullable=False),
    Column("revision", sa.Integer, nullable=False),
    Column("priority", sa.SmallInteger, nullable=False),
    Column("state", sa.String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("message_id", BigId, ForeignKey("messages.id", ondelete="SET NULL")),
    Column("telegram_message_id", sa.BigInteger),
    # Subject first: a story's rows are neighbours, and owing them appends to the key.
    UniqueConstraint("subject", "subject_id", "revision", "destination_id"),
    # A message is known by its notification's id, so that no id may be used again.
    sqlite_autoincrement=True,
)
Index(
    "ix_notifications_owed",
    notifications.c.priority,
    notifications.c.id,
    sqlite_where=notifications.c.state == sa.text("'owed'"),
    postgresql_where=notifications.c.state == sa.text("'owed'"),
)
Index(
    "ix_notifications_message_id",
    notifications.c.message_id,
    sqlite_where=notifications.c.message_id.is_not(None),
    postgresql_where=notifications.c.message_id.is_not(None),
)
