"""The words without one of which a pattern finds nothing to the left of an amount.

Owns them for the longest patterns of `bot.news.figures.price_words` and
`bot.news.figures.level_words`, so that these are tried only where they may find something.
Refuses to decide: a word that is here only means that the pattern must be tried.
"""

from bot.news.cleaning.screens import Screen

# By what a pattern looks for; in lower case, with ; between.
LEFT_WORDS = {
    "noun": (
        "support;floor;zone;area;wall;backstop;line;resistance;ceiling;barrier;hurdle;supply;"
        "roadblock;target;objective;prediction;forecast;goal;path;potential;upside;all;ath;record;"
        "high;peak;reject;capped"
    ),
    "line": (
        "level;zone;area;region;pivot;trigger;threshold;line;shel;cluster;pool;block;wall;pocket;"
        "liquidity;price;strike;pain;average;day;week;month;hour;period;ema;sma;wma;vwap;band;"
        "retracement;midpoint;gap;upper;lower;basis;stop;double;lows;highs"
    ),
    "other_money": (
        "cap;volume;turnover;tvl;locked;interest;rais;valu;fine;stole;drain;loot;worth;invest;"
        "spen;earn;revenue;profit;loss;income;fee;salary;donat;prize;reward;bount;giveaway;bonus;"
        "loan;debt;collateral;deposit;withdr;transfer;purchas;acqui;bought;buy;inflow;outflow;"
        "liquidat;turn;premium;bail;damages;settle;cost;aum;assets;minimum;ticket;pay;paid;send;"
        "sent;moved;funding;spread;eps;strike;share;stock;gas;limit;supply;saving;balance;budget;"
        "sale;sold;gap;dividend;yield;rsi;macd;adx;index;score;flow;width;portfolio"
    ),
    "mining_cost": "cost",
    "average_price": "average;basis;entry",
    "waiting": "bid;buyer;demand;order;ask;offers;seller;supply;lid;invalidation;wall;stack",
    "extreme": "high;low",
    "voided": "invalidat;void;negat",
    "loss": "loss",
    "leading": "above;over;beyond;past;below;under;beneath",
    "max_pain": "pain",
    "ahead": (
        "eyes;sights;gaze;expos;project;impl;unlock;risk;door;way;path;road;gate;stage;room;"
        "runway;point;lead;head;flush;route;measured;next;first;final;ultimate"
    ),
    "bounced": "bounc;rebound;line",
    "turned_back": "reject;capped;turned;repelled;pushed;knocked;stall;into",
    "dealt": (
        "bought;buying;sold;selling;purchased;acquired;accumulated;entered;exited;shorted;longed"
    ),
    "watched": "watch;monitor;focus",
    "lies": "located;positioned;situated;lies;lying;resides;rests;clustered;stacked",
    "test": "test;sweep;revisit",
    "break": "break;breach;reclaim",
    "defence": "defen",
}
LEFT_SCREEN = Screen(LEFT_WORDS)
