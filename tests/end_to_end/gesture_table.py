"""Gesture table: every button, form and menu, and what it does for whom, in which place.

A row says what comes of a gesture by the requester of its subject, by a stranger who sees that subject,
and by one who forges it: a custom_id that names another user's job, on a message that does not show it.
"""

import dataclasses
import enum
from collections.abc import Mapping

from bot.discord.cards.card_buttons import ButtonAction
from bot.locales.answer_texts import (
    FORM_EXPIRED,
    JOB_UNKNOWN,
    NOT_YOUR_JOB,
    NOT_YOURS_TO_CANCEL,
    NOT_YOURS_TO_DELETE,
    NOT_YOURS_TO_REPEAT,
)
from bot.locales.button_texts import (
    BUTTON_AGAIN,
    BUTTON_ANIMATE,
    BUTTON_CANCEL,
    BUTTON_DELETE,
    BUTTON_DOWNLOAD,
    BUTTON_EDIT,
    BUTTON_EDIT_AND_RETRY,
    BUTTON_TRY_AGAIN,
    BUTTON_USE_PROMPT,
)
from bot.locales.menu_texts import (
    MENU_ANIMATE,
    MENU_EDIT_IMAGE,
    MENU_MAKE_AGAIN,
    MENU_REFERENCE,
    NO_MEDIA_THERE,
    NO_PICTURE_THERE,
    NOT_MADE_HERE,
)
from bot.locales.translate import Text


class Place(enum.StrEnum):
    """Where a card is."""

    CHANNEL = "channel"
    THREAD = "thread"
    FORUM_POST = "forum post"
    DIRECT = "direct messages"
    ELSEWHERE = "user-installed elsewhere"  # a server without the bot


class Presser(enum.Enum):
    """Who makes a gesture."""

    REQUESTER = enum.auto()
    STRANGER = enum.auto()
    FORGER = enum.auto()


class Outcome(enum.Enum):
    """What comes of a gesture that is not refused."""

    CARD = "a card of the presser's own, through a form where the gesture opens one"
    PRIVATE_CARD = "the same, which the presser alone sees"
    FORM = "a form"
    LINK = "a fresh address, for the presser alone"
    DELETED = "a question, and after the yes no card"
    CANCELLED = "the job's end"
    NOTHING = "no answer, and the job goes on"
    IMPOSSIBLE = "the presser does not see what the gesture needs"


Expected = Outcome | Text


class Subject(enum.StrEnum):
    """What a gesture is made on; each is a prompt, by which its script is chosen."""

    FINISHED = "a picture of a heron"
    DELETABLE = "a picture of a heron that is to be taken away"
    FAILED = "a heron that fails"
    FAILED_AGAIN = "another heron that fails"
    RUNNING = "a heron that takes its time"
    PRIVATE_RUNNING = "a hidden heron that takes its time"
    NONE = "nothing"


@dataclasses.dataclass(frozen=True)
class Press:
    """A button, by its label; forged, by its action."""

    button: Text
    action: ButtonAction


@dataclasses.dataclass(frozen=True)
class React:
    """The cross under a card; forged, under a message that is none."""


@dataclasses.dataclass(frozen=True)
class Create:
    """The form of /create; forged, sent as one with that purpose for another user's job."""

    kind: str
    forged_purpose: str
    prompt: str = "a heron of one's own"


@dataclasses.dataclass(frozen=True)
class Menu:
    """A menu of a message; forged, on a reply to the card."""

    name: Text


Act = Press | React | Create | Menu
_NOT_DIRECT = {Place.DIRECT: {Presser.STRANGER: Outcome.IMPOSSIBLE}}
_WITH_REACTIONS = tuple(place for place in Place if place is not Place.ELSEWHERE)


@dataclasses.dataclass(frozen=True)
class Gesture:
    """A row of the table; *at* has what differs in a place."""

    act: Act
    subject: Subject
    requester: Expected
    stranger: Expected
    forger: Expected
    at: Mapping[Place, Mapping[Presser, Expected]] = dataclasses.field(
        default_factory=lambda: _NOT_DIRECT
    )
    places: tuple[Place, ...] = tuple(Place)

    def __str__(self) -> str:
        """Name the row."""
        match self.act:
            case Press(button, _):
                return f"{button.english} ({self.subject.name.lower()})"
            case Menu(name):
                return f"Apps > {name.english}"
            case Create(kind):
                return f"/create {kind}"
            case React():
                return "cross"

    def expected(self, presser: Presser, place: Place) -> Expected:
        """Return what comes of it there."""
        usual = {
            Presser.REQUESTER: self.requester,
            Presser.STRANGER: self.stranger,
            Presser.FORGER: self.forger,
        }
        return self.at.get(place, {}).get(presser, usual[presser])


_CARD, _PRIVATE, _FORM = Outcome.CARD, Outcome.PRIVATE_CARD, Outcome.FORM

