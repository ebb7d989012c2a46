"""The registry that ships with Coinbell, and one that was refreshed laid over it."""

from dataclasses import replace

import pytest

from bot.domain.assets import Asset
from bot.news.assets.registry import laid_over, load_registry, registry_text

ASSETS = load_registry()


def test_there_are_500_assets_and_more_each_with_its_own_id_symbol_and_rank() -> None:
    count = len(ASSETS)
    assert count >= 500
    assert [asset.rank for asset in ASSETS] == list(range(1, count + 1))
    assert len({asset.id for asset in ASSETS}) == count
    assert len({asset.symbol for asset in ASSETS}) == count


def test_every_entry_is_well_formed() -> None:
    for asset in ASSETS:
        assert asset.symbol == asset.symbol.upper().strip()
        assert asset.id == asset.id.lower().strip()
        assert asset.name.strip()
        assert set(asset.ambiguous_names) <= {asset.name, *asset.aliases}


@pytest.mark.parametrize(
    ("word", "asset_id"),
    [
        ("BTC", "bitcoin"),
        ("$eth", "ethereum"),
        ("ether", "ethereum"),
        ("MATIC", "polygon-ecosystem-token"),
        ("POL", "polygon-ecosystem-token"),
        ("Fantom", "sonic-3"),
        ("FTM", "sonic-3"),
        ("RNDR", "render-token"),
        ("EOS", "vaulta"),
        ("TON", "the-open-network"),
        ("GRAM", "the-open-network"),
        ("LUNA", "terra-luna-2"),
        ("LUNC", "terra-luna"),
        ("MKR", "sky"),
        ("Klaytn", "kaia"),
        ("ripple", "ripple"),
        ("tether", "tether"),
        ("link", "chainlink"),
    ],
)
def test_old_and_new_names_lead_to_the_coin_of_today(word: str, asset_id: str) -> None:
    assert [asset.id for asset in ASSETS.named(word)] == [asset_id]


def test_symbols_that_are_words_are_marked() -> None:
    words = "LINK NEAR FLOW GAS ONE TON NOT APE MASK HOT SUN WIN GMT HYPE PUMP TRUMP SKY"
    marked = {asset.symbol for asset in ASSETS if asset.ambiguous}
    assert set(words.split()) <= marked


def test_symbols_that_are_no_words_are_not() -> None:
    clear = "BTC ETH USDT BNB XRP SOL USDC DOGE ADA TRX LTC BCH XMR"
    marked = {asset.symbol for asset in ASSETS if asset.ambiguous}
    assert not set(clear.split()) & marked


ACORN = Asset("acorn", "ACRN", "Acorn", ("Oak",), rank=1, ambiguous_names=("Acorn", "Oak"))
BIRCH = Asset("birch", "BRCH", "Birch", rank=2)


def test_a_registry_comes_back_from_its_text_as_it_was() -> None:
    assert list(load_registry(registry_text(ASSETS))) == list(ASSETS)


def test_a_refreshed_registry_gives_ranks_and_new_assets() -> None:
    bitcoin = ASSETS.by_id("bitcoin")
    assert bitcoin is not None
    text = registry_text([BIRCH, replace(bitcoin, rank=7, aliases=())])
    assets = load_registry(text)
    assert assets.by_id("birch") == BIRCH
    assert assets.by_id("bitcoin") == replace(bitcoin, rank=7)
    assert len(assets) == len(ASSETS) + 1


def test_what_was_curated_holds_whatever_the_newer_registry_says() -> None:
    newer = Asset("acorn", "ACRN", "Acorn", ("Nut",), rank=5, ambiguous=True)
    (merged,) = laid_over([ACORN], [newer])
    assert merged == Asset(
        "acorn", "ACRN", "Acorn", ("Oak", "Nut"), rank=5, ambiguous_names=("Acorn", "Oak")
    )


def test_a_symbol_that_changed_since_is_judged_anew() -> None:
    newer = Asset("acorn", "NUT", "Acorn", ("ACRN",), rank=5, ambiguous=True)
    (merged,) = laid_over([ACORN], [newer])
    assert (merged.symbol, merged.ambiguous) == ("NUT", True)
    assert merged.aliases == ("Oak", "ACRN")


def test_assets_that_the_newer_registry_leaves_out_come_last() -> None:
    merged = laid_over([ACORN, BIRCH], [replace(BIRCH, rank=1)])
    assert [(asset.id, asset.rank) for asset in merged] == [("birch", 1), ("acorn", 2)]


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"id": "x"}]', "null"])
def test_a_text_that_cannot_be_read_leaves_the_bundled_assets(text: str) -> None:
    assert list(load_registry(text)) == list(ASSETS)
