"""A good set-up for each test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.end_to_end.doctor.site import Site, open_site


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Site]:
    """Give a test a good set-up to break; both servers must have understood all that was asked."""
    async with open_site(tmp_path, monkeypatch) as site:
        yield site
        assert site.discord.rest.gaps == []
        assert {call.method for call in site.discord.calls} <= {"GET"}
        assert {call.method for call in site.api.requests} <= {"GET"}
