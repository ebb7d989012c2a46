"""/news: the latest stories, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.articles import Article, Sentiment, Tone
from bot.domain.sources import SourceKind, SourceSettings
from bot.domain.topics import Topic, TopicKind
from storage import markets, subscriptions
from storage.articles import Place, add_article
from storage.sources import active_sources, configure_sources
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from tests.chat.conftest import Lobby


async def publish(lobby: Lobby, count: int, word: str = "Story") -> None:
    for number in range(1, count + 1):
        await lobby.publish(
            f"{word} {number}",
            published_at=lobby.clock() - timedelta(hours=number),
            url=f"https://news.example/{word}/{number}",
            mentions=(about("bitcoin", "BTC"),) if number % 2 else (),
        )


async def test_five_stories_a_page_newest_first(lobby: Lobby) -> None:
    alice = lobby.person()
    await publish(lobby, 7)
    (first,) = await lobby.say(alice, "/news")
    lines = first["text"].split("\n")
    assert lines[:3] == ["Latest: all news", "", "Story 1"]
    assert lines[3] == "CoinDesk · 1 h ago"
    assert "Story 5" in lines
    assert "Story 6" not in lines
    assert list(buttons_of(first)) == ["Older ➡️"]
    (second,) = await lobby.press(alice, first, "Older")
    assert second["message_id"] == first["message_id"]
    assert "Story 7" in second["text"]
    assert list(buttons_of(second)) == ["⬅️ Newer"]
    (back,) = await lobby.press(alice, second, "Newer")
    assert back["text"] == first["text"]


async def test_a_topic_narrows_the_news_and_its_pages(lobby: Lobby) -> None:
    alice = lobby.person()
    await publish(lobby, 13)
    (first,) = await lobby.say(alice, "/news bitcoin")
    assert "Latest: Bitcoin (BTC)" in first["text"]
    assert "Story 2\n" not in first["text"]
    (second,) = await lobby.press(alice, first, "Older")
    assert "Story 13" in second["text"]


async def test_a_story_in_the_list_looks_as_its_push(lobby: Lobby) -> None:
    """Title, source and age, the first sentence, the mark and the tags."""
    await lobby.publish(
        "Bitcoin climbs",
        summary="Funds came back. They bought for a third day.",
        mentions=(about("bitcoin", "BTC"),),
        tone=Tone(Sentiment.POSITIVE, 0.5, "climbs +0.4"),
    )
    (answer,) = await lobby.say(lobby.person(), "/news BTC")
    assert answer["text"].split("\n") == [
        "Latest: Bitcoin (BTC)",
        "",
        "Bitcoin climbs",
        "CoinDesk · 1 h ago",
        "Funds came back.",
        "🟢 #BTC",
    ]


async def test_a_story_in_the_list_has_the_prices_of_its_push(lobby: Lobby) -> None:
    """Before its tags; a coin whose price is stale has none."""
    await lobby.publish("Bitcoin climbs", mentions=(about("bitcoin", "BTC"),))
    await lobby.publish("Ethereum rests", mentions=(about("ethereum", "ETH"),))
    lobby.prices.set("ethereum", "3180.25", at=lobby.clock() - timedelta(minutes=10))
    async with lobby.database.writing() as tx:
        await markets.store_ticks(tx, list(lobby.prices.known.values()))
    (answer,) = await lobby.say(lobby.person(), "/news")
    lines = answer["text"].split("\n")
    assert lines[-8:] == [
        "Ethereum rests",
        "CoinDesk · 1 h ago",
        "#ETH",
        "",
        "Bitcoin climbs",
        "CoinDesk · 1 h ago",
        "BTC $91,200",
        "#BTC",
    ]


async def test_of_a_story_the_article_of_the_source_is_listed(lobby: Lobby) -> None:
    """Whoever asks for a source's stories reads what that source wrote."""
    story_id = await lobby.publish("The wire has it first")
    async with lobby.database.writing() as tx:
        settings = [
            SourceSettings("coindesk", "CoinDesk", SourceKind.FEED, "https://coindesk.example/"),
            SourceSettings("gazette", "The Gazette", SourceKind.FEED, "https://gazette.example/"),
        ]
        await configure_sources(tx, settings)
        gazette = next(one for one in await active_sources(tx) if one.key == "gazette")
        article = Article("gazette", "g", "The Gazette tells it too", lobby.clock())
        await add_article(tx, gazette.id, article, lobby.clock(), Place(story_id, 1, "the words"))
    (answer,) = await lobby.say(lobby.person(), "/news @gazette")
    assert answer["text"].split("\n")[2:4] == ["The Gazette tells it too", "The Gazette · just now"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "Xyzzyq",
            (
                "I know no coin, source or category called “Xyzzyq”. To look for words in "
                'stories, put them in quotation marks: /news "Xyzzyq"'
            ),
        ),
        (
            "bitcoinn",
            "I don’t know “bitcoinn”. Did you mean Bitcoin? A line that works: /news Bitcoin",  # noqa: RUF001
        ),
        (",", "One topic at a time, please. For example: /news BTC"),
    ],
)
async def test_what_names_nothing_is_answered_with_a_line_that_works(
    lobby: Lobby, typed: str, answer: str
) -> None:
    """And without a word of changes: /news changes nothing."""
    (told,) = await lobby.say(lobby.person(), f"/news {typed}")
    assert told["text"] == answer


