"""The ways in which traders and editors name a line: before its amount, and behind it.

Owns the vocabulary of `bot.news.figures.levels` as patterns, and nothing that decides. What a
plain verb or preposition makes of an amount is in `bot.news.figures.price_words`. Patterns
without a flag are looked for in texts in lower case, which takes a third of the time.
"""

import re

# Words between a noun and its amount that change nothing: "the level that matters now is".
_LINKS = (
    r"(?:\s(?:levels?|zones?|areas?|regions?|prices?|points?|band|range|that|which|now|currently|"
    r"still|also|again|is|are|was|were|remains?|sits?|sitting|seen|lies|lying|stands?|located|"
    r"placed|positioned|comes?|set|rests?|resting|found|drawn|includ(?:e|es|ing)|forming|formed|aligns?|aligned|building|"
    r"stacked|parked|matters?|counts?|to\s(?:watch|beat|hold|defend|break|clear|reclaim|lose|"
    r"monitor|keep|crack)|at|near|around|of|between|from|above|below|over|under|within|just|in|to|"
    r"the|a|its|about|roughly|nearly|approximately|most|next|first|on|downside|upside|"
    r"for\s\S+(?:\s(?:expiry|options))?)){0,8}"
)
_LINE_NOUNS = (
    r"levels?(?!\ssince)|zones?|areas?|regions?|pivots?|triggers?|thresholds?|"
    r"lines?(?:\sin\sthe\ssand)?|shel(?:f|ves)|"
    r"(?:liquidity|liquidation|order|stop|bid|ask|volume|price)\s(?:clusters?|pools?|blocks?|walls?|"
    r"pockets?|shel(?:f|ves)|levels?|price)|liquidity|clusters?(?:\sof\s\w+(?:\s\w+)?)?|"
    r"prices?(?=\sto\s(?:hold|watch|beat|break|clear|reclaim|defend))|strikes?|max(?:imum)?\spain|necklines?|trendlines?|"
    r"moving\saverages?|(?:day|week|month|hour|period)\s(?:[esw]?ma|average)|[esw]ma|vwap|"
    r"(?:upper|lower|middle|bollinger)\s(?:bollinger\s)?bands?|retracements?|midpoint|(?:cme|fair\svalue)\sgap|(?:upper|lower)\s(?:bound|boundary|end|edge)|realized\sprice|cost\sbasis|"
    r"stop-?\s?loss(?:es)?|stops|"
    r"double\s(?:bottoms?|tops?)|(?:the|swing|range|weekly|monthly)\s(?:lows|highs)"
)
LINE_LEFT = re.compile(rf"\b(?P<noun>{_LINE_NOUNS}),?(?P<links>{_LINKS})\s?:?\s?[~\u2248(]?\Z")
# "bids at", "a sell wall at": who waits there makes it a support or a resistance.
WAITING_LEFT = re.compile(
    r"\b(?:(?P<buyers>(?:bids?|buyers?|demand|buy\sorders?)(?:\sinterest|\sliquidity|\swall)?|"
    r"dip\sbuyers|(?:wall|stack)\sof\sbids|invalidation(?:\s(?:level|point))?)"
    r"|(?P<sellers>(?:asks?|offers|sellers?|sell\sorders?|(?:heavy|overhead)\ssupply)"
    r"(?:\sliquidity)?|(?:wall|stack)\sof\s(?:asks|offers)|lid))"
    r"(?:\s(?:is|are|was|were|sits?|sitting|rests?|resting|awaits?|waiting|stacked|clustered|building|remains?|"
    r"emerged|emerge|showed\sup|stepped\sin|waits?|lies?|placed|parked|now|again|in|between))*"
    r"\s(?:at|near|around|the|in\sthe|between|on)(?:\s(?:the|about|around))?\s?\Z",
)
MAX_PAIN = re.compile(
    r"\bmax(?:imum)?[\s-]pain\b[^.;:$\u20ac]{0,60}\b(?:is|was|at|of|near|around|to)"
    r"(?:\s(?:at|near|around|about|the|roughly|just))*\s?\Z",
    re.IGNORECASE,
)
TO_HOLD = re.compile(
    r"\b(?:to\s(?:hold|defend|keep)|downside|must[\s-]hold|for\sbulls\sto\s(?:hold|defend))\b",
    re.IGNORECASE,
)
TO_BREAK = re.compile(r"\b(?:to\s(?:beat|break|clear|reclaim|crack)|upside)\b", re.IGNORECASE)

