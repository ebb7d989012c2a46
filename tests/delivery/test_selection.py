"""What goes now, what waits, and what is over."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery.pacing import Pacer
from bot.delivery.selection import is_paced, lower_share, selected
from bot.domain.outbox import Method, Priority, Subject

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def test_one_message_goes_to_each_chat_and_the_next_ones_a_second_apart(claimed: Any) -> None:
    """A chat's queue is put off by a second a message, so that it blocks nobody."""
    due = [claimed(id=n, telegram_chat_id=1) for n in range(4)] + [claimed(id=9)]
    found = selected(due, Pacer(30, 0.0), 10, NOW, monotonic=50.0)
    assert [message.id for message in found.send] == [0, 9]
    assert found.later == {n: NOW + timedelta(seconds=n) for n in (1, 2, 3)}


def test_what_is_beyond_the_limit_is_left_as_it_is(claimed: Any) -> None:
    """No more is taken than asked for, and nothing is put off for it."""
    due = [claimed(id=n, telegram_chat_id=n) for n in range(5)]
    found = selected(due, Pacer(30, 0.0), 2, NOW, monotonic=50.0)
    assert [message.id for message in found.send] == [0, 1]
    assert found.later == {}


def test_a_chat_that_was_just_written_to_waits(claimed: Any) -> None:
    """The chat's second must pass first."""
    pacer = Pacer(30, 0.0)
    pacer.take(100, "private", 50.0)
    found = selected([claimed()], pacer, 10, NOW, monotonic=50.5)
    assert found.send == []
    assert NOW < found.later[1] < NOW + timedelta(seconds=1)


def test_an_edit_in_a_private_chat_is_free(claimed: Any) -> None:
    """Edits count in groups only."""
    pacer = Pacer(30, 0.0)
    pacer.take(100, "private", 50.0)
    edit = claimed(method=Method.EDIT)
    assert selected([edit], pacer, 10, NOW, monotonic=50.1).send == [edit]
    assert not is_paced(edit)
    assert is_paced(claimed(method=Method.EDIT, chat_kind="group"))


def test_what_has_expired_is_over(claimed: Any) -> None:
    """An expired message is neither sent nor put off."""
    found = selected([claimed(expires_at=NOW)], Pacer(30, 0.0), 10, NOW, monotonic=50.0)
    assert [over.kind for over in found.over] == ["expired"]
    assert (found.send, found.later) == ([], {})


def test_a_lower_priority_has_its_share_while_higher_ones_flood(claimed: Any) -> None:
    """Of sixteen messages one is each lower priority's, as long as it waits."""
    alerts = [claimed(id=n, telegram_chat_id=n, priority=Priority.ALERT) for n in range(100, 200)]
    news = [claimed(id=n, telegram_chat_id=n, priority=Priority.NEWS) for n in range(3)]
    broadcasts = [
        claimed(id=n, telegram_chat_id=n, priority=Priority.BROADCAST) for n in range(10, 14)
    ]
    due = alerts + news + broadcasts
    chosen = [m.priority for m in selected(due, Pacer(30, 0.0), 16, NOW, monotonic=50.0).send]
    assert chosen == [Priority.ALERT] * 14 + [Priority.NEWS, Priority.BROADCAST]


def test_without_lower_ones_nothing_is_kept_free(claimed: Any) -> None:
    """The share is of who waits; alone, the highest priority has all of it."""
    due = [claimed(id=n, telegram_chat_id=n, priority=Priority.ALERT) for n in range(50)]
    assert len(selected(due, Pacer(30, 0.0), 15, NOW, monotonic=50.0).send) == 15


def test_the_share_is_one_in_sixteen_and_one_at_least() -> None:
    """So that a small window has a place for everybody too."""
    assert [lower_share(limit) for limit in (1, 15, 16, 32, 256)] == [1, 1, 1, 2, 16]


def test_what_only_adds_waits_while_edits_are_refused_and_messages_go(claimed: Any) -> None:
    """The chat's next message does not stand behind it either."""
    pacer = Pacer(30, 0.0)
    pacer.hold_extras(60.0)
    edit = {"method": Method.EDIT, "subject": Subject.FIRING}
    extras = [claimed(id=1, **edit), claimed(id=2, chat_kind="supergroup", **edit)]
    alert = claimed(id=3, chat_kind="supergroup", priority=Priority.ALERT)
    found = selected([*extras, alert], pacer, 10, NOW, monotonic=50.0)
    assert found.send == [alert]
    assert found.later == {n: NOW + timedelta(seconds=10) for n in (1, 2)}
    assert len(selected(extras, pacer, 10, NOW, monotonic=60.0).send) == 2
