"""Card buttons: what a button does, and what it looks like. Pure."""

import dataclasses
import enum

import discord


class ButtonAction(enum.StrEnum):
    """What a button does; the word is part of its custom_id, so it is never changed."""

    CANCEL = "cancel"
    TRY_AGAIN = "try_again"
    DOWNLOAD = "fresh_link"
    AGAIN = "again"
    DELETE = "delete_card"
    DELETE_NOW = "delete_now"
    KEEP_CARD = "keep_card"
    GENERATE = "generate"
    NO_THANKS = "no_thanks"
    CANCEL_ALL = "cancel_all"  # its number is the user's
    FORGET = "forget"  # its number is the user's
    KEEP = "keep"  # the same
    JOBS_PAGE = "jobs_page"  # its number is that of a place in the list
    MODELS_PAGE = "models_page"  # the same
    EDIT = "edit"
    EDIT_AND_RETRY = "edit_and_retry"
    USE_PROMPT = "use_prompt"
    ANIMATE = "animate"
    EDIT_FORM = "edit_form"  # its number is that of a stored form
    USAGE_PAGE = "usage_page"  # its number is that of a place in the usage
    USAGE_CSV = "usage_csv"  # the same


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CardButton:
    """A button to be drawn; `bot.discord.interactions.persistent_buttons` makes it work.

    One with an *address* is a link, which Discord's clients open by themselves; with an empty one it
    can't be pressed.
    """

    action: ButtonAction
    job_id: int
    label: str
    style: discord.ButtonStyle
    emoji: str | None = None
    address: str | None = None
