"""Settings from config.toml and the environment.

Owns every key that an operator can set, with its default and range; nothing else reads the
file or the environment. The environment wins over the file.
Refuses unknown keys, values out of range and options that would do nothing, each with one
line that names the key, what is wrong and the remedy, and never a secret.
"""

import tomllib
from collections.abc import Iterator, Mapping
from inspect import isclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from bot.config_problems import (
    PREFIX,
    first_of,
    toml_line,
    validation_lines,
    variable_lines,
    variable_name,
)
from bot.config_values import (
    Amount,
    ApiKey,
    BaseUrl,
    DatabaseUrl,
    Exchanges,
    HostPort,
    JsonList,
    Kind,
    Listen,
    OptionalBaseUrl,
    OptionalHttpUrl,
    OptionalListen,
    Providers,
    Quote,
    SourceKey,
    Token,
    UserIds,
    WebhookSecret,
    Whole,
    checked_token,
    refused,
    source_address,
)
from bot.domain.errors import ConfigError
from bot.domain.sources import SourceKind, SourceSettings

TELEGRAM_API: Final = "https://api.telegram.org"
COINGECKO_API: Final = "https://api.coingecko.com/api/v3"

_FREE_PER_SECOND: Final = 30
_PAID_PER_SECOND: Final = 1000
_WEBHOOK_PORTS: Final = (443, 80, 88, 8443)  # the Bot API's, for setWebhook
_TOKEN_BYTES: Final = 4096


