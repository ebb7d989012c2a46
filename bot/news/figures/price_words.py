"""The words that tell a price from other money, and a level from a price.

Owns the vocabulary of `bot.news.figures.prices` as patterns, and nothing that decides.
"""

import re

# ---- money that is no price

OTHER_MONEY_LEFT = re.compile(
    r"\b(?:market\s?cap\w*|capitali[sz]ation|volumes?|turnover|tvl|value\slocked|open\sinterest|"
    r"rais(?:ed?|es|ing)|valuation|valued|valuing|fin(?:e|ed|es)|stole|stolen|drain\w*|loot\w*|"
    r"worth|invest\w*|spen[dt]\w*|earn\w*|revenue|profits?|loss(?:es)?|income|fees?|salary|"
    r"donat\w+|prizes?|rewards?|bount(?:y|ies)|giveaway|bonus|loans?|debt|collateral|deposit\w*|"
    r"withdr\w+|transfer\w*|purchas\w+|acqui\w+|bought|buy(?:s|ing)?|inflows?|outflows?|"
    r"liquidat\w+|turn(?:ed|ing|s)|premiums?|bail|damages|settle(?:d|ment)|costs?|aum|"
    r"assets\sunder|minimum|ticket|pa(?:y|id|yments?)|sen[dt]|moved\s\$|funding|spread|eps|"
    r"strike|shares?|stocks?|gas|limit|cap\sof|supply|savings?|balance|budget|sales?|sold|gap|"
    r"dividend|yield\w*|rsi|macd|adx|index|score|etf\sflows?|bands?\swidth|capital|portfolio)\b",
    re.IGNORECASE,
)
OTHER_MONEY_RIGHT = re.compile(
    r"\+?\s?[-\u2013]?\s?(?:million\b|billion\b|trillion\b|worth\b|fine\b|bonus|prize|giveaway|"
    r"rewards?\b|fees?\b|bount|premium|trades?\b|loans?\b|deposits?\b|investments?\b|payments?\b|"
    r"salary|donat|ransom|(?:call|put|strike|options?)\b|(?:gap|difference)\b|profit|loss\b|"
    r"(?:per|an?|each)\s(?:share|barrel|ounce|hour|month|year|day|week|transaction|tx|kwh|mwh|"
    r"person|user|tonne?|ton|trade|stock|piece|ticket)\b|"
    r"of\s(?!resistance|support|its|the\s(?:day|session))|in\s(?:(?:\w+\s){0,3}(?:fees|gains|"
    r"revenue|cash|rewards?|assets?|value|in?flows?|outflows?|volumes?|liquidat\w+|deposits?|"
    r"fines?|damages|loss(?:es)?|tokens|funds|funding|crypto|cryptocurrenc\w+|prizes?|"
    r"donations?|sales|profits?|stablecoins?|savings|collateral|liquidity|capital|debt))\b|"
    r"into\b(?!\s(?:a\s)?(?:support|resistance)))",
    re.IGNORECASE,
)
PRESALE = re.compile(
    r"\b(?:presale|pre-sale|private\ssale|token\ssale|ico|whitelist|launch\sprice|"
    r"listing\sprice|early\s(?:buyers|investors|backers)|(?:stage|phase|round)\s\d+)\b",
    re.IGNORECASE,
)

# ---- words that mean nothing between a cue and its amount

FILLERS = frozenset(
    re.findall(
        r"\S+",
        "the a an its their his this that these about around roughly nearly approximately "
        "almost just only some as high low key critical crucial major important pivotal main "
        "psychological psychologically significant round number closely watched local immediate "
        "next initial first second strong current recent previous prior mid upper lower big "
        "massive heavy former well exactly briefly even back another approx historic symbolic "
        "coveted potential possible us u.s. ambitious bullish bearish make-or-break more less "
        "than level levels mark area zone region range band ranges long-awaited all-important = "
        "~ ≈ \u2014 \u2013 -- : ( intraday daily weekly monthly session new fresh local yearly "
        "roughly: least",
    )
)
HYPHENED_FILLER = re.compile(r"[\w-]+-(?:month|year|week|day|hour|term|time|standing)s?")

# ---- where a clause begins, and what makes it unreal

