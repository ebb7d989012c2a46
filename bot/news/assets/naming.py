"""Where a text names assets.

Owns the places: names in any sensible case, symbols as words in capitals, `$BTC`, `BTC/USDT`.
A word that is also an ordinary word, an abbreviation or a company is a sure sign only as
`$LINK`, `LINK/USDT`, `LINKUSDT`, `(LINK)` or beside the coin's name; otherwise the place is
given as unsure. Refuses to judge what an article is about: that is `bot.news.assets.mentions`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import ahocorasick

from bot.domain.assets import Asset, Assets
from bot.news.cleaning.text import lowered

_SHORT_NAME = 4
_TEXTS_REMEMBERED = 8
_SHORT_SYMBOL = 2
# In a headline all in capitals only the symbols of the largest are clear.
_CLEAR_RANK = 10

_QUOTES = "USDT|USDC|FDUSD|BUSD|USD|EUR|GBP|KRW|JPY|TRY|PERP"
# It opens with its characters, among which a text is searched faster than for what may be there.
_WORD = re.compile(
    r"[$#A-Z\d](?<![\w@.].)(?:(?<=[$#])\d{0,2}[A-Z]|(?<=\d)\d?[A-Z]|(?<=[A-Z]))[A-Z0-9]*+"
    r"(?!\w|\.\w)"
)
_MARKS = "$#"
_PAIR = re.compile(rf"[/-](?:{_QUOTES}|BTC|ETH|BNB|Perp)\b")
_GLUED_PAIR = re.compile(rf"([A-Z0-9]{{2,10}}?)(?:{_QUOTES})")
_QUOTE = re.compile(_QUOTES)
_BETWEEN = re.compile(r"(?:['\u2019]s?)?(?:\s?[(\[]|\s)\$?|/")
_LIST = re.compile(r"(?:,\s|,?\s(?:and|or|&|vs\.?)\s|/)\$?")
_WIDEST = 5  # of what `_BETWEEN` matches: "'s ($"
_QUALIFIER = re.compile(
    r"\s(?:(?i:network|protocol|blockchain|mainnet)|token|coin"
    r"|(?i:crypto\s(?:price|value|coin|token)))\b"
)
# A share's ticker, by its exchange; and a symbol in brackets, with the name that it is said
# to stand for.
_LISTED = re.compile(
    r"\b(?:NYSE|NASDAQ|Nasdaq|AMEX|OTC\w*|TSXV?|LSE|ASX|HKEX|Cboe)(?:\s[A-Z][a-z]+)?:\s?\$?([A-Z0-9]+)\b"
)
_EXCHANGES = ("NYSE", "NASDAQ", "Nasdaq", "AMEX", "OTC", "TSX", "LSE", "ASX", "HKEX", "Cboe")
# Words are bounded, or one of a thousand capitals would cost their number squared.
_SAID_FOR = re.compile(
    r"(?P<name>[A-Z][\w.&'\u2019-]{0,60}+(?:\s(?:of|the|and|[A-Z][\w.&'\u2019-]{0,60}+)){0,4})\s"
    r"\((?:ticker:?\s)?[$#]?(?P<word>[A-Z][A-Z0-9]{1,9})\)"
)
_IN_BRACKETS = re.compile(r"\((?:ticker:?\s)?[$#]?[A-Z][A-Z0-9]{1,9}\)")
_LONGEST_NAME = 5 * 62  # as `_SAID_FOR` has it, with a blank behind each word
_SAME_LETTERS = 3
_NAMELESS = frozenset(
    re.findall(
        r"\w+",
        "token coin crypto cryptocurrency altcoin memecoin meme stablecoin ticker symbol native "
        "governance network protocol the",
    )
)
# In brackets these spell out something else: organisations, officers, banks, threats.
_ACRONYMS = frozenset(
    re.findall(
        r"\w+",
        "AI AR APT AMP ACT ATH BAT BIO BTG CC CEL CRO CTC CVX DAO ERA ETC ETN FUN GMT IO IP IQ ME "
        "MED MX NFT OMG OP PERP PI PRO RAD RED REP REQ SAFE SC SNT SPX SYS TEL TREE TRU XAI ZK",
    )
)
# What a symbol is short for in a text that spells it out, however well the coin is known.
_NAMESAKES = {
    "DOGE": re.compile(
        r"\bgovernment efficiency\b|\bDOGE (?:cuts|staff|employees|agency|savings|layoffs)\b",
        re.IGNORECASE,
    )
}
_WITHOUT_NETWORK = frozenset({"gas"})  # "gas token" is any chain's
# Called after a coin, but something else.
_OTHERS = (
    "Mercado Bitcoin",
    "American Bitcoin",
    "Bitcoin Depot",
    "Bitcoin Hyper",
    "Bitcoin Japan",
    "Bitcoin Magazine",
    "Bitcoin Pepe",
    "Bitcoin Standard Treasury",
    "Bitcoin Solaris",
    "Bitcoin Suisse",
    "Bitcoin Swift",
    "Bitcoin World",
    "Ether Machine",
    "Little Pepe",
    "Maxi Doge",
    "Pepe Node",
    "Pepe Unchained",
    "Solana Name Service",
    "XRP Tundra",
    "ARK Invest",
    "Cash Flow",
    "Core Scientific",
    "Money Flow",
    "Order Flow",
    "Pi Day",
    "The Verge",
    "Wall Street Pepe",
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A place where a text names an asset; unless `sure`, it needs proof elsewhere."""

    asset: Asset
    start: int
    end: int
    words: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Name:
    """A name to look for; `asset` is None for what only sounds like a coin."""

    lower: str
    asset: Asset | None
    ambiguous: bool
    any_case: bool


