"""Stored forms: times to the microsecond, decimals to the digit, texts of any characters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import articles, facts, markets, stories
from storage.types import DecimalText, PlainText, UtcDateTime, storable_text

if TYPE_CHECKING:
    from storage.database import Database

SQLITE, POSTGRESQL = sqlite.dialect(), postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves them untyped
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
TIMES = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=ZONES,
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)


@given(TIMES)
def test_a_time_comes_back_in_utc_to_the_microsecond(time: datetime) -> None:
    stored = UtcDateTime().process_bind_param(time, SQLITE)
    found = UtcDateTime().process_result_value(stored, SQLITE)
    assert found == time
    assert found is not None
    assert found.tzinfo is UTC
    assert UtcDateTime().process_result_value(time, POSTGRESQL) == time


@given(TIMES, TIMES)
def test_stored_times_sort_as_times_do(one: datetime, other: datetime) -> None:
    texts = [UtcDateTime().process_bind_param(time, SQLITE) for time in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)
    assert len(texts[0]) == len(texts[1]) == 26


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), SQLITE)  # noqa: DTZ001  # the point


@given(DECIMALS)
def test_a_decimal_comes_back_equal_and_has_one_text(value: Decimal) -> None:
    stored = DecimalText().process_bind_param(value, SQLITE)
    found = DecimalText().process_result_value(stored, SQLITE)
    assert found == value
    assert DecimalText().process_bind_param(found, SQLITE) == stored


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_what_is_no_number_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        DecimalText().process_bind_param(value, SQLITE)


def test_nothing_stays_nothing() -> None:
    for kind in (UtcDateTime(), DecimalText(), PlainText()):
        assert kind.process_bind_param(None, SQLITE) is None
    assert UtcDateTime().process_result_value(None, SQLITE) is None
    assert DecimalText().process_result_value(None, SQLITE) is None


@given(st.text())
def test_only_what_no_database_holds_is_replaced(text: str) -> None:
    assert storable_text(text) == text.replace("\0", "\ufffd")  # st.text has no surrogates


@given(st.text(st.characters(categories=["Cs", "L", "Cc"])))
def test_a_storable_text_can_be_encoded_and_is_as_long(text: str) -> None:
    stored = storable_text(text)
    assert len(stored.encode().decode()) == len(text)
    assert "\0" not in stored


async def test_each_kind_survives_the_database_itself(database: Database) -> None:
    time = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=timezone(timedelta(hours=5.5)))
    exact = Decimal("0.000000000000000000012345678901234567890123456789")
    text = "quote ' \ud83d and \0, \U0001f680 й"
    async with database.writing() as tx:
        await tx.execute(sa.insert(facts).values(key="text", value=text))
        row = {"asset_id": "a", "quote": "USD", "price": exact, "received_at": time}
        await tx.execute(sa.insert(markets).values(row))
    async with database.reading() as tx:
        assert (
            await tx.scalar(sa.select(facts.c.value)) == "quote ' \ufffd and \ufffd, \U0001f680 й"
        )
        found = (await tx.execute(sa.select(markets.c.price, markets.c.received_at))).one()
        assert found == (exact, time)
        assert found.received_at.tzinfo is UTC
        assert await tx.scalar(
            sa.select(markets.c.asset_id).where(
                markets.c.price == exact, markets.c.received_at == time
            )
        )


def test_every_time_and_text_of_the_schema_is_of_these_types() -> None:
    """A plain DateTime would lose zones, a plain Text would refuse what feeds contain."""
    for table in (articles, stories, *facts.metadata.sorted_tables):
        for column in table.c:
            assert type(column.type) not in {sa.DateTime, sa.Text, sa.Numeric}, column
