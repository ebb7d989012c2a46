"""Whom a broadcast goes to.

Owns the value and its JSON form for the database. Who is in it is a query of `storage`, the
words that people type for it are `bot.chat`'s.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.chats import ChatKind
from bot.domain.topics import Topic, TopicKind


@dataclass(frozen=True, slots=True)
class Audience:
    """Chats that fit every condition; a condition left empty fits all.

    `kinds` and `languages` (BCP 47 in small letters; `de` means `de-AT` too) name what a chat
    is, `topics` what it subscribes to: one of them is enough. `active_within` is how long ago
    something was last heard from it, at most.
    """

    kinds: tuple[ChatKind, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    active_within: timedelta | None = None


EVERYBODY = Audience()


def audience_text(audience: Audience) -> str:
    """The JSON text of an audience; `audience_from` gives an equal one back."""
    within = audience.active_within
    return json.dumps(
        {
            "kinds": [kind.value for kind in audience.kinds],
            "languages": audience.languages,
            "topics": [[topic.kind.value, topic.value] for topic in audience.topics],
            "active_seconds": None if within is None else int(within.total_seconds()),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def audience_from(text: str) -> Audience:
    """The audience that `audience_text` wrote; raises ValueError or KeyError for other text."""
    found = json.loads(text)
    seconds = found["active_seconds"]
    return Audience(
        tuple(ChatKind(kind) for kind in found["kinds"]),
        tuple(found["languages"]),
        tuple(Topic(TopicKind(kind), value) for kind, value in found["topics"]),
        None if seconds is None else timedelta(seconds=seconds),
    )
