"""Pictures: the prompt as text on a colour gradient."""

import io
import textwrap
import zlib

from PIL import Image, ImageChops, ImageDraw, ImageFont

from sandbox.modelhunter.media.render_request import RenderRequest

_PILLOW_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_MARGIN = 0.06  # of the shorter side
_LETTER_WIDTH = 0.55  # of the letter's height, on average
_MOST_CHARACTERS = 400
_LONGEST_WORD = 20  # characters; a longer one is broken


class Painter:
    """Paints the frames of one file; the colours move with time, the text does not."""

    def __init__(self, wanted: RenderRequest) -> None:
        self._hue = _gradient(wanted.size)
        self._full = Image.new("L", wanted.size, 200)
        self._start = zlib.crc32(f"{wanted.text}{wanted.number}".encode()) % 256
        self._words, self._mask = _lettering(wanted.text, wanted.size)

    def frame(self, turn: float) -> Image.Image:
        """Return the picture after *turn* rounds of the colour circle."""
        shift = int(self._start + 256 * turn) % 256
        hue = self._hue.point([(value + shift) % 256 for value in range(256)])
        picture = Image.merge("HSV", (hue, self._full, self._full)).convert("RGB")
        picture.paste(self._words, (0, 0), self._mask)
        return picture


def picture(wanted: RenderRequest) -> bytes:
    """Return a png, jpg or webp file."""
    file = io.BytesIO()
    Painter(wanted).frame(0).save(file, _PILLOW_FORMATS[wanted.format])
    return file.getvalue()


def _gradient(size: tuple[int, int]) -> Image.Image:
    """Return a diagonal ramp over a third of the colour circle."""
    down = Image.linear_gradient("L").resize(size)
    across = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize(size)
    return ImageChops.add(down, across, scale=6)


def _lettering(text: str, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    """Return white text with a dark edge, and the mask to paste it with."""
    words = Image.new("RGB", size, "white")
    mask = Image.new("L", size, 0)
    margin = int(min(size) * _MARGIN)
    height, lines = wrapped(text, size[0] - 2 * margin, size[1] - 2 * margin)
    font = ImageFont.load_default(height)
    place = (size[0] / 2, size[1] / 2)
    edge = max(1, height // 12)
    for canvas, fill in ((ImageDraw.Draw(words), "white"), (ImageDraw.Draw(mask), 255)):
        canvas.multiline_text(
            place,
            lines,
            fill=fill,
            font=font,
            anchor="mm",
            align="center",
            stroke_width=edge,
            stroke_fill="black" if fill == "white" else fill,
        )
    return words, mask


def wrapped(text: str, width: int, height: int) -> tuple[int, str]:
    """Return the largest letter height, in pixels, at which *text* and its words fit, and its lines."""
    shortened = textwrap.shorten(text, _MOST_CHARACTERS, placeholder=" …") or "…"
    longest = min(_LONGEST_WORD, max(map(len, shortened.split())))
    letter = height // 4
    while True:
        columns = max(1, int(width / (letter * _LETTER_WIDTH)))
        lines = textwrap.wrap(shortened, columns)
        fits = columns >= longest and len(lines) * letter * 1.3 <= height
        if fits or letter <= 8:
            return letter, "\n".join(lines)
        letter -= 1
