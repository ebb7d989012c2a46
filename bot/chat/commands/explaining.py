"""/why_this: what was understood of a story, for operators who reply to its push."""

from functools import partial

from bot.chat.answers import Answer, Apply, Room, Visit, said, settled
from bot.chat.labels import subscription_label
from bot.chat.reasons import Explained, reasons_text
from bot.chat.request import Request
from bot.domain.articles import Article
from bot.domain.topics import StoredTopic, matching_topics
from storage import story_pages, subscriptions


async def prepare_why_this(request: Request, room: Room) -> Apply:
    """/why_this, in reply to a message that the bot sent here."""
    voice = room.voice(request)
    found = None
    if request.quoted_message_id is not None and request.chat is not None:
        async with room.database.reading() as tx:
            found = await story_pages.story_of_message(
                tx, request.chat.telegram_chat_id, request.quoted_message_id
            )
    if found is None:
        return settled(said(voice.html("why.what")))
    return partial(_why, room, *found)


async def _why(room: Room, story_id: int, article_id: int, visit: Visit) -> Answer:
    voice = room.voice(visit.request)
    stored = await story_pages.story(visit.tx, story_id, article_id)
    if stored is None:
        return said(voice.html("story.gone"))
    members = await story_pages.story_members(visit.tx, story_id)
    asked = await _asked_for(room, stored.article, visit)
    return said(reasons_text(Explained(stored, members, asked), voice))


async def _asked_for(room: Room, article: Article, visit: Visit) -> list[tuple[str, str]]:
    """The subscriptions of this chat that the story answers to, each with the reason."""
    voice = room.voice(visit.request)
    sources = await room.sources()
    mine = await subscriptions.subscriptions_of(visit.tx, visit.here.id)
    topics = [StoredTopic(index, one.topic) for index, one in enumerate(mine)]
    return [
        (
            subscription_label(
                mine[match.topic_id].topic,
                mine[match.topic_id].filter,
                room.assets,
                sources,
                voice,
            ),
            match.reason,
        )
        for match in matching_topics(article, topics)
    ]
