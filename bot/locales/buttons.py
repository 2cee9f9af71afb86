"""Labels of the buttons: at most 80 characters each (Discord docs: Component Reference)."""

from typing import Final

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
