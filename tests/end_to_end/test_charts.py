"""A chart from the sample market's candles to the chat, through every part."""

from typing import Any


async def test_a_chart_of_a_week_is_asked_for_and_comes_as_a_picture(stage: Any) -> None:
    """The candles are filled in when somebody asks; soon after the chart is there."""
    async with stage.bot():
        await stage.answered("/price BTC")
        shown = await stage.answered("/chart BTC 7d")
        while "I know no prices" in shown:
            shown = await stage.answered("/chart BTC 7d")
        assert shown == "Bitcoin (BTC), 7 days"
    sent = stage.server.sent[-1]
    assert sent.method == "sendPhoto"
    (stored,) = [f for f in stage.server.context.files.files.values() if f.kind == "photo"]
    assert (stored.width, stored.height) == (800, 500)
    assert len(stored.data) < 100_000
