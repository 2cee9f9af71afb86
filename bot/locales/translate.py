"""Translation: a text in the reader's language, from gettext's catalogues; English is the key.

A catalogue is `<language>/LC_MESSAGES/bot.mo` beside this file, such as `de` or `pt_BR`. A reader
whose locale is "de-AT" gets the text from `de_AT`, else from `de`, else in English.

No catalogue can break an answer: one that can't be read counts as missing, and so does a
translation whose placeholders are not those of the English text. Each is logged once.
"""

import dataclasses
import functools
import gettext
import logging
import string
import struct
from collections.abc import Mapping
from pathlib import Path

from bot.locales.command_mentions import Filling

log = logging.getLogger(__name__)

_FILE = "LC_MESSAGES/bot.mo"
# What the standard library raises for a file that is no catalogue.
_UNREADABLE = (OSError, ValueError, LookupError, struct.error)


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A whole sentence, or a label, in English with named placeholders.

    It is no `str`, so that the type checker finds a text that is shown without being translated.
    """

    english: str


@dataclasses.dataclass(frozen=True, slots=True)
class CountedText(Text):
    """A text whose form depends on a number in languages that have plural forms for it."""

    number: str  # the placeholder that holds the number


class Catalogues:
    """The translations in *folder*, each file read when the first reader of its language comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, gettext.GNUTranslations | None] = {}
        self._unusable: set[tuple[str, str]] = set()

    @functools.cached_property
    def languages(self) -> frozenset[str]:
        """The languages that there are, besides English."""
        return frozenset(path.parts[-3] for path in self._folder.glob(f"*/{_FILE}"))

    def translate(self, text: Text, locale: str, /, **values: str | int) -> str:
        """Return *text* in the language of *locale* (such as "pt-BR"), with *values* filled in.

        Commands such as `{/cancel}` are filled in by themselves.
        """
        found = self.find(text, locale, **values)
        return (text.english if found is None else found).format_map(Filling(values))

    def find(self, text: Text, locale: str, /, **values: str | int) -> str | None:
        """Return the translation with its placeholders, or None where English is to be used."""
        for language in _fallbacks(locale):
            catalogue = self._catalogue(language)
            found = text.english if catalogue is None else self._look_up(catalogue, text, values)
            if found == text.english or not found.strip():
                continue
            if _placeholders(found) == _placeholders(text.english):
                return found
            self._report(language, text.english)
        return None

    def _catalogue(self, language: str) -> gettext.GNUTranslations | None:
        # Only names that were found in the folder become paths: a locale comes from outside.
        if language not in self.languages:
            return None
        if language not in self._read:
            self._read[language] = self._open(language)
        return self._read[language]

    def _open(self, language: str) -> gettext.GNUTranslations | None:
        try:
            with (self._folder / language / _FILE).open("rb") as file:
                return gettext.GNUTranslations(file)
        except _UNREADABLE as error:
            log.error("the translations into %s can't be read: %s", language, error)
            return None

    def _look_up(
        self, catalogue: gettext.GNUTranslations, text: Text, values: Mapping[str, str | int]
    ) -> str:
        if not isinstance(text, CountedText):
            return catalogue.gettext(text.english)
        number = int(values[text.number])
        try:
            return catalogue.ngettext(text.english, text.english, number)
        except ArithmeticError:  # the catalogue's own formula for plural forms divides by zero
            return text.english

    def _report(self, language: str, english: str) -> None:
        if (language, english) not in self._unusable:
            self._unusable.add((language, english))
            log.error("the translation into %s has other placeholders: %s", language, english)


bundled = Catalogues(Path(__file__).parent)


def translate(text: Text, locale: str, /, **values: str | int) -> str:
    """Return *text* in the language of *locale* (such as "pt-BR"), with *values* filled in."""
    return bundled.translate(text, locale, **values)


def _fallbacks(locale: str) -> tuple[str, str]:
    """Return the names of the catalogues for *locale*, the nearest first: "de_AT", then "de"."""
    return locale.replace("-", "_"), locale.partition("-")[0]


@functools.cache
def _placeholders(text: str) -> frozenset[str]:
    """Return each placeholder of *text* as it is written; a text that can't be filled has its own."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        return frozenset({text})
    return frozenset(
        f"{name}!{conversion}:{form}" for _, name, form, conversion in parsed if name is not None
    )
