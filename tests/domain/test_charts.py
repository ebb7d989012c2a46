"""The spans of charts."""

import pytest

from bot.domain.charts import ChartSpan


@pytest.mark.parametrize("span", list(ChartSpan))
def test_a_span_is_shown_in_as_many_candles_as_fit_a_phone(span: ChartSpan) -> None:
    assert 60 <= span.length / span.bar <= 125
    assert span.bar % span.timeframe.length == span.bar * 0
