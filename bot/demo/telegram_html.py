"""Telegram's HTML mode, read as strictly as its servers read it.

Owns the parse from HTML to text and entities, with the servers' own error texts. Positions in
errors are UTF-8 byte offsets into the HTML as sent; offsets and lengths of entities are UTF-16
code units. The rules are those of TDLib's `parse_html`; what happens to entities afterwards
(trimming, overlaps, links found in plain text) belongs to `telegram_entities`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.demo.telegram_links import LinkError, checked_link, linked_user_id

if TYPE_CHECKING:
    from bot.demo.telegram_errors import Json

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_OTHER_TAGS = {"a", "pre", "code", "blockquote", "tg-emoji", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-fA-F]*)|([0-9]*))|([a-zA-Z]*))")
_SPECIAL = re.compile(r"[<&]")
_SPACE = " \t\r\n\v\0"
_TAG_NAME_END = re.compile(r"[ \t\r\n\v>]")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\r\n\v=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_MAX_REFERENCE = 10  # characters of a numeric reference, without its semicolon: fewer than this
_LAST_CODE_POINT = 0x10FFFF
_END = "\0"


class HtmlError(ValueError):
    """HTML that Telegram refuses; the text is what follows `can't parse entities: `."""


@dataclass(slots=True)
class _Open:
    """A start tag that waits for its end."""

    tag: str
    attributes: dict[str, str]
    offset: int
    begin: int


@dataclass(slots=True)
class _Parser:
    html: str
    pos: int = 0
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    size: int = 0
    has_surrogates: bool = False
    stack: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def parse(self) -> None:
        """Read the whole text; raises HtmlError with Telegram's words."""
        while match := _SPECIAL.search(self.html, self.pos):
            self.append(self.html[self.pos : match.start()])
            self.pos = match.start()
            if match[0] == "&":
                self.reference()
            elif self.at(self.pos + 1) == "/":
                self.end_tag()
            else:
                self.start_tag()
        self.append(self.html[self.pos :])
        if self.stack:
            tag = self.stack[-1].tag
            raise HtmlError(f'Can\'t find end tag corresponding to start tag "{tag}"')
        if self.has_surrogates:
            raise HtmlError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )

    def at(self, pos: int) -> str:
        """The character at a position; a NUL behind the end, as Telegram's own parser sees it."""
        return self.html[pos] if pos < len(self.html) else _END

    def append(self, text: str) -> None:
        """Take text as it is shown, and count it."""
        if text:
            self.pieces.append(text)
            self.length += utf16_length(text)
            self.size += len(text)

    def fail(self, message: str, pos: int) -> HtmlError:
        """The error of a fault at a position, which Telegram tells in bytes."""
        return HtmlError(f"{message} at byte offset {utf8_length(self.html[:pos])}")

    def reference(self) -> None:
        """Read a character reference; what is none stays as it is written."""
        decoded = decoded_reference(self.html, self.pos)
        if decoded is None:
            self.append("&")
            self.pos += 1
            return
        text, self.pos = decoded
        self.has_surrogates |= "\ud800" <= text <= "\udfff"
        self.append(text)

    def start_tag(self) -> None:
        """Read a start tag and keep it open."""
        begin = self.pos
        end = _TAG_NAME_END.search(self.html, begin + 1)
        if end is None:
            raise self.fail("Unclosed start tag", begin)
        tag = self.html[begin + 1 : end.start()].lower()
        if tag not in _TYPES and tag not in _OTHER_TAGS:
            raise self.fail(f'Unsupported start tag "{tag}"', begin)
        self.pos = end.start()
        attributes = self.attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.fail('Tag "span" must have class "tg-spoiler"', begin)
        self.stack.append(_Open(tag, attributes, self.length, self.size))

    def attributes(self, tag: str, begin: int) -> dict[str, str]:
        """Read a start tag's attributes to its end, by name; empty where one has no value."""
        found: dict[str, str] = {}
        while True:
            self.skip_spaces()
            if self.at(self.pos) == ">":
                self.pos += 1
                return found
            match = _ATTRIBUTE_NAME.match(self.html, self.pos)
            name = match[0] if match else ""
            if not name:
                raise self.fail(f'Empty attribute name in the tag "{tag}"', begin)
            self.pos += len(name)
            self.skip_spaces()
            if self.pos >= len(self.html):
                raise self.fail(f'Unclosed start tag "{tag}"', begin)
            found[name] = self.attribute_value(tag, begin) if self.at(self.pos) == "=" else ""

    def attribute_value(self, tag: str, begin: int) -> str:
        """Read an attribute's value, in quotes or bare."""
        self.pos += 1
        self.skip_spaces()
        if self.pos >= len(self.html):
            raise self.fail(f'Unclosed start tag "{tag}"', begin)
        quote = self.at(self.pos)
        value = self.quoted(quote) if quote in {"'", '"'} else self.name_token()
        if self.pos >= len(self.html):
            raise self.fail("Unclosed start tag", begin)
        return value

    def quoted(self, quote: str) -> str:
        """Read what stands up to the closing quote, its references decoded."""
        self.pos += 1
        pieces: list[str] = []
        while self.pos < len(self.html) and (char := self.html[self.pos]) != quote:
            decoded = decoded_reference(self.html, self.pos) if char == "&" else None
            text, self.pos = decoded or (char, self.pos + 1)
            pieces.append(text)
        self.pos += 1 if self.pos < len(self.html) else 0
        return "".join(pieces)

    def name_token(self) -> str:
        """Read a bare value, in lower case as Telegram takes it."""
        begin = self.pos
        match = _NAME_TOKEN.match(self.html, begin)
        token = match[0] if match else ""
        self.pos += len(token)
        if self.at(self.pos) not in _SPACE + ">":
            raise self.fail("Unexpected end of name token", begin)
        return token.lower()

    def skip_spaces(self) -> None:
        """Go on to the next character that is no space."""
        while self.pos < len(self.html) and self.html[self.pos] in _SPACE:
            self.pos += 1

    def end_tag(self) -> None:
        """Read an end tag and close what it ends."""
        begin = self.pos
        if not self.stack:
            raise self.fail("Unexpected end tag", begin)
        end = _TAG_NAME_END.search(self.html, begin + 1)
        self.pos = end.start() if end else len(self.html)
        tag = self.html[begin + 2 : self.pos].lower()
        self.skip_spaces()
        if self.at(self.pos) != ">":
            raise self.fail("Unclosed end tag", begin)
        self.pos += 1
        expected = self.stack[-1].tag
        if tag and tag != expected:
            message = f"Unmatched end tag at byte offset {utf8_length(self.html[:begin])}"
            raise HtmlError(f'{message}, expected "</{expected}>", found "</{tag}>"')
        self.close(self.stack.pop())

    def close(self, opened: _Open) -> None:
        """Note the entity of a tag that ended, if it makes one."""
        length = self.length - opened.offset
        if length == 0:
            return  # Telegram drops empty entities without a word
        entity: Json = {"type": "", "offset": opened.offset, "length": length}
        if opened.tag in _TYPES:
            entity["type"] = _TYPES[opened.tag]
        elif opened.tag == "a":
            self.close_link(entity, opened)
        elif opened.tag in {"pre", "code"}:
            self.close_code(entity, opened)
        else:
            entity.update(_special_entity(opened))
        if entity["type"]:
            self.entities.append(entity)

    def close_link(self, entity: Json, opened: _Open) -> None:
        """Make the entity of a link: a mention, a link, or none where its address is not valid."""
        url = opened.attributes.get("href", "") or "".join(self.pieces)[opened.begin :]
        if user_id := linked_user_id(url):
            entity.update(type="text_mention", user_id=user_id)
            return
        try:
            entity.update(url=checked_link(url))
        except LinkError:
            return  # the text stays, the link is dropped
        entity["type"] = "text_link"

    def close_code(self, entity: Json, opened: _Open) -> None:
        """Make the entity of code; `pre` and `code` around the same text are one."""
        inner = self.entities[-1] if self.entities else {}
        is_same = (inner.get("offset"), inner.get("length")) == (opened.offset, entity["length"])
        language = _language(opened) if opened.tag == "code" else inner.get("code_language", "")
        other = "pre" if opened.tag == "code" else "code"
        if is_same and language and inner["type"] == other:
            # <pre><code class="language-x"> in either order is one entity with a language
            inner.update(type="pre", language=language)
            inner.pop("code_language", None)
            return
        entity["type"] = opened.tag
        if opened.tag == "code" and language:
            entity["code_language"] = language


