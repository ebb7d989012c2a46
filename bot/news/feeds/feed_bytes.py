"""The bytes of a feed, made fit for a parser.

Owns what feedparser would stumble over: encodings of more than a byte for each letter, what
stands before `<?xml`, halves of surrogate pairs,
empty elements that wipe out full ones, entity bombs, and floods of tags, attributes and items
that would keep it busy for longer than a second. Changes nothing in a well-behaved feed.
"""

import re
from itertools import islice, pairwise

from bot.domain.errors import ParseError

MOST_ITEMS = 2_000

# Measured: feedparser needs up to 26 microseconds for a tag where it has to read a broken feed
# twice. An attribute costs a third of that, a reference, a section of CDATA or a tag inside one,
# which is for the cleaning of the texts, an eighth.
_MOST_WORK = 25_000
_ATTRIBUTES_A_TAG = 3
_LIGHTER_A_TAG = 8
_LETTERS_A_TAG = 120
# Of a longer text the cleaning takes no more.
_MOST_LETTERS = 300_000
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
_CHARACTER = re.compile(rb"&#(x[0-9a-fA-F]{1,8}|\d{1,8});")
_SUBSET = re.compile(rb"<!DOCTYPE[^\[<>]*+\[", re.IGNORECASE)
_SUBSET_END = re.compile(rb"\]\s*+>")
_ENCODING = re.compile(r"(\A\s*<\?xml[^<>]{0,200}?)\s+encoding\s*=\s*[\"'][^\"'<>]{0,50}[\"']")
_DECLARED = re.compile(
    rb"\A(<\?xml[^<>]{0,200}?)\s+encoding\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.IGNORECASE
)
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

    Fewer where reading that many would take longer than a second. Of a truncated feed the
    whole items are kept. Takes what `first_bytes_on` gives. Raises ParseError for floods of
    attributes or entities, and for a first item that is a flood of tags.
    """
    root = _ROOT.search(start)
    if root is None:
        return start[:1_000]
    prolog = start[: root.start()]
    if prolog.count(b"<!ENTITY") > _MAX_ENTITIES or prolog.count(b"<!") > 2 * _MAX_ENTITIES:
        raise ParseError("the feed declares too many entities")
    # Blank lines here cost feedparser their number squared.
    prolog = re.sub(rb"\s+", b" ", _DECLARED.sub(_believable_encoding, prolog))
    document = prolog.replace(b"<!", b"\n<!") + start[root.start() :]
    document = _SURROGATES.sub(_whole_characters, _whole_items(document, root[1]))
    document = _without_bomb(_EMPTY_ELEMENT.sub(b"", document))
    if _ATTRIBUTE_FLOOD.search(_CDATA.sub(b"", document)):
        raise ParseError("the feed has a tag with too many attributes")
    return _affordable(document, root[1])


def _believable_encoding(declared: re.Match[bytes]) -> bytes:
    """The declaration, without an encoding in which this could not have been read so far.

    Some programs declare UTF-16 of what they then send as UTF-8.
    """
    name = (declared[2] or declared[3] or b"").decode("latin-1")
    return declared[0] if is_of_letters(name) else declared[1]


def is_of_letters(charset: str) -> bool:
    """Whether Python knows this charset, and a tag is a tag in it.

    It knows some that are none, such as "undefined", at which feedparser breaks.
    """
    try:
        return b"<rss>".decode(charset) == "<rss>"
    except (LookupError, ValueError):
        return False


def _whole_items(document: bytes, root: bytes) -> bytes:
    """The document with its first 2,000 items, and closed where it breaks off.

    Half an item is dropped: without its guid it would come back as another article.
    """
    beyond = next(islice(_ITEM.finditer(document), MOST_ITEMS, None), None)
    if beyond is not None:
        return document[: beyond.start()] + _closing(root)
    if b"</" + root in document[-1_000:]:
        return document
    ends = list(_ITEM_END.finditer(document))
    return document[: ends[-1].end()] + _closing(root) if ends else document


def _affordable(document: bytes, root: bytes) -> bytes:
    """The document with as many of its first items as a parser reads in reasonable time."""
    starts = [item.start() for item in _ITEM.finditer(document)]
    work = 0
    for start, end in pairwise((0, *starts, len(document))):
        work += _work(document[start:end])
        if work <= _MOST_WORK:
            continue
        if start in (0, *starts[:1]):
            raise ParseError("the feed has too many tags")
        return document[:start] + _closing(root)
    return document


def _work(part: bytes) -> int:
    """What a part of a document costs to read, in tags; one that closes itself is two."""
    bare = _CDATA.sub(b"", part)
    tags = bare.count(b"<")
    lighter = part.count(b"<") - tags + part.count(b"&")
    work = tags + bare.count(b"/>") + bare.count(b"=") // _ATTRIBUTES_A_TAG
    letters = min(len(part), _MOST_LETTERS) // _LETTERS_A_TAG
    return work + lighter // _LIGHTER_A_TAG + letters


def _closing(root: bytes) -> bytes:
    return (b"</channel>" if root.lower() == b"rss" else b"") + b"</" + root + b">"


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
    """The document without its own entities when they hold more than text, or unfold to much.

    Much is more than a megabyte.
    """
    texts = {name: a or b for name, a, b in _ENTITY.findall(document)}
    if not texts:
        return document
    used = sum(len(texts.get(name, b"")) for name in re.findall(rb"&(\w+);", document))
    is_plain = all(map(_is_plain, texts.values()))
    return document if is_plain and used <= _MAX_EXPANSION else _without_subset(document)


def _is_plain(text: bytes) -> bool:
    """Whether an entity stands for characters: neither for tags nor for other entities."""
    numbers = _CHARACTER.findall(text)
    bare = _CHARACTER.sub(b"", text)
    codes = {int(number[1:], 16) if number[:1] == b"x" else int(number) for number in numbers}
    return b"<" not in bare and b"&" not in bare and codes.isdisjoint(b"<&")


def _without_subset(document: bytes) -> bytes:
    # In two steps: one pattern for both ends would look for the second from each first.
    start = _SUBSET.search(document)
    end = _SUBSET_END.search(document, start.end()) if start else None
    if start is None or end is None:
        raise ParseError("the feed's entities unfold to more than text")
    return document[: start.end() - 1] + b">" + document[end.end() :]
