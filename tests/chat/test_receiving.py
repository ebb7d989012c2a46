"""Updates are committed before Telegram is told that they were received."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from bot.chat.receiving import Poller, Receiver, received_from
from bot.domain.answers import Answer, NotWritten, Outcome
from bot.domain.errors import TelegramRefused
from storage.database import Database
from storage.inbox import unhandled_updates


class ScriptedTelegram:
    """Answers getUpdates as a test wrote it; remembers how it was asked."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[dict[str, object]] = []

    async def call(
        self, method: str, params: Mapping[str, object], timeout_seconds: float = 20
    ) -> Outcome:
        assert method == "getUpdates"
        assert timeout_seconds > float(str(params["timeout"]))
        self.asked.append(dict(params))
        return self.outcomes.pop(0)


class Woken:
    times = 0

    def wake(self) -> None:
        self.times += 1


def update(number: int, text: str = "/help") -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": 5}, "text": text}}


def updates(*numbers: int) -> Answer:
    return Answer(ok=True, status=200, result=[update(number) for number in numbers])


async def kept(database: Database) -> list[int]:
    async with database.reading() as tx:
        return [received.update_id for received in await unhandled_updates(tx)]


async def test_the_next_offset_confirms_only_what_was_kept(database: Database, clock: Any) -> None:
    """The first call confirms nothing; each later one what the database holds."""
    desk = Woken()
    telegram = ScriptedTelegram(updates(7, 8), updates())
    poller = Poller(telegram, Receiver(database, clock, desk))
    assert await poller.poll() == 0
    assert await kept(database) == [7, 8]
    await poller.poll()
    assert [asked.get("offset") for asked in telegram.asked] == [None, 9]
    assert desk.times >= 1


async def test_what_could_not_be_kept_is_not_confirmed(database: Database, clock: Any) -> None:
    """With the database away the same updates are asked for again."""
    telegram = ScriptedTelegram(updates(7), updates(7))
    poller = Poller(telegram, Receiver(database, clock, Woken()))
    async with database.writing() as tx:
        await tx.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    assert await poller.poll() > 0
    assert poller.trouble is not None
    async with database.writing() as tx:
        await tx.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
    assert await poller.poll() == 0
    assert telegram.asked[1].get("offset") is None
    assert await kept(database) == [7]
    assert poller.trouble is None


async def test_the_same_update_is_kept_once(database: Database, clock: Any) -> None:
    """A start asks without an offset and may be given what it had."""
    receiver = Receiver(database, clock, Woken())
    await receiver.keep([update(7)])
    await receiver.keep([update(7, "changed"), update(8)])
    assert await kept(database) == [7, 8]


@pytest.mark.parametrize(
    ("outcome", "least"),
    [
        (NotWritten("no route"), 2),
        (Answer(ok=False, status=502, description="Bad Gateway"), 2),
        (Answer(ok=False, status=409, description="Conflict"), 2),
        (Answer(ok=False, status=429, retry_after_seconds=9), 9),
    ],
)
async def test_trouble_is_waited_out(
    database: Database, clock: Any, outcome: Outcome, least: float
) -> None:
    """Each failure makes the pause longer, up to half a minute."""
    poller = Poller(ScriptedTelegram(*[outcome] * 8), Receiver(database, clock, Woken()))
    pauses = [await poller.poll() for _ in range(8)]
    assert pauses[0] >= least
    assert pauses == sorted(pauses)
    assert pauses[-1] == 30


async def test_a_refused_token_ends_polling(database: Database, clock: Any) -> None:
    """401 is no passing trouble."""
    telegram = ScriptedTelegram(Answer(ok=False, status=401, description="Unauthorized"))
    with pytest.raises(TelegramRefused):
        await Poller(telegram, Receiver(database, clock, Woken())).run()


async def test_after_days_of_silence_the_offset_is_forgotten(
    database: Database, clock: Any
) -> None:
    """Telegram may then begin with lower ids, which an old offset would confirm unseen."""
    days = 0.0
    telegram = ScriptedTelegram(updates(700), updates(), updates(3), updates())
    poller = Poller(
        telegram,
        Receiver(database, clock, Woken()),
        monotonic=lambda: time.monotonic() + days * 86_400,
    )
    await poller.poll()
    await poller.poll()
    days = 6.0
    await poller.poll()
    await poller.poll()
    assert [asked.get("offset") for asked in telegram.asked] == [None, 701, None, 4]


@pytest.mark.parametrize(
    ("given", "chat_id"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 5}}}, 5),
        ({"update_id": 1, "channel_post": {"chat": {"id": -100}}}, -100),
        ({"update_id": 1, "callback_query": {"message": {"chat": {"id": 6}}}}, 6),
        ({"update_id": 1, "callback_query": {"id": "x"}}, None),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 7}}}, 7),
        ({"update_id": 1, "poll": {}}, None),
        ({"update_id": 1, "message": None}, None),
        ({"update_id": 1, "message": ["x"], "callback_query": None}, None),
        ({"update_id": 1, "callback_query": "x", "channel_post": {"chat": {"id": 8}}}, 8),
        ({"update_id": 1, "message": {"chat": None}}, None),
        ({"update_id": 1, "message": {"chat": {"id": "abc"}}}, None),
        ({"update_id": 1, "message": {"chat": {"id": 2**63}}}, None),
    ],
)
def test_an_update_is_filed_under_its_chat(given: dict[str, Any], chat_id: int | None) -> None:
    """The chat decides which updates wait for each other."""
    received = received_from(given)
    assert received is not None
    assert received.telegram_chat_id == chat_id


def test_what_is_no_update_is_left_out() -> None:
    """Without an id nothing can be kept."""
    assert received_from({"message": {}}) is None
    assert received_from({"update_id": "x"}) is None
    assert received_from({"update_id": True}) is None
    assert received_from({"update_id": 2**63}) is None
    assert received_from(["update_id"]) is None


async def test_one_broken_update_does_not_hold_up_the_others(
    database: Database, clock: Any
) -> None:
    """What cannot be kept is passed over; what comes with it is kept and confirmed."""
    broken = [{"update_id": "x"}, None, {"update_id": 8, "message": None}]
    telegram = ScriptedTelegram(
        Answer(ok=True, status=200, result=[update(7), *broken, update(9)]), updates()
    )
    poller = Poller(telegram, Receiver(database, clock, Woken()))
    assert await poller.poll() == 0
    assert await kept(database) == [7, 8, 9]
    await poller.poll()
    assert telegram.asked[1]["offset"] == 10


@pytest.mark.parametrize("result", [None, "x", {"a": 1}, [None], [{"message": {}}]])
async def test_rubbish_instead_of_updates_is_a_trouble_to_wait_out(
    database: Database, clock: Any, result: object
) -> None:
    """Nothing could be confirmed, and asking again at once would bring the same."""
    telegram = ScriptedTelegram(Answer(ok=True, status=200, result=result), updates(1))
    poller = Poller(telegram, Receiver(database, clock, Woken()))
    assert await poller.poll() > 0
    assert poller.trouble is not None
    assert await poller.poll() == 0
    assert poller.trouble is None
