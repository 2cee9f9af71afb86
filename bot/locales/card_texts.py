"""Texts of the card: the status of a job, the reason of its ending, its fields."""

import dataclasses
from collections.abc import Mapping
from typing import Final

from bot.locales.translate import CountedText, Text
from db.records import FetchProblem, JobState, Reason


@dataclasses.dataclass(frozen=True, slots=True)
class CardText:
    """What a card says of a job: a word or two, then what happens next or what to do."""

    title: Text
    text: Text


# --- The status of a running job or an ending ---------------------------------------------------------------

STATES: Final[Mapping[JobState, CardText]] = {
    JobState.ACCEPTED: CardText(Text("Accepted"), Text("Saved, and about to be sent.")),
    JobState.SUBMITTING: CardText(Text("Sending"), Text("On its way to ModelHunter.")),
    JobState.FOLLOWING: CardText(Text("In progress"), Text("ModelHunter is working on it.")),
    JobState.DELIVERING: CardText(
        Text("Delivering"), Text("It's finished. I'm fetching the result.")
    ),
    JobState.UNCERTAIN: CardText(
        Text("Not certain"),
        Text(
            "The connection broke while I was sending this, so I don't know if ModelHunter has it. I "
            "look for it for a day and go on if I find it. If you try again now, you may pay for both."
        ),
    ),
    JobState.DELIVERED: CardText(Text("Done"), Text("Your result is attached to this message.")),
    JobState.LINKED: CardText(
        Text("Ready"),
        Text(
            "I couldn't upload the result here. **Download** gives you a link that works for 15 "
            "minutes; only you see it."
        ),
    ),
    JobState.FAILED: CardText(
        Text("Failed"),
        Text("ModelHunter couldn't make this. Change the prompt or the options, or try again."),
    ),
    JobState.REFUSED: CardText(
        Text("Not accepted"), Text("This wasn't sent, and nothing was charged.")
    ),
    JobState.CANCELLED: CardText(
        Text("Cancelled"), Text("This was cancelled at ModelHunter, not from here.")
    ),
    JobState.LOST: CardText(
        Text("Lost"),
        Text("ModelHunter no longer knows this request. It may have been charged."),
    ),
}

# While the API has the job: keys are the API's own statuses.
STATUSES: Final[Mapping[str, CardText]] = {
    "pending": CardText(Text("Waiting"), Text("In line at ModelHunter.")),
    "queued": CardText(Text("Queued"), Text("Waiting for a free slot.")),
    "running": CardText(Text("Generating"), Text("The model is working on it.")),
    "unknown": CardText(
        Text("In progress"), Text("ModelHunter has it, in a state that I don't know.")
    ),
}

# The result can't be fetched for a minute or longer.
FETCHING_TITLE: Final = Text("Still fetching")
NOT_SENT_TITLE: Final = Text("Still delivering")
FETCH_PROBLEMS: Final[Mapping[FetchProblem, Text]] = {
    FetchProblem.UNREACHABLE: Text("It is finished, but its server doesn't hand me the result."),
    FetchProblem.REFUSED: Text("It is finished, but its server doesn't let me open the result."),
    FetchProblem.BREAKS_OFF: Text(
        "It is finished, but the result breaks off each time I fetch it."
    ),
    FetchProblem.UNREADABLE: Text(
        "It is finished, but the result comes packed in a way I can't unpack."
    ),
    FetchProblem.NO_MEDIUM: Text(
        "It is finished, but what I get as the result is no picture, video or sound."
    ),
    FetchProblem.CLOSED_ADDRESS: Text(
        "It is finished, but the result's address leads to a place that I may not open."
    ),
    FetchProblem.NOT_SENT: Text(
        "It is finished, but I can't get the result onto this card right now."
    ),
    FetchProblem.NO_ADDRESS: Text(
        "It is finished, but ModelHunter doesn't give me the result right now."
    ),
}
# Translators: {until} is a time of day.
FETCH_UNTIL: Final = Text("I keep trying until {until}.")
FETCH_LINK: Final = Text("Press **Download** to try it yourself; only you see the link.")

