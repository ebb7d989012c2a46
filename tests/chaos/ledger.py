"""What was owed, what came, and what came twice.

Owns the identity of a message: a story's tag, an alert's line with the price that crossed it, a
broadcast's tag, the command that an answer answers. Counted by (chat, identity), since the
stand-in keeps everything that it accepted. A story that comes after an alert it stands beside
is owed by chance of its time: whether it comes is not judged, but it comes once.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.demo.telegram_context import Sent
from tests.chaos.process import BotProcess

Key = tuple[int, str]

LATE = "beside an alert: "
LATE_MARK = "May explain the move"

ON_WIRE = 32
"""At most so many messages are on the wire at 30 a second (docs/architecture.md)."""

_TAG = re.compile(r"\[([a-z]+-\d+(?:-\d+)?)\]")
_FIRING = re.compile(r"(\w+ (?:rose|fell) through \$[\d,]+)\n(\$[\d,]+) at")
_WORDS = re.compile(r"owl \d+")
_SET = re.compile(r"SOL\b.*?\$(\d,\d{3})\b")


def identities(sent: Sent) -> list[str]:
    """What a message tells; several where it folds several into one."""
    reply = sent.params.get("reply_parameters")
    if reply is not None:
        found = json.loads(reply) if isinstance(reply, str) else reply
        late = _TAG.findall(sent.text) if LATE_MARK in sent.text else []
        return [f"{LATE}{tag} to {found['message_id']}" for tag in late] or [
            f"answer to {found['message_id']}"
        ]
    # Before the tags: an alert names the stories beside its move.
    if firings := _FIRING.findall(sent.text):
        return [f"{what} at {price}" for what, price in firings]
    if tags := _TAG.findall(sent.text):
        return list(tags)
    if words := _WORDS.search(sent.text):
        return [words[0]]
    if line := _SET.search(sent.text):
        return [f"SOL {line[1]}"]
    return ["send it?" if "Send it?" in sent.text else f"text: {sent.text}"]


@dataclass(frozen=True)
class Kill:
    """What the database said when a process had died; `life` counts those that reached Telegram.

    `wire` are ids of messages whose intent was committed and whose result was not; `committed`
    are (chat, Telegram's id) of those committed as sent.
    """

    life: int
    wire: frozenset[int]
    committed: frozenset[tuple[int, int]]


_SENT = (
    "SELECT d.telegram_chat_id, m.telegram_message_id, m.id FROM messages m"
    " JOIN destinations d ON d.id = m.destination_id WHERE m.state = 'sent' AND m.method = 'send'"
)


def read_kill(process: BotProcess) -> Kill:
    """Look at what a dead process left."""
    has_tables = process.rows("SELECT 1 FROM sqlite_master WHERE name = 'messages'")
    if not has_tables:
        return Kill(len(process.lives), frozenset(), frozenset())
    wire = process.rows("SELECT id FROM messages WHERE state = 'wire'")
    sent = process.rows(_SENT)
    return Kill(
        len(process.lives),
        frozenset(row[0] for row in wire),
        frozenset((chat_id, message_id) for chat_id, message_id, _ in sent),
    )


@dataclass
class Ledger:
    """Everything owed so far, everything that came, and the kills between."""

    process: BotProcess
    owed: Counter[Key] = field(default_factory=Counter)
    came: Counter[Key] = field(default_factory=Counter)
    kills: list[Kill] = field(default_factory=list)
    _read: int = 0

    def owe(self, chat_ids: Iterable[int], identity: str) -> None:
        self.owed.update((chat_id, identity) for chat_id in chat_ids)

    def outstanding(self) -> int:
        """How much is owed and has not come yet."""
        sent = self.process.server.sent
        for one in sent[self._read :]:
            if one.method == "sendMessage":
                keys = [(one.chat_id, identity) for identity in identities(one)]
                self.came.update(keys)
                self.owed.update({key: 1 for key in keys if self._is_new_late(key)})
        self._read = len(sent)
        return (self.owed - self.came).total()

    def _is_new_late(self, key: Key) -> bool:
        return key[1].startswith(LATE) and key not in self.owed

    def pressing(self) -> int:
        """The same without broadcasts, behind which nothing waits."""
        self.outstanding()
        missing = self.owed - self.came
        return sum(n for (_, what), n in missing.items() if not what.startswith("broadcast"))

    def result(self) -> "Result":
        """The balance; to be read when the process has ended."""
        self.outstanding()
        lost, more = self.owed - self.came, self.came - self.owed
        uncalled = Counter({key: n for key, n in more.items() if key not in self.owed})
        return Result(
            owed=self.owed.total(),
            accepted=self.came.total(),
            lost=lost,
            repeats=more - uncalled,
            uncalled=uncalled,
            wire=[len(kill.wire) for kill in self.kills],
            judged=_judged(self),
        )


@dataclass
class Judged:
    """What is known of repeats: how many each kill caused, and which break the promise.

    `unexplained` are of what was on the wire at no kill before, `again` of what had been
    committed as sent.
    """

    by_kill: list[int]
    unexplained: list[Key] = field(default_factory=list)
    again: list[Key] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """The balance of a run, by (chat, identity); `wire` counts messages by kill."""

    owed: int
    accepted: int
    lost: Counter[Key]
    repeats: Counter[Key]
    uncalled: Counter[Key]
    wire: list[int]
    judged: Judged

    @property
    def keeps_promise(self) -> bool:
        """Nothing lost, nothing uncalled for, and each repeat was on the wire at a kill."""
        return (
            not (self.lost or self.uncalled or self.judged.unexplained or self.judged.again)
            and max(self.wire, default=0) <= ON_WIRE
            and all(n <= wire for n, wire in zip(self.judged.by_kill, self.wire, strict=True))
        )

    def lines(self) -> list[str]:
        """The balance in words, a line each."""
        most, widest = max(self.judged.by_kill, default=0), max(self.wire, default=0)
        return [
            f"owed                          {self.owed:6,}",
            f"accepted by Telegram          {self.accepted:6,}",
            f"lost                          {self.lost.total():6,}",
            f"kills                         {len(self.wire):6,}",
            f"on the wire at the kills      {sum(self.wire):6,}  most at one {widest}",
            f"sent twice                    {self.repeats.total():6,}  most after one {most}",
            f"  not on the wire at the kill {len(self.judged.unexplained):6,}",
            f"  committed as sent before    {len(self.judged.again):6,}",
            f"nobody asked for              {self.uncalled.total():6,}",
        ]


def _judged(ledger: Ledger) -> Judged:
    """Each repeat against the kills between it and the first copy."""
    process, kills = ledger.process, ledger.kills
    final = {(chat_id, message_id): row_id for chat_id, message_id, row_id in process.rows(_SENT)}
    judged = Judged([0] * len(kills))
    for key, copies in _copies(ledger).items():
        rows = {final.get((one.chat_id, one.message_id)) for one in copies}
        for index in range(ledger.owed[key], len(copies)):
            first, last = (bisect_right(process.lives, copies[i].at) for i in (0, index))
            between = [n for n, kill in enumerate(kills) if first <= kill.life < last]
            causes = [n for n in between if rows & kills[n].wire]
            if causes:
                judged.by_kill[causes[-1]] += 1
            else:
                judged.unexplained.append(key)
            before = {(c.chat_id, c.message_id) for c in copies[:index]}
            if any(len(before & kills[n].committed) >= ledger.owed[key] for n in between):
                judged.again.append(key)
    return judged


def _copies(ledger: Ledger) -> dict[Key, list[Sent]]:
    """The accepted messages of everything owed that came more often than owed."""
    repeated = {key for key in ledger.came - ledger.owed if key in ledger.owed}
    copies: dict[Key, list[Sent]] = {key: [] for key in repeated}
    for one in ledger.process.server.sent:
        if one.method == "sendMessage":
            for identity in identities(one):
                if (one.chat_id, identity) in repeated:
                    copies[one.chat_id, identity].append(one)
    return copies
