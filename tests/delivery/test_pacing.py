"""The pacer keeps Telegram's limits by its own clock, and no more than that."""

import itertools
import random

import pytest

from bot.delivery.pacing import GROUP_LIMIT, JITTER_SECONDS, Pacer, is_group


def sent_in(pacer: Pacer, seconds: float, chats: int, kind: str = "private") -> list[float]:
    """When messages leave that wait all the time, to so many chats in turn."""
    now, times, turn = pacer.started, [], 0
    while now < pacer.started + seconds:
        chat = turn % chats
        wait = max(pacer.wait_for_all(now), pacer.wait_for_chat(chat, kind, now))
        if wait > 0:
            now += wait
            continue
        pacer.take(chat, kind, now)
        times.append(now)
        turn += 1
    return times


def most_within(times: list[float], window: float) -> int:
    return max(sum(1 for t in times if start <= t < start + window) for start in times)


def test_thirty_a_second_is_reached_and_never_passed() -> None:
    """The whole bot sends 30 in any second, and over 99 % of what is allowed."""
    times = sent_in(Pacer(30, started=100.0), 61, chats=10_000)
    assert most_within(times, 0.999) <= 30
    assert len(times) >= 0.99 * 30 * 60


def test_late_timers_are_made_up_for_without_passing_the_limit() -> None:
    """Timers that wake up to 20 ms late cost less than 1 % of the rate."""
    late = random.Random(7)
    pacer, now = Pacer(30, started=0.0), 0.0
    times: list[float] = []
    while now < 60:
        now += pacer.wait_for_all(now)
        now += late.random() * 0.02
        pacer.take(len(times), "private", now)
        times.append(now)
    assert most_within(times, 0.999) <= 30
    assert len(times) >= 0.98 * 30 * 60


def test_a_start_has_no_allowance_saved_up() -> None:
    """No chat is written to in the first second, for it may just have been; then all is even."""
    times = sent_in(Pacer(30, started=0.0), 2.0, chats=100)
    assert times[0] >= 1.0
    assert most_within(times, 0.1) <= 7


def test_a_chat_gets_one_a_second() -> None:
    """One chat alone is written to once a second."""
    times = sent_in(Pacer(30, started=0.0), 10, chats=1)
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert min(gaps) >= 1.0
    assert max(gaps) <= 1.0 + 2 * JITTER_SECONDS


def test_a_group_gets_twenty_a_minute() -> None:
    """A group never sees 21 in a minute, right after a start neither."""
    times = sent_in(Pacer(30, started=0.0), 300, chats=1, kind="supergroup")
    assert most_within(times, 60.0) <= GROUP_LIMIT
    assert len(times) >= 90
    assert sum(1 for t in times if t < 10) <= 5


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("group", True), ("supergroup", True), ("channel", False), ("private", False)],
)
def test_only_groups_have_the_limit_of_groups(kind: str, expected: bool) -> None:
    """Channels count as chats."""
    assert is_group(kind) is expected


def test_a_refusal_holds_its_own_chat_only() -> None:
    """A chat's 429 leaves the other chats alone."""
    pacer = Pacer(30, started=0.0)
    assert pacer.refused(1, 30, now=10.0) is False
    assert pacer.wait_for_chat(1, "private", 10.0) == pytest.approx(30)
    assert pacer.wait_for_chat(2, "private", 10.0) == 0
    assert pacer.wait_for_all(10.0) == 0


def test_refusals_of_three_chats_at_once_hold_the_whole_bot() -> None:
    """A 429 that three chats meet within two seconds is the bot's own limit."""
    pacer = Pacer(30, started=0.0)
    held = [pacer.refused(chat, 5, now=10.0 + chat / 10) for chat in (1, 2, 3)]
    assert held == [False, False, True]
    assert pacer.wait_for_all(10.3) == pytest.approx(5)


def test_refusals_far_apart_hold_nobody_else() -> None:
    """Three chats refused over ten seconds are three chats' limits."""
    pacer = Pacer(30, started=0.0)
    assert not any(pacer.refused(chat, 1, now=10.0 + 5 * chat) for chat in (1, 2, 3))


def test_the_same_chat_refused_thrice_is_no_storm() -> None:
    """Refusals of one chat, however many, stay that chat's."""
    pacer = Pacer(30, started=0.0)
    assert not any(pacer.refused(1, 1, now=10.0) for _ in range(5))


def test_idle_chats_are_forgotten_and_held_ones_are_not() -> None:
    """Memory follows the traffic; what still restrains is kept."""
    pacer = Pacer(1000, started=0.0)
    for chat in range(500):
        pacer.take(chat, "supergroup", 1.0)
    pacer.refused(7, 500, now=1.0)
    pacer.forget_idle(now=100.0)
    assert pacer.wait_for_chat(7, "supergroup", 100.0) == pytest.approx(401)
    assert len(pacer._chat_ready) == 1
    assert not pacer._groups


def test_a_storm_slows_the_bot_and_quiet_brings_its_rate_back() -> None:
    """Three quarters after each storm, a tenth at least; a tenth more every ten quiet seconds."""
    pacer = Pacer(30, started=0.0)
    for chat in (1, 2, 3):
        pacer.refused(chat, 1, now=10.0)
    assert pacer.rate == 22.5
    for turn in range(50):
        for chat in (1, 2, 3):
            pacer.refused(chat, 1, now=20.0 + turn * 5)
    assert pacer.rate == pytest.approx(3)
    now = 300.0
    while pacer.rate < 30 and now < 3000:
        now += max(pacer.wait_for_all(now), 1.0)
        pacer.take(int(now * 10), "private", now)
    assert pacer.rate == 30
    assert now < 700


def test_a_slowed_bot_keeps_its_lower_rate() -> None:
    """The window of a second follows the rate."""
    pacer = Pacer(30, started=0.0)
    for chat in (1, 2, 3):
        pacer.refused(chat, 0, now=0.0)
    times = sent_in(pacer, 9, chats=10_000)
    assert most_within(times, 0.999) <= 23


def test_what_only_adds_leaves_half_of_a_groups_allowance() -> None:
    """An edit with a chart counts like a message there."""
    pacer = Pacer(30, 0.0)
    for n in range(9):
        pacer.take(-5, "supergroup", 100.0 + n)
    assert pacer.wait_for_extra(-5, "supergroup", 110.0) == 0
    pacer.take(-5, "supergroup", 110.0)
    assert 49 < pacer.wait_for_extra(-5, "supergroup", 111.0) < 50
    assert pacer.wait_for_extra(-5, "supergroup", 161.0) == 0
    assert pacer.wait_for_extra(-6, "supergroup", 111.0) == 0
    assert pacer.wait_for_extra(7, "private", 111.0) == 0


def test_a_refused_edit_holds_up_no_message() -> None:
    """Only what adds to earlier messages waits, everywhere."""
    pacer = Pacer(30, 0.0)
    pacer.hold_extras(130.0)
    assert pacer.wait_for_extra(7, "private", 100.0) == 30
    assert pacer.wait_for_chat(7, "private", 100.0) == pacer.wait_for_all(100.0) == 0


def test_a_free_call_takes_the_bots_slot_and_leaves_the_chat_free() -> None:
    """An alert that follows an edit in its chat does not wait for it."""
    pacer = Pacer(1, 0.0)
    pacer.take_slot(100.0)
    assert pacer.wait_for_all(100.0) > 0
    assert pacer.wait_for_chat(7, "private", 100.0) == 0
