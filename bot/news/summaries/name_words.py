"""Words that decide whether a capital makes a name.

Owns the lists: what may open a sentence, what is written in capitals beside names, coins and
firms that are also written in lower case, and names that are words. English, for other languages
have their own.
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

# Coins and firms that some houses write without a capital; none is an ordinary word.
NAMES_IN_LOWER_CASE = frozenset(
    re.findall(
        r"\w+",
        "aave algorand aptos arbitrum binance bitcoin bitdeer bitfarms bitget bitmine bittensor "
        "blackrock bonk bybit cardano chainlink coinbase dogecoin ether ethereum evernorth "
        "fartcoin filecoin floki grayscale hedera hyperliquid kraken kucoin litecoin metamask "
        "metaplanet microstrategy monero okx paxos pepe polkadot polymarket shiba solana sui "
        "terawulf toncoin tron uniswap worldcoin xrp zcash",
    )
)

# Companies, protocols and people called by an ordinary word that the lexicon of headlines does
# not have.
NAMES_THAT_ARE_WORDS = frozenset(
    re.findall(
        r"\w+",
        "affirm anchor aptos ava bell bill bolt booker brave bridge brooks bullish burns "
        "cash chain chase chime citizens clear compass copper core cross current discover "
        "dragonfly forward framework frank gap gates grace grant hidden hunter lightspark "
        "mantle mark masters mercury mirror moonshot oracle pantera pantheon parallel plaid "
        "polygon powers prime pump rain ramp republic rich rose sea shell shift signature "
        "silvergate snap spirit square stone street target tribe trust truth unity upgrade uphold "
        "wells wise wood woods young zero",
    )
)

# Stems that tickers and tokens share with words that open many a sentence.
NEVER_NAMES = frozenset({"coin", "just", "main", "usual"})

# Words within names ("Western Union", "Truth Social") that stand in lower case without naming.
WORDS_IN_NAMES = frozenset(
    re.findall(
        r"\w+",
        "alien alpha api apple arrow arrows avalanche baby backpack banana beacon blast booker "
        "chill cipher circle commission computer congress cookie corp crystal dem democratic dock "
        "dot draper dun exchange exodus falcon fed fox galaxy genesis genius grass hamster hay "
        "hill hut infinity ing intercontinental island jack jersey kingdom laser liberty lighter "
        "maple marathon mark marshall mask mon neighbor nest newton nick north orchid ordinal "
        "ordinals paradigm penguin phantom pirate plasma plume poor potion prophecy provenance "
        "radiant republic riot ripple royal sack saint sandbox scientific scroll senate sky "
        "society sonic south square squirrel stellar street strip stripe sun supreme swell swift "
        "syrup tao tempo tether thai tornado tribute turkey twenty us useless vanguard voyager "
        "west western white wood wright",
    )
)
