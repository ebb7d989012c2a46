"""Text cut to size: at a word, and never inside a tag or an entity.

Pure. Owns Telegram's length limit, which counts what is left after parsing. Lengths here are
UTF-16 code units, the stricter of the two ways that Telegram's programs count.
"""

import re

from bot.chat.catalogue import Html

MESSAGE_LIMIT = 4096
# Telegram refuses raw text beyond 32,768 bytes before it parses it.
RAW_BYTES = 32_000

_PIECE = re.compile(r"<(/?)([a-zA-Z-]+)[^<>]*>|&(?:#\w+|\w+);|[^<&]+|[<&]")
_LAST_WORD = re.compile(r"\s+\S*$")
_ELLIPSIS = "…"
_OPENING = r"[\"'“\u2018(\[]*"
_CLOSING = r"[\"'”\u2019)\]]*"
_SENTENCE_END = re.compile(rf"(?<=[.!?…]){_CLOSING}\s+(?={_OPENING}(?:[^\W\d_a-zß-öø-ÿ]|[\d$€£#]))")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:[A-Z]|[A-Z]\.[A-Z]|(?:[A-Z]\.)+[A-Z]|Mr|Mrs|Ms|Dr|Inc|Corp|Ltd|Co|St|No|vs"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|approx|e\.g|i\.e)\." + _CLOSING + "$"
)


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_text(text: str, limit: int) -> str:
    """A raw text of at most `limit` UTF-16 units, cut after a word with "…" when longer.

    A single word that is too long is cut inside.
    """
    if utf16_length(text) <= limit:
        return text
    kept = _prefix(text, limit - 1)
    whole_words = _LAST_WORD.sub("", kept)
    if not text[len(kept)].isspace() and utf16_length(whole_words) >= limit // 2:
        kept = whole_words
    return kept.rstrip(" \t\n,;:\u2013\u2014-") + _ELLIPSIS


def _prefix(text: str, units: int) -> str:
    if units <= 0:
        return ""
    return text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore")


def first_sentences(text: str, count: int, limit: int) -> str:
    """The first `count` sentences of a text, or fewer, within `limit` UTF-16 units.

    A sentence that does not fit whole is left out, unless it is the first: that one is cut.
    """
    sentences = _sentences(" ".join(text.split()))
    kept = ""
    for sentence in sentences[:count]:
        longer = f"{kept} {sentence}".strip()
        if utf16_length(longer) > limit:
            break
        kept = longer
    return kept or cut_text(sentences[0] if sentences else "", limit)


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        closing = text[start : end.end()].rstrip()
        if _ABBREVIATION.search(closing):
            continue
        found.append(closing)
        start = end.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    return found


def fitted(html: Html, limit: int = MESSAGE_LIMIT) -> Html:
    """The same HTML when it fits, else its beginning with every open tag closed.

    Cut at a word with "…"; takes HTML that the catalogue made, well nested.
    """
    if _parsed_length(html) <= limit and len(html.encode("utf-8", "replace")) <= RAW_BYTES:
        return html
    kept: list[str] = []
    open_tags: list[str] = []
    left, raw_left = limit - 1, RAW_BYTES - 1000
    for piece in _PIECE.finditer(html):
        raw = piece[0]
        raw_left -= len(raw.encode("utf-8", "replace"))
        size = 0 if piece[2] else _piece_length(raw)
        if size > left or raw_left < 0:
            if not piece[2] and not raw.startswith("&") and raw_left >= 0:
                kept.append(_LAST_WORD.sub("", _prefix(raw, left)))
            break
        left -= size
        kept.append(raw)
        if piece[2]:
            open_tags.pop() if piece[1] else open_tags.append(piece[2])
    closing = "".join(f"</{tag}>" for tag in reversed(open_tags))
    return Html("".join(kept).rstrip() + _ELLIPSIS + closing)


def _piece_length(raw: str) -> int:
    if raw.startswith("&#"):
        return 2  # it may stand for a character beyond the first plane
    return 1 if raw.startswith("&") else utf16_length(raw)


def _parsed_length(html: str) -> int:
    return sum(_piece_length(p[0]) for p in _PIECE.finditer(html) if not p[2])