class _Edges:
    """Where namings begin and end, to tell which stand beside a place."""

    def __init__(self, namings: Iterable[Naming]) -> None:
        self._by_start: dict[int, Asset] = {}
        self._by_end: dict[int, Asset] = {}
        for naming in namings:
            self._by_start[naming.start] = naming.asset
            self._by_end[naming.end] = naming.asset

    def have_beside(self, asset: Asset, start: int, end: int, text: str) -> bool:
        """Whether a naming of `asset` stands beside: "Chainlink's LINK", "LINK (Chainlink)"."""
        return any(
            (
                self._by_end.get(start - gap) is asset
                and _BETWEEN.fullmatch(text, start - gap, start) is not None
            )
            or (
                self._by_start.get(end + gap) is asset
                and _BETWEEN.fullmatch(text, end, end + gap) is not None
            )
            for gap in range(_WIDEST + 1)
        )


class AssetNames:
    """The names and symbols of a registry, ready to be looked for."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._symbols: dict[str, Asset] = {}
        self._names: dict[str, _Name] = {}
        for asset in assets:  # by rank: of two with the same word the larger keeps it
            self._symbols.setdefault(asset.symbol, asset)
            for text in (asset.name, *asset.aliases):
                ambiguous = text in asset.ambiguous_names
                capital = ambiguous or len(text) <= _SHORT_NAME
                name = _Name(text.lower(), asset, ambiguous, any_case=not capital)
                self._names.setdefault(name.lower, name)
        for text in _OTHERS:
            self._names[text.lower()] = _Name(text.lower(), None, ambiguous=False, any_case=True)
        self._automaton = ahocorasick.Automaton()
        for lower, name in self._names.items():
            self._automaton.add_word(lower, name)
        self._automaton.make_automaton()
        self._remembered = lru_cache(_TEXTS_REMEMBERED)(self._found)

    def asset_called(self, words: str) -> Asset | None:
        """The asset that these words, standing alone, name beyond doubt; None when none does.

        Its id counts too, but for ids that are words.
        """
        name = self._names.get(words.lower())
        if name is not None and not name.ambiguous:
            return name.asset
        asset = self._symbols.get(words.upper())
        if asset is not None and not asset.ambiguous:
            return asset
        return self._assets.by_id(words) if "-" in words else None

    def namings(self, text: str) -> list[Naming]:
        """Every place where `text` names an asset, in order; the longest of several names.

        Of the last few texts it is remembered: assets and figures look at the same ones.
        """
        return list(self._remembered(text))

    def _found(self, text: str) -> list[Naming]:
        taken = self._longest_names(text)
        names = [naming for naming, _ in taken if naming is not None]
        spans = [span for _, span in taken]
        symbols = list(self._symbol_namings(text, names, spans))
        symbols = _listed_together(symbols, names, text)
        edges = _Edges(naming for naming in symbols if naming.sure)
        names = [_proven(naming, edges, text) for naming in names]
        return sorted([*names, *symbols], key=lambda naming: naming.start)

    def _longest_names(self, text: str) -> list[tuple[Naming | None, tuple[int, int]]]:
        """Leftmost-longest names with the spans they take, those of other things as None."""
        found = []
        for last, name in self._automaton.iter(lowered(text)):
            start = last + 1 - len(name.lower)
            end = _name_end(text, start, last + 1, name)
            if end and not _is_symbol(text[start:end], name):
                found.append((start, -end, name))
        taken: list[tuple[Naming | None, tuple[int, int]]] = []
        free_from = 0
        for start, negative_end, name in sorted(found, key=lambda place: place[:2]):
            if start >= free_from:
                free_from = -negative_end
                taken.append((_naming(text, start, free_from, name), (start, free_from)))
        return taken

    def _symbol_namings(
        self, text: str, names: list[Naming], spans: list[tuple[int, int]]
    ) -> Iterator[Naming]:
        shouting = self._is_shouting(text)
        foreign = self._foreign_symbols(text)
        edges = _Edges(names)
        inside = {place for start, end in spans for place in range(start, end)}
        for found in _WORD.finditer(text):
            mark = found[0][0] if found[0][0] in _MARKS else ""
            start, end = found.start() + len(mark), found.end()
            if start in inside:
                continue
            word, paired = self._base(text, start, end)
            asset = self._symbols.get(word)
            if asset is None or word in foreign:
                continue
            sure = paired or _is_sure(asset, text, mark, (start, end), shouting=shouting)
            sure = sure or edges.have_beside(asset, start, end, text)
            unclear = asset.ambiguous and (shouting or len(word) <= _SHORT_SYMBOL)
            if sure or not (unclear or word in _ACRONYMS):
                yield Naming(asset, start, end, text[found.start() : end], sure)

    def _base(self, text: str, start: int, end: int) -> tuple[str, bool]:
        """The symbol that a word stands for, and whether it is the base of a trading pair."""
        word = text[start:end]
        if text[start - 1 : start] in {"/", "-"} and _QUOTE.fullmatch(word):
            return "", False  # the quote of a pair
        if word in self._symbols:
            return word, _PAIR.match(text, end) is not None
        glued = _GLUED_PAIR.fullmatch(word)
        return (glued[1], True) if glued else ("", False)

    def _foreign_symbols(self, text: str) -> set[str]:
        """Symbols that a text explains as another's: "Chevron (NYSE: CVX)", "Snap (SNAP)"."""
        said_for = set(_said_for(text))
        if any(exchange in text for exchange in _EXCHANGES):
            said_for |= {(found[1], "") for found in _LISTED.finditer(text)}
        namesakes = {
            word for word, said in _NAMESAKES.items() if word in text and said.search(text)
        }
        return namesakes | {
            word
            for word, name in said_for
            # What is known well is not unsettled by an odd turn of phrase.
            if (asset := self._symbols.get(word)) is not None
            and asset.rank > _CLEAR_RANK
            and not (name and self._is_called(asset, name))
        }

    def _is_called(self, asset: Asset, name: str) -> bool:
        """Whether the words before a symbol in brackets may be a name of its asset."""
        if any(name.casefold().endswith(other.casefold()) for other in _OTHERS):
            return False
        given = set(re.findall(r"\w+", name.casefold())) - _NAMELESS
        own = (asset.name, asset.id, asset.symbol, *asset.aliases)
        known = {word for text in own for word in re.findall(r"[^\W_]+", text.casefold())}
        return not given or any(
            one == other or one[:_SAME_LETTERS] == other[:_SAME_LETTERS]
            for one in given
            for other in known
        )

    def _is_shouting(self, text: str) -> bool:
        """Whether a text is all capitals, and not for being a list of symbols."""
        if text.upper() != text:
            return False
        words = re.findall(r"[^\W\d]{2,}", text)
        return sum(word not in self._symbols for word in words) > 1


