"""Private answers are changed by who asked alone."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.errors import NotYours, UnknownJob
from bot.jobs.queries import JobQueries


class _Cards:
    """Queries of which one message is a card."""

    async def find_by_message(self, message_id: int) -> object:
        return object() if message_id == 9 else None


def _press(presser: int, *, message: int = 1, ephemeral: bool = True) -> discord.Interaction[Any]:
    """Return a press on a message that answers user 11."""
    asked = SimpleNamespace(user=SimpleNamespace(id=11))
    shown = SimpleNamespace(
        id=message, flags=SimpleNamespace(ephemeral=ephemeral), interaction_metadata=asked
    )
    pressed = SimpleNamespace(message=shown, user=SimpleNamespace(id=presser))
    return cast(discord.Interaction[Any], pressed)


async def test_who_asked_may_press() -> None:
    """The one who sees the answer uses its buttons."""
    await check_is_private_answer(_press(11), cast(JobQueries, _Cards()))


@pytest.mark.parametrize(
    ("press", "refusal"),
    [
        (_press(12), NotYours),
        (_press(11, ephemeral=False), UnknownJob),
        (_press(11, message=9), UnknownJob),
    ],
    ids=["a stranger", "a public message", "a card"],
)
async def test_forged_presses_are_refused(
    press: discord.Interaction[Any], refusal: type[Exception]
) -> None:
    """A press that Discord's clients would not send changes nothing."""
    with pytest.raises(refusal):
        await check_is_private_answer(press, cast(JobQueries, _Cards()))
