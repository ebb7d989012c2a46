"""A text as passages: its sentences, freed of what editors' systems glue to them.

Owns the way from a folded text to sentences that can be quoted one by one: labels such as "Key
takeaways:", headings and bylines that ran into the first words, bullets and emoji that stand
for line ends, quotations that span several sentences. Each passage stands in the source word
for word. Pure. Refuses to judge whether a passage is worth showing: that is `summaries.faults`.
"""

import re
from dataclasses import dataclass

from bot.news.cleaning.text import sentences

# What an editor reads before choosing; a summary's sentences stand early.
MAX_READ = 2_500
MOST_PASSAGES = 12

_LONGEST_QUOTATION = 400
_SITE_NAME_LENGTH = 25
_LONGEST_HEADING = 14
_SITE = (
    r"(?:(?:[A-Z][\w.&'\u2019-]*+\s){1,3}?(?:News|Blog|Magazine|Times|Today|Insider|Journal|Daily|"
    r"Weekly)\b|[\w.-]+)"
)
_LEAD_INS = (
    re.compile(
        rf"\AThe (?:post|article) .{{1,300}}? (?:appeared first|first appeared) on {_SITE}\.?"
    ),
    # "Bitcoin News The largest issuer …": the section's name, run into the text.
    re.compile(
        r"\A(?:Crypto|Bitcoin|Ethereum|Solana|Cardano|Ripple|Altcoin|Blockchain|Market|DeFi|NFT|"
        r"Breaking|Latest|(?!BBC|CBS|NBC|ABC|CNN|FOX|US|UK|RT\b)[A-Z]{2,6}) [Nn]ews:?\s+"
        r"(?=[\"“$]?[A-Z\d])"
    ),
    re.compile(
        r"\A(?:Written )?[Bb]y [A-Z][\w.'\u2019-]+(?: [A-Z][\w.'\u2019-]+){1,2} ?\([^()]{5,60}\)\s+"
    ),
    # "October 16, 2025 — In a …"
    re.compile(
        r"\A(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]* \d{1,2},? 20\d\d\s?"
        r"[\u2013\u2014-]+\s*"
    ),
    re.compile(
        r"\A(?:[A-Z][A-Za-z.]+,? ){1,4}?[\u2013\u2014-] ?[A-Z][a-z]+ \d{1,2},? 20\d\d "
        r"(?:/[^/]{2,40}/ )?[\u2013\u2014-]+\s*"
    ),
    re.compile(
        r"\A[A-Z][A-Z .,]{3,30}(?:, [A-Z][a-z]+\.? \d{1,2})? \((?:Reuters|AP|AFP)\) "
        r"[\u2013\u2014-]+\s*"
    ),
)
_LABEL = re.compile(
    r"\A(?:[#*_>\s]{1,8})?"
    r"(?:(?i:key (?:takeaways?|points|highlights|facts)|tl;?\s?dr(?: breakdown)?|in brief|"
    r"in short|at a glance|quick take|story highlights|highlights|the details|why it matters|"
    r"what happened|news brief|introduction|overview)\s*[:\u2013\u2014|-]\s*"
    r"|(?:Key (?:[Tt]akeaways?|[Pp]oints|[Hh]ighlights|Facts)|TL;?DR(?: Breakdown)?|In [Bb]rief|"
    r"Story Highlights|Overview|Highlights|Summary|What Happened|Impact on the [Cc]rypto [Mm]arket"
    r"|From (?:the )?[Aa]uthor|Introduction|Conclusion|Background|Derivatives Positioning|"
    r"Token Talk|Market (?:Overview|Reaction|Outlook|Context|Impact|Movements)|(?:Technical|Price) "
    r"Analysis|Looking Ahead|What to Watch)\s+(?:[Bb]y [A-Z]\w+ [A-Z]\w+ )?(?=[\"“$]?[A-Z\d]))"
)
_PREFACE = re.compile(
    r"\A(?:the following|this) (?:article|post|story) (?:is|was|has been) (?:adapted|translated|"
    r"republished|first published|originally published)[^.]{0,200}\.\s*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\A(?:#{1,6}\s+|[*>]+\s+)+")
