"""Texts of the lists of jobs and of models."""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import CountedText, Text
from db.job_filters import JobGroup
from db.records import JobKind

KINDS: Final[Mapping[JobKind, Text]] = {
    JobKind.VIDEO: Text("Video"),
    JobKind.IMAGE: Text("Image"),
    JobKind.SPEECH: Text("Speech"),
}
ANY_KIND: Final = Text("Every kind")
GROUPS: Final[Mapping[JobGroup, Text]] = {
    JobGroup.RUNNING: Text("Running"),
    JobGroup.DONE: Text("Done"),
    JobGroup.WITHOUT_RESULT: Text("Without a result"),
}
ANY_GROUP: Final = Text("Every state")
LIST_PAGE: Final = Text("Page {page} of {pages}")
JOBS_COUNT: Final = CountedText("{count} jobs", "count")
JOBS_COUNT_ONE: Final = Text("1 job")
JOBS_TITLE: Final = Text("Your jobs")
JOBS_NONE_SUCH: Final = Text("None of your jobs is like that.")
JOBS_EMPTY: Final = Text("Nothing yet. Try {/video}, {/image} or {/speech}.")
MODELS_TITLE: Final = Text("Models")
MODELS_TEXT: Final = Text("Cheapest first, in US dollars; options change the price.")
# Translators: {mark} is a star.
MODELS_DEFAULT: Final = Text("{mark} is taken if you choose none.")
MODELS_COUNT: Final = CountedText("{count} models", "count")
MODELS_COUNT_ONE: Final = Text("1 model")
# Keys are the catalogue's units.
PRICES: Final[Mapping[str, Text]] = {
    "second": Text("{price} a second"),
    "request": Text("{price} each"),
    "video": Text("{price} a video"),
    "image": Text("{price} an image"),
    "1000 characters": Text("{price} for 1,000 characters"),
}
MODEL_DURATIONS: Final = Text("{values} s")
MODEL_PROMPT_LIMIT: Final = Text("up to {limit} characters")
# What can be handed in; keys are the catalogue's media.
MEDIA: Final[Mapping[str, Text]] = {
    "image": Text("image"),
    "video": Text("video"),
    "audio": Text("audio"),
}
MODEL_TAKES_TEXT: Final = Text("takes text")
MODEL_TAKES: Final = Text("takes text, {inputs}")

# --- Lines of autocompletion: at most 100 characters, without Markdown --------------------------------

DURATION_PRICED: Final = Text("{value} s · about {price}")
EXPLAIN_NOTHING_OFFERED: Final = Text("ModelHunter offers no model for this right now")
EXPLAIN_NOTHING_TAKES_FILES: Final = Text("No model takes just these files; leave one of them out")
EXPLAIN_FILES_NOT_TAKEN: Final = Text(
    "{model} doesn't take just these files; clear this to see what does"
)
EXPLAIN_FILE_NEEDED: Final = Text("{model} needs a file: attach one first")
EXPLAIN_NO_MODEL: Final = Text("There is no model “{model}” here; clear this to see them all")
EXPLAIN_NO_OPTION: Final = Text("{model} has no {option} setting")
EXPLAIN_NO_OPTIONS: Final = Text("{model} has no options")
EXPLAIN_NO_OPTION_LEFT: Final = Text("{model} has no other options")
EXPLAIN_ANY_TEXT: Final = CountedText("Any text of up to {limit} characters", "limit")
EXPLAIN_EXAMPLE: Final = Text("Any {option} name that {model} knows, such as {example}")
EXPLAIN_RANGE: Final = Text("A number from {low} to {high}")
EXPLAIN_NOTHING_RUNNING: Final = Text("You have nothing running")
