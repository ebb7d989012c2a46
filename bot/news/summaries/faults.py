"""What keeps a sentence out of a summary.

Owns the reasons: teasers, promotions, disclaimers, tables, links, headings run into text,
quotations cut open. Word lists are English, the rest holds in every script. Pure.
Refuses to choose: that is `bot.news.summaries.summary`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.news.cleaning.screens import OPENING, Screen
from bot.news.summaries.passages import has_balanced_marks, title_words

PROMOTION = "a promotion"

_FEWEST_WORDS = 3
_FEWEST_WIDE = 6
_HEADING_WORDS = 5
_FIGURES_SHARE = 0.4
_CAPITALS_SHARE = 0.8
_ROW_WORDS = 6

_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W_][\w.'\u2019&-]*")
_DIGIT = re.compile(r"\d")
_QUESTION = re.compile(r"[?\uff1f\u061f\u037e][\"'”\u2019)\]」』»]*\Z")
# Looked for in lower case.
FAULTS = (
    (
        "a teaser",
        re.compile(
            r"\b(?:here(?:['\u2019]s| is| are)\b|let['\u2019]s\b|read on\b|find out\b|"
            r"the question (?:is|now)\b|keep (?:reading|up with)\b|need to know\b|"
            r"stay (?:tuned|updated|ahead)\b|"
            r"(?:in )?(?:this|our) (?:article|post|guide|piece|video|newsletter|episode|analysis|"
            r"breakdown)\b|you(?:['\u2019]ll| will) (?:learn|find|discover|see)\b|dive into\b|"
            r"we(?:['\u2019]ll| will)? (?:explore|break (?:it )?down|look at|cover|take a look|"
            r"examine|discuss)\b|your (?:day-ahead look|crypto round-?up|daily|weekly)\b|"
            r"read the full\b|\A(?:read|learn|discover|explore|watch|see (?:how|why)|follow) |"
            r"key takeaways\b|the article (?!\d|[a-z]+ed by)|"
            r"there(?:['\u2019]s| is) no \w+, no\b|learn (?:what it means|more)\b|"
            r"daily (?:crypto )?(?:news )?recap\b|"
            r"today['\u2019]s headlines\b|check out\b|the following (?:article|is adapted)|"
            r"(?:watch|listen to) (?:the|our|this)\b|latest news on\b|hosted by\b|"
            r"what (?:happens|happened|comes) next\b.{0,3}\Z|what (?:it|this|that) means for\b)"
        ),
    ),
    (
        PROMOTION,
        re.compile(
            r"\b(?:subscribe\b|sign up\b|newsletters?\b|follow us\b|join (?:our|us|the "
            r"community|now|today)\b|telegram (?:channel|group)\b|promo code\b|presales?\b|"
            r"limited[- ]time\b|don['\u2019]t miss\b|"
            r"(?:sponsored (?:content|post|article|press)|(?:is|was|been) sponsored by|"
            r"by a sponsor)\b|"
            r"affiliate links?\b|"
            r"(?:(?:this|paid|sponsored) press release|press release "
            r"(?:distribution|submission))\b|"
            r"buy now\b|click (?:here|below)\b|visit (?:the|our)\b|"
            r"early (?:investors|buyers|adopters) (?:can|could|are|may|will)\b|paid (?:post|"
            r"partnership)\b|(?:join|open|get on) the whitelist\b|whitelist spots?\b|"
            r"\d{2,}\s?(?:x|\u00d7) (?:gains|returns|potential|upside)\b|"
            r"(?:one|another|a new) (?:token|altcoin|coin) (?:heating|that (?:could|may|is))|"
            r"monstrous\b|"
            r"rising (?:star|player|contender)\b|hidden gem\b|savvy investors?\b|"
            r"momentum seekers\b|most promising\b|high-reward\b|"
            r"tokens (?:already )?sold\b|stage \d+\b|this altcoin\b|"
            r"stands? out as an? (?:great|top|strong|utility|leading|promising)\b|"
            r"(?:buy|best) cheap (?:crypto|altcoin|coin)|"
            r"best (?:altcoins?|cryptos?|cryptocurrenc\w+) to (?:buy|invest)|"
            r"(?:huge|massive|explosive|greater|monstrous|serious) (?:potential"
            r"|upside|gains?)\b|potential gains?\b|early-stage (?:altcoin|investment|opportunity)|"
            r"(?:early|smart) (?:buyers|money)\b|set aside for early\b|looking for the next\b|"
            r"searching for (?:the )?(?:next|best)\b|fomo\b|"
            r"\bpr(?:['\u2019]s)? (?:closely monitors|proprietary|campaigns?|budgets?|agenc\w+)\b|"
            r"meme beast\b|\bgiveaway\b|welcome (?:package|bonus)\b|"
            r"(?:deposit|sign-?up) bonus\b|free spins\b|provably fair\b|"
            r"last chance\b|next (?:1000?x|100x|big crypto)\b)"
        ),
    ),
    (
        "the publisher about itself",
        re.compile(
            r"\b(?:coinotag|cryptopolitan|u\.today|bitcoinist|finbold|beincrypto|coinpedia|ambcrypto|"
            r"cryptoslate|newsbtc|zycrypto|coingape|coin edition|timestabloid|crypto\.news)\b"
            r"(?:['\u2019]s?)? (?:will|reviewed|analy[sz]\w+|monitors|has reached|reached out|"
            r"continues|compared|editorial)\b|"
            r"\b(?:read|view) (?:our|the) (?:full )?(?:report|analysis|breakdown|coverage)\b|"
            r"\breached out to\b.{0,60}\bfor comment\b|"
            r"did not (?:immediately )?(?:respond|reply) to (?:an?|our|\w+['\u2019]s?) request"
        ),
    ),
    (
        "a disclaimer",
        re.compile(
            r"\b(?:disclaimer\b|(?:financial|investment|trading|legal) advice\b|do your own "
            r"research\b|dyor\b|informational purposes\b|(?:opinions|views) expressed\b|"
            r"does not constitute\b|"
            r"consult (?:a|an|your|with an?) (?:\w+ )?(?:advis[eo]r|"
            r"professional|expert|attorney|lawyer)\b|"
            r"editorial (?:policy|process)\b|"
            r"all rights reserved\b|(?:copyright ?(?:©|\(c\)|20\d\d)|© ?20\d\d)|"
            r"before investing\b|at your own risk\b|"
            r"not responsible for\b|we use cookies\b|terms of (?:use|service)\b)"
        ),
    ),
)
CASED_FAULTS = (
    (
        "a caption or reference",
        re.compile(
            r"(?:\A|[.)]\s|\s)(?:Source|Image(?: source| credit)?|Photo|Credit|Chart|"
            r"Featured image|Related(?: News| Reading| Stor(?:y|ies)| Articles?)?|Also read|"
            r"Read (?:also|more|next)|"
            r"See also|Next read)\s?:|\b(?:Photo|Image|Chart) (?:by|via|from|courtesy)\b|"
            r"\bvia (?:Getty|Shutterstock|Unsplash)\b|\(Source\b|\b\d\d?:\d\d - |"
            r"\bTradingView\.? ?(?:chart)?\Z|\Aby [A-Z][a-z]+ [A-Z][a-z]+\.?\Z"
        ),
    ),
    (
        "a link or markup",
        re.compile(
            r"https?:|\bwww\.|\bpic\.twitter|\bt\.co/|[{}<>\\|]|```|[\u2705\u274c\u2714\u2718]|\[\w+\]\(|(?<!\w)#[^\W\d]|"
            r"(?<![\w(])@\w|\bRT @|\[(?:link|comments?|…|embed)\]"
        ),
    ),
)
# By its reason, the words of which whatever a fault's pattern finds holds one, in lower case.
SCREENED = {
    "a teaser": (
        "here's;here\u2019s;here is;here are;let's;let\u2019s;read on;find out;the question;"
        "keep reading;keep up with;need to know;stay tuned;stay updated;stay ahead;this article;"
        "this post;this guide;this piece;this video;this newsletter;this episode;this analysis;"
        "this breakdown;our article;our post;our guide;our piece;our video;our newsletter;"
        "our episode;our analysis;our breakdown;you'll;you\u2019ll;you will;dive into;we'll;"
        "we\u2019ll;we will;we explore;we break;we look;we cover;we take;we examine;we discuss;"
        "your day;your crypto;your daily;your weekly;read the full;^read ;^learn ;^discover ;"
        "^explore ;^watch ;^see how ;^see why ;^follow ;key takeaways;the article;there's no;"
        "there\u2019s no;there is no;learn what;learn more;recap;headlines;check out;"
        "the following;watch the;watch our;watch this;listen to;latest news on;hosted by;"
        "what happens next;what happened next;what comes next;means for"
    ),
    PROMOTION: (
        "subscribe;sign up;sign-up bonus;signup bonus;newsletter;follow us;join our;join us;"
        "join the community;join now;join today;telegram channel;telegram group;promo code;"
        "presale;limited time;limited-time;don't miss;don\u2019t miss;sponsor;affiliate link;"
        "press release;buy now;click here;click below;visit the;visit our;early investors;"
        "early buyers;early adopters;early money;smart buyers;smart money;paid post;"
        "paid partnership;whitelist;x gains;x returns;x potential;x upside;\u00d7 gains;"
        "\u00d7 returns;\u00d7 potential;\u00d7 upside;token heating;coin heating;token that;"
        "coin that;monstrous;rising star;rising player;rising contender;hidden gem;"
        "savvy investor;momentum seekers;most promising;high-reward;tokens sold;"
        "tokens already sold;stage ;this altcoin;out as a;buy cheap;best cheap;best altcoin;"
        "best crypto;huge potential;huge upside;huge gain;massive potential;massive upside;"
        "massive gain;explosive potential;explosive upside;explosive gain;greater potential;"
        "greater upside;greater gain;serious potential;serious upside;serious gain;"
        "potential gain;early-stage;set aside for early;looking for the next;searching for;"
        "fomo;pr closely;pr proprietary;pr campaign;pr budget;pr agenc;pr's;pr\u2019s;"
        "meme beast;giveaway;welcome package;welcome bonus;deposit bonus;free spins;"
        "provably fair;last chance;next 100;next big crypto"
    ),
    "the publisher about itself": (
        "coinotag;cryptopolitan;u.today;bitcoinist;finbold;beincrypto;coinpedia;ambcrypto;"
        "cryptoslate;newsbtc;zycrypto;coingape;coin edition;timestabloid;crypto.news;read our;"
        "read the;view our;view the;reached out to;did not respond;did not reply;"
        "did not immediately"
    ),
    "a disclaimer": (
        "disclaimer;advice;do your own research;dyor;informational purposes;expressed;"
        "does not constitute;consult a;consult your;consult with;editorial policy;"
        "editorial process;all rights reserved;copyright;\u00a9;before investing;"
        "at your own risk;not responsible for;we use cookies;terms of use;terms of service"
    ),
    "a caption or reference": (
        ":;photo by;photo via;photo from;photo courtesy;image by;image via;image from;"
        "image courtesy;chart by;chart via;chart from;chart courtesy;via getty;"
        "via shutterstock;via unsplash;(source;tradingview;^by "
    ),
    "a link or markup": (
        "http;www.;pic.twitter;t.co/;{;};<;>;\\;|;```;\u2705;\u274c;\u2714;\u2718;](;#;@;[link;"
        "[comment;[\u2026;[embed"
    ),
}
_SCREEN = Screen(SCREENED)
# "…," the rest of the quotation stands before it.
_TAG = re.compile(
    r"\A[^“\",:]{2,70}\b(?:said|added|wrote|noted|explained|stated|told [A-Z][\w ]{2,30})"
    r"(?: in an? (?:\w+ )?(?:statement|post|email|interview|note|tweet|report|release))?"
    r"(?: (?:on|to|via) [A-Z]\w+)?\.\Z"
)
_SECTION = re.compile(r"\A(?:[A-Z]\w+ ){1,4}[Bb]y (?:[A-Z]\w+ ){2,4}")
_OPENINGS = frozenset(
    re.findall(
        r"\w+", "The A An In On At For With As By From To Of And When While After Its His Her"
    )
)
_ROLES = frozenset(
    re.findall(
        r"\w+",
        "Chief Executive Officer President Chair Chairman Chairwoman Commissioner Director Founder "
        "Minister Secretary Senator Governor Analyst Strategist Head Judge Manager Partner "
        "Professor Economist Attorney Researcher CEO CTO CFO",
    )
)
_BODIES = frozenset(
    re.findall(
        r"\w+",
        "Act Agency Association Authority Bank Bill Bureau Capital Commission Committee Corp "
        "Council Court Department Exchange Foundation Fund Group Holdings House Inc Institute Ltd "
        "Ministry Office Reserve Senate Services Technologies Treasury Trust University",
    )
)
# In capitals these stand in headings, not in names.
_JOINING = frozenset(
    re.findall(
        r"\w+",
        "Is Are Was Will Can Could May Should Does Do Not No With From Into Over After Before "
        "Under Amid As Its It How Why What When Where Who And But For To Your You Than That Hits "
        "Sees Says Still Here These This Down Up Out Off",
    )
)


@lru_cache(maxsize=64)  # each sentence is looked at in several ways
def words_of(sentence: str) -> tuple[str, ...]:
    """The words of a sentence in order, with the points, apostrophes and dashes inside them."""
    return tuple(_WORD.findall(sentence))


def fault_of(sentence: str, known_words: frozenset[str] = frozenset()) -> str | None:
    """Why a sentence must not be shown; None when nothing speaks against it.

    `known_words` are the words in lower case that the article uses in lower case: they tell a
    heading ("Flare Unlocks Borrowing") from a name.
    """
    words = words_of(sentence)
    if len(words) < _FEWEST_WORDS and len(_WIDE.findall(sentence)) < _FEWEST_WIDE:
        return "too short"
    if _QUESTION.search(sentence):
        return "a question"
    lower = sentence.lower()
    screened = _SCREEN.passed(f"{OPENING}{lower}")
    for text, faults in ((lower, FAULTS), (sentence, CASED_FAULTS)) if screened else ():
        for reason, pattern in faults:
            if reason in screened and pattern.search(text):
                return reason
    if _TAG.match(sentence):
        return "the end of a quotation"
    if not has_balanced_marks(sentence):
        return "a quotation cut open"
    if _is_row(words):
        return "a row of a table"
    return "a heading run into text" if _has_heading(sentence, known_words) else None


def shouts(sentence: str, title: str, known_words: frozenset[str]) -> bool:
    """Whether ordinary words are shouted again and again: a post's "GONE … GONE"."""
    loud = [
        word
        for word in (found.rstrip(".") for found in words_of(sentence))
        if len(word) > _FEWEST_WORDS and word.isupper() and word.lower() in known_words
    ]
    return len(loud) > 1 and not any(word in title for word in loud)


