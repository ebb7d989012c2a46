"""The words that tell a price from other money, and a level from a price.

Owns the vocabulary of `bot.news.figures.prices` as patterns, and nothing that decides. Those
without a flag are looked for in texts in lower case, which takes a third of the time.
"""

import re

# ---- money that is no price

OTHER_MONEY_LEFT = re.compile(
    r"\b(?:market\s?cap\w*|capitali[sz]ation|volumes?|turnover|tvl|value\slocked|open\sinterest|"
    r"rais(?:ed?|es|ing)|valuation|valued|valuing|fin(?:e|ed|es)|stole|stolen|drain\w*|loot\w*|"
    r"worth|invest\w*|spen[dt]\w*|earn\w*|revenue|profits?|loss(?:es)?|income|fees?|salary|"
    r"donat\w+|prizes?|rewards?|bount(?:y|ies)|giveaway|bonus|loans?|debt|collateral|deposit\w*|"
    r"withdr\w+|transfer\w*|purchas\w+|acqui\w+|bought|buy(?:s|ing)?|inflows?|outflows?|"
    r"liquidat\w+|turn(?:ed|ing|s)(?=\s(?:(?:an?|his|her|their|just|only|about|my)\s)*\Z)|premiums?|bail|damages|settle(?:d|ment)|costs?|aum|"
    r"assets\sunder|minimum|ticket|pa(?:y|id|yments?)|sen[dt]|moved\s\$|funding|spread|eps|"
    r"strike|shares?|stocks?|gas|limit|cap\sof|supply|savings?|balance|budget|sales?|sold|gap|"
    r"dividend|yield\w*|rsi|macd|adx|index|score|etf\sflows?|bands?\swidth|capital|portfolio)\b",
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
    r"into\b(?!\s(?:an?\s)?(?:\w+\s)?(?:support|resistance|floor|ceiling)))",
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
    re.DOTALL,
)
RESET = re.compile(
    r".*(?:;|\.\s|\b(?:after|when|since|having|following|despite|although|but)\b)",
    re.DOTALL,
)
UNREAL = re.compile(
    r"\b(?:could|(?<!\bin\s)(?<!\bits\s)(?<!\bof\s)(?<!\bsince\s)may(?!\s\d)|might|would|will|"
    r"can|should|shall|if|unless|potential(?:ly)?|expect\w*|predict\w*|forecast\w*|project(?:s|ed|ing|ion|ions)|target\w*|aim\w*|ey(?:e|es|ed|eing|ing)|"
    r"path|poised|likely|possib\w+|scenario|bet(?:s|ting)?|odds|probabilit\w+|plac(?:es|ing)|chance|whether|hope\w*|must|"
    r"needs?|before(?!\s\w+ing\b)|anticipat\w+|call(?:s|ed|ing)\sfor|set\s(?:to|for)|risk\w*|threaten\w*|"
    r"see(?:s|ing)|want\w*|try\w*|attempt\w*|fail\w*|struggl\w+|unable|to\savoid|pav(?:e|es|ing)|"
    r"open(?:s|ing)?|believ\w+|upside|downside|head(?:ed|ing)|on\strack|outlook|"
    r"estimat\w*|suggest\w*|hint\w*|room|eventual\w*|readying|prim(?:ed|ing)|on\scourse|"
    r"push\sfor|until|once|confirm\w*|not|never|cannot|can't|can\u2019t|won't|won\u2019t|"
    r"ready|run\sto|journey|road\sto|how\s(?:high|low)|a\s(?:weekly|daily|monthly)?\s?close)\b",
)
UNREAL_RIGHT = re.compile(
    r"\?|\s(?:could|would|may|might|will|should|can|is\sneeded|needed)\b|"
    r"[\s-]?(?:\s?by\s(?:the\send|end|year|early|mid|late|20\d\d|next|january|february|march|april|"
    r"may|june|july|august|september|october|november|december|q\d)|in\s20[3-9]\d|next\b|"
    r"price\s(?:target|prediction|forecast)|(?:prediction|forecast|target|upside|path)\b|"
    r"soon\b|or\shigher|or\smore\sby)",
    re.IGNORECASE,
)
# "Bulls struggle. It has traded near $188" tells a fact all the same.
FACT = re.compile(
    r"\b(?:(?:has|have|had)\straded|(?:is|was|are|were)\s(?:currently\s|now\s|still\s)?(?:trading|"
    r"hovering|changing\shands)|settl(?:ed|ing)|closed|ended|opened|trades|traded|hovers|hovered|changed\shands)\b",
    re.IGNORECASE,
)
# "from $115,000 to $104,000": the move began there.
# Behind these a sentence speaks of another time.
TURNS = re.compile(r"\b(?:before|then|but|while)\b", re.IGNORECASE)
MINING_COST = re.compile(
    r"\bcosts?\s(?:to|of)\s(?:mine|mining|produc\w+)\b|\bproduction\scosts?\b", re.IGNORECASE
)
# "up to $5,000" is anybody's money, unless something rose.
RISEN = re.compile(
    r"\b(?:climb|rose|rall|jump|surg|soar|ris|push|mov|run|ran|went|back|way|shot|bounc|recover)\w*\s*\Z",
    re.IGNORECASE,
)
TO_AMOUNT = re.compile(r"(?:\s[^,.;$]{0,35}?)?\sto\s(?:\w+\s){0,3}?[$\u20ac\u00a3\d]")
PAST = re.compile(
    r"\b(?:reached|climbed|rose|fell|dropped|slipped|slid|traded|touched|tumbled|plunged|sank|"
    r"jumped|surged|rallied|soared|dipped|crashed|declined|gained|advanced|topped|crossed|"
    r"surpassed|broke|lost|reclaimed|retook|regained|bounced|peaked|bottomed|recovered|rebounded|"
    r"pushed|moved|went|plummeted|spiked|cleared|breached|breaching|eased|retreated|was|were)\b",
    re.IGNORECASE,
)

