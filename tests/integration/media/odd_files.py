"""Odd files as members hand them in: each is real, and written to a folder that a test owns."""

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from tests.integration.media.heif import write_heic
from tests.integration.media.transcoding.sample_media import (
    four_colours,
    make_image,
    make_sound,
    make_video,
    orient,
    pictures,
    turn,
)

Make = Callable[[Path], Path]
COLOURS = ("red", "blue", "lime")


def plain_jpeg(folder: Path) -> Path:
    """Return a JPEG that nothing is unusual about."""
    frame = next(four_colours((640, 480), pixels="yuvj420p"))
    return make_image(folder / "plain.jpg", frame, encoder="mjpeg").path


def rotated_jpeg(folder: Path) -> Path:
    """Return a photo that a phone was held upright for: stored on its side, to be turned."""
    frame = next(four_colours((640, 480), pixels="yuvj420p"))
    return orient(make_image(folder / "rotated.jpg", frame, encoder="mjpeg"), 6).path


def rotated_webp(folder: Path) -> Path:
    """Return a WebP that is to be turned, which its last chunk says."""
    return _turned(folder / "rotated.webp")


def rotated_png(folder: Path) -> Path:
    """Return a PNG that is to be turned."""
    return _turned(folder / "rotated.png")


def _turned(path: Path) -> Path:
    exif = Image.Exif()
    exif[0x0112] = 6
    _quarters().save(path, exif=exif)
    return path


def _quarters() -> Image.Image:
    """Return red, green, blue and grey quarters, from the top left to the bottom right."""
    frame = next(four_colours((640, 480), pixels="rgb24"))
    return Image.frombytes(
        "RGB", (640, 480), bytes(frame.planes[0]), "raw", "RGB", frame.planes[0].line_size
    )


def deep_png(folder: Path) -> Path:
    """Return a PNG of 16 bits a channel."""
    frame = next(four_colours((640, 480), pixels="rgb48be"))
    return make_image(folder / "deep.png", frame).path


def cmyk_jpeg(folder: Path) -> Path:
    """Return a JPEG for print, in cyan, magenta, yellow and black."""
    path = folder / "cmyk.jpg"
    Image.new("CMYK", (640, 480), (0, 255, 255, 60)).save(path)
    return path


def animated_gif(folder: Path) -> Path:
    """Return an animation that begins red."""
    return _animated(folder / "animated.gif")


def animated_webp(folder: Path) -> Path:
    """Return an animation that begins red."""
    return _animated(folder / "animated.webp")


def animated_png(folder: Path) -> Path:
    """Return an animation that begins red."""
    return _animated(folder / "animated.png")


def _animated(path: Path) -> Path:
    first, *more = [Image.new("RGB", (320, 240), colour) for colour in COLOURS]
    first.save(path, save_all=True, append_images=more, duration=100, lossless=True)
    return path


def animation_with_a_small_frame(folder: Path) -> Path:
    """Return an animated WebP whose first frame is its lower right quarter alone."""
    still = folder / "still.webp"
    Image.new("RGB", (160, 120), "red").save(still, lossless=True)
    frame = still.read_bytes()[12:]
    place = b"".join(number.to_bytes(3, "little") for number in (80, 60, 159, 119, 100))
    parts = (
        (b"VP8X", b"\x02\0\0\0" + (319).to_bytes(3, "little") + (239).to_bytes(3, "little")),
        (b"ANIM", bytes(6)),
        (b"ANMF", place + b"\0" + frame),
    )
    chunks = b"".join(name + struct.pack("<I", len(part)) + part for name, part in parts)
    path = folder / "small-frame.webp"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks)
    return path


def transparent_png(folder: Path) -> Path:
    """Return a PNG that is larger than its model takes, and half transparent."""
    path = folder / "transparent.png"
    Image.new("RGBA", (7000, 3000), (224, 128, 32, 128)).save(path)
    return path


def wide_inside(folder: Path) -> Path:
    """Return a picture of 4:1.01."""
    return _of_size(folder, 1600, 404)


def wide_outside(folder: Path) -> Path:
    """Return a picture of 4.01:1."""
    return _of_size(folder, 1604, 400)


def tiny(folder: Path) -> Path:
    """Return a picture of 127 pixels on one side."""
    return _of_size(folder, 200, 127)


