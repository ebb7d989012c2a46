"""Every table, as SQLAlchemy Core sees it.

Owns names, keys and indexes. `migrations/` builds the same tables step by step, and a test
holds the two equal. Refuses queries: those stand with their aggregate.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.types import BigId, DecimalText, PlainText, UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> "Column[int]":
    return Column("id", BigId, primary_key=True)


def _destination() -> "Column[int]":
    return Column(
        "destination_id",
        BigId,
        ForeignKey("destinations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


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
    _id(),
    Column("telegram_chat_id", sa.BigInteger, ForeignKey("chats.telegram_chat_id"), nullable=False),
    Column("thread_id", sa.BigInteger, nullable=False, server_default="0"),
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
    _id(),
    Column("kind", sa.String(16), nullable=False),
    Column("value", PlainText, nullable=False),
    UniqueConstraint("kind", "value"),
)

# What narrows a topic, as canonical text; the empty text narrows nothing.
filters = Table(
    "filters",
    metadata,
    _id(),
    Column("value", PlainText, nullable=False, unique=True),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _id(),
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

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("key", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("kind", sa.String(32), nullable=False),
    Column("url", PlainText, nullable=False),
    Column("state", sa.String(16), nullable=False),
    Column("etag", PlainText),
    Column("last_modified", PlainText),
    Column("body_hash", sa.String(64)),
    Column("failures", sa.Integer, nullable=False, server_default="0"),
    Column("quiet_polls", sa.Integer, nullable=False, server_default="0"),
    Column("first_polled_at", UtcDateTime),
    Column("last_polled_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("next_poll_at", UtcDateTime),
    Column("last_error", PlainText),
)

stories = Table(
    "stories",
    metadata,
    _id(),
    Column("revision", sa.Integer, nullable=False, server_default="1"),
    Column("published_at", UtcDateTime, nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("pushed_at", UtcDateTime),
    sqlite_autoincrement=True,
)

articles = Table(
    "articles",
    metadata,
    _id(),
    Column("story_id", BigId, ForeignKey("stories.id"), nullable=False, index=True),
    Column("source_id", BigId, ForeignKey("sources.id"), nullable=False),
    Column("guid", PlainText, nullable=False),
    Column("url", PlainText),
    Column("canonical_url", PlainText, unique=True),
    Column("title", PlainText, nullable=False),
    Column("summary", PlainText, nullable=False),
    Column("body", PlainText, nullable=False),
    Column("image_url", PlainText),
    Column("language", PlainText),
    Column("published_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("source_id", "guid"),
    Index(None, "published_at", "id"),
    Index(None, "source_id", "published_at", "id"),
    sqlite_autoincrement=True,
)

# The time of the article stands here too: the latest on a topic are then a walk along an index,
# however many or few there are.
article_assets = Table(
    "article_assets",
    metadata,
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("asset_id", PlainText, primary_key=True),
    Column("symbol", PlainText, nullable=False),
    Column("role", sa.String(16), nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Index(None, "asset_id", "role", "published_at", "article_id"),
)

article_categories = Table(
    "article_categories",
    metadata,
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("name", PlainText, primary_key=True),
    Column("reason", PlainText, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Index(None, "name", "published_at", "article_id"),
)

# The last tick of every market that somebody watches. What an unconfirmed wild tick said
# waits in the pending columns.
markets = Table(
    "markets",
    metadata,
    Column("asset_id", PlainText, primary_key=True),
    Column("quote", PlainText, primary_key=True),
    Column("price", DecimalText),
    Column("provider", PlainText),
    Column("provider_at", UtcDateTime),
    Column("received_at", UtcDateTime),
    Column("change_1h", DecimalText),
    Column("change_24h", DecimalText),
    Column("change_7d", DecimalText),
    Column("high_24h", DecimalText),
    Column("low_24h", DecimalText),
    Column("pending_price", DecimalText),
    Column("pending_at", UtcDateTime),
    Column("asked_at", UtcDateTime),
)

# The trigger columns hold the level as a float, for the index only; the decision is made
# on the exact text.
alerts = Table(
    "alerts",
    metadata,
    _id(),
    _destination(),
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
    Index(None, "asset_id", "quote", "trigger_low"),
    Index(None, "asset_id", "quote", "trigger_high"),
    sqlite_autoincrement=True,
)

firings = Table(
    "firings",
    metadata,
    _id(),
    Column("alert_id", BigId, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("arming", sa.Integer, nullable=False),
    Column("price", DecimalText, nullable=False),
    Column("previous_price", DecimalText),
    Column("previous_at", UtcDateTime),
    Column("price_at", UtcDateTime, nullable=False),
    Column("change_1h", DecimalText),
    Column("change_24h", DecimalText),
    Column("fired_at", UtcDateTime, nullable=False),
    UniqueConstraint("alert_id", "arming"),
    sqlite_autoincrement=True,
)

broadcasts = Table(
    "broadcasts",
    metadata,
    _id(),
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

# What goes over the wire. Pruned after `keep_messages_days`.
messages = Table(
    "messages",
    metadata,
    _id(),
    _destination(),
    Column("method", sa.String(8), nullable=False),
    Column("priority", sa.SmallInteger, nullable=False),
    Column("state", sa.String(16), nullable=False),
    Column("subject", sa.String(16)),
    Column("subject_id", sa.BigInteger),
    Column("revision", sa.Integer, nullable=False, server_default="1"),
    Column("payload", PlainText),
    Column("producer_key", PlainText, unique=True),
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
    _id(),
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
