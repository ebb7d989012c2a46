"""The figures of delivery, for Prometheus."""

from prometheus_client import Counter, Histogram

ENDED = Counter(
    "coinbell_messages_ended_total",
    "Messages by priority and by how a call for them ended",
    ["priority", "kind"],
)
DEFECTS = Counter(
    "coinbell_message_defects_total",
    "Messages that Telegram could not parse and that went out plain: a bug each",
)
CALL_SECONDS = Histogram(
    "coinbell_telegram_call_seconds",
    "How long Telegram took to answer",
    buckets=(0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8),
)
WAIT_SECONDS = Histogram(
    "coinbell_message_wait_seconds",
    "From owed to sent, by priority",
    ["priority"],
    buckets=(0.1, 0.5, 1, 2, 5, 15, 60, 300, 900, 3600),
)
HELD = Counter("coinbell_pacer_holds_total", "Times that the whole bot waited for a 429")
FOLDED = Counter(
    "coinbell_folded_total",
    "What was owed late and went into one message for many, by priority",
    ["priority"],
)
CHARTS = Counter("coinbell_charts_total", "Fired alerts whose messages were to get a chart")
EDITS = Counter("coinbell_edits_total", "Pushes that were to be brought up to date")
