"""Whom a figure is about: the assets, and the other things, that a sentence speaks of.

Owns the passages of an article: each sentence with its amounts and with the places that could
own one. A place is an asset, or something that is none: gold, a share, a company that is called
after a coin, a token that the registry does not know. Refuses to say what an amount means.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import ahocorasick

from bot.domain.articles import Mention, Role
from bot.domain.assets import Asset
from bot.news.assets.naming import AssetNames
from bot.news.cleaning.text import sentences
from bot.news.figures.amounts import WrittenAmount, written_amounts
from bot.news.figures.price_words import PRESALE

_MOST_TITLE = 500
_MOST_BODY = 20_000
_MOST_SENTENCE = 1_500
# A sentence speaks of what an earlier one named, but not for ever.
_REMEMBERED_SENTENCES = 4
# One of these is in whatever the pattern of sales would find; to look for them is quicker.
_SELLING = ("sale", "ico", "whitelist", "launch", "listing", "early", "stage", "phase", "round")

_CRYPTO_NOUN = (
    r"(?:crypto(?:currency|\s?asset|coin)?|digital\s(?:asset|currency|coin|token)|coin|token)"
)
_NOT_A_COIN = (
    r"(?!\s(?:exchanges?|assets?|managers?|firms?|compan|funds?|hacks?|heists?|thefts?|platforms?|"
    r"markets?|trading|lenders?|banks?|miners?|mining|treasur|wallets?|ETFs?|conferenc|brokers?|"
    r"custod|investor|holder|bet|prediction|news|users?|project|donor|event|PAC)|[-\w])"
)
_DESCRIBED = re.compile(
    rf"\b(?:the|world[\u2019']s|world's)\s(?:(?:world[\u2019']s|single)\s)?(?P<second>second[\s-])?"
    rf"(?:largest|biggest|leading|flagship)\s{_CRYPTO_NOUN}\b{_NOT_A_COIN}",
    re.IGNORECASE,
)
# In lower case, and with a capital: "gold", "Gold"; companies and their shares only so.
_DESCRIBING = ("largest", "biggest", "leading", "flagship")
_OTHER_THINGS = frozenset(
    re.findall(
        r"\S+",
        "gold silver oil crude brent copper platinum palladium bullion nasdaq s&p dow nikkei "
        "kospi dxy vix yields stock stocks share shares equity equities yen Nvidia Tesla Apple "
        "Micron Broadcom Oracle Palantir Strategy MicroStrategy Metaplanet BitMine Bitmine "
        "SharpLink Coinbase Robinhood Circle MARA Marathon Riot CleanSpark Galaxy Bitfarms IREN "
        "GameStop Bullish Gemini Bitdeer MSTR COIN HOOD CRCL STRC BMNR SBET GLXY NVDA TSLA",
    )
)
_THINGS_FINDER = ahocorasick.Automaton()
for _thing in _OTHER_THINGS:
    _THINGS_FINDER.add_word(_thing.lower(), _thing)
_THINGS_FINDER.make_automaton()
# It opens with its characters, among which a text is searched faster than for alternatives; the
# whole of what has no group is the ticker.
_UNKNOWN_TICKER = re.compile(
    r"[($A-Z](?:(?<=\()\$?(?P<bracketed>[A-Z][A-Z0-9]{1,9})\)|(?<=\$)(?P<marked>[A-Z]{2,10})\b"
    r"|(?<=[A-Z])(?<!\w.)[A-Z]{2,6}(?=\s(?:up|down|rose|fell|gained|lost|trades|traded|surged|jumped|"
    r"dropped|soared|plunged|token|price|is\strading|was\strading|has\s(?:gained|risen|fallen))\b))"
)
_ACRONYMS = frozenset(
    re.findall(
        r"\S+",
        "ETF ETFS ETP ETPS RSI EMA SMA MA MACD SEC CFTC CEO CTO CFO COO CPI PPI PCE GDP FOMC "
        "FED ECB TVL ATH ATL AI US USA UK EU UAE NFT NFTS DEFI CEFI DEX CEX DAO API ADX CMF OBV "
        "MVRV SOPR NUPL FVG OI YTD ROI RWA RWAS IPO DOJ FBI IRS OCC FDIC NYSE CME ICO TGE L1 L2 "
        "CVD TWAP NVT PMI ISM NFP BOJ BOE BIS IMF KYC AML ETN POC HTF LTF HODL MICA GENIUS "
        "CLARITY THIS THAT THE THAN KEY NEW BIG ONE ITS WHY HOW NOT ALL AND FOR BUT WHAT WHEN HUGE "
        "USD EUR GBP JPY KRW CAGR TD VWAP BB ATR MFI DCA OTC P2P PDT EST ET UTC GMT LTH STH",
    )
)
# What stands beside a coin's name and makes it something other than the coin's price.
_ATTRIBUTED = re.compile(
    r"(?:[\u2019']s?)?[\s-](?:treasur(?:y|ies)|min(?:er|ers|ing)|ETFs?|ETPs?|funds?|trusts?|firms?|"
    r"compan(?:y|ies)|exchanges?|exchange-traded|spot\sETFs?|spot\sexchange|network|blockchain|"
    r"foundation|reserves?|holdings?|wallets?|address(?:es)?|transactions?|dominance|difficulty|"
    r"hash\s?rate|hashprice|ATMs?|conference|donations?|payments?|stocks?|shares?|"
    r"(?:trading\s)?volumes?|(?:futures\s)?open\sinterest|TVL|ecosystem|developers?|layer|DeFi|"
    r"phones?|handsets?|smartphones?|mobile|devices?|paintings?|artworks?|scams?|frauds?|schemes?|thefts?|heists?|thieves|staking|validators?|supply|inflation|users?|memecoins?|meme\scoins?|cash)\b",
    re.IGNORECASE,
)
_COMPARING = frozenset(
    re.findall(
        r"\S+",
        "than against versus vs vs. like unlike alongside following followed behind besides "
        "tracking outpaced outpacing outpaces outperformed outperforming outperforms "
        "underperformed underperforming underperforms mirrored mirroring mirrors",
    )
)
_COMPARING_TWO = frozenset(
    ("compared to", "compared with", "relative to", "ahead of", "led by", "down by", "well as")
)
_COMPARING_REACH = 32
_MEASURED = frozenset(
    ("volume", "volumes", "supply", "holdings", "capitalization", "interest", "reserves", "stash")
)
_GOES_ON = re.compile(r"\)?(?:,\s|,?\sand\s)")
_JOINED = re.compile(r"\s?\(?|,\s|,?\sand\s")


_Place = tuple[int, int, Asset | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A place in a sentence that could own a figure; `asset` is None where it is no asset.

    `attributed` tells that another noun follows ("bitcoin miners"): liquidations and flows are
    still the asset's, prices are not. `compared` is one that the sentence measures against.
    """

    start: int
    end: int
    asset: Asset | None
    attributed: bool = False
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with its amounts, the places of its subjects, and what it goes on about.

    `inherited` is the asset that earlier sentences, or the headline, speak of; `about` is the
    article's one, even where they speak of its miners or its supply. `sells` tells that the
    sentence offers a token that no market prices yet.
    """

    text: str
    amounts: tuple[WrittenAmount, ...]
    subjects: tuple[Subject, ...]
    inherited: Asset | None
    sells: bool = False
    about: Asset | None = None


def passages_of(
    title: str, summary: str, body: str, names: AssetNames, primary: Iterable[Mention]
) -> list[Passage]:
    """The sentences of an article in order, those without amounts among them.

    Looks at 20,000 characters of the body and at the first 1,500 of a sentence.
    """
    primaries = {mention.asset_id for mention in primary if mention.role is Role.PRIMARY}
    texts = (title[:_MOST_TITLE], summary[:_MOST_BODY], body[:_MOST_BODY])
    placed = [_subjects_of(text, names, primaries) for text in texts]
    known = {s.asset.id: s.asset for subjects in placed for s in subjects if s.asset}
    ours = [asset for asset_id, asset in known.items() if asset_id in primaries]
    about = ours[0] if len(ours) == 1 else None
    # A token on sale is in no registry; its prices are not those of the coin named before.
    remembers = not _is_promotion(texts)
    found: list[Passage] = []
    for number, (text, subjects) in enumerate(zip(texts, placed, strict=True)):
        told = _passages([text] if number == 0 else sentences(text), text, subjects, about)
        found.extend(told if remembers else (replace(p, inherited=None, about=None) for p in told))
    return found


def _is_promotion(texts: Iterable[str]) -> bool:
    lower = " ".join(texts).lower()
    return lower.count("presale") + lower.count("pre-sale") > 1


def _passages(
    parts: Iterable[str], text: str, subjects: list[Subject], about: Asset | None
) -> Iterator[Passage]:
    place = 0
    waiting = deque(subjects)
    spoken_of, strayed, age = about, False, 0
    for sentence in parts:
        start = text.index(sentence, place)
        place = start + len(sentence)
        cut = sentence[:_MOST_SENTENCE]
        own = tuple(_taken(waiting, start, start + len(cut)))
        amounts = tuple(written_amounts(cut))
        sells = bool(amounts) and _sells(cut)
        yield Passage(cut, amounts, own, spoken_of, sells, None if strayed else about)
        leading = next((s for s in own if not s.compared), None)
        if leading is not None:
            spoken_of, age = None if leading.attributed else leading.asset, 0
            strayed = leading.asset is not about
        elif age == _REMEMBERED_SENTENCES:
            spoken_of, strayed = about, False
        age += 1


def _sells(sentence: str) -> bool:
    lower = sentence.lower()
    return any(word in lower for word in _SELLING) and PRESALE.search(sentence) is not None


def _taken(waiting: deque[Subject], start: int, stop: int) -> Iterator[Subject]:
    """The subjects between two places, out of those that wait, placed from `start` on."""
    while waiting and waiting[0].start < stop:
        subject = waiting.popleft()
        if subject.start >= start:
            place, end = subject.start - start, subject.end - start
            yield Subject(place, end, subject.asset, subject.attributed, subject.compared)


def _subjects_of(text: str, names: AssetNames, primaries: set[str]) -> list[Subject]:
    namings = names.namings(text)
    proven = primaries | {naming.asset.id for naming in namings if naming.sure}
    places: list[_Place] = [(n.start, n.end, n.asset) for n in namings if n.asset.id in proven]
    taken = {place for start, end, _ in places for place in range(start, end)}
    symbols = {place[2].symbol: place[2] for place in places if place[2]}
    places += [place for place in _other_places(text, names, symbols) if place[0] not in taken]
    found: list[Subject] = []
    for start, end, asset in sorted(places, key=lambda place: place[0]):
        before = text[max(0, start - _COMPARING_REACH) : start].lower().split()
        compared = _is_compared(before)
        if not compared and found and found[-1].compared:
            compared = _is_joined(text, found[-1].end, start, end)
        attributed = asset is not None and _is_attributed(text, before, end)
        found.append(Subject(start, end, asset, attributed, compared))
    return found


def _is_joined(text: str, before: int, start: int, end: int) -> bool:
    """Whether a name goes on in a list, as in "like solana, ether and XRP, it rose"."""
    if _JOINED.fullmatch(text, before, start) is None:
        return False
    return text[before:start] != ", " or _GOES_ON.match(text, end) is not None


def _is_attributed(text: str, before: list[str], end: int) -> bool:
    """Whether a coin's name only tells which miners, funds or volumes are meant."""
    if _ATTRIBUTED.match(text, end):
        return True
    words = before[:-1] if before[-1:] == ["the"] else before
    return len(words) > 1 and words[-1] in {"of", "in", "for"} and words[-2] in _MEASURED


