"""Single values of the settings: what each may be, and why another is refused.

Owns the types and checks that `bot.config` builds its sections from. Refuses without quoting:
an address or a text in the wrong place may hold a secret.
"""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr
from pydantic_core import PydanticCustomError

from bot.domain.numbers import CURRENCIES
from bot.domain.sources import SourceKind

_MAX_PORT: Final = 65535
_COINGECKO: Final = "coingecko"
# Where the news APIs answer: their address, and what is asked there.
_NEWS_APIS: Final[Mapping[SourceKind, tuple[str, str]]] = {
    SourceKind.COINDESK_DATA: (
        "https://data-api.coindesk.com",
        "/news/v1/article/list?lang=EN&limit=50",
    ),
    SourceKind.CRYPTOCOMPARE: ("https://min-api.cryptocompare.com", "/data/v2/news/?lang=EN"),
}
_SHOWN_CHARACTERS: Final = (
    20  # shorter than any token: one that strayed into another key stays hidden
)


def refused(text: str, key: str = "") -> PydanticCustomError:
    """The error for a value that a check refuses: wrong and remedy in one line.

    `key` names the value inside its section where a section as a whole is checked.
    """
    return PydanticCustomError("refused", "{text}", {"text": text, "key": key})


def shown_value(value: object) -> str:
    """A value as an error may quote it; a long text is not quoted, for it may be a secret."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _SHOWN_CHARACTERS else "the value"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value}" if isinstance(value, int) else "the value"


class HostPort(NamedTuple):
    """Where a server listens; port 0 lets the system choose a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def _host_port(value: object) -> HostPort:
    if isinstance(value, HostPort):
        return value
    pattern = r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+)):(\d{1,5})"
    match = re.fullmatch(pattern, value.strip(), re.ASCII) if isinstance(value, str) else None
    if match is None or int(match[3]) > _MAX_PORT:
        raise refused("not a host and a port; write it like 127.0.0.1:8080 or [::1]:8080")
    return HostPort(match[1] or match[2], int(match[3]))


def _optional_host_port(value: object) -> HostPort | None:
    return None if value is None or value == "" else _host_port(value)


