"""This machine's clock is far from Discord's and the API's, and no header says by how much."""

from decimal import Decimal

import pytest

from bot.locales.answer_texts import DM_RESULT
from bot.locales.button_texts import BUTTON_GENERATE
from db.records import JobState
from sandbox.modelhunter import Script
from tests.end_to_end.in_process.stage import Scene
from tests.end_to_end.in_process.test_time import MINUTE, done_after

HOUR = 60 * MINUTE

pytestmark = pytest.mark.parametrize(
    "ahead", [-12 * HOUR, -2 * HOUR, -40.0, 40.0, 2 * HOUR, 12 * HOUR]
)


async def test_a_command_is_sent_whatever_the_clock_shows(scene: Scene) -> None:
    """A command is as young as it is since it arrived, so its job is sent and delivered."""
    scene.api.scripts.next(Script.quick(0))
    card = await scene.ask("image")
    await scene.until_state(card, JobState.DELIVERED)
    assert len(scene.api.tasks) == 1


@pytest.mark.parametrize("confirm_above", [Decimal("0.01")])
async def test_a_price_is_confirmed_whatever_the_clock_shows(scene: Scene) -> None:
    """A question about a price can be answered for a quarter of an hour after it was asked."""
    scene.api.scripts.next(Script.quick(0))
    question = await scene.ask("video")
    await scene.env.advance_time(14 * MINUTE)
    card = await scene.click(question, BUTTON_GENERATE.english, scene.robin)
    await scene.until_state(card, JobState.DELIVERED)
    assert len(scene.api.tasks) == 1


async def test_a_token_is_used_as_long_as_it_is_valid(scene: Scene) -> None:
    """Until minute 14 the card is edited by its token, and afterwards by the bot's own."""
    scene.api.scripts.next(done_after(16))
    card = await scene.ask()
    await scene.until_taken()
    await scene.pass_time(10 * MINUTE, card)
    await scene.until(lambda: "0 in flight" in repr(scene.app.due_times), "the bot to rest")
    assert scene.edits_by_bot(card) == 0
    await scene.pass_time(7 * MINUTE, card)
    await scene.until_state(card, JobState.DELIVERED)
    assert scene.edits_by_bot(card) >= 1


async def test_a_private_result_comes_by_dm_after_minute_14(scene: Scene) -> None:
    """A private card can be edited until minute 14, and then its result is sent by direct message."""
    scene.api.scripts.next(done_after(13))
    card = await scene.ask(private=True)
    await scene.until_taken()
    await scene.pass_time(14 * MINUTE + 10, card)
    mail = scene.env.backend.messages[scene.robin.user.dm_channel.id]
    await scene.until(lambda: len(mail) > 0, "a direct message")
    assert [message.content for message in mail.values()] == [DM_RESULT.english]
