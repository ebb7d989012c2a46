"""A rendered message as text for the database, and back.

Owns the JSON form of `Rendered`, of buttons and of a reply's addressing, in one place for
those who write it and those who read it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.outbox import Button, Rendered


@dataclass(frozen=True, slots=True)
class Payload:
    """What a stored message carries beside its destination."""

    rendered: Rendered
    edit_message_id: int | None = None
    reply_to_message_id: int | None = None


def payload_text(payload: Payload) -> str:
    """The JSON text of a payload; `payload_from` gives an equal payload back."""
    rendered = payload.rendered
    return json.dumps(
        {
            "text": rendered.text_html,
            "rows": _plain_rows(rendered.rows),
            "preview": rendered.preview_url,
            "large": rendered.large_preview,
            "photo": rendered.photo,
            "exact": rendered.exact,
            "picture": rendered.picture_id,
            "edit": payload.edit_message_id,
            "reply_to": payload.reply_to_message_id,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def payload_from(text: str) -> Payload:
    """The payload that `payload_text` wrote; raises ValueError or KeyError for other text."""
    found = json.loads(text)
    rendered = Rendered(
        found["text"],
        _rows_of(found["rows"]),
        found["preview"],
        found["large"],
        found["photo"],
        # Not there in what a version before 0.2 left waiting.
        found.get("exact", False),
        found.get("picture"),
    )
    return Payload(rendered, found["edit"], found["reply_to"])


def rows_text(rows: Sequence[Sequence[Button]]) -> str:
    """The JSON text of rows of buttons; `rows_from` gives equal rows back."""
    return json.dumps(_plain_rows(rows), ensure_ascii=False, separators=(",", ":"))


def rows_from(text: str) -> tuple[tuple[Button, ...], ...]:
    """The rows that `rows_text` wrote; raises ValueError or TypeError for other text."""
    return _rows_of(json.loads(text))


def _plain_rows(rows: Sequence[Sequence[Button]]) -> list[list[list[str | None]]]:
    return [[[b.label_text, b.data, b.url] for b in row] for row in rows]


def _rows_of(found: Iterable[Iterable[Iterable[Any]]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(*button) for button in row) for row in found)
