"""Errors of this package, cut by what the caller can do about them.

JobsError
├── RequestDenied         the service says no; nothing was changed or charged
│   ├── UnknownModel        the requester names another one
│   ├── NothingOffered      the API has withdrawn every model that makes this
│   ├── NothingTakesFiles   no model takes just the files that were handed in
│   ├── OperatorNeeded      the API does not accept the key
│   ├── BalanceTooLow       the balance does not cover this price: a cheaper model may do
│   ├── ModelNotAllowed     the key may not use this model: another one may do
│   ├── ApiAway             the API can't be reached; nothing was written
│   ├── ModelAway           the API's answers for this model can't be read; others may do
│   ├── DatabaseBusy        nothing was written in time; nothing was charged
│   ├── UnknownJob          there is no such job, or not any more
│   ├── UnknownDraft        there is no such price question, or not any more
│   ├── FormExpired         what the form was opened with is not stored any more: open it again
│   ├── NotYours            only the requester may
│   ├── AlreadyEnded        too late to cancel
│   ├── NotCancellable      the API will not cancel it
│   ├── NotRetryable        it runs, or made its result
│   ├── NotRepeatable        it has no result, of which another could be made
│   ├── NoResult            there is nothing to link to, now or ever
│   ├── AdultSwitchedOff    modes for adults are off; the requester chooses another
│   └── InputDenied         a file that was handed in can't be used
│       ├── InputWrongMedium    it is no picture, video or sound, whichever is taken
│       ├── InputTooManyPixels  it would take too much memory to be opened
│       ├── InputMadeForAnother  it was made to fit the limits of another model
│       ├── InputOfParts        it is a picture in parts, as phones store them
│       ├── InputUnreadable     it is broken, or of a kind of which nothing is known
│       ├── InputUnreachable    it could not be fetched now
│       ├── InputGone           it is not there any more: attach it again
│       └── InputsBusy          too many others are fetched: try again
├── CardError             Discord does not show the card as it should be
│   ├── CardDeleted         the card does not exist any more: never send another in its place
│   ├── CardOutOfReach      the card may exist and can't be edited: use another way
│   ├── CardNeverSent       there is no card
│   │   └── CardNotOurs       another bot with the same token has answered
│   ├── CardAwaited         the answer was deferred, and waits for the card
│   ├── CardBusy            try the same again, after `retry_after` if Discord named a time
│   │   └── CardRefused       the same: a refusal that does not say that it is for good
│   └── FileTooBig          try with smaller files
├── NotAgreed             the yes was to a lower price, or to another request: ask again
├── NotOwned              another process has the job, or it was deleted: leave it alone
├── StaleJob              the job changed in the meantime, nothing was written: read it again
├── LookGivenUp           something comes first, and nothing was changed: take the next step
└── RetryLater            a step could not be done now (`worker/retry_later.py`)

The sentences that users read are elsewhere (`bot/discord/interactions/error_texts.py`).
"""

from decimal import Decimal

from bot.catalogue import AdultOption, PricedModel, Slot
from db.records import Job


class JobsError(Exception):
    """Root: what was asked of a job could not be done."""


class RequestDenied(JobsError):
    """The service does not do what was asked; nothing was changed or charged."""


class UnknownModel(RequestDenied):
    """No model of that name makes this.

    `similar` are those that may have been meant, and `elsewhere` is one that makes something else.
    """

    def __init__(
        self,
        name: str,
        similar: tuple[PricedModel, ...] = (),
        elsewhere: PricedModel | None = None,
    ) -> None:
        super().__init__("unknown model")
        self.name = name
        self.similar = similar
        self.elsewhere = elsewhere


class NothingOffered(RequestDenied):
    """No model that makes this is left."""


class NothingTakesFiles(RequestDenied):
    """No model of the kind takes files in just these `slots`."""

    def __init__(self, slots: tuple[Slot, ...]) -> None:
        super().__init__(f"no model takes {', '.join(slots)}")
        self.slots = slots


class OperatorNeeded(RequestDenied):
    """The API does not accept the key."""


class BalanceTooLow(RequestDenied):
    """The API's balance does not cover what this may cost, in US dollars."""

    def __init__(self, price: Decimal) -> None:
        super().__init__(f"the balance does not cover {price}")
        self.price = price


class ApiAway(RequestDenied):
    """The API can't be reached, or its answers can't be read, so that a job would only wait."""


