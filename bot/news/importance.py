"""How much an article, and a story, matters: 0 to 100, with what made it so.

Owns the weights: of the source, of the largest asset it is about, of its categories and
figures, of what its headline says happened, and of what it only claims or sells. They were set
by reading: of ordinary feeds a tenth to a seventh reaches 60, from where on news is important.
Refuses to know what the market did: an article is judged by itself.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import log2

from bot.domain.articles import Category, Figure, FigureKind, FigureRole, Importance
from bot.news.figures.amounts import written_amounts

_BASE = 40
_USUAL_WEIGHT = 50
_MOST_OF_SOURCES = 18
_PER_DOUBLING = 6
_OLD_NEWS = 20
_REASONS = 8
_MOST_TITLE = 500

# Worst rank, points: a coin's own news, by its place on the market.
_BY_RANK = ((1, 12), (2, 10), (5, 8), (10, 6), (30, 3), (100, 0))
_SMALL_COIN = -5
_OFF_TOPIC = -12
_BY_CATEGORY = {"hack": 14, "regulation": 9, "etf": 8, "macro": 7, "legal": 6, "exchange": 4,
                "stablecoin": 4, "derivatives": 4, "listing": 3, "adoption": 3,
                "mining": 1}  # fmt: skip
_NO_CATEGORY = -5
# Of the field too, though none of them makes news matter more.
_OF_THE_FIELD = frozenset(_BY_CATEGORY) | {"defi", "nft", "layer2", "airdrop"}

# ---- what a headline says happened, and what it is

# A bill is signed, and so is an order of the state; a contract or a partner is business.
_ACTS = (
    r"(?:bills?|laws?|acts?|legislation|decrees?|treat(?:y|ies)|amendments?|memorand(?:um|a)|"
    r"(?:executive\s)?orders?(?!\s(?:for|of|worth)\s(?:[$€£]?\d|\w+\s(?:machines|miners|rigs|chips))))"
)
_SIGNED = (
    rf"sign(?:s|ed)\s(?:(?:[^.;:\s]+\s){{0,9}}?into\slaw|(?:[\w\u2019'-]+\s){{0,4}}?{_ACTS})|"
    rf"{_ACTS}\s(?:(?:is|was|gets|to\sbe)\s)?signed"
)
_HAPPENED = re.compile(
    r"\b(?:approv(?:es|ed|al|als)|reject(?:s|ed)|bans?|banned|sues|sued|fin(?:es|ed)|halts?|halted|"
    r"suspend(?:s|ed)|bankrupt\w*|insolven\w+|collaps\w+|plung\w+|crash(?:es|ed)|plummet\w*|"
    r"tumbl(?:es|ed)|acquir(?:es|ed)|merg(?:es|er)|seiz(?:es|ed)|sentenced|convicted|indict\w*|"
    r"pardon(?:s|ed)?|arrest(?:s|ed)|delist\w*|de-?peg\w*|hack(?:ed|s)?|exploit(?:ed|s)?|drain(?:s|ed)?|"
    r"stolen|theft|freez(?:es|ed)|resigns?|record(?!-)|all-time\shigh|clear(?:s|ed)|passes|"
    rf"passed|{_SIGNED}|vot(?:es|ed)|cuts?\srates?|rate\s(?:cut|hike)|intervention|sanction(?:s|ed)|charter|"
    r"surg(?:es|ed)|soar(?:s|ed)|wip(?:es|ed)\sout|liquidated|dissolv\w+|withdr[ae]w\w*|guilty|"
    r"sells|sold|files|outage|breach)\b",
    re.IGNORECASE,
)
_ACTORS = re.compile(
    r"\b(?:SEC|Fed|CFTC|OCC|DTCC|Congress|Senate|White\sHouse|Trump|BlackRock|Fidelity|Vanguard|"
    r"JPMorgan|Goldman|Morgan\sStanley|Citi|Bank\sof\sAmerica|Nasdaq|NYSE|Binance|Coinbase|Tether|"
    r"Circle|Strategy|MicroStrategy|Ripple|Visa|Mastercard|PayPal|Stripe|SWIFT|YouTube|Upbit|"
    r"Bybit|Kraken|FTX|Powell|ECB|MiCA|ESMA|CLARITY|GENIUS)\b"
)
_FORECAST = re.compile(
    r"\bprice\s(?:prediction|analysis|forecast|outlook|target)s?\b|\bpredictions?\b(?!\smarket)|\bcould\s(?:rally|reach|hit|surge|"
    r"soar|drop|fall|explode|climb)|\bcan\s\S+\s(?:price\s)?(?:reach|hit|clear|break|reclaim)|\bwill\s\S+(?:\s\S+)?\s(?:reach|hit|recover|break)|"
    r"\bto\s(?:reach\s)?\$[\d,.]+k?\?|\b(?:key|critical)\slevels?\b|\bfor\sbreakout\b|\bbreakout\s(?:incoming|next|ahead)|(?:eyes?|\$\S+)\sbreakout\b|\bchart\s|\bpattern\b|"
    r"\b(?:bulls?|bears?)\s(?:target|eye)|\beyes\s\$|\btargets?\s\$|\bnext\sstop\b|\bprimed\b|\bset\sto\s"
    r"(?:explode|soar)|\b(?:how\s(?:high|low|far)|what(?:\u2019|')?s\snext|what\snext|why\s\S+\sis)\b|\bpullback\b",
    re.IGNORECASE,
)
_RECORDS = "reports?|filings?|data|documents?|court|judge|police|prosecutors?|minutes"
_OPINION = re.compile(
    r"\b(?:opinion|op-ed|editorial|column|analysts?|experts?|pundits?|trader|strategist|believes?|"
    r"explains?|here(?:\u2019|')?s\swhy|thinks|argues?|warns?|predicts?|"
    r"sees(?!\s[\d$])|hints?|chances?|predicted|outlook|most\sinfluential|reveals|top\straders?|time\straveler|researcher|"
    r"we\sasked|chatgpt|grok|suggests?|highlights|could|might|mulls?|considers?|"
    r"interview|reportedly|here\sare\sthe\sdetails|michael\ssaylor\u2019?s?\s(?:new\s)?message|"
    # What one says of oneself, and what a report says, is news; so is a claim that is not made
    # here; "May" is a month too, and odds that were beaten are no guess.
    r"says(?!\s(?:it|its|it\u2019s|he|she|they|we|no|yes|sorry|goodbye)\b)"
    rf"(?!\s(?:\w+\s){{0,2}}(?:{_RECORDS})\b)"
    # … nor what an authority or a record says of its own matter: "OCC says".
    r"(?<!\bSEC\ssays)(?<!\bOCC\ssays)(?<!\bFed\ssays)(?<!\bECB\ssays)(?<!\bFDIC\ssays)"
    r"(?<!\bCFTC\ssays)(?<!court\ssays)(?<!police\ssays)(?<!report\ssays)(?<!filing\ssays)|"
    r"(?<!jobless\s)(?<!scam\s)(?<!misconduct\s)(?<!rejects\s)(?<!rejected\s)(?<!denies\s)"
    r"claims(?!\s(?:for|from|against|over|as|open|debunked|misconduct)\b)(?=\s\w)|"
    r"(?<!in\s)(?<!since\s)(?<!until\s)(?<!by\s)(?<!the\s)(?<!for\s)may(?!\s\d)|"
    r"(?<!the\s)(?<!year\s)odds(?!\sof\s(?:\w+\s){0,4}?(?:cuts?|hikes?|pause)\b))\b",
    re.IGNORECASE,
)
_ROUNDUP = re.compile(
    r"\b(?:recap|round-?up|(?:day|week|month|year)\sahead|daily\s(?:digest|crypto)|newsletter|podcast|morning\sminute|the\sdaily:|"
    r"weekly(?!\s(?:close|closes|candle|chart|high|highs|low|lows|gain|gains|loss|losses|drop|rise|"
    r"inflows?|outflows?|flows|record|options|average)\b)|here(?:\u2019|')?s\swhat\shappened|daybook|digest|crypto\swrap|live\supdates?|interview|"
    r"performance\supdate|guests?:|myriad\smoves|price\supdate|news\stoday)\b|![^!]{4,60}!",
    re.IGNORECASE,
)
_GUIDE = re.compile(
    r"\b(?:how\sto|guide|what\sis|best\s(?:\w+\s)?(?:crypto|coins?|altcoins?|presale|time|cheap)|top\s\d+|"
    r"(?:top|best)\s(?:crypto|altcoins?)|to\sbuy\snow|to\sinvest\sin|altcoins?\s(?:to|under)|undervalued|"
    r"cryptos?\sto\sbuy|explained|(?:\d+|three|four|five|six|seven|ten)\s(?:\w+\s)?tips|tips\s(?:for|to)\s\w+ing|tips\sand\stricks|here(?:\u2019|')?s\show|which\s(?:meme|altcoin|crypto))\b",
    re.IGNORECASE,
)
_SOLD = re.compile(
    r"\b(?:presale|sponsored|press\srelease|casinos?|giveaway|\d{2,}x\s(?:crypto|coins?|gems?|potential|returns?|gains?|altcoins?)\b|passive\sincome|"
    r"cloud\smining|win\sup\sto|bet\swith|partner\scontent|advertorial|expo|tipped|hidden\sgem|"
    r"cheap\scrypto|next\s(?:big\sthing|doge|shib)|whale\.io|loyalty|sweepstakes|where\sto\sbet)\b",
    re.IGNORECASE,
)
_SOLD_CATEGORIES = frozenset({"sponsored", "press-release", "press-releases", "partner-content",
                              "advertisement", "sponsored-content", "presale"})  # fmt: skip
_OPINION_CATEGORIES = frozenset({"opinion", "price-analysis", "podcast", "feature",
                                 "technical-analysis", "price-prediction", "market-analysis",
                                 "ai-market-insights"})  # fmt: skip
_STIRS = (
    r"(?:jump\w*|soar\w*|surg(?:e|es|ed|ing)|ris(?:e|es|ing)|rose|rall(?:y|ies|ied|ying)|climb\w*|gain\w*|"
    r"pop(?:s|ped)?|leap\w*|spik(?:e|es|ed|ing)|falls?|falling|fell|drop(?:s|ped|ping)?|slid(?:e|es|ing)?|"
    r"sink\w*|sank|tumbl(?:e|es|ed|ing)|plung(?:e|es|ed|ing)|plummet\w*|dip(?:s|ped)?|slip(?:s|ped)?|"
    r"crash\w*|(?:sky)?rocket\w*|hits?|up(?!\son\b)|down|"
    r"(?:higher|lower)(?=\W*\Z|\s(?:after|as|on|in|by)\b))"
)
_ENDS = r"(?:end|close|open|finish)(?:s|es|d|ed)?"
# Of a company; those of a place or of all are a market's.
_STOCK_MOVE = re.compile(
    rf"(?:\b(?i:its|their|miners?|mining|treasury|company|firm)|[\u2019']s|s[\u2019']|"
    r"\b(?!US\b|UK\b|EU\b|Asian?\b|Europe|Global|World|Japan|China|Chinese|Korean?\b|Indian?\b|Tech\b|"
    r"Asia|Emerging|The\b|When\b|Why\b|How\b|As\b|And\b)[A-Z]\w+)"
    rf"\s(?i:(?:stock|shares)(?:\sprices?)?\s(?:\w+\s|{_ENDS}\s(?:\w+\s){{1,2}})?{_STIRS}\b)"
    rf"|\b(?i:shares\sof\s(?:\w+\s){{1,4}}?{_STIRS}\b)"
)
_RENTS = r"(?:contracts?|deals?|agreements?|leases?|tenants?|partnerships?|pacts?|hosting|pivots?)"
# Machine halls let to others, by who mines coins.
_HOSTING = re.compile(
    r"\b(?:AI|HPC|high-performance\scomputing|data[\s-]?cent(?:er|re)s?|GPUs?|cloud|coloc\w+|hosting)\b"
    rf"(?:\W+\w+){{0,5}}?\W+{_RENTS}\b",
    re.IGNORECASE,
)
_MINERS = re.compile(r"\b(?:miners?|mining)\b", re.IGNORECASE)
_COMPANY = -14
# With one of them in the title it is more than a company's matter: "shares fall as SEC sues".
_LEAST_LARGER = 6
# Words in the title, points, name. The heaviest malus counts, and a quarter of every other.
_MALUSES = (
    (_SOLD, -45, "promotion"),
    (_GUIDE, -25, "guide"),
    (_FORECAST, -18, "forecast"),
    (_ROUNDUP, -14, "round-up"),
    (_OPINION, -9, "opinion"),
)
_SOLD_FILED = -45
_SOLD_DOUBTED = -8
_OPINION_FILED = -12
_QUESTION = -6

# ---- sums and moves

_LIQUIDATED = ((2_000, 22), (1_000, 16), (500, 11), (250, 7), (100, 4))
_FLOWED = ((1_000, 13), (500, 9), (200, 6), (100, 3))
_SUMS = ((1_000, 8), (100, 5), (20, 2))
_MOVED_LARGE = ((10, 14), (7, 10), (5, 7), (3, 3))
_MOVED_SMALL = ((30, 7), (15, 4))
_LARGE_RANK = 10
_MILLION = Decimal(1_000_000)
_DAYS = frozenset({"1h", "4h", "12h", "24h"})
_LONG_AGO = re.compile(
    r"\b(?:from|since|peak|record|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|month|year|week|weekly|monthly|last\stime)\b",
    re.IGNORECASE,
)
_NEW_HIGH = re.compile(r"\b(?:all-time|record|ath)\b", re.IGNORECASE)


def importance_of(
    title: str,
    asset: tuple[str, int] | None,
    categories: Sequence[Category],
    figures: Sequence[Figure],
    source_weight: int = _USUAL_WEIGHT,
) -> Importance:
    """How much an article matters, 0 to 100, and why: "BTC rank 1 +12, hack +14, $1.4bn +8".

    `asset` is the symbol and the rank of the largest asset that it is about, None when it is
    about none. `source_weight` is 1 to 100, the usual one 50. The reason names the eight parts
    that weigh most, heaviest first.
    """
    title = title[:_MOST_TITLE]
    parts = [
        ("source", round((source_weight - _USUAL_WEIGHT) / 5)),
        _of_asset(asset, categories),
        *_of_categories(categories),
        *_of_figures(title, asset, figures),
        *_of_headline(title, categories),
        _of_company(title, asset, categories, figures),
        _of_kind(title, categories),
    ]
    told = sorted((part for part in parts if part[1]), key=lambda part: -abs(part[1]))
    score = min(max(_BASE + sum(points for _, points in told), 0), 100)
    return Importance(score, ", ".join(f"{name} {points:+d}" for name, points in told[:_REASONS]))


def continued_importance(found: Importance, revision: int) -> Importance:
    """How much an article matters that continues a story: the less, the more was told of it.

    Of a second revision half is new, of a third one a third, and what is not new takes up to 20
    points. The first revision of a story is new as a whole, and stays as it was found.
    """
    points = -round((1 - 1 / max(revision, 1)) * _OLD_NEWS)
    if not points:
        return found
    return Importance(max(found.score + points, 0), f"{found.reason}, told before {points:+d}")


def story_importance(article_scores: Iterable[int], sources: int) -> Importance:
    """How much a story matters: its best article, and more for every doubling of its sources.

    Empty scores give 0. At most 18 points come from the sources, for eight of them.
    """
    best = max(article_scores, default=0)
    more = min(round(_PER_DOUBLING * log2(max(sources, 1))), _MOST_OF_SOURCES) if best else 0
    reason = f"best article {best}" + (f", {sources} sources +{more}" if more else "")
    return Importance(min(best + more, 100), reason)


def _of_asset(asset: tuple[str, int] | None, categories: Sequence[Category]) -> tuple[str, int]:
    if asset is None:
        on_topic = any(category.name in _OF_THE_FIELD for category in categories)
        return "no asset", 0 if on_topic else _OFF_TOPIC
    symbol, rank = asset
    points = next((points for worst, points in _BY_RANK if rank <= worst), _SMALL_COIN)
    return f"{symbol} rank {rank}", points


def _of_categories(categories: Sequence[Category]) -> list[tuple[str, int]]:
    """The two heaviest categories, the second for half; those of the lead alone for half."""
    weighed = []
    for category in categories:
        points = _BY_CATEGORY.get(category.name, 0)
        shown = category.reason.startswith("title")
        weighed.append((category.name, points if shown else points // 2))
    weighed.sort(key=lambda part: -part[1])
    if not weighed or weighed[0][1] == 0:
        return [("no category", _NO_CATEGORY)]
    return [weighed[0], *((name, points // 2) for name, points in weighed[1:2])]


def _of_figures(
    title: str, asset: tuple[str, int] | None, figures: Sequence[Figure]
) -> list[tuple[str, int]]:
    large = asset is not None and asset[1] <= _LARGE_RANK
    parts = [
        _heaviest(figures, FigureKind.LIQUIDATION, _LIQUIDATED, "liquidated"),
        _heaviest(figures, FigureKind.FLOW, _FLOWED, "flow"),
        _largest_move(title, asset, figures),
    ]
    if _NEW_HIGH.search(title) and any(f.role is FigureRole.ALL_TIME_HIGH for f in figures):
        parts.append(("all-time high", 8 if large else 3))
    if large and any(f.role is FigureRole.REACHED and f.words in title for f in figures):
        parts.append(("price reached", 6))
    amounts = [a for a in written_amounts(title) if a.is_money]
    sums = [a for a in amounts if a.value >= _MILLION]
    if sums and not parts[0][1] and not parts[1][1]:
        largest = max(sums, key=lambda amount: amount.value)
        parts.append((largest.words, _points(largest.value / _MILLION, _SUMS)))
    return parts


def _heaviest(
    figures: Sequence[Figure], kind: FigureKind, steps: Sequence[tuple[int, int]], name: str
) -> tuple[str, int]:
    values = [abs(f.value) for f in figures if f.kind is kind and f.unit == "USD"]
    if not values:
        return name, 0
    return f"${max(values) / _MILLION:,.0f}m {name}", _points(max(values) / _MILLION, steps)


def _largest_move(
    title: str, asset: tuple[str, int] | None, figures: Sequence[Figure]
) -> tuple[str, int]:
    """The largest move of the asset within a day, or in a title that names no longer time."""
    if asset is None:
        return "move", 0
    dated = _LONG_AGO.search(title) is not None
    moves = [
        f
        for f in figures
        if f.kind is FigureKind.MOVE
        and f.symbol == asset[0]
        and (f.period in _DAYS or (f.period is None and f.words in title and not dated))
    ]
    if not moves:
        return "move", 0
    most = max(moves, key=lambda figure: abs(figure.value))
    steps = _MOVED_LARGE if asset[1] <= _LARGE_RANK else _MOVED_SMALL
    return f"{most.symbol} {most.value:+f} %", _points(abs(most.value), steps)


def _points(value: Decimal, steps: Sequence[tuple[int, int]]) -> int:
    return next((points for least, points in steps if value >= least), 0)


def _of_headline(title: str, categories: Sequence[Category]) -> list[tuple[str, int]]:
    parts = []
    happened = _HAPPENED.search(title)
    if happened is not None:
        parts.append((f'"{happened[0]}"', 8))
    actors = [found[0] for found in _ACTORS.finditer(title)]
    if actors:
        # Who made the category, as the SEC does regulation, counts a second time for less.
        shown = " ".join(category.reason for category in categories)
        others = [actor for actor in actors if actor not in shown]
        parts.append((others[0], 5) if others else (actors[0], 2))
    if title.rstrip().endswith("?"):
        parts.append(("question", _QUESTION))
    return parts


def _of_company(
    title: str,
    asset: tuple[str, int] | None,
    categories: Sequence[Category],
    figures: Sequence[Figure],
) -> tuple[str, int]:
    """What the stock or the halls of a company are worth less than news of the coin itself.

    Nothing where the title tells the coin's own price, or what is larger than a company.
    """
    name = "a company's own"
    is_hosting = _HOSTING.search(title) and (
        _MINERS.search(title) or any(category.name == "mining" for category in categories)
    )
    if not (is_hosting or _STOCK_MOVE.search(title)):
        return name, 0
    is_larger = any(
        _BY_CATEGORY.get(category.name, 0) >= _LEAST_LARGER and category.reason.startswith("title")
        for category in categories
    )
    is_priced = asset is not None and any(
        figure.symbol == asset[0] and figure.words in title for figure in figures
    )
    return name, 0 if is_larger or is_priced else _COMPANY


def _of_kind(title: str, categories: Sequence[Category]) -> tuple[str, int]:
    """What an article is besides news: the heaviest of what it is, and a quarter of the rest."""
    filed = {category.name: category.reason for category in categories}
    found = [(points, name) for words, points, name in _MALUSES if words.search(title)]
    sold = [filed[name] for name in _SOLD_CATEGORIES if name in filed]
    if sold:
        # In capitals they file by key words, and are often wrong.
        is_sure = not any(reason.removeprefix("feed: ").isupper() for reason in sold)
        found.append((_SOLD_FILED if is_sure else _SOLD_DOUBTED, "promotion"))
    if not _OPINION_CATEGORIES.isdisjoint(filed):
        found.append((_OPINION_FILED, "opinion"))
    if not found:
        return "news", 0
    found.sort()
    return found[0][1], found[0][0] + sum(points for points, _ in found[1:]) // 4
