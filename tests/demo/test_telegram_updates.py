"""The queue of updates that wait for the bot."""

from __future__ import annotations

from bot.demo.telegram_updates import FIRST_UPDATE_ID, UpdateQueue


def filled(count: int) -> UpdateQueue:
    queue = UpdateQueue()
    for number in range(count):
        queue.add("message", {"message_id": number})
    return queue


def ids(queue: UpdateQueue) -> list[int]:
    return [update["update_id"] - FIRST_UPDATE_ID for update in queue.oldest(100)]


def test_updates_stay_until_their_offset_is_passed() -> None:
    queue = filled(3)
    assert ids(queue) == ids(queue) == [0, 1, 2]
    queue.confirm(FIRST_UPDATE_ID + 2)
    assert ids(queue) == [2]


def test_a_negative_offset_forgets_all_but_the_newest() -> None:
    queue = filled(5)
    queue.confirm(-2)
    assert ids(queue) == [3, 4]
    queue.drop()
    queue.add("message", {})
    assert ids(queue) == [5], "numbers are never given again"


def test_a_limit_is_kept_between_1_and_100() -> None:
    queue = filled(150)
    assert [len(queue.oldest(limit)) for limit in (0, 7, 1000)] == [1, 7, 100]


def test_only_asked_for_kinds_are_kept() -> None:
    queue = UpdateQueue()
    queue.add("chat_member", {})
    queue.add("message", {})
    queue.allow(["chat_member"])
    queue.add("message", {})
    queue.add("chat_member", {})
    assert [list(update)[1] for update in queue.oldest(9)] == ["message", "chat_member"]
    assert queue.allowed == ["chat_member"]
