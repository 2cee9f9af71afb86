"""Errors of interactions: why a command or button is not carried out, before the jobs are asked.

InteractionDenied
├── NotHere                  the operator has not allowed this server
│   ├── NotInDirectMessages  the operator has allowed servers only
│   └── NotAMember           the user is in none of those that the operator has allowed
├── DiscordBusy              Discord does not answer now; the same may be tried again
│   └── MembershipUnknown    it does not say whether the user is a member of an allowed server
├── PermissionsMissing       a moderator gives the bot what it lacks
├── NotYoursToCancel         only the requester or a moderator cancels
├── NotYoursToRepeat         the user presses *Use this prompt* instead, which is beside the button
├── NotYoursToDelete         only the requester or a moderator deletes a card
├── StillRunning             the card of a running job is not deleted by a button
├── NotRemovable             Discord does not let the bot delete this message
├── NothingToCancel          the user has no running job
├── TriedAgain               another job tries this one again already
├── NoMediaThere             the message shows nothing that could be used
├── NotMadeHere              the message shows no result of this bot
├── NotManagingServer        only a member with Manage Server sees what a server has used
├── NotTheOperator           only the operator sees what the whole bot has used
├── UsageTooLong             a shorter time fits into a file
├── ChoiceGone               what the menu offered is not known any more
└── OptionsUnreadable        the user writes `name=value`
"""


class InteractionDenied(Exception):
    """The command or button is not carried out; nothing was changed or charged."""


class NotHere(InteractionDenied):
    """The bot may not be used in this server."""


class NotInDirectMessages(NotHere):
    """The bot may be used only in servers, and this is none."""


class NotAMember(NotHere):
    """The user is a member of no server in which the bot may be used."""


class DiscordBusy(InteractionDenied):
    """Discord did not answer a call of the bot's; the same may be tried again."""


class MembershipUnknown(DiscordBusy):
    """Whether the user is a member could not be found out."""


class PermissionsMissing(InteractionDenied):
    """The bot could not show a result in this channel; holds Discord's flags of what it lacks."""

    def __init__(self, flags: list[str]) -> None:
        super().__init__(", ".join(flags))
        self.flags = flags


class NotYoursToCancel(InteractionDenied):
    """Only the requester, or a member with Manage Messages, cancels."""


class NotYoursToRepeat(InteractionDenied):
    """Only the requester does this, but the card offers its prompt to other users."""


class NotYoursToDelete(InteractionDenied):
    """Only the requester, or a member with Manage Messages, deletes a card."""


class StillRunning(InteractionDenied):
    """The job has not ended, so that its card is needed."""


class NotRemovable(InteractionDenied):
    """Discord does not let the bot delete this message, now or later."""


class NothingToCancel(InteractionDenied):
    """The user has no running job."""


class TriedAgain(InteractionDenied):
    """Another job tries this one again; `address` leads to its card, "" where it has none."""

    def __init__(self, address: str) -> None:
        super().__init__("tried again before")
        self.address = address


class NoMediaThere(InteractionDenied):
    """The message shows no picture, or no picture, video or sound."""

    def __init__(self, *, is_picture_wanted: bool) -> None:
        super().__init__("no media")
        self.is_picture_wanted = is_picture_wanted


class NotMadeHere(InteractionDenied):
    """The message shows no result of this bot that may be made again."""


class NotManagingServer(InteractionDenied):
    """The member does not have Manage Server in this server."""


class NotTheOperator(InteractionDenied):
    """The user does not run the bot."""


class UsageTooLong(InteractionDenied):
    """The file with the usage would be larger than a message takes."""


class ChoiceGone(InteractionDenied):
    """What a menu offered is not known any more."""


class OptionsUnreadable(InteractionDenied):
    """The text is no list of `name=value`; holds the part that is not."""

    def __init__(self, part: str) -> None:
        super().__init__("unreadable options")
        self.part = part