LATE: Final = CardText(
    Text("Still in progress"), Text("This takes much longer than usual. I keep following it.")
)
UPLOADING: Final = CardText(
    Text("Uploading"), Text("I'm handing your files to ModelHunter. Nothing was sent yet.")
)
LATE_ACCEPTED: Final = CardText(
    Text("Waiting to be sent"),
    Text(
        "ModelHunter takes no requests right now. I keep trying for two hours; nothing is charged "
        "until it takes this one."
    ),
)
LATE_STATUSES: Final[Mapping[str, CardText]] = {
    "pending": CardText(Text("Still waiting"), LATE.text),
    "queued": CardText(Text("Still queued"), LATE.text),
    "running": CardText(Text("Still generating"), LATE.text),
    "unknown": CardText(
        Text("Not understood"),
        Text(
            "ModelHunter gives no answer about this that I understand. I ask less and less often, "
            "and give up after a day. It may be charged."
        ),
    ),
}

# A cancel was requested and is not carried out yet.
CANCELLING: Final[Mapping[JobState, CardText]] = {
    JobState.ACCEPTED: CardText(Text("Cancelling…"), Text("It wasn't sent yet, and won't be.")),
    JobState.SUBMITTING: CardText(
        Text("Cancelling…"),
        Text("It's on its way, and is cancelled as soon as ModelHunter answers."),
    ),
    JobState.FOLLOWING: CardText(Text("Cancelling…"), Text("I'm asking ModelHunter to stop.")),
    JobState.UNCERTAIN: CardText(
        Text("Cancelling…"),
        Text("I don't know if ModelHunter has this request. If I find it there, I cancel it."),
    ),
}

CANCEL_REFUSED: Final = Text("ModelHunter can no longer cancel this, so it goes on to its end.")
CANCEL_TOO_LATE: Final = Text("It had finished before it could be cancelled.")

# --- The reason of an ending ---------------------------------------------------------------------

REASONS: Final[Mapping[Reason, Text]] = {
    Reason.API: Text(
        "ModelHunter couldn't make this. Change the prompt or the options, or try again."
    ),
    Reason.NEVER_SENT: Text(
        "I was interrupted before this was sent, so nothing was charged. You can try again."
    ),
    Reason.UNREACHABLE: Text(
        "I couldn't reach ModelHunter, so this wasn't sent and nothing was charged. Try again in a "
        "few minutes."
    ),
    Reason.OPERATOR: Text(
        "ModelHunter doesn't take this bot's key, and nothing was charged. Only the bot's owner can "
        "mend that; then try again."
    ),
    Reason.BALANCE: Text(
        "The bot's balance at ModelHunter is too low for this, and nothing was charged. Try a cheaper "
        "model, or ask the bot's owner to top it up."
    ),
    Reason.NOT_ALLOWED: Text(
        "ModelHunter doesn't let this bot use this model, and nothing was charged. {/models} has "
        "others."
    ),
    Reason.INPUT_GONE: Text(
        "A file that you attached can't be read any more, so this wasn't sent and nothing was "
        "charged. Attach it again."
    ),
    Reason.INPUT_UNREADABLE: Text(
        "A file that you attached can't be opened or made smaller, so this wasn't sent and nothing was "
        "charged. Save it again, or attach another one."
    ),
    Reason.INPUT_UNREACHABLE: Text(
        "I couldn't fetch a file that you attached, so this wasn't sent and nothing was charged. Try "
        "again in a few minutes, or attach it again."
    ),
    Reason.SENT_ELSEWHERE: Text(
        "Another copy of this bot has sent this already, so I did not send it again."
    ),
    Reason.MODEL_GONE: Text(
        "ModelHunter no longer offers this model, and nothing was charged. {/models} has others."
    ),
    Reason.CARD_DELETED: Text("The message was deleted while this was running."),
    Reason.TOO_BIG: Text(
        "The result is too big for Discord. **Download** gives you a link that works for 15 minutes; "
        "only you see it."
    ),
    Reason.EXPIRED: Text(
        "The result can no longer be fetched from ModelHunter. You can try again, which costs again."
    ),
    Reason.BAD_RESULT: Text(
        "The result was no picture, video or sound that may be shown here. You can try again, which "
        "costs again."
    ),
    Reason.UNKNOWN_TASK: Text(
        "ModelHunter hasn't known this request for a day. It may have been charged. You can try "
        "again, which costs again."
    ),
    Reason.UNCLEAR: Text(
        "ModelHunter gave no answer about this that I understand, so I stopped asking. It may have "
        "been charged. You can try again, which is charged again."
    ),
    Reason.NO_RESULT: Text(
        "ModelHunter says that this is finished, but has shown no result for a day. It may have "
        "been charged. You can try again, which is charged again."
    ),
    Reason.NEVER_FOUND: Text(
        "I looked for this request at ModelHunter for a day and didn't find it. It may have been "
        "charged all the same. You can try again, which costs again."
    ),
}

