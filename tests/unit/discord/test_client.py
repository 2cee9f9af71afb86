"""What the end of the session cuts off is no trouble."""

from unittest.mock import Mock

import pytest

from bot.discord.client import GenerationBot
from bot.discord.gateway_frames import UNUSED_EVENTS
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues


async def _fail(bot: GenerationBot) -> None:
    """Have an event fail as discord.py reports it."""
    try:
        raise RuntimeError("Session is closed")
    except RuntimeError:
        await bot.on_error("on_ready")


async def test_a_failing_discord_event_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """While the session lasts, the log says what failed, and where."""
    bot = GenerationBot(Mock(spec=KeyValues), Health(), guild_id=None)
    await _fail(bot)
    await bot.close()
    assert [bool(record.exc_info) for record in caplog.records] == [True]


async def test_no_discord_event_after_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """Then no event is passed on any more, and one that is cut off leaves no traceback."""
    bot = GenerationBot(Mock(spec=KeyValues), Health(), guild_id=None)
    await bot.close()
    bot.dispatch("ready")
    await _fail(bot)
    assert [bool(record.exc_info) for record in caplog.records] == [False] * len(caplog.records)


async def test_events_without_use_are_not_parsed() -> None:
    """Every message of every server would else become an object, for nothing."""
    bot = GenerationBot(Mock(spec=KeyValues), Health(), guild_id=None)
    assert not UNUSED_EVENTS & bot._connection.parsers.keys()
    assert {"MESSAGE_DELETE", "MESSAGE_REACTION_ADD", "INTERACTION_CREATE"} <= (
        bot._connection.parsers.keys()
    )
    await bot.close()
