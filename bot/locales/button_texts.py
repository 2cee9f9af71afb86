"""Labels of the buttons: at most 80 characters each (Discord docs: Component Reference)."""

from typing import Final

from bot.locales.translate import Text

BUTTON_CANCEL: Final = Text("Cancel")
BUTTON_TRY_AGAIN: Final = Text("Try again")
BUTTON_TRY_AGAIN_ANYWAY: Final = Text("Try again anyway")
BUTTON_FRESH_LINK: Final = Text("Fresh link")
BUTTON_FRESH_LINK_OF: Final = Text("Fresh link {number}")
BUTTON_TRY_AGAIN_OF: Final = Text("Try again {number}")
BUTTON_NEWER: Final = Text("Newer")
BUTTON_OLDER: Final = Text("Older")
BUTTON_GENERATE: Final = Text("Generate")
BUTTON_NO_THANKS: Final = Text("No thanks")
