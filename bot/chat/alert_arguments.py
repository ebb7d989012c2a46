"""Alerts as people type them.

Pure. Owns the beginning of `/alert`, an asset or a pair; what follows is read by the grammar of
`bot.domain.alert_words`. Everything that cannot be read raises ArgumentError with what was typed.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.chat.arguments import NamedAsset, named_asset, shown, unknown_name
from bot.domain.alert_options import options_of
from bot.domain.alert_words import condition_of
from bot.domain.assets import Assets
from bot.domain.conditions import Condition
from bot.domain.errors import ArgumentError
from bot.domain.markets import Market
from bot.domain.numbers import CURRENCIES, SIGN_PATTERN

_QUOTE_ASSETS = {"BTC": "bitcoin", "ETH": "ethereum"}

# Where the words of a condition begin: at a sign, a word of the grammar, or a number. An asset
# stands before them, so that coins called HIGH and 1INCH are read as coins.
_CONDITION_WORDS = (
    "above|over|below|under|at|cross(?:es)?|hits?|reach(?:es)?|leaves|outside|range|between|up|down|either|by|new|high|low|"
    "ath|atl|all[ -]time|closes?|hourly|daily|weekly|"
    "volume|vol|liquidations?|liqs?|longs?|shorts?|funding"
)
_ASSET_AND_CONDITION = re.compile(
    r"(?P<asset>\S.*?)\s*(?P<words>(?:[<>=]"
    rf"|(?<=\s)(?:{_CONDITION_WORDS})\b"
    rf"|(?<=\s)(?:[-+±]|{SIGN_PATTERN}){{0,3}}\s?\.?\d).*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class AskedAlert:
    """An alert as it was read: the asset by name, its market, and what to watch.

    `may_be_thousands` is whether a level was typed so that others would read thousands.
    """

    named: NamedAsset
    market: Market
    condition: Condition
    may_be_thousands: bool = False


def read_alert(text: str, assets: Assets, quote: str, now: datetime) -> AskedAlert:
    """The alert that a text asks for; `quote` is the currency where none is named.

    `now` refuses a date that has passed. Raises ArgumentError: `alert.none`,
    `alert.unreadable`, `number.…`, `asset.unknown`, what the currencies have of their own, and
    what the words of a condition and its options raise.
    """
    rest, options = options_of(text, now)
    if not rest:
        raise ArgumentError("alert.none")
    asset_text, words = _parts(rest)
    asked = condition_of(words, options)
    named, pair_quote = _asset_and_quote(asset_text, assets)
    market = Market(named.asset.id, _quote(named, pair_quote, asked.currency, quote))
    return AskedAlert(named, market, asked.condition, asked.may_be_thousands)


def _parts(text: str) -> tuple[str, str]:
    found = _ASSET_AND_CONDITION.fullmatch(text)
    if found is not None:
        # Only `> 95k` begins with a sign that is no part of a name.
        if found["asset"][0] in "<>=":
            raise ArgumentError("alert.no_asset", typed=shown(text))
        return found["asset"], found["words"]
    if text[0] in "<>=":
        raise ArgumentError("alert.no_asset", typed=shown(text))
    is_a_name = not any(char.isdigit() for char in text)
    raise ArgumentError("alert.no_price" if is_a_name else "alert.unreadable", typed=shown(text))


def _asset_and_quote(text: str, assets: Assets) -> tuple[NamedAsset, str | None]:
    bare = text.strip("\"“”„«»' ")
    base, slash, quote = bare.partition("/")
    if slash:
        if quote.strip().upper() not in CURRENCIES:
            typed = shown(quote.strip() or text)
            raise ArgumentError("alert.quote_unknown", typed=typed, known=", ".join(CURRENCIES))
        bare = base.strip()
    named = named_asset(bare, assets)
    if named is None:
        raise unknown_name(bare or text, assets, "asset.unknown", "asset.unknown_close")
    return named, quote.strip().upper() if slash else None


def _quote(named: NamedAsset, pair: str | None, named_quote: str | None, default: str) -> str:
    if pair and named_quote and pair != named_quote:
        raise ArgumentError("alert.two_currencies", first=pair, second=named_quote)
    quote = pair or named_quote or default
    if _QUOTE_ASSETS.get(quote) == named.asset.id:
        raise ArgumentError("alert.same_currency", typed=named.asset.symbol)
    return quote