GESTURES = (
    Gesture(
        Press(BUTTON_AGAIN, ButtonAction.AGAIN),
        Subject.FINISHED,
        requester=_CARD,
        stranger=NOT_YOURS_TO_REPEAT,
        forger=NOT_YOUR_JOB,
    ),
    Gesture(
        Press(BUTTON_EDIT, ButtonAction.EDIT),
        Subject.FINISHED,
        requester=_CARD,
        stranger=NOT_YOURS_TO_REPEAT,
        forger=NOT_YOUR_JOB,
    ),
    Gesture(
        Press(BUTTON_ANIMATE, ButtonAction.ANIMATE),
        Subject.FINISHED,
        requester=_PRIVATE,
        stranger=_FORM,
        forger=JOB_UNKNOWN,
    ),
    Gesture(
        Press(BUTTON_USE_PROMPT, ButtonAction.USE_PROMPT),
        Subject.FINISHED,
        requester=_CARD,
        stranger=_CARD,
        forger=JOB_UNKNOWN,
        # A card that others don't see has no such button.
        at={
            Place.DIRECT: {
                Presser.REQUESTER: Outcome.IMPOSSIBLE,
                Presser.STRANGER: Outcome.IMPOSSIBLE,
            }
        },
    ),
    Gesture(
        Press(BUTTON_DOWNLOAD, ButtonAction.DOWNLOAD),
        Subject.FINISHED,
        requester=Outcome.LINK,
        stranger=Outcome.LINK,
        forger=JOB_UNKNOWN,
    ),
    Gesture(
        Press(BUTTON_DELETE, ButtonAction.DELETE),
        Subject.DELETABLE,
        requester=Outcome.DELETED,
        stranger=NOT_YOURS_TO_DELETE,
        forger=NOT_YOURS_TO_DELETE,
        at={Place.DIRECT: {Presser.STRANGER: Outcome.IMPOSSIBLE, Presser.FORGER: JOB_UNKNOWN}},
    ),
    Gesture(
        Press(BUTTON_EDIT_AND_RETRY, ButtonAction.EDIT_AND_RETRY),
        Subject.FAILED,
        requester=_CARD,
        stranger=NOT_YOUR_JOB,
        forger=NOT_YOUR_JOB,
    ),
    Gesture(
        Press(BUTTON_TRY_AGAIN, ButtonAction.TRY_AGAIN),
        Subject.FAILED_AGAIN,
        requester=_CARD,
        stranger=NOT_YOUR_JOB,
        forger=NOT_YOUR_JOB,
    ),
    Gesture(
        React(),
        Subject.RUNNING,
        requester=Outcome.CANCELLED,
        stranger=Outcome.NOTHING,
        forger=Outcome.NOTHING,
        places=_WITH_REACTIONS,
    ),
    Gesture(
        Press(BUTTON_CANCEL, ButtonAction.CANCEL),
        Subject.RUNNING,
        requester=Outcome.CANCELLED,
        stranger=NOT_YOURS_TO_CANCEL,
        forger=JOB_UNKNOWN,
        places=(Place.ELSEWHERE,),
    ),
    Gesture(
        Press(BUTTON_CANCEL, ButtonAction.CANCEL),
        Subject.PRIVATE_RUNNING,
        requester=Outcome.CANCELLED,
        stranger=Outcome.IMPOSSIBLE,
        forger=JOB_UNKNOWN,
    ),
    Gesture(
        Create("video", forged_purpose="edit"),
        Subject.NONE,
        requester=_CARD,
        stranger=_FORM,
        forger=NOT_YOUR_JOB,
        at={},
    ),
    Gesture(
        Create("image", forged_purpose="use"),
        Subject.NONE,
        requester=_CARD,
        stranger=_CARD,
        forger=JOB_UNKNOWN,
        at={},
    ),
    Gesture(
        Create("speech", forged_purpose="retry"),
        Subject.NONE,
        requester=_CARD,
        stranger=_FORM,
        forger=NOT_YOUR_JOB,
        at={},
    ),
    Gesture(
        Create("dialogue", forged_purpose="draft", prompt="Rachel: a heron?\nAdam: A heron."),
        Subject.NONE,
        requester=_CARD,
        stranger=_FORM,
        forger=FORM_EXPIRED,
        at={},
    ),
    Gesture(
        Menu(MENU_ANIMATE),
        Subject.FINISHED,
        requester=_PRIVATE,
        stranger=_FORM,
        forger=NO_PICTURE_THERE,
    ),
    Gesture(
        Menu(MENU_EDIT_IMAGE),
        Subject.FINISHED,
        requester=_PRIVATE,
        stranger=_FORM,
        forger=NO_PICTURE_THERE,
    ),
    Gesture(
        Menu(MENU_REFERENCE),
        Subject.FINISHED,
        requester=_PRIVATE,
        stranger=_FORM,
        forger=NO_MEDIA_THERE,
    ),
    Gesture(
        Menu(MENU_MAKE_AGAIN),
        Subject.FINISHED,
        requester=_PRIVATE,
        stranger=_PRIVATE,
        forger=NOT_MADE_HERE,
    ),
)
