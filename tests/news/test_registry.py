"""The registry that ships with Coinbell."""

import pytest

from bot.news.registry import load_registry

ASSETS = load_registry()


def test_there_are_500_assets_each_with_its_own_id_symbol_and_rank() -> None:
    assert len(ASSETS) == 500
    assert [asset.rank for asset in ASSETS] == list(range(1, 501))
    assert len({asset.id for asset in ASSETS}) == 500
    assert len({asset.symbol for asset in ASSETS}) == 500


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
