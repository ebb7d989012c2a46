"""Column types that keep what SQLite would lose: time zones and exact decimals.

Owns the stored form of times and amounts. Refuses naive datetimes and floats.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.numbers import canonical_text

_TEXT_FORMAT = "%Y-%m-%d %H:%M:%S.%f"

# SQLite counts rows by itself only in a column declared INTEGER.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC: `timestamptz` on PostgreSQL, sortable text on SQLite.

    SQLAlchemy's own `DateTime(timezone=True)` drops offsets on SQLite. Raises ValueError for
    a naive datetime.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`timestamptz`, or text of 26 characters on SQLite."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(26))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What is stored for `value`."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.strftime(_TEXT_FORMAT) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The aware datetime that was stored."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            # Fixed width, so that slicing beats strptime ten times over.
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        stored: datetime = value
        return stored.astimezone(UTC)


class DecimalText(TypeDecorator[Decimal]):
    """An exact decimal as canonical text, for SQLite keeps `Numeric` as a float.

    Raises ValueError for NaN and infinities.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """What is stored for `value`."""
        del dialect
        return None if value is None else canonical_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The decimal that was stored, digit for digit."""
        del dialect
        return None if value is None else Decimal(value)
