"""Babel finds every text, and each catalogue of the package keeps the rules of the English texts."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from discord.app_commands.commands import validate_name

from bot.locales import translate as translation
from bot.locales.command_texts import COMMAND_NAMES, OPTION_NAMES
from bot.locales.translate import Catalogues, CountedText, Text
from tests.unit.locales.catalogues import write_catalogue
from tests.unit.locales.every_text import EVERY_TEXT

ROOT = Path(__file__).parents[3]
LOCALES = ROOT / "bot" / "locales"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NUMBERS = (0, 1, 2, 5, 21, 100)


def pybabel(*arguments: str) -> str:
    """Run Babel's command line as `make texts` does, and return what it prints."""
    command = [sys.executable, "-m", "babel.messages.frontend", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603, our own
    return done.stdout + done.stderr


def extract(template: Path) -> None:
    """Write the template by the options that the Makefile gives."""
    options = re.search(r"pybabel --quiet extract (.*?)--output-file", MAKEFILE, re.DOTALL)
    assert options is not None
    given = options[1].replace("\\\n", " ").split()
    pybabel("--quiet", "extract", *given, "--output-file", str(template), str(LOCALES))


def entries(template: str) -> set[tuple[str, bool]]:
    """Return each English text of a template, and whether it has plural forms."""
    found = set()
    for entry in template.split("\n\n")[1:]:
        joined = re.sub(r'"\n"', "", entry)
        english = re.search(r'^msgid "(.*)"$', joined, re.MULTILINE)
        assert english is not None, entry
        found.add((english[1].replace('\\"', '"'), "msgid_plural" in entry))
    return found


def test_every_text_is_extracted(tmp_path: Path) -> None:
    """What translators are given is every text that the bot has, and nothing else."""
    extract(tmp_path / "bot.pot")
    template = (tmp_path / "bot.pot").read_text(encoding="utf-8")
    expected = {(it.english, isinstance(it, CountedText)) for it in EVERY_TEXT.values()}
    assert entries(template.strip()) == expected


def longest(name: str) -> int:
    """Return how many characters the text of that name may have (Discord docs: limits)."""
    if name.startswith("BUTTON_"):
        return 80
    if name.startswith("FORM_TITLE"):
        return 45
    return 100 if name.startswith(("COMMANDS", "OPTIONS", "CREATE_", "FORM_")) else 600


def broken_rules(catalogues: Catalogues, language: str) -> Iterator[str]:
    """Yield the name of each text whose translation Discord would not take."""
    locale = language.replace("_", "-")
    for name, text in EVERY_TEXT.items():
        counts = NUMBERS if isinstance(text, CountedText) else (0,)
        for number in counts:
            values = {text.number: number} if isinstance(text, CountedText) else {}
            if len(catalogues.find(text, locale, **values) or "") > longest(name):
                yield name
    for names in (COMMAND_NAMES, OPTION_NAMES):
        translated = [catalogues.find(name, locale) or name.english for name in names]
        yield from (name for name in translated if not is_name(name))
        yield from (name for name in set(translated) if translated.count(name) > 1)


def is_name(name: str) -> bool:
    """Whether Discord takes *name* for a command or an option."""
    try:
        return bool(validate_name(name))
    except ValueError:
        return False


def stale(folder: Path) -> list[str]:
    """Return the languages whose compiled catalogue is not that of its sentences."""
    found = []
    for source in folder.glob("*/LC_MESSAGES/bot.po"):
        compiled = source.with_suffix(".mo")
        fresh = source.with_suffix(".fresh")
        pybabel("--quiet", "compile", "--input-file", str(source), "--output-file", str(fresh))
        if not compiled.exists() or compiled.read_bytes() != fresh.read_bytes():
            found.append(source.parts[-3])
        fresh.unlink()
    return found


def test_catalogues_of_the_package_keep_the_rules(caplog: pytest.LogCaptureFixture) -> None:
    """Every translation fits its place on Discord, has its placeholders, and is compiled."""
    bundled = Catalogues(LOCALES)
    assert bundled.languages == translation.bundled.languages
    assert {it: list(broken_rules(bundled, it)) for it in bundled.languages} == {
        it: [] for it in bundled.languages
    }
    assert caplog.text == ""
    assert stale(LOCALES) == []


def test_a_translation_that_breaks_a_rule_is_found(tmp_path: Path) -> None:
    """A label that is too long, a name with a capital, and two equal names are found."""
    texts = {"Cancel": "c" * 81, "seed": "Startwert", "model": "x", "voice": "x", "Done": "Fertig"}
    write_catalogue(tmp_path, "de_AT", texts)
    found = list(broken_rules(Catalogues(tmp_path), "de_AT"))
    assert found == ["BUTTON_CANCEL", "Startwert", "x"]


def test_a_catalogue_that_was_not_compiled_is_found(tmp_path: Path) -> None:
    """A sentence that was changed and not compiled does not stay unnoticed."""
    extract(tmp_path / "bot.pot")
    arguments = ("--domain", "bot", "--output-dir", str(tmp_path), "--locale", "de")
    pybabel("--quiet", "init", *arguments, "--input-file", str(tmp_path / "bot.pot"))
    assert stale(tmp_path) == ["de"]
    source = tmp_path / "de" / "LC_MESSAGES" / "bot.po"
    written = source.read_text(encoding="utf-8")
    source.write_text(
        written.replace('msgid "Cancel"\nmsgstr ""', 'msgid "Cancel"\nmsgstr "Abbrechen"'),
        encoding="utf-8",
    )
    pybabel("--quiet", "compile", "--domain", "bot", "--directory", str(tmp_path))
    assert stale(tmp_path) == []
    assert Catalogues(tmp_path).translate(Text("Cancel"), "de-AT") == "Abbrechen"
