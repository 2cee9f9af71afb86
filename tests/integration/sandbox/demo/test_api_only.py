"""The sandbox API on its own."""

import asyncio
from decimal import Decimal

import aiohttp
import pytest

from sandbox.demo.api_only import serve_api


async def test_a_lone_api_prints_the_bots_settings_and_serves_until_cancelled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The two settings that it prints are those of the bot, and they work."""
    serving = asyncio.create_task(serve_api(0), name="serving")
    printed = ""
    while "Ctrl-C" not in printed:
        await asyncio.sleep(0)
        printed += capsys.readouterr().out
    settings = dict(line.strip().split("=", 1) for line in printed.splitlines() if "=" in line)
    assert list(settings) == ["MODELHUNTER_URL", "MODELHUNTER_KEY"]
    headers = {"Authorization": f"Bearer {settings['MODELHUNTER_KEY']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{settings['MODELHUNTER_URL']}/balance") as response,
    ):
        assert Decimal((await response.json())["data"]["balance"]) == 100
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
