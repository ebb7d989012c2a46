"""The words of the fifteen categories that Coinbell knows by name.

Owns the vocabulary of `bot.news.categories`: what the sources call each, which words in a
headline show it, which only together. Nothing here decides.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """How a category shows itself.

    `filed_as` are sources' own names for it, normalised. `headline` shows it in a title alone;
    `told` are these and weaker words, of which a lead needs two different ones; `phrase` shows
    it in a lead alone, where it never comes without one of `told`. `unless` takes a place back.
    Without one of `screened` neither a headline nor a lead shows the category: they stand with
    `;` between, in lower case or as they are written.
    """

    name: str
    filed_as: frozenset[str]
    headline: re.Pattern[str]
    told: re.Pattern[str]
    phrase: re.Pattern[str]
    screened: str
    unless: re.Pattern[str] | None = None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


def _category(
    name: str,
    filed_as: str,
    headline: str,
    words: str,
    phrase: str,
    unless: str = "",
    *,
    screened: str,
) -> CategoryWords:
    return CategoryWords(
        name,
        frozenset({name, *filed_as.split()}),
        _words(headline),
        _words(f"{headline}|{words}"),
        _words(phrase),
        screened,
        re.compile(unless) if unless else None,
    )


# Case counts: "SEC" is no second, "Fed" is not "fed"; (?i:…) where it does not.
CATEGORIES = (
    _category(
        "hack",
        "hacks hacking exploit exploits security-incidents hacks-and-exploits crypto-hacks "
        "hackeos взломы",
        r"(?i:hack(?:s|ed|er|ers|ing)?|exploit(?:s|ed|er|ers)?|stolen|theft|thefts|"
        r"heist|breach(?:ed)?|rug[\s-]?pull(?:s|ed)?|drainers?|draining|drained|phishing|malware|ransomware|"
        r"(?:attacker|thief|thieves)s?|drains?\s(?:\w+\s)?(?:\$|wallets?|funds|users?|pools?|bridge)|"
        r"[\d.,]+\s?(?:m|b|mn|bn|million|billion)\s(?:\w+\s)?drain|"
        r"oracle\s(?:manipulation|attack|exploit)|key\sleakage|infostealer|backdoor|address\spoisoning)",
        r"(?i:hack(?:s|ed|er|ers|ing)?|exploit(?:s|ed|er)?|stolen|stole|theft|drained|attackers?|"
        r"breach(?:ed)?|compromised|vulnerability|phishing|malware|laundered|heist|private\skeys?|"
        r"abused|siphoned|crypto\smixer|a\smixer)",
        r"(?i:(?:is|was|were|been|got)\s(?:hacked|exploited|drained)|suffered\san?\s(?:\S+\s)?(?:hack|exploit|breach)|"
        r"hackers?\s(?:stole|drained|stolen|made\soff)|security\sbreach|crypto\s(?:theft|heist|hack)s?)",
        r"(?i:hackathon|life\shacks?|growth\shack|breach(?:ed|es)?\s(?:\S+\s){0,2}\$?\d|"
        r"breach(?:es|ed)?\s(?:the|key|above|below|support|resistance|of\scontract)|steals?\sthe|"
        r"steal\sthe\sspotlight|drained\s(?:liquidity|from\sthe\smarket|batter)|(?:liquidity|bank)\s(?:is|was)\sdrained|ethical\shack|exploit(?:s|ed)?\s(?:opportunit|demand|trend|\w+\sfee))",
        screened=(
            "hack;exploit;stole;theft;heist;breach;pull;drain;phishing;malware;ransomware;"
            "attacker;thief;thieves;leakage;infostealer;backdoor;poisoning;compromised;"
            "vulnerability;laundered;private;oracle;abused;siphon;mixer"
        ),
    ),
    _category(
        "regulation",
        "regulations regulatory policy u-s-policy us-policy government legal-regulation "
        "policy-and-regulation regulation-policy policy-regulation mica regulierung regulación "
        "regulacion réglementation regulação регулирование",
        r"SEC|CFTC|ESMA|ESRB|Basel|MiCA|MiCAR|FCA|FinCEN|OCC|FDIC|NYDFS|FATF|FSA|AML|KYC|CBDCs?|"
        r"(?i:regulators?|regulations?|regulatory|lawmakers?|senators?|clarity\sact|genius\sact|"
        r"crypto\s(?:bill|rules|law|laws|ban|oversight|tax|taxes|legislation|framework|regs)|"
        r"draft\s(?:rules?|law|bill|regulation)|legislation|sanctions|sanctioned|(?:trust|bank(?:ing)?)\s(?:approvals?|charters?|licen[cs]es?)|"
        r"licen[cs](?:es?|ed|ing)|treasury\sproposes?|crypto\smarket\sstructure|"
        r"(?:ban(?:s|ned|ning)?)\s(?:on\s)?(?:\w+\s){0,2}(?:crypto|bitcoin|stablecoins?|mining|tokens?|trading)|"
        r"(?:crypto|bitcoin|mining|stablecoin|trading|staking|ETNs?)\sbans?|executive\sorder|"
        r"market\sstructure\sbill|(?:senate|house)\s(?:bill|vote|committee|panel|hearing)|watchdog|"
        r"stablecoin\s(?:bill|rules|law|act))|Senate|Congress|GENIUS|CLARITY|Sen\.",
        r"SEC|CFTC|ESMA|MiCA|FCA|FinCEN|OCC|FDIC|NYDFS|Senate|Congress|(?i:regulators?|regulations?|regulatory|"
        r"lawmakers?|legislation|compliance|licen[cs]es?|licen[cs]ed|charter|bill|sanctions|oversight)",
        r"(?i:securities\sand\sexchange\scommission|commodity\sfutures\strading\scommission|"
        r"financial\sconduct\sauthority|crypto\s(?:bill|regulation|legislation)|clarity\sact|genius\sact|"
        r"market\sstructure\sbill|regulatory\s(?:framework|approval|clarity))",
        r"SEC\.gov|SEC\sfiling|(?i:filing\swith\sthe\ssec|open[\s-]source\slicen|licen[cs]e\splate|"
        r"licen[cs]es?\sto\s(?:print|kill)|(?:music|art|image|brand|software|code)\W(?:\S+\s){0,3}licen[cs])",
        screened=(
            "SEC;CFTC;ESMA;ESRB;Basel;MiCA;FCA;FinCEN;OCC;FDIC;NYDFS;FATF;FSA;AML;KYC;CBDC;"
            "Senate;Congress;GENIUS;CLARITY;Sen.;regulat;lawmaker;senator;clarity;genius;"
            "draft;bill;rules;law;ban;oversight;tax;legislation;framework;regs;sanction;approval;"
            "charter;licen;propos;structure;order;vote;committee;panel;hearing;watchdog;"
            "stablecoin;compliance"
        ),
    ),
    _category(
        "etf",
        "etfs bitcoin-etf bitcoin-etfs spot-bitcoin-etf crypto-etf crypto-etfs ethereum-etf etp",
        r"ETFs?|ETPs?|ETNs?|IBIT|(?i:exchange[\s-]traded\s(?:funds?|products?|notes?))",
        r"ETFs?|ETPs?|(?i:exchange[\s-]traded|inflows?|outflows?|issuers?|spot\sfunds?|"
        r"(?:crypto|digital[\s-]asset)\s(?:investment\s)?(?:funds|products))",
        r"(?i:(?:spot|leveraged|staking|crypto|bitcoin|ether|ethereum|solana|xrp)\setfs?|"
        r"(?:spot|crypto|bitcoin|ethereum)\sexchange[\s-]traded)",
        screened=("ETF;ETP;ETN;IBIT;traded;inflow;outflow;issuer;spot;fund;product"),
    ),
    _category(
        "macro",
        "macroeconomics economy economics federal-reserve macro-economics central-banks economía "
        "economia wirtschaft экономика",
        r"Fed|FOMC|Powell|CPI|PPI|PCE|GDP|ECB|BOJ|BoJ|DXY|(?i:inflation|interest\srates?|rate\s(?:cuts?|hikes?)|"
        r"jobs\s(?:report|data)|non-?farm\spayrolls?|payrolls(?!\s(?:in|to|with|on)\b)|"
        r"payroll\s(?:data|growth|report|numbers?|figures?)|(?:yen|dollar|currency|fx|forex)\sintervention|"
        r"us\sdollar|dollar\sindex|recession|tariffs?|treasury\syields?|bond\syields?|"
        r"bank\sof\s(?:japan|england)|federal\sreserve|government\sshutdown|us\sshutdown|unemployment|central\sbanks?|"
        r"carry\strade|macro|quantitative\s(?:easing|tightening)|money\sprinting|jobless|trade\swar|consumer\sprices?)",
        r"Fed|FOMC|Powell|CPI|GDP|(?i:inflation|interest\srates?|rate\s(?:cuts?|hikes?)|recession|"
        r"tariffs?|yields?|economists?|macroeconomic|central\sbanks?|shutdown|unemployment|payrolls)",
        r"(?i:federal\sreserve|rate\s(?:cut|hike)s?|consumer\sprice\sindex|nonfarm\spayrolls|interest\srates)",
        r"(?i:macro\sinvestor|(?:on-?chain|crypto|bitcoin|stablecoin|salary)\spayrolls|us\sdollar\s(?:coin|stablecoin|token)|token\sinflation|eth\sinflation|inflation\sof\sthe\stoken|central\sbank\sdigital)",
        screened=(
            "Fed;FOMC;Powell;CPI;PPI;PCE;GDP;ECB;BOJ;BoJ;DXY;inflation;interest;cut;hike;"
            "jobs;payroll;intervention;dollar;recession;tariff;yield;japan;england;federal;"
            "shutdown;unemployment;central;carry;macro;quantitative;printing;jobless;war;"
            "consumer;economist"
        ),
    ),
    _category(
        "stablecoin",
        "stablecoins stable-coins стейблкоины",
        r"USDT|USDC|PYUSD|RLUSD|FDUSD|USDe|USD1|EURC|(?i:stablecoins?|de-?pegs?|de-?pegged|de-?pegging)",
        r"USDT|USDC|PYUSD|RLUSD|FDUSD|USDe|USD1|(?i:stablecoins?|tether|circle|pegged|peg|reserves)",
        r"(?i:stablecoin\s(?:issuers?|supply|market|payments?|bill|law|rules)|"
        r"(?:dollar|euro|yen)-(?:pegged|backed)|largest\sstablecoin)",
        r"[/-](?:USDT|USDC)|(?i:own|company[\u2019']s|exchange|bitcoin|btc|foreign)\sreserves",
        screened=(
            "USDT;USDC;PYUSD;RLUSD;FDUSD;USDe;USD1;EURC;stablecoin;peg;tether;circle;reserves"
        ),
    ),
    _category(
        "mining",
        "bitcoin-mining crypto-mining mining-companies miners hashrate minería mineria майнинг",
        r"(?i:(?:bitcoin|btc|crypto|solo|public|listed)\s(?:\w+\s)?miners?|(?:bitcoin|btc|crypto|solo|cloud)\smining|mining\s(?:rigs?|difficulty|"
        r"pools?|firms?|compan(?:y|ies)|giant|stocks?|hardware|power)|hash\s?rate|hashprice|asics?|"
        r"halving|miner(?:s)?\s(?:capitulation|revenue|reserves))",
        r"(?i:miners?|mining|hash\s?rate|asics?|exahash|eh/s|block\srewards?|difficulty\sadjustment|halving)",
        r"(?i:(?:bitcoin|crypto)\s(?:miners?|mining)|mining\s(?:difficulty|pool))",
        r"(?i:(?:liquidity|yield|data|gold|silver|copper|coal)[\s-](?:miners?|mining))",
        screened=("miner;mining;hash;asic;halving;eh/s;reward;difficulty"),
    ),
    _category(
        "derivatives",
        "futures options perpetuals futures-and-options perps",
        r"CME|(?i:futures|perpetuals?|perps?|liquidat(?:ed|ions?|ing|es)|open\sinterest|funding\srates?|"
        r"short\ssqueeze|long\ssqueeze|options\s(?:expiry|expiration|market|traders?|trading|data|approval)|"
        r"(?:long|short|leveraged)\s(?:bets|positions)|leveraged\straders?|derivatives?|max\spain)",
        r"CME|(?i:futures|perpetuals?|perps?|liquidat(?:ed|ions?)|open\sinterest|funding\srates?|"
        r"derivatives?|leverage|leveraged|options|short\spositions|long\spositions|shorts|longs)",
        r"(?i:(?:million|billion)\s(?:\S+\s){0,4}(?:liquidat\w+)|liquidations?\s(?:total|reach|hit|top|surpass)\w*|"
        r"futures\sopen\sinterest|options\sexpiry|crypto\sderivatives)",
        r"(?i:liquidat(?:ors?|es?\s(?:assets|the\scompany))|options\sfor\s)",
        screened=(
            "CME;futures;perp;liquidat;interest;funding;squeeze;options;bets;positions;"
            "leverag;derivative;pain;shorts;longs"
        ),
    ),
    _category(
        "exchange",
        "exchanges crypto-exchanges crypto-exchange centralized-exchanges cex",
        r"(?:Binance|Coinbase|Kraken|OKX|Bybit|Upbit|Bithumb|Bitget|KuCoin|Bitfinex|HTX|MEXC|BitMEX|Bitstamp|"
        r"Gate\.io|Deribit|BitFlyer|Crypto\.com|Mercado\sBitcoin|Robinhood)(?![\u2019']?s?\s(?i:premium|founder|"
        r"co-founder|chain|smart|analyst|research|charts?|whale|data|inflows?|outflows?|stablecoin|coin|"
        r"exec|cofounder|stock|shares|wallet|warns|analysts))|"
        r"(?i:(?:crypto|cryptocurrency|bitcoin|centralized|centralised)\sexchanges?)|"
        r"(?<!Stock\s)(?<!and\s)(?<!Mercantile\s)(?<!Options\s)Exchange\s"
        r"(?!Commission|Act|Traded|Rate|Group|Inc|Holdings|Inflow|Outflow|Reserve|Balance)[A-Z][a-z]+",
        r"Binance|Coinbase|Kraken|OKX|Bybit|Upbit|Bithumb|Bitget|KuCoin|Bitfinex|(?i:exchanges?|trading\splatform)",
        r"(?i:(?:crypto|cryptocurrency|centralized)\sexchanges?\s(?:said|announced|will|has|have|launch\w+))",
        r"(?i:decentrali[sz]ed\sexchange|listed\son\s(?:binance|coinbase)|ex-(?:binance|coinbase)|former\s(?:binance|coinbase))",
        screened=(
            "Binance;Coinbase;Kraken;OKX;Bybit;Upbit;Bithumb;Bitget;KuCoin;Bitfinex;HTX;"
            "MEXC;BitMEX;Bitstamp;Gate.io;Deribit;BitFlyer;Crypto.com;Mercado;Robinhood;"
            "exchange;Exchange;platform"
        ),
    ),
    _category(
        "defi",
        "decentralized-finance de-fi defi-news",
        r"DEX|DEXs|DEXes|TVL|(?i:defi|decentrali[sz]ed\s(?:finance|exchanges?|lending)|yield\sfarming|"
        r"liquid\sstaking|lending\sprotocols?|liquidity\spools?|total\svalue\slocked|restaking)",
        r"TVL|AMM|Aave|Uniswap|Morpho|Pendle|Lido|MakerDAO|(?i:lending|yield\svaults?|flash\sloans?)",
        r"(?i:defi\s(?:protocols?|platforms?|markets?|lending)|decentrali[sz]ed\s(?:finance|exchange))",
        r"(?i:staking\s(?:rewards|yield)\s(?:presale)|presale)",
        screened=(
            "DEX;TVL;AMM;Aave;Uniswap;Morpho;Pendle;Lido;MakerDAO;defi;decentrali;farming;"
            "staking;lending;liquidity;locked;vault;loan"
        ),
    ),
    _category(
        "nft",
        "nfts non-fungible-tokens digital-collectibles collectibles nft-news",
        r"NFTs?|(?i:non-fungible|cryptopunks?|bored\sapes?|opensea|pudgy\spenguins?|digital\scollectibles?)",
        r"NFTs?|(?i:non-fungible|opensea|magic\seden|cryptopunks?|collectibles?|collections?|floor\sprice)",
        r"(?i:nft\s(?:collections?|marketplaces?|sales|market)|non-fungible\stokens?)",
        screened=(
            "NFT;non-fungible;cryptopunk;bored;opensea;pudgy;magic;collectible;collection;floor"
        ),
    ),
    _category(
        "layer2",
        "layer-2 layer-2s l2 l2s layer-2s-and-scaling scaling rollups layer2s",
        r"L2s?|zkSync|ZKsync|Starknet|StarkNet|Arbitrum|Linea|(?i:layer[\s-]?(?:2|two)s?|rollups?|lightning\snetwork|"
        r"zkevm|sidechains?)",
        r"L2s?|Arbitrum|Optimism|Starknet|Linea|Base|(?i:layer[\s-]?(?:2|two)s?|rollups?|sequencers?|scaling|zkevm)",
        r"(?i:(?:ethereum|bitcoin)\slayer[\s-]2|layer[\s-]2\s(?:network|scaling|blockchain)|(?:optimistic|zk)[\s-]rollups?)",
        r"(?i:presale)",
        screened=(
            "L2;zkSync;ZKsync;Starknet;StarkNet;Arbitrum;Linea;Optimism;Base;layer;rollup;"
            "lightning;zkevm;sidechain;sequencer;scaling"
        ),
    ),
    _category(
        "listing",
        "listings token-listing token-listings token-listing-and-delisting delisting "
        "exchange-listings",
        r"(?i:de-?list(?:s|ed|ing|ings)|(?:to|will)\slist|lists|listings?|listed\son|(?:now\s)?available\sfor\strading|"
        r"opens?\s(?:spot\s)?trading)",
        r"(?i:de-?list(?:s|ed|ing)|listings?|lists|trading\spairs?|spot\strading|deposits\sopen)",
        r"(?i:will\s(?:list|delist)|(?:announced|announces)\sthe\s(?:de)?listing|"
        r"(?:be|is|was|got)\s(?:now\s)?(?:de)?listed\son\s(?:binance|coinbase|kraken|okx|bybit|upbit))",
        r"(?i:nasdaq|nyse|stock\sexchange|public\slisting|direct\slisting|job\slisting|ipo|\betf|\betp|"
        r"lists\s(?:\d+|three|five|top|reasons|the|for\ssale)|u\.s\.\slisting|us\slisting|watchlists?)",
        screened=("list;available;trading;deposits"),
    ),
    _category(
        "airdrop",
        "airdrops token-airdrop token-airdrops",
        r"(?i:air-?drop(?:s|ped|ping)?)",
        r"(?i:air-?drop(?:s|ped|ping)?|claim(?:s|ed|able)?|snapshot|eligib\w+|distribut\w+)",
        r"(?i:token\sairdrop|airdrop\s(?:claim|campaign|eligib\w+|allocation))",
        screened=("airdrop;air-drop;claim;snapshot;eligib;distribut"),
    ),
    _category(
        "adoption",
        "institutional-adoption crypto-adoption bitcoin-adoption mass-adoption",
        r"(?i:adoption|adopts?|adopting|legal\stender|(?:strategic\s)?bitcoin\sreserve|crypto\sreserve|"
        r"accept(?:s|ing)?\s(?:bitcoin|crypto|btc|stablecoins?|xrp|payments)|"
        r"(?:bitcoin|crypto|stablecoin)\spay(?:ments?|outs?)|pay(?:s|ing)?\s(?:in|with)\s(?:bitcoin|crypto)|"
        r"(?:adds?|buys?)\sbitcoin\s(?:to|for)\s(?:its|their)?\s?(?:treasury|balance|reserves?))",
        r"(?i:adoption|adopts?|adopted|legal\stender|merchants?|payments?|accepts?|strategic\sreserve|"
        r"integrat(?:es?|ed|ion)|mainstream)",
        r"(?i:legal\stender|strategic\sbitcoin\sreserve|(?:began|start\w*|will|now)\saccept\w*\s(?:bitcoin|crypto))",
        r"(?i:presale|airdrop|adopts?\sa\s(?:cautious|bullish|bearish|wait))",
        screened=("adopt;tender;reserve;accept;pay;treasury;balance;merchant;integrat;mainstream"),
    ),
    _category(
        "legal",
        "law lawsuit lawsuits crime courts court legal-news",
        r"DOJ|(?i:lawsuits?|sues|sued|suing|court|courts|judge|judges|jury|indict(?:s|ed|ment|ments)|sentenced|"
        r"sentencing|prison|jail(?:ed)?|pleads?|pleaded|convicted|conviction|extradit\w+|arrest(?:s|ed)?|"
        r"class\saction|subpoenas?|prosecutors?|charged\swith|fraudsters?|accused\sof|settles\swith|"
        r"money\slaundering|found\sguilty|guilty|seizes?|seized)",
        r"DOJ|(?i:lawsuit|sued|sues|court|judge|jury|indicted|sentenced|prison|guilty|convicted|arrested|"
        r"prosecutors?|charged|plea|alleged(?:ly)?|plaintiffs?|defendants?|attorneys?|fraud|seized)",
        r"(?i:filed\sa\s(?:\S+\s)?lawsuit|department\sof\sjustice|pleaded\s(?:not\s)?guilty|"
        r"sentenced\sto|class[\s-]action\slawsuit|federal\s(?:judge|court)|money\slaundering)",
        r"(?i:court(?:s|ing)\s(?:retail|investors|institutions)|food\scourt|tennis)",
        screened=(
            "DOJ;lawsuit;sues;sued;suing;court;judge;jury;indict;sentenc;prison;jail;plea;"
            "convict;extradit;arrest;action;subpoena;prosecutor;charged;fraud;accused;"
            "settles;laundering;guilty;seize;alleged;plaintiff;defendant;attorney"
        ),
    ),
)
