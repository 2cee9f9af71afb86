"""Texts about inputs: why a model does not take the files, or the lines of a dialogue, it was given."""

from typing import Final

from bot.locales.translate import CountedText, Text

INPUT_NOT_TAKEN: Final = Text("**{model}** takes no {slot}. It takes: {slots}.")
INPUT_NONE_TAKEN: Final = Text("**{model}** takes no files, so please leave {slot} out.")
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

DIALOGUE_NOT_TAKEN: Final = Text("**{model}** takes one text, so please leave the other lines out.")
DIALOGUE_TOO_LONG: Final = CountedText(
    "**{model}** takes up to **{limit}** lines; this has **{count}**.", "limit"
)
