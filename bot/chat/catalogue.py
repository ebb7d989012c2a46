"""Every word that a person reads, by id, and the one place where text becomes HTML.

Owns the catalogues under `texts/` and escaping: whoever builds a message passes raw values in
and gets `Html` out. Refuses texts written in code.
"""

import io
import re
from collections.abc import Iterable
from gettext import GNUTranslations
from importlib import resources

import polib

DEFAULT_LANGUAGE = "en"

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Controls and surrogates that Telegram refuses or that turn a line round (U+202E and kin).
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Html(str):
    """Telegram HTML that is escaped already."""

    __slots__ = ()


Value = str | int | Html


def escaped(text: str) -> Html:
    """The HTML that shows `text` as it is; what has no picture (controls) is left out.

    `Html` is given back as it came.
    """
    if isinstance(text, Html):
        return text
    bare = _UNPRINTABLE.sub("", text)
    for char, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        bare = bare.replace(char, reference)
    return Html(bare)


def joined(separator: str, parts: Iterable[Html]) -> Html:
    """Parts of HTML in a row, empty ones left out; the separator is raw text."""
    return Html(escaped(separator).join(part for part in parts if part))


class Catalogue:
    """All texts in all languages; a language that lacks a text falls back to English."""

    def __init__(self, translations: dict[str, GNUTranslations]) -> None:
        english = translations[DEFAULT_LANGUAGE]
        for language, texts in translations.items():
            if language != DEFAULT_LANGUAGE:
                texts.add_fallback(english)
        self._translations = translations

    @classmethod
    def load(cls) -> "Catalogue":
        """The catalogue of every `.po` file that is installed."""
        folder = resources.files("bot.chat") / "texts"
        sources = {
            entry.name.removesuffix(".po"): entry.read_text(encoding="utf-8")
            for entry in folder.iterdir()
            if entry.name.endswith(".po")
        }
        return cls({language: translations_from(text) for language, text in sources.items()})

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are texts for, by code."""
        return tuple(sorted(self._translations))

    def html(
        self, language: str | None, text_id: str, /, n: int | None = None, **values: Value
    ) -> Html:
        """A text as HTML, its values escaped; `n` chooses the plural and fills `{n}`.

        Raises KeyError for an id or a placeholder that nothing fills.
        """
        given = {name: escaped(str(v) if isinstance(v, int) else v) for name, v in values.items()}
        return Html(_filled(self._text(language, text_id, n), given, n))

    def plain(
        self, language: str | None, text_id: str, /, n: int | None = None, **values: Value
    ) -> str:
        """A text for a button or a toast, which know no markup; raises KeyError as `html`."""
        given = {name: str(value) for name, value in values.items()}
        return _filled(self._text(language, text_id, n), given, n)

    def _text(self, language: str | None, text_id: str, n: int | None) -> str:
        texts = self._translations[self._known(language)]
        found = texts.gettext(text_id) if n is None else texts.ngettext(text_id, text_id, n)
        if found == text_id:
            raise KeyError(f"the catalogue has no text {text_id!r}")
        return found

    def _known(self, language: str | None) -> str:
        wanted = (language or DEFAULT_LANGUAGE).lower()
        for code in (wanted, wanted.partition("-")[0]):
            if code in self._translations:
                return code
        return DEFAULT_LANGUAGE


class Voice:
    """The catalogue in one language."""

    def __init__(self, catalogue: Catalogue, language: str | None) -> None:
        self.catalogue = catalogue
        self.language = language

    def html(self, text_id: str, /, n: int | None = None, **values: Value) -> Html:
        """As `Catalogue.html`."""
        return self.catalogue.html(self.language, text_id, n, **values)

    def plain(self, text_id: str, /, n: int | None = None, **values: Value) -> str:
        """As `Catalogue.plain`."""
        return self.catalogue.plain(self.language, text_id, n, **values)


def translations_from(po_text: str) -> GNUTranslations:
    """The translations of a `.po` file, compiled in memory: the repository keeps no `.mo`."""
    return GNUTranslations(io.BytesIO(polib.pofile(po_text, encoding="utf-8").to_binary()))


def placeholders(text: str) -> set[str]:
    """The names in braces that a text wants filled."""
    return set(_PLACEHOLDER.findall(text))


def _filled(text: str, values: dict[str, str] | dict[str, Html], n: int | None) -> str:
    if n is not None:
        values = {**values, "n": f"{n:,}"}
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
