"""What sites append to their articles.

Owns the ends that are cut: teasers for other articles, "The post … appeared first on …",
invitations to follow and subscribe, credits of pictures, disclaimers. Works on text that lost
its lines, as news APIs deliver it; `cleaning.lines` sees what still has them. Pure, in time
linear in the text's length.
"""

import re
from typing import NamedTuple

# Tails are short: looking at the end only keeps long bodies cheap.
_TAIL_WINDOW = 1_500

_SUBJECT = (
    r"(?:(?:this|the|these|all|any)(?: above| following)? (?:article|content|post|information|"
    r"material|piece|site|page|publication|story|text|views|opinions|analysis|press release|"
    r"details)s?\b)"
)
_ADVICE = (
    r"\b(?:(?:financial|investment|trading|legal|professional|other)(?:,? or \w+)? advice|"
    r"(?:informational|information|educational|entertainment)\b[^.!?]{0,40} purposes)\b"
)
# A sentence that disclaims, and what follows it.
NO_ADVICE = (
    r"[*(_]*\s*(?:(?:remember|please note)[,:]? (?:that )?)?(?:"
    rf"{_SUBJECT}[^.!?]{{0,120}}?\b(?:not|only|neither|solely|for)\b[^.!?]{{0,160}}?{_ADVICE}"
    r"|(?:(?:this|it) is )?not (?:an? |any )?(?:financial|investment|trading)(?: or \w+)? advice\b"
    rf"|nothing (?:here|herein|in this|contained)\b[^.!?]{{0,120}}{_ADVICE}"
    r"|(?:the )?(?:views|opinions)\b[^.!?]{0,40} expressed (?:here|herein|in this|by the author)\b"
    r").{0,700}"
)
_AFTER_SENTENCE = r"(?<=[.!?…\"”)\]])\s+"


