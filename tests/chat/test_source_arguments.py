"""What operators type behind /source."""

import pytest

from bot.chat.source_arguments import SourceOrder, SourceVerb, named_source, read_source_order
from bot.domain.errors import ArgumentError
from bot.domain.sources import Source, SourceKind, SourceState

KNOWN = [
    Source(1, "ledger", "The Ledger", SourceKind.FEED, "https://l.example", SourceState.ACTIVE),
    Source(2, "gazette", "Ledger", SourceKind.FEED, "https://g.example", SourceState.PAUSED),
]


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("add https://l.example/x", SourceOrder(SourceVerb.ADD, "https://l.example/x")),
        ("ADD l.example", SourceOrder(SourceVerb.ADD, "l.example")),
        ("add l.example @My-Key", SourceOrder(SourceVerb.ADD, "l.example", "my-key")),
        ("pause ledger", SourceOrder(SourceVerb.PAUSE, "ledger")),
        ("Resume The Ledger", SourceOrder(SourceVerb.RESUME, "The Ledger")),
        ("remove @ledger", SourceOrder(SourceVerb.REMOVE, "@ledger")),
        ("import", SourceOrder(SourceVerb.IMPORT)),
    ],
)
def test_an_order_is_read(typed: str, order: SourceOrder) -> None:
    assert read_source_order(typed) == order


@pytest.mark.parametrize(
    ("typed", "text_id"),
    [
        ("", "source.what"),
        ("delete ledger", "source.what"),
        ("https://l.example", "source.what"),
        ("add", "source.add_what"),
        ("add ledger", "source.add_what"),
        ("add https://l.example/" + "x" * 1000, "source.address_too_long"),
        ("add l.example my key", "source.key_unreadable"),
        ("add l.example schlüssel", "source.key_unreadable"),
        ("pause", "source.which"),
    ],
)
def test_what_cannot_be_read_is_told(typed: str, text_id: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_source_order(typed)
    assert caught.value.argument_text_id == text_id


@pytest.mark.parametrize(
    ("typed", "key"),
    [("ledger", "ledger"), ("@LEDGER", "ledger"), ("the ledger", "ledger"), ("gazette", "gazette")],
)
def test_a_source_is_named_by_its_key_before_its_name(typed: str, key: str) -> None:
    assert named_source(typed, KNOWN).key == key


def test_a_source_that_is_not_known_is_told_with_those_that_are() -> None:
    with pytest.raises(ArgumentError) as caught:
        named_source("@coindesk", KNOWN)
    assert caught.value.values == {"typed": "@coindesk", "known": "gazette, ledger"}