def _is_compared(before: list[str]) -> bool:
    """Whether the words before a name only measure something against it."""
    words = before[:-1] if before and before[-1] in {"the", "both"} else before
    return bool(words) and (words[-1] in _COMPARING or " ".join(words[-2:]) in _COMPARING_TWO)


def _other_places(text: str, names: AssetNames, symbols: Mapping[str, Asset]) -> Iterator[_Place]:
    """The places of other things, and of symbols that may mean something else elsewhere."""
    lower = text.lower()
    described = any(word in lower for word in _DESCRIBING)
    for found in _DESCRIBED.finditer(text) if described else ():
        yield found.start(), found.end(), names.asset_called("Ether" if found["second"] else "BTC")
    yield from _other_things(text, lower)
    for found in _UNKNOWN_TICKER.finditer(text):
        group = found.lastgroup or 0
        if found[group] in symbols:
            yield found.start(group), found.end(group), symbols[found[group]]
        elif found[group] not in _ACRONYMS and names.asset_called(found[group]) is None:
            yield found.start(group), found.end(group), None


_BESIDE = re.compile(r"\s(?:(?:per|for|in|a|of)\s(?:one\s|each\s|the\s)?)?")
_BESIDE_REACH = 14
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_RESPECTIVE_REACH = 80


def _other_things(text: str, lower: str) -> Iterator[_Place]:
    # A few letters are longer in lower case; then places would not be those of the text.
    for last, thing in _THINGS_FINDER.iter(lower if len(lower) == len(text) else text):
        start, end = last + 1 - len(thing), last + 1
        is_whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        if is_whole and (text[start].isupper() or thing.islower()):
            yield start, end, None


