"""What buttons say to the bot, and the rows they stand in.

Pure. Owns the form of callback data, `<version>:<action>:<int>:<int>`, within Telegram's 64
bytes. Whatever else arrives was forged or is older than this version; actions are never given
another meaning, for old buttons stay in chats for years.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.outbox import Button

VERSION = 1
_LONGEST_LABEL = 40
_DATA = re.compile(r"([0-9]{1,3}):([a-z_]{1,20}):(-?[0-9]{1,18}):(-?[0-9]{1,18})", re.ASCII)


class Action(StrEnum):
    """What a button does; the numbers behind it are in the comment."""

    FOLLOW = "follow"  # preset topic
    TOPICS = "topics"
    SUGGEST = "suggest"  # preset asset
    LEVEL = "level"  # preset asset, level: above when positive, below when negative
    SHOW_LIST = "list"
    LIST_PAGE = "list_page"  # page
    DROP_TOPIC = "drop_topic"  # subscription, page
    DROP_ALERT = "drop_alert"  # alert, page
    TOPICS_PAGE = "topics_page"  # page of /unsubscribe
    LEAVE_TOPIC = "leave_topic"  # subscription, page of /unsubscribe
    SHOW_ALERTS = "alerts"
    ALERTS_PAGE = "alerts_page"  # page
    END_ALERT = "end_alert"  # alert, page of /alerts
    UNDO_ALERT = "undo_alert"  # alert
    STOP_ALERT = "stop_alert"  # alert
    AGAIN = "again"  # alert
    SET_OFFER = "offer"  # offered alert
    PICK_ASSET = "pick"  # offered alert, 1 when a level of it may be in thousands
    PRICE_OF = "price"  # number of the asset
    WHY_OF = "why"  # number of the asset
    NEWS_OF = "news_of"  # number of the asset
    FOLLOW_COIN = "follow_coin"  # number of the asset, 1 when narrowed to what is important
    LEAVE_COIN = "leave_coin"  # number of the asset
    ALERT_CARD = "card"  # alert, page of /alerts
    ALERT_SNOOZE = "snooze"  # alert, hours
    ALERT_WAKE = "wake"  # alert
    ALERT_REPEAT = "repeat"  # alert
    ALERT_FLIP = "flip"  # alert
    ALERT_SHIFT = "shift"  # alert, percent of its level
    CHART = "chart"  # number of the asset, twice the span's place and one more when light
    STORY_PRICE = "story_price"  # story, article that was shown
    STORY_LEVEL = "story_level"  # story, number of the level
    MUTE = "mute"  # story, number of the topic
    MUTE_TOPIC = "mute_topic"  # topic
    MUTE_WEEK = "mute_week"  # topic
    UNMUTE = "unmute"  # topic
    UNMUTE_LISTED = "list_unmute"  # topic, page
    PICTURES = "pictures"  # 0 large, 1 small, 2 off
    NEWS_PAGE = "news"  # topic (0: everything), page
    FORGET = "forget"  # 1 yes, 0 no
    BROADCAST_SEND = "bc_send"  # broadcast
    BROADCAST_DISCARD = "bc_discard"  # broadcast
    BROADCAST_PAUSE = "bc_pause"  # broadcast
    BROADCAST_RESUME = "bc_resume"  # broadcast
    BROADCAST_CANCEL = "bc_cancel"  # broadcast
    SOURCES_PAGE = "sources"  # page
    SOURCE_ADD = "src_add"  # source, number of its address
    SOURCE_DISCARD = "src_discard"  # source, number of its address


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: its action and two numbers, 0 where it has fewer."""

    action: Action
    first: int = 0
    second: int = 0


def press_data(press: Press) -> str:
    """The callback data of a button; `pressed` gives an equal press back."""
    return f"{VERSION}:{press.action.value}:{press.first}:{press.second}"


def pressed(data: str) -> Press | None:
    """The press that callback data stands for, or None for data that this version never wrote."""
    found = _DATA.fullmatch(data)
    if found is None or int(found[1]) != VERSION or found[2] not in set(Action):
        return None
    return Press(Action(found[2]), int(found[3]), int(found[4]))


def button(label_text: str, action: Action, first: int = 0, second: int = 0) -> Button:
    """A button that sends a press; a long label is shortened."""
    if len(label_text) > _LONGEST_LABEL:
        label_text = label_text[: _LONGEST_LABEL - 1].rstrip() + "…"
    return Button(label_text, press_data(Press(action, first, second)))


def number_of(*parts: str) -> int:
    """A number that stands for a value in callback data, the same for the same value.

    Whoever reads it looks for the value among those that it can be: an index would mean another
    one once there are more of them.
    """
    return zlib.crc32("\x1f".join(parts).encode("utf-8", "replace"))


def rows_of(buttons: Sequence[Button], width: int) -> tuple[tuple[Button, ...], ...]:
    """Buttons in rows of at most `width`."""
    return tuple(tuple(buttons[i : i + width]) for i in range(0, len(buttons), width))
