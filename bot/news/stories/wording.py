"""The words of a headline, each with what it stands for.

Owns how different wordings become the same: words for the same act, names and their aliases,
tickers, numbers with their units. Pure. Refuses to compare: that is the matter of likeness.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.news.stories.amounts import NUMBER, Amount, said_amount, written_amount
from bot.news.stories.lexicon import Kind, Lexicon, load_lexicon
from bot.news.stories.phrases import plainly_told
from bot.news.stories.stems import stem


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a phrase that stands for one: `key` is equal for equal meanings.

    `weight` is how much it tells, 0 to 6; `amount` is given for numbers alone.
    """

    key: str
    kind: Kind
    weight: float
    amount: Amount | None = None


_TOKEN = re.compile(
    rf"(?<![\w.])\$(?P<cashtag>[A-Za-z]{{2,10}})\b|(?<![\w.,]){NUMBER}"
    r"|(?P<word>(?:[^\W\d_]\.){2,}|[^\W_]+(?:(?:['\u2019&]|(?-i:\.(?=[a-z])))[^\W_]+)*)",
    re.IGNORECASE,
)
_YEARS = (1990, 2100)
_SHORT = 3
_TICKER = 4
_MOST_TEXT = 1_000
_MOST_OF_A_WORD = 40
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_WRAPPED = re.compile(r"(?:w|st|cb|s)([A-Z]{3,5})")
_MONEY = {
    "won": "KRW", "krw": "KRW", "euro": "EUR", "eur": "EUR", "yen": "JPY", "jpy": "JPY",
    "yuan": "CNY", "rupee": "INR", "gbp": "GBP", "ruble": "RUB", "real": "BRL", "baht": "THB",
}  # fmt: skip
TIMES = frozenset({"year", "month", "week", "day", "hour", "minut"})
_WEIGHTS = {**dict.fromkeys(TIMES, 2.5), "calendar": 1.0}
_BEFORE_UNIT = frozenset({"more", "additional", "new", "extra", "us", "worth", "of", "in"})
# "Under" a law is no fall: these count before a number alone.
_NUMERIC = frozenset({"above", "below"})
_PLAIN_ENDING = re.compile(r"(?:ing|ed|ly|tion|tions|ment|ments|ness|ity|ies|ers|ful|less|able)$")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    stem: str
    amount: Amount | None = None


def words_in(text: str, meant: Mapping[str, str] = MappingProxyType({})) -> list[Word]:
    """The telling words of a title or a lead, in order; stop words are left out.

    `meant` says of words in lower case which asset's symbol they stand for, where the lexicon
    does not know: tickers in capitals, names with one. Of a text longer than a thousand
    characters the beginning is read.
    """
    return _Reading(text, meant).words()


