"""What an alert would have done on candles of the past, for people who want to see it.

Owns the reading of candles as CSV and the lines that `coinbell replay` prints. Uses the machine
and the words that the bot uses; ticks of candles are never wild.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from bot.domain.alerts import Step, Watch
from bot.domain.candles import Candle
from bot.domain.conditions import Close, Condition
from bot.domain.errors import ParseError
from bot.domain.numbers import canonical_text
from bot.domain.watching import begun_watch, passed_step, watch_step

_TIME_COLUMNS = ("open_time", "datetime", "timestamp", "time", "date")
_PRICES = ("open", "high", "low", "close")
# Whole numbers are seconds, milliseconds or microseconds since 1970, by their size.
_MILLISECONDS_FROM, _MICROSECONDS_FROM = 10**11, 10**14


@dataclass(frozen=True, slots=True)
class Replayed:
    """A firing of the past: when its candle began, the line that was reached, and why."""

    open_at: datetime
    price: Decimal
    reason: str


def replay_lines(asset: str, condition: Condition, lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for each firing on candles of CSV: `time`, `price`, `reason`.

    Raises ParseError, which names the line, for what is no candle, and when candles are longer
    than the one whose close is watched.
    """
    for one in firings_on(condition, read_candles(lines)):
        fields = {
            "time": one.open_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "price": canonical_text(one.price),
            "reason": f"{asset} {one.reason}",
        }
        yield json.dumps(fields, ensure_ascii=False)


def firings_on(condition: Condition, candles: list[Candle]) -> Iterator[Replayed]:
    """What a condition that is set at the first candle's open fires, oldest first.

    The alert begins at that price; beyond its line already, it is armed once the price came
    back. Each candle closes before the next begins, so that what closes with it fires in it.
    """
    if not candles:
        return
    length = _length_of(candles)
    if isinstance(condition, Close) and length > timedelta(seconds=condition.frame.seconds):
        raise ParseError(f"the candles are longer than {condition.frame.value}")
    watch = begun_watch(condition, candles[0].open, candles[0].open_at)
    for candle in candles:
        for step in _steps(condition, watch, candle, length):
            watch = step.watch
            if step.fires and step.line is not None:
                yield Replayed(candle.open_at, step.line, step.reason)


def _steps(condition: Condition, watch: Watch, candle: Candle, length: timedelta) -> Iterator[Step]:
    for price in walked(candle):
        step = watch_step(condition, watch, price, candle.open_at)
        watch = step.watch
        yield step
    yield passed_step(condition, watch, candle.open_at + length)


def walked(candle: Candle) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """A candle's prices in the order that is assumed of them."""
    if candle.close > candle.open:
        return candle.open, candle.low, candle.high, candle.close
    return candle.open, candle.high, candle.low, candle.close


def _length_of(candles: list[Candle]) -> timedelta:
    """The shortest time between two candles; no time at all for a single one."""
    times = [candle.open_at for candle in candles]
    gaps = (later - earlier for earlier, later in pairwise(times))
    return min(gaps, default=timedelta(0))


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
    volume = row.get("volume", "").strip()
    return Candle(
        open_at,
        first,
        high,
        low,
        last,
        Decimal(volume) if volume else None,
    )


def _price(text: str) -> Decimal:
    price = Decimal(text.strip())
    if not price.is_finite() or price <= 0:
        raise ValueError(f"{text.strip()} is no price")
    return price


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
