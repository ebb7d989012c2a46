"""What is owed to chats, and how it goes over the wire.

Owns the values of the outbox. A notification says what is owed and is unique; a message is
one call to Telegram that pays it: sent, retried, and marked with its result.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

CAPTION_LIMIT = 1024
"""The length of a picture's caption once it is parsed, in UTF-16 code units (the Bot API)."""
TOLD_TOGETHER = 90
"""As many as one message names; Telegram forgets markup beyond a hundred pieces a message."""


class Priority(IntEnum):
    """The order in which the outbox is drained; a smaller number goes first."""

    REPLY = 0
    ALERT = 1
    NEWS = 2
    DIGEST = 3
    BROADCAST = 4


class Subject(StrEnum):
    """What a notification tells: its `subject_id` is the id of a row of that kind.

    MOVE_STORY is a story that came after an alert it stands beside, and replies to it. A digest
    is no notification but a message that pays many; its subject's id is its own.
    """

    STORY = "story"
    FIRING = "firing"
    MOVE_STORY = "move_story"
    BROADCAST = "broadcast"
    DIGEST = "digest"


class Method(StrEnum):
    """The kinds of call that a message can be."""

    SEND = "send"
    EDIT = "edit"


class MessageState(StrEnum):
    """Where a message stands; WIRE: the intent to send is committed, its result is not."""

    WAITING = "waiting"
    WIRE = "wire"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Pictures(StrEnum):
    """How a chat wants the pictures of news: a large preview, a small one, or none."""

    LARGE = "large"
    SMALL = "small"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class View:
    """What of a chat decides how a message looks; equal views share a rendered text.

    `owed_at` is since when it is owed a story, None for all else: it shows the article that it
    was owed for. Who is owed one by the same article is so since the same time. `is_reply` says
    that the chat was told an earlier revision of the story, to which this one replies.
    """

    language: str | None = None
    pictures: Pictures = Pictures.LARGE
    owed_at: datetime | None = None
    is_reply: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: its label, and either callback data or an address."""

    label_text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready for Telegram.

    `text_html` is escaped Telegram HTML; `rows` its inline buttons; `preview_url` what the
    link preview shows (None: no preview), `large_preview` how. `photo` is the file id of a
    picture, whose caption the text then is; `picture_id` that of one of our own, uploaded when
    the message leaves, which goes without it where it is not kept any more. One that is `exact`
    is not sent in plain form when Telegram cannot read it, for it is there to show how it looks.
    """

    text_html: str
    rows: tuple[tuple[Button, ...], ...] = ()
    preview_url: str | None = None
    large_preview: bool = False
    photo: str | None = None
    exact: bool = False
    picture_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture of our own: its PNG, and Telegram's id of it once it was uploaded."""

    png: bytes
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A personal answer to be sent: rendered when it was decided, for one chat alone.

    `edit_message_id` makes it an edit of that message instead of a new one;
    `reply_to_message_id` quotes the person's message.
    """

    destination_id: int
    rendered: Rendered
    edit_message_id: int | None = None
    reply_to_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message taken for sending, with all that its call needs.

    Either `subject` with its id and revision, rendered when sent, or `payload` as
    `bot.domain.payloads` writes it. A subject's edit has `edit_message_id`; the push of a
    later revision `reply_to_message_id`, where the chat was told of an earlier one. An edit with
    `picture_id` puts that picture of our own under what the message says.
    """

    id: int
    destination_id: int
    telegram_chat_id: int
    thread_id: int
    chat_kind: str
    method: Method
    priority: Priority
    attempts: int
    created_at: datetime
    expires_at: datetime | None = None
    subject: Subject | None = None
    subject_id: int | None = None
    revision: int = 1
    payload: str | None = None
    view: View = View()
    edit_message_id: int | None = None
    reply_to_message_id: int | None = None
    picture_id: int | None = None

    @property
    def is_extra(self) -> bool:
        """Whether it only adds to a message that was sent: nothing is lost when it is left out."""
        return self.method is Method.EDIT and self.subject is not None


@dataclass(frozen=True, slots=True)
class Result:
    """How a message ended, or when it is tried again.

    With `state` WAITING the message goes back to the queue until `not_before_at`;
    `spent` tells whether the attempt counts. `photo` is Telegram's id of the picture it shows.
    """

    message_id: int
    state: MessageState
    reason: str = ""
    telegram_message_id: int | None = None
    not_before_at: datetime | None = None
    spent: bool = True
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """One notification that has not left: its id, and since when it is owed.

    `importance` is that of the story it tells, 0 for what is no story.
    """

    notification_id: int
    created_at: datetime
    importance: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a destination waits for at one priority, oldest first.

    `digest_id` is the message of a digest that waits for it already, or None.
    """

    destination_id: int
    owed: tuple[Owed, ...]
    digest_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """Notifications of a destination that go into one digest: `digest_id`, or a new one.

    Oldest first; `oldest_at` is since when the first is owed.
    """

    destination_id: int
    notification_ids: tuple[int, ...]
    oldest_at: datetime
    digest_id: int | None = None
