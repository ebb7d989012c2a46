"""Numbers and times as people read them.

Pure. Owns digits, signs and separators; words (minutes, yesterday) come from the catalogue.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.chat.catalogue import Voice
from bot.domain.numbers import CURRENCY_SIGNS, canonical_text

SIGNS = {code: sign for sign, code in CURRENCY_SIGNS.items()}

# Currencies that are coins themselves, in which nobody counts cents.
_COINS = frozenset({"BTC", "ETH"})
_NO_BREAK = "\u00a0"
_MINUS = "\u2212"
_WHOLE_FROM = Decimal(10_000)
_CENTS_FROM = Decimal(10)
_ONE = Decimal(1)
_SMALL_DIGITS = 4
_NO_DECIMALS_FROM = Decimal(100)


def price_text(value: Decimal, quote: str) -> str:
    """A price with as many digits as say something: $96,400 / $3,380.25 / $0.00001234."""
    if value >= _WHOLE_FROM:
        digits = f"{value:,.0f}"
    elif value >= _CENTS_FROM:
        digits = f"{value:,.2f}".removesuffix(".00")
    elif value >= _ONE:
        # Four decimals, for the thousandths of a stablecoin are its news; two at least.
        digits = f"{value:.4f}"
        digits = digits[:-2] + digits[-2:].rstrip("0")
    else:
        digits = _small(value)
    return with_sign(digits, quote)


def level_text(value: Decimal, quote: str) -> str:
    """A level exactly as it was set, digit for digit, with separators: $95,000, $2.50."""
    return with_sign(level_digits(value, quote), quote)


def level_digits(value: Decimal, quote: str) -> str:
    """A level digit for digit without its currency: 95,000, 2.50 or 0.00001234.

    From one on tenths are told as cents, as in a price beside it; but not in coins.
    """
    digits = digits_text(value)
    has_tenths = value >= _ONE and digits[-2:-1] == "."
    return f"{digits}0" if has_tenths and quote not in _COINS else digits


def digits_text(value: Decimal) -> str:
    """A number digit for digit, with separators and a true minus: 95,000 or 0.05."""
    sign = _MINUS if value < 0 else ""
    whole, _, rest = canonical_text(abs(value)).partition(".")
    digits = f"{sign}{int(whole):,}"
    return f"{digits}.{rest}" if rest else digits


def with_sign(digits: str, quote: str) -> str:
    """Digits with the sign of their currency, or its code behind where it has none."""
    sign = SIGNS.get(quote)
    return f"{sign}{digits}" if sign else f"{digits}{_NO_BREAK}{quote}"


def _small(value: Decimal) -> str:
    if value <= 0:
        return "0"
    places = _SMALL_DIGITS - 1 - value.adjusted()
    return canonical_text(Decimal(f"{value:.{places}f}"))


def percent_text(value: Decimal) -> str:
    """A change with its sign, a true minus: +1.8 %; 0.0 % has none."""
    sign = "+" if value > 0 else _MINUS
    size = abs(value)
    digits = f"{size:,.0f}" if size >= _NO_DECIMALS_FROM else f"{size:.1f}"
    return f"{'' if digits == '0.0' else sign}{digits}{_NO_BREAK}%"


def share_text(value: Decimal) -> str:
    """A percentage without a sign, two digits where it is small: 4.2 %, 0.05 %."""
    if value >= _NO_DECIMALS_FROM:
        return f"{value:,.0f}{_NO_BREAK}%"
    places = 1 if value >= _ONE else 2
    return f"{value:.{places}f}{_NO_BREAK}%"


def exact_percent_text(share: Decimal) -> str:
    """A share (0.005) as an exact percentage: 0.5 %."""
    return f"{canonical_text(share * 100)}{_NO_BREAK}%"


_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_YEAR = timedelta(days=365)


def age_text(voice: Voice, at: datetime, now: datetime) -> str:
    """How long ago: "just now", "3 min", "2 h", "yesterday", "3 days", then the date."""
    age = now - at
    if age < _MINUTE:
        return voice.plain("age.now")
    if age < _HOUR:
        return voice.plain("age.minutes", n=age // _MINUTE)
    if age < _DAY:
        return voice.plain("age.hours", n=age // _HOUR)
    if age < 2 * _DAY:
        return voice.plain("age.yesterday")
    if age < _WEEK:
        return voice.plain("age.days", n=age // _DAY)
    return date_text(at, now)


def ago_text(voice: Voice, at: datetime, now: datetime) -> str:
    """How long ago, as it stands alone: "just now", "3 min ago", "yesterday", "12 Mar"."""
    age = age_text(voice, at, now)
    is_counted = _MINUTE <= now - at < _DAY or 2 * _DAY <= now - at < _WEEK
    return voice.plain("age.ago", age=age) if is_counted else age


def window_text(voice: Voice, span: timedelta) -> str:
    """A span as a sentence tells it: "90 min", "24 h", "7 days", "1 year"."""
    if span == _YEAR:
        return voice.plain("span.years", n=1)
    if span >= 2 * _DAY and not span % _DAY:
        return voice.plain("age.days", n=span // _DAY)
    if not span % _HOUR:
        return voice.plain("age.hours", n=span // _HOUR)
    return voice.plain("age.minutes", n=span // _MINUTE)


def duration_text(span: timedelta) -> str:
    """A span as a clock counts it: 0:45, 55:33, 1:32:10."""
    seconds = max(int(span.total_seconds()), 0)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours:,}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_text(at: datetime, now: datetime) -> str:
    """A day: "12 Mar", with its year when that is not this one."""
    day = at.astimezone(UTC)
    text = f"{day.day}{_NO_BREAK}{_MONTHS[day.month - 1]}"
    return text if day.year == now.astimezone(UTC).year else f"{text}{_NO_BREAK}{day.year}"


def clock_text(at: datetime, now: datetime) -> str:
    """A time of day in UTC, "10:41", with the day before it when that is not today."""
    moment = at.astimezone(UTC)
    text = f"{moment.hour:02}:{moment.minute:02}"
    if moment.date() == now.astimezone(UTC).date():
        return text
    return f"{date_text(at, now)}{_NO_BREAK}{text}"
