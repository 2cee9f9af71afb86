"""Texts of /help."""

from typing import Final

from bot.locales.translate import CountedText, Text

HELP_TITLE: Final = Text("What I do")
HELP_MAKE: Final = Text(
    "I turn words and pictures into videos, images and speech: type {/video}, {/image} or {/speech}, "
    "or open a form by {/create}. A card shows how it goes, and becomes the result."
)
HELP_LISTS: Final = Text(
    "{/models} compares models and prices, {/jobs} has your results, and {/cancel} stops what still "
    "runs."
)

HELP_LIMITS: Final = Text("Limits here")
HELP_RUNNING: Final = CountedText("**{limit}** running at a time", "limit")
HELP_PRICE: Final = Text("I ask before anything that may cost more than **{price}**")
HELP_UPLOAD: Final = Text(
    "Results up to **{length} MB** each; larger ones come smaller, or by Download"
)

HELP_LEFT: Final = Text("Left for today")
HELP_LEFT_FOR_USER: Final = Text("**{left}** for you")
HELP_LEFT_FOR_ALL: Final = Text("**{left}** for all who use me together")
HELP_RESET: Final = Text("It resets {reset}")

HELP_OPERATOR: Final = Text("Who runs me")
HELP_NO_CONTACT: Final = Text("The bot's owner left no contact. Ask those who added me.")

HELP_PRIVACY: Final = Text("Privacy")
HELP_STORED_ONE: Final = Text("I delete your prompts a day after a job ends")
HELP_STORED: Final = CountedText("I delete your prompts **{count}** days after a job ends", "count")
HELP_SHARED: Final = Text(
    "ModelHunter and the model's provider get them, and the files you hand in; of messages I read "
    "only one whose menu you use"
)
HELP_FORGET: Final = Text(
    "{/forget} deletes yours from me now, but not from Discord or ModelHunter"
)