# What the words at the end of a clause make of its amount, fillers left out.
AHEAD = re.compile(
    r"(?:\b(?:eyes|sights|gaze)\b(?:\s\w+){0,4}\son"
    r"|\b(?:expos(?:es|ed|ing|e)|projects?|projecting|implies|implying|unlocks?|unlocking|risk(?:s|ing))"
    r"|\b(?:expos(?:es|ed|ing|e)|projects?|projecting|implies|implying|unlocks?)\s(?:\w+\s){1,3}"
    r"(?:to|at|near|toward|towards|of)"
    r"|\b(?:doors?|way|path|road|gates?|stage|room|runway)\s(?:\w+\s){0,2}?(?:to|for|toward|towards)"
    r"|\b(?:point(?:s|ed|ing)?|lead(?:s|ing)?|head(?:ed|ing)|flush|en\sroute|on\sthe\sway)"
    r"\s(?:\w+\s)?(?:to|for|toward|towards)"
    r"|\bmeasured\smove\s(?:\w+\s){0,2}?(?:to|at|of|toward|towards)"
    r"|\b(?:next|first|final|ultimate)\s(?:stop|destination|magnet|objective)(?:\s(?:is|at|being|:|to\sbe|would\sbe))?"
    r"|\bnext\sup(?:\sis|\sat)?)\Z",
)
WATCHED = re.compile(
    r"\b(?:watch(?:es|ed|ing)?(?:\sfor)?|monitor(?:s|ed|ing)?|focus(?:es|ed|ing)?\son)\Z",
)
LIES_AT = re.compile(
    r"\b(?:located|positioned|situated|lies|lying|resides|rests|clustered|stacked)"
    r"\s(?:at|near|between|above|below)\Z",
)
TEST_OF = re.compile(r"\b(?:retests?|tests?|sweeps?|revisit)\sof\Z")
BREAK_OF = re.compile(r"\b(?:break|breakout|breach|reclaim|reclaiming)\sof\Z")
DEFENCE_OF = re.compile(r"\bdefen[cs]e\sof\Z")
# May be anybody's money; a line where it is only feared.
LOSS_OF = re.compile(r"\bloss\sof\Z")
BOUNCED_OFF = re.compile(
    r"\b(?:bounc\w+|rebound\w*)\s(?:\w+\s)?(?:off|from)(?:\sof)?\Z"
    r"|\bhold(?:ing|s)?\sthe\sline\s(?:at|near)\Z",
)
TURNED_BACK = re.compile(
    r"\b(?:reject(?:ed|ion|s)|capped|turned\s(?:away|back)|repelled|pushed\sback|knocked\sback|"
    r"stall(?:ed|ing|s)|r[au]n\sinto\s(?:sellers|an?\swall)|running\sinto\san?\swall)"
    r"(?:\s(?:the|this|that|its|a|move|rally|price|advance|bulls|buyers|again|once|twice|"
    r"out|just|shy|short|of|in|by|right|repeatedly|every|bounce|attempt))*"
    r"\s(?:at|near|around|under|below|from|of)\Z",
)
VOIDED = re.compile(
    r"\b(?:invalidat\w+|void\w*|negat(?:ed|es))\b[^.;$]{0,40}\b"
    r"(?:(?P<below>below|under|beneath|at|is|loses?)|(?P<above>above|over))\Z",
)
DEALT_AT = re.compile(
    r"\b(?:bought|buying|sold|selling|purchased|acquired|accumulated|entered|exited|shorted|longed)"
    r"(?:\s(?:in|out|more|again|heavily))?\sat\Z",
)
AS_HIGH_AS = re.compile(
    r"\bas\s(?:high|low)\sas(?:\s(?:about|around|nearly|roughly|almost|just\w*|over))?\s?\Z",
    re.IGNORECASE,
)
# "But below $3,150 the breakout has failed", at the beginning of a clause.
LEADING = re.compile(
    r"(?:\A|[;:.!?\u2014\u2013]\s|,\s|\b(?:but|and|while|whereas|yet)\s)(?:(?:but|and|yet|only|anything|once|while|"
    r"however,|conversely,)\s)*(?:(?P<above>above|over|beyond|past)|(?P<below>below|under|beneath))"
    r"(?:\s(?:the|about|around|key|roughly))*\s?\Z",
)
GOES_ON_RIGHT = re.compile(r",?\s(?!and\b|or\b|on\b|in\b|at\b|for\b|after\b|as\b)[a-zA-Z]")
# The amount is the subject: what is said of it behind.
HOLDS_RIGHT = re.compile(
    r"(?:\s(?:level|mark|area|zone|line|handle))?\s(?:still\s|now\s)?(?:holds?|is\sholding|has\sheld|held|must\shold|"
    r"needs\sto\shold|has\sto\shold|breaks(?:\sdown)?|gives?\sway|gave\sway|giving\sway|fails|"
    r"failing|is\slost|were\slost|cracks|cracked|snaps|does(?:\s?n[o\u2019']?t|\snot)\shold|"
    r"is\sdefended)\b(?!\s(?:above|below|up))",
    re.IGNORECASE,
)
CAPS_RIGHT = re.compile(
    r"(?:\s(?:level|mark|area|zone|line))?\s(?:still\s|again\s)?(?:caps|capped|capping|is\scleared|is\sreclaimed|"
    r"is\s(?:taken\sout|broken\sto\sthe\supside)|has\scapped|rejects|rejected|turned\sback)\b",
    re.IGNORECASE,
)
AHEAD_RIGHT = re.compile(
    r"(?:\s(?:level|mark|area|zone|region))?\s(?:(?:is|are|was|remains?|comes?|came|coming|firmly|now|"
    r"back|again|soon|could\sbe|would\sbe|could\scome|next|well)\s){0,3}"
    r"(?:(?:with)?in\s(?:its|their|his|bulls[\u2019']|traders[\u2019'])?\s?(?:reach|sights?|view|focus)"
    r"|into\s(?:play|view|focus|sight|reach)|in\splay|on\sthe\s(?:table|cards|horizon|radar|menu)|"
    r"(?:is|are)\snext\b|next\sup)\b",
    re.IGNORECASE,
)
# A sum on which an option is struck: "the $100,000 calls".
STRIKE_RIGHT = re.compile(
    r"\sas\s(?:the\s)?max(?:imum)?[\s-]pain\b|[\s-](?:(?:call|put|bitcoin|ether|btc|eth)\s)?(?:strikes?\b|(?:calls|puts)\b|(?:call|put)\soptions?\b)",
    re.IGNORECASE,
)
# "a drop below $3,000 exposes …", "a move above $600 could …": the move is only thought of.
COND_RIGHT = re.compile(
    r",?\s(?:(?:level|mark|area|zone|region|resistance|support|threshold|on\s\w+|with\s\w+|region|today|"
    r"barrier|ceiling|soon)\s){0,3}"
    r"(?:could|would|may|might|will|should|can|is\s(?:needed|required|key|crucial|critical)|exposes?|"
    r"opens|puts|leaves|brings|risks|invalidates|confirms|signals|sets|clears|paves|turns|shifts|"
    r"targets|unlocks|remains\s(?:key|crucial|necessary))\b",
    re.IGNORECASE,
)
COND_LEFT = re.compile(
    r"\b(?:if|once|should|unless|until|provided|assuming|whether|so\slong\sas|as\slong\sas)\b"
    r"[^;]{0,60}\Z",
    re.IGNORECASE,
)
MOVE_NOUN = re.compile(
    r"\b(?:an?|any|the|another|its|this|sustained|clean|decisive|clear|daily|weekly|successful|"
    r"convincing|strong|firm)\s(?:[\w-]+\s){0,2}?"
    r"(?:move|push|rise|climb|rally|jump|recovery|bounce|rebound|return|surge|advance|hold|drop|"
    r"fall|dip|slide|decline|slip|breakdown|pullback|reclaim|acceptance|spike)"
    r"(?:\sback|\sin\s\w+|\sof\s\w+)?\Z",
    re.IGNORECASE,
)
FAILED = re.compile(
    r"\b(?:failed|failing|failure|struggl(?:ed|es|ing|e)|unable|inability|could\snot|couldn['\u2019]t)\b"
    r"[^;]{0,40}\Z",
    re.IGNORECASE,
)
SELLERS = re.compile(r"\b(?:bears|sellers|shorts)\b[^,;]{0,30}\Z", re.IGNORECASE)
# "a one-in-three chance of $100,000": the sum alone is what may be reached.
CHANCE_OF = re.compile(r"\b(?:chances?|odds|probabilit(?:y|ies)|likelihood)\Z", re.IGNORECASE)
CHANCE = re.compile(
    r"\b(?:chances?|odds|probabilit\w+|likelihood|bets?|betting|bettors)\b[^;]{0,60}\Z",
    re.IGNORECASE,
)
