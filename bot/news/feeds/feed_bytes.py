"""The bytes of a feed, made fit for a parser.

Owns what feedparser would stumble over: encodings of more than a byte for each letter, what
stands before `<?xml`, halves of surrogate pairs,
empty elements that wipe out full ones, entity bombs, and floods of tags, attributes and items
that would keep it busy for minutes. Changes nothing in a well-behaved feed.
"""

import re

from bot.domain.errors import ParseError

MOST_ITEMS = 2_000

_MAX_TAGS = 200_000
_MAX_ATTRIBUTES = 500
_MAX_ENTITIES = 100
_MAX_EXPANSION = 1_000_000
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF

_SURROGATES = re.compile(rb"(?:&#(?:[xX][dD][89a-fA-F][0-9a-fA-F]{2}|5[5-7]\d{3});)+")
_EMPTY_ELEMENT = re.compile(
    rb"<(dc:description|content:encoded|description|summary|itunes:summary|title)\s*+"
    rb"(?:/>|>\s*+</\1\s*+>|>\s*+<!\[CDATA\[\s*+\]\]>\s*+</\1\s*+>)"
)
_ENTITY = re.compile(rb"<!ENTITY\s+(\w+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_SUBSET = re.compile(rb"<!DOCTYPE[^\[<>]*+\[", re.IGNORECASE)
_SUBSET_END = re.compile(rb"\]\s*+>")
_ENCODING = re.compile(r"(\A\s*<\?xml[^<>]{0,200}?)\s+encoding\s*=\s*[\"'][^\"'<>]{0,50}[\"']")
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ROOT = re.compile(rb"<(\w[\w:.-]*)")
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_ITEM_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")
_ATTRIBUTE_FLOOD = re.compile(rb"<\w(?:[^<>=]*+=){%d}" % _MAX_ATTRIBUTES)


def first_bytes_on(body: bytes) -> bytes:
    """The body from its first meaningful byte on: no byte order mark, no blanks before it.

    UTF-16 and UTF-32 become UTF-8, so that all that follows sees what the parser will see.
    """
    if is_wide(body):
        text = body.decode(_wide_encoding(body), errors="replace")
        body = _ENCODING.sub(r"\1", text.replace("\x00", ""), count=1).encode()
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def is_wide(body: bytes) -> bool:
    """Whether the body is UTF-16 or UTF-32, with or without a byte order mark."""
    return body[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in body[:4]


def _wide_encoding(body: bytes) -> str:
    if body.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    width = "32" if body[:2] == b"\0\0" or body[2:4] == b"\0\0" else "16"
    return f"utf-{width}-{'be' if body[:1] == bytes(1) else 'le'}"


def prepared_feed(start: bytes) -> bytes:
    """The XML of a feed without what feedparser stumbles over, at most 2,000 items of it.

    Of a truncated feed the whole items are kept. Takes what `first_bytes_on` gives. Raises
    ParseError for floods of tags, attributes or entities.
    """
    root = _ROOT.search(start)
    if root is None:
        return start[:1_000]
    prolog = start[: root.start()]
    if prolog.count(b"<!ENTITY") > _MAX_ENTITIES or prolog.count(b"<!") > 2 * _MAX_ENTITIES:
        raise ParseError("the feed declares too many entities")
    # Blank lines here cost feedparser their number squared.
    document = re.sub(rb"\s+", b" ", prolog).replace(b"<!", b"\n<!") + start[root.start() :]
    document = _SURROGATES.sub(_whole_characters, _whole_items(document, root[1]))
    document = _without_bomb(_EMPTY_ELEMENT.sub(b"", document))
    _check_floods(document)
    return document


def _whole_items(document: bytes, root: bytes) -> bytes:
    """The document with its first 2,000 items, and closed where it breaks off.

    Half an item is dropped: without its guid it would come back as another article.
    """
    closing = (b"</channel>" if root.lower() == b"rss" else b"") + b"</" + root + b">"
    for number, item in enumerate(_ITEM.finditer(document)):
        if number == MOST_ITEMS:
            return document[: item.start()] + closing
    if b"</" + root in document[-1_000:]:
        return document
    ends = list(_ITEM_END.finditer(document))
    return document[: ends[-1].end()] + closing if ends else document


def _check_floods(document: bytes) -> None:
    bare = _CDATA.sub(b"", document)
    if bare.count(b"<") > _MAX_TAGS:
        raise ParseError("the feed has too many tags")
    if _ATTRIBUTE_FLOOD.search(bare):
        raise ParseError("the feed has a tag with too many attributes")


def _whole_characters(found: re.Match[bytes]) -> bytes:
    """Pairs of surrogate references as the character they mean; halves are dropped.

    XML forbids them, feedparser raises at them, and exporters from JavaScript write them.
    """
    numbers = [
        int(text[1:], 16) if text[:1] in b"xX" else int(text)
        for text in re.findall(rb"&#(\w+);", found[0])
    ]
    if any(not _FIRST_SURROGATE <= number <= _LAST_SURROGATE for number in numbers):
        return found[0]  # 55000 to 57999 in decimal holds some ordinary characters
    units = b"".join(number.to_bytes(2, "big") for number in numbers)
    characters = units.decode("utf-16-be", errors="ignore")
    return "".join(f"&#{ord(character)};" for character in characters).encode()


def _without_bomb(document: bytes) -> bytes:
    """The document without its own entities when they would unfold to more than a megabyte."""
    sizes = {name: len(a or b) for name, a, b in _ENTITY.findall(document)}
    if not sizes:
        return document
    used = sum(sizes.get(name, 0) for name in re.findall(rb"&(\w+);", document))
    return _without_subset(document) if used > _MAX_EXPANSION else document


def _without_subset(document: bytes) -> bytes:
    # In two steps: one pattern for both ends would look for the second from each first.
    start = _SUBSET.search(document)
    end = _SUBSET_END.search(document, start.end()) if start else None
    if start is None or end is None:
        raise ParseError("the feed's entities unfold to more than a megabyte")
    return document[: start.end() - 1] + b">" + document[end.end() :]
