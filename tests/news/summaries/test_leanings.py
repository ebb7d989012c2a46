"""What sentences take for known."""

import pytest

from bot.news.summaries.leanings import entities_leaned_on, events_leaned_on


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Traders hope that the gap will close.", {"gap"}),
        ("The release adds a cap on fees.", {"release"}),
        ("Lawyers for both sides signed the deal.", {"deal"}),
        ("Analysts call this rally thin.", {"rally"}),
        ("Harbor said the new ruling helps it.", {"ruling"}),
        ("A deal was near, and on Friday both signed the deal.", set()),
        ("The merger of two banks closed.", set()),
        ("The exploit that hit Harbor cost $3 million.", set()),
        ("The Harbor deal is done.", set()),
        ("Bitcoin rose 3% on Friday.", set()),
    ],
)
def test_events_that_nothing_told(sentence: str, expected: set[str]) -> None:
    assert events_leaned_on(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("In May, the company bought more coins.", {"company"}),
        ("Bitcoin fans expected the firm to buy.", {"firm"}),
        ("Harbor told clients that the exchange is safe.", set()),
        ("The company behind the bridge paid.", set()),
    ],
)
def test_companies_that_nothing_named(sentence: str, expected: set[str]) -> None:
    assert entities_leaned_on(sentence) == expected
