"""From parsed or plain text to the text and entities that a message keeps.

Owns what Telegram does after parsing: cleaning control characters, trimming, dropping what may
not overlap, and finding commands, mentions, hashtags, cashtags and links in plain text. Offsets
are UTF-16 code units throughout.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.demo.telegram_html import utf16_length

if TYPE_CHECKING:
    from bot.demo.telegram_errors import Json

_SPLITTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_CODE = {"pre", "code"}
_REMOVED = re.compile("[\r\u2028-\u202e]")
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_TLD = "com|org|net|io|co|dev|app|info|xyz|news|finance|exchange|me|eu|de|uk|us"
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:"
    + _TLD
    + r")(?![\w.@-])(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]'])?)"
    r"|(?P<email>(?<![\w.@+-])[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}(?!\w))"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z][A-Za-z0-9_]{2,31})?(?![\w/<>@]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w))"
    r"|(?P<hashtag>(?<![\w#])#(?=\w*[^\W\d])\w{1,256}(?![\w#]))"
    r"|(?P<cashtag>(?<![\w$])\$(?:[A-Z]{1,8}|1INCH)(?![\w$]))",
    re.IGNORECASE,
)


def kept_text(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text and entities that a message keeps; an empty text means there is nothing to send."""
    text, entities = _cleaned(text, entities)
    text, entities = _trimmed(text, _without_overlaps(entities))
    taken = [entity for entity in entities if entity["type"] not in _SPLITTABLE | _QUOTES]
    entities += [found for found in found_entities(text) if not _overlaps(found, taken)]
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, entities


def found_entities(text: str) -> list[Json]:
    """The entities that Telegram marks in plain text, in order: commands, mentions, tags, links.

    A cashtag counts in capitals only; every other kind in any case.
    """
    found: list[Json] = []
    position = offset = 0
    for match in _FOUND.finditer(text):
        kind = match.lastgroup or ""
        if kind == "cashtag" and not match[0].isupper():
            continue
        offset += utf16_length(text[position : match.start()])
        position = match.start()
        found.append({"type": kind, "offset": offset, "length": utf16_length(match[0])})
    return found


def _cleaned(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    text = _CONTROL.sub(" ", text)
    removed = [utf16_length(text[: match.start()]) for match in _REMOVED.finditer(text)]
    if not removed:
        return text, list(entities)
    shifted: list[Json] = []
    for entity in entities:
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        before = sum(offset < begin for offset in removed)
        length = entity["length"] - sum(begin <= offset < end for offset in removed)
        if length:
            shifted.append(entity | {"offset": begin - before, "length": length})
    return _REMOVED.sub("", text), shifted


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    text = text.rstrip()
    # leading blanks stay where the first entity begins with them
    first = min((entity["offset"] for entity in entities), default=len(text))
    leading = min(len(text) - len(text.lstrip(" \n")), first)
    units = text.encode("utf-16-le", "surrogatepass")
    kept: list[Json] = []
    for entity in entities:
        begin = entity["offset"]
        end = min(begin + entity["length"], len(units) // 2)
        covered = units[2 * begin : 2 * end].decode("utf-16-le", "replace")
        if covered.strip():
            kept.append(entity | {"offset": begin - leading, "length": end - begin})
    return text[leading:], kept


def _without_overlaps(entities: list[Json]) -> list[Json]:
    """Entities with Telegram's rules kept: links and code stay whole, code holds nothing else."""
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    whole: list[Json] = []
    quotes: list[Json] = []
    for entity in ordered:
        if entity["type"] in _QUOTES:
            quotes += [] if _overlaps(entity, quotes[-1:]) else [entity]
        elif entity["type"] not in _SPLITTABLE and not _overlaps(entity, whole[-1:]):
            whole.append(entity)
    code = [entity for entity in whole if entity["type"] in _CODE]
    styles: list[Json] = []
    for entity in ordered:
        is_inside_same = any(
            style["type"] == entity["type"] and _overlaps(entity, [style]) for style in styles[-8:]
        )
        if entity["type"] in _SPLITTABLE and not is_inside_same:
            styles += _minus(entity, code)
    merged = whole + quotes + styles
    merged.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return merged


def _minus(entity: Json, code: list[Json]) -> list[Json]:
    """What is left of a style once the code inside it is taken out."""
    parts: list[Json] = []
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    for hole in code:
        hole_end = hole["offset"] + hole["length"]
        if hole_end <= begin or hole["offset"] >= end:
            continue
        if hole["offset"] > begin:
            parts.append(entity | {"offset": begin, "length": hole["offset"] - begin})
        begin = hole_end
    if begin < end:
        parts.append(entity | {"offset": begin, "length": end - begin})
    return parts


def _overlaps(entity: Json, others: list[Json]) -> bool:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    return any(begin < o["offset"] + o["length"] and o["offset"] < end for o in others)
