"""Catalogues made for a test: what a translator would write, in gettext's binary form."""

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.locales.translate import CountedText, Text

# A translation, or one for each plural form of the language.
Translation = str | tuple[str, ...]

_MAGIC = 0x950412DE
_HEADER = "Content-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


def write_catalogue(
    folder: Path, language: str, texts: Mapping[str, Translation], *, header: str = _HEADER
) -> Path:
    """Write the translations of English *texts* where the bot looks for them; return the file."""
    path = folder / language / "LC_MESSAGES" / "bot.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_compiled({"": header, **texts}))
    return path


def _compiled(texts: Mapping[str, Translation]) -> bytes:
    """Return *texts* as GNU gettext's manual describes MO files: two tables, then the strings."""
    pairs = sorted(_entry(english, translation) for english, translation in texts.items())
    tables, strings = b"", b""
    start = 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            tables += struct.pack("<II", len(pair[column]), start + len(strings))
            strings += pair[column] + b"\0"
    header = (_MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return struct.pack("<7I", *header) + tables + strings


def _entry(english: str, translation: Translation) -> tuple[bytes, bytes]:
    if isinstance(translation, str):
        return english.encode(), translation.encode()
    return f"{english}\0{english}".encode(), "\0".join(translation).encode()


def mark(english: str) -> str:
    """Return a translation of *english* into a made-up language: what is left in English shows."""
    return f"¤{english}"


def write_marked_catalogue(folder: Path, language: str, texts: Iterable[Text]) -> Path:
    """Write a catalogue of the made-up language."""
    marked: dict[str, Translation] = {}
    for text in texts:
        form = mark(text.english)
        marked[text.english] = (form, form) if isinstance(text, CountedText) else form
    return write_catalogue(folder, language, marked)
