"""Make media that is larger than it has to be."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.codec import CodecContext
from av.container import OutputContainer
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.download import DownloadedFile
from bot.media.media_type import HEAD, detect_media_type

MOVING = (("noise", "alls=12:allf=t"),)


def as_downloaded(path: Path) -> DownloadedFile:
    """Return *path* as a download would."""
    media_type = detect_media_type(path.read_bytes()[:HEAD])
    assert media_type is not None
    return DownloadedFile(
        path=path,
        size=path.stat().st_size,
        media_type=media_type.name,
        extension=media_type.extension,
    )


def pictures(
    size: tuple[int, int],
    *,
    rate: Fraction = Fraction(30),
    seconds: float = 1,
    pixels: str = "yuv420p",
    source: str = "testsrc2",
    steps: tuple[tuple[str, str], ...] = MOVING,
) -> Iterator[VideoFrame]:
    """Yield a test pattern with noise, which encoders find hard."""
    graph = Graph()
    nodes = [
        graph.add(source.partition("=")[0], _arguments(source, size, rate, seconds)),
        *(graph.add(name, arguments) for name, arguments in steps),
        graph.add("format", f"pix_fmts={pixels}"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    while True:
        try:
            frame = graph.vpull()
        except av.EOFError:
            return
        frame.pict_type = 0
        yield frame


def _arguments(source: str, size: tuple[int, int], rate: Fraction, seconds: float) -> str:
    own = source.partition("=")[2]
    given = f"size={size[0]}x{size[1]}:rate={rate}:duration={seconds}"
    return f"{own}:{given}" if own else given


def add_tone(container: OutputContainer, stream: AudioStream, seconds: float) -> None:
    """Write *seconds* of a tone to *stream*."""
    graph = Graph()
    layout = f"channel_layouts={stream.layout.name}"
    graph.link_nodes(
        graph.add("sine", f"frequency=440:sample_rate={stream.sample_rate}:duration={seconds}"),
        graph.add("aformat", layout),
        graph.add("abuffersink"),
    ).configure()
    while True:
        try:
            frame = graph.pull()
        except av.EOFError:
            break
        assert isinstance(frame, av.AudioFrame)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def make_video(
    path: Path,
    frames: Iterator[VideoFrame],
    *,
    rate: Fraction = Fraction(30),
    bit_rate: int = 3_000_000,
    tone: float | None = None,
    encoder: str = "libx264",
    sound: str = "aac",
) -> DownloadedFile:
    """Write *frames*, and *tone* seconds of sound, to *path*."""
    options = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(encoder, rate=rate, options=_quick(encoder))
        assert isinstance(stream, VideoStream)
        first = next(frames)
        stream.width, stream.height = first.width, first.height
        stream.pix_fmt, stream.bit_rate = first.format.name, bit_rate
        sounds = container.add_stream(sound, rate=48_000) if tone else None
        container.mux(stream.encode(first))
        for frame in frames:
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if isinstance(sounds, AudioStream) and tone:
            add_tone(container, sounds, tone)
    return as_downloaded(path)


def _quick(encoder: str) -> dict[str, str]:
    if encoder == "libx264":
        return {"preset": "ultrafast", "bf": "0"}
    return {"deadline": "realtime", "cpu-used": "8"} if encoder == "libvpx" else {}


def make_long_video(path: Path, *, seconds: int, bit_rate: int) -> DownloadedFile:
    """Write 1080p of *seconds* with sound, the same two seconds again and again to save time."""
    rate, loop = Fraction(10), 2
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate, options=_quick("libx264"))
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.bit_rate = bit_rate
        sounds = container.add_stream("aac", rate=48_000)
        packets = [
            packet
            for frame in (*pictures((1920, 1080), rate=rate, seconds=loop), None)
            for packet in stream.encode(frame)
        ]
        for turn in range(seconds // loop):
            for number, packet in enumerate(packets):
                again = av.Packet(bytes(packet))
                again.pts = again.dts = turn * len(packets) + number
                again.duration, again.time_base = 1, 1 / rate
                again.is_keyframe, again.stream = packet.is_keyframe, stream
                container.mux_one(again)
        add_tone(container, sounds, seconds)
    return as_downloaded(path)


def make_sound(
    path: Path,
    *,
    seconds: float,
    encoder: str = "pcm_s16le",
    rate: int = 48_000,
    layout: str = "stereo",
) -> DownloadedFile:
    """Write a tone to *path*."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=rate, layout=layout)
        assert isinstance(stream, AudioStream)
        add_tone(container, stream, seconds)
    return as_downloaded(path)


