"""The lines of a page that belong to its article.

Owns what a line shows on its own: share buttons, invitations to subscribe, advertising,
captions, bylines, teasers, disclaimers. Works where a text still has its lines;
`bot.news.cleaning.tails` cuts the ends of those that lost them. Pure, in time linear in the text's
length.
"""

import re
from collections.abc import Sequence

from bot.news.cleaning.tails import NO_ADVICE

_LONGEST_NOISE = 700

_NETWORKS = (
    r"(?:x|twitter|facebook|telegram|linkedin|instagram|youtube|tiktok|threads|reddit|discord|"
    r"whatsapp|bluesky|google(?: news)?|flipboard|e-?mail)"
)
_BUTTONS = (
    r"(?:share|tweet|post|pin|print|e-?mail|copy link|listen|save|bookmark|comments?)"
    r"(?: (?:this|the)(?: (?:article|story|post|page|news))?)?"
    rf"(?: (?:on|via|to|with) {_NETWORKS}(?:[ ,/&]+{_NETWORKS})*)?[.!:]?"
    rf"|{_NETWORKS}(?:[ ,|/•·]+{_NETWORKS})*"
    r"|[\[(]*(?:click|tap) (?:here|to (?:share|e-?mail|print|follow|copy))\b.{0,80}"
)
_INVITATIONS = (
    r"(?:follow|add|join|find|like|connect with) (?:us|our|me|(?-i:[A-Z]\w+(?: [A-Z]\w+)?)) "
    r"(?:on|at|in|as|via) .{0,120}"
    r"|(?:want (?:more|to )\b.{0,80}? )?(?:subscribe|sign[ -]?up|register)"
    r" (?:to|for|now|here|today|with)\b.{0,160}"
    r"|subscribe[.!]?|newsletter|sign up[.!]?"
    r"|(?:join|get|receive) (?:us|our|the|your|all|more)\b.{0,80}\b"
    r"(?:newsletters?|telegram|discord|inbox|community|channels?|group)\b.{0,80}"
    r"|.{0,80}\b(?:delivered|straight|directly) (?:straight |directly )?to your inbox\b.{0,40}"
)
_ADVERTISING = (
    r"[-\u2013\u2014*•\[(]*\s*(?:advertisements?|ads?|sponsored(?: content| post)?|promoted|"
    r"partner content|story continues(?: below)?|article continues(?: below)?(?: advertisement)?)"
    r"\s*[-\u2013\u2014*•\])]*[.:]?"
    r"|sponsored (?:by|content by) .{1,80}"
)
_CAPTIONS = (
    r"(?:(?:featured|cover|header|lead|main|feature|hero)[- ])?"
    r"(?:images?|photos?|pictures?|charts?|graphics?|illustrations?|screenshots?|videos?|"
    r"sources?|credits?|photograph(?:er|y)?|getty images)"
    r"(?: (?:credits?|sources?|courtesy(?: of)?|description))?"
    r"\s*[:|\u2013\u2014]\s*(?-i:[A-Z@©(]|https?:)(?:[^.!?]|\.(?=\w)){1,120}\.?"
    r"|(?:(?:featured|cover|header|lead|main) )?"
    r"(?:image|photo|picture|illustration|screenshot)s? "
    r"(?:(?:created |made |generated )?(?:by|from|via|with)|courtesy of) .{1,160}"
    r"|(?:shutterstock|getty images|unsplash|pixabay|pexels|midjourney|dall[-·. ]?e)"
    r"(?:[ /,].{0,60})?"
)
_TEASER = (
    r"(?:read (?:more|also|next|on|further|our|the (?:full|whole)|full)|also read|see also|related|"
    r"related (?:reading|articles?|news|stor(?:y|ies)|posts?|coverage|content)|continue reading|"
    r"recommended(?: (?:reading|articles?|for you))?|suggested reading|you (?:may|might) also like|"
    r"more (?:stories|news|articles)|more on this(?: story)?|up next|trending(?: now| stories)?|"
    r"most read|editor['\u2019]s picks?|don['\u2019]t miss|check (?:this )?out)"
)
_TEASERS = (
    rf"[*•►▶→»-]*\s*{_TEASER}\s*(?:[:|»\u203a>→…\u2013\u2014-]|\.{{3}}).{{0,250}}|{_TEASER}[.!]?"
    r"|(?:the|this) (?:post|article) .{1,400} (?:appeared first|first appeared|originally appeared|"
    r"was first published) (?:on|at|in) .{1,120}"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = rf"(?:{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}} {_MONTH},? \d{{4}}|\d{{4}}-\d\d-\d\d)"
_PERSON = r"(?-i:[A-Z][\w.'\u2019-]+(?: [A-Z][\w.'\u2019-]*){1,3})"
_BYLINES = (
    r"(?:written |edited |reviewed |reported |posted |fact[- ]checked )?by:? "
    rf"{_PERSON}(?:(?:,| and| &) {_PERSON})*(?:\s*[|•·,\u2013\u2014-]?\s*{_DAY}.{{0,40}})?"
    r"|(?:(?:last |first )?(?:updated|published|posted|modified|publication date)(?: on| at)?:?\s"
    rf".{{0,20}})?{_DAY}(?:[ ,|•·-]+(?:at )?\d{{1,2}}:\d\d.{{0,60}})?"
    r"|(?:reading time:?\s*)?\d{1,2} ?min(?:ute)?s?\.?(?: ?read)?"
)
_LAW = (
    rf"{NO_ADVICE}|\W{{0,3}}(?:legal |risk |general )?(?:disclaimer|disclosures?)\b\W.{{0,700}}"
    r"|(?:©|\(c\)|copyright)\s?.{0,160}|(?:.{1,80}\. )?all rights reserved\.?"
)
_NOISE_LINE = re.compile(
    f"{_BUTTONS}|{_INVITATIONS}|{_ADVERTISING}|{_CAPTIONS}|{_TEASERS}|{_BYLINES}|{_LAW}",
    re.IGNORECASE,
)
_BARE_SITE = re.compile(r"(?:https?://)?(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,6}/?", re.IGNORECASE)
_TEASER_HEADING = re.compile(rf"{_TEASER}\s*[:.]?", re.IGNORECASE)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
_BULLET = re.compile(r"(?:[*•▪◦‣●\u2013\u2014-]|\d{1,2}[.)])\s+(?=\S)")
_SENTENCE_MARKS = (".", "!", "?", "…", '"', "”", ")", ":", "。")


def article_lines(lines: Sequence[str]) -> list[str]:
    """The lines that belong to the article, in order, without bullets; none is empty.

    A single line is always kept: what stands alone is the text itself. After a heading such
    as "Related stories" only whole sentences are kept, for links to other articles follow it.
    """
    whole = [line for line in (line.strip() for line in lines) if line]
    if len(whole) <= 1:
        return whole
    kept: list[str] = []
    after_heading = False
    for line in whole:
        if _TEASER_HEADING.fullmatch(line):
            after_heading = True
        elif not _is_noise(line) and not (after_heading and not line.endswith(_SENTENCE_MARKS)):
            after_heading = False
            kept.append(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line)
    while len(kept) > 1 and _BARE_SITE.fullmatch(kept[-1]):
        kept.pop()
    return kept


def _is_noise(line: str) -> bool:
    if _MARKDOWN_HEADING.match(line):
        return True
    return len(line) <= _LONGEST_NOISE and _NOISE_LINE.fullmatch(line) is not None
