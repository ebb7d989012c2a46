"""A rendered message as text for the database, and back.

Owns the JSON form of `Rendered` and of a reply's addressing, in one place for the outbox's
writers and its reader.
"""

import json
from dataclasses import dataclass

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
            "rows": [[[b.label_text, b.data, b.url] for b in row] for row in rendered.rows],
            "preview": rendered.preview_url,
            "large": rendered.large_preview,
            "edit": payload.edit_message_id,
            "reply_to": payload.reply_to_message_id,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def payload_from(text: str) -> Payload:
    """The payload that `payload_text` wrote; raises ValueError or KeyError for other text."""
    found = json.loads(text)
    rows = tuple(tuple(Button(*button) for button in row) for row in found["rows"])
    rendered = Rendered(found["text"], rows, found["preview"], found["large"])
    return Payload(rendered, found["edit"], found["reply_to"])
