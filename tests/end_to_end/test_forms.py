"""Forms are carried out like commands, after a restart too, and only for who may use them."""

import pytest

from db.records import JobState
from tests.end_to_end.world import PROMPT, World

EDIT = "Edit"


async def test_a_form_is_carried_out_by_a_process_that_never_saw_it(world: World) -> None:
    """What was entered before a restart makes one job, with its card in the channel."""
    async with world.bot():
        opened = await world.robin.slash(world.discord.channel, "create", kind="video")
    assert opened.kind == "modal"
    async with world.bot():
        answer = await world.robin.submit(
            opened, {"prompt": PROMPT, "model": ["kling-v3"], "measure": ["4"]}
        )
        assert answer.message is not None
        assert not answer.message.is_ephemeral
        await world.until_done(answer.message)
    (task,) = world.api.tasks.values()
    assert task.request.input["duration"] == 4
    assert len(world.messages()) == 1


async def test_a_refused_form_is_opened_again_as_it_was_sent(world: World) -> None:
    """The sentence says what to change, gives the prompt back, and Edit works after a restart."""
    async with world.bot():
        opened = await world.robin.slash(world.discord.channel, "create", kind="video")
        refused = await world.robin.submit(
            opened, {"prompt": PROMPT, "model": ["veo3"], "measure": ["5"], "more": ["private"]}
        )
        assert refused.message is not None
        assert refused.message.is_ephemeral
        assert "Veo 3.1" in refused.message.content
        assert PROMPT in refused.message.content
    async with world.bot():
        again = await world.robin.click(refused.message, EDIT)
        assert again.kind == "modal"
        answer = await world.robin.submit(again, {"model": ["kling-v3"]})
        assert answer.message is not None
        assert answer.message.is_ephemeral  # as it was ticked the first time
        await world.until_state(answer.message, JobState.DELIVERED)
    (task,) = world.api.tasks.values()
    assert task.request.text == PROMPT
    assert task.request.input["duration"] == 5


@pytest.mark.parametrize("place", ["direct messages", "user-installed"])
async def test_a_form_works_where_commands_do(world: World, place: str) -> None:
    """In direct messages, and where the bot is installed for its user alone."""
    robin = world.robin
    async with world.bot():
        if place == "direct messages":
            opened = await robin.slash(robin.dm_channel, "create", kind="image")
        else:
            begun = await robin.begin(
                world.discord.channel, "create", {"kind": "image"}, is_user_install=True
            )
            opened = await begun.answer()
        answer = await robin.submit(opened, {"prompt": PROMPT})
        assert answer.message is not None
        await world.until_state(answer.message, JobState.DELIVERED)
    assert len(world.api.tasks) == 1
