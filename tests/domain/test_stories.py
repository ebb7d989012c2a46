"""What an article tells."""

from datetime import UTC, datetime

from bot.domain.articles import Article, Category, Mention, Role
from bot.domain.stories import Told, told_by

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_told_by_keeps_only_the_assets_that_an_article_is_about() -> None:
    article = Article(
        source_key="wire",
        guid="1",
        title="Ether climbs",
        published_at=NOW,
        summary="It climbs.",
        mentions=(
            Mention("ethereum", "ETH", Role.PRIMARY, "title"),
            Mention("bitcoin", "BTC", Role.MENTIONED, "body"),
        ),
        categories=(Category("macro", "words"),),
    )
    assert told_by(article) == Told(
        title="Ether climbs",
        published_at=NOW,
        summary="It climbs.",
        source_key="wire",
        assets=("ethereum",),
        symbols=("ETH",),
        categories=("macro",),
    )
