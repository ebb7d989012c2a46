"""What an alert watches, in the words that people type.

Pure. Owns the grammar behind the asset: `> 95k repeat`, `90k..95k`, `+5% 1h`, `high 30d`,
`close 1w > 3500`, and the options at the end. What reads it for a chat, a replay and the
database is this one parser. Raises ArgumentError for what cannot be read.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.alert_options import Options, options_of, shown, window_of
from bot.domain.alerts import Direction, Line
from bot.domain.conditions import (
    Close,
    Condition,
    Extreme,
    Figure,
    Frame,
    Gauge,
    Move,
    Range,
    Side,
    Way,
)
from bot.domain.errors import ArgumentError
from bot.domain.numbers import CURRENCY_PATTERN, SIGN_PATTERN, Amount, parsed_amount

# A number begins once and gives nothing back, nor do the dots behind it: a message of digits
# and dots would otherwise keep the whole bot busy for minutes.
_NUMBER_HEAD = rf"(?<!\d){SIGN_PATTERN}?\s*\d"
_NUMBER_TAIL = rf"\s*+(?:bn|tn|[kmbt])?\s*+(?:{CURRENCY_PATTERN})?"
_NUMBER = rf"{_NUMBER_HEAD}(?:[\d, ]|\.(?!\.))*+{_NUMBER_TAIL}"
# Where a second number may follow, a gap is within the first only before three digits.
_FIRST_NUMBER = rf"{_NUMBER_HEAD}(?:[\d,]| (?=\d{{3}}(?!\d))|\.(?!\.))*+{_NUMBER_TAIL}"
# "90k and 95k" alone may be two lines; only "between" makes a range of it.
_RANGE = re.compile(
    rf"(?:leaves|outside|range|(?P<between>between))?\s*(?P<low>{_NUMBER})\s*"
    rf"(?:\.\.++|…|-|to|(?(between)and|(?!)))\s*(?P<high>{_NUMBER})",
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
_LEVEL_WORDS = r"above|over|below|under|at|cross(?:es)?|hits?|reach(?:es)?"
_LEVEL = re.compile(
    rf"(?P<way>[<>]\s*=?|=\s*[<>]?|(?:{_LEVEL_WORDS})\b)?\s*(?P<amount>.*)",
    re.IGNORECASE,
)
_WAYS = {
    "above": Direction.ABOVE,
    "over": Direction.ABOVE,
    "below": Direction.BELOW,
    "under": Direction.BELOW,
}
_WAY = r"(?P<way>[<>]\s*=?|above|over|below|under)?"
_VOLUME = re.compile(
    rf"(?:volume|vol)\b\s*{_WAY}\s*(?P<times>\d{{1,4}}(?:[.,]\d{{1,6}})?)\s*(?:x|\u00d7|times)",
    re.IGNORECASE,
)
_FUNDING = re.compile(
    rf"funding\b(?:\s+rate\b)?\s*{_WAY}\s*"
    r"(?P<percent>[-+]?\s*\d{1,3}(?:[.,]\d{1,8})?)\s*(?:%|percent\b)",
    re.IGNORECASE,
)
_LIQUIDATIONS = re.compile(
    r"(?:(?P<whose>long|short)s?\s+)?(?:liquidations?|liqs?)\b\s*(?:(?P<side>long|short)s?\b)?\s*"
    rf"{_WAY}\s*(?P<amount>{_FIRST_NUMBER})\s*(?:(?:in|within|per)\s+)?(?P<window>\d{{1,6}}\s*[a-z]+)?",
    re.IGNORECASE,
)
_FIGURE_NAMES = re.compile(
    r"(?:volume|vol|funding|liquidations?|liqs?|longs?|shorts?)\b", re.IGNORECASE
)
_UNREAD = {
    "vol": "alert.figure_volume",
    "fun": "alert.figure_funding",
    "liq": "alert.figure_liquidations",
    "lon": "alert.figure_liquidations",
    "sho": "alert.figure_liquidations",
}
# What liquidations are counted over at most: what was heard is kept no longer.
LONGEST_COUNTED = timedelta(days=1)
_MOST_UP, _MOST_DOWN = Decimal(1000), Decimal(100)


@dataclass(frozen=True, slots=True)
class AskedCondition:
    """What somebody wants to watch, and the currency where a number named one.

    `may_be_thousands` is whether a level of it was typed so that others would read thousands.
    """

    condition: Condition
    currency: str | None = None
    may_be_thousands: bool = False


def read_condition(text: str, now: datetime | None = None) -> AskedCondition:
    """The condition that words ask for; `now` refuses a date that has passed.

    Raises ArgumentError: `alert.no_price`, `alert.window…`, `alert.frame`, `alert.percent_range`,
    `alert.range_order`, `alert.figure_…`, `number.…`, and what the options have of their own.
    """
    rest, options = options_of(text, now)
    return condition_of(rest, options)


def condition_of(text: str, options: Options) -> AskedCondition:
    """The condition of words whose options were read before; raises what `read_condition` does."""
    # One gap at a time: of long ones several patterns would try every way to share them.
    text = " ".join(text.split())
    if (gauge := _gauge(text)) is not None:
        return AskedCondition(_optioned(gauge, options))
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
        amount.may_be_thousands,
    )


def _optioned(condition: Condition, options: Options) -> Condition:
    return replace(
        condition,
        repeat=options.repeat,
        band=options.band,
        cooldown=options.cooldown,
        until=options.until,
        note=options.note,
        told=options.told,
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
    return AskedCondition(
        _optioned(Range(low.value, high.value), options),
        low.currency or high.currency,
        low.may_be_thousands or high.may_be_thousands,
    )


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
    return AskedCondition(_optioned(condition, options), amount.currency, amount.may_be_thousands)


def _gauge(text: str) -> Gauge | None:
    """The figure that words ask for, None where they begin with no figure's name."""
    if (found := _VOLUME.fullmatch(text)) is not None:
        times = Decimal(found["times"].replace(",", "."))
        if times <= 0:
            raise ArgumentError("alert.figure_volume", typed=shown(text))
        return Gauge(Figure.VOLUME, _figure_way(found, Direction.ABOVE), times)
    if (found := _FUNDING.fullmatch(text)) is not None:
        percent = Decimal(re.sub(r"\s", "", found["percent"]).replace(",", "."))
        usual = Direction.BELOW if percent < 0 else Direction.ABOVE
        return Gauge(Figure.FUNDING, _figure_way(found, usual), percent / 100)
    if (found := _LIQUIDATIONS.fullmatch(text)) is not None:
        return _liquidations(found, text)
    if (named := _FIGURE_NAMES.match(text)) is not None:
        raise ArgumentError(_UNREAD[named[0][:3].lower()], typed=shown(text))
    return None


def _figure_way(found: re.Match[str], usual: Direction) -> Direction:
    typed = re.sub(r"[\s=]", "", found["way"] or "").lower()
    return {"<": Direction.BELOW, ">": Direction.ABOVE}.get(typed) or _WAYS.get(typed, usual)


def _liquidations(found: re.Match[str], text: str) -> Gauge:
    if not found["window"]:
        raise ArgumentError("alert.figure_liquidations", typed=shown(text))
    amount = parsed_amount(found["amount"])
    if amount.currency not in (None, "USD"):
        raise ArgumentError("alert.figure_liquidations", typed=shown(text))
    whose = (found["whose"] or found["side"] or "").lower()
    side = {"long": Side.LONGS, "short": Side.SHORTS}.get(whose, Side.BOTH)
    way = _figure_way(found, Direction.ABOVE)
    window = window_of(found["window"])
    if window > LONGEST_COUNTED:
        raise ArgumentError("alert.figure_liquidations", typed=shown(text))
    return Gauge(Figure.LIQUIDATIONS, way, amount.value, window, side)
