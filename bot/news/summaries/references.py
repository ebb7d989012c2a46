"""What a sentence refers back to.

Owns the openings that need what stands before them: pronouns, "The company", "However", "he
said" without who. English; a few openings of other languages are known. Pure.
"""

import re
from enum import Enum

from bot.news.cleaning.screens import WordScreen

_PERSON = re.compile(r"\b(?:he|she|him|his|her|himself|herself)\b", re.IGNORECASE)
_WHO = re.compile(
    r"\b[A-Z][\w.'\u2019-]*[a-z]+ (?:[A-Z]\. )?(?:\([^)]*\) )?"
    r"(?!(?:Exchange|Bank|Group|Foundation|Network|Protocol|Labs|Capital|Holdings|Commission|"
    r"Association|Markets|Ventures|Research|Finance|Chain|Fund|Department|Reserve|House)\b)"
    r"[A-Z]\w*[a-z]+|"
    r"\b(?:judge|founder|co-founder|ceo|"
    r"president|chair(?:man|woman)?|executive|director|analyst|trader|investor|man|woman|person|"
    r"user|owner|engineer|developer|researcher|senator|minister|governor|lawyer|attorney|"
    r"spokes\w+|individual|national|journalist|fugitive|reporter|citizen|defendant|resident|student|"
    r"employee|banker|politician|lawmaker|broker|influencer|streamer|commentator|professor|creator|"
    r"mayor|prosecutor|candidate|teenager|entrepreneur|billionaire|suspect|victim|miner|whale|hacker|author|official|economist|strategist)\b"
)
_PRONOUN = re.compile(
    r"\A[\"“\u2018']?(?:its?(?!(?:['\u2019]s| has) (?:not )?been)|they|their|them|these|those|"
    r"this(?! (?:week|month|year|quarter|morning|weekend|summer|spring|autumn|winter)\b)|"
    r"that|such|both(?! (?-i:[A-Z]))|he|she|his|her|"
    r"(?:all|most) of (?:this|these|them|which)|some of (?:these|them)|"
    r"(?:one|each|none|neither|many) of (?:these|those|them)|of (?:this|that|these|those)\b.{0,3}|"
    r"neither|the (?:latter|former|same|pair|duo|other|two|trio)|the (?:first|second|third)"
    r"(?=,| (?:is|was))|"
    r"(?:if|once|unless|until|when|should|(?:as|so) long as) (?:it|they|he|she)|"
    r"another|others|(?:in|by|on|at|for|after|during|since|from) [^,]{1,25}, (?:its?|they|he|she|"
    r"these|this)|"
    # German, French, Spanish, Portuguese; Russian.
    r"er|es|sie|dies|diese[rs]?|damit|dabei|dazu|il|elle|ils|elles|cela|cette|ces|él|ella|ellos|"
    r"esto|este|esta|estos|ele|ela|eles|isso|он|она|они|это|этот)\b(?!-)",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"\A[\"“]?(?:however|but|and|so|yet|still|also|plus|or|nor|then|thus|hence|meanwhile|moreover|"
    r"furthermore|additionally|nevertheless|nonetheless|instead|otherwise|similarly|likewise|"
    r"consequently|therefore|conversely|besides|indeed|because|why|elsewhere|separately|"
    r"in (?:addition|contrast|turn|fact|other words|response|comparison|particular|that|this|"
    r"such|these|doing so)|as (?:a result|such|well)|for (?:example|instance|this|that|now|one)|"
    r"at (?:the same time|that|this)|on the other hand|on the contrary|by contrast|after (?:that|"
    r"this)|to (?:that|this|do (?:so|this))|with (?:that|this|these)|even (?:so|then)|"
    r"that (?:said|is why)|what['\u2019]?s more|given (?:that|this|these)|"
    r"(?:within|during|over|under|through|from|by|on|amid|behind|beyond) (?:this|these|those|such)"
    r"(?! (?:week|month|year|quarter|summer|morning|weekend)\b)|"
    r"in light of (?:this|that|these)|among (?:them|these|"
    r"those)|following (?:this|that)|despite (?:this|that|these)|against this|according to "
    r"(?:him|her|them|the (?:post|report|company|analyst|team|announcement|statement|firm|"
    r"executive|article|researcher|filing))|until then|since then|simply put|"
    r"(?:later|earlier|first|second|third|firstly|secondly|finally|lastly|ultimately|overall|"
    r"equally|notably|specifically|in short|in summary|to be clear|of course|in the end)(?=,)|"
    r"aber|jedoch|doch|außerdem|zudem|cependant|mais|toutefois|sin embargo|pero|además|porém|mas|"
    r"но|однако)\b(?!-)",
    re.IGNORECASE,
)
_THINGS = (
    "account|acquisition|action|activity|address|agency|agreement|allegations?|alliance|amount|"
    r"analyst|analysts|analysis|announcements?|app|appeal|application|approach|approvals?|"
    "arrangement|article|asset|assets|attack|attackers?|auction|authority|authorities|authors?|ban|"
    "bank|bid|bill|blockchain|breach|breakout|bridge|brokerage|burn|campaign|case|ceo|chain|"
    "changes?|charges?|chart|charter|claims?|coin|coins|collaboration|combination|comments?|"
    "commission|committee|company|companies|complaint|concept|conference|contract|correction|court|"
    "crackdown|cryptocurrency(?! (?:market|sector|industry|space|world|community))|"
    "cuts?|data|date|deal|debate|debut|decision|decline|decrease|"
    "defendants?|delay|developers?|developments?|difference|directive|discussion|document|"
    "documents|drop|dip|effort|entity|event|exchange|exchanges|executive|executives|expansion|"
    "exploit|exploiter|fall|feature|features|figure|figures|filing|filings|findings|firm|firms|"
    "fork|forecast|forum|foundation|founder|founders|framework|freeze|fund|funds|funding|gains?|"
    "gap|giant|goal|group|groups|growth|guidance|guidelines|hack|hacker|hackers|hearing|idea|"
    "impact|incident|increase|index|individual|individuals|inflows|information|initiative|"
    "integration|investigation|investigators|investment|investor|issuer|issue|judge|judgment|jump|"
    "launch|law|lawmaker|lawsuit|lawyers?|leader|legislation|lender|letter|letters|level|levels|"
    "licen[sc]e|line|list|listing|loss|losses|measure|measures|meeting|memo|merger|"
    "message|metric|milestone|miner|miners|minister|model|momentum|month|move|moves|movement|"
    "network|news|note|numbers?|offer|offering|office|official|officials|operation|operator|order|"
    "organi[sz]ation|outage|outcome|outflows|outlook|pact|pair|participants|partners?|"
    "partnership|pattern|payments?|payout|period|person|phase|pilot|plan|plans|platform|"
    "platforms|plunge|policy|position|post|prediction|president|price|pricing|problem|"
    "proceedings|process|product|products|professor|program|programme|project|projects|"
    "proposal|proposals|prosecutors?|protocol|provider|provision|publication|pullback|purchase|"
    "purchases|push|raise|rally|range|ratio|rebound|recovery|reduction|release|regulator|"
    "regulators|report|reports|research|researchers?|reserve|restrictions|result|results|review|"
    "rise|risk|roadmap|role|rollout|round|rule|rules|ruling|rumou?rs|sale|sales|sanctions|scheme|"
    "sector|selloff|sell-off|senator|sentence|sentencing|series|service|services|session|"
    "settlement|setup|shares?|shift|signal|situation|site|slide|solution|spike|stake|startup|"
    "statement|step|stock|story|strategy|strategist|structure|study|subsidiary|sum|support|"
    "surge|survey|suspects?|system|team|technology|test|theft|theory|threshold|timeline|timing|"
    "token|tokens|tool|top|trade|trader|trades|transaction|transactions|transfer|transfers|"
    "transition|treasury|trend|trial|tweet|upgrade|update|updates|users?|validators?|valuation|"
    "value|vault|vehicle|venture|verdict|version|victims?|video|volume|vote|votes|vulnerability|"
    "wallet|wallets|warning|whale|withdrawals?"
)
_THE_THING = re.compile(
    rf"\A[\"“]?the (?:(?:new|same|latest|proposed|recent|planned|entire|resulting|upcoming|joint|"
    rf"combined|latter|initial|final|full|official|broader) )?(?P<thing>{_THINGS})(?:['\u2019]s?)?"
    r"(?= (?!of |for |in |on |between |by |from |behind |at |against |that |to )|,)",
    re.IGNORECASE,
)
BACK = re.compile(
    r"\A(?:\S+ ){1,5}also\b|"
    r"\A(?:[Ii]f|[Ss]hould|[Oo]nce|[Uu]nless|[Uu]ntil|[Ww]hen|[Aa]s long as|[Ss]o long as) "
    r"(?:this|that|these|those) [a-z]{4,}|"
    r"\A.{0,70}\b(?:to|of|in|on|with|from|for|by|about|around|at|under|"
    r"behind|through|against|since|amid|within|alongside|beyond|during|before|after|following|despite|"
    r"between|among) (?:this|that|these|those|such)(?: an?)? (?!(?:weeks?|months?|years?|"
    r"quarter|times?|days?|morning|weekend|point|summer)\b)[a-z]{4,}|\bin question\b|\beven more\b|"
    r"\bas mentioned\b|"
    r"\b(?:aforementioned|the latter|the former)\b|\bagain\.\Z"
)
BACK_WORDS = (
    " also; this ; that ; these ; those ; such ;in question;even more;as mentioned;"
    "aforementioned;the latter;the former;again."
)
_BACK_SCREEN = WordScreen(BACK_WORDS)
_COUNTING = re.compile(
    r"\A(?:The (?:most|least) \w+ (?:was|were|is|are)\b|(?:One|Two|Three|Four),|\(?[a-e1-9][.)] )"
)
_UNNAMED_SPEAKER = re.compile(
    r"\b(?:the (?:company|firm|exchange|report|post|statement|analyst|team|project|agency|bank|"
    r"regulator|official|spokesperson|researcher|executive|ceo|judge|group|platform|filing)|they|"
    r"it|he|she) (?:said|says|added|adds|noted|notes|wrote|writes|explained|told|stated|argued|"
    r"claimed|warned|reported|announced|confirmed)\b"
)
# A word in capitals that opens no sentence.
_NAME = re.compile(r"[^.!?\"“\s] [\"“]?[A-Z]\w")
_CALLER = re.compile(
    r"analyst|strategist|executive|ceo|founder|judge|lawmaker|leader|minister|president|professor|"
    r"senator|trader|whale|investor|hacker|official|miner|developer|attacker",
    re.IGNORECASE,
)
_SPARE_CONNECTIVE = re.compile(
    r"\A(?:However|Meanwhile|Additionally|Moreover|Furthermore|Notably|Importantly|Overall|"
    r"In addition|At the same time|That said|Still|Separately|Elsewhere|Similarly|Also), "
    r"(?=[A-Z][\w.&-]*[a-z\d][\w.&\u2019'-]* |[A-Z]{2,} )"
    r"(?!(?:The|This|That|These|Those|It|Its|They|He|She|In|On|At|As|An?|If|For|While|When|With|By|From|Such|Some|Many|Most|Both|His|Her|Their|We|I)\b)"
)


