"""What an alert watches, in the words that people type.

Pure. Owns the grammar behind the asset: `> 95k repeat`, `90k..95k`, `+5% 1h`, `high 30d`,
`close 1w > 3500`, and the options at the end. What reads it for a chat, a replay and the
database is this one parser. Raises ArgumentError for what cannot be read.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.domain.alert_options import Options, options_of, shown, window_of
from bot.domain.alerts import Direction, Line
from bot.domain.conditions import Close, Condition, Extreme, Frame, Move, Range, Way
from bot.domain.errors import ArgumentError
from bot.domain.numbers import Amount, parsed_amount

# A number begins once and gives nothing back, nor do the dots behind it: a message of digits
# and dots would otherwise keep the whole bot busy for minutes.
_NUMBER = (
    r"(?<!\d)[$€£₿]?\s*\d(?:[\d, ]|\.(?!\.))*+\s*(?:bn|tn|[kmbt])?\s*"
    r"(?:[$€£₿]|usd|eur|gbp|btc)?"
)
_RANGE = re.compile(
    rf"(?:leaves|outside|range)?\s*(?P<low>{_NUMBER})\s*(?:\.\.++|…|-|to)\s*(?P<high>{_NUMBER})",
    re.IGNORECASE,
)
# No exponents: 1e-999999 would be a number of a million digits wherever it is shown.
_MOVE = re.compile(
    r"(?P<way>[-+]|±|\+\s*/\s*-|up|down|either)?\s*(?:by\s+)?"
    r"(?P<percent>\d{1,6}(?:[.,]\d{0,12})?|[.,]\d{1,12})\s*(?:%|percent\b)"
    r"\s*(?:either(?:\s+way)?\b)?\s*(?:in|within)?\s*(?P<window>.*)",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"(?:new\s+)?(?:(?P<ever>ath|atl|all[\s-]time\s+(?:high|low))"
    r"|(?P<kind>high|low)(?:\s+(?:of\s+)?(?P<window>.*))?"
    r"|(?P<before>\d{1,6}\s*[a-z]+)\s+(?P<kind_behind>high|low))",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    r"(?:(?P<named>hourly|daily|weekly)\s+)?closes?\b\s*"
    r"(?P<frame>\d{1,6}\s*[a-z]+\b)?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_NAMED_FRAMES = {"hourly": Frame.HOUR, "daily": Frame.DAY, "weekly": Frame.WEEK}
_LEVEL = re.compile(
    r"(?P<way>[<>]\s*=?|=\s*[<>]?|(?:above|over|below|under|at|crosses)\b)?\s*(?P<amount>.*)",
    re.IGNORECASE,
)
_WAYS = {
    "above": Direction.ABOVE,
    "over": Direction.ABOVE,
    "below": Direction.BELOW,
    "under": Direction.BELOW,
}
_LATER = (
    ("alert.not_yet_figures", r"(?:^|(?<=\s))(?:volume|vol|liquidations?|funding|oi)\b"),
    ("alert.not_yet_explained", r"(?<=\s)(?:un)?explained\b"),
)
_LATER_PATTERNS = tuple((text_id, re.compile(words, re.IGNORECASE)) for text_id, words in _LATER)
_MOST_UP, _MOST_DOWN = Decimal(1000), Decimal(100)


@dataclass(frozen=True, slots=True)
class AskedCondition:
    """What somebody wants to watch, and the currency where a number named one."""

    condition: Condition
    currency: str | None = None


def read_condition(text: str, now: datetime | None = None) -> AskedCondition:
    """The condition that words ask for; `now` refuses a date that has passed.

    Raises ArgumentError: `alert.no_price`, `alert.not_yet_…`, `alert.window…`, `alert.frame`,
    `alert.percent_range`, `alert.range_order`, `number.…`, and what the options have of their
    own.
    """
    rest, options = options_of(text, now)
    return condition_of(rest, options)


def condition_of(text: str, options: Options) -> AskedCondition:
    """The condition of words whose options were read before; raises what `read_condition` does."""
    for text_id, pattern in _LATER_PATTERNS:
        if pattern.search(text):
            raise ArgumentError(text_id, typed=shown(text))
    if (found := _EXTREME.fullmatch(text)) is not None:
        return AskedCondition(_optioned(_extreme(found), options))
    if (found := _CLOSE.fullmatch(text)) is not None:
        return _close(found, text, options)
    if (found := _MOVE.fullmatch(text)) is not None:
        return AskedCondition(_optioned(_move(found), options))
    if (found := _RANGE.fullmatch(text)) is not None:
        return _range(found, options)
    direction, amount = _level(text, text)
    return AskedCondition(
        _optioned(Line(direction, amount.value), options),
        amount.currency,
    )


def _optioned(condition: Condition, options: Options) -> Condition:
    return replace(
        condition,
        repeat=options.repeat,
        band=options.band,
        cooldown=options.cooldown,
        until=options.until,
        note=options.note,
    )


def _level(text: str, whole: str) -> tuple[Direction, Amount]:
    found = _LEVEL.fullmatch(text)
    typed = (found["way"] or "").lower() if found else ""
    amount_text = found["amount"].strip() if found else ""
    if not amount_text:
        raise ArgumentError("alert.no_price", typed=shown(whole))
    if "<" in typed or ">" in typed:
        direction = Direction.BELOW if "<" in typed else Direction.ABOVE
    else:
        direction = _WAYS.get(typed, Direction.CROSS)
    return direction, parsed_amount(amount_text.removeprefix("+"))


def _range(found: re.Match[str], options: Options) -> AskedCondition:
    low, high = parsed_amount(found["low"]), parsed_amount(found["high"])
    suffix = re.search(r"(?:bn|tn|[kmbt])\s*$", found["high"], re.IGNORECASE)
    # "90-95k" means 90k to 95k.
    if suffix and found["low"].strip()[-1].isdigit():
        scaled = parsed_amount(found["low"].strip() + suffix[0])
        low = scaled if scaled.value < high.value else low
    if low.currency and high.currency and low.currency != high.currency:
        raise ArgumentError("alert.two_currencies", first=low.currency, second=high.currency)
    if low.value >= high.value:
        raise ArgumentError("alert.range_order", typed=shown(found[0]))
    condition = Range(low.value, high.value)
    return AskedCondition(_optioned(condition, options), low.currency or high.currency)


def _move(found: re.Match[str]) -> Move:
    way = {"+": Way.UP, "up": Way.UP, "-": Way.DOWN, "down": Way.DOWN}.get(
        (found["way"] or "").lower(), Way.EITHER
    )
    percent = Decimal(found["percent"].replace(",", "."))
    most = _MOST_UP if way is Way.UP else _MOST_DOWN
    if not 0 < percent <= most or (way is not Way.UP and percent == most):
        raise ArgumentError("alert.percent_range", typed=shown(found[0]), most=str(most))
    window = found["window"].strip()
    return Move(way, percent / 100, window_of(window) if window else None)


def _extreme(found: re.Match[str]) -> Extreme:
    ever = found["ever"]
    if ever is not None:
        is_high = ever.lower() == "ath" or ever.lower().endswith("high")
        return Extreme(Way.UP if is_high else Way.DOWN)
    kind = (found["kind"] or found["kind_behind"]).lower()
    window = (found["window"] or found["before"] or "").strip()
    if not window:
        raise ArgumentError("alert.window_missing", typed=shown(found[0]), kind=kind)
    return Extreme(Way.UP if kind == "high" else Way.DOWN, window_of(window))


def _close(found: re.Match[str], text: str, options: Options) -> AskedCondition:
    named, typed = found["named"], re.sub(r"\s", "", found["frame"] or "").lower()
    if typed not in set(Frame) and not (named and not typed):
        raise ArgumentError("alert.frame", typed=shown(text))
    frame = Frame(typed) if typed else _NAMED_FRAMES[named.lower()]
    direction, amount = _level(found["rest"], text)
    condition = Close(frame, direction, amount.value)
    return AskedCondition(_optioned(condition, options), amount.currency)