def _split_url(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        # A port that is no number shows only when it is read.
        _ = parts.port
    except ValueError as error:
        raise refused("not an address: its host or port cannot be read; correct it") from error
    return parts


def _http_url(value: str) -> str:
    parts = _split_url(value.strip())
    spaced = re.search(r"[\s\x00-\x1f]", value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or spaced:
        raise refused("not an address; write it in full, beginning with https:// or http://")
    return value.strip()


def _base_url(value: str) -> str:
    parts = urlsplit(_http_url(value))
    if parts.query or parts.fragment:
        raise refused("may hold no ? and no #; give the address that paths are added to")
    return value.strip().rstrip("/")


def _optional_http_url(value: str) -> str:
    return _http_url(value) if value.strip() else ""


def _optional_base_url(value: str) -> str:
    return _base_url(value) if value.strip() else ""


def _database_url(value: str) -> str:
    parts = _split_url(value.strip())
    if parts.scheme not in {"sqlite", "postgresql", "postgres"}:
        raise refused(
            "not a database address; write sqlite:///coinbell.db or postgresql://user@host/name"
        )
    if parts.scheme == "sqlite" and (parts.netloc or parts.path in {"", "/", "/:memory:"}):
        raise refused("names no file; write three slashes, e.g. sqlite:///coinbell.db")
    return value.strip()


def _number(value: object) -> object:
    # bool is an int in Python, so that `poll_seconds = true` would pass as 1.
    if isinstance(value, bool):
        raise refused(f"{shown_value(value)} is no number; write one")
    return value


def _listed(value: object) -> object:
    """A list from a text: JSON where it begins with `[`, else what commas separate."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return [item.strip() for item in value.split(",") if item.strip()]
    return _json_list(value)


def _json_list(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise refused("not a list in JSON; write it like [1, 2]") from error


def _source_key(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", value):
        raise refused("people type it after @; write 1 to 32 of a-z, 0-9, _ and -")
    return value


def _source_kind(value: object) -> SourceKind:
    try:
        return SourceKind(value)  # type: ignore[arg-type]  # what is no kind raises
    except ValueError:
        known = '"feed", "coindesk_data" or "cryptocompare"'
        raise refused(f"{shown_value(value)} is unknown; write {known}") from None


def source_address(kind: SourceKind, url: str) -> str:
    """Where a source is asked: `url`, or for a news API what it leaves open.

    An empty one becomes the provider's own, one without a path gets the provider's.
    """
    base, question = _NEWS_APIS.get(kind, ("", ""))
    address = url or base
    parts = urlsplit(address)
    is_bare = parts.path in {"", "/"} and not parts.query
    return address.rstrip("/") + question if question and is_bare else address


def _providers(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise refused('names nobody; write ["binance", "coingecko"]')
    known = (*sorted(_exchange_ids()), _COINGECKO)
    unknown = ("no provider and no exchange by ccxt", 'write "coingecko" or "binance"')
    return _each_known_once(value, known, "provider", unknown)


def _exchanges(value: tuple[str, ...]) -> tuple[str, ...]:
    unknown = ("no exchange by ccxt", 'write "binanceusdm" or "bybit"')
    return _each_known_once(value, sorted(_exchange_ids()), "exchange", unknown)


def _each_known_once(
    value: tuple[str, ...], known: Sequence[str], noun: str, unknown: tuple[str, str]
) -> tuple[str, ...]:
    """The names, all of them known; `unknown` is what else one is, and the remedy."""
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(name.strip().lower(), known, n=1)
            hint = f'did you mean "{near[0]}"?' if near else unknown[1]
            raise refused(f"{shown_value(name)} is {unknown[0]}; {hint}")
    twice = next((name for name in value if value.count(name) > 1), None)
    if twice:
        raise refused(f'"{twice}" is there twice; name each {noun} once')
    return value


def _exchange_ids() -> frozenset[str]:
    """The exchanges that ccxt knows: the names of its modules, for loading it costs 90 MB."""
    found = find_spec("ccxt")
    places = found.submodule_search_locations if found else None
    modules = (path for place in places or () for path in Path(place, "async_support").glob("*.py"))
    return frozenset(path.stem for path in modules if path.stem != "__init__")


def _quote(value: str) -> str:
    if (code := value.strip().upper()) not in CURRENCIES:
        *others, last = CURRENCIES
        known = f"{', '.join(others)} or {last}"
        raise refused(f"{shown_value(value)} is unknown; write {known}")
    return code


def checked_token(value: SecretStr) -> SecretStr:
    """The token without blanks around it; empty stays empty, what is no token is refused."""
    text = value.get_secret_value().strip()
    if text and not re.fullmatch(r"\d+:[\w-]+", text, re.ASCII):
        raise refused("not a token (digits, a colon, letters); copy it from @BotFather")
    return SecretStr(text)


def _webhook_secret(value: SecretStr) -> SecretStr:
    # The Bot API's rule for setWebhook's secret_token.
    if not re.fullmatch(r"[\w-]{0,256}", value.get_secret_value(), re.ASCII):
        raise refused("may hold up to 256 of A-Z, a-z, 0-9, _ and -; or leave it empty")
    return value


def _header_value(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    if not re.fullmatch(r"[!-~]*", text):
        raise refused("holds a blank or a character that no key has; copy it again")
    return SecretStr(text)


Whole = Annotated[int, BeforeValidator(_number)]
Amount = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
UserId = Annotated[Whole, Field(ge=1, le=2**52 - 1)]  # the Bot API: at most 52 significant bits
UserIds = Annotated[tuple[UserId, ...], BeforeValidator(_listed)]
Token = Annotated[SecretStr, AfterValidator(checked_token)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
ApiKey = Annotated[SecretStr, AfterValidator(_header_value)]
OptionalHttpUrl = Annotated[str, AfterValidator(_optional_http_url)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
OptionalBaseUrl = Annotated[str, AfterValidator(_optional_base_url)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Listen = Annotated[HostPort, PlainValidator(_host_port)]
OptionalListen = Annotated[HostPort | None, PlainValidator(_optional_host_port)]
SourceKey = Annotated[str, AfterValidator(_source_key)]
Kind = Annotated[SourceKind, PlainValidator(_source_kind)]
Providers = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_providers)]
Exchanges = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_exchanges)]
Quote = Annotated[str, AfterValidator(_quote)]
JsonList = BeforeValidator(_json_list)