def long_panorama(folder: Path) -> Path:
    """Return a picture of 8000 x 2001 pixels, whose aspect must not be rounded above 4:1."""
    return _of_size(folder, 8000, 2001)


def _of_size(folder: Path, width: int, height: int) -> Path:
    path = folder / f"{width}x{height}.png"
    Image.new("RGB", (width, height), "teal").save(path)
    return path


def heavy_png(folder: Path) -> Path:
    """Return a PNG of 51 MB."""
    steps = (("noise", "alls=6"),)
    frame = next(pictures((4128, 4120), pixels="rgb24", source="color=c=0xE08020", steps=steps))
    file = make_image(folder / "heavy.png", frame)
    assert file.size > 51_000_000
    return file.path


def heavy_video(folder: Path) -> Path:
    """Return an MP4 of 51 MB, most of it padding that players skip."""
    path = make_video(folder / "heavy.mp4", pictures((320, 240))).path
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 51_000_000, b"free") + bytes(51_000_000 - 8))
    return path


def heic(folder: Path) -> Path:
    """Return a picture as phones store it, in one piece."""
    return write_heic(folder / "phone.heic")


def tiled_heic(folder: Path) -> Path:
    """Return a picture as phones store large ones: of tiles that their reader puts together."""
    return write_heic(folder / "tiled.heic", tiles=2)


def avif(folder: Path) -> Path:
    """Return an AVIF."""
    path = folder / "a.avif"
    _quarters().save(path)
    return path


def bmp(folder: Path) -> Path:
    """Return a BMP."""
    path = folder / "a.bmp"
    _quarters().save(path)
    return path


def tiff(folder: Path) -> Path:
    """Return a TIFF."""
    path = folder / "a.tiff"
    _quarters().save(path, compression="tiff_lzw")
    return path


def pdf_named_png(folder: Path) -> Path:
    """Return a document that is called a picture."""
    path = folder / "document.png"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n")
    return path


def bomb(folder: Path) -> Path:
    """Return a PNG of 30,000 x 30,000 pixels in 110 kB."""
    side = 30_000
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    packed = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    path = folder / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return path


def _chunk(name: bytes, contents: bytes) -> bytes:
    checksum = zlib.crc32(name + contents)
    return struct.pack(">I", len(contents)) + name + contents + struct.pack(">I", checksum)


def broken_png(folder: Path) -> Path:
    """Return a PNG that ends within its header."""
    path = folder / "broken.png"
    path.write_bytes(plain_png_bytes()[:20])
    return path


def plain_png_bytes() -> bytes:
    """Return the beginning of a PNG."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0))


def sound_with_cover(folder: Path) -> Path:
    """Return an MP3 of three seconds with the cover of its album (ID3v2.3, section 4.15)."""
    sound = make_sound(folder / "plain.mp3", seconds=3, encoder="libmp3lame").path
    cover = b"\x00image/jpeg\x00\x03\x00" + plain_jpeg(folder).read_bytes()
    frame = b"APIC" + struct.pack(">IH", len(cover), 0) + cover
    size = len(frame)
    header = b"ID3\x03\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    path = folder / "cover.mp3"
    path.write_bytes(header + frame + sound.read_bytes())
    return path


def sound_named_video(folder: Path) -> Path:
    """Return an MP4 with sound alone."""
    with av.open(str(folder / "sound.mp4"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000)
        for _ in range(100):
            frame = av.AudioFrame(format="fltp", layout=stream.layout.name, samples=1024)
            frame.sample_rate = 48_000
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return folder / "sound.mp4"


def large_video(folder: Path) -> Path:
    """Return half a second of 4K with 60 frames a second."""
    rate = Fraction(60)
    frames = pictures((3840, 2160), rate=rate, seconds=0.5, steps=())
    return make_video(folder / "large.mp4", frames, rate=rate, bit_rate=8_000_000).path


def upright_video(folder: Path) -> Path:
    """Return a second of video that a phone was held upright for."""
    return turn(make_video(folder / "upright.mp4", pictures((320, 240))), cosine=0, sine=1).path


def quicktime(folder: Path) -> Path:
    """Return a MOV, as phones record, called MP4."""
    return make_video(folder / "phone.mov", pictures((320, 240))).path.rename(folder / "phone.mp4")
