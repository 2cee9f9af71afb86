"""The stand-in on its own."""

import asyncio
from decimal import Decimal

import aiohttp
import pytest

from sandbox.modelhunter.serve import serve_forever


async def test_it_prints_where_it_listens_and_runs_until_cancelled(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The two printed lines are settings of the bot, and they work."""
    serving = asyncio.create_task(serve_forever("127.0.0.1", 0, "river_test_mine"), name="serving")
    printed = ""
    while printed.count("\n") < 2:
        await asyncio.sleep(0)
        printed += capsys.readouterr().out
    settings = dict(line.split("=", 1) for line in printed.splitlines())
    headers = {"Authorization": f"Bearer {settings['MODELHUNTER_KEY']}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{settings['MODELHUNTER_URL']}/balance") as response,
    ):
        assert Decimal((await response.json())["data"]["balance"]) == 100
    assert settings["MODELHUNTER_KEY"] == "river_test_mine"
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
