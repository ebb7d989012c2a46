"""Which pages of candles are asked for, and what of one is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.markets import Market
from bot.prices.pages import (
    REACHES,
    PageWish,
    following,
    is_other_market,
    page_to_put,
    page_wishes,
)

NOW = datetime(2026, 3, 14, 12, 30, 20, tzinfo=UTC)
BITCOIN = Market("bitcoin")
MINUTE, HOUR, DAY = (frame.length for frame in Timeframe)


def all_opened(frame: Timeframe, until: datetime = NOW) -> list[datetime]:
    """Every candle of the reach that has ended by `until`."""
    length = frame.length
    last = opened_at(until, length)
    return [last - n * length for n in range(REACHES[frame] // length + 1, 0, -1)]


FULL = {frame: all_opened(frame) for frame in Timeframe}
MINUTES = FULL[Timeframe.MINUTE]


def spans(wishes: list[PageWish]) -> list[tuple[str, datetime, datetime]]:
    return [(wish.timeframe.value, wish.since, wish.until) for wish in wishes]


def test_what_is_whole_is_not_asked_for() -> None:
    assert page_wishes(BITCOIN, MINUTES, FULL, None, NOW) == []


def test_a_market_without_candles_is_asked_for_as_far_as_each_length_is_kept() -> None:
    """The candles that go on among them."""
    found = spans(page_wishes(BITCOIN, [], {}, None, NOW))
    assert [frame for frame, _, _ in found] == ["1m", "1h", "1d"]
    for (_, since, until), frame in zip(found, Timeframe, strict=True):
        assert since == opened_at(NOW - REACHES[frame], frame.length)
        assert until == opened_at(NOW, frame.length) + frame.length


def test_an_hour_that_ended_without_a_volume_is_asked_for() -> None:
    """Ticks built it; the minutes of it are missing theirs as well."""
    whole = {
        Timeframe.MINUTE: [at for at in MINUTES if at < NOW - HOUR - MINUTE],
        Timeframe.HOUR: FULL[Timeframe.HOUR][:-1],
        Timeframe.DAY: FULL[Timeframe.DAY],
    }
    found = spans(page_wishes(BITCOIN, MINUTES, whole, NOW - HOUR, NOW))
    minute = opened_at(NOW, MINUTE)
    hour = opened_at(NOW, HOUR)
    assert found == [("1m", minute - HOUR, minute), ("1h", hour - HOUR, hour)]


def test_a_silence_asks_for_what_goes_on_too() -> None:
    """Ticks of an hour that began before the silence know less than the exchange does."""
    gone = NOW - timedelta(minutes=10)
    heard = [at for at in MINUTES if not gone < at < NOW - timedelta(minutes=2)]
    whole = {**FULL, Timeframe.MINUTE: heard}
    found = spans(page_wishes(BITCOIN, heard, whole, gone, NOW))
    assert [frame for frame, _, _ in found] == ["1m", "1h", "1d"]
    hour, day = opened_at(NOW, HOUR), opened_at(NOW, DAY)
    assert found[1:] == [("1h", hour, hour + HOUR), ("1d", day, day + DAY)]


def test_minutes_without_a_trade_are_no_hole_and_those_near_each_other_are_one() -> None:
    quiet = [at for n, at in enumerate(MINUTES) if n % 3 == 0 or n > len(MINUTES) - 5]
    assert page_wishes(BITCOIN, MINUTES, {**FULL, Timeframe.MINUTE: quiet}, None, NOW) == []
    at = MINUTES[1000]
    holes = (at, at + timedelta(minutes=20), at + timedelta(hours=20))
    torn = [one for one in MINUTES if not any(h <= one < h + 10 * MINUTE for h in holes)]
    found = page_wishes(BITCOIN, MINUTES, {**FULL, Timeframe.MINUTE: torn}, None, NOW)
    assert spans(found) == [
        ("1m", at, at + timedelta(minutes=30)),
        ("1m", at + timedelta(hours=20), at + timedelta(hours=20, minutes=10)),
    ]


def candle(at: datetime, price: int, volume: int | None = 1) -> Candle:
    exact = Decimal(price)
    return Candle(at, exact, exact, exact, exact, None if volume is None else Decimal(volume))


def test_pages_go_back_until_the_hole_is_filled() -> None:
    """The newest page of each length comes before older ones of any."""
    since = opened_at(NOW, HOUR) - 25 * HOUR
    wish = PageWish(BITCOIN, Timeframe.HOUR, since, since + 25 * HOUR)
    starts, ranks = [], []
    asked: PageWish | None = wish
    while asked is not None:
        starts.append((asked.until - asked.start(10)) // HOUR)
        ranks.append(asked.rank)
        asked = following(asked, [candle(asked.start(10), 1)], 10)
    assert (starts, ranks) == ([10, 10, 5], [1, 4, 7])
    assert wish.shown == "1h until 2026-03-14T12:00Z"


@pytest.mark.parametrize(("frame", "goes_on"), [("1m", True), ("1h", False), ("1d", False)])
def test_an_empty_page_ends_hours_and_days(frame: str, *, goes_on: bool) -> None:
    length = Timeframe(frame).length
    wish = PageWish(BITCOIN, Timeframe(frame), NOW - 100 * length, NOW)
    assert (following(wish, [], 10) is not None) is goes_on


def test_a_page_adds_what_is_missing_and_mends_what_ticks_built() -> None:
    """What is the same already is not stored again."""
    hour = opened_at(NOW, HOUR)
    stored = {
        hour - HOUR: Candle(hour - HOUR, Decimal(5), Decimal(9), Decimal(4), Decimal(6)),
        hour - 2 * HOUR: candle(hour - 2 * HOUR, 7),
    }
    got = [
        candle(hour - 3 * HOUR, 7),
        candle(hour - 2 * HOUR, 7),
        Candle(hour - HOUR, Decimal(5), Decimal(8), Decimal(3), Decimal(7), Decimal(50)),
    ]
    added, mended = page_to_put(got, stored, Timeframe.HOUR, NOW)
    assert added == got[0]
    assert mended == Candle(hour - HOUR, *(Decimal(n) for n in (5, 9, 3, 7, 50)))
    (goes_on,) = page_to_put([candle(hour, 7)], {}, Timeframe.HOUR, NOW)
    assert goes_on == candle(hour, 7, None), "its volume is not that of the hour"


@pytest.mark.parametrize(
    ("closes", "other"),
    [([], False), ([119], False), ([121], True), ([2, 3], True), ([2, 100], False)],
)
def test_candles_far_off_all_that_was_seen_are_of_another_market(
    closes: list[int], *, other: bool
) -> None:
    hours = [NOW - n * HOUR for n in range(len(closes) + 1)]
    stored = {at: candle(at, 100) for at in hours[: len(closes)]}
    got = [candle(at, price) for at, price in zip(hours, [*closes, 7], strict=True)]
    assert is_other_market(got, stored) is other
