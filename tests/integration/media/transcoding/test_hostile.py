"""Files that are made to hurt are refused, and nothing else happens."""

import asyncio
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext

from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.transcoding.transcoder import Transcoder
from tests.integration.media.transcoding.checks import judge
from tests.integration.media.transcoding.sample_media import (
    as_downloaded,
    make_image,
    make_sound,
    make_video,
    pictures,
)

LIMIT = 20_000
QUICK = {"deadline": "realtime", "cpu-used": "8"}


def claim(path: Path, media_type: str) -> DownloadedFile:
    """Return *path* as a download that was taken for *media_type*."""
    return DownloadedFile(
        path=path, size=path.stat().st_size, media_type=media_type, extension=path.suffix[1:]
    )


async def refusal(file: DownloadedFile, limit: int = LIMIT) -> str:
    """Return why *file* is refused."""
    with pytest.raises(CannotTranscode) as caught:
        await Transcoder(timeout=30).transcode(file, limit=limit)
    return str(caught.value)


@pytest.mark.parametrize("size", [(20_000, 20_000), (9000, 10), (65_000, 65_000)])
async def test_a_huge_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """A PNG of a few kilobytes may claim gigabytes of pixels."""
    file = make_image(tmp_path / "a.png", next(pictures((200, 200), pixels="rgb24")))
    contents = bytearray(file.path.read_bytes())
    contents[16:24] = struct.pack(">II", *size)
    contents[29:33] = struct.pack(">I", zlib.crc32(contents[12:29]))
    file.path.write_bytes(contents)

    reason = await refusal(file)
    assert "pixels" in reason or "size is unknown" in reason


@pytest.mark.parametrize("media_type", ["video/mp4", "video/webm", "audio/mpeg", "image/gif"])
async def test_a_file_of_another_kind_than_it_claims(tmp_path: Path, media_type: str) -> None:
    """Only the one demuxer of the claimed type is tried."""
    file = make_image(tmp_path / "a.png", next(pictures((300, 300), pixels="rgb24")))

    assert await refusal(claim(file.path, media_type))


async def test_a_good_file_of_another_kind_than_it_claims(tmp_path: Path) -> None:
    """A file that would be fine as what it is, is refused as what it is not."""
    file = make_video(tmp_path / "a.mp4", pictures((160, 120)))

    assert "broken" in await refusal(claim(file.path, "video/webm"), limit=100_000)
    assert (await Transcoder().transcode(file, limit=100_000)).size < 100_000


async def test_a_type_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    """A type that delivery does not know has no demuxer."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"text" * LIMIT)

    assert "not transcoded" in await refusal(claim(path, "text/plain"))


@pytest.mark.parametrize("media_type", ["video/mp4", "audio/mpeg", "image/png"])
async def test_a_playlist_opens_no_connection(tmp_path: Path, media_type: str) -> None:
    """A playlist in disguise makes no connection and opens no other file."""
    visits: list[str] = []

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append("visit")
        writer.close()

    async with await asyncio.start_server(visited, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        path = tmp_path / "a.m3u8"
        playlist = f"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n"
        path.write_text(playlist + "# filler\n" * LIMIT)

        assert await refusal(claim(path, media_type))
    assert visits == []


def make_streams(path: Path, count: int) -> DownloadedFile:
    """Write *count* streams of a moment's silence to *path*."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("libopus", rate=48_000) for _ in range(count)]
        for stream in streams:
            frame = av.AudioFrame(format="s16", layout="stereo", samples=9600)
            frame.sample_rate, frame.pts = 48_000, 0
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux([*stream.encode(frame), *stream.encode(None)])
    # Junk that players skip, so that it is worth making smaller.
    path.write_bytes(path.read_bytes() + b"\xec\x4e\x20" + bytes(LIMIT))
    return as_downloaded(path)


async def test_many_streams_are_refused(tmp_path: Path) -> None:
    """A file of forty streams is not what a model makes; one of three is."""
    assert await refusal(make_streams(tmp_path / "a.webm", 40))

    fitted = await Transcoder().transcode(make_streams(tmp_path / "b.webm", 3), limit=LIMIT)

    assert fitted.media_type == "audio/mpeg"


async def test_a_video_without_end_is_refused(tmp_path: Path) -> None:
    """Two pictures days apart are not filled up with copies."""
    path = tmp_path / "a.webm"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=30, options=QUICK)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number, frame in enumerate(pictures((160, 120), seconds=0.1)):
            frame.pts, frame.time_base = number * 86_400 * 30, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    assert "length" in await refusal(as_downloaded(path), limit=2000)


async def test_pictures_that_change_their_size_are_refused(tmp_path: Path) -> None:
    """The filters were built for the first picture, and others don't reach them."""
    path = tmp_path / "a.webm"
    other = CodecContext.create("libvpx", "w")
    assert isinstance(other, VideoCodecContext)
    other.width, other.height, other.pix_fmt = 640, 480, "yuv420p"
    other.time_base, other.options = Fraction(1, 30), QUICK
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=30, options=QUICK)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for frame in (*pictures((160, 120)), None):
            container.mux(stream.encode(frame))
        for number, frame in enumerate(pictures((640, 480))):
            frame.pts, frame.time_base = number, Fraction(1, 30)
            for packet in other.encode(frame):
                again = av.Packet(bytes(packet))
                again.pts = again.dts = 1000 + number * 33
                again.time_base, again.stream = Fraction(1, 1000), stream
                container.mux_one(again)

    assert "change" in await refusal(as_downloaded(path), limit=60_000)


@pytest.mark.parametrize("seed", range(3))
async def test_a_damaged_video_is_refused_or_survived(tmp_path: Path, seed: int) -> None:
    """Damage inside of a video ends in a file of the right length or in a refusal."""
    file = make_video(tmp_path / "a.mp4", pictures((160, 120)), tone=1)
    contents = bytearray(file.path.read_bytes())
    for place in range(2000 + seed, len(contents), 997):
        contents[place] ^= 0xFF
    file.path.write_bytes(contents)

    try:
        fitted = await Transcoder(timeout=30).transcode(file, limit=100_000)
    except CannotTranscode:
        return
    assert fitted.size < 100_000
    assert judge(fitted.path).length == pytest.approx(1, abs=0.2)


async def test_a_file_that_is_only_a_head_is_refused(tmp_path: Path) -> None:
    """The first bytes showed the type; what follows is noise."""
    file = make_sound(tmp_path / "a.flac", seconds=1, encoder="flac")
    file.path.write_bytes(file.path.read_bytes()[:8] + bytes(range(256)) * 400)

    assert await refusal(claim(file.path, "audio/flac"))
