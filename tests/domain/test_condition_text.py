"""What the database keeps of conditions and memories."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.domain.alert_words import read_condition
from bot.domain.alerts import Memory
from bot.domain.condition_text import condition_kind, condition_text, memory_text, read_memory

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("> 95k", "level", "> 95000"),
        ("95,000.0", "level", "95000"),
        ("90k - 95k", "range", "90000..95000"),
        ("up 5,0 % in 60m", "move", "+5% 1h"),
        ("-5%", "move", "-5%"),
        ("5% 90m", "move", "5% 90m"),
        ("30d high", "extreme", "high 30d"),
        ("low 168h", "extreme", "low 7d"),
        ("all-time high", "extreme", "ath"),
        ("atl", "extreme", "atl"),
        ("weekly close > 3.5k", "close", "close 1w > 3500"),
    ],
)
def test_equal_conditions_have_equal_words(typed: str, kind: str, text: str) -> None:
    condition = read_condition(typed).condition
    assert (condition_kind(condition), condition_text(condition)) == (kind, text)
    assert read_condition(text).condition == condition


@pytest.mark.parametrize(
    "memory",
    [
        Memory(),
        Memory(Decimal("0.000000012345678901234567890"), AT),
        Memory(lows=((60, Decimal(1)), (120, Decimal("1.5"))), highs=((0, Decimal(2)),), since=AT),
    ],
)
def test_a_memory_is_read_as_it_was_written(memory: Memory) -> None:
    assert read_memory(memory_text(memory)) == memory
