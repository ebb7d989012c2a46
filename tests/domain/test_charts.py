"""What a chart shows: its span, and a fired alert's line and place."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.alerts import Direction
from bot.domain.charts import ChartSpan, asked_charts, fired_line, span_of
from bot.domain.conditions import Close, Condition, Extreme, Figure, Frame, Gauge, Move, Way
from bot.domain.markets import Market
from bot.domain.measures import measure_of

BITCOIN = Market("bitcoin")
AT = datetime(2026, 3, 14, 12, 31, 20, tzinfo=UTC)


@pytest.mark.parametrize("span", list(ChartSpan))
def test_a_span_is_shown_in_as_many_candles_as_fit_a_phone(span: ChartSpan) -> None:
    assert 60 <= span.length / span.bar <= 125
    assert span.bar % span.timeframe.length == span.bar * 0


def _move(**window: float) -> Move:
    return Move(Way.UP, Decimal("0.05"), timedelta(**window))


@pytest.mark.parametrize(
    ("condition", "span"),
    [
        (_move(minutes=5), ChartSpan.HOUR),
        (_move(hours=1), ChartSpan.HOUR),
        (_move(hours=2), ChartSpan.DAY),
        (Move(Way.EITHER, Decimal("0.05")), ChartSpan.DAY),
        (Extreme(Way.DOWN, timedelta(days=7)), ChartSpan.WEEK),
        (Extreme(Way.UP, timedelta(days=30)), ChartSpan.MONTH),
        (Extreme(Way.UP, timedelta(days=90)), ChartSpan.YEAR),
        (Extreme(Way.UP), ChartSpan.YEAR),
        (Close(Frame.HOUR, Direction.ABOVE, Decimal(5)), ChartSpan.DAY),
        (Close(Frame.WEEK, Direction.ABOVE, Decimal(5)), ChartSpan.YEAR),
        (Gauge(Figure.FUNDING, Direction.ABOVE, Decimal(5)), ChartSpan.DAY),
        (
            Gauge(Figure.LIQUIDATIONS, Direction.ABOVE, Decimal(5), timedelta(hours=1)),
            ChartSpan.DAY,
        ),
    ],
)
def test_a_fired_alert_is_shown_in_the_span_that_it_looks_at(
    condition: Condition, span: ChartSpan
) -> None:
    """The shortest that holds the window; a day where there is none."""
    assert span_of(measure_of(condition)) is span


def test_alerts_of_one_market_line_and_minute_share_a_picture() -> None:
    """However the prices that fired them differ."""
    one = fired_line(BITCOIN, "price", Decimal(95000), Decimal(95010), AT)
    same_minute = AT + timedelta(seconds=39)
    assert fired_line(BITCOIN, "price", Decimal("95000.0"), Decimal(95020), same_minute) == one
    assert one.key == "bitcoin/USD 24h 95000 2026-03-14T12:31:00+00:00"
    others = [
        fired_line(Market("bitcoin", "EUR"), "price", Decimal(95000), Decimal(95010), AT),
        fired_line(BITCOIN, "price", Decimal(95001), Decimal(95010), AT),
        fired_line(BITCOIN, "up:3600", Decimal(95000), Decimal(95010), AT),
        fired_line(BITCOIN, "price", Decimal(95000), Decimal(95010), AT + timedelta(minutes=1)),
    ]
    assert len({one.key, *(other.key for other in others)}) == 5


def test_what_is_no_price_is_no_line_on_a_chart_of_prices() -> None:
    """The ring then stands at the price of the moment."""
    fired = fired_line(BITCOIN, "funding", Decimal("0.0005"), Decimal(95010), AT)
    assert (fired.line, fired.price) == (None, Decimal(95010))
    assert {asked.lines for asked in asked_charts(fired, "BTC")} == {()}


def test_shorter_spans_are_asked_for_where_too_little_is_known_then_the_next_longer() -> None:
    """Each with a third of its candles at least, and the line with the ring on it."""
    fired = fired_line(BITCOIN, "high:604800", Decimal(95000), Decimal(95010), AT)
    asked = asked_charts(fired, "BTC")
    assert [one.span for one in asked] == [
        ChartSpan.WEEK,
        ChartSpan.DAY,
        ChartSpan.HOUR,
        ChartSpan.MONTH,
    ]
    assert [one.fewest_bars for one in asked] == [28, 32, 20, 30]
    assert {one.lines for one in asked} == {(Decimal(95000),)}
    (crossing,) = {one.crossing for one in asked}
    assert crossing is not None
    assert (crossing.price, crossing.at) == (Decimal(95000), AT.replace(second=0))


def test_a_move_within_minutes_is_shown_in_its_day_where_its_hour_is_not_known() -> None:
    """A provider that tells a price every five minutes gives an hour twelve candles."""
    fired = fired_line(BITCOIN, "up:300", None, Decimal(95010), AT)
    assert [one.span for one in asked_charts(fired, "BTC")] == [ChartSpan.HOUR, ChartSpan.DAY]
