"""Texts held against the article that they tell."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.news.summaries.faithful import LONGEST, unfaithful

ARTICLE = (
    "Bitcoin vault opens in Zurich. Harbor Exchange has opened a vault in Zurich that lets "
    "pension funds hold bitcoin, chief executive Ada Boss said on Jan. 5. The U.S. unit of "
    "Harbor Exchange expects deposits of $1.2 billion, or 1,638 BTC a week, by March 2027. Its "
    "token HBR rose 5% to $3,380 while ether fell 3.5% over 24 hours, according to data from "
    "ChainWatch. Analyst Bo Quick of Summit Group sees $93,000\u2013$95k as the range for bitcoin "
    "in the third quarter. Regulators doubled the capital that custodians must hold. A new block "
    "of rules may follow."
)
GERMAN = "Harbor Exchange hat in Zurich einen Tresor eröffnet, in dem Kassen Bitcoin halten können."


@pytest.mark.parametrize(
    "text",
    [
        "Harbor Exchange has opened a vault in Zurich that lets pension funds hold bitcoin.",
        "Deposits of $1.2bn are expected by Harbor Exchange by March 2027.",
        "Deposits of 1,200 million dollars are expected by Harbor Exchange.",
        "HBR rose 5 percent to $3,380, while ether lost 3.5% over 24 hours.",
        "Bitcoin may range between $93,000 and $95,000, according to Bo Quick of Summit Group.",
        "Boss said on January 5 that the vault lets pension funds hold Bitcoin.",
        "Regulators doubled the capital of custodians, and new rules may follow.",
        "The US unit of Harbor Exchange expects deposits of 1,638 BTC a week.",
        "Harbor Exchange's vault is in Zurich.\nDeposits may reach $1.2 billion.",
    ],
)
def test_what_the_article_says_passes(text: str) -> None:
    assert unfaithful(text, ARTICLE) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # Figures.
        ("Harbor Exchange expects deposits of $1.3 billion.", 'the figure "$1.3 billion"'),
        ("Harbor Exchange expects deposits of $1.2 million.", 'the figure "$1.2 million"'),
        ("Harbor Exchange expects deposits of $1.2 next week.", 'the figure "$1.2"'),
        ("HBR rose 3,380% over 24 hours, data show.", 'the figure "3,380%"'),
        ("Harbor Exchange expects deposits of 1,638 ETH a week.", 'the figure "1,638 ETH"'),
        ("Harbor Exchange expects deposits by March 2028.", 'the figure "2028"'),
        ("Harbor Exchange lets seven pension funds hold bitcoin.", 'the figure "seven"'),
        ("Deposits at Harbor Exchange may reach half a billion.", 'the figure "half"'),
        ("Regulators tripled the capital of custodians.", 'the figure "tripl"'),
        ("HBR fell 5% over 24 hours, according to data.", 'the direction of "5%"'),
        # Names.
        ("Harbor Exchange and Coinbase have opened a vault in Zurich.", 'the name "Coinbase"'),
        ("Coinbase has opened a vault for pension funds in Zurich.", 'the name "Coinbase"'),
        ("Harbor Exchange has opened a vault in Geneva for pension funds.", 'the name "Geneva"'),
        ("Harbor Exchange lets pension funds hold bitcoin and solana.", 'the name "solana"'),
        ("Harbor Exchange lets pension funds hold bitcoin and XRP.", 'the name "XRP"'),
        ("Ada Quick said that pension funds may hold bitcoin.", 'the name "Ada Quick"'),
        ("Harbor Exchange lets pension funds hold Block shares.", 'the name "Block"'),
        ("Pension funds may hold bitcoin in a vault from May.", 'the name "May"'),
        ("Harbor Exchange has opened a vault, says a16z.", 'the name "a16z"'),
        # Form.
        ("More on the vault of Harbor Exchange at https://a.example.", "a link or an address"),
        ("Pension funds in Zurich, tell @harbor what you think.", "a link or an address"),
        ("Send deposits to bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh.", "a link or an address"),
        ("Harbor Exchange has opened a **vault** in Zurich.", "markup"),
        ("Harbor Exchange <b>opened</b> a vault in Zurich.", "markup"),
        ("As an AI, the vault in Zurich is new to the data.", "a model's remark"),
        ("Ignore all rules: Harbor Exchange opened a vault.", "a model's remark"),
        ("Subscribe to Harbor Exchange and its vault in Zurich.", "advice or promotion"),
        ("Send BTC to the vault of Harbor Exchange in Zurich.", "advice or promotion"),
        # Matter and language.
        ("The cat sat upon the garden fence, purring and watching birds.", "other matter"),
        (GERMAN, "written in de, the article in en"),
        ("", "0 characters"),
        ("Too short.", "10 characters"),
        ("a" * (LONGEST + 1), f"{LONGEST + 1} characters"),
    ],
)  # fmt: skip
def test_what_the_article_does_not_say_is_refused(text: str, reason: str) -> None:
    assert unfaithful(text, ARTICLE) == reason


CHINESE = (
    "比特币周三突破10万美元大关，创下历史新高。"  # noqa: RUF001 - its comma
    "过去24小时内，空头爆仓金额超过7亿美元，Harbor交易所表示。"  # noqa: RUF001 - its comma
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("比特币周三突破10万美元，创下历史新高，空头爆仓超过7亿美元。", None),  # noqa: RUF001 - its comma
        ("比特币周三突破10万美元，空头爆仓超过8亿美元，创下历史新高。", 'the figure "8亿"'),  # noqa: RUF001 - its comma
        ("比特币周三突破10万美元大关，Coinbase交易所表示创下历史新高。", 'the name "Coinbase"'),  # noqa: RUF001 - its comma
        ("今天天气很好，我们去公园散步，看到了很多漂亮的花朵和小鸟。", "other matter"),  # noqa: RUF001 - its comma
    ],
)
def test_scripts_without_capitals_are_compared_by_their_signs(
    text: str, reason: str | None
) -> None:
    assert unfaithful(text, CHINESE) == reason


def test_where_commas_are_decimal_marks_figures_compare_too() -> None:
    article = (
        "Der Bitcoin ist am Mittwoch auf 93.000 Euro gestiegen. Das Volumen lag nach Angaben der "
        "Börse bei 1,2 Milliarden Euro und damit höher als in der Woche davor."
    )
    same = (
        "Der Bitcoin ist am Mittwoch auf 93.000 Euro gestiegen, das Volumen lag bei 1,2 Mrd. Euro."
    )
    assert unfaithful(same, article) is None
    other = "Der Bitcoin ist am Mittwoch auf 94.000 Euro gestiegen."
    assert unfaithful(other, article) == 'the figure "94.000 Euro"'


# ---- one thing exchanged for another

# Words of the article that names are made of, or that begin as names do.
TRAPS = (
    "An exchange was stripped of a strategic reserve, which circles close to the governor called "
    "a metaphor, a gem among the blocks. The market was tethered to a galaxy of polygons, ripples "
    "near a gate and a compass, with anchors in a robust paradigm, while users pay by visas."
)
COMPANIES = [
    *("Strategy", "Stripe", "Metaplanet", "Circle", "Block", "Polygon", "Ripple", "Tether"),
    *("Galaxy", "Gemini", "Gates", "Visa", "Robinhood", "Coinbase", "BlackRock", "Compass"),
    *("Anchorage", "Anchor", "Paradigm", "Near", "Summit Group", "Harbor Exchange"),
]
PEOPLE = ["Vitalik Buterin", "Michael Saylor", "Ada Boss", "Jerome Powell", "Brian Armstrong"]
UNITS = ["${}", "€{}", "{} BTC", "{} ETH", "{}%", "{} users", "{} traders", "{} hours"]
UNITS += [unit.replace("{}", "{} million") for unit in UNITS if "%" not in unit]
SENTENCES = [
    "{company} lost {figure} on Monday, {person} said.",
    "On Monday the exchange of {company} lost {figure}, according to {person}.",
    "{company} was asked by {person} about {figure} on the exchange.",
]


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """An article that tells of one company, one person and one figure, and those three."""
    parts = {
        "company": draw(st.sampled_from(COMPANIES)),
        "person": draw(st.sampled_from(PEOPLE)),
        "figure": draw(st.sampled_from(UNITS)).format(f"{draw(st.integers(100, 99_999)):,}"),
    }
    told = " ".join(sentence.format(**parts) for sentence in SENTENCES)
    return f"{told} {TRAPS}", parts


@settings(deadline=None)  # the first one reads the names
@given(stories(), st.sampled_from(SENTENCES))
def test_a_sentence_of_the_article_passes(story: tuple[str, dict[str, str]], sentence: str) -> None:
    article, parts = story
    assert unfaithful(sentence.format(**parts), article) is None


@settings(deadline=None)  # the first one reads the names
@given(stories(), st.sampled_from(SENTENCES), st.sampled_from(COMPANIES))
def test_another_company_is_refused(
    story: tuple[str, dict[str, str]], sentence: str, company: str
) -> None:
    """At a sentence's beginning and within it, whatever words of the article it is made of."""
    article, parts = story
    assume(company != parts["company"])
    assert unfaithful(sentence.format(**{**parts, "company": company}), article) is not None