def owner_of(
    passage: Passage, amount: WrittenAmount, fits: Callable[[Asset], bool]
) -> Asset | None:
    """The asset whose price an amount would be; None when it is none's.

    That is the one right behind ("$1,861 per ETH"), else the nearest before that the amount
    fits and that is no mere comparison, else the only one of the sentence, else the one that
    the text goes on about. Something that is no asset keeps what is its own from all of them.
    """
    behind = next((s for s in passage.subjects if s.start >= amount.end), None)
    is_beside = behind is not None and behind.start - amount.end <= _BESIDE_REACH
    if behind and is_beside and _BESIDE.fullmatch(passage.text, amount.end, behind.start):
        return _fitting(behind.asset if is_priced(behind) else None, fits)
    before = [s for s in passage.subjects if s.end <= amount.start and not s.compared]
    if not before:
        return _fitting(only_asset(passage), fits)
    respective = respective_asset(passage, amount)
    if respective is not None:
        return _fitting(respective, fits)
    for subject in reversed(before):
        if not is_priced(subject):
            return None
        if _fitting(subject.asset, fits):
            return subject.asset
    return None


def _fitting(asset: Asset | None, fits: Callable[[Asset], bool]) -> Asset | None:
    return asset if asset is not None and fits(asset) else None


def respective_asset(passage: Passage, amount: WrittenAmount) -> Asset | None:
    """The asset of an amount in a list: "BNB and SOL reached $909 and $143, respectively".

    None when the sentence lists none so.
    """
    end = _RESPECTIVELY.search(passage.text, amount.start, amount.start + _RESPECTIVE_REACH)
    if end is None:
        return None
    listed = [amount]
    for near in reversed(passage.amounts[: passage.amounts.index(amount)]):
        if _JOINED.fullmatch(passage.text, near.end, listed[0].start) is None:
            break
        listed.insert(0, near)
    place = len(listed) - 1
    total = sum(listed[0].start <= a.start < end.start() for a in passage.amounts)
    named = {s.asset.id: s.asset for s in passage.subjects if s.end <= listed[0].start and s.asset}
    owners = list(named.values())[-total:]
    return owners[place] if len(owners) == total else None


def only_asset(passage: Passage) -> Asset | None:
    """The only asset of a sentence, else the one that the text goes on about, else None."""
    named = {s.asset.id: s.asset for s in passage.subjects if s.asset and is_priced(s)}
    if not named and any(s.asset is None for s in passage.subjects):
        return None
    only = next(iter(named.values())) if len(named) == 1 else None
    return only if named else passage.inherited


def is_priced(subject: Subject) -> bool:
    """Whether a price or a move beside the place would be the asset's own."""
    return subject.asset is not None and not subject.attributed and not subject.compared
