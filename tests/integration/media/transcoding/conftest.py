"""Files that are made once."""

import pytest

from bot.media.download import DownloadedFile
from tests.integration.media.transcoding.sample_media import make_long_video


@pytest.fixture(scope="session")
def minute(tmp_path_factory: pytest.TempPathFactory) -> DownloadedFile:
    """Return a minute of 1080p with sound, of some 25 MB."""
    path = tmp_path_factory.mktemp("minute") / "video-1-1.mp4"
    return make_long_video(path, seconds=60, bit_rate=3_500_000)
