"""The words of rising and falling, of what else is told in percent, and of time.

Owns the vocabulary of `bot.news.figures.moves` as patterns, and nothing that decides. Those
without a flag are looked for in texts in lower case, which takes a third of the time.
"""

import re

_RISES = (
    r"ripp?(?:s|ed|ing)|gain(?:s|ed|ing)?|ris(?:e|es|ing|en)|rose|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?|"
    r"rall(?:y|ies|ied|ying)|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?|spik(?:e|es|ed|ing)|"
    r"add(?:s|ed|ing)?|advanc(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|up|higher|bounc(?:e|es|ed|ing)|"
    r"rebound(?:s|ed|ing)?|recover(?:s|ed|ing)?|appreciat\w+|leap(?:s|ed|ing)?|leapt|"
    r"popp?(?:s|ed|ing)?|pump(?:s|ed|ing)?|explod(?:e|es|ed|ing)|skyrocket(?:s|ed|ing)?|"
    r"uptick|upswing|appreciation|rocket(?:s|ed|ing)?|zoom(?:s|ed|ing)?|green"
)
_FALLS = (
    r"f[ae]ll(?:s|ing|en)?|drop(?:s|ped|ping)?|los(?:e|es|ing|s|ses)|lost|slid(?:e|es|ing)?|"
    r"slip(?:s|ped|ping)?|dip(?:s|ped|ping)?|declin(?:e|es|ed|ing)|tumbl(?:e|es|ed|ing)|"
    r"plung(?:e|es|ed|ing)|sink(?:s|ing)?|sank|crash(?:es|ed|ing)?|retreat(?:s|ed|ing)?|"
    r"shed(?:s|ding)?|down|lower|slump(?:s|ed|ing)?|plummet(?:s|ed|ing)?|collaps(?:e|es|ed|ing)|"
    r"decreas(?:e|es|ed|ing)|correct(?:ed|s|ing|ion)|eas(?:ed|es|ing)|pullback|drawdown|"
    r"downturn|crater(?:s|ed|ing)?|retrac(?:ed|es|ing|ement)|red|depreciat\w+|nosediv\w+|"
    r"dump(?:s|ed|ing)?|sell-?off|weaken(?:s|ed|ing)?"
)
VERB_LEFT = re.compile(
    rf"\b(?:(?P<rise>{_RISES})|(?P<fall>{_FALLS}))"
    r"(?:\s(?:by|of|about|around|nearly|almost|over|more|than|roughly|approximately|some|another|"
    r"an?|the|just|only|further|additional|as|much|at|least|another|up|down|modest|sharp|whopping|"
    r"massive|impressive|modestly|slightly|sharply|value|its|in|price|roughly|nearly|"
    r"its\svalue|their|higher|lower|under|well|daily|weekly|monthly|single-day|intraday))*\s?[~≈]?\Z",
)
VERB_RIGHT = re.compile(
    r"[\s-](?:(?:daily|weekly|monthly|yearly|price|intraday|one-day|single-day|24-hour|7-day|"
    r"30-day|overnight|weekend|one-week|one-month|sharp|sudden|modest|further|additional|"
    r"in\w*ase\sin\sprice|year-to-date|YTD|seven-day|july|june|may|august|september|october|"
    rf"november|december|january|february|march|april)\s){{0,2}}(?:(?P<rise>{_RISES})|(?P<fall>{_FALLS}))\b",
    re.IGNORECASE,
)
BESIDE_COIN = re.compile(r"[\s:(]{1,2}(?:[$\u20ac\u00a3]?\d[\d.,]*[kK]?[\s,(]{1,2})?")
BRACKETED = re.compile(r"\(\s?\Z")
OF_SOMETHING = re.compile(
    r"\s?(?:\+\s?)?(?:of\b(?!\s(?:its|their)\s(?:value|price))|chance|probabilit|stake|share\b|yield|apy|apr|interest|fee|tax|tariff|discount|"
    r"premium|odds|likelihood|dominance|ownership|allocation|vote|burn|staked|annual(?:ized)?\s|"
    r"upside|potential|correlation|rate\b|threshold|cut\b|coupon|dividend|imbalance|"
    r"increase\sin\s(?!(?:its\s|the\s)?(?:price|value)|(?:24|the\spast|the\slast))|"
    r"(?:above|below|away|short|from\sthe\scurrent)\b|accuracy|success|confiden|staking|market\sshare|"
    r"in\s(?:revenue|volume|fees|open|tvl|trading|transactions|users|supply|active)|"
    r"(?:rise|increase|jump|surge|drop|decline|fall|decrease|spike|growth)\sin\s(?:\w+\s){0,3}"
    r"(?:volumes?|open|interest|activity|address\w*|transactions?|tvl|revenue|fees|supply|users|"
    r"holders|hash\w*|deposits?|flows?|inflows?|outflows?|difficulty|liquidit\w+|earnings|sales|"
    r"demand|shares?|stocks?|dominance|searches|losses|thefts?|wallets?)\b)",
    re.IGNORECASE,
)
OTHER_MEASURE = re.compile(
    r"\b(?:volumes?|turnover|open\s(?:interest|positions)|tvl|value\slocked|revenue|profits?|income|earnings|"
    r"sales|fees?|hash\s?rate|hashrate|difficulty|dominance|supply|balances?|reserves?|holders?|"
    r"users|address(?:es)?|transactions?|activity|inflows?|outflows?|yields?|rates?|odds|"
    r"probability|chance|chances|inflation|cpi|gdp|unemployment|volatility|correlation|"
    r"premium|discount|stake|staking|apy|apr|tariffs?|tax|loan|leverage|margin|adoption|"
    r"downloads|searches|sentiment|index|rsi|macd|adx|demand|exposure|allocation|ownership|"
    r"dividends?|valuation|market\sshare|share\sof|losses|thefts?|hacks?|scams?|issuance|"
    r"payments?|bets?|futures|contracts|funding|deposits?|withdrawals?|stockpile|holdings?|"
    r"engagements?|mentions|posts|followers|interactions|creators|workforce|staff|headcount|burn\w*|growth|liquidity|population|support\sfor|confidence|"
    r"(?<!against\s)the\s(?:euro|dollar|greenback|pound|franc|yuan|won|ruble|rupee|peso)|"
    r"(?:consumer|producer|import|house|home|energy|food|fuel|power|oil|gas|gold|share|stock)\sprices|"
    r"hashprice|win\srate|eggs?|wages?|rents?)\b",
)
UNREAL_VERB = re.compile(
    r"\b(?:could|may|might|would|will|can|should|if|potential(?:ly)?|expect\w*|predict\w*|"
    r"forecast\w*|project\w*|target\w*|eye\w*|poised|likely|possib\w+|set\s(?:to|for)|risk\w*|"
    r"up\sto|anticipat\w+|hypothetical|scenario|needs?|see(?:s|ing)?\s(?:an?\s)?"
    r"(?:potential|further)|calls?\sfor|bets?|whenever|each\stime|historical\w*|average|typical\w*|"
    r"seasonal\w*|toward|towards|prim(?:ed|ing)|how\sfar)\b",
)
MARKET = re.compile(
    r"\b(?:crypto|cryptocurrency|digital[\s-]asset)\s(?:markets?|majors|prices)\b|"
    r"\b(?:total|global|overall|crypto)\s(?:crypto\s)?market\scap|\baltcoins\b|"
    r"(?<!\w\s)\bcrypto\s(?:is\s|was\s)?(?:up|down|gains|falls|rises|drops|dips|rallies|slides|jumps)\b",
    re.IGNORECASE,
)
MOVE_CLAUSE = re.compile(
    r".*(?:[;!?]|\((?![^()]*\))|\.\s|,\s(?!(?:gaining|losing|rising|falling|up|down|climbing|dropping|rallying|"
    r"surging|jumping|adding|shedding|sliding|slipping|dipping|plunging|tumbling)\b)|\s[\u2014\u2013]\s|"
    r"\b(?:while|whereas|although|but|as|with|after|amid|despite)\b)",
    re.DOTALL,
)

