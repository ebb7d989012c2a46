"""Words that decide whether a capital makes a name.

Owns three lists: what may open a sentence, what is written in capitals beside names, and coins
and firms that are also written in lower case. English, for other languages have their own.
"""

import re

# Openings of news sentences that name nobody.
OPENING_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about above according across additionally after against all along already also although
        amid among amount an analysis analysts and another any approval are around as at attackers
        authorities average banks based because before behind below besides between beyond both
        broader but buyers by can cases cautious charts clients companies compared concerns
        confidence consequently continued critics crypto cryptocurrencies cryptocurrency current
        currently customers data decisions demand derivatives despite developers development digital
        during each early earlier elsewhere enforcement established even events every exchanges
        executives existing experts facing falling few figures finally firms first following for
        forecasts from funds further furthermore future futures gains given global governments
        greater growing growth half hackers has have he heightened her here higher his historically
        holders how however if important in increased increasing increasingly indeed industry
        inflows initially instead institutional institutions into investor investors is issuers it
        its just key large larger largest last late later lawmakers legal less leverage leveraged
        liquidity long longer losses lower major many market markets may meanwhile members might
        miners momentum more moreover most much near nearly negative nevertheless new news next no
        nonetheless not notably now observers of officials on once one only open operators other
        others our outflows over overall owners participants payments people perhaps platforms
        players policymakers positive possible potential previous previously price prices profits
        prosecutors providers public questions rather recent recently regulation regulators
        regulatory related renewed reports researchers retail rising risk risks rivals sales second
        selling sentiment separately several shareholders shares she short signs similar similarly
        since small smaller so some spot stablecoin stablecoins still stocks strong subsequently
        such supply support supporters survey technical than that the their then there these they
        third this those though three through thus to today together token tokens total traders
        trading traditional transactions two ultimately uncertainty under unless until up upcoming
        updates users usual validators volatility volume volumes wallets was weak weaker we were
        what when where whether which while who why wider widespread will with within without
        yesterday yet
        """,
    )
)

# Callings and units of time and place that a house may write either way.
TITLES = frozenset(
    re.findall(
        r"\w+",
        """
        analyst attorney bank ceo chair chairman chairwoman chief commission commissioner congress
        court director executive exchange founder government governor head judge minister officer
        parliament president professor representative secretary senate senator treasury
        """,
    )
)

NAMES_IN_LOWER_CASE = frozenset(
    re.findall(
        r"\w+",
        "aave algorand aptos arbitrum avalanche binance bitcoin bitget bitmine bittensor blackrock "
        "bonk bybit cardano chainlink coinbase cosmos dogecoin ether ethereum fartcoin filecoin "
        "floki grayscale hedera hyperliquid jupiter kraken kucoin litecoin mantle metamask "
        "metaplanet microstrategy monero okx optimism paxos pepe polkadot polygon polymarket "
        "ripple shiba solana stacks stellar sui tether toncoin tron uniswap worldcoin xrp zcash",
    )
)
