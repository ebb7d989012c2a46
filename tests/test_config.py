"""Settings from files and the environment, and the line that each mistake gets."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.config import (
    Settings,
    SourceSection,
    TelegramSection,
    load_settings,
    setting_keys,
)
from bot.config_problems import variable_name
from bot.config_values import HostPort
from bot.domain.errors import ConfigError
from bot.domain.sources import SourceKind, SourceSettings

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"
WITH_TOKEN = {"COINBELL_TELEGRAM__TOKEN": TOKEN}

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads the settings of a TOML text, with a token in the environment and what is given."""

    def _load(toml: str = "", environ: Mapping[str, str] = WITH_TOKEN) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(toml, "utf-8")
        return load_settings(path, environ)

    return _load


def _refusal(load: Load, toml: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(toml, {})
    return caught.value.log_text


# ---- what is accepted


def test_a_token_in_the_environment_is_enough() -> None:
    settings = load_settings(None, WITH_TOKEN)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.prices.providers == ("binance", "coingecko")
    assert settings.web.listen == HostPort("127.0.0.1", 8080)
    assert settings.web.admin_listen is None
    assert settings.sources == ()


def test_every_key_can_come_from_the_environment() -> None:
    sources = [
        {"key": "a-1", "name": "A", "kind": "feed", "url": "https://a.example/f?x=1", "weight": 7},
        {"key": "wire", "kind": "coindesk_data", "api_key": "CD-key", "full_text": True},
    ]
    environ = {
        "COINBELL_TELEGRAM__TOKEN": f" {TOKEN}\n",
        "COINBELL_TELEGRAM__API_URL": "http://127.0.0.1:8081/",
        "COINBELL_TELEGRAM__ADMINS": "1, 22,",
        "COINBELL_TELEGRAM__TRANSPORT": "webhook",
        "COINBELL_TELEGRAM__WEBHOOK_SECRET": "s_-1",
        "COINBELL_TELEGRAM__MESSAGES_PER_SECOND": "1000",
        "COINBELL_TELEGRAM__PAID_BROADCAST": "true",
        "COINBELL_STORAGE__URL": "postgresql://bell:pa%20ss@db/bell",
        "COINBELL_STORAGE__KEEP_ARTICLES_DAYS": "1",
        "COINBELL_STORAGE__KEEP_MESSAGES_DAYS": "2",
        "COINBELL_NEWS__POLL_SECONDS": "1.5",
        "COINBELL_NEWS__SLOWEST_POLL_SECONDS": "1.5",
        "COINBELL_NEWS__MAX_AGE_HOURS": "0.5",
        "COINBELL_SOURCES": json.dumps(sources),
        "COINBELL_SUMMARIES__API_URL": "http://127.0.0.1:11434/v1/",
        "COINBELL_SUMMARIES__API_KEY": "SM-key",
        "COINBELL_SUMMARIES__MODEL": "small:3b",
        "COINBELL_PRICES__PROVIDERS": '["coingecko"]',
        "COINBELL_PRICES__QUOTE": "eur",
        "COINBELL_PRICES__POLL_SECONDS": "60",
        "COINBELL_PRICES__ALERTS_PER_CHAT": "50",
        "COINBELL_PRICES__COINGECKO__API_URL": "https://pro.example/api/v3/",
        "COINBELL_PRICES__COINGECKO__API_KEY": "CG-key",
        "COINBELL_PRICES__COINGECKO__REQUESTS_PER_MINUTE": "500",
        "COINBELL_DERIVATIVES__EXCHANGES": "okx, bybit",
        "COINBELL_DERIVATIVES__COINGLASS_KEY": "GL-key",
        "COINBELL_DERIVATIVES__COINGLASS_URL": "https://glass.example/",
        "COINBELL_WEB__LISTEN": "[::1]:0",
        "COINBELL_WEB__ADMIN_LISTEN": "localhost:9000",
        "COINBELL_WEB__PUBLIC_URL": "http://bot.example:1234/x/",
    }
    names = {variable_name(key) for key in setting_keys()}
    assert names - environ.keys() == {"COINBELL_TELEGRAM__TOKEN_FILE"}
    settings = load_settings(None, environ)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.telegram.api_url == "http://127.0.0.1:8081"
    assert settings.telegram.admins == (1, 22)
    assert settings.telegram.messages_per_second == 1000
    assert settings.telegram.paid_broadcast is True
    assert settings.news.poll_seconds == 1.5
    assert [source.source() for source in settings.sources] == [
        SourceSettings("a-1", "A", SourceKind.FEED, "https://a.example/f?x=1", 7),
        SourceSettings(
            "wire",
            "wire",
            SourceKind.COINDESK_DATA,
            "https://data-api.coindesk.com/news/v1/article/list?lang=EN&limit=50",
            full_text=True,
        ),
    ]
    assert settings.api_keys() == {"wire": "CD-key"}
    assert settings.summaries.api_url == "http://127.0.0.1:11434/v1"
    assert settings.summaries.model == "small:3b"
    assert settings.prices.quote == "EUR"
    assert settings.prices.coingecko.api_url == "https://pro.example/api/v3"
    assert settings.derivatives.exchanges == ("okx", "bybit")
    assert settings.derivatives.coinglass_url == "https://glass.example"
    assert settings.web.listen == HostPort("::1", 0)
    assert settings.web.admin_listen == HostPort("localhost", 9000)
    assert settings.web.public_url == "http://bot.example:1234/x"
    assert set(settings.secrets()) == {
        *(TOKEN, "s_-1", "CD-key", "SM-key", "CG-key", "GL-key", "pa%20ss", "pa ss")
    }


def test_the_environment_wins_over_the_file_and_leaves_the_rest_of_a_section(load: Load) -> None:
    settings = load(
        "[telegram]\nadmins = [1]\nmessages_per_second = 10\n[prices.coingecko]\napi_key = 'k'\n",
        {
            **WITH_TOKEN,
            "COINBELL_TELEGRAM__ADMINS": "[7]",
            "COINBELL_PRICES__COINGECKO__REQUESTS_PER_MINUTE": "30",
        },
    )
    assert settings.telegram.admins == (7,)
    assert settings.telegram.messages_per_second == 10
    assert settings.prices.coingecko.api_key.get_secret_value() == "k"
    assert settings.prices.coingecko.requests_per_minute == 30


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_counts_as_not_set(load: Load, value: str) -> None:
    environ = {**WITH_TOKEN, "COINBELL_PRICES__QUOTE": value, "COINBELL_NO__SUCH": value}
    assert load('[prices]\nquote = "GBP"', environ).prices.quote == "GBP"


@pytest.mark.parametrize(
    "name", ["COINBELL_CORPUS", "COINBELL_WEB_PORT", "coinbell_web__x", "COINBELLS__X__Y", "PATH"]
)
def test_variables_that_are_not_ours_are_left_alone(load: Load, name: str) -> None:
    """Kubernetes sets COINBELL_WEB_PORT for a service called coinbell-web."""
    assert load("", {**WITH_TOKEN, name: "tcp://10.0.0.1:80"}) == load()


def test_a_source_without_a_name_goes_by_its_key() -> None:
    assert SourceSection(key="a", url="https://a.example").source().name == "a"


def test_a_news_api_needs_neither_address_nor_key() -> None:
    source = SourceSection(key="a", kind=SourceKind.CRYPTOCOMPARE).source()
    assert source.url == "https://min-api.cryptocompare.com/data/v2/news/?lang=EN"
    assert (source.weight, source.full_text) == (50, False)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[telegram]\r\nadmins = [5]\r\n")
    assert load_settings(path, WITH_TOKEN).telegram.admins == (5,)


def test_settings_are_frozen_and_show_no_secret() -> None:
    settings = load_settings(
        None, {**WITH_TOKEN, "COINBELL_STORAGE__URL": "postgresql://u:hunter2@h/d"}
    )
    assert TOKEN not in repr(settings)
    assert "hunter2" not in repr(settings)
    with pytest.raises(ValidationError):
        settings.telegram.paid_broadcast = True


def test_building_settings_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo and the tests build settings of their own, whatever the shell has set."""
    monkeypatch.setenv("COINBELL_TELEGRAM__ADMINS", "1")
    settings = Settings(telegram=TelegramSection(token=SecretStr("1:x")))
    assert settings.telegram.admins == ()


# ---- the token's file


def test_a_token_file_is_read_and_stripped(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"\n  {TOKEN}\r\n")
    settings = load_settings(None, {"COINBELL_TELEGRAM__TOKEN_FILE": str(path)})
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.secrets() == (TOKEN,)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "telegram.token_file: the file is empty; put the bot's token in it"),
        (
            f"{TOKEN}\n{TOKEN}",
            (
                "telegram.token_file: holds not a token (digits, a colon, letters); "
                "copy it from @BotFather"
            ),
        ),
    ],
)
def test_a_token_file_without_a_token_is_refused(
    tmp_path: Path, load: Load, content: str, line: str
) -> None:
    path = tmp_path / "token"
    path.write_text(content)
    assert _refusal(load, f"[telegram]\ntoken_file = '{path}'") == line


def test_a_missing_token_file_is_named(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "nothing"
    assert _refusal(load, f"[telegram]\ntoken_file = '{path}'") == (
        f"telegram.token_file: {path}: No such file or directory; name a file I can read"
    )


def test_a_token_of_the_environment_overrides_a_token_file_and_the_other_way(
    tmp_path: Path, load: Load
) -> None:
    path = tmp_path / "token"
    path.write_text("1:file")
    with_file = load("[telegram]\ntoken_file = '/nothing/there'")
    with_token = load("[telegram]\ntoken = '2:b'", {"COINBELL_TELEGRAM__TOKEN_FILE": str(path)})
    assert with_file.telegram.token.get_secret_value() == TOKEN
    assert with_token.telegram.token.get_secret_value() == "1:file"