class _Reading:
    """A walk through the tokens of one text."""

    def __init__(self, text: str, meant: Mapping[str, str]) -> None:
        self._lexicon: Lexicon = load_lexicon()
        self._tokens = list(_tokens(text))
        self._meant = meant
        self._is_titled = _is_title_case(self._tokens)

    def words(self) -> list[Word]:
        """The telling words of the text, in order."""
        words: list[Word] = []
        at = 0
        while at < len(self._tokens):
            amount = self._tokens[at].amount
            if amount is not None:
                word, at = self._amount_word(amount, at)
                words.append(word)
                continue
            length, key, kind = self._meaning(at)
            at += length
            if key == "lose" and self._is_lost_level(words, at):
                key = "below"
            if key == "pass" and at < len(self._tokens) and self._tokens[at].amount:
                # What passes a number is no law.
                key = "above"
            if key in _NUMERIC and not self._is_level(at):
                continue
            if key and not (kind is Kind.NAME and key in self._lexicon.press):
                words.append(Word(key, kind, self._lexicon.weight(key, kind)))
            if kind is Kind.NAME and (nation := self._lexicon.implied.get(key)):
                words.append(Word(nation, kind, self._lexicon.weight(nation, kind)))
        return words

    def _is_level(self, at: int) -> bool:
        """Whether what is crossed is a level, not a sum: no price is over a million dollars."""
        amount = self._tokens[at].amount if at < len(self._tokens) else None
        return amount is not None and (amount.unit != "USD" or amount.is_price)

    def _is_lost_level(self, words: Sequence[Word], at: int) -> bool:
        """Whether what an asset loses is a price: "ETH loses $3,000"."""
        amount = self._tokens[at].amount if at < len(self._tokens) else None
        return bool(words and words[-1].kind is Kind.ASSET and amount and amount.is_price)

    def _amount_word(self, amount: Amount, at: int) -> tuple[Word, int]:
        """The number that stands there with its unit, and where what follows begins."""
        end = at + 1
        while end < len(self._tokens) and self._tokens[end].text.lower() in _BEFORE_UNIT:
            end += 1
        following = self._tokens[end] if end < len(self._tokens) else None
        unit, length = amount.unit, 0
        if not unit and following is not None and following.amount is None:
            unit, length = self._unit(following)
        is_said = self._tokens[at].text.isalpha() and not amount.unit
        if is_said and unit not in TIMES:
            # "Five crypto firms": what is counted stands further on, and the number tells little.
            return Word(f"{amount.value:g}", Kind.WORD, 1.5), at + 1
        if not amount.unit and not length and _YEARS[0] < amount.value < _YEARS[1]:
            if at and self._tokens[at - 1].text.lower() == "since":
                # What a thing is the first since is no part of what happened.
                return Word(f"{amount.value:g}", Kind.WORD, 1.0), at + 1
            unit = "calendar"
        if (amount.value, unit) == (24.0, "hour"):
            return Word("day", Kind.WORD, self._lexicon.weight("day", Kind.WORD)), end + length
        if unit == "cent":
            amount, unit = Amount(amount.value / 100, "USD", amount.digits), "USD"
        weight = _WEIGHTS.get(unit, min(6.0, 2.0 + 1.2 * amount.digits))
        full = Amount(amount.value, unit, amount.digits)
        after = end + length if length else at + 1
        return Word(f"{amount.value:g} {unit}", Kind.AMOUNT, weight, full), after

    def _unit(self, token: _Token) -> tuple[str, int]:
        """What a number counts, and how many tokens say that alone."""
        match token.stem:
            case "bp" | "bps":
                return "bps", 1
            case "basis":
                return "bps", 2
            case "dollar" | "usd":
                return "USD", 1
            case "cent":
                return "cent", 1
            case word if word in _MONEY:
                return _MONEY[word], 1
            case word if word in TIMES:
                return word, 1
            case word:
                return "" if word in self._lexicon.stop else self._lexicon.counted(word), 0

    def _meaning(self, at: int) -> tuple[int, str, Kind]:
        """How many tokens from there mean one thing, its key (empty: nothing), and its kind."""
        token = self._tokens[at]
        is_capital = token.text[0].isupper()
        if is_capital and (symbol := self._symbol_meant(token)):
            return 1, symbol, Kind.ASSET
        is_company = token.stem in self._lexicon.companies and is_capital
        sure_name = is_company and (at == 0 or not self._is_titled)
        for stems, key, kind in self._lexicon.phrases.get(token.stem, ()):
            length = len(stems)
            if length > 1 and tuple(t.stem for t in self._tokens[at : at + length]) != stems:
                continue
            if kind in {Kind.NAME, Kind.ASSET}:
                if length == 1 and not self._is_written_as_name(token, kind):
                    continue
            elif sure_name and length == 1:
                continue
            return length, key, kind
        if (wrapped := _WRAPPED.fullmatch(token.text)) and (
            asset := self._lexicon.asset(wrapped[1].lower())
        ):
            return 1, asset, Kind.ASSET
        if token.stem in self._lexicon.calendar:
            return 1, token.stem, Kind.WORD
        if {token.stem, token.text.lower()} & self._lexicon.stop:
            return 1, "", Kind.WORD
        is_name = is_company or (is_capital and self._says_name(token, at))
        return 1, token.stem, Kind.NAME if is_name else Kind.WORD

    def _symbol_meant(self, token: _Token) -> str | None:
        symbol = self._meant.get(token.text.lower())
        if symbol is None or token.text.isupper():
            return symbol
        # A name that the lexicon knows is left to it: Ripple is a company, too.
        is_known = token.stem in self._lexicon.phrases or token.stem in self._lexicon.companies
        return None if is_known or token.text.upper() == symbol else symbol

    def _is_written_as_name(self, token: _Token, kind: Kind) -> bool:
        """Whether a word that may name something is written so: "link" is no LINK."""
        if token.stem in self._lexicon.only_capitals:
            return token.text.isupper()
        return token.text[0].isupper() or (
            kind is Kind.ASSET
            and len(token.text) > _TICKER
            and token.stem not in self._lexicon.need_capital
        )

    def _says_name(self, token: _Token, at: int) -> bool:
        """Whether a capital says name: not where every word, or the first, has one."""
        if not self._is_titled and at > 0:
            return True
        if not (token.text[1:].islower() and token.text.isascii()):
            return True
        return token.stem not in self._lexicon.common and not _PLAIN_ENDING.search(token.text)


def _tokens(text: str) -> Iterator[_Token]:
    text = plainly_told(text[:_MOST_TEXT])
    for found in _TOKEN.finditer(text):
        if found["cashtag"]:
            yield _Token(found["cashtag"].upper(), found["cashtag"].lower())
        elif found["number"]:
            written = found[0].strip()
            yield _Token(written, written.lower(), written_amount(written))
        elif _WIDE.search(found["word"]):
            # In scripts without blanks, pairs of characters serve as words.
            for pair in zip(found["word"], found["word"][1:], strict=False):
                yield _Token("".join(pair), "".join(pair))
        else:
            word = _plain(found["word"].replace(".", "")[:_MOST_OF_A_WORD])
            after = text[found.end() : found.end() + 20]
            yield _Token(word, stem(word), said_amount(word.lower(), after))


def _plain(word: str) -> str:
    """A word without accents, which one source writes and another does not."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def _is_title_case(tokens: Sequence[_Token]) -> bool:
    """Whether every longer word has a capital, so that capitals say nothing."""
    return not any(
        token.text[0].islower()
        and len(token.text) > _SHORT
        and token.text not in load_lexicon().small
        for token in tokens
        if token.amount is None
    )