def is_ended(sentence: str) -> bool:
    """Whether a sentence ends where it says so: with a mark, not with an ellipsis."""
    end = sentence.rstrip("\"'”\u2019)]」』»")
    return end.endswith((".", "!", "?", "。", "！", "？", "।", "؟", "۔")) and not end.endswith("..")  # noqa: RUF001 - marks


def _is_row(words: Sequence[str]) -> bool:
    if len(words) < _ROW_WORDS:
        return False
    figures = sum(not word.isalpha() and _DIGIT.search(word) is not None for word in words)
    if figures > _FIGURES_SHARE * len(words):
        return True
    longer = [word for word in words if len(word) > 3 and word[0].isalpha()]  # noqa: PLR2004 - "with"
    cased = [word for word in longer if word[0].isupper() or word[0].islower()]
    capitals = sum(word[0].isupper() for word in cased)
    return len(cased) >= _ROW_WORDS and capitals > _CAPITALS_SHARE * len(cased)


def _has_heading(sentence: str, known_words: frozenset[str]) -> bool:
    """Whether a sentence begins with a heading: words in capitals that are no names."""
    run = title_words(sentence)
    if _SECTION.match(sentence) or (run and len(run) == len(words_of(sentence))):
        return len(run) > 1
    if len(run) < _HEADING_WORDS:
        opening = run[:2]
        return (
            len(run) > len(opening)
            and run[0] not in _OPENINGS
            and all(word[0].isupper() and word.casefold() in known_words for word in opening)
            and not _ROLES.intersection(run)
        )
    capital = [word for word in run[1:] if word[0].isupper()]
    ordinary = sum(word.casefold().removesuffix("\u2019s") in known_words for word in capital)
    joining = sum(word in _JOINING for word in capital)
    return joining > 0 or (ordinary >= max(2, 0.4 * len(capital)) and not _BODIES.intersection(run))
