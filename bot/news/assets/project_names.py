"""Names of networks and protocols that are ordinary words too.

Owns the names, and the words of their trade that tell the project from the word. Refuses to
judge a text: that is `bot.news.assets.mentions`.
"""

import re

# Names that are words too, of networks and protocols that are nothing but their token's; firms
# with customers, data and shares of their own are none. Those of `ODD_NAMES` open no headline as
# words. And the words of their trade.
ODD_NAMES = frozenset(
    re.findall(
        r"\w+",
        "aerodrome babylon balancer cosmos euler immutable injective jupiter kamino kava lido "
        "moonbeam osmosis puffer redstone ronin sanctum stacks wormhole zora",
    )
) | {"the graph", "the sandbox"}
PROJECT_NAMES = ODD_NAMES | frozenset(
    re.findall(
        r"\w+",
        "avalanche compound curve fantom flare helium mantle maple optimism orca persistence "
        "plasma plume radix render scroll sonic stellar sushi swell synapse walrus",
    )
)
ON_CHAIN = re.compile(
    r"\b(?:blockchains?|mainnet|testnet|DeFi|TVL|protocol|smart\scontracts?|on-?chain|airdrops?|"
    r"DAO|layer[- ][12]|L[12]|validators?|staking|exploit(?:ed|s)?|stablecoins?|tokens?|tokenized|"
    r"DEX)\b",
    re.IGNORECASE,
)
