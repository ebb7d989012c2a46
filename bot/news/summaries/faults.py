"""What keeps a sentence out of a summary.

Owns the reasons: teasers, promotions, disclaimers, tables, links, headings run into text,
quotations cut open. Word lists are English, the rest holds in every script. Pure.
Refuses to choose: that is `bot.news.summaries.summary`.
"""

import re

from bot.news.summaries.passages import has_balanced_marks, title_words

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
_FAULTS = (
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
        "a promotion",
        re.compile(
            r"\b(?:subscribe\b|sign up\b|newsletters?\b|follow us\b|join (?:our|us|the "
            r"community|now|today)\b|telegram (?:channel|group)\b|promo code\b|presales?\b|"
            r"limited[- ]time\b|don['\u2019]t miss\b|sponsored\b|affiliate links?\b|"
            r"press release\b|buy now\b|click (?:here|below)\b|visit (?:the|our)\b|"
            r"early (?:investors|buyers|adopters) (?:can|could|are|may|will)\b|paid (?:post|"
            r"partnership)\b|whitelist\b|"
            r"\d{2,}\s?(?:x|\u00d7) (?:gains|returns|potential|upside)\b|"
            r"rising (?:star|player|contender)\b|hidden gem\b|savvy investors?\b|"
            r"momentum seekers\b|most promising\b|high-reward\b|"
            r"tokens (?:already )?sold\b|stage \d+\b|this altcoin\b|"
            r"last chance\b|next (?:1000?x|100x|big crypto)\b)"
        ),
    ),
    (
        "a disclaimer",
        re.compile(
            r"\b(?:disclaimer\b|(?:financial|investment|trading|legal) advice\b|do your own "
            r"research\b|dyor\b|informational purposes\b|(?:opinions|views) expressed\b|"
            r"does not constitute\b|consult (?:a|an|with)\b|editorial (?:policy|process)\b|"
            r"all rights reserved\b|copyright\b|before investing\b|at your own risk\b|"
            r"not responsible for\b|we use cookies\b|terms of (?:use|service)\b)"
        ),
    ),
)
_CASED_FAULTS = (
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
            r"https?:|\bwww\.|\bpic\.twitter|\bt\.co/|[{}<>\\|]|```|\[\w+\]\(|(?<!\w)#[^\W\d]|"
            r"(?<![\w(])@\w|\bRT @|\[(?:link|comments?|…|embed)\]"
        ),
    ),
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


def fault_of(sentence: str, known_words: frozenset[str] = frozenset()) -> str | None:
    """Why a sentence must not be shown; None when nothing speaks against it.

    `known_words` are the words in lower case that the article uses in lower case: they tell a
    heading ("Flare Unlocks Borrowing") from a name.
    """
    words = _WORD.findall(sentence)
    if len(words) < _FEWEST_WORDS and len(_WIDE.findall(sentence)) < _FEWEST_WIDE:
        return "too short"
    if _QUESTION.search(sentence):
        return "a question"
    lower = sentence.lower()
    for reason, pattern in _FAULTS:
        if pattern.search(lower):
            return reason
    for reason, pattern in _CASED_FAULTS:
        if pattern.search(sentence):
            return reason
    if not has_balanced_marks(sentence):
        return "a quotation cut open"
    if _is_row(words):
        return "a row of a table"
    return "a heading run into text" if _has_heading(sentence, known_words) else None


def shouts(sentence: str, title: str, known_words: frozenset[str]) -> bool:
    """Whether ordinary words are shouted again and again: a post's "GONE … GONE"."""
    loud = [
        word
        for word in (found.rstrip(".") for found in _WORD.findall(sentence))
        if len(word) > _FEWEST_WORDS and word.isupper() and word.lower() in known_words
    ]
    return len(loud) > 1 and not any(word in title for word in loud)


def is_ended(sentence: str) -> bool:
    """Whether a sentence ends where it says so: with a mark, not with an ellipsis."""
    end = sentence.rstrip("\"'”\u2019)]」』»")
    return end.endswith((".", "!", "?", "。", "！", "？", "।", "؟", "۔")) and not end.endswith("..")  # noqa: RUF001 - marks


def _is_row(words: list[str]) -> bool:
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
    if _SECTION.match(sentence) or (run and len(run) == len(_WORD.findall(sentence))):
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
