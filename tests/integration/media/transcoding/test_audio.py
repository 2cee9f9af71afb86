"""Sounds come out as MP3 of the same length."""

from pathlib import Path

import pytest

from bot.media.errors import CannotTranscode
from bot.media.transcoding.transcoder import Transcoder
from tests.integration.media.transcoding.checks import judge
from tests.integration.media.transcoding.sample_media import make_sound

TEN_MEBIBYTES = 10 * 1024 * 1024


async def test_three_minutes_of_wav_fit_into_ten_mebibytes(tmp_path: Path) -> None:
    """Thirty megabytes of plain samples become less than ten."""
    file = make_sound(tmp_path / "a.wav", seconds=160)
    assert file.size > 30_000_000

    fitted = await Transcoder().transcode(file, limit=TEN_MEBIBYTES)
    verdict = judge(fitted.path)

    assert fitted.size < TEN_MEBIBYTES
    assert fitted.media_type == "audio/mpeg"
    assert verdict.length == pytest.approx(160, abs=0.2)
    assert verdict.heard == pytest.approx(160, abs=0.2)


@pytest.mark.parametrize(
    ("name", "encoder", "rate"),
    [
        ("a.flac", "flac", 44_100),
        ("a.ogg", "libopus", 48_000),
        ("a.mp3", "mp3", 44_100),
        ("a.m4a", "aac", 24_000),
        ("a.wav", "pcm_s16le", 22_050),
    ],
)
async def test_every_sound_format_is_made_smaller(
    tmp_path: Path, name: str, encoder: str, rate: int
) -> None:
    """Each format that is delivered can be made smaller, and keeps its length."""
    file = make_sound(tmp_path / name, seconds=20, encoder=encoder, rate=rate)
    limit = min(120_000, file.size)

    fitted = await Transcoder().transcode(file, limit=limit)

    assert fitted.size < limit
    assert judge(fitted.path).length == pytest.approx(20, abs=0.2)


async def test_a_sound_too_long_is_refused(tmp_path: Path) -> None:
    """Twenty seconds don't fit into ten kilobytes."""
    file = make_sound(tmp_path / "a.wav", seconds=20)

    with pytest.raises(CannotTranscode, match="too long"):
        await Transcoder().transcode(file, limit=10_000)
