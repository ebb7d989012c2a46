"""A broadcast on its whole way: previewed, refused by Telegram, queued, reported, restarted."""

from typing import Any

DEAD = {"file_id": "AgACAgIAAxkBAAdead", "file_unique_id": "x", "width": 640, "height": 480}


def _people(stage: Any, count: int) -> list[int]:
    people = [stage.server.world.add_user(f"P{n}", started=True) for n in range(count)]
    for person in people:
        stage.server.world.say(person.id, person.id, "/help")
    return [person.id for person in people]


async def _question(stage: Any, after: int) -> Any:
    def found() -> Any:
        later = stage.server.sent[after:]
        return next((s for s in later if "Above is how it will look" in s.text), None)

    await stage.until(lambda: found() is not None)
    return found()


async def test_a_dead_picture_is_refused_in_the_preview(stage: Any) -> None:
    """Only Telegram knows that it is gone: its answer replaces the question, and nobody gets it."""
    async with stage.bot():
        people = _people(stage, 2)
        await stage.until(lambda: len(stage.server.sent) == 2)
        message = stage.server.world.send_file(stage.alice.id, stage.alice.id, {}, "/broadcast Hi")
        del message["document"]
        message["photo"] = [DEAD]
        question = await _question(stage, 2)
        await stage.until(lambda: bool(stage.texts("can\u2019t be sent")))
    refusal = next(s for s in stage.server.sent if "can\u2019t be sent" in s.text)
    assert (refusal.method, refusal.message_id) == ("editMessageText", question.message_id)
    assert "does not take the picture" in refusal.text
    assert [s for s in stage.server.sent[2:] if s.chat_id in people] == []


async def test_a_paused_broadcast_outlives_the_bot_and_the_next_one_waits_for_it(
    stage: Any,
) -> None:
    """Both are there after a restart, and the second begins by itself when the first has ended."""
    async with stage.bot():
        people = _people(stage, 2)
        await stage.until(lambda: len(stage.server.sent) == 2)
        stage.say("/broadcast One")
        first = await _question(stage, 2)
        stage.press(first, "Send")
        before = len(stage.server.sent)
        await stage.until(lambda: bool(stage.texts("Broadcast under way")))
        stage.server.world.press(first.chat_id, first.message_id, stage.alice.id, "1:bc_pause:1:0")
        await stage.until(lambda: len(stage.server.sent) > before)
        stage.say("/broadcast Two")
        second = await _question(stage, before)
        stage.press(second, "Send")
        await stage.until(lambda: bool(stage.texts("queued") or stage.texts("Broadcast done")))
    async with stage.bot():
        stage.server.world.press(first.chat_id, first.message_id, stage.alice.id, "1:bc_resume:1:0")
        await stage.until(lambda: len(stage.texts("Broadcast done")) >= 2)
    for person in people:
        texts = [s.text for s in stage.server.sent if s.chat_id == person]
        assert texts[1:] == ["One", "Two"]
