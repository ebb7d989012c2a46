"""The line that each mistake in a configuration gets."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load_settings
from bot.domain.errors import ConfigError

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"
WITH_TOKEN = {"COINBELL_TELEGRAM__TOKEN": TOKEN}

Refusal = Callable[..., str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """The one line that a configuration is refused with, from a TOML text and variables."""

    def _refusal(toml: str = "", environ: Mapping[str, str] = WITH_TOKEN) -> str:
        path = tmp_path / "config.toml"
        path.write_text(toml, "utf-8")
        with pytest.raises(ConfigError) as caught:
            load_settings(path, environ)
        line = caught.value.log_text
        assert "\n" not in line
        assert TOKEN not in line
        return line

    return _refusal


WRONG_FILES = [
    ("[telegram]\ntokn = 'x'", "telegram.tokn: unknown key; did you mean telegram.token?"),
    ("[telegramm]", "telegramm: unknown key; did you mean telegram?"),
    ("token = 'x'", "token: unknown key; did you mean telegram.token?"),
    ("[news]\nadmins = [1]", "news.admins: unknown key; did you mean telegram.admins?"),
    (
        "[prices.coingecko]\nrequest_per_minute = 3",
        (
            "prices.coingecko.request_per_minute: unknown key; "
            "did you mean prices.coingecko.requests_per_minute?"
        ),
    ),
    (
        "[news]\nzzz = 1",
        (
            "news.zzz: unknown key; known are news.poll_seconds, news.slowest_poll_seconds, "
            "news.max_age_hours"
        ),
    ),
    (
        "zzz = 1",
        (
            "zzz: unknown key; known are derivatives, news, prices, prices.coingecko, sources, "
            "storage, summaries, telegram, web"
        ),
    ),
    (
        "[[sources]]\nkey='a'\nurl='http://a.example'\nulr='b'",
        "sources[a].ulr: unknown key; did you mean sources.url?",
    ),
    (
        "request_per_minut = 3",
        "request_per_minut: unknown key; did you mean prices.coingecko.requests_per_minute?",
    ),
    ("telegram = 1", "telegram: is a section; write [telegram] and its keys below it"),
    (
        "[prices]\ncoingecko = 'x'",
        "prices.coingecko: is a section; write [prices.coingecko] and its keys below it",
    ),
    ("[telegram]\napi_url = 5", "telegram.api_url: not a text; put it in quotes"),
    (
        "[telegram]\napi_url = 'api.telegram.org'",
        "telegram.api_url: not an address; write it in full, beginning with https:// or http://",
    ),
    (
        "[telegram]\napi_url = 'https://x.example/?a=b'",
        "telegram.api_url: may hold no ? and no #; give the address that paths are added to",
    ),
    (
        "[telegram]\napi_url = 'https://x.example:port'",
        "telegram.api_url: not an address: its host or port cannot be read; correct it",
    ),
    (
        "[telegram]\nadmins = 123",
        'telegram.admins: not a list; write it in brackets, like [123456789] or ["coingecko"]',
    ),
    ("[telegram]\nadmins = ['@me']", 'telegram.admins: "@me" is not a whole number; write one'),
    ("[telegram]\nadmins = [0]", "telegram.admins: 0 is too small; the least is 1"),
    ("[telegram]\nadmins = [true]", "telegram.admins: true is no number; write one"),
    ("[telegram]\nadmins = '[1'", "telegram.admins: not a list in JSON; write it like [1, 2]"),
    (
        "[telegram]\ntransport = 'push'",
        "telegram.transport: \"push\" is unknown; write 'polling' or 'webhook'",
    ),
    (
        "[telegram]\nwebhook_secret = 'a b'",
        "telegram.webhook_secret: may hold up to 256 of A-Z, a-z, 0-9, _ and -; or leave it empty",
    ),
    (
        "[telegram]\nmessages_per_second = 31",
        (
            "telegram.messages_per_second: 31 is more than Telegram takes from a bot for free; "
            "write 30 or less, or set telegram.paid_broadcast = true"
        ),
    ),
    (
        "[telegram]\nmessages_per_second = 1001\npaid_broadcast = true",
        "telegram.messages_per_second: 1001 is too large; the most is 1000",
    ),
    (
        "[telegram]\nmessages_per_second = 0",
        "telegram.messages_per_second: 0 is too small; the least is 1",
    ),
    (
        "[telegram]\nmessages_per_second = 1.5",
        "telegram.messages_per_second: 1.5 is not a whole number; write one",
    ),
    (
        "[telegram]\npaid_broadcast = 'perhaps'",
        'telegram.paid_broadcast: "perhaps" is not true or false; write one',
    ),
    (
        "[storage]\nurl = 'mysql://u:pw@h/d'",
        (
            "storage.url: not a database address; write sqlite:///coinbell.db or "
            "postgresql://user@host/name"
        ),
    ),
    (
        "[storage]\nurl = 'sqlite://coinbell.db'",
        "storage.url: names no file; write three slashes, e.g. sqlite:///coinbell.db",
    ),
    (
        "[storage]\nkeep_articles_days = 0",
        "storage.keep_articles_days: 0 is too small; the least is 1",
    ),
    ("[news]\npoll_seconds = 0.5", "news.poll_seconds: 0.5 is too small; the least is 1"),
    ("[news]\npoll_seconds = true", "news.poll_seconds: true is no number; write one"),
    ("[news]\npoll_seconds = nan", "news.poll_seconds: nan is not a number; write one"),
    (
        "[news]\npoll_seconds = 1000",
        (
            "news.slowest_poll_seconds: 900 is less than news.poll_seconds, which is 1000; "
            "write that or more"
        ),
    ),
    (
        "[sources]\nkey = 'a'",
        "sources: not a list; write [[sources]] in double brackets above each source",
    ),
    ("sources = [1]", "sources[#1]: not a source; write its key and url below [[sources]]"),
    ("[[sources]]\nkey = 'a'", "sources[a].url: missing; every source needs it"),
    ("[[sources]]\nurl = 'http://a.example'", "sources[#1].key: missing; every source needs it"),
    (
        "[[sources]]\nurl = 'http://a.example'\nkey = 'Coin Desk'",
        "sources[Coin Desk].key: people type it after @; write 1 to 32 of a-z, 0-9, _ and -",
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'feed://a.example'",
        "sources[a].url: not an address; write it in full, beginning with https:// or http://",
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\nkind = 'rss'",
        'sources[a].kind: "rss" is unknown; write "feed", "coindesk_data" or "cryptocompare"',
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\nkind = 5",
        'sources[a].kind: 5 is unknown; write "feed", "coindesk_data" or "cryptocompare"',
    ),
    (
        "[[sources]]\nkey = 'a'\nkind = 'cryptocompare'\nurl = 'min-api.example'",
        "sources[a].url: not an address; write it in full, beginning with https:// or http://",
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\nweight = 0",
        "sources[a].weight: 0 is too small; the least is 1",
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\nweight = 101",
        "sources[a].weight: 101 is too large; the most is 100",
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\nfull_text = 'maybe'",
        'sources[a].full_text: "maybe" is not true or false; write one',
    ),
    (
        "[summaries]\napi_url = 'https://model.example/v1'",
        "summaries.model: missing; summaries.api_url needs the name of a model there",
    ),
    (
        "[summaries]\nmodel = 'small'",
        "summaries.model: does nothing without summaries.api_url; set that too",
    ),
    (
        "[summaries]\napi_key = 'k3y'",
        "summaries.api_key: does nothing without summaries.api_url; set that too",
    ),
    (
        "[summaries]\napi_url = 'model.example'\nmodel = 'small'",
        ("summaries.api_url: not an address; write it in full, beginning with https:// or http://"),
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\napi_key = 'k3y'",
        "sources[a].api_key: a feed takes no key; leave it empty",
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\n" * 2,
        'sources: the key "a" is there twice; give each source its own',
    ),
    (
        "[[sources]]\nkey = 'a'\nurl = 'https://a.example'\nname = '" + "n" * 65 + "'",
        "sources[a].name: too long; write 64 characters or less",
    ),
    (
        "[prices]\nproviders = ['binnance', 'coingecko']",
        (
            'prices.providers: "binnance" is no provider and no exchange by ccxt; '
            'did you mean "binance"?'
        ),
    ),
    (
        "[prices]\nproviders = ['Coingeko']",
        (
            'prices.providers: "Coingeko" is no provider and no exchange by ccxt; '
            'did you mean "coingecko"?'
        ),
    ),
    (
        "[prices]\nproviders = ['1234567']",
        (
            'prices.providers: "1234567" is no provider and no exchange by ccxt; '
            'write "coingecko" or "binance"'
        ),
    ),
    (
        "[prices]\nproviders = ['kraken', 'coingecko', 'kraken']",
        'prices.providers: "kraken" is there twice; name each provider once',
    ),
    (
        "[prices]\nproviders = []",
        'prices.providers: names nobody; write ["binance", "coingecko"]',
    ),
    (
        "[derivatives]\nexchanges = ['binanceusd']",
        ('derivatives.exchanges: "binanceusd" is no exchange by ccxt; did you mean "binanceusdm"?'),
    ),
    (
        "[derivatives]\nexchanges = ['1234567']",
        'derivatives.exchanges: "1234567" is no exchange by ccxt; write "binanceusdm" or "bybit"',
    ),
    (
        "[derivatives]\nexchanges = ['okx', 'okx']",
        'derivatives.exchanges: "okx" is there twice; name each exchange once',
    ),
    (
        "[prices]\nquote = 'USDT'",
        (
            'prices.quote: "USDT" is unknown; write USD, EUR, GBP, BTC, ETH, JPY, KRW, INR, BRL, '
            "TRY, RUB, CAD, AUD or CHF"
        ),
    ),
    (
        "[prices.coingecko]\napi_key = 'two words'",
        "prices.coingecko.api_key: holds a blank or a character that no key has; copy it again",
    ),
    (
        "[telegram]\ntransport = 'webhook'",
        (
            'web.public_url: missing; telegram.transport = "webhook" needs the https address of '
            "this bot"
        ),
    ),
    (
        "[web]\npublic_url = 'http://bot.example'",
        "web.public_url: must begin with https://; Telegram delivers to nothing else",
    ),
    (
        "[web]\npublic_url = 'https://bot.example:8080'",
        "web.public_url: Telegram delivers to ports 443, 80, 88 and 8443 only; use one of them",
    ),
    (
        "[web]\nadmin_listen = '127.0.0.1:8080'",
        "web.admin_listen: the same as web.listen; leave it empty to share that",
    ),
]


@pytest.mark.parametrize(("toml", "line"), WRONG_FILES)
def test_each_mistake_in_the_file_has_its_line(refusal: Refusal, toml: str, line: str) -> None:
    assert refusal(toml) == line


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "COINBELL_TELEGRAM__TOKN",
            TOKEN,
            "COINBELL_TELEGRAM__TOKN: unknown variable; did you mean COINBELL_TELEGRAM__TOKEN?",
        ),
        (
            "COINBELL_TELEGRAM_TOKEN",
            TOKEN,
            (
                "COINBELL_TELEGRAM_TOKEN: unknown variable; did you mean COINBELL_TELEGRAM__TOKEN "
                "(two underscores)?"
            ),
        ),
        ("COINBELL_AB__CD", "x", "COINBELL_AB__CD: unknown variable; remove it"),
        (
            "COINBELL_TELEGRAM",
            "{}",
            "COINBELL_TELEGRAM: is a section; set its keys one by one, as COINBELL_TELEGRAM__KEY",
        ),
        (
            "COINBELL_SOURCES__0__URL",
            "https://a.example",
            (
                "COINBELL_SOURCES__0__URL: a source has no variable; list all in COINBELL_SOURCES "
                "as JSON"
            ),
        ),
        (
            "COINBELL_SOURCES",
            "[{",
            "sources (COINBELL_SOURCES): not a list in JSON; write it like [1, 2]",
        ),
        (
            "COINBELL_TELEGRAM__ADMINS",
            "me",
            'telegram.admins (COINBELL_TELEGRAM__ADMINS): "me" is not a whole number; write one',
        ),
        (
            "COINBELL_TELEGRAM__ADMINS",
            TOKEN,
            (
                "telegram.admins (COINBELL_TELEGRAM__ADMINS): the value is not a whole number; "
                "write one"
            ),
        ),
    ],
)
def test_each_mistake_in_the_environment_has_its_line(
    refusal: Refusal, name: str, value: str, line: str
) -> None:
    assert refusal("", {**WITH_TOKEN, name: value}) == line


def test_a_missing_token_says_where_to_get_one_and_where_to_put_it() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {})
    assert caught.value.log_text == (
        "telegram.token: missing; take one from @BotFather and put it here or in "
        "COINBELL_TELEGRAM__TOKEN, or name its file in telegram.token_file"
    )


@pytest.mark.parametrize("token", ["hunter2 hunter2", "abc:def", f"bot{TOKEN}", "123456"])
def test_what_is_no_token_is_refused_without_being_quoted(refusal: Refusal, token: str) -> None:
    line = refusal(f"[telegram]\ntoken = '{token}'", {})
    assert line == (
        "telegram.token: not a token (digits, a colon, letters); copy it from @BotFather"
    )


def test_a_token_and_a_token_file_in_one_place_are_one_too_many(refusal: Refusal) -> None:
    line = refusal(f"[telegram]\ntoken = '{TOKEN}'\ntoken_file = 'x'", {})
    assert line == "telegram.token: set beside telegram.token_file; keep one of the two"


def test_of_several_problems_the_first_is_told_and_the_rest_counted(refusal: Refusal) -> None:
    toml = "[news]\npoll_seconds = 0\n[web]\nlisten = 'x'\n[prices]\nquote = 'USDT'\n"
    assert refusal(toml) == ("news.poll_seconds: 0 is too small; the least is 1 (and 2 more)")
    both = {**WITH_TOKEN, "COINBELL_TELEGRAM__TOKN": "x"}
    assert refusal(toml, both).endswith("COINBELL_TELEGRAM__TOKEN? (and 3 more)")


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        ("a =", "line 1, column 4: Invalid value"),
        ("[web]\nlisten = 'x\n", "line 2, column 12: "),
        ("[web\n", "line 1, column 5: Expected ']'"),
        ("[web]\n[web]\n", "line 2, column 5: Cannot declare"),
    ],
)
def test_broken_toml_names_line_and_column(
    tmp_path: Path, refusal: Refusal, toml: str, place: str
) -> None:
    line = refusal(toml)
    assert line.startswith(f"{tmp_path / 'config.toml'}, {place}")
    assert line.endswith("; correct the TOML there")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"# caf\xe9")
    for path, words in (
        (tmp_path / "missing.toml", "no such file; copy config.example.toml to it"),
        (tmp_path, "Is a directory; make it a file I can read"),
        (latin, "not UTF-8 at byte 5; save it as UTF-8"),
    ):
        with pytest.raises(ConfigError) as caught:
            load_settings(path, WITH_TOKEN)
        assert caught.value.log_text == f"{path}: {words}"


SECRET_PLACES = (
    "COINBELL_TELEGRAM__TOKEN",
    "COINBELL_TELEGRAM__WEBHOOK_SECRET",
    "COINBELL_STORAGE__URL",
    "COINBELL_PRICES__COINGECKO__API_KEY",
    "COINBELL_SOURCES",
)


@given(
    st.sampled_from(SECRET_PLACES),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=24)
    .map(str.strip)
    .filter(lambda secret: len(secret) > 16),
)
def test_no_refusal_quotes_what_was_put_where_a_secret_belongs(name: str, secret: str) -> None:
    refused = None
    try:
        load_settings(None, {**WITH_TOKEN, name: secret})
    except ConfigError as error:
        refused = error
    if refused is not None:
        assert secret.strip() not in refused.log_text
        assert refused.__cause__ is None, "pydantic's error would hold the value"
        assert "\n" not in refused.log_text
