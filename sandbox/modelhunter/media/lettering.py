"""Lettering: a prompt in the largest letters that fit, white with a dark edge."""

import dataclasses
import textwrap
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from sandbox.modelhunter.media.typefaces import (
    EMOJI_SIZE,
    is_emoji,
    is_right_to_left,
    runs,
    typeface,
)

_MARGIN = 0.06  # of the shorter side
_LINE_HEIGHT = 1.3  # of the letter's height
_SMALLEST = 8  # pixels
_MOST_CHARACTERS = 400
_LONGEST_WORD = 20  # characters; a longer one is broken
_WIDE_FROM = "\u2e80"  # from this character on, scripts are written without spaces


@dataclasses.dataclass(frozen=True, slots=True)
class Lettering:
    """Words to paste over a picture, and the mask that shows where they are."""

    words: Image.Image
    mask: Image.Image

    def paste(self, picture: Image.Image) -> None:
        """Draw the words onto *picture*."""
        picture.paste(self.words, (0, 0), self.mask)


def lettering(text: str, size: tuple[int, int]) -> Lettering:
    """Return *text*, centred, for a picture of *size* pixels; characters without a font are left out."""
    margin = int(min(size) * _MARGIN)
    height, lines = wrapped(text, size[0] - 2 * margin, size[1] - 2 * margin)
    words, mask = Image.new("RGB", size, "black"), Image.new("L", size, 0)
    top = (size[1] - len(lines) * height * _LINE_HEIGHT) / 2
    for number, line in enumerate(lines):
        middle = top + (number + 0.5) * height * _LINE_HEIGHT
        _draw_line(line, height, middle, words, mask)
    return Lettering(words, mask)


def wrapped(text: str, width: int, height: int) -> tuple[int, list[str]]:
    """Return the largest letter height, in pixels, at which *text* fits, and its lines."""
    shortened = textwrap.shorten(text, _MOST_CHARACTERS, placeholder=" …") or "…"
    pieces = list(_pieces(shortened))
    letter = height // 4
    while True:
        lines = _lines(pieces, width, letter)
        widest = max((_width(line, letter) for line in lines), default=0.0)
        fits = widest <= width and len(lines) * letter * _LINE_HEIGHT <= height
        if fits or letter <= _SMALLEST:
            return letter, lines
        letter -= 1


def _pieces(text: str) -> Iterator[str]:
    """Yield what a line must not break: words with the space before them, or single wide characters."""
    for number, word in enumerate(text.split()):
        space = " " if number else ""
        wide = [character >= _WIDE_FROM and character.isalpha() for character in word]
        if any(wide) or len(word) > _LONGEST_WORD:
            yield space + word[0]
            yield from word[1:]
        else:
            yield space + word


def _lines(pieces: list[str], width: int, letter: int) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and _width(lines[-1] + piece, letter) > width:
            lines.append("")
        lines[-1] = (lines[-1] + piece).lstrip()
    return lines


def _width(line: str, letter: int) -> float:
    return sum(_run_width(path, run, letter) for path, run in runs(line))


def _run_width(path: str, run: str, letter: int) -> float:
    if is_emoji(path):
        return typeface(path, EMOJI_SIZE).getlength(run) * letter / EMOJI_SIZE
    return typeface(path, letter).getlength(run)


def _draw_line(
    line: str, letter: int, middle: float, words: Image.Image, mask: Image.Image
) -> None:
    """Draw a line around the height *middle*, its runs in the direction of its script."""
    found = list(runs(line))
    if is_right_to_left(line):
        found.reverse()
    left = (words.width - _width(line, letter)) / 2
    for path, run in found:
        if is_emoji(path):
            _draw_emoji(path, run, letter, (left, middle), words, mask)
        else:
            _draw_text(typeface(path, letter), run, letter, (left, middle), words, mask)
        left += _run_width(path, run, letter)


def _draw_text(
    font: ImageFont.FreeTypeFont,
    run: str,
    letter: int,
    place: tuple[float, float],
    words: Image.Image,
    mask: Image.Image,
) -> None:
    edge = max(1, letter // 12)
    # The baseline, so that runs of several fonts stand on one line.
    spot = (place[0], place[1] + letter * 0.35)
    ImageDraw.Draw(words).text(
        spot, run, "white", font, "ls", stroke_width=edge, stroke_fill="black"
    )
    ImageDraw.Draw(mask).text(spot, run, 255, font, "ls", stroke_width=edge, stroke_fill=255)


def _draw_emoji(
    path: str,
    run: str,
    letter: int,
    place: tuple[float, float],
    words: Image.Image,
    mask: Image.Image,
) -> None:
    """Draw coloured pictures in their only size, and scale them to the letters beside them."""
    font = typeface(path, EMOJI_SIZE)
    size = (max(1, round(font.getlength(run))), round(EMOJI_SIZE * _LINE_HEIGHT))
    drawn = Image.new("RGBA", size)
    spot = (0, size[1] / 2)
    ImageDraw.Draw(drawn).text(spot, run, font=font, anchor="lm", embedded_color=True)
    scale = letter / EMOJI_SIZE
    drawn = drawn.resize((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    corner = (round(place[0]), round(place[1] - drawn.height / 2))
    words.paste(drawn.convert("RGB"), corner, drawn)
    mask.paste(drawn.getchannel("A"), corner, drawn)
