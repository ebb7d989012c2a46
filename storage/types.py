"""Column types that keep what SQLite would lose, and take what PostgreSQL would refuse.

Owns the stored form of times, amounts and texts. Refuses naive datetimes and floats.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.numbers import canonical_text

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
        if dialect.name != "sqlite":
            return value
        # Fixed width, so that texts sort as times do; strftime leaves early years short.
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The aware datetime that was stored."""
        if value is None:
            return None
        if dialect.name == "sqlite":
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


class PlainText(TypeDecorator[str]):
    """Text of any length, in which U+FFFD stands for what a database cannot hold.

    PostgreSQL refuses NUL, and both refuse lone surrogates; either may come in a feed's title
    or a person's message, and must not stop what is stored beside it.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is stored for `value`."""
        del dialect
        return None if value is None else storable_text(value)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable_text(text: str) -> str:
    """The text with U+FFFD in place of each NUL and each lone surrogate."""
    return _UNSTORABLE.sub("\ufffd", text)
