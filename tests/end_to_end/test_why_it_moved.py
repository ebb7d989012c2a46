"""Why it moved, over real HTTP: a fired alert with its stories, and the story that comes after."""

from typing import Any

HACK = "Bitcoin plunges after $1.4 billion hack drains a mining pool"
GOOD = "Bitcoin ETF approved by SEC as BlackRock files for a second fund"
OTHER = "Binance halts bitcoin withdrawals after $900 million exploit of its hot wallets"


async def test_an_alert_carries_the_story_beside_it_and_a_later_one_replies(stage: Any) -> None:
    """Alice follows nothing: what she reads of the news comes with her alert.

    Good news is no reason for a fall, and comes as no reply to it.
    """
    stage.put("96000")
    async with stage.bot():
        await stage.polls(1)
        await stage.answered("/alert BTC < 95000")
        stage.feed.publish(HACK)
        await stage.polls(2)
        await stage.hold("94000")
        await stage.until(lambda: stage.texts("fell through $95,000"))
        stage.feed.publish(GOOD)
        await stage.polls(2)
        stage.feed.publish(OTHER)
        await stage.until(lambda: stage.texts("May explain"))
        await stage.polls(2)
    (alert,) = [sent for sent in stage.messages if "fell through" in sent.text]
    assert "Around the move" in alert.text
    assert f"{HACK}\u00a0· The Wire\u00a0· " in alert.text
    (reply,) = [sent for sent in stage.server.sent if "May explain" in sent.text]
    assert "May explain the move of BTC to $94,000" in reply.text
    assert OTHER in reply.text
    assert reply.params["reply_parameters"]["message_id"] == alert.message_id
    assert stage.server.over_limit == []


async def test_who_follows_the_news_is_told_once(stage: Any) -> None:
    """The story is pushed as news, and the alert says that none was found before it."""
    stage.put("96000")
    async with stage.bot():
        await stage.polls(1)
        await stage.answered("/subscribe BTC")
        await stage.answered("/alert BTC < 95000")
        await stage.hold("94000")
        await stage.until(lambda: stage.texts("fell through $95,000"))
        stage.feed.publish(HACK)
        await stage.until(lambda: stage.texts(HACK))
        await stage.polls(3)
    (alert,) = stage.texts("fell through")
    assert alert.endswith("No story was found around the move.")
    assert len(stage.texts(HACK)) == 1
    assert not stage.texts("May explain")
