"""/subscribe and /unsubscribe, typed and pressed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.chat.commands.subscribing import MAX_SUBSCRIPTIONS
from bot.domain.articles import IMPORTANT, Category, Importance
from bot.domain.topics import Filter, Topic, TopicKind
from storage import chats, sources, subscriptions
from tests.chat.conftest import about, buttons_of

if TYPE_CHECKING:
    from bot.demo.telegram_chats import User
    from tests.chat.conftest import Lobby


async def test_the_answer_says_how_much_it_would_have_sent(lobby: Lobby) -> None:
    now = lobby.clock()
    bitcoin = (about("bitcoin", "BTC"),)
    await lobby.publish("One", mentions=bitcoin, categories=(Category("regulation", ""),))
    await lobby.publish("Two", mentions=bitcoin)
    await lobby.publish("Old", mentions=bitcoin, published_at=now - timedelta(days=8))
    (answer,) = await lobby.say(lobby.person(), "/subscribe BTC #regulation SOL all")
    assert answer["text"].split("\n") == [
        "✅ From now on this chat gets news about",
        "• Bitcoin (BTC): 2 stories in the last 7 days",
        "• #regulation: 1 story in the last 7 days",
        "• Solana (SOL): no story in the last 7 days",
        "• all news: 2 stories in the last 7 days",
    ]


async def test_what_is_there_already_is_said(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC all")
    (answer,) = await lobby.say(alice, "/subscribe BTC ETH")
    assert answer["text"].split("\n") == [
        "✅ From now on this chat gets news about",
        "• Ethereum (ETH): no story in the last 7 days",
        "Already on the list: Bitcoin (BTC)",
        "All news is on the list as well; each story comes once.",
    ]


async def test_a_coin_that_is_plainly_meant_is_taken_and_the_others_are_named(
    lobby: Lobby,
) -> None:
    (answer,) = await lobby.say(lobby.person(), "/subscribe ICP")
    told = "I took Internet Computer, the largest. The others by name: Little Computer"
    assert told in answer["text"]


async def followed(lobby: Lobby, user: User) -> dict[str, Filter]:
    async with lobby.database.reading() as tx:
        here = await chats.known_destination(tx, user.id)
        found = await subscriptions.subscriptions_of(tx, here.id) if here else []
    return {one.topic.value: one.filter for one in found}


@pytest.mark.parametrize(
    ("typed", "narrowed"),
    [("BTC UNI", Filter.NONE), ("BTC UNI important", Filter.IMPORTANT)],
)
async def test_coins_of_one_symbol_are_asked_about_and_the_rest_is_followed_at_once(
    lobby: Lobby, typed: str, narrowed: Filter
) -> None:
    alice = lobby.person()
    done, question = await lobby.say(alice, f"/subscribe {typed}")
    assert "Bitcoin (BTC)" in done["text"]
    assert question["text"] == "Several coins go by UNI. Which one?"
    assert await followed(lobby, alice) == {"bitcoin": narrowed}
    (edited,) = await lobby.press(alice, question, "UNICORN")
    assert edited["message_id"] == question["message_id"]
    assert "UNICORN Token (UNI)" in edited["text"]
    assert await followed(lobby, alice) == {"bitcoin": narrowed, "unicorn-token": narrowed}


async def test_members_of_a_group_cannot_answer_for_it(lobby: Lobby) -> None:
    owner, member = lobby.person(), lobby.person("Mallory")
    group = lobby.world.add_group("Traders", owner=owner, members=[member])
    (question,) = await lobby.say(owner, "/subscribe UNI", group.id)
    assert await lobby.press(member, question, "Uniswap", group.id) == []
    assert "administrators can do that" in (lobby.server.answered[-1].text or "")
    assert await lobby.press(owner, question, "Uniswap", group.id) != []


async def test_what_is_left_is_the_coin_that_is_followed(lobby: Lobby) -> None:
    """Of one symbol's coins the chat follows the smaller: nothing has to be asked."""
    alice = lobby.person()
    await lobby.say(alice, '/subscribe "unicorn token" BTC')
    (answer,) = await lobby.say(alice, "/unsubscribe UNI")
    assert answer["text"] == "Removed: UNICORN Token (UNI)"
    (again,) = await lobby.say(alice, "/unsubscribe UNI")
    assert again["text"] == "Not on the list: Uniswap (UNI)"
    assert await followed(lobby, alice) == {"bitcoin": Filter.NONE}


