"""A reader gets a text in their language, and in English where the catalogue is broken."""

import struct
from pathlib import Path

import pytest

from bot.locales import translate as translation
from bot.locales.translate import Catalogues, CountedText, Text, translate
from tests.unit.locales.catalogues import write_catalogue

CANCEL = Text("Cancel")
TOOK = Text("It took {duration}.")
MORE = CountedText("And {count} more.", "count")


def test_text_without_catalogue_is_english(tmp_path: Path) -> None:
    """Where there is no catalogue, every reader reads English, with the values filled in."""
    catalogues = Catalogues(tmp_path)

    assert catalogues.translate(CANCEL, "de") == "Cancel"
    assert catalogues.translate(TOOK, "de", duration="5 s") == "It took 5 s."
    assert catalogues.translate(MORE, "de", count=3) == "And 3 more."
    assert catalogues.languages == frozenset()


def test_text_is_translated_for_its_reader_alone(tmp_path: Path) -> None:
    """A translation is for those who read the language."""
    write_catalogue(tmp_path, "de", {"It took {duration}.": "Es dauerte {duration}."})
    catalogues = Catalogues(tmp_path)

    assert catalogues.translate(TOOK, "de", duration="5 s") == "Es dauerte 5 s."
    assert catalogues.translate(TOOK, "fr", duration="5 s") == "It took 5 s."
    assert catalogues.translate(TOOK, "en-GB", duration="5 s") == "It took 5 s."


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de-AT", "Abbruch"), ("de", "Abbrechen"), ("de-CH", "Abbrechen"), ("den", "Cancel")],
)
def test_text_falls_back_to_language_without_country(
    tmp_path: Path, locale: str, expected: str
) -> None:
    """The nearest catalogue counts: that of the country, then that of the language."""
    write_catalogue(tmp_path, "de", {"Cancel": "Abbrechen"})
    write_catalogue(tmp_path, "de_AT", {"Cancel": "Abbruch"})

    assert Catalogues(tmp_path).translate(CANCEL, locale) == expected


def test_each_text_falls_back_by_itself(tmp_path: Path) -> None:
    """A catalogue that lacks a text leaves it to the next one, and the last leaves it in English."""
    write_catalogue(tmp_path, "de", {"Cancel": "Abbrechen"})
    write_catalogue(tmp_path, "de_AT", {"And {count} more.": ("Noch {count}.", "Noch {count}.")})
    catalogues = Catalogues(tmp_path)

    assert catalogues.translate(CANCEL, "de-AT") == "Abbrechen"
    assert catalogues.translate(MORE, "de-AT", count=2) == "Noch 2."
    assert catalogues.translate(TOOK, "de-AT", duration="5 s") == "It took 5 s."


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "Jeszcze 1 plik."), (3, "Jeszcze 3 pliki."), (5, "Jeszcze 5 plików.")],
)
def test_counted_text_has_plural_forms(tmp_path: Path, count: int, expected: str) -> None:
    """A language with plural forms uses the one for the number."""
    forms = ("Jeszcze {count} plik.", "Jeszcze {count} pliki.", "Jeszcze {count} plików.")
    rule = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
    header = f"Content-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=3; plural={rule};\n"
    write_catalogue(tmp_path, "pl", {"And {count} more.": forms}, header=header)

    assert Catalogues(tmp_path).translate(MORE, "pl", count=count) == expected


@pytest.mark.parametrize("empty", ["", " ", "\u3000"])
def test_empty_translation_is_not_used(tmp_path: Path, empty: str) -> None:
    """Discord refuses a card without a title, so a translation that says nothing counts as missing."""
    write_catalogue(tmp_path, "de", {"Cancel": empty})

    assert Catalogues(tmp_path).translate(CANCEL, "de") == "Cancel"


@pytest.mark.parametrize(
    "broken",
    [
        "Es dauerte {dauer}.",
        "Es dauerte.",
        "Es dauerte {duration.__class__}.",
        "Es dauerte {duration!r}.",
        "Es dauerte {duration:>99999999}.",
        "Es dauerte {duration}, {}.",
        "Es dauerte {duration",
        "Es dauerte duration}.",
    ],
)
def test_translation_with_other_placeholders_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    """A translation that can't be filled in, or hides a value, is logged once, and English is read."""
    write_catalogue(tmp_path, "de", {"It took {duration}.": broken, "Cancel": "Abbrechen"})
    catalogues = Catalogues(tmp_path)

    for _ in range(2):
        assert catalogues.translate(TOOK, "de", duration="5 s") == "It took 5 s."
        assert catalogues.translate(CANCEL, "de") == "Abbrechen"
    assert caplog.text.count("It took {duration}.") == 1


def _with_plural_formula(data: bytes, formula: bytes) -> bytes:
    """Return the catalogue *data* with another formula, which must have the same length."""
    before = b"plural=(n != 1)"
    assert before in data
    return data.replace(before, b"plural=" + formula.ljust(len(before) - 7))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"no catalogue at all",
        lambda data: data[:40],
        lambda data: data[:16] + struct.pack("<I", 2**31) + data[20:],
        lambda data: data.replace(b"utf-8", b"utf-9"),
        lambda data: data.replace(b"Abbrechen", b"Abbr\xff\xff\xff\xffn"),
        lambda data: _with_plural_formula(data, b"quit()"),
        lambda data: data.replace(b"plural=", b"floral="),
    ],
    ids=["empty", "text", "cut", "offsets", "charset", "bytes", "formula", "no formula"],
)
def test_broken_catalogue_leaves_everything_in_english(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: object
) -> None:
    """A file that is no catalogue is logged once, and its readers read English."""
    assert callable(spoil)
    path = write_catalogue(tmp_path, "de", {"Cancel": "Abbrechen"})
    path.write_bytes(spoil(path.read_bytes()))
    catalogues = Catalogues(tmp_path)

    for _ in range(2):
        assert catalogues.translate(CANCEL, "de-AT") == "Cancel"
    assert caplog.text.count("can't be read") == 1


def test_plural_formula_that_fails_leaves_text_in_english(tmp_path: Path) -> None:
    """A formula that can't be computed for a number is no reason to say nothing."""
    path = write_catalogue(
        tmp_path, "de", {"And {count} more.": ("Noch {count}.", "Noch {count}.")}
    )
    path.write_bytes(_with_plural_formula(path.read_bytes(), b"n%0"))

    assert Catalogues(tmp_path).translate(MORE, "de", count=2) == "And 2 more."


@pytest.mark.parametrize(
    "locale", ["", "-", "..", "../outside/de", "x" * 5000, "fr/../de", "\0", "中文", "DE"]
)
def test_locale_of_unknown_making_is_read_as_english(tmp_path: Path, locale: str) -> None:
    """A locale comes from outside, so it never becomes a path by itself."""
    write_catalogue(tmp_path / "outside", "de", {"Cancel": "Abbrechen"})
    write_catalogue(tmp_path / "inside", "de", {"Cancel": "Abbrechen"})

    assert Catalogues(tmp_path / "inside").translate(CANCEL, locale) == "Cancel"


def test_translate_reads_the_bundled_catalogues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function that the cards use is that of the catalogues beside it."""
    write_catalogue(tmp_path, "de", {"Cancel": "Abbrechen"})
    assert translate(CANCEL, "de") == translation.bundled.translate(CANCEL, "de")
    monkeypatch.setattr(translation, "bundled", Catalogues(tmp_path))

    assert translate(CANCEL, "de") == "Abbrechen"