_EMOJI = "\U0001f000-\U0001faff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d"
_BULLET = re.compile(
    rf"\s*[\u2022\u25aa\u2023\u25cf\u25e6\u25a0\u25ba\u25b8\u2043]\s*|\n+(?:\s*[-*\u2013]\s+)?|\s+(?=#{{2,6}}\s)"
    rf"|(?:\A|(?<=[.!?…\u3002\uff01\uff1f])\s*|(?<=[.!?…][\"”)])\s*)[{_EMOJI}]+\s*"
)
# Without one of these signs in it a text has no bullet; most have none.
_MAY_BE_BULLETED = re.compile(
    f"[#\n\u2022\u25aa\u2023\u25cf\u25e6\u25a0\u25ba\u25b8\u2043{_EMOJI}]"
)
_EDGES = f" \t\u2022*_|\u2013\u2014{_EMOJI.replace('-', '')}"
# A heading in title case, then a sentence that opens with a small word: "Model The new focus".
_AFTER_HEADING = re.compile(
    r"(?<=[a-z\d%)\u2019][ ])(?=(?:The|An?|In|On|At|According|Although|Based|Despite|Following|"
    r"Over|During|After|Before|While|As|However|This|These|It|"
    r"There|Since|When|As of|With the|For the|Last|Some|Many) [a-z$\d])"
)
_SMALL_WORDS = frozenset(
    re.findall(
        r"\w+", "a an and as at but by for from in into is of on or over per the to via vs with"
    )
)
_WORD = re.compile(r"[^\W_][\w.'\u2019&-]*")
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"), ("『", "』"))
_MARKS = re.compile('[“”„«»()\\[\\]「」『』"\u2018\u2019]')
# A quotation that opens: no apostrophe, as in "\u201890s".
_OPENED = re.compile(r"(?:^|(?<=[\s(\[“\"\u2014-]))\u2018(?!\d0s)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a text at its place among the others; `listed` says it was a bullet."""

    text: str
    place: int
    listed: bool = False


def passages(text: str, title: str = "") -> list[Passage]:
    """The first passages of a plain text in order, at most 18, from its first 3,500 characters.

    The title that a text repeats at its beginning is left out, and so is a last passage that
    reading no further has cut. Empty for a text without words.
    """
    read = _without_lead_ins(text[:MAX_READ].strip(), title)
    split = _BULLET.split(read) if _MAY_BE_BULLETED.search(read) else [read]
    pieces = [piece for piece in split if piece and piece.strip(_EDGES)]
    found: list[tuple[str, bool]] = []
    for piece in pieces:
        told = _whole_quotations(sentences(piece.strip(" \t\u2022*_")))
        found += [(sentence, len(pieces) > 1 and len(told) == 1) for sentence in told]
    if len(text) > MAX_READ and len(found) > 1:
        found.pop()
    stripped = ((_without_label(sentence), listed) for sentence, listed in found[:MOST_PASSAGES])
    kept = [(sentence, listed) for sentence, listed in stripped if _WORD.search(sentence)]
    return [Passage(sentence, place, listed) for place, (sentence, listed) in enumerate(kept)]


def title_words(sentence: str) -> list[str]:
    """The words of the title-cased run that a sentence begins with, small words included."""
    run: list[str] = []
    end = 0
    for found in _WORD.finditer(sentence):
        between = sentence[end : found.start()].strip(" \"'“”\u2018\u2019$€£:&/()")
        word = found[0]
        # A comma or a bracket belongs to a sentence; so does a verb in lower case.
        if between or not (word[0].isupper() or word[0].isdigit() or word in _SMALL_WORDS):
            break
        run.append(word)
        end = found.end()
    while run and run[-1] in _SMALL_WORDS:
        run.pop()
    return run


def has_balanced_marks(text: str) -> bool:
    """Whether every quotation mark and bracket of a text that opens also closes."""
    marks = _MARKS.findall(text)
    if not marks:
        return True
    if "„" in marks:  # German opens with it and closes with what others open with
        text = text.replace("“", "”").replace("„", "“")
        marks = _MARKS.findall(text)
    if any(marks.count(opening) != marks.count(closing) for opening, closing in _PAIRS):
        return False
    opened = len(_OPENED.findall(text)) if "\u2018" in marks else 0
    return marks.count('"') % 2 == 0 and opened <= marks.count("\u2019")


def _without_lead_ins(text: str, title: str) -> str:
    for _ in range(4):
        before = text
        text = _without_title(_MARKUP.sub("", text), title)
        for lead_in in _LEAD_INS:
            text = lead_in.sub("", text).lstrip()
        text = _PREFACE.sub("", text)
        if text == before:
            break
    return text


def _without_title(text: str, title: str) -> str:
    """The text without the title that some feeds begin their summaries with."""
    # "CoinNews Title Title's first words": the site's name may stand before it.
    before = _SITE_NAME_LENGTH if len(title) > _SITE_NAME_LENGTH else 0
    place = text[: len(title) + before].casefold().find(title.casefold()) if title else -1
    if place < 0:
        return text
    rest = text[place + len(title) :]
    return rest.lstrip(" .:\u2013\u2014-|…") if not rest[:1].isalnum() else text


def _without_label(sentence: str) -> str:
    for _ in range(3):
        before = sentence
        if _LABEL.sub("", f"{sentence} A") == "A":
            return ""
        sentence = _LABEL.sub("", _MARKUP.sub("", sentence)).strip(_EDGES)
        if sentence == before:
            break
    boundary = _AFTER_HEADING.search(sentence)
    if boundary and _is_heading(sentence[: boundary.start()]):
        return sentence[boundary.start() :]
    return sentence


def _is_heading(text: str) -> bool:
    """Whether words are a heading: a sentence with a capital follows, and no mark before it."""
    words = _WORD.findall(text)
    is_titled = len(words) > 1 and len(title_words(text)) == len(words)
    return is_titled or (1 < len(words) <= _LONGEST_HEADING and words[-1][0].islower())


def _whole_quotations(split: list[str]) -> list[str]:
    """The sentences, those of one quotation joined: a quote cut open cannot be shown."""
    joined: list[str] = []
    place = 0
    while place < len(split):
        taken = 1
        whole = split[place]
        if not has_balanced_marks(whole):
            for count in (2, 3):
                longer = " ".join(split[place : place + count])
                if len(longer) <= _LONGEST_QUOTATION and has_balanced_marks(longer):
                    whole, taken = longer, count
                    break
        joined.append(whole)
        place += taken
    return joined
