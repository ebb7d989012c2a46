"""What an operator typed behind /broadcast: whom for, the message, its buttons.

Pure. Owns the reading of `to:private lang:de topic:BTC active:30d`, of `[Label](https://…)`
lines at the end, and the limits of a message. Everything that cannot be sent as it stands
raises ArgumentError with the reason.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.chat.arguments import read_topics, shown
from bot.chat.fitting import MESSAGE_LIMIT, RAW_BYTES, utf16_length
from bot.chat.links import is_web_address
from bot.chat.markup import looks_like_html, visible_text
from bot.chat.message_html import Written
from bot.domain.assets import Assets
from bot.domain.audiences import EVERYBODY, Audience
from bot.domain.chats import ChatKind
from bot.domain.errors import ArgumentError
from bot.domain.outbox import CAPTION_LIMIT, Button
from bot.domain.topics import Topic

MAX_BUTTONS = 12
_LONGEST_LABEL = 64
_MOST_DAYS = 3650

_KEYS = ("to", "lang", "topic", "active")
# Other words for the same: whoever types one means a condition, not a text.
_LIKE_KEYS = ("kind", "chats", "language", "topics", "seen", *_KEYS)
_QUOTED = r"[\"“”„‟«»″][^\"“”„‟«»″\n]*[\"“”„‟«»″]"
_CONDITION = re.compile(
    rf"\s*(?P<typed>(?P<key>[A-Za-z]+):(?!//)(?P<value>(?:{_QUOTED}|[^\s\"“”„‟«»″])*))(?=\s|$)"
)
# Full-width forms are read as their plain likenesses; positions stay the same.
_PLAIN_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KINDS = {
    "all": (),
    "private": (ChatKind.PRIVATE,),
    "group": (ChatKind.GROUP, ChatKind.SUPERGROUP),
    "groups": (ChatKind.GROUP, ChatKind.SUPERGROUP),
    "channel": (ChatKind.CHANNEL,),
    "channels": (ChatKind.CHANNEL,),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
_SPAN = re.compile(r"([1-9][0-9]{0,3})([dw])")

_BUTTON = re.compile(r"\[(?P<label>[^\]\n]*)\]\((?P<url>[^\n]*?)\)(?=\s*(?:\[|$))")

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A broadcast as it was typed: for whom, and what is left of the text behind that."""

    audience: Audience
    rest: Written


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that can be sent: Telegram HTML, a picture's file id, rows of url buttons."""

    text_html: str
    photo: str | None = None
    rows: Rows = ()


def read_audience(written: Written, assets: Assets, sources: Mapping[str, str]) -> Asked:
    """The conditions that a text begins with, each at most once, and what follows them.

    Values stand behind a colon, several with commas between them. Raises ArgumentError:
    `broadcast.…`, and what `read_topics` raises.
    """
    text = written.text.translate(_PLAIN_FORMS)
    values: dict[str, str] = {}
    position = 0
    while (found := _CONDITION.match(text, position)) is not None:
        key = found["key"].lower()
        if key not in _KEYS:
            if found["value"]:
                _refuse_likeness(key, found["typed"])
            break
        if key in values:
            raise ArgumentError("broadcast.condition_twice", key=key)
        if not found["value"].strip(","):
            raise ArgumentError("broadcast.condition_empty", key=key)
        values[key] = found["value"]
        position = found.end()
    audience = Audience(
        _kinds(values["to"]) if "to" in values else (),
        _languages(values["lang"]) if "lang" in values else (),
        _topics(values["topic"], assets, sources) if "topic" in values else (),
        _active_within(values["active"]) if "active" in values else None,
    )
    return Asked(audience if values else EVERYBODY, written.part(position))


def _refuse_likeness(key: str, typed: str) -> None:
    """A misspelt condition must not go to everybody as the first word of the text."""
    if key in _LIKE_KEYS or difflib.get_close_matches(key, _LIKE_KEYS, n=1, cutoff=0.7):
        raise ArgumentError("broadcast.condition_unknown", typed=shown(typed))


def _words(value: str) -> list[str]:
    return [word for word in value.casefold().split(",") if word]


def _kinds(value: str) -> tuple[ChatKind, ...]:
    found: list[ChatKind] = []
    for word in _words(value):
        if word not in _KINDS:
            raise ArgumentError("broadcast.kind_unknown", typed=shown(word))
        if not _KINDS[word]:
            return ()
        found += _KINDS[word]
    return tuple(dict.fromkeys(found))


def _languages(value: str) -> tuple[str, ...]:
    for word in _words(value):
        if _LANGUAGE.fullmatch(word) is None:
            raise ArgumentError("broadcast.language_unreadable", typed=shown(word))
    return tuple(dict.fromkeys(_words(value)))


def _topics(value: str, assets: Assets, sources: Mapping[str, str]) -> tuple[Topic, ...]:
    return tuple(read.topic for read in read_topics(value, assets, sources))


def _active_within(value: str) -> timedelta:
    found = _SPAN.fullmatch(value.casefold())
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    if not 0 < days <= _MOST_DAYS:
        raise ArgumentError("broadcast.span_unreadable", typed=shown(value))
    return timedelta(days=days)


def split_buttons(written: Written) -> tuple[Written, Rows]:
    """A text without the lines of buttons at its end, and the buttons, a row for each line.

    Raises ArgumentError: `broadcast.button_…`.
    """
    lines = written.text.splitlines(keepends=True)
    rows: list[tuple[Button, ...]] = []
    # Blank lines, and lines that hold nothing but buttons.
    while lines and not _BUTTON.sub("", line := lines[-1].strip()).strip():
        if row := tuple(_button(found) for found in _BUTTON.finditer(line)):
            rows.insert(0, row)
        lines.pop()
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise ArgumentError("broadcast.button_many", limit=str(MAX_BUTTONS))
    return written.part(0, sum(map(len, lines))), tuple(rows)


def _button(found: re.Match[str]) -> Button:
    label, url = found["label"].strip(), found["url"].strip()
    if not label or utf16_length(label) > _LONGEST_LABEL:
        raise ArgumentError(
            "broadcast.button_label", typed=shown(found[0]), limit=str(_LONGEST_LABEL)
        )
    if not is_web_address(url):
        raise ArgumentError("broadcast.button_url", typed=shown(url), label=label)
    return Button(label, url=url)


def checked_draft(written: Written, photo: str | None, rows: Rows) -> Draft:
    """A message as it goes out.

    What the person formatted goes out so; in a text without formatting, tags that they typed
    count. Raises ArgumentError: `markup.…` for tags that Telegram refuses, `broadcast.none`
    without a word or picture, `broadcast.too_long`, `broadcast.caption_too_long`.
    """
    is_html = not written.is_formatted and looks_like_html(written.text)
    html = written.text if is_html else written.html
    visible = visible_text(html).strip()
    if not visible and photo is None:
        raise ArgumentError("broadcast.none")
    length = utf16_length(visible)
    limit = MESSAGE_LIMIT if photo is None else CAPTION_LIMIT
    if length > limit or len(html.encode("utf-8", "replace")) > RAW_BYTES:
        text_id = "broadcast.too_long" if photo is None else "broadcast.caption_too_long"
        raise ArgumentError(text_id, length=f"{length:,}", limit=f"{limit:,}")
    return Draft(html, photo, rows)
