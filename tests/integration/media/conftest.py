"""Downloads from the site, and what they leave."""

from pathlib import Path

import aiohttp
import pytest

from bot.media.download import DownloadedFile, download
from tests.integration.media.site import PLENTY, Fetch, Left, Site


@pytest.fixture
def fetch(site: Site, session: aiohttp.ClientSession, tmp_path: Path) -> Fetch:
    """Return a function that downloads from the site."""

    async def fetch_it(
        url: str | None = None, cap: int = PLENTY, size: int | None = None
    ) -> DownloadedFile:
        return await download(
            url or site.url(), tmp_path, name="video-1-1", cap=cap, session=session, size=size
        )

    return fetch_it


@pytest.fixture
def left(tmp_path: Path) -> Left:
    """Return a function that lists what is in the folder."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())