def _said_for(text: str) -> Iterator[tuple[str, str]]:
    """The symbols in brackets, each with the name before it that it is said to stand for."""
    end = 0
    for bracket in _IN_BRACKETS.finditer(text):
        start = max(end, bracket.start() - _LONGEST_NAME)
        if found := _SAID_FOR.search(text, start, bracket.end()):
            yield found["word"], found["name"]
            end = found.end()


def _name_end(text: str, start: int, end: int, name: _Name) -> int:
    """Where a name found at `start` ends, its plural included; 0 when it stands in no place."""
    if start and (text[start - 1].isalnum() or text[start - 1] in "_@"):
        return 0
    if start > 1 and text[start - 1] in "./-" and _is_in_address(text, start):
        return 0
    if not name.any_case and not text[start].isupper() and not text[start].isdigit():
        return 0
    following = text[end : end + 1]
    if following == "s" and not name.ambiguous and not name.lower.endswith("s"):
        end += 1
        following = text[end : end + 1]
    if following.isalnum() or following == "_":
        return 0
    is_domain = following == "." and text[end + 1 : end + 2].isalnum()
    return 0 if is_domain else end


def _is_symbol(words: str, name: _Name) -> bool:
    """Whether a name that may be a word stands as its coin's symbol: "Flow (FLOW)"."""
    return name.ambiguous and name.asset is not None and words == name.asset.symbol


