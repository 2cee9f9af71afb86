"""What else may be in a file, covers, subtitles and surround sound, neither fails nor is shown."""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.stream import Disposition, Stream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream
from PIL import Image

from bot.media.download import DownloadedFile
from bot.media.transcoding.child import fit
from tests.integration.media.transcoding.checks import Verdict, judge
from tests.integration.media.transcoding.sample_media import (
    as_downloaded,
    make_sound,
    make_video,
    pictures,
)

VIDEO_LIMIT, SOUND_LIMIT = 150_000, 60_000
# What text encoders need to know of the style (Advanced SubStation Alpha).
ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,16,&Hffffff

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
SOUNDS = {"mp3": "libmp3lame", "flac": "flac", "mp4": "aac"}


def fitted(file: DownloadedFile, limit: int) -> Verdict:
    """Make *file* smaller and judge what came of it."""
    assert file.size > limit
    target = file.path.with_suffix(".out")
    fit(file.path, file.media_type, target, limit)
    assert target.stat().st_size < limit
    return judge(target)


def a_video(folder: Path, *, container: str = "mp4") -> DownloadedFile:
    """Return two seconds of video with a tone."""
    encoder, sound = ("libvpx", "libopus") if container == "webm" else ("libx264", "aac")
    path = folder / f"plain.{container}"
    frames = pictures((320, 240), seconds=2)
    return make_video(path, frames, tone=2, encoder=encoder, sound=sound)


def a_cover() -> bytes:
    """Return a small red JPEG."""
    written = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(written, "JPEG")
    return written.getvalue()


def copy(source: Path, target: OutputContainer) -> Iterator["av.Packet[Stream]"]:
    """Yield the packets of *source*, for streams that are added to *target*."""
    with av.open(str(source)) as opened:
        copies = {it.index: target.add_stream_from_template(it) for it in opened.streams}
        for packet in opened.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                yield packet


def with_cover(file: DownloadedFile, path: Path) -> DownloadedFile:
    """Attach a cover to *file*, as music players do."""
    with av.open(str(path), "w") as target:
        packets = list(copy(file.path, target))
        cover = target.add_stream("mjpeg")
        assert isinstance(cover, VideoStream)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        picture = av.Packet(a_cover())
        picture.stream, picture.time_base, picture.is_keyframe = cover, Fraction(1, 90_000), True
        picture.pts = picture.dts = 0
        for packet in (picture, *packets):
            target.mux_one(packet)
    return as_downloaded(path)


def with_attachment(file: DownloadedFile, path: Path) -> DownloadedFile:
    """Attach a cover to *file* as Matroska does."""
    with av.open(str(path), "w") as target:
        target.add_attachment("cover.jpg", "image/jpeg", a_cover())
        for packet in copy(file.path, target):
            target.mux_one(packet)
    return as_downloaded(path)


def with_subtitles(file: DownloadedFile, path: Path, codec: str, until: int) -> DownloadedFile:
    """Add a line of text that is shown until so many milliseconds."""
    with av.open(str(path), "w") as target:
        packets = list(copy(file.path, target))
        text = target.add_stream(codec)
        assert isinstance(text, SubtitleStream)
        text.codec_context.subtitle_header = ASS_HEADER
        words = b"a fox" if codec != "mov_text" else b"\x00\x05a fox"
        line = av.Packet(words)
        line.stream, line.time_base, line.is_keyframe = text, Fraction(1, 1000), True
        line.pts = line.dts = 100
        line.duration = until - 100
        for packet in (*packets, line):
            target.mux_one(packet)
    return as_downloaded(path)


def check_video(verdict: Verdict) -> None:
    """Check that picture and sound are there, and nothing else."""
    assert verdict.codecs == ("h264", "aac")
    assert verdict.size == (320, 240)
    assert verdict.pictures == 60
    assert verdict.length == pytest.approx(2, abs=0.2)
    assert verdict.heard == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_a_cover_of_a_video_is_not_its_picture(tmp_path: Path, container: str) -> None:
    """The film stays the film."""
    file = with_cover(a_video(tmp_path), tmp_path / f"cover.{container}")
    check_video(fitted(file, VIDEO_LIMIT))


def test_an_attached_file_is_left_out(tmp_path: Path) -> None:
    """A picture that Matroska carries as an attachment is no picture of the video."""
    file = with_attachment(a_video(tmp_path), tmp_path / "cover.mkv")
    check_video(fitted(file, VIDEO_LIMIT))


@pytest.mark.parametrize(("container", "encoder"), SOUNDS.items())
def test_sound_with_a_cover_stays_sound(tmp_path: Path, container: str, encoder: str) -> None:
    """Music with the picture of its album is made smaller as music, not as a video."""
    plain = make_sound(tmp_path / f"plain.{container}", seconds=12, encoder=encoder)
    verdict = fitted(with_cover(plain, tmp_path / f"cover.{container}"), SOUND_LIMIT)
    assert verdict.codecs == ("mp3float",)
    assert verdict.heard == pytest.approx(12, abs=0.2)


@pytest.mark.parametrize("until", [1500, 9000])
@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp4", "mov_text"), ("mkv", "subrip"), ("mkv", "ass"), ("webm", "webvtt")],
)
def test_subtitles_are_left_out(tmp_path: Path, container: str, codec: str, until: int) -> None:
    """Text harms no video, also where it would be shown longer than the video is."""
    source = a_video(tmp_path, container="webm" if container == "webm" else "mp4")
    file = with_subtitles(source, tmp_path / f"text.{container}", codec, until)
    check_video(fitted(file, VIDEO_LIMIT))


def only(channel: str, layout: str, seconds: float) -> Iterator[av.AudioFrame]:
    """Yield a tone that comes from one loudspeaker alone."""
    graph = Graph()
    graph.link_nodes(
        graph.add("sine", f"frequency=440:sample_rate=48000:duration={seconds}"),
        graph.add("volume", "4"),
        graph.add("pan", f"{layout}|{channel}=c0"),
        graph.add("aformat", "sample_fmts=s16"),
        graph.add("abuffersink"),
    ).configure()
    while True:
        try:
            frame = graph.pull()
        except av.EOFError:
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def loudest(path: Path) -> float:
    """Return the largest sample of all channels, 1 being the most there can be."""
    resampler = av.AudioResampler(format="s16", layout="stereo")
    with av.open(str(path)) as container:
        return max(
            abs(int.from_bytes(bytes(part.planes[0])[at : at + 2], "little", signed=True)) / 2**15
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
            for at in range(0, part.samples * 4, 2)
        )


@pytest.mark.parametrize("channel", ["FL", "FR", "FC", "BL", "BR"])
@pytest.mark.parametrize("has_pictures", [True, False])
def test_every_loudspeaker_of_surround_sound_is_heard(
    tmp_path: Path, channel: str, *, has_pictures: bool
) -> None:
    """What comes from any of the five is in the two that are left: speech is in the middle one."""
    path = tmp_path / ("a.mov" if has_pictures else "a.wav")
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=30) if has_pictures else None
        sound = container.add_stream("pcm_s16le", rate=48_000, layout="5.1")
        assert isinstance(sound, AudioStream)
        if video is not None:
            video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
            video.bit_rate = 2_000_000
            for frame in (*pictures((320, 240), seconds=1), None):
                container.mux(video.encode(frame))
        for tone in (*only(channel, "5.1", 1), None):
            container.mux(sound.encode(tone))
    file = as_downloaded(path)
    verdict = fitted(file, 100_000)
    assert verdict.heard == pytest.approx(1, abs=0.1)
    assert loudest(path.with_suffix(".out")) > 0.1
