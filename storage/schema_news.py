"""The tables of news: sources, articles, the stories they tell, and what those are about.

Owns their names, keys and indexes, as `storage.schema` does for the others.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.tables import id_column, metadata
from storage.types import BigId, DecimalText, PlainText, UtcDateTime

sources = Table(
    "sources",
    metadata,
    id_column(),
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
    Column("origin", sa.String(16), nullable=False, server_default="settings"),
    Column("weight", sa.Integer, nullable=False, server_default="50"),
    Column("full_text", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("moved_url", PlainText),
    Column("ttl_seconds", sa.Integer),
    Column("skip_hours", PlainText, nullable=False, server_default=""),
    Column("typical_seconds", sa.Double),
    Column("typical_fresh", sa.Double),
    Column("failing_since_at", UtcDateTime),
    Column("reported_at", UtcDateTime),
    Column("hub_url", PlainText),
    Column("hub_topic_url", PlainText),
    Column("hub_secret", PlainText),
    Column("hub_until_at", UtcDateTime),
)

# `changed_at` is since when the messages that told the story tell less than is known; `edits`
# counts how often they were brought up to date.
stories = Table(
    "stories",
    metadata,
    id_column(),
    Column("revision", sa.Integer, nullable=False, server_default="1"),
    Column("published_at", UtcDateTime, nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("pushed_at", UtcDateTime),
    Column("importance", sa.Integer, nullable=False, server_default="0"),
    Column("changed_at", UtcDateTime),
    Column("edits", sa.Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
Index(
    "ix_stories_changed",
    stories.c.changed_at,
    sqlite_where=stories.c.changed_at.is_not(None),
    postgresql_where=stories.c.changed_at.is_not(None),
)

# `created_at` is also that of the notifications that an article made owed: by it a chat is shown
# the article which it was told of. `figures` and `model_text` are JSON.
articles = Table(
    "articles",
    metadata,
    id_column(),
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
    Column("revision", sa.Integer, nullable=False, server_default="1"),
    Column("joined_because", PlainText, nullable=False, server_default=""),
    Column("publisher", PlainText),
    Column("sentiment", sa.String(8)),
    Column("sentiment_score", sa.Double),
    Column("sentiment_reason", PlainText),
    Column("figures", PlainText, nullable=False, server_default="[]"),
    Column("importance", sa.Integer),
    Column("importance_reason", PlainText),
    Column("model_text", PlainText),
    Column("summary_reason", PlainText, nullable=False, server_default=""),
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
    # What the asset cost when the article was stored; a quote alone: its price is awaited.
    Column("price", DecimalText),
    Column("quote", PlainText),
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
