"""What stands where on a chart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.candles import Candle
from bot.domain.charts import AskedChart, ChartSpan, Crossing
from bot.domain.markets import Market
from bot.prices.chart_layout import (
    Bar,
    Picture,
    Ring,
    laid_out,
    price_text,
    price_ticks,
    shown_range,
    time_ticks,
)

NOW = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def walk(length: timedelta, count: int, *, volume: str | None = None) -> list[Candle]:
    """Candles up to now, each a little above the one before."""
    found = []
    for n in range(count):
        price = Decimal(100 + n)
        at = NOW - length * (count - 1 - n)
        known = None if volume is None else Decimal(volume)
        found.append(Candle(at, price, price + 2, price - 2, price + 1, known))
    return found


def picture(span: ChartSpan, candles: list[Candle], **asked: object) -> Picture:
    found = laid_out(AskedChart(Market("bitcoin"), "BTC", span, **asked), candles, NOW)  # type: ignore[arg-type]  # by name
    assert found is not None
    return found


def test_the_bars_cover_the_span_up_to_now() -> None:
    found = picture(ChartSpan.HOUR, walk(MINUTE, 200, volume="3"))
    assert len(found.bars) == 60
    assert found.bars[0].at == 0
    assert found.bars[-1].at == found.seconds - found.bar_seconds == 59 * 60
    assert {bar.volume for bar in found.bars} == {3}
    assert (found.title, found.span_text) == ("BTC/USD", "1h")


def test_the_head_tells_the_last_price_and_the_change_over_the_span() -> None:
    risen = picture(ChartSpan.HOUR, walk(MINUTE, 60))
    assert (risen.price_text, risen.change_text, risen.is_up) == ("160.00", "+60.00 %", True)
    falling = [
        Candle(c.open_at, 300 - c.open, 302 - c.open, 298 - c.open, 299 - c.open)
        for c in walk(MINUTE, 60)
    ]
    fallen = picture(ChartSpan.HOUR, falling)
    assert (fallen.change_text, fallen.is_up) == ("\u221230.00 %", False)


@pytest.mark.parametrize(("known", "is_told"), [(60, True), (55, True), (54, False), (2, False)])
def test_no_change_is_told_over_a_span_that_is_known_in_part(known: int, is_told: bool) -> None:
    """A day's head over the change of an hour would contradict the market."""
    found = picture(ChartSpan.HOUR, walk(MINUTE, known))
    assert bool(found.change_text) is is_told


def test_shorter_candles_are_merged_into_bars() -> None:
    found = picture(ChartSpan.DAY, walk(MINUTE, 24 * 60, volume="1"))
    assert len(found.bars) == 96
    assert found.bars[5].volume == 15


def test_a_bar_opens_where_its_neighbour_closed() -> None:
    """A price a minute would otherwise be a row of dashes."""
    flat = [Candle(c.open_at, c.open, c.open, c.open, c.open) for c in walk(MINUTE, 10)]
    del flat[5]
    bars = picture(ChartSpan.HOUR, flat).bars
    assert [bar.close - bar.open for bar in bars] == [0, 1, 1, 1, 1, 0, 1, 1, 1]
    assert all(bar.low <= bar.open <= bar.close <= bar.high for bar in bars)


@pytest.mark.parametrize("candles", [[], walk(MINUTE, 200)[:100]])
def test_without_candles_of_its_time_there_is_no_picture(candles: list[Candle]) -> None:
    asked = AskedChart(Market("bitcoin"), "BTC", ChartSpan.HOUR)
    assert laid_out(asked, candles, NOW) is None


def test_lines_near_the_prices_are_shown_with_their_figures() -> None:
    levels = tuple(Decimal(level) for level in ("170.5", "95", "100000", "170.5"))
    found = picture(ChartSpan.HOUR, walk(MINUTE, 60), lines=levels)
    assert [(mark.at, mark.text) for mark in found.lines] == [(95, "95"), (170.5, "170.5")]
    assert found.low < 95
    assert found.high > 170.5


