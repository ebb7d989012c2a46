"""The figures of news, for Prometheus."""

from prometheus_client import Counter

POLLS = Counter(
    "coinbell_source_polls_total",
    "Polls of sources by outcome: changed, unchanged, failed",
    ["outcome"],
)
ARTICLES = Counter("coinbell_articles_total", "New articles stored, by source", ["source"])
