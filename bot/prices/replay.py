"""What an alert would have done on candles of the past, for people who want to see it.

Owns the reading of candles as CSV and the lines that `coinbell replay` prints. Uses the machine
and the words that the bot uses; ticks of candles are never wild.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from bot.domain.candles import Candle
from bot.domain.conditions import Condition
from bot.domain.errors import ParseError
from bot.domain.numbers import canonical_text
from bot.domain.replaying import firings_on

_TIME_COLUMNS = ("open_time", "datetime", "timestamp", "time", "date")
_PRICES = ("open", "high", "low", "close")
# Whole numbers are seconds, milliseconds or microseconds since 1970, by their size.
_MILLISECONDS_FROM, _MICROSECONDS_FROM = 10**11, 10**14


def replay_lines(asset: str, condition: Condition, lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for each firing on candles of CSV: `time`, `price`, `reason`.

    Raises ParseError, which names the line, for what is no candle, and what `firings_on` raises.
    """
    for one in firings_on(condition, read_candles(lines)):
        fields = {
            "time": one.open_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "price": canonical_text(one.price),
            "reason": f"{asset} {one.reason}",
        }
        yield json.dumps(fields, ensure_ascii=False)


def read_candles(lines: Iterable[str]) -> list[Candle]:
    """The candles of CSV with a header, oldest first.

    The columns are `open_time` (since 1970, in milliseconds, or ISO 8601; UTC where no zone is
    named), `open`, `high`, `low`, `close`, and `volume`, which may be missing. Raises
    ParseError, which names the line.
    """
    rows = csv.reader(lines)
    header = [name.strip().lstrip("\ufeff").lower() for name in next(rows, [])]
    time_column = next((name for name in _TIME_COLUMNS if name in header), None)
    missing = [name for name in _PRICES if name not in header]
    if time_column is None or missing:
        wanted = ", ".join([*(["open_time"] if time_column is None else []), *missing])
        raise ParseError(f"the first line must name the columns; missing: {wanted}")
    found: list[Candle] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        try:
            after = found[-1].open_at if found else None
            candle = _candle(dict(zip(header, row, strict=True)), time_column, after)
        except (ValueError, InvalidOperation, OverflowError) as error:
            told = "a number is expected" if isinstance(error, InvalidOperation) else error
            raise ParseError(f"line {rows.line_num} holds no candle: {told}") from error
        found.append(candle)
    return found


def _candle(row: dict[str, str], time_column: str, after: datetime | None) -> Candle:
    open_at = _moment(row[time_column].strip())
    if after is not None and open_at <= after:
        raise ValueError("it is no later than the one before")
    first, high, low, last = (_price(row[name]) for name in _PRICES)
    if not low <= min(first, last) <= max(first, last) <= high:
        raise ValueError("high and low do not enclose open and close")
    return Candle(open_at, first, high, low, last, _volume(row.get("volume", "").strip()))


def _price(text: str) -> Decimal:
    price = Decimal(text.strip())
    if not price.is_finite() or price <= 0:
        raise ValueError(f"{text.strip()} is no price")
    return price


def _volume(text: str) -> Decimal | None:
    """What was traded; None where a file says nothing, "NaN", or less than nothing."""
    volume = Decimal(text or "NaN")
    return volume if volume.is_finite() and volume >= 0 else None


def _moment(text: str) -> datetime:
    if not text.isascii() or not text.isdecimal():
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    count = int(text)
    if count >= _MICROSECONDS_FROM:
        unit = timedelta(microseconds=1)
    elif count >= _MILLISECONDS_FROM:
        unit = timedelta(milliseconds=1)
    else:
        unit = timedelta(seconds=1)
    return datetime(1970, 1, 1, tzinfo=UTC) + count * unit
