"""The first schema, revision 0001."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, DecimalText, PlainText, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "chats",
        sa.Column("telegram_chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", PlainText(), server_default="", nullable=False),
        sa.Column("username", PlainText(), nullable=True),
        sa.Column("language", PlainText(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_reason", PlainText(), nullable=True),
        sa.Column("state_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("telegram_chat_id", name=op.f("pk_chats")),
    )
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chats_kind_state"), ["kind", "state"], unique=False)
        batch_op.create_index(
            "ix_chats_unreachable",
            ["telegram_chat_id"],
            unique=False,
            sqlite_where=sa.text("state != 'active'"),
            postgresql_where=sa.text("state != 'active'"),
        )

    op.create_table(
        "facts",
        sa.Column("key", PlainText(), nullable=False),
        sa.Column("value", PlainText(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "filters",
        sa.Column("id", BigId, nullable=False),
        sa.Column("value", PlainText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filters")),
        sa.UniqueConstraint("value", name=op.f("uq_filters_value")),
    )
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("telegram_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", PlainText(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", PlainText(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_unhandled",
            ["update_id"],
            unique=False,
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        )

    op.create_table(
        "markets",
        sa.Column("asset_id", PlainText(), nullable=False),
        sa.Column("quote", PlainText(), nullable=False),
        sa.Column("price", DecimalText(), nullable=True),
        sa.Column("provider", PlainText(), nullable=True),
        sa.Column("provider_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("change_1h", DecimalText(), nullable=True),
        sa.Column("change_24h", DecimalText(), nullable=True),
        sa.Column("change_7d", DecimalText(), nullable=True),
        sa.Column("high_24h", DecimalText(), nullable=True),
        sa.Column("low_24h", DecimalText(), nullable=True),
        sa.Column("pending_price", DecimalText(), nullable=True),
        sa.Column("pending_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("asset_id", "quote", name=op.f("pk_markets")),
    )
    op.create_table(
        "sources",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", PlainText(), nullable=False),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", PlainText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("etag", PlainText(), nullable=True),
        sa.Column("last_modified", PlainText(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quiet_polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_polled_at", UtcDateTime(), nullable=True),
        sa.Column("last_polled_at", UtcDateTime(), nullable=True),
        sa.Column("last_success_at", UtcDateTime(), nullable=True),
        sa.Column("next_poll_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", PlainText(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("key", name=op.f("uq_sources_key")),
    )
    op.create_table(
        "stories",
        sa.Column("id", BigId, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("pushed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stories_published_at"), ["published_at"], unique=False)

    op.create_table(
        "topics",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", PlainText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_topics_kind_value")),
    )
    op.create_table(
        "articles",
        sa.Column("id", BigId, nullable=False),
        sa.Column("story_id", BigId, nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("guid", PlainText(), nullable=False),
        sa.Column("url", PlainText(), nullable=True),
        sa.Column("canonical_url", PlainText(), nullable=True),
        sa.Column("title", PlainText(), nullable=False),
        sa.Column("summary", PlainText(), nullable=False),
        sa.Column("body", PlainText(), nullable=False),
        sa.Column("image_url", PlainText(), nullable=True),
        sa.Column("language", PlainText(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_articles_source_id_sources")
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_articles_story_id_stories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_articles_canonical_url")),
        sa.UniqueConstraint("source_id", "guid", name=op.f("uq_articles_source_id_guid")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articles_story_id"), ["story_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_articles_published_at_id"), ["published_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_articles_source_id_published_at_id"),
            ["source_id", "published_at", "id"],
            unique=False,
        )

    op.create_table(
        "destinations",
        sa.Column("id", BigId, nullable=False),
        sa.Column("telegram_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["telegram_chat_id"],
            ["chats.telegram_chat_id"],
            name=op.f("fk_destinations_telegram_chat_id_chats"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
        sa.UniqueConstraint(
            "telegram_chat_id", "thread_id", name=op.f("uq_destinations_telegram_chat_id_thread_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alerts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("destination_id", BigId, nullable=False),
        sa.Column("asset_id", PlainText(), nullable=False),
        sa.Column("quote", PlainText(), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("level", DecimalText(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("band", DecimalText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("arming", sa.Integer(), nullable=False),
        sa.Column("fired", sa.Boolean(), nullable=False),
        sa.Column("trigger_low", sa.Double(), nullable=True),
        sa.Column("trigger_high", sa.Double(), nullable=True),
        sa.Column("set_price", DecimalText(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_alerts_destination_id_destinations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_alerts_asset_id_quote_trigger_high"),
            ["asset_id", "quote", "trigger_high"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_alerts_asset_id_quote_trigger_low"),
            ["asset_id", "quote", "trigger_low"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_alerts_destination_id"), ["destination_id"], unique=False
        )

    op.create_table(
        "article_assets",
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("asset_id", PlainText(), nullable=False),
        sa.Column("symbol", PlainText(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("reason", PlainText(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_assets_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "asset_id", name=op.f("pk_article_assets")),
    )
    with op.batch_alter_table("article_assets", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_article_assets_asset_id_role_published_at_article_id"),
            ["asset_id", "role", "published_at", "article_id"],
            unique=False,
        )

    op.create_table(
        "article_categories",
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("reason", PlainText(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_categories_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "name", name=op.f("pk_article_categories")),
    )
    with op.batch_alter_table("article_categories", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_article_categories_name_published_at_article_id"),
            ["name", "published_at", "article_id"],
            unique=False,
        )

    op.create_table(
        "broadcasts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("destination_id", BigId, nullable=True),
        sa.Column("text_html", PlainText(), nullable=False),
        sa.Column("photo", PlainText(), nullable=True),
        sa.Column("buttons", PlainText(), nullable=False),
        sa.Column("audience", PlainText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("progress_message_id", sa.BigInteger(), nullable=True),
        sa.Column("reported", PlainText(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_broadcasts_destination_id_destinations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("destination_id", BigId, nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("payload", PlainText(), nullable=True),
        sa.Column("producer_key", PlainText(), nullable=True),
        sa.Column("not_before_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("owner", sa.String(length=36), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", PlainText(), nullable=True),
        sa.Column("telegram_message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_messages_destination_id_destinations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("producer_key", name=op.f("uq_messages_producer_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messages_destination_id"), ["destination_id"], unique=False
        )
        batch_op.create_index(
            "ix_messages_due",
            ["priority", "not_before_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(batch_op.f("ix_messages_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index(
            "ix_messages_wire",
            ["leased_until"],
            unique=False,
            sqlite_where=sa.text("state = 'wire'"),
            postgresql_where=sa.text("state = 'wire'"),
        )

    op.create_table(
        "subscriptions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("destination_id", BigId, nullable=False),
        sa.Column("topic_id", BigId, nullable=False),
        sa.Column("filter_id", BigId, nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_subscriptions_destination_id_destinations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["filter_id"], ["filters.id"], name=op.f("fk_subscriptions_filter_id_filters")
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_subscriptions_topic_id_topics")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint(
            "destination_id",
            "topic_id",
            "filter_id",
            name=op.f("uq_subscriptions_destination_id_topic_id_filter_id"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscriptions_topic_id_filter_id_destination_id"),
            ["topic_id", "filter_id", "destination_id"],
            unique=False,
        )

    op.create_table(
        "firings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("alert_id", BigId, nullable=False),
        sa.Column("arming", sa.Integer(), nullable=False),
        sa.Column("price", DecimalText(), nullable=False),
        sa.Column("previous_price", DecimalText(), nullable=True),
        sa.Column("previous_at", UtcDateTime(), nullable=True),
        sa.Column("price_at", UtcDateTime(), nullable=False),
        sa.Column("change_1h", DecimalText(), nullable=True),
        sa.Column("change_24h", DecimalText(), nullable=True),
        sa.Column("fired_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_firings_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firings")),
        sa.UniqueConstraint("alert_id", "arming", name=op.f("uq_firings_alert_id_arming")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "notifications",
        sa.Column("id", BigId, nullable=False),
        sa.Column("destination_id", BigId, nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("message_id", BigId, nullable=True),
        sa.Column("telegram_message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_notifications_message_id_messages"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "subject",
            "subject_id",
            "revision",
            "destination_id",
            name=op.f("uq_notifications_subject_subject_id_revision_destination_id"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notifications_message_id",
            ["message_id"],
            unique=False,
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_notifications_owed",
            ["priority", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'owed'"),
            postgresql_where=sa.text("state = 'owed'"),
        )