async def test_of_two_that_are_followed_it_asks_which_to_leave(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, '/subscribe "unicorn token" uniswap BTC')
    removed, question = await lobby.say(alice, "/unsubscribe BTC UNI")
    assert removed["text"] == "Removed: Bitcoin (BTC)"
    assert list(buttons_of(question)) == ["Uniswap (UNI)", "UNICORN Token (UNI)"]
    (edited,) = await lobby.press(alice, question, "Uniswap")
    assert edited["text"] == "Removed: Uniswap (UNI)"
    assert await followed(lobby, alice) == {"unicorn-token": Filter.NONE}


async def test_an_unknown_source_is_answered_with_those_there_are(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/subscribe @reuters")
    example = answer["text"].partition("For example: ")[2]
    assert example == "/subscribe @coindesk"
    (taken,) = await lobby.say(alice, example)
    assert "From now on" in taken["text"]


async def test_a_mistake_changes_nothing(lobby: Lobby) -> None:
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/subscribe BTC xyzzy")
    assert "“xyzzy”; nothing was changed" in answer["text"]
    assert 'quotation marks: /subscribe "xyzzy"' in answer["text"]
    (shown,) = await lobby.say(alice, "/list")
    assert "Nothing here yet" in shown["text"]


async def test_a_chat_can_follow_only_so_much(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/start")
    async with lobby.database.writing() as tx:
        here = await chats.destination(tx, alice.id)
        for number in range(MAX_SUBSCRIPTIONS - 1):
            topic = Topic(TopicKind.CATEGORY, f"c{number}")
            await subscriptions.subscribe(tx, here.id, topic, alice.id, lobby.clock())
    (refused,) = await lobby.say(alice, "/subscribe BTC ETH")
    assert f"up to {MAX_SUBSCRIPTIONS} topics" in refused["text"]
    (done,) = await lobby.say(alice, "/subscribe BTC")
    assert "Bitcoin (BTC)" in done["text"]


async def subscribed(lobby: Lobby, *topics: str) -> User:
    alice = lobby.person()
    await lobby.say(alice, f"/subscribe {' '.join(topics)}")
    return alice


async def test_unsubscribing_says_what_went_and_what_was_never_there(lobby: Lobby) -> None:
    alice = await subscribed(lobby, "BTC", '"rate cut"', "@coindesk", "all")
    (answer,) = await lobby.say(alice, "/unsubscribe bitcoin “Rate Cut” ETH coindesk")
    removed, missing, hint = answer["text"].split("\n")
    assert removed == "Removed: Bitcoin (BTC), “rate cut”, CoinDesk"
    assert missing == "Not on the list: Ethereum (ETH)"
    assert hint.startswith("All news is still on the list, so these stories keep coming.")


async def test_unsubscribing_from_all_keeps_the_alerts(lobby: Lobby) -> None:
    alice = await subscribed(lobby, "BTC", "ETH")
    await lobby.say(alice, "/alert BTC > 95k")
    (answer,) = await lobby.say(alice, "/unsubscribe all")
    assert answer["text"] == "Done. All 2 subscriptions are removed; price alerts stay."
    (again,) = await lobby.say(alice, "/unsubscribe all")
    assert again["text"] == "This chat follows nothing at the moment."
    (shown,) = await lobby.say(alice, "/list")
    assert "BTC ↗ $95,000" in shown["text"]


async def test_alone_it_offers_a_list_to_choose_from(lobby: Lobby) -> None:
    alice = await subscribed(lobby, "BTC", "#defi")
    (shown,) = await lobby.say(alice, "/unsubscribe")
    assert list(buttons_of(shown)) == ["✖️ BTC", "✖️ #defi"]
    (edited,) = await lobby.press(alice, shown, "BTC")
    assert edited["message_id"] == shown["message_id"]
    assert list(buttons_of(edited)) == ["✖️ #defi"]
    (empty,) = await lobby.press(alice, edited, "#defi")
    assert empty["text"] == "This chat follows nothing at the moment."


async def test_a_source_that_the_settings_lost_can_still_be_left(lobby: Lobby) -> None:
    alice = await subscribed(lobby, "@coindesk")
    async with lobby.database.writing() as tx:
        await sources.configure_sources(tx, [])
    (unknown,) = await lobby.say(alice, "/subscribe @coindesk")
    assert "no source called “@coindesk”" in unknown["text"]
    (gone,) = await lobby.say(alice, "/unsubscribe @coindesk")
    assert gone["text"] == "Removed: coindesk"


async def test_a_long_list_to_choose_from_has_pages(lobby: Lobby) -> None:
    alice = await subscribed(lobby, *(f"#c{n}" for n in range(10)))
    (first,) = await lobby.say(alice, "/unsubscribe")
    assert len(buttons_of(first)) == 9
    (second,) = await lobby.press(alice, first, "More")
    assert list(buttons_of(second)) == ["✖️ #c8", "✖️ #c9", "⬅️ Back"]
    (left,) = await lobby.press(alice, second, "#c9")
    assert list(buttons_of(left)) == ["✖️ #c8", "⬅️ Back"]
    await lobby.press_data(alice, second, buttons_of(second)["✖️ #c9"])
    assert lobby.server.answered[-1].text == "That was removed before"


async def test_important_news_alone_is_counted_alone(lobby: Lobby) -> None:
    bitcoin = (about("bitcoin", "BTC"),)
    await lobby.publish("Big", mentions=bitcoin, importance=Importance(IMPORTANT, "a hack"))
    await lobby.publish("Small", mentions=bitcoin, importance=Importance(IMPORTANT - 1, "a word"))
    alice = lobby.person()
    (answer,) = await lobby.say(alice, '/subscribe BTC "big small" all Important')
    assert answer["text"].split("\n") == [
        "✅ From now on this chat gets news about",
        "• Bitcoin (BTC) · important: 1 story in the last 7 days",
        "• “big small” · important: no story in the last 7 days",
        "• all important news: 1 story in the last 7 days",
    ]
    (shown,) = await lobby.say(alice, "/list")
    assert "• Bitcoin (BTC) · important\n" in shown["text"]
    assert "✖️ BTC · important" in buttons_of(shown)
    (choice,) = await lobby.say(alice, "/unsubscribe")
    assert "✖️ all important news" in buttons_of(choice)


async def test_the_last_word_widens_and_narrows(lobby: Lobby) -> None:
    alice = lobby.person()
    await lobby.say(alice, "/subscribe BTC important")
    (again,) = await lobby.say(alice, "/subscribe BTC important ETH")
    assert again["text"].split("\n") == [
        "✅ From now on this chat gets news about",
        "• Ethereum (ETH) · important: no story in the last 7 days",
        "Already on the list: Bitcoin (BTC) · important",
    ]
    (wider,) = await lobby.say(alice, "/subscribe BTC")
    assert wider["text"].split("\n") == [
        "↔️ Every story comes from now on, not the important ones alone:",
        "• Bitcoin (BTC): no story in the last 7 days",
    ]
    (narrower,) = await lobby.say(alice, "/subscribe BTC important")
    assert narrower["text"].split("\n")[0] == "❗ Only important stories come from now on:"
    (shown,) = await lobby.say(alice, "/list")
    assert shown["text"].count("BTC") == 1


async def test_important_alone_is_all_important_news(lobby: Lobby) -> None:
    """It is removed by its name, which leaves the other subscriptions alone."""
    alice = lobby.person()
    (answer,) = await lobby.say(alice, "/subscribe important")
    assert "• all important news: " in answer["text"]
    await lobby.say(alice, "/subscribe BTC important")
    (gone,) = await lobby.say(alice, "/unsubscribe important")
    assert gone["text"] == "Removed: all important news"
    (left,) = await lobby.say(alice, "/unsubscribe BTC")
    assert left["text"] == "Removed: Bitcoin (BTC) · important"