# ---- nouns beside an amount

_SUPPORT = (
    r"supports?|floors?|(?:demand|buy|buying|accumulation)\s(?:zones?|areas?)|(?:buy|bid)\swalls?|"
    r"neckline\ssupport|backstop|line\sof\sdefen[cs]e|lifeline"
)
_RESISTANCE = (
    r"resistances?|ceilings?|barriers?|hurdles?|(?:supply|sell)\s(?:zones?|areas?)|(?:sell|ask)\swalls?|"
    r"overhead\ssupply|roadblocks?"
)
_TARGET = (
    r"(?:price\s)?(?:targets?|objectives?|predictions?|forecasts?|goals?|paths?|potential|upside)"
)
_ATH = (
    r"all[\s-]time[\s-](?:highs?|peaks?)|aths?|record[\s-](?:highs?|peaks?)|lifetime\shighs?|"
    r"historic(?:al)?\s(?:highs?|peaks?)|record(?=\s(?:of|at|set|near|above|price|[$(]))"
)
_NOUN = (
    rf"(?P<ath>{_ATH})|(?P<support>{_SUPPORT})|(?P<resistance>{_RESISTANCE})|(?P<target>{_TARGET})"
)
_LINE = (
    r"levels?|marks?|zones?|areas?|thresholds?|handles?|regions?|trendlines?|pivot|trigger|re-?tests?|"
    r"line\sin\sthe\ssand"
)
# Of adjectives only those in lower case: "24-hour low $0.76 Dogwifhat price prediction".
_ADJECTIVES = (
    r"(?:(?!(?:and|or|but|as|while|to|for|with|after|on|in|from|at|above|below|before|would|could|"
    r"should|will|may|might|can|is|are|was|were|has|have|had|then|if|the|an?|its|toward|towards)\b)"
    r"(?-i:[a-z][\w-]*|(?:Near|Long|Short)-Term|Key|Price|[A-Z]{2,5}(?!\s[Pp]rice\s[Pp]re))[\s-]){0,2}?"
)
# How an amount is said to be a line: "$95,000 has turned into support".
_BEING = (
    r"(?:which\s|that\s)?(?:(?:is|are|was|were|has|have|had|could|would|may|might|will|should|now|again|"
    r"still|once|been|be|recently|since|must|being|also|previously|currently)\s){0,4}"
    r"(?:is|are|was|were|remains?|remained|acts?\sas|acted\sas|acting\sas|act\sas|serv(?:es?|ed|ing)\sas|"
    r"h[eo]lds?\sas|holding\sas|(?:become|became|becomes|turned|turns|flipped|flips|converted)"
    r"(?:\sfrom\s(?:support|resistance))?(?:\s(?:in)?to)?|stands\sas|functions\sas|marks|marked|"
    r"seen\sas|viewed\sas|identified\sas)"
    r"(?:\s(?:now|once\sagain|still|an?|the|its|their))*"
)
NOUN_RIGHT = re.compile(
    r"(?:,\s(?=which\s)|,\s(?:an?|its|the)\s(?=(?:new\s|previous\s)?(?:all-time|ath|record)\b)"
    rf"|(?:,|\s[\u2014\u2013-])\s(?:now\s)?(?:{_BEING}\s)?(?:an?|its|the)\s"
    rf"(?=(?:[\w-]+\s){{0,3}}?(?:{_SUPPORT}|{_RESISTANCE})\b)|[\s-](?:(?:as\s)?(?:an?|the|its)\s)?)"
    rf"(?:(?:{_BEING}|into(?:\san?)?|to\sbe|as(?=(?:\s\w+){{1,3}}(?:[.,;]|\Z)))\s)?"
    rf"{_ADJECTIVES}(?:{_NOUN}|(?P<line>{_LINE})|(?P<range>range|band|channel|corridor)"
    r"|(?P<breakout>(?<!the\s)break-?out)(?!\s(?:level|zone|point|prediction|target))|(?P<breakdown>breakdown)(?!\slevel)"
    r"|(?P<extreme>(?:peak|high|low|top|bottom)(?=[.,;:)]|\s(?:and|on|in|from|set|hit|reached|last|to|as|"
    r"earlier|after|before|for|with|is|was|it)\b|\Z)))\b",
    re.IGNORECASE,
)
NOUN_LEFT = re.compile(
    rf"\b(?:{_NOUN}|(?P<rejected>reject(?:ed|ion)|capped))\s?:?"
    r"(?:,?\s(?:has|have|shifted|moved|levels?|zones?|areas?|regions?|prices?|band|range|cluster|line|that|which|now|"
    r"currently|still|also|first|lies|initially|again|already|is|are|was|were|remains?|sits?|sitting|"
    r"seen|found|lies|lying|stands?|located|placed|emerges?|comes?|set|expected|holds?|rests?|"
    r"identified|noted|formed|forming|pegged|established|reached|hit|positioned|situated|aligned|"
    r"rises?|present|for\s\S+|t?here\sand|now\sand|at|near|around|of|between|from|above|within|just|in|to|towards?|recorded|"
    r"the|a|its|about|roughly|nearly|approximately|key|next|\())*\s?[~(]?\Z",
)

