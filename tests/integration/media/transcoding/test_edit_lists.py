"""A video of which an edit list shows a part: that part is made smaller, and nothing else."""

import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.transcoding.child import fit
from tests.integration.media.transcoding.checks import judge
from tests.integration.media.transcoding.sample_media import as_downloaded
from tests.integration.media.transcoding.test_frame_times import PLENTY, make_slides, shown

SLIDES = [400, 400, 400, 400, 400, 400]
# Milliseconds of each part: where it begins in the media, and how long it is.
PARTS = st.tuples(st.integers(0, 2300), st.integers(50, 2400)).map(
    lambda part: (part[0], min(part[1], 2400 - part[0]))
)


def with_parts(file: DownloadedFile, parts: Sequence[tuple[int, int]]) -> DownloadedFile:
    """Show only these *parts* (ISO/IEC 14496-12, edit list box), the header's length being theirs."""
    contents = bytearray(file.path.read_bytes())
    with av.open(str(file.path)) as container:
        time_base = container.streams.video[0].time_base
    assert time_base is not None
    scale = time_base.denominator
    start = contents.index(b"elst") - 4
    (old,) = struct.unpack(">I", contents[start : start + 4])
    entries = b"".join(
        struct.pack(">IIII", length, begin * scale // 1000, 1 << 16, 0)[:12]
        for begin, length in parts
    )
    box = struct.pack(">I4sII", 16 + len(entries), b"elst", 0, len(parts)) + entries
    contents[start : start + old] = box
    for name in (b"edts", b"trak", b"moov"):
        at = contents.index(name) - 4
        (size,) = struct.unpack(">I", contents[at : at + 4])
        contents[at : at + 4] = struct.pack(">I", size + len(box) - old)
    whole = struct.pack(">I", sum(length for _, length in parts))
    header, track = contents.index(b"mvhd") + 20, contents.index(b"tkhd") + 24
    contents[header : header + 4] = contents[track : track + 4] = whole
    file.path.write_bytes(contents)
    return as_downloaded(file.path)


def check(folder: Path, parts: Sequence[tuple[int, int]]) -> None:
    """Check that the smaller file shows what libav shows of the larger one, at the same times."""
    file = with_parts(make_slides(folder / "a.mp4", SLIDES), parts)
    target = folder / "b.mp4"
    fit(file.path, file.media_type, target, PLENTY)
    before, after = shown(file.path), shown(target)
    assert [grey for _, grey in after] == [grey for _, grey in before]
    assert [moment for moment, _ in after] == pytest.approx([moment for moment, _ in before])
    # A part that begins within a frame begins for libav with the next one, and ends after its last.
    whole, frame = sum(length for _, length in parts) / 1000, 0.4
    assert judge(target).length == pytest.approx(whole, abs=frame * len(parts) + 0.01)


@pytest.mark.parametrize(
    "parts",
    [
        [(0, 1200)],
        [(400, 1200)],
        [(600, 1000)],
        [(100, 2300)],
        [(2000, 400)],
        [(0, 400), (1600, 800)],
        [(1600, 800), (0, 400)],
        [(400, 800), (400, 800)],
    ],
)
def test_the_parts_of_an_edit_list_are_kept(tmp_path: Path, parts: list[tuple[int, int]]) -> None:
    """A beginning, a middle, an end, two parts in any order, and one part twice."""
    check(tmp_path, parts)


@settings(max_examples=25, deadline=None)
@given(PARTS)
def test_any_part_of_a_video_is_kept(part: tuple[int, int]) -> None:
    """Wherever a part begins and ends, also within frames."""
    with tempfile.TemporaryDirectory() as folder:
        file = with_parts(make_slides(Path(folder) / "a.mp4", SLIDES), [part])
        with av.open(str(file.path)) as container:
            has_pictures = next(container.decode(video=0), None) is not None
        if has_pictures:
            check(Path(folder), [part])
        else:
            with pytest.raises((CannotTranscode, av.FFmpegError)):
                fit(file.path, file.media_type, Path(folder) / "b.mp4", PLENTY)
