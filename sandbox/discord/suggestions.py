"""Suggestions: commands that the page offers at the beginning of its channel."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A command with its text, ready to be sent."""

    command: str
    text: str
    # What the button says; one without a label shows its command and comes first.
    label: str | None = None
