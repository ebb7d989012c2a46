"""The tables of markets: what they cost, what they cost before, and what else is told of them.

Owns them for `storage.schema`, which names all tables. They refer to no other table.
"""

import sqlalchemy as sa
from sqlalchemy import Column, Table

from storage.tables import metadata
from storage.types import DecimalText, PlainText, UtcDateTime

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
    Column("volume_24h", DecimalText),
    Column("ath", DecimalText),
    Column("atl", DecimalText),
    # Between these no alert on the price is touched; `measures` names what else is looked at.
    # NULL: to be found out again, for the market's alerts have changed.
    Column("quiet_low", sa.Double),
    Column("quiet_high", sa.Double),
    Column("measures", PlainText),
)

# A candle goes with its market's name alone: a row of `markets` outlives it.
candles = Table(
    "candles",
    metadata,
    Column("asset_id", PlainText, primary_key=True),
    Column("quote", PlainText, primary_key=True),
    Column("timeframe", sa.String(4), primary_key=True),
    Column("open_at", UtcDateTime, primary_key=True),
    Column("open", DecimalText, nullable=False),
    Column("high", DecimalText, nullable=False),
    Column("low", DecimalText, nullable=False),
    Column("close", DecimalText, nullable=False),
    Column("volume", DecimalText),
)

# The last value of each figure beside the price that alerts look at.
readings = Table(
    "readings",
    metadata,
    Column("asset_id", PlainText, primary_key=True),
    Column("quote", PlainText, primary_key=True),
    Column("measure", PlainText, primary_key=True),
    Column("value", DecimalText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("is_partial", sa.Boolean, nullable=False),
)
