"""Typefaces: which font draws which character of a prompt.

A font draws a box for a character that it lacks, so every character is given to the first font
that has it, and left out when none has. The fonts come with the simulated Discord; the one for
emoji there holds gradients that Pillow can't draw, so the system's is taken, where there is one.
"""

import contextlib
import functools
import importlib.resources
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from PIL import ImageFont

_BUNDLED = importlib.resources.files("simcord") / "preview/static/fonts"
_TEXT = (
    "noto-sans-latin-v2.015.ttf",
    "noto-sans-arabic-v2.012.ttf",
    "noto-sans-hebrew-v3.001.ttf",
    "noto-sans-devanagari-v2.007.ttf",
    "noto-sans-sc-v2.004.ttf",  # Chinese and Japanese
)
_EMOJI = (
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",  # Debian
    "/usr/share/fonts/google-noto-color-emoji-fonts/NotoColorEmoji.ttf",  # Fedora
    "/usr/share/fonts/noto/NotoColorEmoji.ttf",  # Arch
)
EMOJI_SIZE = 109  # pixels: the only size of the pictures in that font
_NO_CHARACTER = "\uffff"  # in no font, by the Unicode standard
_JOINING = "\u200d\ufe0f\ufe0e"  # zero-width joiner and the choices between text and emoji


def runs(line: str) -> Iterator[tuple[str, str]]:
    """Yield the path of a font and the characters that it draws, in reading order."""
    path, run = "", ""
    for character in line:
        found = _font_of(character, path)
        if found is None:
            continue
        if found != path and run:
            yield path, run
            run = ""
        path, run = found, run + character
    if run:
        yield path, run


def is_emoji(path: str) -> bool:
    """Whether a font holds coloured pictures of one size."""
    return path in _EMOJI


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of *text* that has a direction is Hebrew or Arabic."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((name != "L" for name in directions if name in {"L", "R", "AL"}), False)


@functools.cache
def typeface(path: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font whose letters are *size* pixels high, of the usual weight if it has several."""
    font = ImageFont.truetype(path, size)
    with contextlib.suppress(OSError):  # a font of one weight
        font.set_variation_by_name("Regular")
    return font


def _font_of(character: str, current: str) -> str | None:
    """Return the font for *character*; what joins or marks a letter stays with that letter."""
    is_mark = character in _JOINING or bool(unicodedata.combining(character))
    if current and (is_mark or (not character.isalnum() and _has(current, character))):
        return current
    return next((path for path in _fonts() if _has(path, character)), None)


@functools.cache
def _fonts() -> tuple[str, ...]:
    bundled = [str(_BUNDLED / name) for name in _TEXT]
    return tuple(path for path in (*bundled, *_EMOJI) if Path(path).is_file())


@functools.lru_cache(maxsize=4096)
def _has(path: str, character: str) -> bool:
    """Whether a font draws something other than its box for a missing character."""
    font = typeface(path, EMOJI_SIZE)
    if character.isspace():
        return not is_emoji(path)
    drawn, box = (font.getmask(text) for text in (character, _NO_CHARACTER))
    return drawn.getbbox() is not None and bytes(drawn) != bytes(box)
