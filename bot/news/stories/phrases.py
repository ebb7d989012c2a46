"""Acts that a headline tells by two words with others between them.

Owns the rewriting of such phrases and of numbers that are spelled out, before a headline is cut
into words: "closes its four-year probe" dismisses it, "half a million" is 0.5 million. Pure.
"""

import re

_GAP = (
    r"(?:(?!(?:as|amid|after|before|while|but|despite|when|to|and)\b)[\w$€£%.,'\u2019-]+\s+){0,5}?"
)
_CASES = r"(?:probe|investigation|inquiry|lawsuit|suit|case|charges|review|proceedings)"
_LICENCE = (
    r"(?:approvals?|nod|licen[sc]es?|charter|authori[sz]ation|permission|go-ahead|clearance|"
    r"green light|blessing|permit|registration|no-action)"
)
_DEAL = r"(?:acquisition|purchase|deal|takeover|merger|conversion|buyout)"
_RATES = r"(?:interest |key |policy |benchmark |deposit |cash |base )?(?:rates?|borrowing costs)"
_STAFF = r"(?:staff|workforce|jobs|headcount|employees|workers|team|roles|positions)"
_PLAN = r"(?:application|bid|plans?|ipo|offer|proposal|filing)"
_TARGET = r"(?:price )?(?:target|forecast|prediction)"
_ROUND = r"(?:funding|series [a-e]\b|investment|seed round|in (?:a )?round)"
_APPEAL = r"(?:appeal|bid for (?:a )?new trial|conviction)"
_GET = r"win|won|get|got|gain|receive|secure|obtain|land|earn|nab"
_END = r"drop|end|close|conclude|abandon|toss|throw"
_RULED = r"(?:illegal|unlawful|unconstitutional|invalid)"

# The verb that stands first is written anew where what follows within five words makes it
# another act; they are applied in this order.
_ACTS: tuple[tuple[str, str, str], ...] = (
    (r"sign(?:s|ed)?", r"(?:into law|bill|act|legislation)", "enacts"),
    (rf"(?:{_END})(?:p?s|p?ed|d|es)?(?: out)?", _CASES, "dismisses"),
    (r"(?:clear)(?:s|ed)?", rf"(?:of|after|as) {_GAP}{_CASES}", "dismisses"),
    (r"(?:close|complete|finali[sz]e|wrap)(?:s|d)?(?: up)?", _DEAL, "completes"),
    (r"(?:put|place)s?", r"on (?:hold|ice)", "delays"),
    (r"(?:put|place)s?", r"up for sale", "sells"),
    (r"(?:take|took|haul|drag)(?:s|ed|ged)?", r"to court", "sues"),
    (r"(?:hand|give|gave|send|sent|pay|paid)(?:s|ed)?", r"back", "returns"),
    (r"(?:pull|withdraw|scrap|drop)(?:p?s|p?ed)?", _PLAN, "scraps"),
    (r"(?:pull|withdraw|yank)(?:s|ed)?", r"(?:support|backing)", "opposes"),
    (r"(?:can[\u2019']?t|cannot|won[\u2019']?t|will not)", r"(?:support|back)", "opposes"),
    (r"(?:rule|declare|find|deem)(?:s|d)?", _RULED, "strikes down"),
    (r"(?:lift|end|drop|reverse|scrap|remove)(?:p?s|p?ed|d)?", r"\bban", "lifts"),
    (r"(?:raise|hike|lift|increase)(?:s|d|ed)?", _RATES, "hikes"),
    (r"(?:cut|lower|trim|slash|reduce)(?:s|ed|med|d|es)?", _RATES, "cuts rates,"),
    (r"(?:leave|keep|hold|left|kept|held)(?:s)?", _RATES, "steady"),
    (r"(?:cut|slash|trim|axe|reduce|shed|eliminate)(?:t?s|es|d|ed)?", _STAFF, "layoffs"),
    (r"(?:cut|lower|trim|slash|halve|reduce)(?:s|ed|med|d|es)?", _TARGET, "downgrades"),
    (r"(?:raise|lift|boost|increase)(?:s|d|ed)?", _TARGET, "upgrades"),
    (r"(?:raise|land|secure|close|bag|nab|get|bank|win)(?:s|d|ed)?", _ROUND, "raises"),
    (r"(?:seek|appl|file|ask|want|request|eye)(?:s|y|ies|ied|ed|d)?", _LICENCE, "files"),
    (rf"(?:{_GET}|grant|award|give|issue)(?:s|ed|d)?", _LICENCE, "approves"),
    (r"(?:lose|lost)s?", r"(?:appeal|court bid|bid (?:for|to)|case)", "lose case"),
    (r"(?:reject|deny|denie|uphold|upheld|affirm|dismiss)(?:s|es|ed|d)?", _APPEAL, "lose case"),
    (r"(?:takes?|took|goes|went|comes|came)", r"(?:into )?(?:effect|force)", "takes effect"),
)  # fmt: skip
_REWRITTEN = tuple(
    (re.compile(rf"\b{verb}(?=\s+{_GAP}{what}\b)", re.IGNORECASE), act) for verb, what, act in _ACTS
)
_SPELLED = tuple(
    (re.compile(said, re.IGNORECASE), written)
    for said, written in (
        (r"\bhalf an? (?=million|billion|trillion)", "0.5 "),
        (r"\b(?:an?|one) (?=million\b|billion\b|trillion\b)", "1 "),
        (r"\bquarter of an? (?=million|billion)", "0.25 "),
        (r"\b(?:an?|one) (?:quarter|fourth)(?= of\b|\s*(?:$|on\b|in\b))", "25%"),
        (r"\b(?:an?|one) third(?= of\b|\s*(?:$|on\b|in\b))", "33%"),
        (r"\btwo thirds(?= of\b|\s*$)", "67%"),
        (r"\b(?:an?|one) fifth(?= of\b|\s*(?:$|on\b|in\b))", "20%"),
        (r"\b(?:an?|one) tenth(?= of\b|\s*(?:$|on\b|in\b))", "10%"),
        (r"\bby half\b|\bhalf of (?=its|the)", "by 50% "),
        (r"\bhalf[ -](?:an )?hour\b", "30 minute"),
    )
)
_HINTS = re.compile(
    r"\b(?:half|third|quarter|fourth|fifth|tenth|million|billion|trillion)", re.IGNORECASE
)


def plainly_told(text: str) -> str:
    """A text with such phrases and numbers written in the way that the lexicon knows."""
    if _HINTS.search(text):
        for said, written in _SPELLED:
            text = said.sub(written, text)
    for phrase, act in _REWRITTEN:
        text = phrase.sub(act, text)
    return text
