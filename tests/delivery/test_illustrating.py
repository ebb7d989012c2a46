"""Charts for fired alerts, over the wire: drawn once, uploaded once, and never in the way."""

import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.delivery.illustrating import Illustrating
from bot.demo.telegram_server import TelegramServer
from bot.domain.alerts import Direction, Line, started_watch
from bot.domain.assets import Asset, Assets
from bot.domain.charts import AskedChart, ChartSpan
from bot.domain.chats import ChatKind
from bot.domain.errors import ChartFailed
from bot.domain.markets import Market
from bot.domain.outbox import MessageState, Pictures, Priority, Rendered, Reply, Result
from storage.alerts import NewAlert, add_alert
from storage.chart_edits import CHART_LIFE
from storage.firings import Firing, add_firing
from storage.outbox import add_reply, candidates, lease_messages, record_results
from storage.outbox_upkeep import free_leases
from storage.owing import owe_firings
from storage.pictures import name_picture
from storage.settings import set_pictures
from tests.conftest import StandingClock

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 500)
ASSETS = Assets([Asset("bitcoin", "BTC", "Bitcoin", rank=1)])


class Drawing:
    """Draws the same for everybody and notes what it was asked; fails or knows nothing if told."""

    def __init__(self) -> None:
        self.asked: list[AskedChart] = []
        self.fails = False
        self.knows: set[ChartSpan] = set(ChartSpan)

    async def chart(self, asked: AskedChart) -> bytes | None:
        self.asked.append(asked)
        if self.fails:
            raise ChartFailed("the drawing process: TimeoutError")
        return PNG if asked.span in self.knows else None


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture
def illustrating(office: Any, drawing: Drawing) -> Illustrating:
    clock = lambda: datetime.now(UTC)  # noqa: E731  # as short as it is
    return Illustrating(office.database, drawing, ASSETS, clock, office.wakeup, 30)


async def _fire(office: Any, *chat_ids: int, level: int = 100, asset: str = "bitcoin") -> None:
    """Fire an alert of each chat by the same price, and owe it."""
    now, line, market = datetime.now(UTC), Line(Direction.ABOVE, Decimal(level)), Market(asset)
    ids: list[int] = []
    for chat_id in chat_ids:
        kind = ChatKind.SUPERGROUP if chat_id < 0 else ChatKind.PRIVATE
        here = await office.chat(chat_id, kind)
        watch = started_watch(line, Decimal(90))
        async with office.database.writing() as tx:
            new = NewAlert(here, market, line, watch, Decimal(90), None)
            alert = await add_alert(tx, new, now)
            fired = await add_firing(tx, Firing(alert, 1, Decimal(level), now, now))
            assert fired is not None
            ids.append(fired)
    async with office.database.writing() as tx:
        await owe_firings(tx, ids, now)
    office.wakeup.wake()


def _people(server: TelegramServer, count: int) -> list[int]:
    return [server.world.add_user(f"Person {n}", started=True).id for n in range(count)]


async def _count_as_sent(office: Any) -> None:
    """All that is owed counts as sent."""
    now = datetime.now(UTC)
    async with office.database.writing() as tx:
        due = await candidates(tx, now, 10, {})
        results = [Result(m.id, MessageState.SENT, "", 500 + m.id) for m in due]
        await record_results(tx, results, now)


async def test_many_chats_share_a_drawing_and_an_upload(
    office: Any, server: TelegramServer, drawing: Drawing, illustrating: Illustrating
) -> None:
    """The text goes first; one edit brings the picture to Telegram, then come all the others."""
    people = _people(server, 4)
    async with office.open():
        await _fire(office, *people)
        await server.wait_for_sent(4)
        await office.until_ended()
        assert await illustrating.run() == 1
        await office.until_ended()
        assert await illustrating.run() == 3
        assert await illustrating.run() == 0
        await office.until_ended()
    (asked,) = drawing.asked
    assert (asked.symbol, asked.lines, asked.span) == ("BTC", (Decimal(100),), ChartSpan.DAY)
    assert (server.calls("sendMessage"), server.calls("editMessageMedia")) == (4, 4)
    assert len(server.context.files.files) == 1, "one upload"
    for one in people:
        (message,) = server.world.chats[one].messages.values()
        assert message["caption"].startswith("firing ")
        assert message["show_caption_above_media"]
        assert message["photo"]