def test_a_level_that_was_computed_is_written_as_a_price() -> None:
    """Five percent over a price has more digits than anybody would set."""
    levels = (Decimal("165.123456789"), Decimal("120.0005"))
    found = picture(ChartSpan.HOUR, walk(MINUTE, 60), lines=levels)
    assert [mark.text for mark in found.lines] == ["120.0005", "165.12"]


@pytest.mark.parametrize(
    ("minutes_ago", "price", "ring"),
    [
        (5, "130", Ring(54 * 60, 130)),
        (60, "130", None),  # before the picture's left edge
        (5, "300", None),  # above its prices
    ],
)
def test_where_an_alert_fired_is_ringed(minutes_ago: int, price: str, ring: Ring | None) -> None:
    crossing = Crossing(NOW - minutes_ago * MINUTE, Decimal(price))
    assert picture(ChartSpan.HOUR, walk(MINUTE, 60), crossing=crossing).ring == ring


@pytest.mark.parametrize(("count", "is_drawn"), [(19, False), (20, True)])
def test_a_chart_may_ask_for_candles_enough(count: int, is_drawn: bool) -> None:
    asked = AskedChart(Market("bitcoin"), "BTC", ChartSpan.HOUR, fewest_bars=20)
    assert (laid_out(asked, walk(MINUTE, count), NOW) is not None) is is_drawn


def test_stories_are_numbered_in_their_order_and_left_out_beyond_the_span() -> None:
    times = (NOW - 5 * MINUTE, NOW - 3 * timedelta(hours=1), NOW - 30 * MINUTE)
    found = picture(ChartSpan.HOUR, walk(MINUTE, 60), stories=times)
    assert [(mark.at, mark.text) for mark in found.stories] == [(54 * 60, "1"), (29 * 60, "3")]


def test_prices_that_stand_still_have_a_range() -> None:
    low, high = shown_range([Bar(0, 5, 5, 5, 5, None)], [])
    assert low < 5 < high


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (101_000, 126_000, ["105,000", "110,000", "115,000", "120,000", "125,000"]),
        (0.994, 1.006, ["0.994", "0.996", "0.998", "1.000", "1.002", "1.004", "1.006"]),
        (0.0000121, 0.0000137, ["0.00001225", "0.00001250", "0.00001275", "0.00001300",
                                "0.00001325", "0.00001350"]),
        (1.1e9, 2.4e9, ["1.2B", "1.4B", "1.6B", "1.8B", "2B", "2.2B", "2.4B"]),
    ],
)  # fmt: skip
def test_round_prices_stand_along_the_axis(low: float, high: float, words: list[str]) -> None:
    assert [mark.text for mark in price_ticks(low, high)] == words


@given(st.floats(1e-9, 1e9), st.floats(1e-4, 10))
def test_prices_along_the_axis_are_few_within_it_and_told_apart(low: float, share: float) -> None:
    high = low * (1 + share)
    found = price_ticks(low, high)
    assert 2 <= len(found) <= 9
    assert len({mark.text for mark in found}) == len(found)
    slack = (high - low) * 1e-6
    assert all(low - slack <= mark.at <= high + slack for mark in found)


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ("97412.31", "97,412"),
        ("3241.5", "3,241.50"),
        ("141.62", "141.62"),
        ("1.0001", "1.0001"),
        ("0.14315", "0.14315"),
        ("0.00001234", "0.000012340"),
    ],
)
def test_a_price_is_written_with_about_five_figures(price: str, text: str) -> None:
    assert price_text(Decimal(price)) == text


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (ChartSpan.HOUR, ["11:45", "12:00", "12:15", "12:30"]),
        (ChartSpan.DAY, ["18:00", "00:00", "06:00", "12:00"]),
        (ChartSpan.WEEK, ["Sun 8", "Mon 9", "Tue 10", "Wed 11", "Thu 12", "Fri 13", "Sat 14"]),
        (ChartSpan.MONTH, ["16 Feb", "23 Feb", "2 Mar", "9 Mar"]),
        (ChartSpan.YEAR, ["May", "Jul", "Sep", "Nov", "2026", "Mar"]),
    ],
)
def test_round_times_stand_along_the_bottom(span: ChartSpan, words: list[str]) -> None:
    since = NOW - span.length + MINUTE
    found = time_ticks(span, since, span.length.total_seconds())
    assert [mark.text for mark in found] == words
