"""What prices count, for `/metrics`.

Owns the names and labels of the counters. Labels come from small fixed sets: never an asset,
a chat or an address.
"""

from prometheus_client import Counter

TICKS_ACCEPTED = Counter("coinbell_ticks_accepted", "Ticks that moved a market on.")
TICKS_REFUSED = Counter(
    "coinbell_ticks_refused", "Ticks that fired nothing, by the reason.", ["reason"]
)
ALERTS_FIRED = Counter("coinbell_alerts_fired", "Price alerts that fired.")
PROVIDER_REQUESTS = Counter(
    "coinbell_provider_requests", "Requests to providers of prices.", ["provider"]
)
PROVIDER_FAILURES = Counter(
    "coinbell_provider_failures",
    "Requests to providers that gave no prices, by the kind of error.",
    ["provider", "error"],
)
FIGURE_FAILURES = Counter(
    "coinbell_figure_failures",
    "Questions about volumes, funding and liquidations that failed, by who was asked.",
    ["source", "error"],
)
FIGURE_ROWS_REFUSED = Counter(
    "coinbell_figure_rows_refused",
    "Rows about funding and liquidations that were not believed, by the reason.",
    ["figure", "reason"],
)
