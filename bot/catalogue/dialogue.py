"""Dialogue: a text of several speakers, one line each: `Rachel: Have you seen the fox?`. Pure."""

import dataclasses
import re
from collections.abc import Mapping

from bot.catalogue.spelling import OptionValue

# A longer beginning of a sentence is no name, and neither is the scheme of an address.
_LONGEST_NAME = 40
_SPEAKER = re.compile(rf"\s*([^:：\s][^:：]{{0,{_LONGEST_NAME - 1}}}?)\s*[:：](?!//)\s*(.*)")  # noqa: RUF001


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a dialogue: its text, and the options of this line alone, such as its voice."""

    text: str
    options: Mapping[str, OptionValue] = dataclasses.field(default_factory=dict)


def dialogue_lines(text: str, speaker: str) -> list[Line]:
    """Return the lines of *text*, each with the option *speaker* that its beginning names.

    A line without a name goes on with the one before it, or is a line without the option.
    """
    lines: list[Line] = []
    for row in filter(str.strip, text.splitlines()):
        named = _SPEAKER.fullmatch(row)
        if named is not None:
            lines.append(Line(text=named[2], options={speaker: named[1]}))
        elif lines:
            lines[-1] = dataclasses.replace(lines[-1], text=f"{lines[-1].text}\n{row}".strip())
        else:
            lines.append(Line(text=row))
    return lines