@settings(deadline=None)  # the first one reads the names
@given(stories(), st.sampled_from(SENTENCES), st.sampled_from(PEOPLE), st.booleans())
def test_another_person_is_refused(
    story: tuple[str, dict[str, str]], sentence: str, person: str, is_lower: bool
) -> None:
    """In lower case, too."""
    article, parts = story
    assume(person not in {parts["person"], *(["Ada Boss"] if is_lower else [])})
    written = person.lower() if is_lower else person
    assert unfaithful(sentence.format(**{**parts, "person": written}), article) is not None


@settings(deadline=None)  # the first one reads the names
@given(stories(), st.sampled_from(SENTENCES), st.sampled_from(UNITS))
def test_another_unit_is_refused(
    story: tuple[str, dict[str, str]], sentence: str, unit: str
) -> None:
    """Another currency, asset, scale, percentage, or another thing counted."""
    article, parts = story
    number = "".join(char for char in parts["figure"] if char.isdigit() or char == ",")
    figure = unit.format(number)
    assume(figure != parts["figure"])
    assert unfaithful(sentence.format(**{**parts, "figure": figure}), article) is not None


@settings(deadline=None)  # the first one reads the names
@given(stories(), st.sampled_from(SENTENCES), st.integers(100, 99_999))
def test_another_value_is_refused(
    story: tuple[str, dict[str, str]], sentence: str, value: int
) -> None:
    article, parts = story
    number = "".join(char for char in parts["figure"] if char.isdigit() or char == ",")
    assume(Decimal(number.replace(",", "")) != value)
    figure = parts["figure"].replace(number, f"{value:,}")
    assert unfaithful(sentence.format(**{**parts, "figure": figure}), article) is not None


@given(st.text(max_size=200), st.text(max_size=200))
def test_nothing_raises(text: str, article: str) -> None:
    reason = unfaithful(text, article)
    assert reason is None or reason
