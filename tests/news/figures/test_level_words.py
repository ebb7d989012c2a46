"""The ways in which traders and editors name lines, sums and moves, as whole sentences."""

import pytest

from bot.domain.articles import Mention, Role
from bot.news.assets.naming import AssetNames
from bot.news.assets.registry import load_registry
from bot.news.figures.finding import figures_of

NAMES = AssetNames(load_registry())
BITCOIN = Mention("bitcoin", "BTC", Role.PRIMARY, "the text")
ETHER = Mention("ethereum", "ETH", Role.PRIMARY, "the text")


def told(text: str, *primary: Mention) -> str:
    """Each figure as its kind, symbol, value, and its role or else its period."""
    return "; ".join(
        f"{f.kind} {f.symbol or '-'} {format(f.value.normalize(), 'f')} {f.role or f.period or '-'}"
        for f in figures_of("", "", text, NAMES, primary)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The next level that matters is $98,000.", "level BTC 98000 -"),
        ("As long as $95,000 holds as support, the uptrend is intact.", "level BTC 95000 support"),
        ("It traded as high as $95,640 before sellers stepped in.", "price BTC 95640 reached"),
        ("The line in the sand is $90,000.", "level BTC 90000 -"),
        ("$90,000 is the line in the sand for bulls.", "level BTC 90000 -"),
        ("Bulls have $100,000 in their sights.", "level BTC 100000 target"),
        ("All eyes are now on $100,000.", "level BTC 100000 target"),
        ("Traders have their eyes on $100,000.", "level BTC 100000 target"),
        ("Bulls must reclaim $92,500 to regain control.", "level BTC 92500 resistance"),
        (
            "If bulls lose $88,000, the door opens to $84,000.",
            "level BTC 88000 support; level BTC 84000 target",
        ),
        (
            "Losing $88,000 would open the door to $84,000.",
            "level BTC 88000 support; level BTC 84000 target",
        ),
        ("Price was rejected at $94,200 for the third time.", "level BTC 94200 resistance"),
        ("Sellers rejected the move at $94,200.", "level BTC 94200 resistance"),
        ("A daily close above $94,000 would confirm the breakout.", "level BTC 94000 resistance"),
        ("A weekly close below $86,000 would invalidate the setup.", "level BTC 86000 support"),
        ("The setup is invalidated below $86,000.", "level BTC 86000 support"),
        ("Invalidation sits at $86,000.", "level BTC 86000 support"),
        (
            "It has ranged between $88,000 and $94,000 since Monday.",
            "level BTC 88000 support; level BTC 94000 resistance",
        ),
        (
            "The market is boxed in between $88,000 and $94,000.",
            "level BTC 88000 support; level BTC 94000 resistance",
        ),
        (
            "Demand sits in the $88,000-$89,000 zone.",
            "level BTC 88000 support; level BTC 89000 support",
        ),
        (
            "Buyers defended the $88K\u2013$89K area.",
            "level BTC 88000 support; level BTC 89000 support",
        ),
        ("There is a large bid at $87,500.", "level BTC 87500 support"),
        ("A wall of bids at $87,500 stopped the slide.", "level BTC 87500 support"),
        ("Order books show a sell wall at $95,000.", "level BTC 95000 resistance"),
        ("Asks are stacked at $95,000.", "level BTC 95000 resistance"),
        ("Max pain for Friday's expiry is $91,000.", "level BTC 91000 -"),
        ("The max pain price sits at $91,000.", "level BTC 91000 -"),
        ("Open interest is heaviest at the $100,000 strike.", "level BTC 100000 -"),
        ("A liquidation cluster at $96,500 acts as a magnet.", "level BTC 96500 -"),
        (
            "The floor is at $85,000 and the ceiling at $95,000.",
            "level BTC 85000 support; level BTC 95000 resistance",
        ),
        ("$85,000 has become a floor.", "level BTC 85000 support"),
        ("$95,000 acts as resistance.", "level BTC 95000 resistance"),
        ("$95,000 flipped from resistance to support.", "level BTC 95000 support"),
        ("$95,000 remains the level to beat.", "level BTC 95000 -"),
        ("$95,000 is the key level to watch.", "level BTC 95000 -"),
        ("The level to watch is $95,000.", "level BTC 95000 -"),
        ("The key level to watch on the downside is $88,000.", "level BTC 88000 support"),
        ("The key price to hold is $88,000.", "level BTC 88000 support"),
        (
            "If $88,000 breaks, expect a flush to $84,000.",
            "level BTC 88000 support; level BTC 84000 target",
        ),
        (
            "Should $88,000 give way, $84,000 comes into play.",
            "level BTC 88000 support; level BTC 84000 target",
        ),
        ("Below that, $84,000 comes into focus.", "level BTC 84000 target"),
        ("Above that, $100,000 is the next target.", "level BTC 100000 target"),
        ("The measured move points to $104,000.", "level BTC 104000 target"),
        ("The pattern projects a move to $104,000.", "level BTC 104000 target"),
        ("A breakout puts $104,000 within reach.", "level BTC 104000 target"),
        ("That would put $104,000 back on the table.", "level BTC 104000 target"),
        (
            "The bank lifted its year-end target to $150,000 from $120,000.",
            "level BTC 150000 target",
        ),
        ("The bank cut its forecast to $150,000.", "level BTC 150000 target"),
        ("The bank has a $150,000 year-end target.", "level BTC 150000 target"),
        ("It printed a low of $86,420 on Sunday.", "price BTC 86420 reached"),
        ("It wicked down to $86,420 before recovering.", "price BTC 86420 reached"),
        ("It bottomed out at $86,420.", "price BTC 86420 reached"),
        ("It topped out at $97,300.", "price BTC 97300 reached"),
        ("It peaked at $97,300.", "price BTC 97300 reached"),
        ("It changed hands at $93,210 in early Asian hours.", "price BTC 93210 -"),
        ("It was last seen at $93,210.", "price BTC 93210 -"),
        ("It was up 2% over the past week at $93,210.", "price BTC 93210 -; move BTC 2 7d"),
        ("Its market cap stands at $1.9 trillion.", ""),
        ("Total value locked is $95,000,000.", ""),
        ("Daily volume reached $95 billion.", ""),
    ],
)
def test_lines_that_an_article_on_bitcoin_names(text: str, expected: str) -> None:
    assert told(f"Bitcoin was calm on Monday. {text}", BITCOIN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("But below $3,150 the breakout has failed.", "level ETH 3150 support"),
        ("Bears have been defending $3,400 since Tuesday.", "level ETH 3400 resistance"),
        ("Bulls are defending $3,100.", "level ETH 3100 support"),
        ("A drop below $3,000 exposes $2,850.", "level ETH 3000 support; level ETH 2850 target"),
        ("The next stop is $3,800.", "level ETH 3800 target"),
        ("Next up is $3,800.", "level ETH 3800 target"),
        ("The path of least resistance leads to $3,800.", "level ETH 3800 target"),
        ("Heavy supply awaits at $3,600.", "level ETH 3600 resistance"),
        ("The 200-day moving average sits at $3,050.", "level ETH 3050 -"),
        ("The 200-day moving average ($3,050) is next.", "level ETH 3050 -"),
        ("Key levels: $3,050 and $3,400.", "level ETH 3050 -; level ETH 3400 -"),
        (
            "Support: $3,050. Resistance: $3,400.",
            "level ETH 3050 support; level ETH 3400 resistance",
        ),
        (
            "Support levels are $3,050, $2,900 and $2,750.",
            "level ETH 3050 support; level ETH 2900 support; level ETH 2750 support",
        ),
        ("It failed to hold above $3,400 and slipped.", "level ETH 3400 resistance"),
        ("It failed to break above $3,400.", "level ETH 3400 resistance"),
        ("Multiple attempts to clear $3,400 have failed.", "level ETH 3400 resistance"),
        ("It is struggling to stay above $3,400.", "level ETH 3400 resistance"),
        ("It was turned away at $3,400.", "level ETH 3400 resistance"),
        ("It stalled just under $3,400.", "level ETH 3400 resistance"),
        ("It bounced off $3,100.", "level ETH 3100 support"),
        ("It bounced from $3,100 to $3,250.", "level ETH 3100 support; price ETH 3250 reached"),
        ("It is holding the line at $3,100.", "level ETH 3100 support"),
        ("It sits a whisker below $3,400.", "level ETH 3400 -"),
        ("It surrendered $3,100 in early trade.", "level ETH 3100 reached"),
        ("It gave up the $3,100 handle.", "level ETH 3100 reached"),
        ("It reclaimed $3,200 on strong volume.", "level ETH 3200 reached"),
        ("Whales bought at $3,100.", "price ETH 3100 -"),
        ("An analyst sees a retest of $3,000 as likely.", "level ETH 3000 -"),
        ("A sweep of the lows at $3,020 is possible.", "level ETH 3020 -"),
        ("The double bottom at $3,020 held.", "level ETH 3020 support"),
        ("The neckline at $3,420 is the trigger.", "level ETH 3420 -"),
        ("A buy zone lies at $2,900-$3,000.", "level ETH 2900 support; level ETH 3000 support"),
        ("Stop-losses cluster below $3,000.", "level ETH 3000 -"),
        ("The liquidation level is $2,780.", "level ETH 2780 -"),
        ("Liquidity is resting above $3,500.", "level ETH 3500 -"),
        ("Options traders are buying $4,000 calls.", "level ETH 4000 -"),
    ],
)
def test_lines_that_an_article_on_ether_names(text: str, expected: str) -> None:
    assert told(f"Ether was calm on Monday. {text}", ETHER) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bitcoin traded as low as $88,120 overnight.", "price BTC 88120 reached"),
        ("Ether dropped 4.2% in 24 hours.", "move ETH -4.2 24h"),
        ("Solana is up 12% month to date.", "move SOL 12 mtd"),
        ("Solana has lost 8% since Monday.", "move SOL -8 -"),
        ("XRP added 6% on the week and 3.1% on the day.", "move XRP 6 7d; move XRP 3.1 24h"),
        ("XRP is down 6% week-on-week.", "move XRP -6 7d"),
        ("Bitcoin set a new record of $126,200.", "price BTC 126200 all_time_high"),
        ("Bitcoin is 25% below its record of $126,200.", "level BTC 126200 all_time_high"),
        ("Bitcoin's record high of $126,200 stands.", "level BTC 126200 all_time_high"),
        ("Bitcoin is 25% off its $126,200 peak.", "price BTC 126200 reached"),
        ("Bitcoin briefly dipped under $90K.", "level BTC 90000 reached"),
        ("Bitcoin dips to 90.000 €.", "price BTC 90000 reached"),
        (
            "Bitcoin: range 93k\u201395k, breakout above 95k.",
            "level BTC 93000 support; level BTC 95000 resistance",
        ),
        (
            "Over $450 million of longs and $120 million of shorts were liquidated in 24 hours.",
            "liquidation - 450000000 24h; liquidation - 120000000 24h",
        ),
        (
            "Long traders lost $450 million in forced closures over the past day.",
            "liquidation - 450000000 24h",
        ),
        (
            "Spot bitcoin ETFs recorded net outflows of $240 million over the week.",
            "flow BTC -240000000 7d",
        ),
        ("Exchange outflows of 12,500 BTC were seen in 24 hours.", "flow BTC -12500 24h"),
        ("About 12,500 BTC left exchanges this week.", "flow BTC -12500 7d"),
        ("Nearly 80,000 ETH flowed into exchanges on Friday.", "flow ETH 80000 -"),
        ("Some $320 million worth of ether was withdrawn from exchanges.", "flow ETH -320000000 -"),
        ("Perpetual funding for bitcoin flipped negative at -0.004%.", "funding BTC -0.004 -"),
        ("Bitcoin perps show funding of 0.01% per eight hours.", "funding BTC 0.01 8h"),
        (
            "Polymarket bettors give bitcoin a 40% chance of topping $100,000 in May.",
            "level BTC 100000 target",
        ),
        ("Odds of bitcoin hitting $100,000 fell.", "level BTC 100000 target"),
        (
            "Bitcoin needs to hold $88,000 as support to target $100,000.",
            "level BTC 88000 support; level BTC 100000 target",
        ),
        (
            "Bitcoin's immediate hurdle is $94,500, followed by $97,000.",
            "level BTC 94500 resistance; level BTC 97000 resistance",
        ),
        ("Bitcoin's $90,000 support is under pressure.", "level BTC 90000 support"),
        (
            "Bitcoin may revisit $85,000 before heading to $110,000, says analyst.",
            "level BTC 85000 -; level BTC 110000 target",
        ),
        (
            "Bitcoin is pinned between $90K and $92K.",
            "level BTC 90000 support; level BTC 92000 resistance",
        ),
        (
            "Bitcoin, now at $93,400, has traders watching $95,000.",
            "price BTC 93400 -; level BTC 95000 -",
        ),
    ],
)
def test_what_a_single_sentence_tells(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "XRP has shed a fifth of its value.",
        "The exchange raised $95,000 from bitcoin fans.",
        "Coinbase stock closed at $310 while bitcoin idled.",
        "Strategy shares (MSTR) slid below $300 as bitcoin fell.",
        "Traders used 100x leverage on bitcoin.",
        "Bitcoin entered the top 10 of assets in 2024.",
        "On 12 May 2025, bitcoin was quiet.",
        "Bitcoin ETFs now hold $120 billion.",
        "Bitcoin miner MARA reached $20 a share.",
        "The fund bought bitcoin worth $95,000.",
        "A bitcoin holder lost $95,000 in a scam.",
        "Bitcoin's realized cap hit $1.1tn.",
        "The firm paid $95,000 for bitcoin mining rigs.",
        "Dogecoin eyes 20 cents.",
    ],
)
def test_money_shares_years_and_leverage_are_no_figures(text: str) -> None:
    assert told(text) == ""