class Reference(Enum):
    """What a sentence needs before it to be understood."""

    NOTHING = "nothing"
    THING = "thing"
    PRONOUN = "pronoun"
    PERSON = "person"
    TRAIN = "train of thought"


def reference_of(sentence: str) -> Reference:
    """What a sentence refers back to, by its opening and by persons it does not name."""
    if _CONNECTIVE.match(sentence) or _COUNTING.match(sentence):
        return Reference.TRAIN
    person = _PERSON.search(sentence)
    if person and not _WHO.search(sentence[: person.start()]):
        return Reference.PERSON
    if _PRONOUN.match(sentence):
        return Reference.PRONOUN
    speaker = _UNNAMED_SPEAKER.search(sentence)
    if speaker and not _NAME.search(sentence, 0, speaker.start()):
        return Reference.THING
    is_back = _THE_THING.match(sentence) or _points_back(sentence)
    return Reference.THING if is_back else Reference.NOTHING


def _points_back(sentence: str) -> bool:
    return _BACK_SCREEN.passes(sentence) and BACK.search(sentence) is not None


def thing_of(sentence: str) -> str | None:
    """The word for what a sentence opens with, "vault" of "The vault takes …"; None without one."""
    found = _THE_THING.match(sentence)
    return found["thing"] if found else None


def is_caller(thing: str) -> bool:
    """Whether the word is for somebody: "the analyst" needs a name or a calling before it."""
    return _CALLER.fullmatch(thing) is not None


def without_connective(sentence: str) -> str:
    """The sentence without "However, " where a name follows, which then opens it well."""
    return _SPARE_CONNECTIVE.sub("", sentence, count=1)


def names_a_person(text: str) -> bool:
    """Whether a text has a person whom "he" or "she" may mean: two names in a row, or a calling."""
    return _WHO.search(text) is not None
