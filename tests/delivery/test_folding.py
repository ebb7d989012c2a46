"""When what is late is folded, and what still goes alone: a table each."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.folding import LAG, RULES, Rule, fold_of, lag_of, should_fold
from bot.domain.articles import IMPORTANT
from bot.domain.outbox import Backlog, Owed, Priority

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
NEWS = next(rule for rule in RULES if rule.priority is Priority.NEWS)
ALERTS = next(rule for rule in RULES if rule.priority is Priority.ALERT)


def backlog(*minutes: float, digest_id: int | None = None) -> Backlog:
    """What is owed since so many minutes, the first with id 1."""
    owed = (Owed(i, NOW - timedelta(minutes=m)) for i, m in enumerate(minutes, 1))
    return Backlog(7, tuple(owed), digest_id)


@pytest.mark.parametrize(
    ("minutes", "folds", "reason"),
    [
        (None, False, "nothing waits"),
        (-60, False, "the oldest waits for 0 s only"),
        (0, False, "the oldest waits for 0 s only"),
        (10, False, "the oldest waits for 600 s only"),
        (10.05, True, "the oldest waits for 603 s"),
        (180, True, "the oldest waits for 10800 s"),
    ],
)
def test_folding_begins_after_ten_minutes(minutes: float | None, folds: bool, reason: str) -> None:
    """A clock that was set back makes nothing late."""
    oldest = None if minutes is None else NOW - timedelta(minutes=minutes)
    decision = should_fold(oldest, NOW)
    assert (decision.folds, decision.reason) == (folds, reason)
    assert lag_of(oldest, NOW) == timedelta(minutes=max(minutes or 0, 0))


@pytest.mark.parametrize(
    ("rule", "held", "folded"),
    [
        # Nothing is late.
        (NEWS, backlog(), None),
        (NEWS, backlog(9, 8, 7, 6), None),
        (NEWS, backlog(10, 1), None),
        # One late story in a message of many would save nothing.
        (NEWS, backlog(11), None),
        (NEWS, backlog(30, 5), None),
        # The newest goes alone while it is not late itself.
        (NEWS, backlog(30, 20), (1, 2)),
        (NEWS, backlog(30, 20, 5), (1, 2)),
        (NEWS, backlog(30, 6, 5), (1, 2)),
        (NEWS, backlog(50, 40, 30), (1, 2, 3)),
        # Ids need not follow the times.
        (NEWS, backlog(5, 30, 20), (2, 3)),
        # Where a digest waits anyway, one is enough.
        (NEWS, backlog(11, digest_id=4), (1,)),
        (NEWS, backlog(30, 5, digest_id=4), (1,)),
        (NEWS, backlog(9, 5, digest_id=4), None),
        # Five late alerts are worth a message each.
        (ALERTS, backlog(15, 14, 13, 12, 11), None),
        (ALERTS, backlog(15, 14, 13, 12, 11, 1), None),
        (ALERTS, backlog(16, 15, 14, 13, 12, 11), (1, 2, 3, 4, 5, 6)),
        (ALERTS, backlog(16, 15, 14, 13, 12, 11, 1), (1, 2, 3, 4, 5, 6)),
        (ALERTS, backlog(11, digest_id=4), (1,)),
    ],
)
def test_what_is_folded(rule: Rule, held: Backlog, folded: tuple[int, ...] | None) -> None:
    found = fold_of(held, rule, NOW)
    assert (found and found.notification_ids) == folded
    if found is not None:
        assert (found.destination_id, found.digest_id) == (7, held.digest_id)


def weighed(*owed: tuple[float, int]) -> Backlog:
    """What is owed since so many minutes, each with an importance; the first with id 1."""
    rows = (Owed(i, NOW - timedelta(minutes=m), score) for i, (m, score) in enumerate(owed, 1))
    return Backlog(7, tuple(rows))


@pytest.mark.parametrize(
    ("held", "folded"),
    [
        # Important stories keep going, the rest is folded, the newest too.
        (weighed((30, 80), (25, 20), (20, 59), (5, 30)), (2, 3, 4)),
        (weighed((30, IMPORTANT), (25, 20), (20, 30)), (2, 3)),
        # Nothing but important stories: each goes alone.
        (weighed((30, 80), (25, 70), (20, 60)), None),
        # One of little importance beside them saves nothing by being folded.
        (weighed((30, 80), (25, 20)), None),
        # After an hour nothing is news any more.
        (weighed((70, 90), (65, 80), (61, 70)), (1, 2, 3)),
        (weighed((61, 90), (59, 90), (30, 10), (20, 10)), (1, 3, 4)),
    ],
)
def test_important_stories_keep_going(held: Backlog, folded: tuple[int, ...] | None) -> None:
    found = fold_of(held, NEWS, NOW)
    assert (found and found.notification_ids) == folded


@given(
    st.sampled_from(RULES),
    st.lists(st.floats(-5, 400), max_size=40),
    st.none() | st.just(9),
)
def test_at_most_a_few_go_alone_once_a_chat_is_folded(
    rule: Rule, minutes: list[float], digest_id: int | None
) -> None:
    """All but one go into the digest, no late one stays out, and none is in it twice."""
    held = backlog(*minutes, digest_id=digest_id)
    found = fold_of(held, rule, NOW)
    late = [owed for owed in held.owed if NOW - owed.created_at > LAG]
    if found is None:
        assert len(late) < max(rule.late_at_least, 2)
        return
    ids = set(found.notification_ids)
    assert len(ids) == len(found.notification_ids)
    assert len(held.owed) - len(ids) <= 1
    assert {owed.notification_id for owed in late} <= ids