class _Tail(NamedTuple):
    """What is cut, and the words without which it cannot be there: looking is cheap."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]


_TAILS = (
    _Tail(
        ("appeared", "published"),
        re.compile(
            r"(?:^|(?<=\s))(?:The|This) (?:post|article) .{1,400}? "
            r"(?:appeared first|first appeared|was first published|originally appeared) "
            r"(?:on|at|in) .{1,120}$",
            re.IGNORECASE,
        ),
    ),
    _Tail(
        ("submitted by",),
        re.compile(
            r"\s*\bsubmitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?(?:\s*\[link\])?(?:\s*\[comments\])?$"
        ),
    ),
    _Tail(
        ("read", "more", "view", "visit"),
        re.compile(
            # After a sentence in any case; in the middle of a line only with a capital.
            r"(?:^|(?<=[.!?…\])\"”])\s*|(?<=\s)(?=[\[(]?[A-Z]))"
            r"(?i:[\[(]?(?:(?:click|tap) (?:here )?to )?"
            r"(?:read (?:more|on|(?:the )?(?:full|whole|rest of the|entire)? ?"
            r"(?:story|article|post))"
            r"|(?:continue|keep) reading|see more|learn more|view (?:full )?(?:article|post)"
            r"|visit (?:the )?website)"
            r"(?: (?:here|below))?\s*[\])]?\s*(?:…|\.{2,}|»|→|>+|&raquo;)?\s*[\])]?)$"
        ),
    ),
    _Tail(
        ("read", "related", "see also"),
        re.compile(
            r"(?<=[.!?…\"”])\s+(?:Read (?:[Mm]ore|[Aa]lso|[Nn]ext|[Ff]ull [Ss]tory)|Also [Rr]ead|"
            r"Related(?: [Rr]eading| [Aa]rticles?| [Nn]ews)?|See [Aa]lso)\s?"
            r"(?::|\u2014|\u2013| on ).{1,260}$"
        ),
    ),
    _Tail(
        ("reading",),
        re.compile(r"(?:^|(?<=[.!?…\"”\]*])|(?<=\s))\s*Continue [Rr]eading\b.{0,260}$"),
    ),
    _Tail(
        ("disclos", "disclaim"),
        re.compile(
            r"(?:(?<=[.!?…\"”)\]])\s+|\s+(?=Disclaimer ?:))"
            r"[*(_]*(?:(?:Legal |Risk )?Disclaimer|Disclosure)s?\b\s?:?\s.{0,250}?\b"
            r"(?i:advice|informational|information purposes|opinions?|views|sponsored|"
            r"press release|responsib\w+|risks?|holds?|owns?)\b.{0,1200}$"
        ),
    ),
    # The pattern of a whole line serves at the end of one as well.
    _Tail(
        ("advice", "purposes", "expressed"),
        re.compile(r"(?:(?<=[.!?…\"”)\]])\s+)(?=[*(_]*[A-Z])" + f"(?i:{NO_ADVICE})$"),
    ),
    _Tail(
        ("follow", "join", "share", "subscribe", "sign up", "get", "find", "add", "like"),
        re.compile(
            _AFTER_SENTENCE
            + r"(?:(?:Follow|Join|Find|Add|Like) (?:us|our|[A-Z]\w+) (?:on|at|in|as)\b"
            r"|Share (?:this (?:article|story|post)|on )|Share$"
            r"|(?:Don.t just read crypto news\. Understand it\. )?"
            r"(?:Subscribe|Sign up) (?:to|for|here|now)\b"
            r"|(?:Join|Get|Claim|Sign up)\b.{1,80}\b(?:bonus|newsletter|gifts?|free for \d+ days|"
            r"Telegram|Discord|inbox)\b).{0,160}$"
        ),
    ),
    _Tail(
        ("featured", "cover", "header", "lead"),
        re.compile(
            _AFTER_SENTENCE
            + r"(?:Featured|Cover|Header|Lead) (?:[Ii]mages?|[Pp]hotos?|[Pp]icture)\b"
            r"(?: (?:created|made|generated))? ?(?:with|from|by|via|courtesy|:).{1,160}$"
        ),
    ),
    _Tail(
        ("image", "photo", "picture", "cover", "chart"),
        re.compile(
            _AFTER_SENTENCE + r"(?:Image|Photo|Picture|Cover|Chart)s?"
            r"(?: (?:credits?|source|courtesy of)\s?:?|\s?:| by| via) "
            r"(?:[^.!?]|\.(?=\w)){1,120}\.?$"
        ),
    ),
    _Tail(
        ("://",),
        re.compile(
            r"(?:(?<=[.!?…\"”)\]])\s+(?:(?:For|To) (?:more|learn|find)\b[^.!?]{0,120}?)?)?"
            r"(?:(?<=\s)|^)(?:Website|Official [Ww]ebsite|Linktree|Telegram|Twitter|Twitter/X|X|"
            r"X \(Twitter\)|Whitepaper|Discord|Instagram|Medium|\$\S{1,10} Giveaway|Access)\s?:\s?"
            r"https?://\S+$"
        ),
    ),
    _Tail(
        ("published", "publication", "updated", "editor"),
        re.compile(
            r"(?<=[.!?…\"”)}\]])\s+"
            r"(?:Published|Publication date|Last updated|Updated|Editor.s [Nn]ote)"
            r"(?::| by | on )(?:[^.!?]|\.(?=\w)){0,160}\.?$"
        ),
    ),
    _Tail(
        (".",),
        re.compile(r"(?<=[.!?…\"”])\s+(?:www\.)?[a-z0-9-]{2,40}\.(?:com|org|net|io|news|info|co)$"),
    ),
)
_TRAILING_DOTS = re.compile(r"\s?\.{3,}$")
_CUT_MARK = re.compile(r"\s*[\[(](?:…|\.{3}|&hellip;)[\])]")


def without_tails(text: str) -> str:
    """The text on one line without what sites append to it; a cut is marked with …."""
    text = _TRAILING_DOTS.sub("…", _CUT_MARK.sub("…", text))
    for _ in range(6):  # "… […] Continue reading The post … appeared first on …"
        before = text
        for tail in _TAILS:
            start = max(0, len(text) - _TAIL_WINDOW)
            end = text[start:]
            lowered = end.casefold()
            if any(word in lowered for word in tail.words):
                text = text[:start] + tail.pattern.sub("", end).rstrip()
        if text == before:
            break
    return text
