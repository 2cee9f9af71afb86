"""A video that is made smaller shows the same frames at the same times."""

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.media.download import DownloadedFile
from bot.media.transcoding.child import fit
from tests.integration.media.transcoding.checks import judge
from tests.integration.media.transcoding.sample_media import (
    add_tone,
    as_downloaded,
    make_video,
    pictures,
)

MILLISECOND = Fraction(1, 1000)
PLENTY = 1_000_000
# Levels of grey that no encoder mistakes for one another.
GREYS = (20, 80, 140, 200)


def grey(number: int) -> av.VideoFrame:
    """Return a small frame of the grey that has this number."""
    frame = av.VideoFrame(32, 32, "yuv420p")
    level = GREYS[number % len(GREYS)]
    frame.planes[0].update(bytes([level]) * frame.planes[0].buffer_size)
    for plane in frame.planes[1:]:
        plane.update(b"\x80" * plane.buffer_size)
    return frame


def make_slides(
    path: Path, durations: Sequence[int], *, start: int = 0, tone: float | None = None
) -> DownloadedFile:
    """Write frames that are shown for so many milliseconds each, the first at *start*."""
    encoder = "libvpx" if path.suffix == ".webm" else "libx264"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=30, options={"bf": "0"})
        assert isinstance(stream, VideoStream)
        stream.width = stream.height = 32
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", MILLISECOND
        codec = "aac" if path.suffix == ".mov" else "libopus"
        sound = container.add_stream(codec, rate=48_000) if tone else None
        moment, ends = start, {}
        for number, duration in enumerate(durations):
            frame = grey(number)
            frame.pts, frame.time_base, ends[moment] = moment, MILLISECOND, duration
            moment += duration
            for packet in stream.encode(frame):
                packet.duration = ends[packet.pts or 0]
                container.mux(packet)
        for packet in stream.encode(None):
            packet.duration = ends[packet.pts or 0]
            container.mux(packet)
        if isinstance(sound, AudioStream) and tone:
            add_tone(container, sound, tone)
    return as_downloaded(path)


def shown(path: Path) -> list[tuple[float, int]]:
    """Return when each frame appears, from the first on, and which grey it is."""
    with av.open(str(path)) as container:
        found = [
            (float(frame.pts * frame.time_base), bytes(frame.reformat(format="gray").planes[0])[8])
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        ]
    first = found[0][0]
    return [
        (moment - first, min(range(4), key=lambda number: abs(GREYS[number] - level)))
        for moment, level in found
    ]


def at(timeline: list[tuple[float, int]], moment: float) -> int:
    """Return which grey is on screen at a moment."""
    return [number for start, number in timeline if start <= moment][-1]


def length_of(path: Path) -> float:
    """Return the seconds that the video itself lasts."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        starts = [packet.pts * packet.time_base for packet in packets if packet.pts is not None]
        ends = [
            (packet.pts + (packet.duration or 0)) * packet.time_base
            for packet in packets
            if packet.pts is not None
        ]
        return float(max(ends) - min(starts))


def assert_shown_alike(before: Path, after: Path, durations: Sequence[int]) -> None:
    """Check that in the middle of each frame that can be seen both show the same."""
    old, new = shown(before), shown(after)
    moment = 0
    for number, duration in enumerate(durations):
        if duration >= 70:
            middle = (moment + duration / 2) / 1000
            assert at(old, middle) == at(new, middle) == number % len(GREYS)
        moment += duration
    assert length_of(after) == pytest.approx(moment / 1000, abs=0.1)


@settings(max_examples=25, deadline=None)
@given(
    durations=st.lists(
        st.sampled_from([1, 8, 16, 33, 34, 40, 70, 100, 500, 3000]) | st.integers(1, 2000),
        min_size=2,
        max_size=12,
    ),
    start=st.sampled_from([0, 1, 500, 90_000]),
)
def test_any_durations_of_frames(durations: list[int], start: int) -> None:
    """Slides, bursts, gaps, a long last frame, a late start: each frame is shown when it was."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "a.mp4", Path(folder) / "b"
        make_slides(before, durations, start=start)

        fit(before, "video/mp4", after, PLENTY)

        assert_shown_alike(before, after, durations)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm", "a.mkv"])
@pytest.mark.parametrize("tone", [None, 12.0])
def test_four_slides_stay_four(tmp_path: Path, name: str, tone: float | None) -> None:
    """Four pictures of three seconds each are four pictures of three seconds each, in every file."""
    durations = [3000] * 4
    file = make_slides(tmp_path / name, durations, tone=tone)

    fit(file.path, file.media_type, tmp_path / "b", PLENTY)

    assert [number for _, number in shown(tmp_path / "b")] == [0, 1, 2, 3]
    assert_shown_alike(file.path, tmp_path / "b", durations)


@pytest.mark.parametrize("kind", ["gif", "png"])
def test_an_animation_keeps_its_times(tmp_path: Path, kind: str) -> None:
    """The frames of GIF and PNG animations have times of their own, the last too."""
    durations = [500, 1000, 100, 3000]
    first, *others = [Image.new("L", (32, 32), GREYS[number]) for number in range(4)]
    path = tmp_path / f"a.{kind}"
    first.save(path, save_all=True, append_images=others, duration=durations)

    fit(path, f"image/{kind}", tmp_path / "b", PLENTY)

    assert [number for _, number in shown(tmp_path / "b")] == [0, 1, 2, 3]
    assert length_of(tmp_path / "b") == pytest.approx(4.6, abs=0.1)


@pytest.mark.parametrize("kind", ["mp4", "webm", "mkv"])
@pytest.mark.parametrize("second", [0.5, 6.0])
def test_a_second_track_of_another_length(tmp_path: Path, kind: str, second: float) -> None:
    """A track that is not used is as long as it likes; the film is not cut short."""
    path = tmp_path / f"a.{kind}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx-vp9" if kind == "webm" else "libx264", rate=30)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        first, other = (container.add_stream("libopus", rate=48_000) for _ in range(2))
        assert isinstance(first, AudioStream)
        assert isinstance(other, AudioStream)
        for frame in (*pictures((64, 64), seconds=2), None):
            container.mux(stream.encode(frame))
        add_tone(container, first, 2)
        add_tone(container, other, second)

    fit(path, as_downloaded(path).media_type, tmp_path / "b", PLENTY)

    verdict = judge(tmp_path / "b")
    assert (verdict.pictures, verdict.codecs) == (60, ("h264", "aac"))
    assert verdict.heard == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize(
    ("pixels", "encoder"),
    [
        ("yuv420p10le", "libx264"),
        ("yuv444p", "libx264"),
        ("yuv422p10le", "libx264"),
        ("gray", "libx264"),
        ("yuva444p10le", "prores_ks"),
        ("yuvj420p", "mjpeg"),
    ],
)
def test_odd_pixels_look_the_same(tmp_path: Path, pixels: str, encoder: str) -> None:
    """More bits, more chroma, none, or an alpha channel: the greys are those of before."""
    path = tmp_path / "a.mov"
    frames = [grey(number).reformat(format=pixels) for number in range(4)]
    make_video(path, iter(frames), rate=Fraction(2), encoder=encoder)

    fit(path, "video/quicktime", tmp_path / "b", PLENTY)

    assert [number for _, number in shown(tmp_path / "b")] == [0, 1, 2, 3]
