"""Requests for the past that wait: their order, and what failing does to it."""

from __future__ import annotations

from bot.domain.markets import Market
from bot.prices.histories import Asking, Filled
from bot.prices.waiting import MOST_FAILURES, Waiting

BITCOIN, ETHER = Market("bitcoin"), Market("ethereum")
IN_EUR = Market("bitcoin", "EUR")


def asking(market: Market, rank: int = 0) -> Asking:
    async def fill() -> Filled:
        return Filled(0)

    return Asking(market, rank, "a day", fill)


def test_requests_go_by_rank_then_our_own_currency_each_once() -> None:
    waiting = Waiting("USD")
    for _ in range(2):
        waiting.add(asking(market, rank) for market in (ETHER, IN_EUR, BITCOIN) for rank in (9, 1))
    assert [(one.rank, one.market) for one in waiting] == [
        (rank, market) for rank in (1, 9) for market in (BITCOIN, ETHER, IN_EUR)
    ]


def test_one_that_failed_stands_behind_the_others_and_waits() -> None:
    """Also where it is found missing anew meanwhile."""
    waiting = Waiting("USD")
    waiting.add([asking(BITCOIN), asking(ETHER, 5)])
    assert waiting.due(0) == asking(BITCOIN)
    assert waiting.put_off(asking(BITCOIN), 0)
    waiting.add([asking(BITCOIN)])
    assert waiting.due(0) == asking(ETHER, 5)
    assert waiting.due(60) == asking(ETHER, 5)
    waiting.drop(asking(ETHER, 5))
    assert waiting.due(59) is None
    assert waiting.due(60) == asking(BITCOIN)


def test_it_waits_longer_each_time_and_no_longer_than_an_hour_until_it_is_given_up() -> None:
    waiting = Waiting("USD")
    waiting.add([asking(BITCOIN)])
    waits = []
    for _ in range(MOST_FAILURES - 1):
        assert waiting.put_off(asking(BITCOIN), 0)
        waits.append(next(s for s in range(0, 9000, 60) if waiting.due(s)))
    assert waits == [60, 120, 240, 480, 960, 1920, 3600]
    assert not waiting.put_off(asking(BITCOIN), 0)
    assert list(waiting) == []


def test_fewer_failures_can_be_allowed() -> None:
    waiting = Waiting("USD")
    waiting.add([asking(BITCOIN)])
    assert waiting.put_off(asking(BITCOIN), 0, most=2)
    assert not waiting.put_off(asking(BITCOIN), 60, most=2)


def test_what_nobody_watches_any_more_waits_no_longer() -> None:
    """When it is watched again it begins anew."""
    waiting = Waiting("USD")
    waiting.add([asking(BITCOIN), asking(ETHER)])
    waiting.put_off(asking(BITCOIN), 0)
    waiting.keep_only({ETHER})
    assert [one.market for one in waiting] == [ETHER]
    waiting.add([asking(BITCOIN)])
    assert waiting.due(0) == asking(BITCOIN)
