"""What is written about the settings: the example file and the documentation."""

import re
import tomllib
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings, SourceSection, TelegramSection, load_settings, setting_keys
from bot.config_problems import variable_name
from bot.config_values import HostPort
from bot.domain.errors import ConfigError

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"
WITH_TOKEN = {"COINBELL_TELEGRAM__TOKEN": TOKEN}


def _toml_text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}"
        case HostPort():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(map(_toml_text, value))}]"
        case SecretStr() | None:
            return '""'
    return f'"{value}"'


def _defaults() -> dict[str, str | None]:
    """The default of every key as TOML; None for a key that must be given."""
    settings = Settings(telegram=TelegramSection(token=SecretStr("1:x")))
    defaults: dict[str, str | None] = {}
    for key in setting_keys():
        *sections, leaf = key.split(".")
        if sections == ["sources"]:
            field = SourceSection.model_fields[leaf]
            defaults[key] = None if field.is_required() else _toml_text(field.default)
            continue
        value: Any = settings
        for name in sections:
            value = getattr(value, name)
        defaults[key] = _toml_text(getattr(value, leaf))
    return {**defaults, "telegram.token": None}


def _example_entries() -> list[tuple[str, str, list[str]]]:
    """Each key of the example that is explained: its dotted name, its value, its comment."""
    lines = (ROOT / "config.example.toml").read_text("utf-8").splitlines()
    section, entries = "", []
    for number, line in enumerate(lines):
        if header := re.fullmatch(r"\[+([\w.]+)\]+", line):
            section = header[1]
        elif entry := re.fullmatch(r"(\w+) = (.*)", line):
            above = takewhile(lambda text: text.startswith("#"), reversed(lines[:number]))
            comment = [text.removeprefix("#").strip() for text in above][::-1]
            if comment:
                entries.append((f"{section}.{entry[1]}", entry[2], comment))
    return entries


def test_the_example_loads() -> None:
    settings = load_settings(ROOT / "config.example.toml", WITH_TOKEN)
    assert len({source.key for source in settings.sources}) == 15
    assert len({source.source().url for source in settings.sources}) == 15
    assert all(source.url.startswith("https://") for source in settings.sources)
    assert len({source.weight for source in settings.sources}) > 5, "not all weigh the same"
    with pytest.raises(ConfigError, match=r"^telegram\.token: missing"):
        load_settings(ROOT / "config.example.toml", {})


def test_the_example_explains_every_key_and_no_other() -> None:
    assert sorted(key for key, _, _ in _example_entries()) == sorted(setting_keys())


def test_the_example_tells_the_defaults_and_holds_them() -> None:
    defaults = _defaults()
    for key, value, comment in _example_entries():
        default = defaults[key]
        if default is None:
            assert comment[-1].startswith("Required"), key
        else:
            assert re.match(rf"Default: {re.escape(default)}(, for .*)?$", comment[-1]), key
        # The sources are examples; all else is as it would be without the file.
        if not key.startswith("sources."):
            assert value == (default or '""'), key


def test_the_documentation_lists_every_key_with_default_and_variable() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert [key for key, *_ in rows] == list(setting_keys())
    for key, _, default, variable in rows:
        expected = _defaults()[key]
        assert default == ("required" if expected is None else f"`{expected}`"), key
        assert variable == f"`{variable_name(key)}`", key


def test_the_samples_of_the_documentation_are_good_toml() -> None:
    for name in ("configuration.md", "operations.md"):
        text = (ROOT / "docs" / name).read_text("utf-8")
        samples = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        assert samples
        for sample in samples:
            values = tomllib.loads(sample)
            values.setdefault("telegram", {}).setdefault("token", TOKEN)
            Settings.model_validate(values)


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "docs/operations.md"])
def test_variables_named_for_operators_exist(name: str) -> None:
    """A misspelt variable in the container's files would be refused at its start."""
    found = set(re.findall(r"COINBELL_[A-Z_]+", (ROOT / name).read_text("utf-8")))
    assert found
    assert found <= {variable_name(key) for key in setting_keys()}
