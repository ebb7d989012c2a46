"""Assets that a title names in passing."""

import pytest

from bot.news.assets.asides import aside_in


def aside(title: str, name: str) -> str:
    start = title.index(name)
    return aside_in(title, start, start + len(name))


@pytest.mark.parametrize(
    ("title", "name", "words"),
    [
        ("Dogecoin advocate warns of wallets", "Dogecoin", "Dogecoin advocate"),
        ("Aave\u2019s Founder objects", "Aave", "Aave\u2019s Founder"),
        ("Cardano (ADA) co-founder speaks", "Cardano", "Cardano (ADA) co-founder"),
        ("A veteran Bitcoin investor on XRP", "Bitcoin", "Bitcoin investor"),
        ("USDe-style yields for all", "USDe", "USDe-style"),
        ("A Hyperliquid rival opens", "Hyperliquid", "Hyperliquid rival"),
        ("Is it the next Solana?", "Solana", "the next Solana"),
        ("XRP holds its ground against Bitcoin", "Bitcoin", "against Bitcoin"),
        ("Solana overtakes Ethereum in fees", "Ethereum", "overtakes Ethereum"),
        ("RLUSD loans on Ethereum", "Ethereum", "on Ethereum"),
        ("USDC grows on Polygon, Base and Solana", "Polygon", "on Polygon, Base and Solana"),
        ("USDC grows on Polygon, Base and Solana", "Solana", "on Polygon, Base and Solana"),
        ("A memecoin of the week on the Solana network", "Solana", "on the Solana network"),
        ("XRP lawsuit architect takes office", "XRP", "XRP lawsuit architect"),
        ("Hyperliquid whale shorts bitcoin", "Hyperliquid", "Hyperliquid whale"),
        ("Solana-based exchange raises money", "Solana", "Solana-based"),
        ("Ether miners earn more than Bitcoin's", "Bitcoin", "than Bitcoin"),
        ("Forget Dogecoin", "Dogecoin", "Forget Dogecoin"),
        ("Scams spread across chains, including Tron", "Tron", "including Tron"),
        ("Bank accounts for Bitcoin firms", "Bitcoin", "for Bitcoin firms"),
        ("Speakers at the Bitcoin 2026 Conference", "Bitcoin", "Bitcoin 2026 Conference"),
        ("A bridge between Solana and Ethereum", "Solana", "between Solana and Ethereum"),
        ("Hackers drain an exchange on Arbitrum", "Arbitrum", "on Arbitrum"),
        ("Bitcoin miner rents its halls out for AI", "Bitcoin", "Bitcoin miner"),
        ("A Bitcoin mining firm finds a cloud tenant", "Bitcoin", "Bitcoin mining firm"),
        ("Bitcoin miners win GPU work", "Bitcoin", "Bitcoin miners"),
    ],
)
def test_turns_that_put_an_asset_aside(title: str, name: str, words: str) -> None:
    assert aside(title, name) == words


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dogecoin falls", "Dogecoin"),
        ("Bitcoin miners face August", "Bitcoin"),
        ("Bitcoin miners pay more for power", "Bitcoin"),
        ("Bitcoin slips as AI shares fall", "Bitcoin"),
        ("Shiba Inu developers respond", "Shiba Inu"),
        ("XRP holders can borrow", "XRP"),
        ("Bitcoin-backed loans", "Bitcoin"),
        ("USDC arrives on Sui", "Sui"),
        ("First loans on the XRP Ledger", "XRP Ledger"),
        ("Solana network halts", "Solana"),
        ("BTC vs ETH", "ETH"),
        ("A new layer on Ethereum Classic", "Ethereum Classic"),
        ("XRP whale sells", "XRP"),
        ("A fund bets on Solana", "Solana"),
        ("USDC goes live on Solana", "Solana"),
        ("A broker adds coins, including Uniswap", "Uniswap"),
        ("Bitcoin bull market goes on", "Bitcoin"),
        ("Bitcoin firms buy again", "Bitcoin"),
    ],
)
def test_turns_that_do_not(title: str, name: str) -> None:
    assert aside(title, name) == ""
