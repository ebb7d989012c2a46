"""Users and chats come to be with ids like Telegram's."""

from __future__ import annotations

from bot.demo.telegram_directory import Directory


def test_a_user_has_a_private_chat_of_the_same_id_that_is_not_started() -> None:
    directory = Directory()
    alice = directory.add_user("Alice")
    bob = directory.add_user("Bob", started=True, language="de")
    assert directory.chats[alice.id].bot_status == "left"
    assert directory.chats[bob.id].bot_status == "member"
    assert bob.as_json()["language_code"] == "de"
    assert alice.id > 2**32, "a bot must not keep ids in 32 bits"


def test_ids_tell_groups_from_supergroups_and_channels() -> None:
    directory = Directory()
    assert -(10**12) < directory.add_group("Old", kind="group").id < 0
    assert directory.add_group("New").id < -(10**12)
    assert directory.add_channel("News").id < -(10**12)


def test_the_first_member_owns_a_group_unless_another_is_named() -> None:
    directory = Directory()
    alice, bob = directory.add_user("Alice"), directory.add_user("Bob")
    assert directory.add_group("A", members=[alice, bob]).members == {
        alice.id: "creator",
        bob.id: "member",
    }
    assert directory.add_group("B", members=[alice], owner=bob).members[bob.id] == "creator"


def test_public_chats_are_found_by_name_in_any_case() -> None:
    directory = Directory()
    news = directory.add_channel("News", username="Daily_News")
    assert directory.public_chat("daily_news") is news
    assert directory.public_chat("nobody") is None
