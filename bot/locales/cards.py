"""Texts of the card: where a job stands, why it ended, its fields."""

import dataclasses
from collections.abc import Mapping
from typing import Final

from db.records import JobState, Reason


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What a card says of a job: a word or two, then what happens next or what to do."""

    title: str
    text: str


# --- The card: where the job stands ---------------------------------------------------------------

STATES: Final[Mapping[JobState, Words]] = {
    JobState.ACCEPTED: Words("Accepted", "Your request is saved and is about to be sent."),
    JobState.SUBMITTING: Words("Sending", "Your request is on its way to ModelHunter."),
    JobState.FOLLOWING: Words("In progress", "ModelHunter is working on it."),
    JobState.DELIVERING: Words("Delivering", "It is finished. I am fetching the result."),
    JobState.UNCERTAIN: Words(
        "Not certain",
        "The connection broke while I was sending this, so I don't know whether ModelHunter took "
        "it. I keep looking for it for a day and go on if I find it. You can try again now, but "
        "then both requests may be charged.",
    ),
    JobState.DELIVERED: Words("Done", "Your result is attached to this message."),
    JobState.LINKED: Words(
        "Ready",
        "The result could not be uploaded here. Press Fresh link for an address that works for "
        "15 minutes; only you see it.",
    ),
    JobState.FAILED: Words(
        "Failed", "ModelHunter could not make this. Change the prompt or the options, or try again."
    ),
    JobState.REFUSED: Words("Not accepted", "This was not sent, and nothing was charged."),
    JobState.CANCELLED: Words("Cancelled", "This was cancelled at ModelHunter, not from here."),
    JobState.LOST: Words(
        "Lost", "ModelHunter does not know this request any more. It may have been charged."
    ),
}

# While the API has the job: keys are the API's own statuses.
STATUSES: Final[Mapping[str, Words]] = {
    "pending": Words("Waiting", "ModelHunter has taken the request."),
    "queued": Words("Queued", "The request waits for its turn at the model."),
    "running": Words("Generating", "The model is working on it."),
}

LATE: Final = Words("Still in progress", "This takes much longer than usual. I keep following it.")
LATE_ACCEPTED: Final = Words(
    "Waiting to be sent",
    "ModelHunter does not take requests right now. I keep trying for two hours, and nothing is "
    "charged before it takes this one.",
)
LATE_STATUSES: Final[Mapping[str, Words]] = {
    "pending": Words("Still waiting", LATE.text),
    "queued": Words("Still queued", LATE.text),
    "running": Words("Still generating", LATE.text),
}

# A cancel is wanted and not carried out yet.
CANCELLING: Final[Mapping[JobState, Words]] = {
    JobState.ACCEPTED: Words("Cancelling…", "This has not been sent yet and will not be."),
    JobState.SUBMITTING: Words(
        "Cancelling…", "The request is on its way and is cancelled as soon as ModelHunter answers."
    ),
    JobState.FOLLOWING: Words("Cancelling…", "I am asking ModelHunter to stop."),
    JobState.UNCERTAIN: Words(
        "Cancelling…",
        "I don't know whether ModelHunter took this request. If I find it there, I cancel it.",
    ),
}

CANCEL_REFUSED: Final = "ModelHunter can't cancel this any more, so it goes on to its end."
CANCEL_TOO_LATE: Final = "It had finished before it could be cancelled."

# --- The card: why a job ended ---------------------------------------------------------------------

REASONS: Final[Mapping[Reason, str]] = {
    Reason.API: "ModelHunter could not make this. Change the prompt or the options, or try again.",
    Reason.NEVER_SENT: "I was interrupted before this was sent, so nothing was charged. You can "
    "try again.",
    Reason.UNREACHABLE: "ModelHunter could not be reached, so this was not sent and nothing was "
    "charged. Try again in a few minutes.",
    Reason.OPERATOR: "ModelHunter does not accept this bot's key or balance, and nothing was "
    "charged. Please tell the bot's operator, then try again.",
    Reason.MODEL_GONE: "ModelHunter does not offer this model any more, and nothing was charged. "
    "Choose another one: /models lists them.",
    Reason.CARD_DELETED: "The message was deleted while this was running.",
    Reason.EXPIRED: "The result can't be fetched from ModelHunter any more. You can try again, "
    "which is charged again.",
    Reason.BAD_RESULT: "The result was no picture, video or sound that may be shown here. You can "
    "try again, which is charged again.",
    Reason.UNKNOWN_TASK: "ModelHunter has not known this request for a day. It may have been "
    "charged. You can try again, which is charged again.",
    Reason.NEVER_FOUND: "I looked for this request at ModelHunter for a day and did not find it. It "
    "may have been charged all the same. You can try again, which is charged again.",
}

# Where the state changes what a reason means.
ENDINGS: Final[Mapping[tuple[JobState, Reason], str]] = {
    (JobState.REFUSED, Reason.API): "ModelHunter did not accept this, and nothing was charged. "
    "Change what it names below and ask again.",
}

REFUSED_UNEXPLAINED: Final = (
    "ModelHunter did not accept this, and nothing was charged. It does not say why: change the "
    "prompt or the options and ask again."
)
CANCELLED_BY_REQUESTER: Final = "{person} cancelled this."
CANCELLED_BY_MODERATOR: Final = "A moderator, {person}, cancelled this."
FITTED: Final = (
    "I made it smaller so that it fits here. Fresh link gives you the original for 15 minutes."
)
LEFT_OUT: Final = (
    "I could not show {count} of {all} files here. Fresh link gives you the originals for 15 "
    "minutes."
)
LEFT_OUT_BAD: Final = "I left out {count} of {all} files, as not everything may be shown here."
SENT_BY_DM: Final = "The result was sent to you by direct message."
SENT_AS_REPLY: Final = "The result is in a new message, which replies to this one."

# --- The card: facts --------------------------------------------------------------------------------

FIELD_MODEL: Final = "Model"
FIELD_PRICE: Final = "Price"
FIELD_COST: Final = "Cost"
FIELD_REQUESTER: Final = "Requested by"
FIELD_ERROR: Final = "ModelHunter says"
NOTHING_CHARGED: Final = "nothing"
COST_NOT_REPORTED: Final = "not reported"
PRICE_UNKNOWN: Final = "unknown"
PRICE_RANGE: Final = "{low}–{high}"  # noqa: RUF001, a range takes an en dash
OPTION_SECONDS: Final = "{value}s"
OPTION_NAMED: Final = "{name} {value}"
OPTION_ON: Final = "{name} on"
OPTION_OFF: Final = "{name} off"
SENT: Final = "Sent {sent}."
SENT_WITH_ESTIMATE: Final = "Sent {sent}, usually done {done}."
TOOK: Final = "It took {duration}."
SECONDS: Final = "{seconds} s"
MINUTES: Final = "{minutes} min {seconds} s"
HOURS: Final = "{hours} h {minutes} min"
REACT_TO_CANCEL: Final = "React ❌ to cancel."
BRIEF_NOTE: Final = (
    "Discord lets me edit this for 15 minutes; later your result comes by direct message, or "
    "waits in /jobs."
)
ALT_TEXT: Final = "Made by {model} for the prompt: {prompt}"
