"""What is wrong with a configuration, in one line an operator can act on.

Owns the wording of every refusal: the key with its dots (and the variable it came from), what
is wrong, the remedy. Refuses to quote texts that could be secrets.
"""

import difflib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.config_values import shown_value
from bot.domain.errors import ConfigError

PREFIX: Final = "COINBELL_"
_LEAST_LIKENESS: Final = 0.7


def variable_name(key: str) -> str:
    """The environment's name for a dotted key; a source's keys share `COINBELL_SOURCES`."""
    if key.startswith("sources."):
        key = "sources"
    return PREFIX + key.upper().replace(".", "__")


def first_of(lines: Sequence[str]) -> ConfigError:
    """The error that says the first line, and how many more there are."""
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return ConfigError(lines[0] + more)


def toml_line(error: tomllib.TOMLDecodeError, text: str, shown_path: str) -> str:
    """One line for TOML that cannot be read: file, line, column and the parser's words."""
    words, _, place = str(error).rpartition(" (at ")
    place = place.removesuffix(")")
    if not place.startswith("line "):
        # The parser names the end of the document, not where that is.
        *before, last = text.rstrip("\n").split("\n")
        place = f"line {len(before) + 1}, column {len(last) + 1}"
    return f"{shown_path}, {place}: {words or error}; correct the TOML there"


def variable_lines(environ: Mapping[str, str], keys: Sequence[str]) -> Iterator[str]:
    """A line for each variable that looks meant for Coinbell and is none of its settings.

    Names without a double underscore pass, unless they are a setting's but for that: the
    prefix is not ours alone.
    """
    known = {variable_name(key) for key in keys}
    single = {name.replace("__", "_"): name for name in known}
    sections = {variable_name(key.rpartition(".")[0]) for key in keys} - known
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in known or not environ[name]:
            continue
        if name.startswith(variable_name("sources") + "__"):
            yield f"{name}: a source has no variable; list all in {PREFIX}SOURCES as JSON"
        elif name in sections:
            yield f"{name}: is a section; set its keys one by one, as {name}__KEY"
        elif "__" in name:
            near = _nearest(name, known)
            yield f"{name}: unknown variable; {f'did you mean {near}?' if near else 'remove it'}"
        elif name in single:
            yield f"{name}: unknown variable; did you mean {single[name]} (two underscores)?"


def validation_lines(
    error: ValidationError,
    values: Mapping[str, Any],
    keys: Sequence[str],
    environ: Mapping[str, str],
) -> list[str]:
    """A line for each thing that the model refused, in the order of the settings."""
    return [_line(details, values, keys, environ) for details in error.errors(include_url=False)]


def _line(
    details: ErrorDetails,
    values: Mapping[str, Any],
    keys: Sequence[str],
    environ: Mapping[str, str],
) -> str:
    path = [part for part in details["loc"] if isinstance(part, str)]
    if inner := details.get("ctx", {}).get("key"):
        path += inner.split(".")
    key = ".".join(path)
    shown = _numbered(key, details["loc"], values)
    if details["type"] == "extra_forbidden":
        return f"{shown}: unknown key{_key_hint(key, keys)}"
    words = _WORDS.get(details["type"])
    wrong = words(details) if words else f"{details['msg']}; correct it"
    origin = f" ({variable_name(key)})" if environ.get(variable_name(key)) else ""
    return f"{shown}{origin}: {wrong}"


def _numbered(key: str, loc: tuple[int | str, ...], values: Mapping[str, Any]) -> str:
    """The key with its source named, `sources[coindesk].url`, or counted where it has no key."""
    match loc:
        case ("sources", int(index), *_):
            source = values["sources"][index] if isinstance(values["sources"], list) else None
            own_key = source.get("key") if isinstance(source, dict) else None
            label = own_key if isinstance(own_key, str) and own_key else f"#{index + 1}"
            return f"sources[{label[:32]}]{key.removeprefix('sources')}"
    return key


def _key_hint(key: str, keys: Sequence[str]) -> str:
    """`; did you mean …?` for a misspelt or misplaced key, else the keys of its section."""
    section, _, leaf = key.rpartition(".")
    by_leaf = {known.rpartition(".")[2]: known for known in reversed(keys)}
    sections = sorted({known.rpartition(".")[0] for known in keys})
    near = _nearest(key, [*keys, *sections])
    # A key below the wrong header is a commoner slip than one that looks like its neighbour.
    meant = by_leaf.get(leaf) or near or by_leaf.get(_nearest(leaf, by_leaf))
    if meant:
        return f"; did you mean {meant}?"
    siblings = [known for known in keys if known.rpartition(".")[0] == section]
    return f"; known are {', '.join(siblings or sections)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one; empty when none is alike."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_LEAST_LIKENESS)
    return near[0] if near else ""


def _not_a(noun: str) -> Callable[[ErrorDetails], str]:
    return lambda details: f"{shown_value(details['input'])} is not {noun}; write one"


def _list_words(details: ErrorDetails) -> str:
    if details["loc"][0] == "sources":
        return "not a list; write [[sources]] in double brackets above each source"
    return 'not a list; write it in brackets, like [123456789] or ["coingecko"]'


def _section_words(details: ErrorDetails) -> str:
    if details["loc"][0] == "sources":
        return "not a source; write its key and url below [[sources]]"
    name = ".".join(str(part) for part in details["loc"])
    return f"is a section; write [{name}] and its keys below it"


def _bound(word: str, bound: str, ctx_key: str) -> Callable[[ErrorDetails], str]:
    def _words(details: ErrorDetails) -> str:
        limit = shown_value(details["ctx"][ctx_key])
        return f"{shown_value(details['input'])} is too {word}; the {bound} is {limit}"

    return _words


_WHOLE = _not_a("a whole number")
_NUMBER = _not_a("a number")
_BOOLEAN = _not_a("true or false")
_WORDS: Final[Mapping[str, Callable[[ErrorDetails], str]]] = {
    "refused": lambda details: str(details["ctx"]["text"]),
    "missing": lambda _: "missing; every source needs it",
    "string_type": lambda _: "not a text; put it in quotes",
    "string_too_long": lambda details: (
        f"too long; write {details['ctx']['max_length']} characters or less"
    ),
    "literal_error": lambda details: (
        f"{shown_value(details['input'])} is unknown; write {details['ctx']['expected']}"
    ),
    "greater_than_equal": _bound("small", "least", "ge"),
    "less_than_equal": _bound("large", "most", "le"),
    "tuple_type": _list_words,
    "model_type": _section_words,
    "model_attributes_type": _section_words,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
}
