"""What is understood of news, and the manners of sources; revision 0002."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, DecimalText, PlainText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is understood of articles, stories and sources."""
    _stories_and_articles()
    _sources()
    op.add_column(
        "destinations", sa.Column("pictures", sa.String(8), server_default="large", nullable=False)
    )
    op.create_table(
        "mutes",
        sa.Column("destination_id", BigId, nullable=False),
        sa.Column("topic_id", BigId, nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_mutes_destination_id_destinations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_mutes_topic_id_topics")),
        sa.PrimaryKeyConstraint("destination_id", "topic_id", name=op.f("pk_mutes")),
    )
    op.create_index(op.f("ix_mutes_topic_id_until_at"), "mutes", ["topic_id", "until_at"])


def _stories_and_articles() -> None:
    _add_columns(
        "stories",
        sa.Column("importance", sa.Integer, server_default="0", nullable=False),
        sa.Column("changed_at", UtcDateTime()),
        sa.Column("edits", sa.Integer, server_default="0", nullable=False),
    )
    op.create_index(
        "ix_stories_changed",
        "stories",
        ["changed_at"],
        sqlite_where=sa.text("changed_at IS NOT NULL"),
        postgresql_where=sa.text("changed_at IS NOT NULL"),
    )
    _add_columns(
        "articles",
        sa.Column("revision", sa.Integer, server_default="1", nullable=False),
        sa.Column("joined_because", PlainText(), server_default="", nullable=False),
        sa.Column("publisher", PlainText()),
        sa.Column("sentiment", sa.String(8)),
        sa.Column("sentiment_score", sa.Double),
        sa.Column("sentiment_reason", PlainText()),
        sa.Column("figures", PlainText(), server_default="[]", nullable=False),
        sa.Column("importance", sa.Integer),
        sa.Column("importance_reason", PlainText()),
        sa.Column("model_text", PlainText()),
    )
    op.add_column("article_assets", sa.Column("price", DecimalText()))
    op.add_column("article_assets", sa.Column("quote", PlainText()))


def _sources() -> None:
    _add_columns(
        "sources",
        sa.Column("origin", sa.String(16), server_default="settings", nullable=False),
        sa.Column("weight", sa.Integer, server_default="50", nullable=False),
        sa.Column("full_text", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("moved_url", PlainText()),
        sa.Column("ttl_seconds", sa.Integer),
        sa.Column("skip_hours", PlainText(), server_default="", nullable=False),
        sa.Column("typical_seconds", sa.Double),
        sa.Column("typical_fresh", sa.Double),
        sa.Column("failing_since_at", UtcDateTime()),
        sa.Column("reported_at", UtcDateTime()),
        sa.Column("hub_url", PlainText()),
        sa.Column("hub_topic_url", PlainText()),
        sa.Column("hub_secret", PlainText()),
        sa.Column("hub_until_at", UtcDateTime()),
    )


def _add_columns(table: str, *columns: "sa.Column[Any]") -> None:
    for column in columns:
        op.add_column(table, column)
