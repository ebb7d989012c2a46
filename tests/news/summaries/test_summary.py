"""The sentences that tell an article."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.news.summaries.summary import MAX_LENGTH, summary_of

TITLE = "Harbor Exchange opens a vault for institutions"
LEDE = (
    "Harbor Exchange has opened a vault in Zurich that lets pension funds hold bitcoin without "
    "moving it off their own books."
)
LONG = "Harbor Exchange has opened a vault in Zurich for pension funds from all over Europe"
RUSSIAN = "Биткоин в среду впервые за год превысил 100 000 долларов."
SECOND = "The vault takes deposits of at least $5 million and charges 0.3% a year."
THIRD = "Nine pension funds have signed letters of intent worth $1.2 billion, Harbor said."


@pytest.mark.parametrize(
    ("summary", "body", "shown"),
    [
        ("", "", ""),
        ("", f"{LEDE} {SECOND} {THIRD}", f"{LEDE} {SECOND} {THIRD}"),
        (LEDE, "", LEDE),
        (f"{LEDE} {SECOND}", "", f"{LEDE} {SECOND}"),
        (TITLE, f"{LEDE}", LEDE),
        (f"{TITLE} - {LEDE}", "", LEDE),
        (f"{TITLE}.", "", ""),
        ("Will pension funds come? Here's what we know.", LEDE, LEDE),
        ("Key takeaways: " + LEDE, "", LEDE),
        # Cut by the feed, finished by the body.
        (f"{LEDE} The vault takes deposits of…", f"{LEDE} {SECOND}", f"{LEDE} {SECOND}"),
        (f"{LEDE} The vault takes deposits of…", "", LEDE),
        # Cut, and nothing else there: back to the end of a clause.
        (f"{LONG}, which may soon ad…", "", f"{LONG}…"),
        # A line below the title that leans on it stands behind the first sentence.
        (
            "The exchange expects nine clients before the summer.",
            f"{LEDE} More will follow.",
            f"{LEDE} The exchange expects nine clients before the summer.",
        ),
        ("The exchange expects nine clients by summer.", "",
         "The exchange expects nine clients by summer."),
        # Bullets become sentences.
        ("", "\u2022 Nine Zurich funds have signed letters \u2022 Deposits start at $5 million",
         "Nine Zurich funds have signed letters. Deposits start at $5 million."),
        # Tables, tickers, adverts.
        ("", "BTC $96,400 +1.2% ETH $3,300 -0.5% SOL $142 +3.1% BNB $600 0.1%", ""),
        ("", "Subscribe to our newsletter. Join our Telegram channel now.", ""),
        ("", "Bitcoin", ""),
    ],
)  # fmt: skip
def test_what_is_shown(summary: str, body: str, shown: str) -> None:
    assert summary_of(TITLE, summary, body).text == shown


def test_nobody_speaks_without_a_name() -> None:
    """Words like "he said" are shown only behind the sentence that says who."""
    who = "Ada Boss, who runs Harbor Exchange, spoke to reporters in Zurich on Friday morning."
    said = "He expects $2 billion of deposits within a year, he said."
    asked = "Pension funds asked for years for a vault of this kind, says a survey of 40 of them."
    assert said not in summary_of(TITLE, "", f"{asked} {LEDE} {said}").text
    assert f"{who} {said}" in summary_of(TITLE, "", f"{who} {said}").text


def test_a_last_name_alone_is_no_introduction() -> None:
    who = "“We will see,” Ada Boss told people who asked for an interview, your reporter too."
    said = "Boss says deposits of $2 billion are expected within a year."
    assert said not in summary_of(TITLE, "", f"{LEDE} {who} {said}").text


@pytest.mark.parametrize("opening", ["It", "They", "This", "However, Harbor", "She", "But it"])
def test_no_summary_opens_with_a_reference(opening: str) -> None:
    body = f"{opening} expects deposits of $2 billion within a year. {LEDE}"
    assert summary_of(TITLE, "", body).text == LEDE


LEANING = (
    "Ledger Labs has shipped version 9 of its wallet, and nodes must run it before 1 March.",
    "The release caps fees at 2% and drops three old kinds of address.",
)


def test_a_sentence_that_leans_keeps_what_it_leans_on() -> None:
    """What "the release" means is shown before it, or it is not shown."""
    title = "Wallet users must act before March"
    shown = summary_of(title, "", " ".join(LEANING)).text
    assert shown == " ".join(LEANING)
    other = "Rain fell on Zug, where nine banks sit and wait for version 9 of it."
    assert LEANING[1] not in summary_of(title, "", f"{other} Read on. {LEANING[1]}").text


def test_a_general_opening_gives_way_to_the_news() -> None:
    general = "There is rarely much to see at this time of the year."
    found = summary_of(TITLE, "", f"{general} {LEDE} {SECOND}").text
    assert found.startswith(LEDE)


def test_news_of_the_united_states_keeps_its_lead() -> None:
    lead = "US President Ada Boss will open the vault of Harbor Exchange in Zurich on 3 May."
    assert summary_of(TITLE, "", f"{lead} {THIRD}").text.startswith(lead)


def test_the_end_of_a_quotation_is_not_shown_alone() -> None:
    said = "A Harbor spokesman said in a statement."
    assert said not in summary_of(TITLE, "", f"{LEDE} {said} {THIRD}").text


def test_sentences_that_say_the_same_are_not_repeated() -> None:
    again = "Harbor Exchange opened its vault in Zurich, which lets pension funds hold bitcoin."
    assert summary_of(TITLE, LEDE, f"{again} {SECOND}").text == f"{LEDE} {SECOND}"


def test_at_most_three_sentences_within_the_limit() -> None:
    body = (
        "Deposits of $40 million came within hours. Swiss regulators licensed it on 3 March. "
        "Rivals charge twice as much. Auditors visit every quarter. Gold may follow next year."
    )
    text = summary_of(TITLE, "", f"{LEDE} {body}").text
    assert text.startswith(LEDE)
    assert text.count(".") == 3
    assert len(text) <= MAX_LENGTH


def test_a_long_sentence_is_cut_at_a_clause_only_when_there_is_no_other() -> None:
    long = f"Harbor Exchange opened a vault, {'which holds coins of many a fund, ' * 20}it said."
    cut = summary_of(TITLE, "", long)
    assert cut.text.endswith("fund…")
    assert len(cut.text) <= MAX_LENGTH
    assert summary_of(TITLE, "", f"{long} {SECOND}").text == SECOND


@pytest.mark.parametrize(
    ("title", "body", "shown"),
    [
        (
            "比特币突破10万美元",
            "比特币周三突破10万美元大关\uff0c创下历史新高。过去24小时内\uff0c空头爆仓金额超过7亿美元。涨势会持续吗\uff1f",
            "比特币周三突破10万美元大关\uff0c创下历史新高。过去24小时内\uff0c空头爆仓金额超过7亿美元。",
        ),
        (
            "البيتكوين يتجاوز 100 ألف دولار",
            "تجاوز سعر البيتكوين مستوى 100 ألف دولار يوم الأربعاء للمرة الأولى. هل يستمر الصعود؟",
            "تجاوز سعر البيتكوين مستوى 100 ألف دولار يوم الأربعاء للمرة الأولى.",
        ),
        (
            "Биткоин выше 100 000",
            f"{RUSSIAN} Это было неожиданно. Ликвидации составили 700 млн долларов за сутки.",
            f"{RUSSIAN} Ликвидации составили 700 млн долларов за сутки.",
        ),
    ],
)
def test_other_scripts(title: str, body: str, shown: str) -> None:
    text = summary_of(title, "", body).text
    assert text == shown or text.startswith(shown)


def test_the_reason_says_where_the_sentences_are_from() -> None:
    assert summary_of(TITLE, LEDE, SECOND).reason == ("1 of 1 sentences of the publisher's summary")
    assert summary_of(TITLE, "", LEDE).reason == "1 of 1 sentences of the body"
    assert summary_of(TITLE, "", "Will it rise soon?").reason == "nothing to show: a question"
    assert summary_of(TITLE, "", "").reason == "no text beyond the title"


@pytest.mark.parametrize("piece", ["a", "A ", '"', "# ", "1 ", "Aa, ", "(Aa. ", "The post ", "\n"])
def test_a_megabyte_of_anything_has_an_end(piece: str) -> None:
    text = summary_of(piece * 1000, piece * 100_000, piece * (1_000_000 // len(piece))).text
    assert len(text) <= MAX_LENGTH


WORDS = st.sampled_from(
    (
        *(
            "Bitcoin",
            "rose",
            "fell",
            "The company",
            "it",
            "He said,",
            "However",
            "$5 million",
            "3%",
        ),
        *(
            "“Yes”",
            "-",
            "(BTC)",
            "…",
            ".",
            "!",
            "?",
            "\n",
            "•",
            "Key Takeaways:",
            "比特币",
            "\u3002",
        ),
        *("البيتكوين", "🚀", "https://x.example", "Ada Boss", "the vault"),
    )
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


@settings(max_examples=150)
@example("", "Bitcoin Bitcoin rose", "Bitcoin \n fell $5 million")  # neither ends
@example("", "rose Ada Boss !", "Bitcoin • Bitcoin $5 million")  # one of each
@example("Bitcoin", "", "$5 million it ! \n The company The company Bitcoin rose fell")
@given(TEXTS, TEXTS, TEXTS)
def test_a_summary_is_bounded_and_stands_in_its_source(title: str, summary: str, body: str) -> None:
    """Whatever comes in, what comes out is short and, but for marks at its ends, quoted.

    What stands twice in a row may be told once.
    """
    shown = summary_of(title, summary, body)
    assert len(shown.text) <= MAX_LENGTH
    assert shown.reason
    source = "".join(f"{summary} {body}".split()).replace("…", ".")
    once = re.sub(r"(.{2,}?)\1+", r"\1", source)
    ended = shown.text.replace("…", ".").replace("\u3002", ".").replace("! ", ".")
    for sentence in filter(None, ended.split(".")):
        told = "".join(sentence.split())
        assert told in source or re.sub(r"(.{2,}?)\1+", r"\1", told) in once


LEVELS = frozenset({"$4.10", "$3.60"})
NEWS = "Larkcoin rose 6% on Friday after its exchange opened in Oslo."
DETAILS = (
    "Turnover of the coin in Oslo came to $9 million before noon. "
    "Trading there costs 0.3% for Norwegian clients and twice that for the rest."
)
ASIDE = "Its volume was twice that of a usual Friday in the summer months."
WARNING = "Sellers wait at $4.10, Fjord Research wrote, and buyers at $3.60."


def test_among_like_sentences_one_with_an_offered_level_is_preferred() -> None:
    """What a button below the summary offers is explained by it."""
    body = f"{NEWS} {DETAILS} {WARNING}"
    assert WARNING not in summary_of("Larkcoin rises", "", body).text
    shown = summary_of("Larkcoin rises", "", body, LEVELS).text
    assert shown.startswith(NEWS)
    assert WARNING in shown


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Larkcoin nears $4.10 from $3.60", WARNING),
        ("Larkcoin rises", "Sellers wait for $4.105 and the fund for $3.60 million."),
    ],
)
def test_a_level_that_is_told_or_another_amount_changes_nothing(title: str, sentence: str) -> None:
    body = f"{NEWS} {DETAILS} {sentence}"
    assert summary_of(title, "", body, LEVELS) == summary_of(title, "", body)


def test_a_level_makes_no_opening() -> None:
    shown = summary_of("Larkcoin rises", "", f"{NEWS} {ASIDE} {WARNING}", LEVELS).text
    assert shown.startswith(NEWS)


def test_the_cause_of_a_mishap_stays_behind_it() -> None:
    title = "Harbor Exchange is drained of $9 million"
    lede = "Thieves took $9 million in ether from Harbor Exchange in Zurich on Sunday night."
    cause = "The flaw was an old one: whoever asked could reset the keys of a vault."
    sums = "About $2 million in USDC was frozen within an hour by its issuer in Boston."
    more = "Nearly $4 million in ether went through a mixer before the sun rose on Monday."
    shown = summary_of(title, "", f"{lede} {cause} {sums} {more}").text
    assert shown.startswith(f"{lede} {cause}")


def test_the_networks_that_were_chosen_are_told_at_last() -> None:
    """Also where they carry "the transfers", of which the title tells as payments."""
    title = "Harbor to settle weekend payments in USDC"
    lede = "Harbor Exchange will settle what its clients owe on weekends in USDC from May on."
    terms = "Nine banks begin, each with a limit of $40 million for a Saturday or a Sunday."
    least = "Nobody pays more than $3 for a payment of $1 million, by a list of March 4."
    choice = "Harbor picked Solana and Ethereum to carry the transfers."
    shown = summary_of(title, "", f"{lede} {terms} {least} {choice}").text
    assert shown == f"{lede} {terms} {choice}"