class Section(BaseModel):
    """A group of settings: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TelegramSection(Section):
    """How to reach Telegram; `load_settings` fills the token in from `token_file`."""

    token: Token = SecretStr("")
    token_file: str = ""
    api_url: BaseUrl = TELEGRAM_API
    admins: UserIds = ()
    transport: Literal["polling", "webhook"] = "polling"
    webhook_secret: WebhookSecret = SecretStr("")
    messages_per_second: Annotated[Whole, Field(ge=1, le=_PAID_PER_SECOND)] = _FREE_PER_SECOND
    paid_broadcast: bool = False

    @model_validator(mode="after")
    def _paced(self) -> Self:
        if self.messages_per_second > _FREE_PER_SECOND and not self.paid_broadcast:
            raise refused(
                f"{self.messages_per_second} is more than Telegram takes from a bot for free; "
                f"write {_FREE_PER_SECOND} or less, or set telegram.paid_broadcast = true",
                "messages_per_second",
            )
        return self


class StorageSection(Section):
    """Where everything is kept, and for how long; the address may hold a password."""

    url: Annotated[DatabaseUrl, Field(repr=False)] = "sqlite:///coinbell.db"
    keep_articles_days: Annotated[Whole, Field(ge=1, le=3650)] = 90
    keep_messages_days: Annotated[Whole, Field(ge=1, le=3650)] = 14


class NewsSection(Section):
    """How often sources are polled, and how old an article may be to be pushed."""

    poll_seconds: Annotated[Amount, Field(ge=1, le=86_400)] = 60
    slowest_poll_seconds: Annotated[Amount, Field(ge=1, le=86_400)] = 900
    max_age_hours: Annotated[Amount, Field(ge=0.1, le=720)] = 6

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.slowest_poll_seconds < self.poll_seconds:
            raise refused(
                f"{self.slowest_poll_seconds:g} is less than news.poll_seconds, which is "
                f"{self.poll_seconds:g}; write that or more",
                "slowest_poll_seconds",
            )
        return self


class SourceSection(Section):
    """One place that articles come from; without a name it goes by its key.

    `url` may be empty for a news API, or have no path: then what it is asked is known.
    """

    key: SourceKey
    name: Annotated[str, Field(max_length=64)] = ""
    kind: Kind = SourceKind.FEED
    url: OptionalHttpUrl = ""
    api_key: ApiKey = SecretStr("")
    weight: Annotated[Whole, Field(ge=1, le=100)] = 50
    full_text: bool = False

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        if self.kind is SourceKind.FEED:
            if not self.url:
                raise refused("missing; every source needs it", "url")
            if self.api_key.get_secret_value():
                raise refused("a feed takes no key; leave it empty", "api_key")
        return self

    def source(self) -> SourceSettings:
        """The source as the other parts know it; its key is in `Settings.api_keys`."""
        name = self.name.strip() or self.key
        url = source_address(self.kind, self.url)
        return SourceSettings(self.key, name, self.kind, url, self.weight, self.full_text)


class SummariesSection(Section):
    """A language model that may write the summaries, behind any OpenAI-compatible address."""

    api_url: OptionalBaseUrl = ""
    api_key: ApiKey = SecretStr("")
    model: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.api_url and not self.model.strip():
            raise refused("missing; summaries.api_url needs the name of a model there", "model")
        for key in ("api_key", "model"):
            value = getattr(self, key)
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            if text and not self.api_url:
                raise refused("does nothing without summaries.api_url; set that too", key)
        return self


class CoinGeckoSection(Section):
    """How to ask CoinGecko, and how often its plan allows that."""

    api_url: BaseUrl = COINGECKO_API
    api_key: ApiKey = SecretStr("")
    requests_per_minute: Annotated[Whole, Field(ge=1, le=10_000)] = 5


class PricesSection(Section):
    """Who is asked for prices, in which currency, and how often."""

    providers: Providers = ("binance", "coingecko")
    quote: Quote = "USD"
    poll_seconds: Annotated[Amount, Field(ge=1, le=3600)] = 5
    alerts_per_chat: Annotated[Whole, Field(ge=1, le=10_000)] = 200
    coingecko: CoinGeckoSection = CoinGeckoSection()


class DerivativesSection(Section):
    """Who is asked for what happens on perpetual swaps: funding rates and liquidations."""

    exchanges: Exchanges = ("binanceusdm", "bybit")
    coinglass_key: ApiKey = SecretStr("")
    coinglass_url: BaseUrl = "https://open-api-v4.coinglass.com"


class WebSection(Section):
    """Where the bot answers HTTP, and the address that Telegram reaches it at."""

    listen: Listen = HostPort("127.0.0.1", 8080)
    admin_listen: OptionalListen = None
    public_url: OptionalBaseUrl = ""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.admin_listen == self.listen and self.listen.port:
            raise refused("the same as web.listen; leave it empty to share that", "admin_listen")
        return self


class Settings(Section):
    """All that an operator chose, checked; building one reads neither file nor environment."""

    telegram: TelegramSection = TelegramSection()
    storage: StorageSection = StorageSection()
    news: NewsSection = NewsSection()
    sources: Annotated[tuple[SourceSection, ...], JsonList] = ()
    summaries: SummariesSection = SummariesSection()
    prices: PricesSection = PricesSection()
    derivatives: DerivativesSection = DerivativesSection()
    web: WebSection = WebSection()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for key, problem in (
            ("telegram.token", _token_problem(self.telegram)),
            ("web.public_url", _webhook_problem(self.telegram, self.web)),
            ("sources", _sources_problem(self.sources)),
        ):
            if problem:
                raise refused(problem, key)
        return self

    def api_keys(self) -> dict[str, str]:
        """The keys of the news APIs, by the key of their source; sources without one left out."""
        keys = {source.key: source.api_key.get_secret_value() for source in self.sources}
        return {key: api_key for key, api_key in keys.items() if api_key}

    def secrets(self) -> tuple[str, ...]:
        """Every secret among the values, what a log must not hold; empty ones left out."""
        password = urlsplit(self.storage.url).password or ""
        found = [*_secret_values(self), password, unquote(password)]
        return tuple(dict.fromkeys(secret for secret in found if secret))


def _token_problem(telegram: TelegramSection) -> str:
    token = telegram.token.get_secret_value()
    if token and telegram.token_file:
        return "set beside telegram.token_file; keep one of the two"
    if not token and not telegram.token_file:
        return (
            "missing; take one from @BotFather and put it here or in COINBELL_TELEGRAM__TOKEN, "
            "or name its file in telegram.token_file"
        )
    return ""


def _webhook_problem(telegram: TelegramSection, web: WebSection) -> str:
    if not web.public_url:
        needed = telegram.transport == "webhook"
        return (
            'missing; telegram.transport = "webhook" needs the https address of this bot'
            if needed
            else ""
        )
    # A Bot API server of one's own takes http and any port; Telegram's takes neither.
    parts = urlsplit(web.public_url)
    if telegram.api_url != TELEGRAM_API:
        return ""
    if parts.scheme != "https":
        return "must begin with https://; Telegram delivers to nothing else"
    if parts.port not in {None, *_WEBHOOK_PORTS}:
        return "Telegram delivers to ports 443, 80, 88 and 8443 only; use one of them"
    return ""


def _sources_problem(sources: tuple[SourceSection, ...]) -> str:
    keys = [source.key for source in sources]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    return f'the key "{twice}" is there twice; give each source its own' if twice else ""


def _secret_values(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secret_values(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _secret_values(item)


def setting_keys(section: type[Section] = Settings, prefix: str = "") -> tuple[str, ...]:
    """Every key with its dots, in the order of the file; those of a source as `sources.key`."""
    keys: list[str] = []
    for name, field in section.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        inner = next((kind for kind in kinds if isclass(kind) and issubclass(kind, Section)), None)
        keys += setting_keys(inner, f"{prefix}{name}.") if inner else [f"{prefix}{name}"]
    return tuple(keys)


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of that file (None: no file) with the environment's on top.

    A list may come as JSON, or as words between commas; an empty variable counts as not set.
    `telegram.token_file` is read. Raises ConfigError with one line: the first problem, and how
    many more there are.
    """
    keys = setting_keys()
    names = {variable_name(key) for key in keys}
    given = {name: value for name, value in environ.items() if value.strip()}
    problems = list(variable_lines(given, keys))
    from_file = _file_values(path) if path else {}
    values = _merged(from_file, _variable_values({n: given[n] for n in names & given.keys()}))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        # Without its cause: pydantic keeps the refused values, secrets among them.
        raise first_of([*problems, *validation_lines(error, values, keys, given)]) from None
    if problems:
        raise first_of(problems)
    return _with_token_read(settings)


