"""Every button, form and menu, in every place, before and after a restart, by anyone: `gesture_table`."""

import pytest

from tests.end_to_end.gesture_stage import LIMITS, GestureStage
from tests.end_to_end.gesture_table import Place, Subject
from tests.end_to_end.world import World

# What is used up by a gesture, so that another one is needed after the restart.
_USED_UP = tuple(it for it in Subject if it not in (Subject.FINISHED, Subject.NONE))


@pytest.mark.parametrize("place", Place)
async def test_every_gesture_in_a_place(world: World, place: Place) -> None:
    """Each does what the table says, and no more; forms that were open during a restart are sent."""
    stage = GestureStage(world, place)
    async with world.bot(**LIMITS):
        await stage.set_up(Subject.FINISHED, *_USED_UP)
        assert await stage.carry_out() == []
        await stage.set_up(*_USED_UP)
        opened = await stage.open_forms()
        await stage.set_up(Subject.FAILED)
    async with world.bot(**LIMITS):
        assert await stage.send_forms(opened) == []
        assert await stage.carry_out() == []
        await stage.jobs_are_sent()
