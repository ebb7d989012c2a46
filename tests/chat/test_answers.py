"""The values of an answer, and what a room gives to the commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat.answers import error_text, message, said, settled, toast
from bot.chat.catalogue import Html, Voice
from bot.demo.telegram_html import parse_html
from bot.domain.errors import ArgumentError, CoinbellError, DatabaseLocked
from bot.domain.markets import Market
from tests.chat.conftest import HandPrices

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


def test_every_message_fits() -> None:
    text, _ = parse_html(message(Html("<b>word</b> " * 2000)).text_html)
    assert len(text) <= 4096
    assert text.endswith("…")


def test_an_answer_is_one_message_or_a_toast() -> None:
    assert said(Html("x"), edits=True).says[0].edits is True
    assert (toast("t", is_popup=True).toast_text, toast("t").is_popup) == ("t", False)


async def test_a_settled_answer_needs_no_visit(lobby: Lobby) -> None:
    del lobby
    answer = said(Html("x"))
    assert await settled(answer)(None) is answer  # type: ignore[arg-type]  # it looks at nothing


def test_an_error_becomes_its_text_with_what_was_typed_and_an_example(voice: Voice) -> None:
    refused = ArgumentError("asset.unknown", typed="<b>")
    html = error_text(refused, voice, "/price BTC")
    assert "“&lt;b&gt;”" in html
    assert "<code>/price BTC</code>" in html
    assert "my notes" in error_text(DatabaseLocked("x"), voice, "")
    assert "went wrong" in error_text(CoinbellError("x"), voice, "")


async def test_a_room_asks_for_no_prices_when_there_is_no_market(lobby: Lobby) -> None:
    prices = HandPrices()
    prices.failure = RuntimeError("asked")
    room = replace(lobby.desk._room, prices=prices)
    assert await room.ticks([]) == {}
    assert room.assets is prices.assets
    prices.failure = None
    tick = prices.set("bitcoin", "5")
    assert await room.ticks([Market("bitcoin"), Market("nothing")]) == {Market("bitcoin"): tick}
    assert await room.sources() == {"coindesk": "CoinDesk"}
