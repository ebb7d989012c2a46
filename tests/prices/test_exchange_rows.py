"""What of an exchange's rows is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.candles import Candle, Timeframe
from bot.domain.errors import ParseError
from bot.domain.markets import Market
from bot.prices.exchange_rows import candles_from, ticks_from

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
AT = int(NOON.timestamp() * 1000)
MINUTE = 60_000


@pytest.mark.parametrize(
    ("ticker", "reason"),
    [
        (None, None),
        ("x", "no_row"),
        ({}, "price_missing"),
        ({"last": "x"}, "price_no_number"),
        ({"last": "NaN"}, "price_no_number"),
        ({"last": "Infinity"}, "price_no_number"),
        ({"last": True}, "price_no_number"),
        ({"last": "0"}, "price_not_positive"),
        ({"last": "-5"}, "price_not_positive"),
        ({"last": "1e30"}, "price_absurd"),
        ({"last": "5", "timestamp": "now"}, "time_unreadable"),
        ({"last": "5", "timestamp": 10**20}, "time_unreadable"),
        ({"last": "5", "timestamp": 4_102_444_800_000}, "time_ahead"),
    ],
)
def test_tickers_that_cannot_be_used(ticker: object, reason: str | None, now: datetime) -> None:
    given = {} if ticker is None else {"BTC/USDT": ticker}
    ticks, refused = ticks_from(given, {"BTC/USDT": Market("bitcoin")}, "x", now)
    assert ticks == []
    assert refused == ({} if reason is None else {"BTC/USDT": reason})


def test_a_ticker_without_a_time_counts_as_of_now(now: datetime) -> None:
    """And changes and bounds that make no sense are left out."""
    ticker = {"last": "5", "percentage": "-101", "high": "0", "low": None, "quoteVolume": "-1"}
    (tick,), _ = ticks_from({"A/B": ticker}, {"A/B": Market("a", "B")}, "x", now)
    assert (tick.provider_at, tick.price) == (now, Decimal(5))
    assert (tick.change_24h, tick.high_24h, tick.low_24h, tick.volume_24h) == (None,) * 4


def test_rows_become_candles_with_volumes_in_the_quote() -> None:
    """Oldest first, each span once; the last row of a span counts."""
    rows = [
        [AT, "10", "13", "9", "11", "2"],
        [AT - MINUTE, 10, 12.5, 9.5, 10, None],
        [AT, "10", "14", "9", "13", "2"],
        [AT - 2 * MINUTE, "1", "1", "1", "1"],
    ]
    found, refused = candles_from(rows, Timeframe.MINUTE, NOON)
    assert refused == {}
    older = [found[0].volume, found[1].volume]
    assert older == [None, None]
    assert [one.open_at for one in found] == [NOON - timedelta(minutes=n) for n in (2, 1, 0)]
    assert found[2] == Candle(NOON, *(Decimal(n) for n in (10, 14, 9, 13, 24)))
    assert found[1].high == Decimal("12.5")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "no_row"),
        ([], "no_row"),
        ([None, 1, 1, 1, 1, 1], "no_row"),
        (["x", 1, 1, 1, 1, 1], "time_unreadable"),
        ([10**20, 1, 1, 1, 1, 1], "time_unreadable"),
        ([AT + 1, 1, 1, 1, 1, 1], "time_odd"),
        ([AT + MINUTE, 1, 1, 1, 1, 1], "time_ahead"),
        ([AT, "NaN", 1, 1, 1, 1], "price_absurd"),
        ([AT, 1, "Infinity", 1, 1, 1], "price_absurd"),
        ([AT, 1, 1, -1, 1, 1], "price_absurd"),
        ([AT, 1, 1, 0, 1, 1], "price_absurd"),
        ([AT, 1, 1, 1, "1e40", 1], "price_absurd"),
        ([AT, True, 1, 1, 1, 1], "price_absurd"),
        ([AT, 5, 6, 4, 7, 1], "prices_disagree"),
        ([AT, 5, 6, 5.5, 6, 1], "prices_disagree"),
    ],
)
def test_rows_that_are_no_candle(row: object, reason: str) -> None:
    good = [AT - MINUTE, 1, 1, 1, 1, 1]
    found, refused = candles_from([good, row], Timeframe.MINUTE, NOON)
    assert (len(found), refused) == (1, {reason: 1})
    with pytest.raises(ParseError, match=reason):
        candles_from([row], Timeframe.MINUTE, NOON)


@pytest.mark.parametrize("volume", ["-1", "NaN", "1e30", True, "x"])
def test_a_volume_that_makes_no_sense_is_not_known(volume: object) -> None:
    (found,), _ = candles_from([[AT, 1, 1, 1, 1, volume]], Timeframe.MINUTE, NOON)
    assert found.volume is None


def test_no_candles_are_no_mistake_but_no_list_is() -> None:
    assert candles_from([], Timeframe.DAY, NOON) == ([], {})
    with pytest.raises(ParseError):
        candles_from({"rows": []}, Timeframe.DAY, NOON)


numbers = st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=9), st.booleans())


@given(st.lists(st.lists(numbers, max_size=7), max_size=5), st.dictionaries(st.text(), numbers))
def test_whatever_comes_gives_good_candles_and_ticks_or_none(
    rows: list[list[object]], ticker: dict[str, object]
) -> None:
    try:
        found, _ = candles_from(rows, Timeframe.MINUTE, NOON)
    except ParseError:
        found = []
    for one in found:
        assert Decimal(0) < one.low <= min(one.open, one.close)
        assert max(one.open, one.close) <= one.high
        assert one.open_at <= NOON
    symbols = {"A/B": Market("a", "B")}
    ticks, _ = ticks_from({"A/B": {"last": ticker.get("a"), **ticker}}, symbols, "x", NOON)
    assert all(one.price > 0 for one in ticks)
