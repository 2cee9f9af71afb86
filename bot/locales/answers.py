"""Texts of the answers: the price question, why a request is not taken, messages about a job."""

from collections.abc import Mapping
from typing import Final

from db.records import JobState

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

# --- /forget ------------------------------------------------------------------------------

FORGET_DONE: Final = "I have forgotten your jobs and prompts."
FORGET_LATER: Final = (
    "I have forgotten what has ended. What is still running is deleted when it ends."
)
