"""The tone of headlines: labels, direction and negation, scores, reasons."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articles import Sentiment, Tone
from bot.news.tone.sentiment import (
    CLASSES,
    NOT_UNDERSTOOD,
    NOTHING_SAID,
    Feature,
    ToneFinder,
    Weights,
    features_of,
    probabilities,
    read_weights,
)
from bot.news.tone.wording import Lexicon

GOOD = (
    "Bitcoin surges past $120,000 to a fresh record",
    "Ether rallies 9% as spot funds post record inflows",
    "Solana climbs to a three-month high on strong demand",
    "Bears liquidated as bitcoin tops $100,000",
    "Short squeeze wipes out $400 million of bearish bets",
    "Shorts wiped out as ether rips higher",
    "Over $300 million in shorts liquidated within an hour",
    "Bitcoin ETF outflows slow to a trickle",
    "Outflows from crypto funds ease for the third week",
    "Selloff eases as bitcoin reclaims $90,000",
    "Selling pressure fades, clearing the way for a rally",
    "Stolen funds recovered after bridge hack",
    "Exchange recovers all $40 million lost in hack",
    "Judge dismisses lawsuit against Coinbase",
    "Lawsuit against Uniswap dismissed by federal court",
    "SEC drops case against Ripple",
    "Regulator lifts ban on crypto trading",
    "Fed delivers rate cut, lifting risk assets",
    "SEC approves first spot Solana ETF",
    "Hong Kong grants license to crypto exchange",
    "Payments startup raises $30 million in Series B round",
    "Retail giant begins to accept bitcoin in 200 stores",
    "Bank partners with Chainlink to tokenize bonds",
    "MicroStrategy buys another 5,000 bitcoin",
    "Bitcoin shrugs off war fears and climbs above $110,000",
    "XRP rebounds 6% after weekend dip",
    "Ethereum gas fees fall to a five-year low",
    "Bitcoin hits all-time high",
    "Recession fears fade as jobs data surprises",
    "Dogecoin is not dead: price doubles in a month",
    "Whales accumulate as bitcoin supply on exchanges falls",
    "Developers patch vulnerability before any funds were lost",
    "Hacker returns $12 million to DeFi protocol",
    "Trader convicted in error is acquitted of fraud",
    "BTC +7% as bulls return",
    "Inflation softens to 2.1%, lowest in four years",
    "US inflation cools for a third month",
    "Coinbase drops fee for USDC withdrawals",
    "SEC drops lawsuit against Kraken",
    "SEC drops its case against Uniswap",
    "Attacker returns $31 million to lending protocol",
    "Exploiter sends back stolen funds after talks",
    "Korea lifts ban on corporate crypto accounts",
    "Ban on crypto ads lifted in Singapore",
    "Ban lifted on retail access to crypto notes",
    "SEC clears spot Solana ETFs for trading",
    "SEC clears way for tokenized stocks",
    "Basel Committee softens capital rule for banks that hold crypto",
    "Judge tosses class action against Tether",
    "Court strikes down ban on mining",
    "Sanctions on Tornado Cash lifted",
    "Nigeria drops charges against Binance",
    "Outflows end for ether funds",
    "Miner cuts debt by half",
    "Uniswap fee cut passes",
    "Vulnerability fixed before any loss",
    "Exchange resumes withdrawals after outage",
    "DOGE rebounds from a three-year low",
    "XRP climbs as odds of a shutdown grow",
)
BAD = (
    "Bitcoin falls below $90,000",
    "Ether slides 5% despite ETF inflows",
    "Bitcoin fails to break $100,000 again",
    "Bitcoin fails to hold support and drops 4%",
    "Rally stalls as traders take profits",
    "Longs liquidated as bitcoin plunges to $80,000",
    "Bulls wiped out in $1 billion flush",
    "Crypto funds see record outflows",
    "Outflows surge as investors flee bitcoin funds",
    "Inflows dry up for ether funds",
    "Exchange hacked for $60 million",
    "DeFi protocol drained in flash loan attack",
    "Bridge exploit costs users $20 million",
    "SEC sues crypto lender over unregistered securities",
    "SEC rejects bid for spot ETF",
    "SEC delays decision on Litecoin ETF",
    "Regulator bans crypto advertising",
    "Founder sentenced to 12 years in prison for fraud",
    "Stablecoin loses its dollar peg",
    "Exchange halts withdrawals amid liquidity crunch",
    "Lender files for bankruptcy",
    "Miner lays off a fifth of its staff",
    "Inflation fears push bitcoin lower",
    "Bitcoin drops as tariffs escalate",
    "Hawkish Fed sends bitcoin tumbling",
    "Central bank warns of crypto risks",
    "Rug pull leaves investors with $5 million in losses",
    "Network outage halts Solana for five hours",
    "Fears of a deeper correction mount",
    "XRP not out of the woods as losses deepen",
    "Court rejects appeal of convicted exchange founder",
    "Hope for a rate cut fades, stocks and crypto sink",
    "Cardano price crashes 20% in brutal sell-off",
    "ETH -6% as bears take control",
    "Police arrest four over crypto laundering ring",
    "Inflation heats up again as tariffs bite",
    "Bitcoin drops 6% in an hour",
    "Bitcoin drops as yields climb",
    "Attacker drains bridge of $14 million",
    "Exchange pauses withdrawals after a key goes missing",
    "Helix bridge drained of $58 million",
    "Nigeria files new charges against Binance",
    "Rug pull: developers exit with $4 million",
    "Fund cuts bitcoin holdings",
    "Vulnerability found in popular wallet",
    "Bitfinex warns of downside risks",
    "Miner's revenue misses estimates",
    "Resistance caps ether's recovery",
    "Stablecoins pose risks to banks' resilience, says board",
)
NEITHER = (
    "How to choose a hardware wallet",
    "What is proof of stake? A beginner's guide",
    "Five things to know this week",
    "Exchange names new head of compliance",
    "Former regulator joins law firm",
    "Senate committee to hold hearing on digital dollar",
    "An interview with the founder of a mining pool",
    "Key dates for crypto in the month ahead",
    "Treasury seeks comments on stablecoin rules",
    "Why do miners move to Texas?",
    "Comparing rollups: a closer look",
    "Airdrop drops on Friday for early users",
    "Rapper drops NFT collection on Base",
    "Lender drops its own price feeds for Chainlink's",
    "Ethereum's exit queue stands at nine days",
    "Exchange's chief to exit after six years",
    "Fed minutes hint at a pause",
    "Bitcoin pauses near $90,000",
    "Validators vote on a cap for staking",
    "Firm rejects claims in a short seller's report",
)
FOREIGN = (
    "Биткоин вырос на пять процентов",
    "ビットコインが急騰",
    "بيتكوين يرتفع إلى مستوى قياسي",
    "El bitcoin cae por debajo de los 90.000 dólares",
    "Der Kurs steigt wieder",
    "比特币突破十万美元",
)
WEIGHT = re.compile(r'"([^"]+)" ([+-]\d+\.\d)')


@pytest.fixture(scope="module")
def finder() -> ToneFinder:
    return ToneFinder.load()


@pytest.mark.parametrize("headline", GOOD)
def test_good_news_is_positive(finder: ToneFinder, headline: str) -> None:
    tone = finder.tone(headline)
    assert tone.sentiment is Sentiment.POSITIVE, tone
    assert tone.score > 0


@pytest.mark.parametrize("headline", BAD)
def test_bad_news_is_negative(finder: ToneFinder, headline: str) -> None:
    tone = finder.tone(headline)
    assert tone.sentiment is Sentiment.NEGATIVE, tone
    assert tone.score < 0


@pytest.mark.parametrize("headline", NEITHER)
def test_what_is_neither_is_neutral(finder: ToneFinder, headline: str) -> None:
    tone = finder.tone(headline)
    assert tone.sentiment is Sentiment.NEUTRAL, tone
    assert abs(tone.score) < 0.5


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Shorts liquidated in sudden move", "Longs liquidated in sudden move"),
        ("ETF outflows slow", "ETF outflows surge"),
        ("ETF inflows surge", "ETF inflows slow"),
        ("Court dismisses lawsuit against exchange", "Court allows lawsuit against exchange"),
        ("Bitcoin breaks above $100,000", "Bitcoin fails to break above $100,000"),
        ("Stolen funds recovered", "Stolen funds moved"),
        ("Regulator lifts ban", "Regulator imposes ban"),
        ("Fed cuts rates", "Fed hikes rates"),
        ("Rally resumes", "Rally stalls"),
        ("Recession fears fade", "Recession fears mount"),
        ("Gas fees fall", "Gas fees soar"),
        ("Bitcoin rebounds after the crash", "Bitcoin crashes after the rebound"),
        ("Hack losses shrink", "Hack losses grow"),
    ],
)
def test_direction_and_negation_decide_between_like_headlines(
    finder: ToneFinder, better: str, worse: str
) -> None:
    assert finder.tone(better).score > finder.tone(worse).score + 0.2


@pytest.mark.parametrize("headline", [*FOREIGN, "", "   ", "12345", "$$$ !!! ???", "🚀🚀🚀"])
def test_what_it_cannot_read_is_neutral_with_a_reason(finder: ToneFinder, headline: str) -> None:
    assert finder.tone(headline) == Tone(Sentiment.NEUTRAL, 0.0, NOT_UNDERSTOOD)


def test_the_sources_own_judgement_is_the_label(finder: ToneFinder) -> None:
    """Even against the words; the score then leans to the label's side."""
    tone = finder.tone("Bitcoin plunges below $80,000", own=Sentiment.POSITIVE)
    assert tone.sentiment is Sentiment.POSITIVE
    assert tone.score > 0
    assert tone.reason == "source: POSITIVE"