# ---- periods

PERIODS = re.compile(
    r"\b(?:(?P<hour>(?:past|last|an|one|1)[\s-]?hour|hourly|1h)"
    r"|(?P<hours4>(?:four|4)[\s-]hours?|4h)"
    r"|(?P<hours12>(?:twelve|12)[\s-]hours?|12h)"
    r"|(?P<day>24[\s-]?(?:hours?|hrs?|h)|twenty-four\shours|(?:past|last)\sday|(?:a|one|single|1)[\s-]day|on\sthe\sday|"
    r"in\sa\sday|daily|intraday|today|24/7)"
    r"|(?P<days2>(?:48[\s-]?(?:hours|h)|two[\s-]days?))"
    r"|(?P<days3>(?:three|3)[\s-]days?)|(?P<days5>(?:five|5)[\s-]days?)"
    r"|(?P<weeks2>(?:two[\s-]weeks?|14[\s-]days?|fortnight|14d))"
    r"|(?P<week>(?:past|last|this|a|one|the|on\sthe)[\s-]week|weekly|week[\s-](?:over|on)[\s-]week|wow|(?:seven|7)[\s-]days?|7d)"
    r"|(?P<months3>(?:three|3)[\s-]months?|90[\s-]days?|(?:past|last|this|the|a|one)\squarter|quarterly|90d)"
    r"|(?P<months6>(?:six|6)[\s-]months?|180[\s-]days?)"
    r"|(?P<month>(?:past|last|this|a|one|the|on\sthe)[\s-]month|monthly|(?:30|thirty)[\s-]days?|month[\s-](?:over|on)[\s-]month|four\sweeks|30d)"
    r"|(?P<mtd>month[\s-]to[\s-]date|mtd)|(?P<ytd>year[\s-]to[\s-]date|ytd|so\sfar\sthis\syear|this\syear|since\s(?:the\sstart\sof\sthe\syear|january\s1))"
    r"|(?P<year>(?:past|last|a|one|the)[\s-]year|yearly|annual(?:ly)?|year[\s-](?:over|on)[\s-]year|yoy|(?:twelve|12)[\s-]months?|52\sweeks|1y))\b",
)
PERIOD_NAMES = {
    "hour": "1h", "hours4": "4h", "hours12": "12h", "day": "24h", "days2": "48h", "days3": "3d",
    "days5": "5d", "week": "7d", "weeks2": "14d", "month": "30d", "months3": "90d",
    "months6": "180d", "year": "1y", "ytd": "ytd", "mtd": "mtd",
}  # fmt: skip
# "its highest price in over a month", "for the first time in 2026" date a record, not the move.
RECORD = re.compile(
    r"\b(?:highest|lowest|biggest|largest|first|best|worst|strongest|steepest|sharpest)\b"
    r"[^,.;\u2014]{0,40}?\b(?:in|since|of)\b[^,.;\u2014]{0,30}|\bfor\sthe\sfirst\stime[^,.;\u2014]{0,30}|"
    r"\b(?:earlier|later|next|ahead|ending|end\sof)\s(?:this|the|last)\s(?:week|month|year)\b|"
    r"\b(?:last|previous)\s(?:week|month|quarter|year)[\u2019']s\b",
    re.IGNORECASE,
)
ANY_TIME = re.compile(
    r"\b(?:since|during|between|on\s(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"in\s(?:january|february|march|april|may|june|july|august|september|october|november|"
    r"december|q[1-4]|20\d\d)|from\s(?:its|a|the|\$))\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"(?:\W*(?:meanwhile|similarly|likewise|also|ether|ethereum|in\sturn|other|elsewhere|at\sthe\s"
    r"same\stime|among)\b)|.*\b(?:outpac|outperform|follow|underperform|lagg|match|mirror)\w*\b",
    re.IGNORECASE | re.DOTALL,
)
# What stands behind these in a sentence is another time.
CUTS_TIME = re.compile(
    r";|\s(?:after|following|despite|while|but|as|before|against|compared|versus|even|though)\s"
)
IN_ASSET = re.compile(
    r"\s(?:[\w-]+\s){0,3}(?:in|for|of)\s(?:the\s)?(?:price\sof\s)?(?:both\s)?", re.IGNORECASE
)
OTHER_MEASURE_RIGHT = re.compile(rf"\s(?:\w+\s)?{OTHER_MEASURE.pattern}", re.IGNORECASE)
# "dropped 2.5% in the last 24 hours and 4.6% in the past week": the second has no verb.
LISTED_MOVE = re.compile(
    r"(?:\sto\s[$\u20ac][\d.,]+[kK]?)?[^.;()$]{0,50}(?:,|\band|,\sand)\s(?:by\s)?(?:about|around|nearly|over|almost|roughly|more\sthan)?\s?",
    re.IGNORECASE,
)
# "a 59% decline in funding" is none of a price; "a 5% drop in the price", "in July" are.
FALL_IN = re.compile(
    r"\s(?:in|of)\s(?!(?:(?:its|the|their)\s)?(?:token\s)?(?:price|value|past|last|previous|24|an?\s"
    r"(?:day|week|month|year|hour)|one|two|three|seven|under|less|just|\d|early|late|mid)|(?-i:[A-Z]))",
    re.IGNORECASE,
)
# A clause that only measures what the one before tells.
APPOSITION = re.compile(
    r"\s*(?:an?|marking|representing|reflecting|or|roughly|about|equal)\b", re.IGNORECASE
)
POSSESSED = re.compile(r"(?:['\u2019]s|['\u2019])\s(?:\w+\s){0,2}", re.IGNORECASE)
