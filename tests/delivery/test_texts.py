"""Rendering happens once every few seconds, not once a chat."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery.texts import Texts
from bot.domain.outbox import Rendered, Subject, View
from bot.domain.payloads import Payload, payload_text


async def test_a_story_for_many_chats_is_rendered_once(claimed: Any, renderer: Any) -> None:
    """The key is subject, revision and view; the chat is not part of it."""
    texts = Texts(renderer)
    message = claimed(subject=Subject.STORY, subject_id=7)
    for chat in range(50):
        payload = await texts.payload(claimed(subject=Subject.STORY, subject_id=7, id=chat), 10.0)
        assert payload == Payload(Rendered("story 7 r1 en"))
    assert renderer.calls == 1
    await texts.payload(claimed(subject=Subject.STORY, subject_id=7, view=View("de")), 10.0)
    await texts.payload(message, 16.0)
    assert renderer.calls == 3


async def test_chats_that_are_owed_a_story_by_different_articles_are_shown_each_its_own(
    claimed: Any, renderer: Any
) -> None:
    """Those of one article share a text, however many they are."""
    texts = Texts(renderer)
    at = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    for minute in (0, 7, 0, 7):
        view = View("en", owed_at=at + timedelta(minutes=minute))
        await texts.payload(claimed(subject=Subject.STORY, subject_id=7, view=view), 10.0)
    assert renderer.calls == 2


async def test_a_subject_that_is_gone_has_no_text(claimed: Any, renderer: Any) -> None:
    """The caller drops such a message."""
    renderer.gone.add(7)
    message = claimed(subject=Subject.STORY, subject_id=7)
    assert await Texts(renderer).payload(message, 10.0) is None
    assert await Texts(renderer).payload(claimed(), 10.0) is None


async def test_a_stored_payload_needs_no_renderer(claimed: Any, renderer: Any) -> None:
    """Replies were rendered when they were decided."""
    stored = Payload(Rendered("Hi"), edit_message_id=4)
    message = claimed(payload=payload_text(stored))
    assert await Texts(renderer).payload(message, 10.0) == stored
    assert renderer.calls == 0


async def test_a_payload_nobody_wrote_is_refused(claimed: Any, renderer: Any) -> None:
    """Garbage raises, and the drain fails that one message."""
    with pytest.raises(ValueError, match="Expecting"):
        await Texts(renderer).payload(claimed(payload="{"), 10.0)


async def test_the_cache_stays_small(claimed: Any, renderer: Any) -> None:
    """Old texts make room for new ones."""
    texts = Texts(renderer)
    for n in range(1200):
        await texts.payload(claimed(subject=Subject.STORY, subject_id=n), float(n))
    assert len(texts._kept) <= 501
