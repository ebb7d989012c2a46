"""Every command and every button, by name.

Owns the two tables that the desk goes by: who may use what, and the example that a wrong
argument is answered with.
"""

from bot.chat.answers import Command
from bot.chat.commands.alert_cards import prepare_card
from bot.chat.commands.alert_list import prepare_alerts
from bot.chat.commands.alert_offers import prepare_offer
from bot.chat.commands.alerting import (
    prepare_again,
    prepare_alert,
    prepare_end,
    prepare_level,
    prepare_story_level,
    prepare_suggest,
)
from bot.chat.commands.broadcasts import prepare_broadcast, prepare_broadcast_press
from bot.chat.commands.charting import prepare_chart, prepare_chart_press
from bot.chat.commands.explaining import prepare_why_this
from bot.chat.commands.forgetting import prepare_forget, prepare_forget_press
from bot.chat.commands.health import prepare_health
from bot.chat.commands.lists import (
    prepare_drop,
    prepare_list,
    prepare_list_page,
    prepare_topics_page,
)
from bot.chat.commands.moves import prepare_why, prepare_why_of
from bot.chat.commands.muting import (
    prepare_mute,
    prepare_mute_topic,
    prepare_mute_week,
    prepare_unmute,
)
from bot.chat.commands.news import prepare_news, prepare_news_of, prepare_news_page
from bot.chat.commands.pricing import prepare_price, prepare_price_of, prepare_story_price
from bot.chat.commands.settings import prepare_pictures, prepare_settings
from bot.chat.commands.source_adding import prepare_addition_press
from bot.chat.commands.sources import prepare_source, prepare_sources, prepare_sources_page
from bot.chat.commands.statistics import prepare_stats
from bot.chat.commands.subscribing import (
    prepare_follow,
    prepare_follow_coin,
    prepare_leave_coin,
    prepare_subscribe,
    prepare_unsubscribe,
)
from bot.chat.commands.welcome import (
    prepare_help,
    prepare_hint,
    prepare_start,
    prepare_topics,
    prepare_unknown,
)
from bot.chat.keyboards import Action

COMMANDS: dict[str, Command] = {
    "start": Command(prepare_start),
    "help": Command(prepare_help),
    "subscribe": Command(
        prepare_subscribe, changes_settings=True, example="/subscribe BTC #regulation"
    ),
    "unsubscribe": Command(prepare_unsubscribe, changes_settings=True, example="/unsubscribe BTC"),
    "list": Command(prepare_list),
    "news": Command(prepare_news, example="/news BTC"),
    "price": Command(prepare_price, example="/price BTC ETH"),
    "chart": Command(prepare_chart, example="/chart BTC 7d"),
    "why": Command(prepare_why, example="/why BTC"),
    "alert": Command(prepare_alert, changes_settings=True, example="/alert BTC > 95k"),
    "alerts": Command(prepare_alerts),
    "sources": Command(prepare_sources),
    "settings": Command(prepare_settings, changes_settings=True),
    "forget": Command(prepare_forget, changes_settings=True),
    "stats": Command(prepare_stats, for_operators=True),
    "health": Command(prepare_health, for_operators=True),
    "broadcast": Command(
        prepare_broadcast, for_operators=True, example="/broadcast We are back online."
    ),
    "why_this": Command(prepare_why_this, for_operators=True),
    "source": Command(
        prepare_source, for_operators=True, example="/source add https://news.example.org"
    ),
}

UNKNOWN = Command(prepare_unknown)
HINT = Command(prepare_hint)

_BROADCAST = Command(prepare_broadcast_press, for_operators=True)
_ADDITION = Command(prepare_addition_press, for_operators=True)

BUTTONS: dict[Action, Command] = {
    Action.FOLLOW: Command(prepare_follow, changes_settings=True),
    Action.TOPICS: Command(prepare_topics),
    Action.SUGGEST: Command(prepare_suggest),
    Action.LEVEL: Command(prepare_level, changes_settings=True),
    Action.SHOW_LIST: Command(prepare_list),
    Action.LIST_PAGE: Command(prepare_list_page),
    Action.DROP_TOPIC: Command(prepare_drop, changes_settings=True),
    Action.DROP_ALERT: Command(prepare_drop, changes_settings=True),
    Action.TOPICS_PAGE: Command(prepare_topics_page),
    Action.LEAVE_TOPIC: Command(prepare_topics_page, changes_settings=True),
    Action.SHOW_ALERTS: Command(prepare_alerts),
    Action.ALERTS_PAGE: Command(prepare_alerts),
    Action.END_ALERT: Command(prepare_alerts, changes_settings=True),
    Action.UNDO_ALERT: Command(prepare_end, changes_settings=True),
    Action.STOP_ALERT: Command(prepare_end, changes_settings=True),
    Action.AGAIN: Command(prepare_again, changes_settings=True),
    Action.SET_OFFER: Command(prepare_offer, changes_settings=True),
    Action.PICK_ASSET: Command(prepare_offer, changes_settings=True),
    Action.PRICE_OF: Command(prepare_price_of),
    Action.WHY_OF: Command(prepare_why_of),
    Action.NEWS_OF: Command(prepare_news_of),
    Action.FOLLOW_COIN: Command(prepare_follow_coin, changes_settings=True),
    Action.LEAVE_COIN: Command(prepare_leave_coin, changes_settings=True),
    Action.ALERT_CARD: Command(prepare_card),
    Action.ALERT_SNOOZE: Command(prepare_card, changes_settings=True),
    Action.ALERT_WAKE: Command(prepare_card, changes_settings=True),
    Action.ALERT_REPEAT: Command(prepare_card, changes_settings=True),
    Action.ALERT_FLIP: Command(prepare_card, changes_settings=True),
    Action.ALERT_SHIFT: Command(prepare_card, changes_settings=True),
    Action.CHART: Command(prepare_chart_press),
    Action.STORY_PRICE: Command(prepare_story_price, only_toasts=True),
    Action.STORY_LEVEL: Command(prepare_story_level, changes_settings=True),
    Action.MUTE: Command(prepare_mute, changes_settings=True),
    Action.MUTE_TOPIC: Command(prepare_mute_topic, changes_settings=True),
    Action.MUTE_WEEK: Command(prepare_mute_week, changes_settings=True),
    Action.UNMUTE: Command(prepare_unmute, changes_settings=True),
    Action.UNMUTE_LISTED: Command(prepare_drop, changes_settings=True),
    Action.PICTURES: Command(prepare_pictures, changes_settings=True),
    Action.NEWS_PAGE: Command(prepare_news_page),
    Action.FORGET: Command(prepare_forget_press, changes_settings=True),
    Action.BROADCAST_SEND: _BROADCAST,
    Action.BROADCAST_DISCARD: _BROADCAST,
    Action.BROADCAST_PAUSE: _BROADCAST,
    Action.BROADCAST_RESUME: _BROADCAST,
    Action.BROADCAST_CANCEL: _BROADCAST,
    Action.SOURCES_PAGE: Command(prepare_sources_page),
    Action.SOURCE_ADD: _ADDITION,
    Action.SOURCE_DISCARD: _ADDITION,
}