# Where ModelHunter gave its reason, which comes first: what follows it.
AFTER_CAUSE: Final[Mapping[JobState, Text]] = {
    JobState.FAILED: Text("Change the prompt or the options, or try again."),
    JobState.REFUSED: Text("Nothing was charged. Change what it names and ask again."),
}
CAUSE: Final = Text("ModelHunter says: **{cause}**")

REFUSED_UNEXPLAINED: Final = Text(
    "ModelHunter didn't take this and doesn't say why; nothing was charged. Change the prompt or "
    "the options and ask again."
)
CANCELLED_BY_REQUESTER: Final = Text("{person} cancelled this.")
CANCELLED_UNCLEAR: Final = Text(
    "{person} cancelled this. ModelHunter gave no answer that I understand, so it may have been "
    "charged."
)
CANCELLED_BY_MODERATOR: Final = Text("A moderator, {person}, cancelled this.")
FITTED: Final = Text(
    "I made it smaller to fit here. **Download** gives you the original for 15 minutes."
)
LEFT_OUT: Final = CountedText(
    "I couldn't show {count} of {all} files here. **Download** gives you the originals for 15 "
    "minutes.",
    "all",
)
LEFT_OUT_BAD: Final = CountedText(
    "I left out {count} of {all} files, as not everything may be shown here.", "all"
)
SENT_BY_DM: Final = Text("The result was sent to you by direct message.")
SENT_AS_REPLY: Final = Text("The result is in a new message, which replies to this one.")

# --- Fields and hints --------------------------------------------------------------------------------

FIELD_MODEL: Final = Text("Model")
FIELD_PRICE: Final = Text("Price")
FIELD_COST: Final = Text("Cost")
FIELD_REQUESTER: Final = Text("Requested by")
NOTHING_CHARGED: Final = Text("nothing")
COST_UNKNOWN: Final = Text("unknown")
COST_NOT_REPORTED: Final = Text("ModelHunter didn't say whether this was charged.")
PRICE_UNKNOWN: Final = Text("unknown")
MONEY: Final = Text("${amount}")
MONEY_OWED: Final = Text("-${amount}")
MONEY_LEAST: Final = Text("<${amount}")
PRICE_RANGE: Final = Text("{low}–{high}")  # noqa: RUF001, a range takes an en dash
PRICE_UP_TO: Final = Text("up to {most}")
PRICE_USUAL: Final = Text("usually {usual}, at most {most}")
OPTION_SECONDS: Final = Text("{value} s")
OPTION_NAMED: Final = Text("{name} {value}")
OPTION_ON: Final = Text("{name} on")
OPTION_OFF: Final = Text("{name} off")
# Names of options as they are read; one that is missing is read as it is typed, without "_".
OPTION_LABELS: Final[Mapping[str, Text]] = {
    "audio": Text("audio"),
    "camera_fixed": Text("camera fixed"),
    "dialogue": Text("dialogue"),
    "draft": Text("draft"),
    "google_search": Text("Google search"),
    "guidance_scale": Text("guidance scale"),
    "language": Text("language"),
    "mode": Text("mode"),
    "multi_shot": Text("multi shot"),
    "negative_prompt": Text("negative prompt"),
    "nsfw_checker": Text("NSFW checker"),
    "off_peak": Text("off peak"),
    "optimize_prompt": Text("optimize prompt"),
    "output_format": Text("output format"),
    "return_last_frame": Text("return last frame"),
    "seed": Text("seed"),
    "service_tier": Text("service tier"),
    "stability": Text("stability"),
    "style": Text("style"),
    "translate": Text("translate"),
    "voice": Text("voice"),
    "watermark": Text("watermark"),
    "web_search": Text("web search"),
}
PROGRESS: Final = Text("{bar} {percent}%")
SENT: Final = Text("Sent {sent}.")
SENT_WITH_ESTIMATE: Final = Text("Sent {sent}, usually done {done}.")
TOOK: Final = Text("took {duration}")
SECONDS: Final = Text("{seconds} s")
MINUTES: Final = Text("{minutes} min {seconds} s")
HOURS: Final = Text("{hours} h {minutes} min")
REACT_TO_CANCEL: Final = Text("React ❌ to cancel.")
BRIEF_NOTE: Final = Text(
    "Discord lets me edit this for 15 minutes. After that your result comes by direct message, or "
    "waits in /jobs."
)
ALT_TEXT: Final = Text("Made by {model} for the prompt: {prompt}")
