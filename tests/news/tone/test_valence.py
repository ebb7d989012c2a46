"""How words turn each other: direction, negation, wrongs put right, and what came before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.tone.valence import Hit, hits_of
from bot.news.tone.wording import Lexicon, tokens_of

LEXICON = Lexicon.load()


def hits(text: str) -> tuple[Hit, ...]:
    tokens = tokens_of(text)
    return hits_of(tokens, LEXICON.spans(tokens))


def total(text: str) -> float:
    return sum(hit.value for hit in hits(text))


def turned(text: str) -> list[str]:
    tokens = tokens_of(text)
    return [
        " ".join(token.text for token in tokens[hit.start : hit.end])
        for hit in hits(text)
        if hit.turned
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Outflows slow", "outflows slow"),
        ("Slowing outflows", "slowing outflows"),
        ("Outflows from bitcoin funds dry up", "outflows from bitcoin funds dry up"),
        ("Bears liquidated at $90,000", "bears liquidated"),
        ("Squeeze wipes out $40 million of shorts", "wipes out $40 million of shorts"),
        ("Lawsuit dismissed", "lawsuit dismissed"),
        ("Lawsuit against Ripple dismissed", "lawsuit against ripple dismissed"),
        ("SEC drops case", "drops case"),
        ("Country lifts ban", "lifts ban"),
        ("Selloff eases", "selloff eases"),
        ("Gas fees fall to a yearly low", "gas fees fall"),
        ("Recession fears fade", "recession fears fade"),
    ],
)
def test_what_should_shrink_and_does_is_good(text: str, words: str) -> None:
    assert turned(text) == [words]
    assert total(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "Outflows surge",
        "Record outflows",
        "Fears mount",
        "Rally stalls",
        "Inflows dry up",
        "Demand for bitcoin cools",
        "Longs liquidated",
        "Bulls wiped out",
        "Hope of a deal fades",
    ],
)
def test_what_goes_the_wrong_way_is_bad(text: str) -> None:
    assert len(turned(text)) == 1
    assert total(text) < 0


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin falls on inflation fears",
        "Inflation fears push bitcoin lower",
        "Hack wipes out $100 million",
        "Lawsuit sends XRP lower",
        "Fear, then a drop",
    ],
)
def test_a_fall_with_a_bad_cause_stays_bad(text: str) -> None:
    """Neither a preposition, nor another actor, nor the end of a clause is stepped over."""
    assert turned(text) == []
    assert total(text) < 0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Bitcoin fails to break above resistance", -1),
        ("Bitcoin does not recover", -1),
        ("No hack, says exchange", 1),
        ("Token is not a scam", 1),
        ("Never profitable", -1),
    ],
)
def test_what_is_denied_counts_the_other_way_round(text: str, sign: int) -> None:
    assert total(text) * sign > 0


def test_a_denial_ends_with_its_clause() -> None:
    assert total("No, bitcoin crashed") < 0


@pytest.mark.parametrize(
    "text",
    [
        "Hacked funds recovered",
        "Hacker returns $2 million",
        "Exchange reimburses victims of hack",
        "Founder acquitted of fraud",
        "Vulnerability patched before any theft",
    ],
)
def test_a_wrong_put_right_is_good(text: str) -> None:
    assert total(text) > 0
    assert turned(text)


def test_a_wrong_in_another_clause_is_not_put_right() -> None:
    assert total("Exchange refunds fees as bridge is hacked and drained") < 0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("XRP rebounds after plunge", 1),
        ("XRP plunges after rebound", -1),
        ("Bitcoin climbs despite crackdown", 1),
        ("Ether slides despite inflows", -1),
    ],
)
def test_what_came_before_weighs_nothing(text: str, sign: int) -> None:
    assert total(text) * sign > 1


def test_a_wrong_after_a_wrong_counts() -> None:
    assert total("Token plunges after hack") < total("Token plunges")


def test_names_are_no_hits() -> None:
    assert hits("Bitcoin Binance China") == ()


WORDS = st.sampled_from(
    [
        "bitcoin", "Ripple", "outflows", "slow", "shorts", "wiped", "out", "$5", "million",
        "of", "lawsuit", "against", "dismissed", "not", "fails", "to", "break", "record", "low",
        "hack", "recovered", "returns", "after", "despite", ",", ":", "rally", "stalls",
        "surge", "as",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=40))
def test_hits_stay_within_the_text_and_in_order(words: list[str]) -> None:
    text = " ".join(words)
    found = hits(text)
    starts = [hit.start for hit in found]
    assert starts == sorted(starts)
    assert all(0 <= hit.start < hit.end <= len(tokens_of(text)) for hit in found)
    assert all(abs(hit.value) <= 2 for hit in found)


@pytest.mark.parametrize(
    "text",
    [
        "Lender drops its own oracle",
        "Exchange drops an old token standard",
        "Producer drops a new collection",
    ],
)
def test_what_falls_by_itself_says_nothing_when_it_is_done_to_something(text: str) -> None:
    assert total(text) == 0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Bitcoin drops 4%", -1),
        ("Bitcoin drops as yields climb", -1),
        ("Regulator lifts retail crypto note ban", 1),
        ("Basel softens its 1,250% rule", 1),
        ("Funding lifts revenue", 1),
        ("Outflows end for ether funds", 1),
        ("Resistance caps ether's recovery", -1),
        ("Ether must hold or risk a drop", -1),
        ("DOGE rebounds from a three-year low", 1),
        ("Adoption poses risks to resilience", -1),
        ("Bitcoin soars as fears grow", 1),
        ("Attacker sends back $47 million", 1),
    ],
)
def test_the_object_and_the_turn_of_phrase_decide(text: str, sign: int) -> None:
    assert total(text) * sign > 0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        # What grows is told by its verb: one pool that collects many fees.
        ("The pool that collects the fees has grown", 1),
        ("The fees of the network have grown", -1),
        ("Fees and tariffs have fallen", 1),
        ("Fear and fees have fallen", 1),
        # The noun behind a movement is what moves.
        ("A drop in trading volume", -1),
        ("A drop in ether ETF outflows", 1),
        ("Growth in gas fees", -1),
        ("Sharp rise in liquidations", -1),
        ("A fall of the exit queue", 1),
        ("Finality falls to 90 milliseconds", 1),
        # The measure of a movement goes with it.
        ("Gas fees sink to 0.4 gwei, the lowest since May", 1),
        ("Bitcoin sinks to $40,000, the lowest since May", -1),
        # What ends before or until something is not what stood before it.
        ("Savers pile into the token before the sale ends", 1),
        ("Redemptions are halted", -1),
        ("Judge orders dismissal of lawsuit", 1),
        ("A bug can no longer stop the chain", 1),
        ("A broker will no longer serve clients", -1),
        ("Savers put $30 million into ether notes", 1),
    ],
)
def test_what_grows_decides(text: str, sign: int) -> None:
    assert (total(text) > 0) - (total(text) < 0) == sign


@pytest.mark.parametrize(
    "text",
    [
        "Harbor's stock jumps 12%",
        "Deal of a miner, and its shares soar",
        "Miner shares slide 9%",
        "Gold pile grows to 90 tonnes",
        "Gold climbs past $4,000",
        "Oil and silver plunge",
    ],
)
def test_what_moves_elsewhere_says_nothing_of_a_coin(text: str) -> None:
    assert abs(total(text)) < 1
    assert any(hit.group == "unclear" for hit in hits(text))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Bitcoin and gold climb", 1),
        ("Gold holders watch as bitcoin sinks", -1),
        ("Bitcoin outpaces gold and rises", 1),
        ("A stock of bitcoin rises", 1),
        ("Tokenized shares: volume soars", 1),
        ("Gold: bitcoin plunges", -1),
    ],
)
def test_a_coin_beside_what_moves_elsewhere_keeps_its_own_move(text: str, sign: int) -> None:
    assert total(text) * sign > 0
