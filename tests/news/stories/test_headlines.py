"""A headline as it is compared."""

from datetime import UTC, datetime

import pytest

from bot.domain.stories import Told
from bot.news.stories.headlines import Form, headline

NOW = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("Bitcoin tops $93,000", Form.NEWS),
        ("Will bitcoin fall below $90,000?", Form.QUESTION),
        ("Why is bitcoin down today?", Form.EXPLAINER),
        ("Here's what happened in crypto today", Form.ROUND_UP),
        ("The Daily: Kraken raises $500M and more", Form.ROUND_UP),
        ("Top 5 altcoins to watch this week", Form.ROUND_UP),
        ("Opinion: ETFs are a mistake", Form.OPINION),
        ("XRP price prediction for January", Form.OPINION),
        ("How to stake Solana", Form.EXPLAINER),
    ],
)
def test_the_form_is_read_from_the_title(title: str, form: Form) -> None:
    assert headline(Told(title, NOW)).form is form


def test_names_before_the_first_act_are_subjects() -> None:
    read = headline(Told("Coinbase sues Zorgon", NOW))
    assert read.subjects == {"coinbas"}
    assert read.names == {"coinbas", "zorgon"}


def test_what_is_not_done_is_no_act_told() -> None:
    assert "ban" in headline(Told("India says it has no plan to ban crypto", NOW)).negated
    assert not headline(Told("SEC sends no-action letter", NOW)).negated


def test_the_lead_has_only_what_the_title_has_not() -> None:
    read = headline(Told("Zorgon hacked", NOW, "Zorgon lost $5 million to Lazarus."))
    assert "zorgon" in read.words
    assert "zorgon" not in read.lead
    assert "lazarus" in read.lead
    assert [amount.value for amount in read.lead_amounts] == [5_000_000]
