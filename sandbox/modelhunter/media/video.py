"""Videos: the picture with moving colours, and the melody under it."""

import tempfile
from pathlib import Path

import av
from av.container import OutputContainer

from sandbox.modelhunter.media.picture import Painter
from sandbox.modelhunter.media.render_request import RenderRequest
from sandbox.modelhunter.media.sound import RATE, frame, melody

_FRAMES_A_SECOND = 12
_TURNS_A_SECOND = 0.25  # of the colour circle


def video(wanted: RenderRequest) -> bytes:
    """Return an mp4 file (h264, aac) that browsers play while it loads."""
    with tempfile.TemporaryDirectory() as folder:
        # To put the index first, libav reads back what it wrote, which needs a real file.
        path = Path(folder) / "result.mp4"
        with av.open(path, "w", options={"movflags": "+faststart"}) as container:
            _encode(container, wanted)
        return path.read_bytes()


def _encode(container: OutputContainer, wanted: RenderRequest) -> None:
    seconds = wanted.seconds or 1.0
    pictures = container.add_stream(
        "libx264", rate=_FRAMES_A_SECOND, options={"preset": "ultrafast", "crf": "26"}
    )
    pictures.width, pictures.height = wanted.size
    pictures.pix_fmt = "yuv420p"
    sounds = container.add_stream("aac", rate=RATE, layout="mono")
    painter = Painter(wanted)
    for number in range(round(seconds * _FRAMES_A_SECOND)):
        picture = painter.frame(number / _FRAMES_A_SECOND * _TURNS_A_SECOND)
        image = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
        container.mux(pictures.encode(image))
    container.mux(pictures.encode(None))
    container.mux(sounds.encode(frame(melody(wanted.text, seconds))))
    container.mux(sounds.encode(None))
