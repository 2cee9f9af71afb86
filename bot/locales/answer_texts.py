"""Texts of the answers: the price question, why a request is not taken, messages about a job."""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import CountedText, Text
from db.records import JobState

# --- Before a job: the price question, and why a request is not taken ---------------------------------

PRICE_QUESTION_TITLE: Final = Text("Generate this for {price}?")
PRICE_QUESTION_USUAL: Final = Text("This usually costs {usual}, at most {most}. Generate it?")
PRICE_QUESTION_TEXT: Final = Text("Nothing is sent or charged before you press Generate.")
PRICE_QUESTION_DECLINED: Final = Text("Nothing was sent, and nothing was charged.")
PRICE_QUESTION_ANSWERED: Final = Text("This has been answered already. The card shows how it goes.")
PRICE_QUESTION_EXPIRED: Final = Text(
    "This was declined, or is too old. Please use the command again."
)

TOO_MANY_RUNNING: Final = CountedText(
    "You already have **{limit}** running, the limit here. Wait for one or {/cancel} it.", "limit"
)
BUDGET_SPENT: Final = Text(
    "The bot has **{left}** left for today, and this may cost **{price}**. Try a cheaper model; it "
    "resets {reset}."
)
USER_BUDGET_SPENT: Final = Text(
    "You have **{left}** left for today, and this may cost **{price}**. Try a cheaper model; it "
    "resets {reset}."
)
MODEL_UNKNOWN: Final = Text("I don't know a model **{model}**. {/models} lists them all.")
MODEL_MEANT: Final = Text("I don't know a model **{model}**. Did you mean {models}?")
MODEL_OFFERED: Final = Text("**{model}** ({price})")
MODELS_EITHER: Final = Text("{some} or {last}")
MODEL_OF_ANOTHER_KIND: Final = Text("**{model}** is for {command}, not for this.")
NOTHING_OFFERED: Final = Text(
    "ModelHunter offers no model for this right now. The bot's owner can find out why."
)
OPTION_NOT_TAKEN: Final = Text("**{model}** has no option {option}. It has: {options}.")
OPTION_NONE_TAKEN: Final = Text("**{model}** has no option {option}. It takes a prompt alone.")
VALUE_NOT_TAKEN: Final = Text("**{model}** takes {values} as {option}; {value} isn't one of those.")
DURATION_NOT_TAKEN: Final = Text("**{model}** makes {values} s; {value} isn't one of those.")
TEXT_NOT_TAKEN: Final = CountedText(
    "**{model}** takes up to **{limit}** characters as {option}; this has **{length}**.", "limit"
)
OPTIONS_UNREADABLE: Final = Text(
    "I can't read {part} in `options`. Write `name=value`, with quotes around several words: "
    '`seed=42 negative_prompt="dark, blurry"`.'
)
PROMPT_EMPTY: Final = Text("Say in a few words what you'd like to see or hear.")
PROMPT_TOO_LONG: Final = CountedText(
    "**{model}** takes up to **{limit}** characters; your prompt has **{length}**.", "limit"
)
PROMPT_TAKEN_BY: Final = Text("These take it: {models}.")
PROMPT_TAKEN_BY_NONE: Final = Text("No model takes that many, so please shorten it.")
FORM_EXPIRED: Final = Text("This form is too old. Please open it again.")
PROMPT_TOO_LONG_FOR_FORM: Final = Text(
    "This prompt is longer than a form can hold. Please use it with a command."
)
OPTIONS_TOO_LONG_FOR_FORM: Final = Text(
    "These options are longer than a form can hold. Please use them with a command."
)
PROMPT_BACK: Final = Text("Your prompt, to copy:")
PROMPT_BACK_AS_FILE: Final = Text("Your prompt is in the file.")
OPTIONS_BACK_AS_FILE: Final = Text("Your options are in the file.")
ADULT_SWITCHED_OFF: Final = Text(
    "`{value}` is for adults and switched off here. Choose another {option}."
)
ADULT_NOT_HERE: Final = Text(
    "`{value}` is for adults, so it works only in age-restricted channels. Choose another {option}."
)
MISSING_PERMISSIONS: Final = Text(
    "I couldn't show a result here, so nothing was sent or charged. A moderator can give me: "
    "**{permissions}**."
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
    "This bot isn't switched on for this server. The bot's owner can do that."
)
DIRECT_MESSAGES_NOT_ALLOWED: Final = Text(
    "I don't make anything in direct messages. Use the command in a server where this bot is on."
)
NOT_A_MEMBER: Final = Text(
    "You're in no server where this bot is on, so nothing was sent or charged."
)
DISCORD_BUSY: Final = Text("Discord is slow. Nothing was sent or charged; try again in a moment.")
NOTHING_CAME_OF_IT: Final = Text("Nothing came of this, and nothing was charged.")
DATABASE_BUSY: Final = Text("I'm busy. Nothing was charged; try again in a moment.")
API_UNREACHABLE: Final = Text(
    "I can't reach ModelHunter. Nothing was charged; try again in a few minutes."
)
API_REFUSES_KEY: Final = Text(
    "ModelHunter doesn't take this bot's key, so nothing was charged. Only the bot's owner can mend "
    "that."
)
BALANCE_TOO_LOW: Final = Text(
    "The bot's balance at ModelHunter is too low for this, which may cost {price}. Nothing was "
    "charged; try a cheaper model, or ask the bot's owner to top it up."
)
MODEL_NOT_ALLOWED: Final = Text(
    "ModelHunter doesn't let this bot use **{model}** right now, so nothing was charged. Try another "
    "model."
)
MODEL_AWAY: Final = Text(
    "ModelHunter doesn't answer for **{model}** right now. Nothing was charged; try another model, or "
    "this one in a few minutes."
)
# Translators: {id} is what the bot's owner looks for in the log.
UNEXPECTED: Final = Text(
    "Something went wrong on my side. Look at {/jobs} before you try again. The bot's owner finds "
    "it in the log as `{id}`."
)