def parse_html(html: str) -> tuple[str, list[Json]]:
    """The text and the entities that Telegram reads from HTML, entities in order of position.

    Entities are Bot API objects, except that a mention by link carries `user_id` in place of
    `user`. Raises HtmlError.
    """
    parser = _Parser(html.replace("\0", " "))
    parser.parse()
    for entity in parser.entities:
        entity.pop("code_language", None)
    parser.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(parser.pieces), parser.entities


def decoded_reference(html: str, pos: int) -> tuple[str, int] | None:
    """The character that the reference at `pos` stands for and where it ends, or None.

    Known are lt, gt, amp, quot and numbers; anything else stays as written.
    """
    match = _REFERENCE.match(html, pos)
    if match is None:
        return None
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        text = _NAMED.get(name)
    else:
        digits = hexadecimal if hexadecimal is not None else decimal
        is_short = len(match[0]) < _MAX_REFERENCE
        code = int(digits, 16 if hexadecimal is not None else 10) if digits and is_short else 0
        text = chr(code) if 0 < code < _LAST_CODE_POINT else None
    if text is None:
        return None
    end = match.end()
    return text, end + (html[end : end + 1] == ";")


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units of a text, the unit of every entity's offset."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_length(text: str) -> int:
    """The number of UTF-8 bytes of a text."""
    return len(text.encode("utf-8", "surrogatepass"))


def _language(opened: _Open) -> str:
    css_class = opened.attributes.get("class", "")
    return css_class.removeprefix("language-") if css_class.startswith("language-") else ""


def _special_entity(opened: _Open) -> Json:
    if opened.tag == "blockquote":
        is_expandable = "expandable" in opened.attributes
        return {"type": "expandable_blockquote" if is_expandable else "blockquote"}
    if opened.tag == "tg-emoji":
        emoji_id = opened.attributes.get("emoji-id", "")
        if not (emoji_id.isascii() and emoji_id.isdigit() and int(emoji_id)):
            raise HtmlError("Invalid custom emoji identifier specified")
        return {"type": "custom_emoji", "custom_emoji_id": emoji_id}
    unix_time = opened.attributes.get("unix", "")
    if not (unix_time.isascii() and unix_time.isdigit()):
        raise HtmlError("Invalid Unix time specified")
    entity: Json = {"type": "date_time", "unix_time": int(unix_time)}
    if opened.attributes.get("format"):
        entity["date_time_format"] = opened.attributes["format"]
    return entity
