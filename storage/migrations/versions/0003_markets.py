"""Candles, and what alerts on markets need; revision 0003."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, DecimalText, PlainText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


_COLUMNS: dict[str, tuple[sa.Column[Any], ...]] = {
    "alerts": (
        sa.Column("measure", PlainText(), nullable=False, server_default="price"),
        sa.Column("words", PlainText()),
        sa.Column("from_price", DecimalText()),
        sa.Column("cooldown_seconds", sa.Integer()),
        sa.Column("until_at", UtcDateTime()),
        sa.Column("rests_until", UtcDateTime()),
        sa.Column("armed_at", UtcDateTime()),
        sa.Column("note", PlainText(), nullable=False, server_default=""),
        sa.Column("told", sa.String(16)),
    ),
    "firings": (
        sa.Column("reason", PlainText()),
        sa.Column("line", DecimalText()),
        sa.Column("value", DecimalText()),
        sa.Column("is_partial", sa.Boolean(), nullable=False, server_default=sa.false()),
    ),
    "markets": (
        sa.Column("volume_24h", DecimalText()),
        sa.Column("ath", DecimalText()),
        sa.Column("atl", DecimalText()),
        sa.Column("quiet_low", sa.Double()),
        sa.Column("quiet_high", sa.Double()),
        sa.Column("measures", PlainText()),
    ),
}


def upgrade() -> None:
    """Add candles, pictures, stories beside firings, conditions of alerts, readings."""
    _candles()
    _pictures()
    _firing_stories()
    _alerts()
    _readings()


def _alerts() -> None:
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    for trigger in ("trigger_low", "trigger_high"):
        op.drop_index(op.f(f"ix_alerts_asset_id_quote_{trigger}"), "alerts")
        op.create_index(
            op.f(f"ix_alerts_asset_id_quote_measure_{trigger}"),
            "alerts",
            ["asset_id", "quote", "measure", trigger],
        )
    op.create_index(
        "ix_alerts_measures",
        "alerts",
        ["measure"],
        sqlite_where=sa.text("measure != 'price'"),
        postgresql_where=sa.text("measure != 'price'"),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("asset_id", PlainText(), nullable=False),
        sa.Column("quote", PlainText(), nullable=False),
        sa.Column("measure", PlainText(), nullable=False),
        sa.Column("value", DecimalText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("is_partial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("asset_id", "quote", "measure", name=op.f("pk_readings")),
    )


def _pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", BigId, nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("key", PlainText()),
        sa.Column("file_id", PlainText()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("key", name=op.f("uq_pictures_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pictures_created_at"), "pictures", ["created_at"])
    op.add_column("messages", sa.Column("picture_id", sa.BigInteger()))


def _candles() -> None:
    op.create_table(
        "candles",
        sa.Column("asset_id", PlainText(), nullable=False),
        sa.Column("quote", PlainText(), nullable=False),
        sa.Column("timeframe", sa.String(4), nullable=False),
        sa.Column("open_at", UtcDateTime(), nullable=False),
        sa.Column("open", DecimalText(), nullable=False),
        sa.Column("high", DecimalText(), nullable=False),
        sa.Column("low", DecimalText(), nullable=False),
        sa.Column("close", DecimalText(), nullable=False),
        sa.Column("volume", DecimalText()),
        sa.PrimaryKeyConstraint(
            "asset_id", "quote", "timeframe", "open_at", name=op.f("pk_candles")
        ),
    )


def _firing_stories() -> None:
    op.create_index(op.f("ix_firings_fired_at"), "firings", ["fired_at"])
    op.create_table(
        "firing_stories",
        sa.Column("id", BigId, nullable=False),
        sa.Column("firing_id", BigId, nullable=False),
        sa.Column("story_id", BigId, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firing_id"],
            ["firings.id"],
            name=op.f("fk_firing_stories_firing_id_firings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["story_id"],
            ["stories.id"],
            name=op.f("fk_firing_stories_story_id_stories"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing_stories")),
        sa.UniqueConstraint(
            "firing_id", "story_id", name=op.f("uq_firing_stories_firing_id_story_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_firing_stories_story_id"), "firing_stories", ["story_id"])
