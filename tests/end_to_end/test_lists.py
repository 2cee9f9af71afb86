"""Lists work after a restart, wherever they were asked for, and for who asked alone."""

import pytest

from bot.discord.cards.list_place import ListPlace
from bot.locales.answer_texts import CANCEL_TAKEN
from bot.locales.button_texts import BUTTON_CANCEL, BUTTON_MORE
from bot.locales.list_texts import JOBS_NONE_SUCH
from bot.locales.translate import translate
from db.job_filters import JobGroup
from sandbox.modelhunter import Script
from tests.end_to_end.world import PROMPT, World

FIRST = ListPlace().number


@pytest.mark.parametrize("place", ["channel", "direct messages"])
async def test_lists_work_after_a_restart(world: World, place: str) -> None:
    """Menus, pages and buttons of old lists are answered by a process that never saw them."""
    robin = world.robin
    where = world.discord.channel if place == "channel" else robin.dm_channel
    async with world.bot():
        world.api.scripts.next(Script.endless())
        card = (await robin.slash(where, "video", prompt=PROMPT)).message
        assert card is not None
        await world.until_following(card)
        jobs = (await robin.slash(where, "jobs")).message
        models = (await robin.slash(where, "models")).message
    assert jobs is not None
    assert models is not None
    async with world.bot():
        await robin.select(jobs, JobGroup.DONE, custom_id=f"jobs_group:{FIRST}")
        assert JOBS_NONE_SUCH.english in world.discord.message(jobs.id).words
        done = ListPlace(group=JobGroup.DONE).number
        await robin.select(jobs, "all", custom_id=f"jobs_group:{done}")
        await robin.select(jobs, "video", custom_id=f"jobs_kind:{FIRST}")
        assert PROMPT in world.discord.message(jobs.id).words
        await robin.click(models, BUTTON_MORE.english)
        assert world.discord.message(models.id).words != models.words
        await robin.select(models, "speech", custom_id=f"models_kind:{FIRST}")
        assert "voice" in world.discord.message(models.id).words
        taken = (await robin.click(jobs, BUTTON_CANCEL.english)).message
        assert taken is not None
        assert taken.content == translate(CANCEL_TAKEN, "en-US")
