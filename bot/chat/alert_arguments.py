"""Alerts as people type them.

Pure. Owns the grammar of `/alert`: an asset or a pair, a way to cross, a price, and how often.
What the grammar will know later (ranges, moves, highs, closes, volumes) gets an answer of its
own. Everything that cannot be read raises ArgumentError with what was typed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.chat.arguments import NamedAsset, named_asset, shown, unknown_name
from bot.domain.alerts import DEFAULT_BAND, Direction, Line
from bot.domain.assets import Assets
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market
from bot.domain.numbers import Amount, parsed_amount

QUOTES = ("USD", "EUR", "GBP", "BTC")
_QUOTE_ASSETS = {"BTC": "bitcoin"}
_MAX_BAND_PERCENT = Decimal(50)
# Minus and dashes, and "at least" as phones write it, as their plain likenesses.
_LIKENESSES = str.maketrans("\u2212\u2013\u2014≥≤⩾⩽", "---><><")

_REPEAT = re.compile(r"(?:^|(?<=\s))(?:repeat|repeating|always)$", re.IGNORECASE)
_ONCE = re.compile(r"(?:^|(?<=\s))once$", re.IGNORECASE)
_BAND = re.compile(r"(?:^|(?<=\s))band\s*=?\s*(?P<percent>\S+?)\s*%?$", re.IGNORECASE)

# A number begins once and gives nothing back, nor do the dots behind it: a message of digits
# and dots would otherwise keep the whole bot busy for minutes.
_NUMBER = r"(?<!\d)[$€£₿]?\s*\d(?:[\d,]|\.(?!\.))*+\s*[kmbt]?"
# No exponents: 1e-999999 would be a number of a million digits wherever it is shown.
_PERCENT = re.compile(r"\d{1,2}(?:[.,]\d{0,20})?|[.,]\d{1,20}")
_LATER = (
    ("alert.not_yet_option", r"(?<=\s)(?:cooldown|until|note|expires?)\b"),
    ("alert.not_yet_range", rf"{_NUMBER}\s*(?:\.\.++|…|-|to)\s*{_NUMBER}"),
    ("alert.not_yet_candles", r"(?<=\s)(?:close|closes|high|low|ath|atl)\b"),
    ("alert.not_yet_figures", r"(?<=\s)(?:volume|vol|liquidations?|funding|oi)\b"),
    ("alert.not_yet_percent", r"\d\s*%|\bpercent\b"),
)
_LATER_PATTERNS = tuple((text_id, re.compile(words, re.IGNORECASE)) for text_id, words in _LATER)

_WAYS = {
    "above": Direction.ABOVE,
    "over": Direction.ABOVE,
    "below": Direction.BELOW,
    "under": Direction.BELOW,
}
_SIGNED = re.compile(r"^(?P<asset>.*?)\s*(?P<way>[<>]\s*=?|=\s*[<>]?)\s*(?P<amount>.*)$")
_WORDED = re.compile(
    r"^(?P<asset>.*?)\b(?P<way>above|over|below|under|at|crosses)\b(?P<amount>.*)$", re.IGNORECASE
)
_BARE = re.compile(r"^(?P<asset>.+?)\s+(?P<amount>[$€£₿]?\s*[-+]?[$€£₿]?\s*\.?\d.*)$")


@dataclass(frozen=True, slots=True)
class AskedAlert:
    """An alert as it was read: the asset by name, its market, and the line to watch."""

    named: NamedAsset
    market: Market
    line: Line


def read_alert(text: str, assets: Assets, quote: str) -> AskedAlert:
    """The alert that a text asks for; `quote` is the currency where none is named.

    Raises ArgumentError: `alert.none`, `alert.unreadable`, `alert.not_yet_…`, `number.…`,
    `asset.unknown`, and what the currencies, the band and the repetition have of their own.
    """
    rest, repeat, band = _options(text.translate(_LIKENESSES).strip())
    if not rest:
        raise ArgumentError("alert.none")
    asset_text, way, amount_text = _parts(rest)
    named, pair_quote = _asset_and_quote(asset_text, assets)
    amount = _amount(amount_text)
    market = Market(named.asset.id, _quote(named, pair_quote, amount, quote))
    return AskedAlert(named, market, Line(way, amount.value, repeat, band))


def _options(text: str) -> tuple[str, bool, Decimal]:
    """What stands before the options, whether the alert repeats, and its band."""
    repeat: bool | None = None
    once = False
    band: Decimal | None = None
    while True:
        if match := _REPEAT.search(text):
            repeat = True
        elif match := _ONCE.search(text):
            once = True
        elif (match := _BAND.search(text)) is not None:
            band = _band(match["percent"])
        else:
            break
        text = text[: match.start()].rstrip()
    if once and (repeat or band is not None):
        raise ArgumentError("alert.repeat_and_once")
    # A band only means something to an alert that is armed again.
    return text, bool(repeat) or band is not None, DEFAULT_BAND if band is None else band


def _band(percent_text: str) -> Decimal:
    bare = percent_text.rstrip("%")
    percent = Decimal(bare.replace(",", ".")) if _PERCENT.fullmatch(bare) else Decimal(0)
    if not 0 < percent <= _MAX_BAND_PERCENT:
        raise ArgumentError("alert.band_range", typed=shown(percent_text))
    return percent / 100


def _parts(text: str) -> tuple[str, Direction, str]:
    for text_id, pattern in _LATER_PATTERNS:
        if pattern.search(text):
            raise ArgumentError(text_id, typed=shown(text))
    match = _SIGNED.match(text) or _WORDED.match(text)
    way = _way(match["way"]) if match else Direction.CROSS
    match = match or _BARE.match(text)
    if match is None:
        is_a_name = not any(char.isdigit() for char in text)
        raise ArgumentError(
            "alert.no_price" if is_a_name else "alert.unreadable", typed=shown(text)
        )
    asset_text, amount_text = match["asset"].strip(), match["amount"].strip()
    if not asset_text:
        raise ArgumentError("alert.no_asset", typed=shown(text))
    if not amount_text:
        raise ArgumentError("alert.no_price", typed=shown(text))
    return asset_text, way, amount_text


def _way(typed: str) -> Direction:
    if "<" in typed or ">" in typed:
        return Direction.BELOW if "<" in typed else Direction.ABOVE
    return _WAYS.get(typed.lower(), Direction.CROSS)


def _asset_and_quote(text: str, assets: Assets) -> tuple[NamedAsset, str | None]:
    bare = text.strip("\"“”„«»' ")
    base, slash, quote = bare.partition("/")
    if slash:
        if quote.strip().upper() not in QUOTES:
            raise ArgumentError("alert.quote_unknown", typed=shown(quote.strip() or text))
        bare = base.strip()
    named = named_asset(bare, assets)
    if named is None:
        raise unknown_name(bare or text, assets, "asset.unknown", "asset.unknown_close")
    return named, quote.strip().upper() if slash else None


def _amount(text: str) -> Amount:
    text = text.removeprefix("+")
    return parsed_amount(text)


def _quote(named: NamedAsset, pair: str | None, amount: Amount, default: str) -> str:
    if pair and amount.currency and pair != amount.currency:
        raise ArgumentError("alert.two_currencies", first=pair, second=amount.currency)
    quote = pair or amount.currency or default
    if _QUOTE_ASSETS.get(quote) == named.asset.id:
        raise ArgumentError("alert.same_currency", typed=named.asset.symbol)
    return quote
