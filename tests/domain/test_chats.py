"""Which thread a message belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chats import GENERAL_THREAD, stored_thread_id


@pytest.mark.parametrize(
    ("message_thread_id", "is_topic_message", "stored"),
    [
        (None, None, 0),
        (None, True, 0),
        (7, True, 7),
        (7, None, 0),  # a reply in an ordinary group
        (7, False, 0),
        (GENERAL_THREAD, True, 0),
        (GENERAL_THREAD, None, 0),
        (0, True, 0),
        (2**40, True, 2**40),
    ],
)
def test_only_a_forums_thread_is_stored(
    message_thread_id: int | None, is_topic_message: bool | None, stored: int
) -> None:
    assert stored_thread_id(message_thread_id, is_topic_message) == stored


@given(st.none() | st.integers(0, 2**53), st.none() | st.booleans())
def test_a_stored_thread_stays_what_it_is(
    message_thread_id: int | None, is_topic_message: bool | None
) -> None:
    """What is stored and sent again to Telegram is read back as the same; 1 never is."""
    stored = stored_thread_id(message_thread_id, is_topic_message)
    assert stored != GENERAL_THREAD
    assert stored_thread_id(stored, True) == stored
