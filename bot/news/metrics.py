"""The figures of news, for Prometheus."""

from prometheus_client import Counter

POLLS = Counter(
    "coinbell_source_polls_total",
    "Polls of sources by outcome: changed, unchanged, failed",
    ["outcome"],
)
ARTICLES = Counter("coinbell_articles_total", "New articles stored, by source", ["source"])
MODEL_SUMMARIES = Counter(
    "coinbell_model_summaries_total",
    "Texts asked of the language model by outcome: used, refused by the check, failed",
    ["outcome"],
)