CLAUSE = re.compile(
    r".*(?:[;!?]|\.\s|\s[\u2014\u2013-]\s|[,:](?=\s)|\b(?:while|whereas|although|though|but|who|"
    r"which|(?<!high\s)(?<!low\s)(?<!much\s)as(?!\s(?:high|low|much|the\snext))|and\s(?=(?:is|was|has|had|could|may|might|would|"
    r"will|can|that|it)\b))\b)",
    re.IGNORECASE | re.DOTALL,
)
RESET = re.compile(
    r".*(?:;|\.\s|\b(?:after|when|since|having|following|despite|although|but)\b)",
    re.IGNORECASE | re.DOTALL,
)
UNREAL = re.compile(
    r"\b(?:could|(?<!\bin\s)(?<!\bits\s)(?<!\bof\s)(?<!\bsince\s)may(?!\s\d)|might|would|will|"
    r"can|should|shall|if|unless|potential(?:ly)?|expect\w*|predict\w*|forecast\w*|project(?:s|ed|ing|ion|ions)|target\w*|aim\w*|ey(?:e|es|ed|eing)|"
    r"path|poised|likely|possib\w+|scenario|bet(?:s|ting)?|odds|chance|whether|hope\w*|must|"
    r"needs?|before(?!\s\w+ing\b)|anticipat\w+|call(?:s|ed|ing)\sfor|set\s(?:to|for)|risk\w*|threaten\w*|"
    r"see(?:s|ing)|want\w*|try\w*|attempt\w*|fail\w*|struggl\w+|unable|to\savoid|pav(?:e|es|ing)|"
    r"open(?:s|ing)?|believ\w+|upside|downside|head(?:ed|ing)|on\strack|outlook|"
    r"estimat\w*|suggest\w*|hint\w*|room|eventual\w*|readying|prim(?:ed|ing)|on\scourse|"
    r"push\sfor|until|once|confirm\w*|not|never|cannot|can't|can\u2019t|won't|won\u2019t|"
    r"ready|run\sto|journey|road\sto|how\s(?:high|low)|a\s(?:weekly|daily|monthly)?\s?close)\b",
    re.IGNORECASE,
)
UNREAL_RIGHT = re.compile(
    r"\?|\s(?:could|would|may|might|will|should|can|is\sneeded|needed)\b|"
    r"[\s-]?(?:\s?by\s(?:the\send|end|year|early|mid|late|20\d\d|next|january|february|march|april|"
    r"may|june|july|august|september|october|november|december|q\d)|in\s20[3-9]\d|next\b|"
    r"price\s(?:target|prediction|forecast)|(?:prediction|forecast|target|upside|path)\b|"
    r"soon\b|or\shigher|or\smore\sby)",
    re.IGNORECASE,
)
PAST = re.compile(
    r"\b(?:reached|climbed|rose|fell|dropped|slipped|slid|traded|touched|tumbled|plunged|sank|"
    r"jumped|surged|rallied|soared|dipped|crashed|declined|gained|advanced|topped|crossed|"
    r"surpassed|broke|lost|reclaimed|retook|regained|bounced|peaked|bottomed|recovered|rebounded|"
    r"pushed|moved|went|plummeted|spiked|cleared|breached|breaching|eased|retreated|was|were)\b",
    re.IGNORECASE,
)

# ---- nouns beside an amount

