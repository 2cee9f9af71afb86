"""Persistent buttons: those of cards, lists and questions."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

import discord

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.views import Button
from bot.discord.interactions.card_places import offers_prompt
from bot.discord.interactions.errors import NotYoursToRepeat
from bot.discord.interactions.persistent_components import PersistentComponent, template_of
from bot.jobs.errors import NotYours

Handler = Callable[[discord.Interaction[Any], int], Awaitable[None]]

_TEMPLATE = template_of(ButtonAction)


class PersistentButton(PersistentComponent[Button, ButtonAction], template=_TEMPLATE):
    """Any button of ours; a subclass is bound to what its actions do."""

    component_type = discord.ui.Button
    actions = ButtonAction
    handlers: ClassVar[Mapping[ButtonAction, Handler]] = {}

    async def carry_out(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the pressed button says.

        Raises:
            NotYoursToRepeat: Only the requester may, and the button that any user may press is
                beside it.
        """
        try:
            await self.handlers[self._action](interaction, self._about)
        except NotYours as error:
            is_another = self._action is not ButtonAction.USE_PROMPT
            if is_another and offers_prompt(interaction.message, self._about):
                raise NotYoursToRepeat from error
            raise


def bound_button(handlers: Mapping[ButtonAction, Handler]) -> type[PersistentButton]:
    """Return the class of buttons whose actions are *handlers*, to be registered with discord.py."""

    class BoundButton(PersistentButton, template=_TEMPLATE):
        """Buttons of one program."""

    BoundButton.handlers = handlers
    return BoundButton
