"""Texts about inputs: why a model does not take the files, or the lines of a dialogue, it was given."""

from typing import Final

from bot.locales.translate import CountedText, Text

INPUT_NOT_TAKEN: Final = Text("**{model}** takes no {slot}. It takes: {slots}.")
INPUT_NONE_TAKEN: Final = Text("**{model}** takes no files, so please leave {slot} out.")
INPUTS_TAKEN_BY_NONE: Final = Text(
    "No model here takes just {slots}. {/models} shows what each of them takes."
)
INPUT_NOT_TOGETHER: Final = Text(
    "**{model}** doesn't take {slot} together with the other files. Leave one of them out."
)
INPUT_MISSING: Final = Text("**{model}** needs a file as {slots}, too. Attach one and try again.")
INPUT_TOO_MANY: Final = CountedText(
    "**{model}** takes up to **{limit}** files as {slot}; this has **{count}**.", "limit"
)
SLOTS_EITHER: Final = Text("{some} or {last}")

# Translators: {types} are names of formats, such as "PNG, JPEG".
INPUT_TYPE: Final = Text("**{model}** takes {types} as {slot}; this file is none of those.")
INPUT_BYTES: Final = Text(
    "**{model}** takes files of up to **{limit} MB** as {slot}; this one has **{value} MB**."
)
INPUT_SMALLEST_SIDE: Final = Text(
    "**{model}** takes at least **{limit}** pixels a side as {slot}; this file has **{value}**."
)
INPUT_LARGEST_SIDE: Final = Text(
    "**{model}** takes up to **{limit}** pixels a side as {slot}; this file has **{value}**."
)
INPUT_ASPECT: Final = Text(
    "As {slot}, **{model}** takes what is {low} to {high} times as wide as high; this file has "
    "{value} pixels."
)
INPUT_SHORTEST: Final = Text(
    "**{model}** takes at least **{limit} s** as {slot}; this file has **{value} s**."
)
INPUT_LONGEST: Final = Text(
    "**{model}** takes up to **{limit} s** as {slot}; this file has **{value} s**."
)

INPUT_NO_PICTURE: Final = Text(
    "**{model}** takes a picture as {slot}, such as PNG or JPEG; this file is none."
)
INPUT_NO_VIDEO: Final = Text("**{model}** takes a video as {slot}, such as MP4; this file is none.")
INPUT_NO_SOUND: Final = Text(
    "**{model}** takes a sound as {slot}, such as MP3 or WAV; this file is none."
)
INPUT_TOO_MANY_PIXELS: Final = Text(
    "I can open pictures of up to **{limit} megapixels** and **{most}** pixels a side; the one in {slot} "
    "has {value} pixels. Make it smaller and try again."
)
INPUT_MADE_FOR_ANOTHER: Final = Text(
    "The picture in {slot} was made smaller for another model. Attach it again for **{model}**."
)
# Translators: {types} is the name of a format, such as HEIC.
INPUT_OF_PARTS: Final = Text(
    "The picture in {slot} is {types} in tiles, as many phones store it, and I can't open that. Save "
    "it as JPEG and attach that."
)
INPUT_UNREADABLE: Final = Text(
    "I can't read the file in {slot}: it's damaged, or of an unusual kind. Save it again and try that."
)
INPUT_UNREACHABLE: Final = Text(
    "I couldn't fetch the file in {slot}, and nothing was charged. Try again in a moment."
)
INPUT_GONE: Final = Text(
    "The file in {slot} isn't there any more, and nothing was charged. Attach it again."
)
INPUTS_BUSY: Final = Text(
    "I'm busy with other files right now, and nothing was charged. Try again in a minute."
)

# Translators: {files} are names of files.
INPUTS_GIVEN: Final = Text("With {files}")
INPUT_MADE_TO_FIT: Final = Text("Your picture was made smaller to fit.")
INPUTS_MADE_TO_FIT: Final = Text("Your pictures were made smaller to fit.")

DIALOGUE_NOT_TAKEN: Final = Text("**{model}** takes one text, so please leave the other lines out.")
DIALOGUE_TOO_LONG: Final = CountedText(
    "**{model}** takes up to **{limit}** lines; this has **{count}**.", "limit"
)