def test_a_judgement_that_fits_keeps_the_score_of_the_words(finder: ToneFinder) -> None:
    headline = "Bitcoin surges to a record"
    own = finder.tone(headline, own=Sentiment.POSITIVE)
    assert own.score == finder.tone(headline).score


def test_the_summary_adds_to_the_title(finder: ToneFinder) -> None:
    title = "Bitcoin trades near $95,000"
    up = finder.tone(title, "The price surged overnight and inflows hit a record.")
    down = finder.tone(title, "The price plunged overnight as outflows surged.")
    assert up.score > finder.tone(title).score > down.score


def test_without_a_title_the_summary_decides(finder: ToneFinder) -> None:
    assert finder.tone("", "Ether rallied to a record.").sentiment is Sentiment.POSITIVE


def test_an_article_of_a_sharp_rise_is_positive_despite_its_liquidations(
    finder: ToneFinder,
) -> None:
    tone = finder.tone(
        "Bitcoin touches $93,500 as crypto rally extends, with $270 million in liquidations",
        "Crypto prices rallied into the new year. The surge came with gains for Asian stocks…",
    )
    assert tone.sentiment is Sentiment.POSITIVE


def test_the_reason_names_the_words_that_decided(finder: ToneFinder) -> None:
    named = dict(WEIGHT.findall(finder.tone("Bitcoin surges to a record").reason))
    assert {"surges", "record"} <= named.keys()
    assert all(float(weight) > 0 for word, weight in named.items() if word in ("surges", "record"))


