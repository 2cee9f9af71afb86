"""Texts of the menu that Discord shows for a message (Apps), and of what follows a choice there.

A name there has at most 32 characters, and may have spaces and capitals (Discord docs: Application
Commands).
"""

from typing import Final

from bot.locales.translate import Text

MENU_ANIMATE: Final = Text("Animate")
MENU_EDIT_IMAGE: Final = Text("Edit image")
MENU_REFERENCE: Final = Text("Use as reference")
MENU_MAKE_AGAIN: Final = Text("Make again")

NO_PICTURE_THERE: Final = Text("There is no picture in that message.")
NO_MEDIA_THERE: Final = Text("There is no picture, video or sound in that message.")
NOT_MADE_HERE: Final = Text(
    "I can make only my own results again, and know nothing of that message. With {/video} or {/image} "
    "you can start something new."
)
CHOICE_GONE: Final = Text("This menu is out of date. Open it again from the message.")
CHOOSE_MEDIUM: Final = Text("Which one?")