ROLE_NOUN = re.compile(rf"\b(?:{_NOUN})\b", re.IGNORECASE)
# Lines of a chart: where they lie, the price need not have been.
INDICATOR = re.compile(
    r"\b(?:\d*[a-z]?[es]ma|\d*wma|moving\saverages?|bollinger|ichimoku|vwap|fibonacci|fib|cvdd|"
    r"realized\sprice|cost\sbasis|supertrend|parabolic|keltner|midline|market\smean|"
    r"fair\svalue|boundary|bands?|trendlines?|channel|neckline|point\sof\scontrol|max\spain)\b",
    re.IGNORECASE,
)

# ---- cues: the words that an amount follows

_REACH = (
    r"reach(?:ed|es|ing)?|hit(?:s|ting)?|touch(?:ed|es|ing)?|tapp?(?:ed|s|ing)?|notch(?:ed|es|ing)"
)
_BREAK = (
    r"break(?:s|ing|out|outs|down)?|broke(?:n)?|breach(?:ed|es|ing)?|clear(?:s|ed|ing)?|"
    r"smash(?:es|ed|ing)?|pierc\w+"
)
_PASSES = (
    r"top(?:s|ped|ping)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|cross(?:es|ed|ing)?|"
    r"reclaim(?:s|ed|ing)?|pass(?:ed|ing)|retak(?:e|es|ing)|retook|regain(?:s|ed|ing)?|recaptur\w+|flip(?:s|ped|ping)?"
)
CUE = re.compile(
    rf"(?:\b(?P<reach>{_REACH})|\b(?P<breaks>{_BREAK})|\b(?P<passes>{_PASSES})"
    r"|\b(?P<hold>hold(?:s|ing)?|held|defend(?:s|ed|ing)?|protect(?:s|ing)?)"
    r"|\b(?P<lose>los(?:e|es|ing)|lost)|\b(?P<gives>g(?:ive|ives|iving|ave)\sup|surrender(?:s|ed|ing)?)"
    r"|\b(?P<test>(?:re)?test(?:s|ed|ing)?|revisit(?:s|ed|ing)?)"
    r"|\b(?P<eye>ey(?:e|es|ed|eing|ing)|target(?:s|ed|ing)?|(?:aim(?:s|ed|ing)?|shoot(?:s|ing)?|"
    r"call(?:s|ed|ing)?|push|poised|ready|readying|prepar\w+)\s(?:for|at)|predict(?:s|ed|ing)?|"
    r"forecast(?:s|ed|ing)?|look(?:s|ed|ing)?\sto|sights\son)"
    r"|\b(?P<near>near(?:s|ed|ing)|approach(?:es|ed|ing)?|flirt(?:s|ed|ing)?\swith)"
    r"|\b(?P<above>above|past|beyond|over|through)|\b(?P<below>below|under|beneath)"
    r"|\b(?P<to>to)|\b(?P<toward>towards?)|(?P<at>\bat|\bnear|@)|\b(?P<of>of)"
    r"|\b(?P<between>between|in|within|from|off))\Z",
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
    r"stretch|extend|settl|trim|shot|shoot|explod|zoom|popp|leap|fad(?:ed|ing)|crumbl|accelerat|"
    r"trad(?:e|es|ed|ing)\b|chang\w+\shands|squeez|inch|edg(?:e|ed|ing)\b|bottom|pump|catapult|strength\b|broke\b|slic|rocket|propel|wick)"
    r"[^;]{0,45}\Z",
    re.IGNORECASE,
)
STANDS = re.compile(
    r"\b(?:trad(?:e|es|ed|ing)|chang\w+\shands|hover\w*|sits?|sitting|sat|stands?|stood|settl\w+|"
    r"clos(?:e|es|ed|ing)|open(?:s|ed|ing)|quoted|priced|end(?:s|ed|ing)|finish(?:es|ed|ing)|steady|flat|stall\w*|peak(?:s|ed|ing)?|"
    r"bottom(?:s|ed|ing)?|topp(?:ed|ing)\sout|(?:last|first|now)\sseen|last|remain\w*|stay\w*|hold(?:s|ing)?|held|currently|now|consolidat\w+|"
    r"stuck|pinned|stabili\w+|linger\w*|wobbl\w+|float\w*|price|prices|low|high|lows|highs|"
    r"up|down|start\w*|beg[ai]n\w*|%|momentum|rate|exchanging|found|support)\b"
    r"[^,;]{0,30}\Z|%[^,;]{0,12}\Z",
    re.IGNORECASE,
)
EXTREME = re.compile(
    r"\b(?:maximum|minimum|high|low|peak|top|bottom|peaked|bottomed|topped|highs|lows)(?:\sout)?\s?\Z",
    re.IGNORECASE,
)
# "trades around": a word that means nothing elsewhere.
# "is at", where nothing but the verb says that it stands there.
IS_AT = re.compile(
    r"\b(?:is|was|are|were)(?:\s(?:currently|now|still|back|up|down|again))?\Z", re.IGNORECASE
)
ALMOST = re.compile(
    r"\b(?:nearly|almost|close\sto|just\sshy\sof|shy\sof)(?:\s\w+ing)?\Z", re.IGNORECASE
)
# Orders lie in a range; that is none a price moves in.
PLACED = re.compile(
    r"\b(?:longs?|shorts?|liquidity|clusters?|clustered|concentrated|positions|supply|orders|bids)\b[^,;]{0,40}\Z",
    re.IGNORECASE,
)
RANGE_LEFT = re.compile(r"\brang(?:e|es|ing)(?:\s(?:is|at|now|of))?\s?:?\s?\Z", re.IGNORECASE)
AROUND = re.compile(
    r"\b(?:around|about|roughly|approximately|nearly)\s(?:the\s)?[~\u2248]?\Z", re.IGNORECASE
)
PEAKED = re.compile(r"\b(?:peaked|bottomed|topped\sout)\b[^,;]{0,25}\Z", re.IGNORECASE)
BUYING = re.compile(
    r"\b(?:buy(?:s|ing)?|entr(?:y|ies)|accumulat\w+|purchas\w+|prices)\b[^,;]{0,12}\Z",
    re.IGNORECASE,
)
AVERAGE_PRICE = re.compile(
    r"\b(?:average\s(?:purchase\s|buy(?:ing)?\s|entry\s|acquisition\s|realized\s|sale\s|"
    r"selling\s|forecast\s|trading\s)?(?:price|cost)|cost\sbasis|"
    r"entry\sprice)\b[^,;]{0,40}\Z",
    re.IGNORECASE,
)
# "BTC $92,400 +1.8%": a price beside its coin, with its move.
TICKED = re.compile(r"[\s(,]{1,2}[+\u2212\u2013-]\d[\d.,]*\s?%")
JUST_BESIDE = re.compile(
    r"\b(?:just|slightly|marginally|barely)\s(?:above|below|under|over)\b", re.IGNORECASE
)
# "above its opening price of": the line is passed, whatever it is called.
PASSING = re.compile(
    r"\b(?:(?P<above>above|beyond|past|over)|below|under)\s(?:[\w'\u2019-]+\s){0,5}?"
    r"(?:prices?|levels?|marks?|basis|high|low|average|area|zone|open)\Z",
    re.IGNORECASE,
)
PRICE_OF = re.compile(r"\b(?:prices?|value|level|mark|basis|cost)\s?\Z", re.IGNORECASE)
NEW_HIGH = re.compile(
    r"\b(?:new|fresh|hit|hits|hitting|set|sets|reached|reaching|notched|topped)\b", re.IGNORECASE
)
IN_RANGE = re.compile(
    r"\b(?:rang(?:e|es|ed|ing)|consolidat\w+|band|channel|stuck|boxed|pinned|trapped|sandwiched|squeezed|wedged|fluctuat\w+|sideways|rangebound|range-bound|oscillat\w+)\b",
    re.IGNORECASE,
)