async def test_titles_are_links_without_a_preview(lobby: Lobby) -> None:
    await publish(lobby, 1)
    (answer,) = await lobby.say(lobby.person(), "/news")
    links = [e["url"] for e in answer["entities"] if e["type"] == "text_link"]
    assert links == ["https://news.example/Story/1"]
    assert answer["sent"]["link_preview_options"] == {"is_disabled": True}


async def test_no_news_is_said_and_so_is_a_shared_name(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/news ICP")
    assert answer["text"].startswith("No story on Internet Computer (ICP) so far.")
    assert "I took Internet Computer" in answer["text"]


async def test_of_coins_of_one_symbol_the_news_of_the_one_that_was_meant_comes(
    lobby: Lobby,
) -> None:
    alice = lobby.person()
    await lobby.publish("Unicorns graze", mentions=(about("unicorn-token", "UNI"),))
    (question,) = await lobby.say(alice, "/news UNI")
    assert list(buttons_of(question)) == ["Uniswap (UNI)", "UNICORN Token (UNI)"]
    (edited,) = await lobby.press(alice, question, "UNICORN")
    assert edited["message_id"] == question["message_id"]
    assert edited["text"].startswith("Latest: UNICORN Token (UNI)")
    assert "Unicorns graze" in edited["text"]


async def test_two_topics_are_one_too_many(lobby: Lobby) -> None:
    (answer,) = await lobby.say(lobby.person(), "/news BTC ETH")
    assert answer["text"] == "One topic at a time, please. For example: /news BTC"


async def test_pages_of_words_turn_but_the_words_of_others_stay_theirs(lobby: Lobby) -> None:
    """A forged button must not read out what somebody else subscribes to."""
    alice = lobby.person()
    await publish(lobby, 6, "Rate cut")
    (first,) = await lobby.say(alice, '/news "rate cut"')
    (second,) = await lobby.press(alice, first, "Older")
    assert "Rate cut 6" in second["text"]
    async with lobby.database.writing() as tx:
        secret = Topic(TopicKind.WORDS, "secret project")
        topic_id = await subscriptions.interned_topic(tx, secret)
    assert await lobby.press_data(alice, second, f"1:news:{topic_id}:0") == []
    assert "no longer works" in (lobby.server.answered[-1].text or "")
    assert await lobby.press_data(alice, second, "1:news:999:0") == []


async def test_a_page_beyond_the_end_says_so(lobby: Lobby) -> None:
    alice = lobby.person()
    await publish(lobby, 6)
    (first,) = await lobby.say(alice, "/news")
    (beyond,) = await lobby.press_data(alice, first, "1:news:0:99999999")
    assert "That was the last page." in beyond["text"]
    assert list(buttons_of(beyond)) == ["⬅️ Newer"]


@pytest.mark.parametrize("typed", ["important", "BTC important"])
async def test_important_is_said_to_narrow_pushes_and_not_this_list(
    lobby: Lobby, typed: str
) -> None:
    """It is a word of /subscribe: the answer says so, and does not take it for a coin's name."""
    (answer,) = await lobby.say(lobby.person(), f"/news {typed}")
    assert "narrows what is pushed" in answer["text"]
    assert "I know no coin" not in answer["text"]


async def test_important_in_quotation_marks_is_a_word_to_look_for(lobby: Lobby) -> None:
    await lobby.publish("An important vote on bridges")
    (answer,) = await lobby.say(lobby.person(), '/news "important"')
    assert "An important vote on bridges" in answer["text"]