class ModelAway(RequestDenied):
    """What became of the last requests for this model is unknown."""

    def __init__(self, model_label: str) -> None:
        super().__init__(f"no readable answers for {model_label}")
        self.model_label = model_label


class ModelNotAllowed(RequestDenied):
    """The API does not let the key use this model."""

    def __init__(self, model_label: str) -> None:
        super().__init__(f"the key may not use {model_label}")
        self.model_label = model_label


class DatabaseBusy(RequestDenied):
    """The row could not be written in time; nothing was charged."""


class UnknownJob(RequestDenied):
    """There is no such job, or not any more."""


class UnknownDraft(RequestDenied):
    """There is no such question about a price, or not any more."""


class FormExpired(RequestDenied):
    """What a form was opened with is not stored any more."""


class NotYours(RequestDenied):
    """Only the requester may do this."""


class AlreadyEnded(RequestDenied):
    """The job has ended, so it can't be cancelled."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"job {job.id} is {job.state}")
        self.job = job


class NotCancellable(RequestDenied):
    """The API was asked to cancel it and will not."""


class NotRetryable(RequestDenied):
    """The job runs, or made its result."""


class NotRepeatable(RequestDenied):
    """The job has no result, of which another could be made."""


class NoResult(RequestDenied):
    """There is nothing to link to.

    `for_good` says that another try won't help.
    """

    def __init__(self, *, for_good: bool) -> None:
        super().__init__("no result")
        self.for_good = for_good


class AdultSwitchedOff(RequestDenied):
    """The operator has switched modes for adults off."""

    def __init__(self, refused: AdultOption) -> None:
        super().__init__(str(refused))
        self.option = refused.option
        self.value = refused.value


class InputDenied(RequestDenied):
    """A file that was handed in can't be used; *slot* is where."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(f"the file in {slot} can't be used")
        self.slot = slot


class InputWrongMedium(InputDenied):
    """The file is not of the kind that the slot takes."""

    def __init__(self, slot: Slot, model_label: str) -> None:
        super().__init__(slot)
        self.model_label = model_label


class InputTooManyPixels(InputDenied):
    """The picture has more pixels than are decoded: *most* in all, *longest* a side."""

    def __init__(self, slot: Slot, *, width: int, height: int, most: int, longest: int) -> None:
        super().__init__(slot)
        self.width = width
        self.height = height
        self.most = most
        self.longest = longest


class InputMadeForAnother(InputDenied):
    """The picture is at the API as it was made to fit another model, which `model_label` is not."""

    def __init__(self, slot: Slot, model_label: str) -> None:
        super().__init__(slot)
        self.model_label = model_label


class InputOfParts(InputDenied):
    """The picture is stored in parts, which are not put together; `media_type` names its kind."""

    def __init__(self, slot: Slot, media_type: str) -> None:
        super().__init__(slot)
        self.media_type = media_type


class InputUnreadable(InputDenied):
    """The file is broken, or of a kind of which nothing is known."""


class InputUnreachable(InputDenied):
    """The file could not be fetched now."""


class InputGone(InputDenied):
    """The file is not there any more, as its address has expired or it was deleted."""


class InputsBusy(InputDenied):
    """The files of too many other requests are fetched at this moment; nothing was changed."""


class CardError(JobsError):
    """The card could not be shown."""


class CardDeleted(CardError):
    """The card was deleted, or its channel was."""


class CardOutOfReach(CardError):
    """The card may exist, but can't be edited: the token has expired, a permission is missing."""


class CardNeverSent(CardError):
    """The interaction was provably never answered, so that there is no card."""


class CardNotOurs(CardNeverSent):
    """Another bot with the same token has answered the interaction, so that there is no card."""


class CardAwaited(CardError):
    """The answer was deferred and not completed: the message `message_id` waits for the card."""

    def __init__(self, message_id: int) -> None:
        super().__init__("the answer was deferred")
        self.message_id = message_id


class CardBusy(CardError):
    """Discord did not accept the edit now; it is worth another try after *retry_after* seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CardRefused(CardBusy):
    """Discord refused for no reason that is known to be for good, which may be an accident."""


class FileTooBig(CardError):
    """Discord refused a file for its size."""


class NotAgreed(JobsError):
    """The requester has agreed to a lower price, or to another request, than it would be now."""


class NotOwned(JobsError):
    """The job belongs to another process, or was deleted: leave it alone."""


class StaleJob(JobsError):
    """The job changed while it was worked on, and nothing was written: read it again."""


class LookGivenUp(JobsError):
    """What was waited for changes nothing, and something else comes first: take the next step."""
