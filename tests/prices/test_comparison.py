"""Prices of several providers side by side: who is off, since when, and who agrees again."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.markets import Market, Tick
from bot.prices.comparison import Comparison

BITCOIN = Market("bitcoin")


def tick(provider: str, price: int, at: datetime, market: Market = BITCOIN) -> Tick:
    return Tick(market, Decimal(price), provider, at, at)


def test_one_is_off_once_it_has_disagreed_for_three_minutes(now: datetime) -> None:
    compared = Comparison("gecko")
    found = []
    for minute, price in ((0, 100), (2, 110), (4, 110), (5, 110), (6, 101), (8, 110)):
        at = now + timedelta(minutes=minute)
        compared.note([tick("x", price, at), tick("gecko", 100, at)])
        judged = compared.judge(BITCOIN, at, minute * 60.0)
        found.append((sorted(judged.off), sorted(judged.agreeing)))
    both = ["gecko", "x"]
    assert found == [
        ([], both),
        ([], ["gecko"]),
        ([], ["gecko"]),
        (["x"], ["gecko"]),
        ([], both),
        ([], ["gecko"]),
    ]


def test_a_crash_that_one_provider_sees_later_makes_nobody_off(now: datetime) -> None:
    """The fast one is at the new price first; two minutes later the other is there too."""
    compared = Comparison("gecko")
    compared.note([tick("x", 100, now), tick("gecko", 100, now)])
    compared.judge(BITCOIN, now, 0)
    for minute, slow in ((2, 100), (4, 80), (6, 80)):
        at = now + timedelta(minutes=minute)
        compared.note([tick("x", 80, at), tick("gecko", slow, at - timedelta(minutes=1))])
        assert compared.judge(BITCOIN, at, minute * 60.0).off == frozenset()


def test_one_price_alone_and_old_ones_judge_nobody(now: datetime) -> None:
    compared = Comparison("gecko")
    compared.note([tick("x", 100, now), tick("gecko", 500, now - timedelta(minutes=4))])
    judged = compared.judge(BITCOIN, now, 0)
    assert (judged.off, judged.agreeing) == (frozenset(), frozenset())
    assert judged.prices == {"x": Decimal(100)}


def test_a_disagreement_counts_anew_after_a_silence_of_the_others(now: datetime) -> None:
    """For an hour nobody could tell whether the two agreed."""
    compared = Comparison("gecko")
    compared.note([tick("x", 100, now), tick("gecko", 100, now)])
    compared.judge(BITCOIN, now, 0)
    found = []
    for minute, told in ((2, True), (3, True), (30, False), (62, True), (64, True), (65, True)):
        at = now + timedelta(minutes=minute)
        compared.note([tick("x", 110, at), *([tick("gecko", 100, at)] if told else [])])
        found.append((minute, sorted(compared.judge(BITCOIN, at, minute * 60.0).off)))
    assert found == [(2, []), (3, []), (30, []), (62, []), (64, []), (65, ["x"])]


def test_a_check_without_the_other_in_between_does_not_spare_who_is_off(now: datetime) -> None:
    """The other's price is sometimes a little too old to be compared."""
    compared = Comparison("gecko")
    compared.note([tick("x", 100, now), tick("gecko", 100, now)])
    compared.judge(BITCOIN, now, 0)
    for minute, age in ((1, 0), (2, 4), (3, 0), (4, 0)):
        at = now + timedelta(minutes=minute)
        compared.note([tick("x", 110, at), tick("gecko", 100, at - timedelta(minutes=age))])
        judged = compared.judge(BITCOIN, at, minute * 60.0)
    assert judged.off == {"x"}


def test_what_nobody_watches_is_forgotten(now: datetime) -> None:
    compared = Comparison("gecko")
    other = Market("ethereum")
    compared.note([tick("x", 1, now), tick("y", 2, now), tick("y", 3, now, other)])
    assert [one.provider for one in compared.others(tick("x", 1, now))] == ["y"]
    compared.judge(BITCOIN, now, 0)
    compared.keep_only({other})
    assert compared.others(tick("x", 1, now)) == []
    assert len(compared.others(tick("x", 1, now, other))) == 1
