"""Buttons that survive a restart: all they hold is what to do and the job's id.

A custom_id comes from runtime: it names a job, and what the person may do with it is checked when
the button is pressed.
"""

import enum
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.discord.cards.card import CardButton
from bot.discord.cards.lists import JobList, PageButton
from bot.discord.command_tree import reply_with_error
from bot.locales.buttons import BUTTON_GENERATE, BUTTON_NO_THANKS

if TYPE_CHECKING:
    from bot.discord.interactions.button_actions import ButtonActions

Button = discord.ui.Button[discord.ui.View]

# The last of five rows of five buttons (Discord docs: Component Reference).
_PAGES_ROW = 4


class ButtonAction(enum.StrEnum):
    """What a button does; the first three are a card's actions."""

    CANCEL = "cancel"
    TRY_AGAIN = "try_again"
    FRESH_LINK = "fresh_link"
    GENERATE = "generate"
    NO_THANKS = "no_thanks"
    JOBS = "jobs"  # its number is not a job's but the first row's


class PersistentButton(
    discord.ui.DynamicItem[Button],
    template=r"(?P<action>cancel|try_again|fresh_link|generate|no_thanks|jobs):(?P<id>[0-9]{1,20})",
):
    """Any button of ours, found by its custom_id alone."""

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
        return cls(item, ButtonAction(match["action"]), int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says, or say why not."""
        try:
            await self._do(interaction.client.button_actions, interaction)
        except Exception as error:  # the border to discord.py, which would only log it
            await reply_with_error(interaction, error)

    async def _do(
        self, button_actions: "ButtonActions", interaction: discord.Interaction[Any]
    ) -> None:
        match self._action:
            case ButtonAction.CANCEL:
                await button_actions.cancel(interaction, self._about)
            case ButtonAction.TRY_AGAIN:
                await button_actions.try_again(interaction, self._about)
            case ButtonAction.FRESH_LINK:
                await button_actions.fresh_link(interaction, self._about)
            case ButtonAction.GENERATE:
                await button_actions.confirm(interaction, self._about)
            case ButtonAction.NO_THANKS:
                await button_actions.decline(interaction, self._about)
            case ButtonAction.JOBS:
                await button_actions.jobs(interaction, self._about)


def to_view(buttons: Sequence[CardButton]) -> discord.ui.View:
    """Return *buttons* as Discord takes them; an empty view takes buttons away."""
    return _stateless(map(_card_button, buttons))


def job_list_view(drawn: JobList) -> discord.ui.View:
    """Return the buttons of a list of jobs; those that turn its pages have a row of their own."""
    return _stateless([*map(_card_button, drawn.buttons), *map(_page_button, drawn.pages)])


def _page_button(page: PageButton) -> Button:
    return discord.ui.Button(
        label=page.label, row=_PAGES_ROW, custom_id=f"{ButtonAction.JOBS}:{page.start}"
    )


def _card_button(button: CardButton) -> Button:
    return discord.ui.Button(
        label=button.label,
        style=button.style,
        emoji=button.emoji,
        custom_id=f"{button.action}:{button.job_id}",
    )


def price_confirmation_view(draft_id: int) -> discord.ui.View:
    """Return the buttons of the question about a price."""
    return _stateless(
        [
            discord.ui.Button(
                label=BUTTON_GENERATE,
                style=discord.ButtonStyle.success,
                custom_id=f"{ButtonAction.GENERATE}:{draft_id}",
            ),
            discord.ui.Button(
                label=BUTTON_NO_THANKS,
                style=discord.ButtonStyle.secondary,
                custom_id=f"{ButtonAction.NO_THANKS}:{draft_id}",
            ),
        ]
    )


def _stateless(buttons: Iterable[Button]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    # discord.py keeps every view it sends until it has finished; ours are found by their custom_id.
    view.stop()
    return view
