"""Names and descriptions of the commands and their options.

A name has at most 32 characters, none of them a space or a capital letter; a description has at
most 100 (Discord docs: Application Commands). No two commands may have the same name, and no two
options of one command.
"""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import Text

# What is typed.
COMMAND_NAMES: Final = (
    Text("video"),
    Text("image"),
    Text("speech"),
    Text("create"),
    Text("jobs"),
    Text("cancel"),
    Text("models"),
    Text("usage"),
    Text("forget"),
    Text("help"),
)
OPTION_NAMES: Final = (
    Text("prompt"),
    Text("text"),
    Text("model"),
    Text("image"),
    Text("last_image"),
    Text("reference"),
    Text("reference_2"),
    Text("reference_3"),
    Text("reference_4"),
    Text("reference_video"),
    Text("reference_audio"),
    Text("duration"),
    Text("aspect_ratio"),
    Text("resolution"),
    Text("size"),
    Text("voice"),
    Text("seed"),
    Text("private"),
    Text("spoiler"),
    Text("options"),
    Text("job"),
    Text("kind"),
    Text("by"),
    Text("period"),
)

COMMANDS: Final[Mapping[str, Text]] = {
    "video": Text("Make a video from a prompt, and from pictures if you like"),
    "image": Text("Make an image from a prompt, or change a picture"),
    "speech": Text("Turn text into speech"),
    "create": Text("Open a form for a long prompt, with lists to choose from"),
    "jobs": Text("Show your latest jobs, and fetch results that wait for you"),
    "cancel": Text("Cancel one of your running jobs"),
    "models": Text("List the models, what they make and what they cost"),
    "usage": Text("What this server's jobs have cost; for members with Manage Server"),
    "forget": Text("Delete your jobs and prompts from this bot; asks first"),
    "help": Text("What this bot does, its limits here, and what is left for you"),
}
OPTIONS: Final[Mapping[str, Text]] = {
    "prompt": Text("What you would like to see or hear"),
    "text": Text("The words to be spoken"),
    "model": Text("Which model makes it; /models compares them"),
    "image": Text("A picture to begin with: a video's first frame, or what is to be changed"),
    "last_image": Text("The picture that it ends with"),
    "reference": Text("A picture of who or what is to be seen in it"),
    "reference_2": Text("Another picture of who or what is to be seen in it"),
    "reference_3": Text("A third picture of who or what is to be seen in it"),
    "reference_4": Text("A fourth picture of who or what is to be seen in it"),
    "reference_video": Text("A video whose movement or look is to be followed"),
    "reference_audio": Text("A sound or voice that is to be heard in it"),
    "duration": Text("How long it is, in seconds"),
    "aspect_ratio": Text("Its shape, such as 16:9"),
    "resolution": Text("How sharp it is, such as 720p"),
    "size": Text("How large it is, such as 2K or 1024x1024"),
    "voice": Text("Who speaks: the name of a voice"),
    "seed": Text("A number that makes the same request come out alike"),
    "private": Text("Show it to you alone"),
    "spoiler": Text("Cover the result until it is clicked"),
    "options": Text("What else the model takes, as name=value; the list shows what that is"),
    "job": Text("The one to cancel"),
    "kind": Text("Which models; with all that they take"),
    "by": Text("By what it is split"),
    "period": Text("Which days"),
}