async def test_another_process_goes_on_with_what_one_has_drawn(
    office: Any, server: TelegramServer, drawing: Drawing, illustrating: Illustrating
) -> None:
    """A kill after the drawing, the plan or the upload costs at most the same edit once more."""
    await _fire(office, *_people(server, 3))
    await _count_as_sent(office)
    assert await illustrating.run() == 1
    clock = StandingClock(datetime.now(UTC))
    again = Illustrating(office.database, drawing, ASSETS, clock, office.wakeup, 30)
    assert await again.run() == 0, "the first edit waits"
    async with office.database.writing() as tx:
        (edit,) = await candidates(tx, clock(), 10, {})
        await lease_messages(tx, [edit.id], "dead", clock())
    assert await again.run() == 0, "the first edit is on the wire"
    async with office.database.writing() as tx:
        await free_leases(tx, clock(), all_owners=True)
        (same,) = await candidates(tx, clock(), 10, {})
        await record_results(tx, [Result(same.id, MessageState.SENT)], clock())
        assert same.picture_id is not None
        await name_picture(tx, same.picture_id, "AgACAgI")
    assert (same.id, same.edit_message_id) == (edit.id, edit.edit_message_id)
    assert await again.run() == 2
    clock.advance(CHART_LIFE.total_seconds())
    assert await again.run() == 0
    assert len(drawing.asked) == 1


@pytest.mark.parametrize("case", ["deleted", "blocked"])
async def test_who_cannot_get_the_picture_leaves_it_to_the_next(
    office: Any,
    server: TelegramServer,
    drawing: Drawing,
    illustrating: Illustrating,
    case: str,
) -> None:
    """The first deleted the message or blocked the bot; the second brings the picture."""
    alice, bob = _people(server, 2)
    async with office.open():
        await _fire(office, alice, bob)
        await server.wait_for_sent(2)
        await office.until_ended()
        chat = server.world.chats[alice]
        if case == "deleted":
            server.world.remove(chat, next(iter(chat.messages)))
        else:
            server.world.block(alice)
        assert await illustrating.run() == 1
        await office.until_ended()
        assert await illustrating.run() == 1
        await office.until_ended()
        assert await illustrating.run() == 0
    (message,) = server.world.chats[bob].messages.values()
    assert message["photo"]
    assert len(drawing.asked) == 1


async def test_a_refused_edit_delays_no_alert(
    office: Any, server: TelegramServer, illustrating: Illustrating
) -> None:
    """Telegram asks edits to wait for a minute; the next alert of that chat goes at once."""
    (alice,) = _people(server, 1)
    async with office.open():
        await _fire(office, alice)
        await server.wait_for_sent(1)
        await office.until_ended()
        server.fail("editMessageMedia", 429, parameters={"retry_after": 60})
        assert await illustrating.run() == 1
        await office.until(lambda: _has_refused(server))
        await _fire(office, alice, level=101)
        await server.wait_for_sent(2)
    assert [sent.method for sent in server.sent] == ["sendMessage"] * 2
    assert server.calls("editMessageMedia") == 1
    states = [row[0] for row in await office.rows()]
    assert states == ["sent", "waiting", "sent"]


async def _has_refused(server: TelegramServer) -> bool:
    return bool(server.context.refused)


async def test_behind_a_backlog_nothing_is_drawn(
    office: Any, server: TelegramServer, drawing: Drawing
) -> None:
    """With more messages waiting than ten seconds carry, the alerts stay texts."""
    (alice,) = _people(server, 1)
    await _fire(office, alice)
    await _count_as_sent(office)
    here, now = await office.chat(alice), datetime.now(UTC)
    slow = Illustrating(office.database, drawing, ASSETS, lambda: now, office.wakeup, 1)
    async with office.database.writing() as tx:
        for number in range(11):
            reply = Reply(here, Rendered("news"))
            await add_reply(tx, reply, f"n{number}", now, priority=Priority.NEWS)
    assert await slow.run() == 0
    assert drawing.asked == []


