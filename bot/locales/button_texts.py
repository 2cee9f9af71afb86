"""Labels of the buttons: at most 80 characters each (Discord docs: Component Reference)."""

from typing import Final

from bot.locales.translate import CountedText, Text

BUTTON_CANCEL: Final = Text("Cancel")
BUTTON_TRY_AGAIN: Final = Text("Try again")
BUTTON_TRY_AGAIN_ANYWAY: Final = Text("Try again anyway")
BUTTON_AGAIN: Final = Text("Again")
BUTTON_DOWNLOAD: Final = Text("Download")
BUTTON_OPEN: Final = Text("Open")
# A link to the card of the job that Try again has made.
BUTTON_TRIED_AGAIN: Final = Text("Tried again")
BUTTON_DELETE: Final = Text("Delete")
# The answers to whether a card is to be deleted.
BUTTON_DELETE_NOW: Final = Text("Delete it")
BUTTON_KEEP_CARD: Final = Text("Keep it")
BUTTON_CANCEL_ALL: Final = CountedText("Cancel all {count}", "count")
BUTTON_NEWER: Final = Text("Newer")
BUTTON_OLDER: Final = Text("Older")
# Translators: CSV is the format of a file for spreadsheets.
BUTTON_CSV: Final = Text("Get it as CSV")
BUTTON_BACK: Final = Text("Back")
BUTTON_MORE: Final = Text("More")
BUTTON_ANIMATE: Final = Text("Animate")
BUTTON_EDIT: Final = Text("Edit")
BUTTON_EDIT_AND_RETRY: Final = Text("Edit and try again")
BUTTON_USE_PROMPT: Final = Text("Use this prompt")
BUTTON_GENERATE: Final = Text("Generate")
BUTTON_FORGET_ONE: Final = Text("Delete 1 job")
BUTTON_FORGET: Final = CountedText("Delete {count} jobs", "count")
BUTTON_KEEP: Final = Text("Keep them")
BUTTON_NO_THANKS: Final = Text("No thanks")
