"""What a sentence takes for known: "the gap", "the deal", "the company".

Owns the finding of such words anywhere in a sentence, unless it named the thing itself. English.
Pure. How a sentence opens is for `bot.news.summaries.references`; whether what it leans on was
shown is for `bot.news.summaries.summary`.
"""

import re
from functools import lru_cache

_STEM = 5
# Events and documents: an editor tells them once before they are "the".
_EVENTS = (
    "acquisition|agreement|allegations?|announcements?|appeal|approvals?|arrangement|attacks?|"
    "auction|ban|bid|breach|campaign|case|chaos|charges|claims?|clip|collaboration|comments?|"
    "complaint|crackdown|cuts?|deal|debut|decision|decline|delay|developments?|disclosure|dispute|"
    "downturn|drop|dip|event|exploit|expansion|findings|fine|forecast|freeze|gap|hack|hearing|hike|"
    "incident|initiative|integration|interview|investigation|judgment|jump|launch|lawsuit|leak|"
    "letter|listing|losses|measures?|meeting|memo|merger|milestone|move|movement|moves|note|offer|"
    "offering|order|outage|outcome|pact|panic|partnership|pattern|pause|payout|pilot|pledge|plunge|"
    "post|prediction|probe|proposal|pullback|purchase|purchases|raid|rally|rebound|recovery|"
    "release|remarks|report|restrictions|rollout|ruling|rumou?rs|sale|sales|sanctions|scheme|"
    "sell-?off|sentence|settlement|setback|shift|slide|spike|split|statement|study|summit|surge|"
    "survey|swap|talks|theft|thefts|transactions?|transfers?|transition|trial|tweet|upgrade|verdict|"
    "vote|warning|withdrawals?|inquiry|crisis|conflict|standoff|disruption|flaw|vulnerability|"
    r"bug|glitch|buybacks?|donation|unlock|airdrop|delisting|arrest|conviction|extension|bill|plan|"
    r"framework|guidance|roadmap|feature|charter|milestones|amendments?|attackers?|hackers?|suspects?|victims?|defendants?"
)
_ENTITIES = (
    "company|firm|exchange|platform|protocol|project|startup|lender|issuer|agency|regulator|"
    "entity|organi[sz]ation|subsidiary|brokerage|giant|duo|pair|team"
)
_ADJECTIVES = (
    "new|same|latest|proposed|recent|planned|entire|resulting|upcoming|joint|combined|initial|final|"
    "full|official|broader|reported|alleged|massive|sudden|sharp|historic|current"
)
_NO_COMPLEMENT = (
    r"(?!\s(?:of|for|on|between|by|behind|against|that|to|with|which|who|where|into|over|"
    r"involving|regarding|about|made|announced|posted|published|in\s(?!(?:question|a\s|an?\s|its\s))|"
    r"from|at)\b|\s(?-i:[A-Z\d$“\"])|-|['\u2019]s\s(?-i:[A-Z]))"
)
_THE_EVENT = re.compile(
    rf"\b(?:the|(?P<shown>this|these|those|such|(?<=, )that))\s(?:(?:{_ADJECTIVES})\s)?"
    rf"(?P<thing>{_EVENTS})\b(?(shown)|{_NO_COMPLEMENT})",
    re.IGNORECASE,
)
_THE_ENTITY = re.compile(
    rf"\b(?:the|this)\s(?:{_ADJECTIVES}\s)?(?P<thing>{_ENTITIES})\b(?!\s(?:of|behind|that|which|"
    r"known|called|(?-i:[A-Z])))",
    re.IGNORECASE,
)
# Capitals that name no company.
_NO_COMPANY = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Bitcoin|Ethereum|Ether|Solana|Crypto|Cryptocurrency|DeFi|BTC|ETH|XRP|SOL|BNB)\b"
)
_NAME = re.compile(
    r"(?<![.!?]\s)(?<!\A)(?<!\A[\"“])(?!"
    + _NO_COMPANY
    + r")[A-Z][\w&.-]+|\A[\"“$]?[A-Z][\w.-]*[A-Z][\w.-]*"
)
_OPENING_NAME = re.compile(
    r"\A[\"“]?(?!(?:The|An?|In|On|At|For|As|By|If|It|Its|This|That|These|Those|During|After|Before|"
    r"While|When|With|Within|From|According|However|But|And|Despite|Following|Some|Many|Most|Both|"
    r"Once|Since|Until|Among|Under|Over|Although|Though|Because|Earlier|Later|Last|Next)\b|"
    + _NO_COMPANY
    + r")[A-Z]\w+"
)


@lru_cache(maxsize=64)  # each sentence is weighed against several
def events_leaned_on(sentence: str) -> frozenset[str]:
    """The events that a sentence calls "the" or "this" without having told them; empty for none."""
    lower = sentence.casefold()
    found = ((match["thing"].casefold(), match.start()) for match in _THE_EVENT.finditer(sentence))
    return frozenset(thing for thing, start in found if not _is_told(thing, lower[:start]))


def _is_told(thing: str, before: str) -> bool:
    return re.search(rf"\b{re.escape(thing[:_STEM])}", before) is not None


@lru_cache(maxsize=64)
def entities_leaned_on(sentence: str) -> frozenset[str]:
    """The companies and the like that a sentence calls "the" before it names any."""
    return frozenset(
        match["thing"].casefold()
        for match in _THE_ENTITY.finditer(sentence)
        if not _names(sentence[: match.start()])
    )


def _names(before: str) -> bool:
    return _OPENING_NAME.match(before) is not None or _NAME.search(before) is not None
