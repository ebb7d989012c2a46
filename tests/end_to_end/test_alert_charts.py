"""A fired alert gets its chart: the text first, the picture added when it is drawn."""

import io
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from PIL import Image

from bot.app import App
from bot.domain.candles import Candle, Timeframe, opened_at
from bot.domain.markets import Market
from storage.candles import Span, put_candles

BITCOIN = Market("bitcoin")


async def _fill_in_a_day(app: App) -> None:
    """What the market did for a day, under 94,500."""
    now = datetime.now(UTC)
    minute = Timeframe.MINUTE
    candles = []
    for ago in range(1, 1440, 5):
        price = Decimal(round(93_500 + 800 * math.sin(ago / 90)))
        at = opened_at(now - timedelta(minutes=ago), minute.length)
        candles.append(Candle(at, price, price + 60, price - 60, price + 20, Decimal(3)))
    async with app.database.writing() as tx:
        await put_candles(tx, [(Span(BITCOIN, minute, one.open_at), one) for one in candles])


async def test_a_fired_alert_becomes_a_picture_with_its_text_and_buttons(stage: Any) -> None:
    """One drawing and one upload for both chats, each with its own message edited in place."""
    group = stage.server.world.add_group("Miners", owner=stage.alice)
    stage.server.world.promote_bot(group.id, stage.alice.id)
    stage.put("94000")
    async with stage.bot() as app:
        await stage.answered("/alert BTC > 95000")
        await stage.answered("/alert BTC > 95000", group.id)
        await _fill_in_a_day(app)
        await stage.hold("95100")
        await stage.until(lambda: stage.server.calls("editMessageMedia") == 2)
        await stage.polls(2)
    told = [sent for sent in stage.server.sent if "rose through $95,000" in sent.text]
    assert [sent.method for sent in told] == ["sendMessage"] * 2 + ["editMessageMedia"] * 2
    texts = {sent.chat_id: sent for sent in told[:2]}
    for chart in told[2:]:
        text = texts.pop(chart.chat_id)
        assert (chart.message_id, chart.text) == (text.message_id, text.text)
        chat = stage.server.world.chats[chart.chat_id]
        buttons = chat.messages[chart.message_id]["reply_markup"]
        assert buttons == text.params["reply_markup"]
    (photo,) = [one for one in stage.server.context.files.files.values() if one.kind == "photo"]
    assert len(photo.data) < 100_000
    with Image.open(io.BytesIO(photo.data)) as picture:
        assert picture.size == (800, 500)
    assert stage.server.over_limit == []


async def test_a_chat_without_pictures_keeps_the_text(stage: Any) -> None:
    stage.put("94000")
    async with stage.bot() as app:
        await stage.answered("/settings")
        stage.press(stage.server.sent[-1], "None")
        await stage.answered("/alert BTC > 95000")
        await _fill_in_a_day(app)
        await stage.hold("95100")
        await stage.until(lambda: stage.texts("rose through $95,000"))
        await stage.polls(4)
    assert stage.server.calls("editMessageMedia") == 0
