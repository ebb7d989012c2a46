"""Single values of the settings: what each type takes and gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError

from bot.config_values import (
    BaseUrl,
    DatabaseUrl,
    HostPort,
    Listen,
    OptionalHttpUrl,
    OptionalListen,
    UserIds,
    checked_token,
    shown_value,
    source_address,
)
from bot.domain.sources import SourceKind

HOSTS = st.one_of(
    st.from_regex(r"[a-z0-9][a-z0-9.-]{0,30}", fullmatch=True),
    st.ip_addresses().map(str),
)


@given(HOSTS, st.integers(0, 65535))
def test_an_address_is_read_as_it_is_written(host: str, port: int) -> None:
    address = HostPort(host, port)
    assert TypeAdapter(Listen).validate_python(f" {address} ") == address
    assert TypeAdapter(Listen).validate_python(address) == address


@pytest.mark.parametrize(
    "value",
    ["", "8080", ":8080", "127.0.0.1", "::1:80", "[::1]", "a b:80", "h:65536", "h:-1", "h:٣", 80],
)
def test_an_address_to_listen_on_is_a_host_and_a_port(value: object) -> None:
    with pytest.raises(ValidationError, match="not a host and a port; write it like 127"):
        TypeAdapter(Listen).validate_python(value)


@pytest.mark.parametrize("value", ["", None])
def test_an_optional_address_may_be_empty(value: object) -> None:
    assert TypeAdapter(OptionalListen).validate_python(value) is None


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///coinbell.db",
        "sqlite:////var/lib/coinbell.db",
        "postgresql://bell@localhost/bell",
        "postgres://bell:pw@[::1]:5432/bell?ssl=require",
    ],
)
def test_addresses_of_databases_are_taken_as_they_are(url: str) -> None:
    assert TypeAdapter(DatabaseUrl).validate_python(url) == url


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://h/d"])
def test_a_database_that_keeps_nothing_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="names no file"):
        TypeAdapter(DatabaseUrl).validate_python(url)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.example", "https://api.example"),
        (" https://api.example/v3/ ", "https://api.example/v3"),
        ("http://[::1]:8081/", "http://[::1]:8081"),
    ],
)
def test_a_base_address_ends_without_a_slash(url: str, base: str) -> None:
    assert TypeAdapter(BaseUrl).validate_python(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org",
        "https://",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://exa mple.org",
        "https://example.org/a\nb",
        "https://[::1",
        "https://h:99999",
    ],
)
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="not an address"):
        TypeAdapter(BaseUrl).validate_python(url)


def test_an_address_with_a_query_is_taken_as_it_is_and_may_be_left_out() -> None:
    assert TypeAdapter(OptionalHttpUrl).validate_python(" https://a.example/f?x=1 ") == (
        "https://a.example/f?x=1"
    )
    assert TypeAdapter(OptionalHttpUrl).validate_python(" ") == ""
    with pytest.raises(ValidationError, match="not an address"):
        TypeAdapter(OptionalHttpUrl).validate_python("example.org/feed")


@pytest.mark.parametrize(
    ("kind", "url", "address"),
    [
        ("feed", "https://a.example", "https://a.example"),
        (
            "coindesk_data",
            "",
            "https://data-api.coindesk.com/news/v1/article/list?lang=EN&limit=50",
        ),
        (
            "coindesk_data",
            "http://127.0.0.1:9/",
            "http://127.0.0.1:9/news/v1/article/list?lang=EN&limit=50",
        ),
        ("coindesk_data", "https://p.example/x", "https://p.example/x"),
        ("coindesk_data", "https://p.example/?a=b", "https://p.example/?a=b"),
        ("cryptocompare", "", "https://min-api.cryptocompare.com/data/v2/news/?lang=EN"),
        ("cryptocompare", "https://p.example/news/?lang=PT", "https://p.example/news/?lang=PT"),
    ],
)
def test_what_is_left_open_of_a_news_apis_address_is_known(
    kind: str, url: str, address: str
) -> None:
    assert source_address(SourceKind(kind), url) == address


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ([], ()),
        ("", ()),
        ("1", (1,)),
        (" 1 , 2,", (1, 2)),
        ("[3, 4]", (3, 4)),
        ([2**52 - 1], (2**52 - 1,)),
    ],
)
def test_user_ids_come_as_a_list_as_json_or_between_commas(
    value: object, ids: tuple[int, ...]
) -> None:
    assert TypeAdapter(UserIds).validate_python(value) == ids


def test_a_token_loses_the_blanks_around_it() -> None:
    assert checked_token(SecretStr(" 12:ab-C_d\n")).get_secret_value() == "12:ab-C_d"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("short", '"short"'),
        ("x" * 20, f'"{"x" * 20}"'),
        ("x" * 21, "the value"),
        (True, "true"),
        (30, "30"),
        (1.50, "1.5"),
        ([1], "the value"),
        (None, "the value"),
    ],
)
def test_an_error_quotes_short_values_only(value: object, shown: str) -> None:
    assert shown_value(value) == shown