# --- About a job: cancel, try again, download --------------------------------------------------------

JOB_UNKNOWN: Final = Text(
    "I no longer have this one (too old, or deleted with {/forget}). {/jobs} lists what I have."
)
NOT_YOUR_JOB: Final = Text("Only the person who asked for this can do that.")
NOT_YOURS_TO_REPEAT: Final = Text(
    "Only the person who asked for this can do that. Press **Use this prompt** to make one of your "
    "own."
)
NOT_YOURS_TO_CANCEL: Final = Text(
    "Only the person who asked for this, or someone with **Manage Messages** here, can cancel it."
)
CANCEL_TAKEN: Final = Text("Cancelling. The card shows how it ends.")
CANCEL_TAKEN_OF: Final = CountedText(
    "Cancelling **{count}**. Their cards show how they end.", "count"
)
CANCEL_TOO_LATE_FOR: Final = CountedText("**{count}** had ended before.", "count")
CANCEL_WHICH: Final = CountedText("**{count}** running. Which one do you want to cancel?", "count")
CANCEL_MORE: Final = CountedText("The newest are listed; **{count}** more are older.", "count")
CANCEL_OPTION: Final = Text("{model} · {status}")
CANCEL_OF_ANOTHER: Final = Text("{model} · {status} · someone else's")
CANCEL_PLACEHOLDER: Final = Text("Choose what to cancel")
ALREADY_ENDED: Final = Text("This has ended already. Its card and {/jobs} say how.")
FINISHED: Final = Text("ModelHunter has finished this. The result is on its way to the card.")
ALREADY_RETRIED: Final = Text(
    "This was tried again already: {address}. Use the command for another one."
)
ALREADY_RETRIED_SOMEWHERE: Final = Text(
    "This was tried again already; {/jobs} has it. Use the command for another one."
)
NOT_RETRYABLE: Final = Text(
    "This is running or has its result, so there's nothing to try again. Use the command for "
    "another one."
)
NOT_REPEATABLE: Final = Text(
    "This has no result yet, so there's nothing to make again. Use the command for another one."
)
NOTHING_TO_CANCEL: Final = Text("You have nothing running.")
RESULT_GONE: Final = Text(
    "ModelHunter no longer has this result. Use the command to have it made again, which costs "
    "again."
)
LINK_UNAVAILABLE: Final = Text("I can't get the file right now. Press again in a few minutes.")
LINK_NAMED: Final = Text("Result {number}")
LINKS_ANSWER: Final = Text("Your download works until {until}, {left}.")
LINKS_TOO_LONG: Final = CountedText(
    "{count} more can't be shown: their links are too long for one message. The bot's owner finds "
    "them at ModelHunter.",
    "count",
)
# Only the endings that are worth mentioning the requester.
PING: Final[Mapping[JobState, Text]] = {
    JobState.DELIVERED: Text("{person}, your result is ready."),
    JobState.LINKED: Text("{person}, your result is ready. Press **Download** on the card."),
    JobState.FAILED: Text("{person}, your request failed. The card says why."),
    JobState.LOST: Text("{person}, your request was lost. The card says what to do."),
}
DM_RESULT: Final = Text("Here is the result you asked for privately.")
DM_ENDED: Final = Text(
    "Your request has ended. Discord no longer lets me edit the message you saw, so here is how it "
    "ended; {/jobs} has it too."
)
DM_RESULT_FROM_CHANNEL: Final = Text(
    "Here is the result you asked for. I couldn't show it where you asked."
)
REPLY_RESULT: Final = Text(
    "{person}, here is your result. I couldn't put it into the message above."
)

# --- Deleting a card -------------------------------------------------------------------------

DELETE_QUESTION: Final = Text("Delete this card for everyone? You can still find it in {/jobs}.")
DELETE_QUESTION_OF_ANOTHER: Final = Text(
    "Delete this card for everyone? {person} can still find it in {/jobs}."
)
DELETE_DONE: Final = Text("Deleted. {/jobs} still has it.")
DELETE_DONE_OF_ANOTHER: Final = Text("Deleted. {person} can still find it in {/jobs}.")
DELETE_KEPT: Final = Text("Nothing was deleted.")
DELETE_REFUSED: Final = Text(
    "Discord doesn't let me delete it here, perhaps because the thread is archived. Someone with "
    "**Manage Messages** can."
)
NOT_YOURS_TO_DELETE: Final = Text(
    "Only the person who asked for this, or someone with **Manage Messages** here, can delete it."
)
STILL_RUNNING: Final = Text("This is still running. Cancel it first.")

# --- /forget ------------------------------------------------------------------------------

FORGET_TITLE: Final = Text("Delete your jobs and prompts?")
FORGET_ONE: Final = Text("**1** job goes for good, with its prompt and its link in {/jobs}.")
FORGET_MANY: Final = CountedText(
    "**{count}** jobs go for good, with their prompts and their links in {/jobs}.", "count"
)
FORGET_RUNNING: Final = CountedText("Still running: **{count}**. Each goes when it ends.", "count")
FORGET_STAYS: Final = Text(
    "Messages on Discord stay, and so does what ModelHunter keeps; costs stay in sums without your "
    "name. This can't be undone."
)
FORGET_DONE: Final = Text("Done. I keep no job and no prompt of yours.")
FORGET_LATER: Final = CountedText(
    "Done. What still runs (**{count}**) is deleted the moment it ends.", "count"
)
FORGET_NOTHING: Final = Text("I keep no job and no prompt of yours.")
FORGET_KEPT: Final = Text("Nothing was deleted.")
