"""Pictures: the prompt as text on a colour gradient."""

import io
import zlib

from PIL import Image, ImageChops

from sandbox.modelhunter.media.lettering import lettering
from sandbox.modelhunter.media.render_request import RenderRequest

_PILLOW_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}


class Painter:
    """Paints the frames of one file; the colours move with time, the text does not."""

    def __init__(self, wanted: RenderRequest) -> None:
        self._hue = _gradient(wanted.size)
        self._full = Image.new("L", wanted.size, 200)
        self._start = zlib.crc32(f"{wanted.text}{wanted.number}".encode()) % 256
        self._lettering = lettering(wanted.text, wanted.size)

    def frame(self, turn: float) -> Image.Image:
        """Return the picture after *turn* rounds of the colour circle."""
        shift = int(self._start + 256 * turn) % 256
        hue = self._hue.point([(value + shift) % 256 for value in range(256)])
        picture = Image.merge("HSV", (hue, self._full, self._full)).convert("RGB")
        self._lettering.paste(picture)
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
