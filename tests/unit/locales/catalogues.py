"""Catalogues made for a test: what a translator would write, compiled as `make texts` does."""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

# A translation, or one for each plural form of the language.
Translation = str | tuple[str, ...]


def write_catalogue(folder: Path, language: str, texts: Mapping[str, Translation]) -> Path:
    """Write the translations of English *texts* where the bot looks for them; return the file."""
    catalog = Catalog(locale=language, fuzzy=False)
    for english, translation in texts.items():
        counted = isinstance(translation, tuple)
        catalog.add((english, english) if counted else english, translation)
    path = folder / language / "LC_MESSAGES" / "bot.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return path
