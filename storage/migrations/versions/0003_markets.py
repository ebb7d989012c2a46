"""Candles, and what alerts on markets need; revision 0003."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, DecimalText, PlainText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _candles()
    _pictures()
    _firing_stories()


def _pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", BigId, nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pictures_created_at"), "pictures", ["created_at"])


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
