"""What sites put between the words of their articles.

Owns the tickers with their live price, teasers in mid-text, the remains of embedded posts, the
credits of charts and the data for search engines. Works on text on one line; pure, in time
linear in its length.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# ---- tickers

# CoinDesk's pages put a coin's ticker and live price, without a blank, behind its name.
_GLUED_PRICE = re.compile(
    r"(?:(?<![\w$])(?P<word>[^\W\d_][\w.\u2019'-]{0,30}) )?"
    r"(?<![\w$])(?!(?:US|HK|NZ|NT|AU|CA|CAD|AUD|NZD|HKD|SGD|MX|SG|TT|BB|JM|FJ|USD)\$)"
    r"(?P<ticker>[A-Z][A-Z0-9]{1,9})"
    r"(?P<price>\$\d(?:[\d,\u2080-\u2089]*\d)?(?P<cents>\.[\d\u2080-\u2089]{1,12})?)(?![\d%])"
    r"(?P<scale>-?(?:[kKmMbBtT]n?\b| ?(?:thousand|million|billion|trillion|mln|bln)\b))?"
)
_GLUED = re.compile(r"[A-Z0-9]\$\d")
_NO_NAME = _words(
    "a about above an and are as at be below beneath between both bought but buy buying by for "
    "from had has have hit holds hold in into is just like lost near not of off on or over own "
    "owns per raised reached said sell selling sold than that the then through to toward towards "
    "trade traded trades trading under until via was were when where which while with worth"
)


def without_glued_prices(text: str) -> str:
    """The text without live prices: "ether ETH$3,356.01, up" reads "ether, up".

    A ticker that stands for the name itself stays ("the price of ETH"), and so does a sum
    that somebody may have written ("BTC$5 million" reads "BTC $5 million").
    """
    if "$" not in text or not _GLUED.search(text):
        return text
    return _GLUED_PRICE.sub(_instead_of_price, text)


def _instead_of_price(found: re.Match[str]) -> str:
    word, ticker, price, scale = found["word"], found["ticker"], found["price"], found["scale"]
    before = f"{word} " if word else ""
    if scale:
        return f"{before}{ticker} {price}{scale}"
    if word and word.casefold() not in _NO_NAME:
        return word
    return f"{before}{ticker}" if found["cents"] and word else f"{before}{ticker} {price}"


# ---- teasers, posts, credits

_TEASER = re.compile(
    r"(?<=[.!?…\"”)\w]) (?:Related(?: Reading| Articles?| News| Stor(?:y|ies))?|Also [Rr]ead|"
    r"Read [Aa]lso|Read [Mm]ore|See [Aa]lso|Suggested [Rr]eading|Recommended(?: Reading)?)\s?: "
)
_SMALL_WORDS = _words(
    "a an the and or but nor as at by for from in into of off on onto over per than to up via vs "
    "vs. with is are it its be"
)
_OPENERS = _words("A After An As At For If In On The This When While With")
_LONGEST_TEASER = 30
_PUNCTUATION = "“”\u2018\u2019\"'(),.:;!?\u2013\u2014-"
_TOKEN = re.compile(r"\S+")
_POST_CREDIT = re.compile(r" ?— [^—]{1,60}? \(@\w{1,20}\) (?:[A-Z][a-z]{2,8} \d{1,2}, \d{4})")
_POST_LINK = re.compile(r" ?(?:https?://t\.co|pic\.(?:twitter|x)\.com)/\w+")
_CHART_CREDIT = re.compile(
    r"(?<=[.!?]) Source: (?:CoinMarketCap|CoinGecko|CoinGlass|Coinglass|TradingView|Tradingview|"
    r"Glassnode|CryptoQuant|Santiment|DefiLlama|DeFiLlama|IntoTheBlock|Coinwarz|Dune|Nansen|"
    r"Arkham|SoSoValue|Farside(?: Investors)?|Yahoo Finance|X|Twitter|"
    r"[A-Z]\w+(?: [A-Z]\w+)? (?=\(@))(?:\.com)?"
    r"(?: ?\([^()]{1,60}\))?(?: (?:via|on) (?:X|Twitter))?(?=\s|$)"
)
# Some sites begin with what others end with; their names end in a word for a paper.
_FOREWORD = re.compile(
    r"\AThe post .{1,300}? appeared first on (?:[A-Z]\w+ ){0,3}?"
    r"(?:News|Times|Magazine|Daily|Post|Journal|Wire|Blog|Insider|Today) (?=[A-Z\d$“\"\u2018])"
)
_FOLLOW = re.compile(r" We are on (?:X|Twitter), follow us to connect with us :- @\w{1,20}")
_ADVERTISEMENT = re.compile(r"(?<=[.!?”\"]) (?:ADVERTISEMENT|Advertisement)(?= [A-Z“\"])")
_DATA = re.compile(r'\{\s*"@(?:context|type|graph|id)"')
_BRACES = re.compile(r"[{}]")
_SITE_LABEL = re.compile(r"\A[A-Z]\w+ News (?=[A-Z][\w ]{1,20} \([A-Z]{2,6}\))")
_BLANKS_IN_BRACKETS = re.compile(
    r"(?<=[^:;8=][(\[“]) (?=\S)|(?<=[^\s:;8=]) (?=[)\]”](?:[\s.,;:!?]|$))"
)


def without_inserts(text: str) -> str:
    """The text on one line without what its site put between the words."""
    if '"@' in text:
        text = _without_data(text)
    if "t.co/" in text or "pic." in text:
        text = _POST_LINK.sub("", text)
    if "@" in text:
        text = _FOLLOW.sub("", _POST_CREDIT.sub("", text))
    if ": " in text:
        text = _without_teasers(_CHART_CREDIT.sub("", text))
    text = _FOREWORD.sub("", _SITE_LABEL.sub("", _ADVERTISEMENT.sub("", text)))
    return without_glued_prices(_BLANKS_IN_BRACKETS.sub("", text))


def _without_data(text: str) -> str:
    """The text without the JSON that is meant for search engines."""
    kept, end = [], 0
    while start := _DATA.search(text, end):
        kept.append(text[end : start.start()])
        depth = 0
        end = len(text)  # JSON that was cut runs to the end
        for brace in _BRACES.finditer(text, start.start()):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                end = brace.end()
                break
    return " ".join(" ".join([*kept, text[end:]]).split())


def _without_teasers(text: str) -> str:
    """The text without "Related Reading: Title In Capitals" in its midst."""
    kept, end = [], 0
    for teaser in _TEASER.finditer(text):
        if teaser.start() < end:
            continue
        resumes = _end_of_title(text, teaser.end())
        if resumes is not None:
            kept.append(text[end : teaser.start()])
            end = resumes
    return " ".join([*kept, text[end:].lstrip()]) if kept else text


def _end_of_title(text: str, start: int) -> int | None:
    """Where the sentence after a title in capitals begins; None when there is no telling.

    The first word in lower case shows that a sentence has begun, with the last capital before.
    """
    begun: int | None = None
    follows_opener = False
    for number, token in enumerate(_TOKEN.finditer(text, start)):
        word = token[0].strip(_PUNCTUATION)
        if number > _LONGEST_TEASER:
            return None
        if word[:1].islower() and word not in _SMALL_WORDS:
            return begun if number > 1 else None
        if word and not word[0].islower():
            begun = begun if follows_opener else token.start()
            follows_opener = word in _OPENERS
    return None
