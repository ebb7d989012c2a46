"""Numbers and times as providers write them, and which of them are believed.

Owns these readings, for every provider. Refuses to say why one is wrong: that is of who judges
the row.
"""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

MAX_PRICE = Decimal(10) ** 15
MIN_PRICE = Decimal(10) ** -30
MIN_CHANGE = Decimal(-100)  # percent: a price cannot fall by more than all of itself
MAX_CHANGE = Decimal(10) ** 9
_MAX_DIGITS = 60
_MILLISECONDS = 1000


def number_of(value: object) -> Decimal | None:
    """A finite number of bearable length, from a text or a number; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):  # ValueError: an int too long to be written out
        return None
    if not number.is_finite() or len(number.as_tuple().digits) > _MAX_DIGITS:
        return None
    return number


def exact_number_of(value: object) -> Decimal | None:
    """The same of a number alone that was read as int or Decimal; texts and floats are none."""
    return number_of(value) if isinstance(value, int | Decimal) else None


def within(number: Decimal | None, least: Decimal, bound: Decimal) -> Decimal | None:
    """The number where it is at least `least` and less than `bound`; else None."""
    return number if number is not None and least <= number < bound else None


def price_within(number: Decimal | None) -> Decimal | None:
    """The number where it can be a price; else None."""
    return within(number, MIN_PRICE, MAX_PRICE)


def time_of_milliseconds(value: object) -> datetime | None:
    """A time in UTC, from milliseconds since 1970; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        return datetime.fromtimestamp(float(value) / _MILLISECONDS, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def time_of_text(value: object) -> datetime | None:
    """A time in UTC, from ISO 8601 with an offset; else None."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
