"""Names of a text held against those of its article."""

import pytest

from bot.news.summaries.article_words import ArticleWords
from bot.news.summaries.name_check import foreign_name

ARTICLE = (
    "Texas Passes Bill For A Strategic Reserve After Long Block Of Talks\n"
    "Texas lawmakers passed a bill for a strategic bitcoin reserve on Monday. The fund will hold "
    "4,500 BTC in cold storage, Governor Ada Boss said. An exchange was stripped of its licence, "
    "and circles close to the governor called it a metaphor for the market. Traders polled by "
    "Summit Group expect gains as demand grows near a compass, and optimism with it. Withdrawals "
    "resumed. Galaxy Digital and Near Foundation said they will anchor the fund."
)
WORDS = ArticleWords(ARTICLE)


@pytest.mark.parametrize(
    "text",
    [
        "Texas will hold Bitcoin, and Bitcoins alone.",
        "Demand grows. Lawmakers passed the bill. Governors in Texas expect gains.",
        "Polled traders expect gains. Expecting gains, they wait.",
        "Stripped of its licence, the exchange stopped. Withdrawals have resumed.",
        "Strategic reserves hold bitcoin. Regulators and banks near Texas wait.",
        "Near the market, demand grows. Across the market, traders wait.",
        "Galaxy will anchor the fund, and Near as well. Near Foundation said so.",
        "In Texas, the governor passed it. It is the Governor who did.",
    ],
)
def test_what_the_article_names_passes(text: str) -> None:
    assert foreign_name(text, WORDS) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # Known names that begin, or are spelled, as words of the article.
        ("Strategy bought 4,500 BTC.", "Strategy"),
        ("Stripe lost its licence.", "Stripe"),
        ("Metaplanet will hold it.", "Metaplanet"),
        ("Circle is close to the governor.", "Circle"),
        ("Block said so.", "Block"),
        ("The market hears that Block said so.", "Block"),
        ("Optimism grows.", "Optimism"),
        ("Gains of Circle are expected.", "Circle"),
        ("Across said that it lost.", "Across"),
        # Not known, but an ordinary word of another kind, or one that needs an article.
        ("Metaphysic will hold it.", "Metaphysic"),
        ("Marketo expects gains.", "Marketo"),
        ("Metaphor expects gains.", "Metaphor"),
        ("Compass expects gains.", "Compass"),
        ("Anchor expects gains.", "Anchor"),
        # Known names in lower case.
        ("The governor said that vitalik buterin waits.", "vitalik"),
        ("The fund of metaplanet waits.", "metaplanet"),
        ("The fund holds solana.", "solana"),
        # What the article does not have.
        ("Alaska waits.", "Alaska"),
        ("The fund of Coinbase waits.", "Coinbase"),
        ("The fund holds XRP.", "XRP"),
        ("Ada Group said so.", "Ada Group"),
    ],
)
def test_what_the_article_does_not_name_is_refused(text: str, name: str) -> None:
    assert foreign_name(text, WORDS) == f'the name "{name}"'


def test_a_name_that_opens_a_sentence_of_the_article_may_open_one_again() -> None:
    words = ArticleWords("Strategy bought 4,500 BTC. It is a strategy that Circle shares.")
    assert foreign_name("Strategy bought 4,500 BTC.", words) is None
    assert foreign_name("Strategy sold.", words) == 'the name "Strategy"'
    assert foreign_name("Circle shares it.", words) is None


def test_where_things_need_no_article_a_word_of_the_text_may_open_a_sentence() -> None:
    words = ArticleWords("Der Kurs stieg nach den verlusten, eine metapher.")
    assert foreign_name("Verluste folgten.", words, is_english=False) is None
    assert foreign_name("Verluste folgten.", words) == 'the name "Verluste"'
    assert foreign_name("Metaplanet folgte.", words, is_english=False) is not None