_SUPPORT = r"supports?|floors?|demand\szone|buy\swall|neckline\ssupport"
_RESISTANCE = r"resistances?|ceilings?|barriers?|hurdles?|supply\szone|sell\swall"
_TARGET = r"(?:price\s)?(?:targets?|objectives?|predictions?|forecasts?|goals?|potential|upside)"
_ATH = (
    r"all[\s-]time[\s-](?:highs?|peaks?)|aths?|record[\s-](?:highs?|peaks?)|lifetime\shighs?|"
    r"historic(?:al)?\s(?:highs?|peaks?)"
)
_NOUN = (
    rf"(?P<ath>{_ATH})|(?P<support>{_SUPPORT})|(?P<resistance>{_RESISTANCE})|(?P<target>{_TARGET})"
)
_LINE = r"levels?|marks?|zones?|areas?|thresholds?|handles?|regions?|trendlines?|pivot"
# Of adjectives only those in lower case: "24-hour low $0.76 Dogwifhat price prediction".
_ADJECTIVES = (
    r"(?:(?!(?:and|or|but|as|while|to|for|with|after|on|in|from|at|above|below|before)\b)"
    r"(?-i:[a-z][\w-]*|(?:Near|Long|Short)-Term|Key|Price|[A-Z]{2,5}(?!\s[Pp]rice\s[Pp]re))[\s-]){0,2}?"
)
NOUN_RIGHT = re.compile(
    r"(?:,\s(?:an?|its|the)\s(?=(?:new\s|previous\s)?(?:all-time|ath|record)\b)|[\s-])"
    r"(?:(?:is|into|to\sbe|remains|as(?=(?:\s\w+){1,3}(?:[.,;]|\Z)))\s)?"
    rf"{_ADJECTIVES}(?:{_NOUN}|(?P<line>{_LINE})|(?P<range>range|band|channel|corridor))\b",
    re.IGNORECASE,
)
NOUN_LEFT = re.compile(
    rf"\b(?:{_NOUN}|(?P<rejected>reject(?:ed|ion)|capped))\s?:?"
    r"(?:\s(?:levels?|zones?|areas?|regions?|prices?|band|range|cluster|line|that|which|now|"
    r"currently|still|also|first|initially|again|already|is|are|was|were|remains?|sits?|sitting|"
    r"seen|found|lies|lying|stands?|located|placed|emerges?|comes?|set|expected|holds?|rests?|"
    r"identified|noted|formed|forming|pegged|established|reached|hit|positioned|situated|aligned|"
    r"rises?|present|for\s\S+|at|near|around|of|between|from|above|within|just|in|to|towards?|recorded|"
    r"the|a|its|about|roughly|nearly|approximately|key|next|\())*\s?[~(]?\Z",
    re.IGNORECASE,
)

ROLE_NOUN = re.compile(rf"\b(?:{_NOUN})\b", re.IGNORECASE)
# Lines of a chart: where they lie, the price need not have been.
INDICATOR = re.compile(
    r"\b(?:\d*[a-z]?[es]ma|\d*wma|moving\saverages?|bollinger|ichimoku|vwap|fibonacci|fib|cvdd|"
    r"realized\sprice|cost\sbasis|supertrend|parabolic|keltner|midline|market\smean|"
    r"fair\svalue|boundary|trendlines?|channel|neckline|point\sof\scontrol|max\spain)\b",
    re.IGNORECASE,
)

# ---- cues: the words that an amount follows