def make_image(path: Path, frame: VideoFrame, *, encoder: str = "png") -> DownloadedFile:
    """Write *frame* to *path*."""
    context = CodecContext.create(encoder, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = frame.width, frame.height
    context.pix_fmt, context.time_base = frame.format.name, Fraction(1, 25)
    context.options = {"compression_level": "0"} if encoder == "png" else {}
    packets = [packet for part in (frame, None) for packet in context.encode(part)]
    path.write_bytes(b"".join(bytes(packet) for packet in packets))
    return as_downloaded(path)


def turn(file: DownloadedFile, *, cosine: int, sine: int) -> DownloadedFile:
    """Ask players to show the video turned clockwise."""
    return place(file, (cosine, sine, -sine, cosine))


def place(file: DownloadedFile, matrix: tuple[int, int, int, int]) -> DownloadedFile:
    """Ask players to show the video through *matrix* (ISO/IEC 14496-12, track header box)."""
    contents = bytearray(file.path.read_bytes())
    start = contents.index(b"tkhd") + 44
    a, b, c, d = (number << 16 for number in matrix)
    contents[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    file.path.write_bytes(contents)
    return file


def orient(file: DownloadedFile, orientation: int) -> DownloadedFile:
    """Ask viewers of a JPEG to turn or mirror it (Exif 2.32, section 4.6.4, tag 274)."""
    entry = struct.pack(">HHIHH", 274, 3, 1, orientation, 0)
    exif = b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    contents = file.path.read_bytes()
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    file.path.write_bytes(contents[:2] + segment + contents[2:])
    return as_downloaded(file.path)


def four_colours(size: tuple[int, int], *, pixels: str) -> Iterator[VideoFrame]:
    """Yield pictures of red, green, blue and grey quarters, from the top left to the bottom right."""
    right, below = f"x={size[0] // 2}:w={size[0]}", f"y={size[1] // 2}:h={size[1]}"
    steps = (
        ("drawbox", f"{right}:y=0:h={size[1]}:color=0x00C000:t=fill"),
        ("drawbox", f"{below}:x=0:w={size[0]}:color=0x0000C0:t=fill"),
        ("drawbox", f"{right}:{below}:color=0x808080:t=fill"),
        ("noise", "alls=8"),
    )
    return pictures(size, source="color=c=0xC00000", steps=steps, pixels=pixels)


def hide(file: DownloadedFile, path: Path, *, after: float) -> DownloadedFile:
    """Copy a WebM file to *path*, its pictures later than *after* seconds decoded but not shown.

    RFC 6386, section 9.1: the fourth bit of a frame is `show_frame`.
    """
    with av.open(str(file.path)) as source, av.open(str(path), "w") as target:
        copies = {
            stream.index: target.add_stream_from_template(stream) for stream in source.streams
        }
        for packet in source.demux():
            if packet.dts is None:
                continue
            contents = bytearray(bytes(packet))
            if packet.stream.type == "video" and packet.dts * packet.time_base > after:
                contents[0] &= ~0x10
            again = av.Packet(bytes(contents))
            again.pts, again.dts, again.duration = packet.pts, packet.dts, packet.duration
            again.time_base, again.is_keyframe = packet.time_base, packet.is_keyframe
            again.stream = copies[packet.stream.index]
            target.mux_one(again)
    return as_downloaded(path)
