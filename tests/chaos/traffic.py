"""What flows while things break: stories, swings of the price, broadcasts, commands.

Owns when something happens, and writes down in the ledger what it makes owed. Each kind of
traffic holds back while much is outstanding, so that the bot always has something on the wire
and never falls behind for good.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.demo.telegram_context import Sent
from tests.chaos.process import until
from tests.chaos.stage import ASSETS, HIGH, LOW, Stage

# Only a bot that stands still makes them pass.
_SLOW_SECONDS = 300
_PRESSES, _PRESS_SECONDS = 60, 5
_EVENTS = (
    "{name} changes hands at a pace last seen in {month}",
    "A bank in {place} opens an account for {name}",
    "{name} miners and validators meet in {place}",
    "Why {name} was quiet in {month}",
    "{place} writes rules for {name}",
    "A fund from {place} buys {name} for the first time",
)
_MONTHS = ("March", "April", "May", "June", "July", "August", "September", "October")
_PLACES = ("Oslo", "Lagos", "Quito", "Hanoi", "Porto", "Turku", "Perth", "Cork", "Davos", "Ghent")


@dataclass
class Traffic:
    """All that happens between the first command and the last.

    New things wait while `most` of what is owed, broadcasts aside, have not come.
    """

    stage: Stage
    chance: random.Random
    most: int
    swings: int = 0
    stories: int = 0
    broadcasts: int = 0
    commands: int = 0
    quiet: bool = False

    async def until_told(self, stop: asyncio.Event, *, swinging: bool = True) -> None:
        """Let everything flow until `stop` is set, and end each kind where it ends well."""
        kinds: list[tuple[Callable[[], Coroutine[Any, Any, None]], float, float]] = [
            (self.publish, 0.5, 1.0),
            (self.command, 0.3, 2.0),
        ]
        if swinging:
            kinds.append((self.swing, 1.0, 1.0))
        async with asyncio.TaskGroup() as group:
            for act, pause, share in kinds:
                group.create_task(self._again_and_again(act, pause, share, stop))

    async def _again_and_again(
        self,
        act: Callable[[], Coroutine[Any, Any, None]],
        pause: float,
        share: float,
        stop: asyncio.Event,
    ) -> None:
        while not stop.is_set():
            await asyncio.sleep(self.chance.uniform(0, 2 * pause))
            if self.stage.ledger.pressing() < self.most * share:
                await act()

    async def publish(self) -> None:
        """A story in one of the feeds, owed to whom subscribes to its asset."""
        self.stories += 1
        feed = self.chance.choice(self.stage.feeds)
        asset = self.chance.choice(list(ASSETS))
        told = self.chance.choice(_EVENTS).format(
            name=ASSETS[asset],
            month=self.chance.choice(_MONTHS),
            place=self.chance.choice(_PLACES),
        )
        tag = f"story-{self.stories}"
        self.stage.ledger.owe(self.stage.readers[asset], tag)
        feed.publish(f"{told} [{tag}]")

    async def swing(self) -> None:
        """The price crosses every line, and stays until the bot has seen it."""
        self.swings += 1
        rising = self.swings % 2 == 1
        price = HIGH + self.swings if rising else LOW - self.swings
        for alert in self.stage.alerts:
            if alert.fires(self.swings):
                self.stage.ledger.owe([alert.chat_id], alert.identity(price, rising=rising))
        self.stage.market.set_price("bitcoin", Decimal(price))
        await until(
            lambda: self.stage.price() == price, _SLOW_SECONDS, f"the bot's look at {price}"
        )

    async def broadcast(self) -> None:
        """An operator writes to everybody; the preview is owed to them as well."""
        self.broadcasts += 1
        stage, tag = self.stage, f"broadcast-{self.broadcasts}"
        before = len(stage.server.sent)
        stage.ledger.owe([stage.admin.id], tag)
        stage.ledger.owe([stage.admin.id], "send it?")
        self._say(stage.admin.id, f"/broadcast Tonight the servers move house [{tag}]")
        found: list[Sent] = []

        def is_asked() -> bool:
            found.extend(s for s in stage.server.sent[before:] if "Send it?" in s.text)
            return bool(found)

        await until(is_asked, _SLOW_SECONDS, "the preview")
        stage.ledger.owe(stage.everybody, tag)
        await self._press_until_sent(found[0])

    async def _press_until_sent(self, question: Sent) -> None:
        """Press Send, again and again: before the preview has arrived it only says so."""
        stage = self.stage
        data = question.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        for _ in range(_PRESSES):
            stage.server.world.press(stage.admin.id, question.message_id, stage.admin.id, data)
            with suppress(TimeoutError):
                await until(self._is_confirmed, _PRESS_SECONDS, "the press")
                return
        raise TimeoutError("the broadcast was never confirmed")

    def _is_confirmed(self) -> bool:
        drafts = self.stage.process.rows("SELECT count(*) FROM broadcasts WHERE state = 'draft'")
        return bool(drafts == [(0,)])

    async def command(self) -> None:
        """Somebody types something that has an answer of its own."""
        self.commands += 1
        number, stage = self.commands, self.stage
        kind = self.chance.randrange(8)
        if kind < 4:
            chat_id = self.chance.choice(stage.private)
            stage.ledger.owe([chat_id], f"owl {number}")
            self._say(chat_id, f'/subscribe "owl {number}"')
        elif kind < 7 or not stage.groups:
            chat_id = self.chance.choice(stage.private)
            stage.ledger.owe([chat_id], f"SOL {1000 + number:,}")
            self._say(chat_id, f"/alert SOL > {1000 + number}")
        else:
            chat_id = self.chance.choice(stage.groups)
            message_id = self._say(chat_id, self.chance.choice(["/help", "/price ETH"]))
            stage.ledger.owe([chat_id], f"answer to {message_id}")

    def _say(self, chat_id: int, text: str) -> int:
        who = chat_id if chat_id > 0 else self.stage.admin.id
        message_id: int = self.stage.server.world.say(chat_id, who, text)["message_id"]
        return message_id
