"""Sounds: a melody whose notes follow from the text."""

import array
import functools
import io
import math
import wave
import zlib

import av
from av.audio.frame import AudioFrame

from sandbox.modelhunter.media.render_request import RenderRequest

RATE = 44_100  # samples a second
_NOTE = 0.25  # seconds
_PENTATONIC = (262, 294, 330, 392, 440, 523, 587, 659)  # hertz
_LOUDNESS = 9_000  # of 32,767


def sound(wanted: RenderRequest) -> bytes:
    """Return an mp3 or wav file."""
    samples = melody(wanted.text, wanted.seconds or _NOTE)
    return _wav(samples) if wanted.format == "wav" else _mp3(samples)


def melody(text: str, seconds: float) -> "array.array[int]":
    """Return 16-bit mono samples of notes that fade like a plucked string."""
    samples = array.array("h")
    for number in range(math.ceil(seconds / _NOTE)):
        choice = zlib.crc32(f"{number}{text}".encode()) % len(_PENTATONIC)
        samples.extend(_note(_PENTATONIC[choice]))
    return samples[: int(seconds * RATE)]


def frame(samples: "array.array[int]") -> AudioFrame:
    """Return *samples* as one frame that an encoder takes."""
    filled = AudioFrame(format="s16", layout="mono", samples=len(samples))
    # The plane is longer than the samples: libav aligns it.
    filled.planes[0].update(samples.tobytes().ljust(filled.planes[0].buffer_size, b"\0"))
    filled.sample_rate = RATE
    filled.pts = 0
    return filled


@functools.cache
def _note(hertz: int) -> "array.array[int]":
    count = int(_NOTE * RATE)
    return array.array(
        "h",
        (
            int(_LOUDNESS * (1 - at / count) * math.sin(2 * math.pi * hertz * at / RATE))
            for at in range(count)
        ),
    )


def _wav(samples: "array.array[int]") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(samples.tobytes())
    return file.getvalue()


def _mp3(samples: "array.array[int]") -> bytes:
    file = io.BytesIO()
    # No tag in front: padding brings its own.
    with av.open(file, "w", format="mp3", options={"id3v2_version": "0"}) as container:
        stream = container.add_stream("mp3", rate=RATE, layout="mono")
        container.mux(stream.encode(frame(samples)))
        container.mux(stream.encode(None))
    return file.getvalue()
