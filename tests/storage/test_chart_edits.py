"""Which messages of fired alerts get a chart, and that each gets one at most."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.charts import fired_line
from bot.domain.chats import ChatState
from bot.domain.markets import Market
from bot.domain.outbox import Claimed, Fold, MessageState, Method, Pictures, Priority, Result
from storage.chart_edits import CHART_LIFE, is_on_its_way, plan_charts, wanted_charts
from storage.chats import set_chat_state
from storage.folding import fold_owed
from storage.outbox import candidates, record_results
from storage.owing import owe_firings
from storage.pictures import add_picture
from storage.schema import notifications
from storage.settings import set_pictures

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Transaction
    from tests.storage.conftest import Given

BITCOIN = Market("bitcoin")


async def _fired(database: Database, given: Given, now: datetime, chat_id: int = 1) -> int:
    """Fire an alert of a chat; its message is owed. Gives the destination."""
    here = await given.destination(chat_id)
    firing = await given.firing(await given.alert(here))
    async with database.writing() as tx:
        await owe_firings(tx, [firing], now)
    return here


async def _send(tx: Transaction, now: datetime) -> list[Claimed]:
    """All that waits counts as sent, with 500 and the message's own id as Telegram's."""
    due = await candidates(tx, now, 20, {})
    results = [Result(m.id, MessageState.SENT, "", 500 + m.id) for m in due]
    await record_results(tx, results, now)
    return due


async def test_the_message_of_a_fired_alert_gets_one_chart(
    database: Database, given: Given, now: datetime
) -> None:
    """As an edit of that message, behind all news, which ends two minutes after the firing."""
    await _fired(database, given, now)
    async with database.writing() as tx:
        assert await wanted_charts(tx, now, 10) == [], "its text has not left"
        (alert,) = await _send(tx, now)
        (wanted,) = await wanted_charts(tx, now, 10)
        line = Decimal(100)
        assert wanted.fired == fired_line(BITCOIN, "price", line, line, now)
        picture_id = await add_picture(tx, b"png", now)
        assert not await is_on_its_way(tx, picture_id)
        assert await plan_charts(tx, [wanted.notification_id], picture_id, now) == 1
        assert await plan_charts(tx, [wanted.notification_id], picture_id, now) == 0
        assert await is_on_its_way(tx, picture_id)
        assert await wanted_charts(tx, now, 10) == []
        (edit,) = await _send(tx, now)
        assert not await is_on_its_way(tx, picture_id)
        assert await wanted_charts(tx, now, 10) == [], "it has had its chart"
    assert (edit.method, edit.picture_id, edit.is_extra) == (Method.EDIT, picture_id, True)
    assert (edit.subject, edit.subject_id) == (alert.subject, alert.subject_id)
    assert edit.edit_message_id == 500 + alert.id
    assert edit.priority is Priority.DIGEST
    assert edit.expires_at == now + CHART_LIFE


async def test_what_an_alert_was_told_as_stays_when_its_chart_fails(
    database: Database, given: Given, now: datetime
) -> None:
    """The notification belongs to the text: an edit that ends badly changes nothing of it."""
    await _fired(database, given, now)
    async with database.writing() as tx:
        (alert,) = await _send(tx, now)
        (wanted,) = await wanted_charts(tx, now, 10)
        await plan_charts(tx, [wanted.notification_id], await add_picture(tx, b"png", now), now)
        (edit,) = await candidates(tx, now, 10, {})
        await record_results(tx, [Result(edit.id, MessageState.FAILED, "no")], now)
        told = await tx.execute(
            sa.select(notifications.c.state, notifications.c.telegram_message_id)
        )
        assert [tuple(row) for row in told] == [("sent", 500 + alert.id)]
        assert await wanted_charts(tx, now, 10) == [], "it is not tried again"


@pytest.mark.parametrize("case", ["pictures off", "gone", "late"])
async def test_who_gets_no_chart(
    database: Database, given: Given, now: datetime, case: str
) -> None:
    """A chat without pictures, one that is gone, and everybody two minutes after the firing."""
    here = await _fired(database, given, now)
    await _fired(database, given, now, chat_id=2)
    at = now + CHART_LIFE if case == "late" else now
    async with database.writing() as tx:
        await _send(tx, now)
        if case == "pictures off":
            await set_pictures(tx, here, Pictures.OFF)
        if case == "gone":
            await set_chat_state(tx, 1, ChatState.GONE, "blocked", now)
        wanted = await wanted_charts(tx, at, 10)
        assert len(wanted) == (0 if case == "late" else 1)
        assert len(await wanted_charts(tx, at - timedelta(seconds=1), 10)) >= 1


async def test_alerts_in_a_digest_get_no_chart(
    database: Database, given: Given, now: datetime
) -> None:
    here = await given.destination()
    ids = [await given.firing(await given.alert(here, level)) for level in ("100", "101")]
    async with database.writing() as tx:
        await owe_firings(tx, ids, now)
        owed = tuple(await tx.scalars(sa.select(notifications.c.id)))
        fold = Fold(here, owed, now)
        await fold_owed(tx, Priority.ALERT, [fold], now, now + timedelta(hours=1))
        await _send(tx, now)
        assert await wanted_charts(tx, now, 10) == []


async def test_no_more_are_looked_at_than_there_is_room_for(
    database: Database, given: Given, now: datetime
) -> None:
    for chat_id in (1, 2, 3):
        await _fired(database, given, now, chat_id)
    async with database.writing() as tx:
        await _send(tx, now)
        both = await wanted_charts(tx, now, 2)
        assert [one.notification_id for one in both] == [1, 2]
        assert len({one.fired for one in both}) == 1, "they share a chart"