def test_the_reason_keeps_together_what_one_word_turned(finder: ToneFinder) -> None:
    reason = finder.tone("Bitcoin ETF outflows slow").reason
    assert '"outflows slow" +' in reason


@pytest.mark.parametrize("headline", [*GOOD, *BAD])
def test_a_reason_only_quotes_the_headline(finder: ToneFinder, headline: str) -> None:
    words = set(re.findall(r"[^\s]+", re.sub(r"[-:]", " ", headline.lower())))
    named = WEIGHT.findall(finder.tone(headline).reason)
    assert named
    for quoted, _ in named:
        spoken = set(quoted.replace("-", " ").split())
        assert all(any(part in word for word in words) for part in spoken), quoted


@pytest.mark.parametrize("headline", [*GOOD, *BAD])
def test_some_of_the_words_named_pull_to_the_label(finder: ToneFinder, headline: str) -> None:
    tone = finder.tone(headline)
    pulls = [float(weight) for _, weight in WEIGHT.findall(tone.reason)]
    side = 1 if tone.sentiment is Sentiment.POSITIVE else -1
    assert any(pull * side > 0 for pull in pulls)


@pytest.mark.parametrize("headline", GOOD + BAD + NEITHER)
def test_no_word_that_only_joins_others_decides(finder: ToneFinder, headline: str) -> None:
    named = {words for words, _ in WEIGHT.findall(finder.tone(headline).reason)}
    assert named.isdisjoint({"the", "its", "with", "at", "in", "of", "a", "as", "into", "for"})


def test_a_lone_word_of_no_clear_sense_makes_no_mark(finder: ToneFinder) -> None:
    for word in ("exit", "stop", "pause", "end", "cut", "lift", "remove"):
        tone = finder.tone(f"Team to {word} the second phase")
        assert tone.sentiment is Sentiment.NEUTRAL, (word, tone)


def test_a_score_near_zero_is_no_mark() -> None:
    weights = Weights((0.0, -1.0, 0.0), {"w:alpha": (-0.02, 0.0, 0.02)})
    assert ToneFinder(weights, Lexicon.load()).tone("alpha").sentiment is Sentiment.NEUTRAL


