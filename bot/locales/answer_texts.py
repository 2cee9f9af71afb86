"""Texts of the answers: the price question, why a request is not taken, messages about a job."""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import CountedText, Text
from db.records import JobState

# --- Before a job: the price question, and why a request is not taken ---------------------------------

CONFIRM_TITLE: Final = Text("Generate this for {price}?")
CONFIRM_TEXT: Final = Text("Nothing is sent or charged before you press Generate.")
CONFIRM_DECLINED: Final = Text("Nothing was sent, and nothing was charged.")
CONFIRM_ANSWERED: Final = Text("This has been answered already. The card shows how it goes.")
CONFIRM_EXPIRED: Final = Text("This was declined, or is too old. Please use the command again.")

TOO_MANY_RUNNING: Final = CountedText(
    "You already have as many jobs running as one person may have here ({limit}). Wait for one to "
    "end, or cancel one with /cancel.",
    "limit",
)
BUDGET_SPENT: Final = Text(
    "Today's budget has {left} left, and this may cost more. A new one starts at midnight UTC."
)
USER_BUDGET_SPENT: Final = Text(
    "You have {left} left of what one person may spend here in a day, and this may cost more. Try "
    "a cheaper model, or come back after midnight UTC."
)
MODEL_UNKNOWN: Final = Text("There is no model called {model} here. /models lists those there are.")
NOTHING_OFFERED: Final = Text(
    "ModelHunter does not offer any model that I know for this. Please tell the bot's operator."
)
OPTION_NOT_TAKEN: Final = Text("{model} does not take {option}. It takes: {options}.")
OPTION_NONE_TAKEN: Final = Text(
    "{model} does not take {option}. It takes a prompt and nothing else."
)
VALUE_NOT_TAKEN: Final = Text("{model} does not take {value} for {option}. It takes: {values}.")
TEXT_NOT_TAKEN: Final = CountedText(
    "{model} takes 1 to {limit} characters for {option}, and this has {length}. Please shorten it.",
    "limit",
)
OPTIONS_UNREADABLE: Final = Text(
    "I can't read {part} in options. Write name=value, and quotes around a value that has spaces, "
    'such as: seed=42 negative_prompt="dark, blurry".'
)
PROMPT_EMPTY: Final = Text(
    "Please write a prompt: a few words for what you would like to see or hear."
)
PROMPT_TOO_LONG: Final = CountedText(
    "This prompt has {length} characters, and this model takes {limit} at most.", "length"
)
ADULT_SWITCHED_OFF: Final = Text(
    "{value} is for adults and is switched off here. Choose another {option}."
)
ADULT_NOT_HERE: Final = Text(
    "{value} is for adults and works only in age-restricted channels. Choose another {option}."
)
MISSING_PERMISSIONS: Final = Text(
    "I could not show a result here, so nothing was sent or charged. Please ask a moderator to "
    "give me: {permissions}."
)
# What Discord's own pages call them.
PERMISSION_NAMES: Final[Mapping[str, Text]] = {
    "view_channel": Text("View Channel"),
    "send_messages": Text("Send Messages"),
    "send_messages_in_threads": Text("Send Messages in Threads"),
    "embed_links": Text("Embed Links"),
    "attach_files": Text("Attach Files"),
    "read_message_history": Text("Read Message History"),
    "add_reactions": Text("Add Reactions"),
}
SERVER_NOT_ALLOWED: Final = Text(
    "This bot is not switched on for this server. Its operator can allow it."
)
DIRECT_MESSAGES_NOT_ALLOWED: Final = Text(
    "I don't make anything in direct messages. Please use the command in a server where this bot "
    "is switched on."
)
NOT_A_MEMBER: Final = Text(
    "You are in no server where this bot is switched on any more, so nothing was sent or charged."
)
DISCORD_BUSY: Final = Text(
    "Discord is slow right now. Nothing was sent or charged; please try again in a moment."
)
DATABASE_BUSY: Final = Text(
    "I am busy right now. Nothing was charged; please try again in a moment."
)
API_UNREACHABLE: Final = Text(
    "ModelHunter can't be reached right now. Nothing was charged; please try again in a few minutes."
)
API_REFUSES_KEY: Final = Text(
    "ModelHunter does not accept this bot's key or balance, so nothing was charged. Only the bot's "
    "operator can repair that."
)
UNEXPECTED: Final = Text(
    "Something went wrong on my side, and I have written it down for the operator. Please look at "
    "/jobs before you try again."
)

# --- About a job: cancel, try again, fresh links --------------------------------------------------------

JOB_UNKNOWN: Final = Text("I don't remember this job any more. /jobs lists those that I do.")
NOT_YOUR_JOB: Final = Text("Only the person who asked for this can do that.")
NOT_YOURS_TO_CANCEL: Final = Text(
    "Only the person who asked for this, or a member with Manage Messages here, can cancel it."
)
CANCEL_TAKEN: Final = Text("I am cancelling it. The card shows when it has ended.")
ALREADY_ENDED: Final = Text("This has already ended. Its card and /jobs say how.")
FINISHED: Final = Text(
    "ModelHunter has finished this already. The result is on its way to the card."
)
ALREADY_RETRIED: Final = Text(
    "This has already been tried again once. Use the command for another one."
)
NOT_RETRYABLE: Final = Text(
    "This runs or has its result, so it can't be tried again. Use the command for another one."
)
CHOOSE_ONE: Final = Text(
    "You have several running. Please use /cancel again and choose one as job."
)
NOTHING_TO_CANCEL: Final = Text("You have nothing running.")
RESULT_GONE: Final = Text(
    "ModelHunter does not have this result any more. Use the command to have it made anew, which "
    "is charged again."
)
LINK_UNAVAILABLE: Final = Text("I can't get a link right now. Please press again in a few minutes.")
LINK_NAMED: Final = Text("Result {number}")
LINKS_ANSWER: Final = Text("Here is a fresh link. It works until {until}, which is {left}.")
LINKS_TOO_LONG: Final = CountedText(
    "{count} more can't be shown: together their addresses are too long for a message. The bot's "
    "operator finds them at ModelHunter.",
    "count",
)
# Only the endings that are worth mentioning the requester.
PING: Final[Mapping[JobState, Text]] = {
    JobState.DELIVERED: Text("{person}, your result is ready."),
    JobState.LINKED: Text(
        "{person}, your result is ready. Press Fresh link on the card to get it."
    ),
    JobState.FAILED: Text("{person}, your request failed. The card says why."),
    JobState.LOST: Text("{person}, your request was lost. The card says what to do."),
}
DM_RESULT: Final = Text("Here is the result you asked for privately.")
DM_ENDED: Final = Text(
    "Your request has ended. I can't edit the message that you saw any more, so here is how it "
    "stands; /jobs has it too."
)
DM_RESULT_FROM_CHANNEL: Final = Text(
    "Here is the result you asked for. I could not show it where you asked."
)
REPLY_RESULT: Final = Text(
    "{person}, here is your result. I could not put it into the message above."
)

# --- /forget ------------------------------------------------------------------------------

FORGET_DONE: Final = Text("I have forgotten your jobs and prompts.")
FORGET_LATER: Final = Text(
    "I have forgotten what has ended. What is still running is deleted when it ends."
)
