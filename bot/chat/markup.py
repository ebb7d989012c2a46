"""Telegram's HTML, checked as strictly as its servers check it, before anything is sent.

Pure. Owns the rules of TDLib's `parse_html`: which tags there are, how they nest, what their
attributes look like and which references stand for characters. Used for texts that an operator
wrote; what the catalogue makes is well formed already.
"""

import re

from bot.domain.errors import ArgumentError

_TAGS = frozenset(
    {"a", "b", "strong", "i", "em", "s", "strike", "del", "u", "ins", "span", "pre", "code"}
    | {"blockquote", "tg-spoiler", "tg-emoji", "tg-time"}
)
_SPACE = r"[ \t\r\n\v]"
_ATTRIBUTE = re.compile(
    rf"{_SPACE}*+(?P<name>[^ \t\r\n\v=>/\"']++){_SPACE}*+"
    rf"(?:={_SPACE}*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'"
    rf"|(?P<bare>[A-Za-z0-9.-]*+)(?=[ \t\r\n\v>])))?"
)
_NAME = re.compile(r"[^ \t\r\n\v>]*")
_TAG_END = re.compile(rf"{_SPACE}*>")
_REFERENCE = re.compile(
    r"(?P<whole>&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)"
    r"|(?P<named>lt|gt|amp|quot)(?![a-zA-Z])));?"
)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LONGEST_REFERENCE = 9
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_SHOWN = 30

# What nobody types by chance: a tag that Telegram knows, or the end of any tag.
_TYPED_TAG = re.compile(
    rf"<(?:{'|'.join(sorted(_TAGS))})(?:\s[^<>]*)?>|</[a-z][\w-]*\s*>", re.IGNORECASE
)


def looks_like_html(text: str) -> bool:
    """Whether somebody typed tags into a text, and did not just write "a < b" or "<noon>"."""
    return _TYPED_TAG.search(text) is not None


def visible_text(html: str) -> str:
    """The text that Telegram shows of HTML, before it trims it.

    Raises ArgumentError (`markup.…`, with the tag as it was typed) for what its servers refuse
    to parse.
    """
    html = html.replace("\0", " ")
    pieces: list[str] = []
    open_tags: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        pieces.append(_decoded(html[position:start]))
        if html.startswith("</", start):
            position = _closed(html, start, open_tags)
        else:
            position = _opened(html, start, open_tags)
    pieces.append(_decoded(html[position:]))
    if open_tags:
        raise ArgumentError("markup.not_closed", tag=open_tags[-1])
    return "".join(pieces)


def _opened(html: str, start: int, open_tags: list[str]) -> int:
    """Where the text goes on behind the start tag at `start`."""
    found = _NAME.match(html, start + 1)
    typed = found[0] if found else ""
    if typed == "":
        raise ArgumentError("markup.lone_sign")
    name = typed.lower()
    if name not in _TAGS:
        raise ArgumentError("markup.unknown_tag", tag=typed[:_SHOWN])
    attributes: dict[str, str] = {}
    position = start + 1 + len(typed)
    while (end := _TAG_END.match(html, position)) is None:
        attribute = _ATTRIBUTE.match(html, position)
        if attribute is None:
            raise ArgumentError("markup.broken_tag", tag=name)
        value = attribute["double"] or attribute["single"] or (attribute["bare"] or "").lower()
        attributes[attribute["name"]] = _decoded(value, strict=False)
        position = attribute.end()
    if not _is_complete(name, attributes):
        raise ArgumentError("markup.broken_tag", tag=name)
    open_tags.append(name)
    return end.end()


def _is_complete(name: str, attributes: dict[str, str]) -> bool:
    """Whether a tag has the attribute without which Telegram refuses it."""
    match name:
        case "span":
            return attributes.get("class") == "tg-spoiler"
        case "tg-emoji":
            return _is_number(attributes.get("emoji-id", "")) and attributes["emoji-id"] != "0"
        case "tg-time":
            return _is_number(attributes.get("unix", ""))
        case _:
            return True


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _closed(html: str, start: int, open_tags: list[str]) -> int:
    """Where the text goes on behind the end tag at `start`; `</>` ends whatever is open."""
    found = _NAME.match(html, start + 2)
    typed = found[0] if found else ""
    name = typed.lower()
    if not open_tags:
        raise ArgumentError("markup.not_opened", tag=typed[:_SHOWN])
    end = _TAG_END.match(html, start + 2 + len(typed))
    if end is None:
        raise ArgumentError("markup.broken_tag", tag=typed[:_SHOWN])
    expected = open_tags.pop()
    if name and name != expected:
        raise ArgumentError("markup.crossed", tag=typed[:_SHOWN], expected=expected)
    return end.end()


def _decoded(text: str, *, strict: bool = True) -> str:
    """A text with its references as characters; those that Telegram does not know stay."""

    def character(found: re.Match[str]) -> str:
        """The character of a reference, or the reference as it stands."""
        if found["named"]:
            return _NAMED[found["named"]]
        digits = found["hex"] or found["decimal"]
        code = int(digits, 16 if found["hex"] else 10) if digits else 0
        if len(found["whole"]) > _LONGEST_REFERENCE or not 0 < code < _LAST_CODE_POINT:
            return found[0]
        if code in _SURROGATES and strict:
            raise ArgumentError("markup.no_character", typed=found[0])
        return chr(code)

    return _REFERENCE.sub(character, text)
