"""A picture of a chart with nothing on it but its candles, which tests put more on."""

from __future__ import annotations

from dataclasses import replace

from bot.prices.chart_layout import Bar, Mark, Picture

BARS = tuple(
    Bar(n * 60, 100 + n % 7, 104 + n % 5 + n % 7, 96 + n % 3, 101 + n % 4, 5 + n % 9)
    for n in range(60)
)
PLAIN = Picture(
    title="BTC/USD",
    span_text="1h",
    price_text="101.00",
    change_text="+1.00 %",
    is_up=True,
    is_dark=True,
    seconds=3600,
    bar_seconds=60,
    low=80,
    high=120,
    last=Mark(101, "101.00"),
    bars=tuple(replace(bar, volume=None) for bar in BARS),
    price_ticks=(Mark(90, "90"), Mark(101, "101"), Mark(110, "110")),
    time_ticks=(Mark(900, "12:00"), Mark(1800, "12:15")),
    lines=(),
    stories=(),
)