def test_a_clear_score_of_words_that_say_little_is_no_mark() -> None:
    weights = Weights((0.0, -1.0, 1.0), {"w:alpha": (0.0, 0.0, 0.2)})
    tone = ToneFinder(weights, Lexicon.load()).tone("alpha")
    assert tone.sentiment is Sentiment.NEUTRAL
    assert tone.score > 0.2


def test_a_neutral_reason_names_what_is_neither(finder: ToneFinder) -> None:
    reason = finder.tone("How to choose a hardware wallet").reason
    assert reason.startswith('words for neither: "how to"')


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from([None, *CLASSES]))
def test_any_text_gives_a_tone_within_bounds(
    title: str, summary: str, own: Sentiment | None
) -> None:
    tone = ToneFinder.load().tone(title, summary, own)
    assert -1 <= tone.score <= 1
    assert tone.reason
    assert own is None or tone.sentiment is own
    if tone.sentiment is Sentiment.POSITIVE:
        assert tone.score >= 0
    if tone.sentiment is Sentiment.NEGATIVE:
        assert tone.score <= 0


WORDS = st.sampled_from(
    [
        "Bitcoin", "ether", "SEC", "not", "fails", "to", "break", "outflows", "slow", "hack",
        "recovered", "lawsuit", "dismissed", "rally", "stalls", "$100,000", "5%", "+4%",
        "shorts", "liquidated", "after", "despite", "record", "low", ",", ":", "?", "rate",
        "cut",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25))
def test_neither_case_nor_whitespace_matters(words: list[str]) -> None:
    finder = ToneFinder.load()
    plain = finder.tone(" ".join(words))
    assert finder.tone("  " + " \t\n ".join(words) + "\n") == plain
    assert finder.tone(" ".join(words).upper()) == plain
    assert finder.tone(" ".join(words).lower()) == plain


def test_the_form_of_quotes_and_apostrophes_does_not_matter(finder: ToneFinder) -> None:
    straight = finder.tone("Bitcoin doesn't hold 'key' support")
    assert finder.tone("Bitcoin doesn\u2019t hold \u2018key\u2019 support") == straight
    assert finder.tone("Bitcoin doesn\x92t hold \x91key\x92 support") == straight


def test_a_very_long_text_is_read_from_its_beginning(finder: ToneFinder) -> None:
    start = "Bitcoin surges to a record. " + "word " * 500
    assert finder.tone(start + "crash " * 200_000).sentiment is finder.tone(start).sentiment


def test_the_finder_is_loaded_once() -> None:
    assert ToneFinder.load() is ToneFinder.load()


def test_features_replace_names_and_figures() -> None:
    """So that what was learned of one coin holds for another."""
    lexicon = Lexicon.load()

    def names(text: str) -> list[str]:
        return [feature.name for feature in features_of(text, lexicon)]

    assert names("Binance lists Solana at $5") == names("Kraken lists Cardano at $70,000")
    assert "w:#coin" in names("Solana gains")


def test_probabilities_are_of_the_weighted_sums() -> None:
    weights = Weights((0.0, 0.0, 0.0), {"w:up": (0.0, 0.0, 2.0)})
    even = probabilities([], weights)
    up = probabilities([Feature("w:up", 1.0, "up"), Feature("w:new", 1.0, "new")], weights)
    assert even == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert up[2] == pytest.approx(0.787, abs=0.001)
    assert sum(up) == pytest.approx(1)


def test_words_without_weight_decide_nothing() -> None:
    weights = Weights((0.0, 1.0, 0.0), {"w:plain": (0.0, 0.0, 0.0)})
    tone = ToneFinder(weights, Lexicon.load()).tone("plain words")
    assert tone == Tone(Sentiment.NEUTRAL, 0.0, NOTHING_SAID)


def test_weights_are_read_as_they_are_written() -> None:
    weights = read_weights('{"intercepts": [0, 1, 2], "features": {"w:a": [1, 2, 3]}}')
    assert weights == Weights((0, 1, 2), {"w:a": (1, 2, 3)})


def test_the_shipped_weights_are_of_words_and_pairs_alone() -> None:
    """No headline can be read back from them."""
    for name, weights in ToneFinder.load()._weights.features.items():
        kind, _, words = name.partition(":")
        assert len(weights) == len(CLASSES)
        assert kind in ("w", "b", "g", "net", "lex+", "lex-")
        assert words.count(" ") <= (kind == "b")
