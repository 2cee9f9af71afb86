"""Persistent buttons: found by their custom_id alone, so that they work after a restart.

A custom_id comes from outside and may be forged: it names an action and a job, and what the user
may do with that job is checked by the action.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Self

import discord

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.views import Button
from bot.discord.interactions.error_replies import reply_with_error

Handler = Callable[[discord.Interaction[Any], int], Awaitable[None]]

_TEMPLATE = rf"(?P<action>{'|'.join(ButtonAction)}):(?P<about>[0-9]{{1,20}})"


class PersistentButton(discord.ui.DynamicItem[Button], template=_TEMPLATE):
    """Any button of ours; a subclass is bound to what its actions do."""

    handlers: ClassVar[Mapping[ButtonAction, Handler]] = {}

    def __init__(self, button: Button, action: ButtonAction, about: int) -> None:
        super().__init__(button)
        self._action = action
        self._about = about

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Return the button that was pressed."""
        if not isinstance(item, discord.ui.Button):
            raise TypeError("only buttons carry these custom_ids")
        return cls(item, ButtonAction(match["action"]), int(match["about"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says, or reply why not."""
        try:
            await self.handlers[self._action](interaction, self._about)
        except Exception as error:  # the border to discord.py, which would only log it
            await reply_with_error(interaction, error)


def bound_button(handlers: Mapping[ButtonAction, Handler]) -> type[PersistentButton]:
    """Return the class of buttons whose actions are *handlers*, to be registered with discord.py."""

    class BoundButton(PersistentButton, template=_TEMPLATE):
        """Buttons of one program."""

    BoundButton.handlers = handlers
    return BoundButton