async def test_no_more_edits_wait_than_ten_seconds_carry(
    office: Any, server: TelegramServer, drawing: Drawing
) -> None:
    (alice,) = _people(server, 1)
    await _fire(office, alice)
    await _count_as_sent(office)
    here, now = await office.chat(alice), datetime.now(UTC)
    slow = Illustrating(office.database, drawing, ASSETS, lambda: now, office.wakeup, 1)
    edit = Reply(here, Rendered("x"), edit_message_id=1)
    async with office.database.writing() as tx:
        for number in range(10):
            await add_reply(tx, edit, f"e{number}", now, priority=Priority.DIGEST)
    assert await slow.run() == 0


async def test_what_cannot_be_drawn_is_not_tried_again_and_again(
    office: Any, server: TelegramServer, drawing: Drawing, illustrating: Illustrating
) -> None:
    """A failure, a market of which too little is known, a coin without a name."""
    (alice,) = _people(server, 1)
    drawing.fails = True
    async with office.open():
        await _fire(office, alice)
        await _fire(office, alice, level=200, asset="unheard-of")
        await server.wait_for_sent(2)
        await office.until_ended()
        assert [await illustrating.run() for _ in range(3)] == [0, 0, 0]
        assert len(drawing.asked) == 1
        drawing.fails, drawing.knows = False, {ChartSpan.HOUR}
        await _fire(office, alice, level=300)
        await server.wait_for_sent(3)
        await office.until_ended()
        assert await illustrating.run() == 1
    assert [asked.span for asked in drawing.asked[1:]] == [ChartSpan.DAY, ChartSpan.HOUR]


async def test_what_cannot_be_drawn_stands_in_nobodys_way(
    office: Any, server: TelegramServer, drawing: Drawing
) -> None:
    """More messages on a coin that nobody can draw than may be looked at, and one behind them."""
    *many, last = _people(server, 12)
    await _fire(office, *many, asset="newcoin")
    await _fire(office, last)
    for _ in range(2):
        await _count_as_sent(office)
    clock = StandingClock(datetime.now(UTC))
    at_most_ten = Illustrating(office.database, drawing, ASSETS, clock, office.wakeup, 1)
    assert await at_most_ten.run() == 0, "nothing of this coin can be drawn"
    assert await at_most_ten.run() == 1
    assert [asked.symbol for asked in drawing.asked] == ["BTC"]


async def test_a_chat_that_turns_pictures_off_meanwhile_gets_none(
    office: Any, server: TelegramServer, illustrating: Illustrating
) -> None:
    (alice,) = _people(server, 1)
    await _fire(office, alice)
    await _count_as_sent(office)
    assert await illustrating.run() == 1
    here = await office.chat(alice)
    async with office.database.writing() as tx:
        await set_pictures(tx, here, Pictures.OFF)
    async with office.open():
        await office.until_ended()
    assert (await office.rows())[1][:2] == ("dropped", "the chat wants no pictures")
    assert server.calls("editMessageMedia") == 0


async def test_a_chart_in_a_group_is_left_out_where_photos_are_forbidden(
    office: Any, server: TelegramServer, illustrating: Illustrating
) -> None:
    """The group goes on being told: that it takes no photos is no reason to pause it."""
    group = server.world.add_group("G", members=[server.world.add_user("Alice")])
    async with office.open():
        await _fire(office, group.id)
        await server.wait_for_sent(1)
        await office.until_ended()
        server.world.set_write_ban(group.id, "rights")
        assert await illustrating.run() == 1
        await office.until_ended()
        server.world.set_write_ban(group.id, None)
        await _fire(office, group.id, level=101)
        await server.wait_for_sent(2)
    assert office.told.paused == []
