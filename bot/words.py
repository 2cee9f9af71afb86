"""Every sentence that people read on Discord, in one place, ready for translation.

Whole sentences with named placeholders: nothing here is glued together from pieces. Placeholders
that carry what people wrote are made safe for Discord by `bot.discord.cards.markdown` before they go in; prices,
times and mentions arrive as text.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final

from db.records import JobKind, JobState, Reason


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

# --- Buttons ------------------------------------------------------------------------------------------

BUTTON_CANCEL: Final = "Cancel"
BUTTON_TRY_AGAIN: Final = "Try again"
BUTTON_TRY_AGAIN_ANYWAY: Final = "Try again anyway"
BUTTON_FRESH_LINK: Final = "Fresh link"
BUTTON_FRESH_LINK_OF: Final = "Fresh link {number}"
BUTTON_TRY_AGAIN_OF: Final = "Try again {number}"
BUTTON_NEWER: Final = "Newer"
BUTTON_OLDER: Final = "Older"
BUTTON_GENERATE: Final = "Generate"
BUTTON_NO_THANKS: Final = "No thanks"

# --- Before a job: the price question, and why a request is not taken ---------------------------------

CONFIRM_TITLE: Final = "Generate this for {price}?"
CONFIRM_TEXT: Final = "Nothing is sent or charged before you press Generate."
CONFIRM_DECLINED: Final = "Nothing was sent, and nothing was charged."
CONFIRM_ANSWERED: Final = "This has been answered already. The card shows how it goes."
CONFIRM_EXPIRED: Final = "This was declined, or is too old. Please use the command again."

TOO_MANY_RUNNING: Final = (
    "You already have as many jobs running as one person may have here ({limit}). Wait for one to "
    "end, or cancel one with /cancel."
)
BUDGET_SPENT: Final = (
    "Today's budget has {left} left, and this may cost more. A new one starts at midnight UTC."
)
USER_BUDGET_SPENT: Final = (
    "You have {left} left of what one person may spend here in a day, and this may cost more. Try "
    "a cheaper model, or come back after midnight UTC."
)
MODEL_UNKNOWN: Final = "There is no model called {model} here. /models lists those there are."
NOTHING_OFFERED: Final = (
    "ModelHunter does not offer any model that I know for this. Please tell the bot's operator."
)
OPTION_NOT_TAKEN: Final = "{model} does not take {option}. It takes: {options}."
OPTION_NONE_TAKEN: Final = "{model} does not take {option}. It takes a prompt and nothing else."
VALUE_NOT_TAKEN: Final = "{model} does not take {value} for {option}. It takes: {values}."
TEXT_NOT_TAKEN: Final = (
    "{model} takes 1 to {limit} characters for {option}, and this has {length}. Please shorten it."
)
OPTIONS_UNREADABLE: Final = (
    "I can't read {part} in options. Write name=value, and quotes around a value that has spaces, "
    'such as: seed=42 negative_prompt="dark, blurry".'
)
PROMPT_EMPTY: Final = "Please write a prompt: a few words for what you would like to see or hear."
PROMPT_TOO_LONG: Final = (
    "This prompt has {length} characters, and this model takes {limit} at most."
)
ADULT_SWITCHED_OFF: Final = (
    "{value} is for adults and is switched off here. Choose another {option}."
)
ADULT_NOT_HERE: Final = (
    "{value} is for adults and works only in age-restricted channels. Choose another {option}."
)
MISSING_PERMISSIONS: Final = (
    "I could not show a result here, so nothing was sent or charged. Please ask a moderator to "
    "give me: {permissions}."
)
SERVER_NOT_ALLOWED: Final = (
    "This bot is not switched on for this server. Its operator can allow it."
)
DIRECT_MESSAGES_NOT_ALLOWED: Final = (
    "I don't make anything in direct messages. Please use the command in a server where this bot "
    "is switched on."
)
DATABASE_BUSY: Final = "I am busy right now. Nothing was charged; please try again in a moment."
API_UNREACHABLE: Final = "ModelHunter can't be reached right now. Nothing was charged; please try again in a few minutes."
API_REFUSES_KEY: Final = (
    "ModelHunter does not accept this bot's key or balance, so nothing was charged. Only the bot's "
    "operator can repair that."
)
UNEXPECTED: Final = (
    "Something went wrong on my side, and I have written it down for the operator. Please look at "
    "/jobs before you try again."
)

# --- About a job: cancel, try again, fresh links --------------------------------------------------------

JOB_UNKNOWN: Final = "I don't remember this job any more. /jobs lists those that I do."
NOT_YOUR_JOB: Final = "Only the person who asked for this can do that."
NOT_YOURS_TO_CANCEL: Final = (
    "Only the person who asked for this, or a member with Manage Messages here, can cancel it."
)
CANCEL_TAKEN: Final = "I am cancelling it. The card shows when it has ended."
ALREADY_ENDED: Final = "This has already ended. Its card and /jobs say how."
FINISHED: Final = "ModelHunter has finished this already. The result is on its way to the card."
ALREADY_RETRIED: Final = "This has already been tried again once. Use the command for another one."
NOT_RETRYABLE: Final = (
    "This runs or has its result, so it can't be tried again. Use the command for another one."
)
CHOOSE_ONE: Final = "You have several running. Please use /cancel again and choose one as job."
NOTHING_TO_CANCEL: Final = "You have nothing running."
RESULT_GONE: Final = (
    "ModelHunter does not have this result any more. Use the command to have it made anew, which "
    "is charged again."
)
LINK_UNAVAILABLE: Final = "I can't get a link right now. Please press again in a few minutes."
LINK_NAMED: Final = "Result {number}"
LINKS_ANSWER: Final = "Here is a fresh link. It works until {until}, which is {left}."
LINKS_TOO_LONG: Final = (
    "{count} more can't be shown: together their addresses are too long for a message. The bot's "
    "operator finds them at ModelHunter."
)
# Only for the endings that are worth a ping.
PING: Final[Mapping[JobState, str]] = {
    JobState.DELIVERED: "{person}, your result is ready.",
    JobState.LINKED: "{person}, your result is ready. Press Fresh link on the card to get it.",
    JobState.FAILED: "{person}, your request failed. The card says why.",
    JobState.LOST: "{person}, your request was lost. The card says what to do.",
}
DM_RESULT: Final = "Here is the result you asked for privately."
DM_ENDED: Final = (
    "Your request has ended. I can't edit the message that you saw any more, so here is how it "
    "stands; /jobs has it too."
)
DM_RESULT_FROM_CHANNEL: Final = (
    "Here is the result you asked for. I could not show it where you asked."
)
REPLY_RESULT: Final = "{person}, here is your result. I could not put it into the message above."

# --- Lists --------------------------------------------------------------------------------------------

KINDS: Final[Mapping[JobKind, str]] = {
    JobKind.VIDEO: "Video",
    JobKind.IMAGE: "Image",
    JobKind.SPEECH: "Speech",
}
JOBS_TITLE: Final = "Your jobs"
JOBS_EMPTY: Final = "You have no jobs yet. Try /video, /image or /speech."
JOB_OPEN: Final = "open"
MODELS_TITLE: Final = "Models"
MODELS_TEXT: Final = "Prices are in US dollars. Options change them."
# Keys are the catalogue's units.
PRICES: Final[Mapping[str, str]] = {
    "second": "{price} a second",
    "request": "{price}",
    "video": "{price} a video",
    "image": "{price} an image",
    "1000 characters": "{price} for 1,000 characters",
}
MODELS_MORE: Final = "And {count} more."

# --- /forget ------------------------------------------------------------------------------

FORGET_DONE: Final = "I have forgotten your jobs and prompts."
FORGET_LATER: Final = (
    "I have forgotten what has ended. What is still running is deleted when it ends."
)

# --- Commands and their options: at most 100 characters each (Discord docs: Application Commands) ---------

COMMANDS: Final[Mapping[str, str]] = {
    "video": "Make a video from a prompt",
    "image": "Make an image from a prompt",
    "speech": "Turn text into speech",
    "jobs": "Show your latest jobs, and fetch results that wait for you",
    "cancel": "Cancel one of your running jobs",
    "models": "List the models, what they make and what they cost",
    "forget": "Delete everything this bot remembers about you",
}
OPTIONS: Final[Mapping[str, str]] = {
    "prompt": "What you would like to see or hear",
    "text": "The words to be spoken",
    "model": "Which model makes it; /models compares them",
    "duration": "How long it is, in seconds",
    "aspect_ratio": "Its shape, such as 16:9",
    "resolution": "How sharp it is, such as 720p",
    "size": "How large it is, such as 2K or 1024x1024",
    "voice": "Who speaks",
    "seed": "A number that makes the same request come out alike",
    "private": "Show it to you alone",
    "options": "More options of the model, such as: seed=42 style=anime",
    "job": "Which one",
}
