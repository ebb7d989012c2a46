"""Plain text from what feeds give.

Owns the way from HTML, doubly encoded entities and broken encodings to text as a person reads
it, and the choice of the few sentences that open a story. Pure functions of strings.
Refuses to escape: what comes out is raw text, escaped where it is rendered.
"""

import html
import re
import unicodedata

import ftfy

from bot.news.cleaning.inserts import without_inserts
from bot.news.cleaning.lines import article_lines
from bot.news.cleaning.tails import without_tails

MAX_TITLE_LENGTH = 500
MAX_TEXT_LENGTH = 50_000

_MAX_HTML_LENGTH = 300_000

# Character widths stay: a Chinese comma is no mistake.
_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_character_width=False, normalization="NFC"
)
# Broken encodings show as two such letters side by side, or as a control of Latin-1; looking
# for them first costs a tenth of what ftfy takes to find nothing.
_MAY_BE_BROKEN = re.compile(r"[^\x00-\x7f]{2}|[\x80-\x9f\ufb00-\ufb06]|[\u00c2\u00c3\u00e2] ")

# ---- markup

_INVISIBLE = "script|style|template|noscript|iframe|svg|math|select|head|figcaption|button|form|nav"
_HEADINGS = "h[1-6]"
# Unclosed comments, tags and scripts run to the end, as in the HTML standard; so each step
# consumes what it looked at, and hostile input costs linear time.
_ATTRIBUTES = r"""(?:[^<>"'=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+|["'])*+"""
_TAG = r"</?[a-zA-Z][^\s<>/]*+(?:[\s/]" + _ATTRIBUTES + r")?+(?:>|(?=<)|\Z)"
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[|\]\]>"
    r"|<[!?][^<>]*+(?:>|\Z)"
    rf"|<(?P<dropped>{_INVISIBLE})\b(?![^<>]*/>)[^<>]*+>.*?(?:</(?P=dropped)\s*+>|\Z)"
    rf"|(?P<tag>{_TAG})",
    re.DOTALL | re.IGNORECASE,
)
_HEADING = re.compile(
    rf"<(?P<level>{_HEADINGS})\b[^<>]*+>.{{0,500}}?</(?P=level)\s*+>"
    r"|<p\b[^<>]*+>\s*+<(?P<bold>strong|b)\b[^<>]*+>[^<>.!?…]{1,120}</(?P=bold)\s*+>\s*+</p\s*+>",
    re.DOTALL | re.IGNORECASE,
)
# Posts of other networks, captions, and what plugins hang below an article.
_EMBEDDED = re.compile(
    r"<(?P<element>blockquote|p|div|ul|section|figure)\b[^<>]*?\sclass\s*=\s*[\"'][^\"'<>]{0,200}?"
    r"\b(?:twitter-tweet|instagram-media|tiktok-embed|wp-caption-text|sharedaddy|jp-relatedposts|"
    r"related-posts|addtoany_share_save_container|mc4wp-form)\b[^<>]*+>.{0,2000}?</(?P=element)\s*+>",
    re.DOTALL | re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:p|br|div|li|h[1-6]|blockquote|tr|td)\b", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|blink|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|"
    r"q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)(?=[\s/>]|\Z)",
    re.IGNORECASE,
)
# Markup that was escaped once too often shows up after decoding; a lone "<blink>" in a title
# about HTML is no such thing.
_LEFTOVER = re.compile(
    r"</(?:a|abbr|b|blockquote|body|center|code|div|em|figure|font|form|h[1-6]|html|i|iframe|li|"
    r"ol|p|pre|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|tr|u|ul)\s*+>"
    r"|<(?:br|hr|p|img|div|script|iframe|style)\b[^<>]*+>"
    r"|<[a-z][a-z0-9]*+\s++[a-z-]++\s*+=",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")

# ---- characters

# Controls, embeddings and overrides of direction, and marks without width; joiners stay, for
# emoji and Persian need them.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b\u2060\ufeff"
    "\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile("[\n\r\v\f\u0085\u2028\u2029]+")
_BLANK_BEFORE_MARK = re.compile(r" (?=[,.](?:\s|$)|\u2019s\b)")


def plain_text(markup: str, *, headings: bool = True) -> str:
    """The text of a piece of HTML on one line.

    Markup is gone with the content of scripts and styles and with embedded posts; block
    elements separate words. Entities are decoded, twice where they were encoded twice; broken
    encodings are repaired; whitespace is folded; control characters and overrides of
    direction are dropped. So is what sites put around and into their articles, as
    `cleaning.lines`, `cleaning.inserts` and `cleaning.tails` know it. Without `headings`, the
    texts of h1 to h6 and of paragraphs all in bold are left out. Empty when there is no text.
    """
    shortened = markup[:_MAX_HTML_LENGTH]
    if "class" in shortened:
        shortened = _EMBEDDED.sub(" ", shortened)
    if not headings:
        shortened = _HEADING.sub(" ", shortened)
    if _BLOCK.search(shortened):
        # There the elements tell the lines; without them it is text as it was typed.
        shortened = _LINE_BREAK.sub(" ", shortened)
    return tidy_text(_decoded(_without_markup(shortened)))


def tidy_text(text: str) -> str:
    """The same for text that is no HTML: "<blink>" stays, markup that was escaped goes.

    Its lines are taken as paragraphs; headings in Markdown are dropped.
    """
    text = text[:_MAX_HTML_LENGTH]
    if _ENTITY.search(text):
        text = _decoded(text)
    if _LEFTOVER.search(text):
        text = _decoded(_without_markup(text))
    if not text.isascii():
        text = _repaired(_SURROGATE.sub("", text))
    lines = article_lines(_LINE_BREAK.split(_UNSEEN.sub("", text)))
    folded = " ".join(" ".join(lines).split())
    return without_tails(without_inserts(_BLANK_BEFORE_MARK.sub("", folded)))[:MAX_TEXT_LENGTH]


def clean_title(markup: str) -> str:
    """The text of a title, cut at a word to at most 500 characters."""
    return shortened(plain_text(markup), MAX_TITLE_LENGTH)


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut at a word, the cut marked with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if not text[limit - 1].isspace():
        head, space, _ = cut.rpartition(" ")
        # Scripts without blanks, and one endless word, are cut where the limit falls.
        cut = head if space and len(head) > limit // 2 else cut
    return cut.rstrip(" ,;:.…\u2013\u2014-(\"'“\u2018") + "…"


def lowered(text: str) -> str:
    """The text in lower case, every character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _without_markup(markup: str) -> str:
    if "<" not in markup:
        return markup
    return _MARKUP.sub(_instead_of_markup, markup)


def _instead_of_markup(found: re.Match[str]) -> str:
    tag = found["tag"]
    if tag is None:
        return "" if found[0].startswith("<!") or found[0] == "]]>" else " "
    return "" if _INLINE.match(tag) else "\n"


def _repaired(text: str) -> str:
    if _MAY_BE_BROKEN.search(text):
        return ftfy.fix_text(text, _REPAIR)
    return unicodedata.normalize("NFC", text)


def _decoded(text: str) -> str:
    for _ in range(2):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


# ---- sentences

# Before the full stop, in lower case; a letter alone is one too. After those of the second line
# a sentence may well end: there the next word decides.
_ABBREVIATIONS = frozenset(
    (
        "mr", "mrs", "ms", "dr", "st", "v", "vs", "no", "nos", "jan", "feb", "mar", "apr", "jun",
        "jul", "aug", "sep", "sept", "oct", "nov", "dec", "e.g", "i.e", "approx", "est", "prev",
        "gov", "sen", "rep", "gen", "col", "lt", "prof", "rev", "hon", "pres", "ave", "dept",
        "fig", "figs", "vol", "ca", "cf", "bros", "intl", "assn", "mt", "ft",
    )
)  # fmt: skip
_MAY_END = frozenset(
    (
        "inc", "corp", "ltd", "llc", "co", "plc", "jr", "sr", "al", "etc", "u.s", "u.s.a", "u.k",
        "u.n", "e.u", "d.c", "a.m", "p.m", "ph.d",
    )
)  # fmt: skip
# One character more than an abbreviation has: of a longer word only its end is looked at.
_WORD_REACH = 1 + max(map(len, _ABBREVIATIONS | _MAY_END))
_OPENER = re.compile(
    r"(?:the|an?|in|on|at|its?|this|that|these|those|but|and|s?he|they|we|i|you|however|meanwhile|"
    r"still|as|for|if|while|when|after|before|since|with|by|from|according|there|some|many|most|"
    r"both|each|now|then|so|yet|one|two|investors|traders|analysts)\b",
    re.IGNORECASE,
)
_CJK_MARKS = "\u3002\uff01\uff1f"
# Each run of marks is looked at once, from its first: a thousand dots are no million tries. It
# opens with its characters, among which a text is searched faster than for an alternative.
_END = re.compile(
    rf"[.!?…{_CJK_MARKS}](?:(?<=[.!?…])(?<![.!?…].)[.!?…]*+[\"'”\u2019)\]]*+(?=\s)"
    rf"|(?<=[{_CJK_MARKS}])[{_CJK_MARKS}]*+[」』”\u2019]*+)"
)
_WORD_BEFORE = re.compile(r"[\w.]+\Z")
# Nothing ends on these: a text that does was cut without saying so.
_DANGLING = re.compile(
    r"\s(?:the|an?|of|to|and|or|but|in|on|at|for|with|by|from|as|that|which|is|are|was|were|its)$"
)
# The network's name is no initial: "posted on X. It …".
_ON_X = re.compile(r"\b(?:on|to|via|from|over|through|at)\sX\Z")
_OPENING = "\"'“\u2018([«„¿¡$€£#@"


def sentences(text: str) -> list[str]:
    """The sentences of a plain text, in order; none is empty.

    Abbreviations (U.S., Inc., Sen.), initials, numbers and versions do not end one; a mark
    inside quotes ends one only when the next word looks like a beginning.
    """
    found = []
    start = 0
    for end in _END.finditer(text):
        if _ends_sentence(text, start, end):
            found.append(text[start : end.end()].strip())
            start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def lead_sentences(text: str, most: int = 3, limit: int = 350) -> str:
    """The first sentences of a plain text: at most `most`, at most `limit` characters.

    Cuts only where a sentence ends; when the first is longer than `limit`, it is cut at a word
    and marked with …. A text that breaks off keeps its …. Empty for an empty text.
    """
    lead = ""
    for sentence in sentences(text[: limit * 10])[:most]:
        longer = f"{lead} {sentence}" if lead else sentence
        if len(longer) > limit:
            break
        lead = longer
    lead = lead or shortened(text, limit)
    return f"{lead}…" if _DANGLING.search(lead) and len(lead) < limit else lead


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    mark = end[0]
    if mark[0] in _CJK_MARKS:
        return True
    following = text[end.end() : end.end() + 40].lstrip()
    first = following.lstrip(_OPENING)[:1]
    if not first.isalnum() or first.islower():
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, max(start, end.start() - _WORD_REACH), end.start())
    word = before[0].casefold() if before else ""
    if word in _MAY_END:
        return _OPENER.match(following) is not None
    if word == "x" and _ON_X.search(text, max(start, end.start() - 12), end.start()):
        return True
    is_initial = len(word) == 1 and word != "." and not word.isdecimal()
    return not is_initial and word not in _ABBREVIATIONS
