"""Persistent components: found by their custom_id alone, so that they work after a restart.

A custom_id comes from outside and may be forged, and so may what is chosen in a menu: it names an
action and what that is about, and what the user may do there is checked by the action.
"""

import abc
import enum
import re
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import discord

from bot.discord.interactions.error_replies import reply_with_error
from bot.monitoring.log_context import about_interaction

ComponentT = TypeVar("ComponentT", bound=discord.ui.Item[discord.ui.View])
ActionT = TypeVar("ActionT", bound=enum.StrEnum)


def template_of(actions: type[enum.StrEnum]) -> str:
    """Return what matches the custom_ids of *actions*, and no others."""
    return rf"(?P<action>{'|'.join(actions)}):(?P<about>[0-9]{{1,20}})"


class PersistentComponent(
    discord.ui.DynamicItem[ComponentT], Generic[ComponentT, ActionT], template="(?!)"
):
    """A component of ours, of a kind that a subclass gives with its template and its actions."""

    component_type: ClassVar[type[discord.ui.Item[Any]]]
    actions: ClassVar[type[enum.StrEnum]]

    def __init__(self, component: ComponentT, action: ActionT, about: int) -> None:
        super().__init__(component)
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
        """Return the component that was used."""
        if not isinstance(item, cls.component_type):
            raise TypeError("a component of another type carries this custom_id")
        action = cast(ActionT, cls.actions(match["action"]))
        return cls(cast(ComponentT, item), action, int(match["about"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the component says, or reply why not."""
        about_interaction(interaction.id)
        try:
            await self.carry_out(interaction)
        except Exception as error:  # the border to discord.py, which would only log it
            await reply_with_error(interaction, error)

    @abc.abstractmethod
    async def carry_out(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the interaction to the handler of the action."""
