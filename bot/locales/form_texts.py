"""Texts of the forms.

A title or label has at most 45 characters, a description or placeholder 100 (Discord docs: Component
Reference, Label and Text Input).
"""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import Text
from db.records import JobKind

# What /create offers, and the titles of the forms that it opens.
CREATE_KINDS: Final[Mapping[str, Text]] = {
    "video": Text("Video"),
    "image": Text("Image"),
    "speech": Text("Speech"),
    "dialogue": Text("Dialogue: speech with several voices"),
}
# The description of its option.
CREATE_KIND: Final = Text("What you would like to make")
FORM_TITLES: Final[Mapping[JobKind, Text]] = {
    JobKind.VIDEO: Text("Make a video"),
    JobKind.IMAGE: Text("Make an image"),
    JobKind.SPEECH: Text("Turn text into speech"),
}
FORM_TITLE_DIALOGUE: Final = Text("Make a dialogue")

FORM_PROMPT: Final = Text("Prompt")
FORM_PROMPT_HINT: Final = Text("What you would like to see or hear")
FORM_TEXT: Final = Text("Text")
FORM_TEXT_HINT: Final = Text("The words to be spoken")
FORM_DIALOGUE: Final = Text("Dialogue")
FORM_DIALOGUE_HINT: Final = Text("Each line begins with the name of a voice and a colon")
# Translators: Rachel is the name of a voice, and stays as it is.
FORM_DIALOGUE_EXAMPLE: Final = Text("Rachel: Have you seen the fox?")

FORM_MODEL: Final = Text("Model")
FORM_MODEL_DEFAULT: Final = Text("{model}, if you choose none")
FORM_MODEL_WITH_IMAGE: Final = Text("{price} · needs an image")
FORM_MODEL_WITHOUT_IMAGE: Final = Text("{price} · takes no image")

FORM_DURATION: Final = Text("Length")
FORM_SECONDS: Final = Text("{value} s")
FORM_SIZE: Final = Text("Size")
FORM_MEASURE_DEFAULT: Final = Text("The model's own, if you choose none")
FORM_TAKEN_BY: Final = Text("Only: {models}")
FORM_VOICE: Final = Text("Voice")
FORM_VOICE_OF_OTHERS: Final = Text("Voice of lines without a name")
FORM_VOICE_HINT: Final = Text("Any voice that the model knows, such as {voice}")
FORM_OPTIONS: Final = Text("Options")
FORM_OPTIONS_HINT: Final = Text(
    "As name=value; the model's own setting counts for what is left out"
)

FORM_IMAGE_OF_VIDEO: Final = Text("Start image")
FORM_IMAGE_OF_IMAGE: Final = Text("Image to change")
FORM_IMAGE_OF_VIDEO_HINT: Final = Text("If the video is to begin with one")
FORM_IMAGE_OF_IMAGE_HINT: Final = Text("If one is to be changed, as the prompt says")
FORM_IMAGE_INSTEAD: Final = Text("Takes the place of the one that it has")

FORM_REFERENCES: Final = Text("More references")
FORM_REFERENCES_HINT: Final = Text("Pictures, videos or sounds for the video to use")

FORM_MORE: Final = Text("More")
FORM_PRIVATE: Final = Text("Show it to me alone")
FORM_SPOILER: Final = Text("Cover it as a spoiler")
FORM_KEEP_FILES: Final = Text("Use these files: {names}")