def _is_in_address(text: str, start: int) -> bool:
    token = text[text.rfind(" ", 0, start) + 1 : start]
    return "://" in token or token.startswith("www.") or (token[-1] == "." and len(token) > 1)


def _naming(text: str, start: int, end: int, name: _Name) -> Naming | None:
    if name.asset is None:
        return None
    qualified = name.lower not in _WITHOUT_NETWORK and _QUALIFIER.match(text, end) is not None
    return Naming(name.asset, start, end, text[start:end], not name.ambiguous or qualified)


def _listed_together(symbols: list[Naming], names: list[Naming], text: str) -> list[Naming]:
    """Symbols made sure by what is sure and listed with them: "BNB, AVAX and DOT"."""
    listed = sorted([*symbols, *names], key=lambda naming: naming.start)
    may_be_proven = {naming.start for naming in symbols}
    for order in (range(1, len(listed)), range(len(listed) - 2, -1, -1)):
        for here in order:
            beside = listed[here - order.step]
            if not beside.sure or listed[here].sure or listed[here].start not in may_be_proven:
                continue
            first, last = sorted((listed[here], beside), key=lambda naming: naming.start)
            if _LIST.fullmatch(text, first.end, last.start) is not None:
                listed[here] = replace(listed[here], sure=True)
    return [naming for naming in listed if naming.start in may_be_proven]


def _proven(naming: Naming, symbols: "_Edges", text: str) -> Naming:
    """A name that its own symbol stands beside is sure: "Optimism (OP)"."""
    if naming.sure or not symbols.have_beside(naming.asset, naming.start, naming.end, text):
        return naming
    return replace(naming, sure=True)


def _is_sure(asset: Asset, text: str, mark: str, span: tuple[int, int], *, shouting: bool) -> bool:
    """Whether the symbol at `span`, behind a mark or none, can be nothing but the asset's."""
    start, end = span
    word = text[start:end]
    if not asset.ambiguous:
        return bool(mark) or not shouting or asset.rank <= _CLEAR_RANK
    if mark == "$":
        return len(word) > 1
    if _QUALIFIER.match(text, end) and word.lower() not in _WITHOUT_NETWORK:
        return any(name.upper() == word for name in asset.ambiguous_names)
    bracketed = text.endswith("(", 0, start - len(mark)) and text.startswith(")", end)
    return bracketed and len(word) > _SHORT_SYMBOL and word not in _ACRONYMS