def _file_values(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; copy config.example.toml to it") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; make it a file I can read") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(toml_line(error, text, str(path))) from error


class _Outside(Settings, BaseSettings):
    """The settings as pydantic-settings looks for them in the environment; never built."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", enable_decoding=False
    )


class _Variables(EnvSettingsSource):
    """The environment that was handed in, where the library would take the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(_Outside)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items()}


def _variable_values(environ: Mapping[str, str]) -> dict[str, Any]:
    values = _Variables(environ)()
    telegram = values.get("telegram")
    if isinstance(telegram, dict):
        # One of the two overrides the file's other one, or both would be set.
        if "token" in telegram:
            telegram.setdefault("token_file", "")
        elif "token_file" in telegram:
            telegram["token"] = ""
    return values


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(above[key], dict):
            # What is no section in the file stays, to be refused.
            inner = below[key]
            merged[key] = _merged(inner, above[key]) if isinstance(inner, dict) else inner
    return merged


def _with_token_read(settings: Settings) -> Settings:
    shown_path = settings.telegram.token_file
    if not shown_path:
        return settings
    try:
        with Path(shown_path).expanduser().open("rb") as file:
            text = file.read(_TOKEN_BYTES).decode("utf-8-sig", "replace").strip()
        token = checked_token(SecretStr(text))
    except OSError as error:
        raise ConfigError(
            f"telegram.token_file: {shown_path}: {error.strerror}; name a file I can read"
        ) from error
    except PydanticCustomError as error:
        raise ConfigError(f"telegram.token_file: holds {error.message()}") from None
    if not text:
        raise ConfigError("telegram.token_file: the file is empty; put the bot's token in it")
    telegram = settings.telegram.model_copy(update={"token": token})
    return settings.model_copy(update={"telegram": telegram})