_REACH = (
    r"reach(?:ed|es|ing)?|hit(?:s|ting)?|touch(?:ed|es|ing)?|tapp?(?:ed|s|ing)?|notch(?:ed|es|ing)"
)
_BREAK = (
    r"break(?:s|ing)?|broke(?:n)?|breach(?:ed|es|ing)?|clear(?:s|ed|ing)?|"
    r"smash(?:es|ed|ing)?|pierc\w+"
)
_PASSES = (
    r"top(?:s|ped|ping)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|cross(?:es|ed|ing)?|"
    r"reclaim(?:s|ed|ing)?|retak(?:e|es|ing)|retook|regain(?:s|ed|ing)?|recaptur\w+|flip(?:s|ped|ping)?"
)
CUE = re.compile(
    rf"(?:\b(?P<reach>{_REACH})|\b(?P<breaks>{_BREAK})|\b(?P<passes>{_PASSES})"
    r"|\b(?P<hold>hold(?:s|ing)?|held|defend(?:s|ed|ing)?|protect(?:s|ing)?)"
    r"|\b(?P<lose>los(?:e|es|ing)|lost)"
    r"|\b(?P<test>(?:re)?test(?:s|ed|ing)?|revisit(?:s|ed|ing)?)"
    r"|\b(?P<eye>ey(?:e|es|ed|eing)|target(?:s|ed|ing)?|(?:aim(?:s|ed|ing)?|shoot(?:s|ing)?|"
    r"call(?:s|ed|ing)?|push|poised|ready|readying|prepar\w+)\s(?:for|at)|predict(?:s|ed|ing)?|"
    r"forecast(?:s|ed|ing)?|sights\son)"
    r"|\b(?P<near>near(?:s|ed|ing)|approach(?:es|ed|ing)?|flirt(?:s|ed|ing)?\swith)"
    r"|\b(?P<above>above|past|beyond|over|through)|\b(?P<below>below|under|beneath)"
    r"|\b(?P<to>to)|\b(?P<toward>towards?)|(?P<at>\bat|\bnear|@)|\b(?P<of>of)"
    r"|\b(?P<between>between|in|within|from|off))\Z",
    re.IGNORECASE,
)
BREAKS_THROUGH = re.compile(
    rf"\b(?:{_BREAK}|clos(?:e|es|ing|ed)|decisive\s\w+|bull\s?run)\b[^,;]{{0,30}}\Z",
    re.IGNORECASE,
)
STAYS = re.compile(
    r"\b(?:hold(?:s|ing)?|held|stay(?:s|ed|ing)?|remain(?:s|ed|ing)?|sustain(?:s|ing)?|"
    r"maintain(?:s|ed|ing)?|keep(?:s|ing)?|kept|defend\w*|consolidat\w+|stabili\w+)\b[^,;]{0,30}\Z",
    re.IGNORECASE,
)
TRADES = re.compile(
    r"\b(?:trad(?:e|es|ing)|hover(?:s|ing)?|sit(?:s|ting)?)\b[^,;]{0,20}\Z", re.IGNORECASE
)
MOVES = re.compile(
    r"\b(?:climb|ris(?:e|es|ing|en)|rose|rall(?:y|ies|ied|ying)|jump|surg|soar|spik|push|mov|head|"
    r"go(?:es|ing)?\b|went|gain|advanc|recover|rebound|bounc|return|back\b|fall|fell|drop|slid|"
    r"slip|dip|declin|tumbl|plung|sink|sank|crash|retreat|pull|correct|retrac|eas(?:ed|ing)|"
    r"lower\b|down\b|up\b|run|driv|drove|sen[dt](?:s|ing)?\b|tak(?:e|es|ing)|took|bring|brought|"
    r"lift|slump|plummet|collaps|higher\b|surge|way\b|comeback|break|close|clos|cool|"
    r"stretch|extend|trim|shot|shoot|explod|zoom|popp|leap|fad(?:ed|ing)|crumbl|accelerat|"
    r"trad(?:e|es|ed|ing)\b|chang\w+\shands|squeez|inch|edg(?:e|ed|ing)\b|bottom)"
    r"[^;]{0,45}\Z",
    re.IGNORECASE,
)
STANDS = re.compile(
    r"\b(?:trad(?:e|es|ed|ing)|chang\w+\shands|hover\w*|sits?|sitting|sat|stands?|stood|settl\w+|"
    r"clos(?:e|es|ed|ing)|open(?:s|ed|ing)|quoted|priced|steady|flat|stall\w*|peak(?:s|ed|ing)?|"
    r"bottom(?:s|ed|ing)?|remain\w*|stay\w*|hold(?:s|ing)?|held|currently|now|consolidat\w+|"
    r"stuck|pinned|stabili\w+|linger\w*|wobbl\w+|float\w*|price|prices|low|high|lows|highs|"
    r"up|down|start\w*|beg[ai]n\w*|%|momentum|rate|exchanging|found|support)\b"
    r"[^,;]{0,30}\Z|%[^,;]{0,12}\Z",
    re.IGNORECASE,
)
EXTREME = re.compile(
    r"\b(?:high|low|peak|top|bottom|peaked|bottomed|highs|lows)\s?\Z", re.IGNORECASE
)
AVERAGE_PRICE = re.compile(
    r"\b(?:average\s(?:purchase\s|buy(?:ing)?\s|entry\s|acquisition\s)?(?:price|cost)|cost\sbasis|"
    r"entry\sprice)\b[^,;]{0,40}\Z",
    re.IGNORECASE,
)
JUST_BESIDE = re.compile(
    r"\b(?:just|slightly|marginally|barely)\s(?:above|below|under|over)\b", re.IGNORECASE
)
PRICE_OF = re.compile(r"\b(?:prices?|value|level|mark|basis|cost)\s?\Z", re.IGNORECASE)
NEW_HIGH = re.compile(
    r"\b(?:new|fresh|hit|hits|hitting|set|sets|reached|reaching|notched|topped)\b", re.IGNORECASE
)
IN_RANGE = re.compile(
    r"\b(?:range|ranges|ranging|consolidat\w+|band|channel|stuck|rangebound|range-bound|oscillat\w+)\b",
    re.IGNORECASE,
)
